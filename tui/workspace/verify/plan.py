"""Which calls to make to verify tokens, and what is clear without a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.contentstack.models import Token
from tui.contentstack.verify import Probe, ValueKind, Verdict
from tui.secret import Secret
from tui.workspace.snapshot import Snapshot
from tui.workspace.verify.sample import sample_of, share
from tui.workspace.verify.verification import Check, NotItsValue, OtherValue


def planned(
    tokens: Sequence[Token], snapshot: Snapshot, *, pasted: Secret | None = None
) -> list[Check]:
    """Return the calls that verify these tokens.

    Each value is tried in each environment on each branch or alias, or in a sample of
    them if there are too many. `pasted` is a value for the only token, assumed to be of
    its kind. Checks that need no call already have their result.
    """
    most = share(tokens)
    checks: list[Check] = []
    for token in tokens:
        for check in _calls(token, snapshot, pasted, most):
            checks.append(_foreseen(check, snapshot))
    return checks


def _calls(
    token: Token, snapshot: Snapshot, pasted: Secret | None, most: int
) -> list[Check]:
    values: list[tuple[ValueKind, Secret]]
    values = [(token.kind, pasted or token.value or Secret(""))]
    if token.preview is not None:
        values.append(("preview", token.preview))
    sample = sample_of(token, snapshot, most)
    checks: list[Check] = []
    for kind, value in values:
        for environment, branch in sample:
            probe = Probe(kind, value, environment, branch)
            checks.append(Check(token, probe))
    return checks


def _foreseen(check: Check, snapshot: Snapshot) -> Check:
    """Fill in what is known about a check before any call."""
    if not check.probe.value:
        return replace(check, finding=Verdict.NO_VALUE)
    if check.probe.kind == "preview" and snapshot.live_preview is False:
        return replace(check, finding=Verdict.PREVIEW_OFF)
    known = _known_value(check)
    if check.probe.value == known:
        return check
    other = _held_as_other_kind(check.probe, snapshot)
    if other is None and check.probe.value.reveal().startswith("blt"):
        other = OtherValue()
    if other is not None:
        return replace(check, finding=Verdict.OTHER_KIND, cause=other)
    if known:
        cause = NotItsValue(_holder(check.probe, snapshot))
        return replace(check, finding=Verdict.UNKNOWN, cause=cause)
    return check


def _known_value(check: Check) -> Secret | None:
    """Return the token's own value of the kind that is asked for."""
    token = check.token
    return token.preview if check.probe.kind == "preview" else token.value


def _holder(probe: Probe, snapshot: Snapshot) -> str:
    """Return the name of the delivery token that has the value; empty if none does."""
    held = (each.name for each in snapshot.delivery.items if each.value == probe.value)
    return next(held, "")


def _held_as_other_kind(probe: Probe, snapshot: Snapshot) -> OtherValue | None:
    """Return the kind of the value if a token of the stack has it as another kind."""
    for token in snapshot.delivery.items:
        held: dict[ValueKind, Secret | None] = {
            "delivery": token.value,
            "preview": token.preview,
        }
        for kind, value in held.items():
            if value == probe.value and kind != probe.kind:
                return OtherValue(kind, token.name)
    return None
