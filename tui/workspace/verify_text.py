"""What verifying found out, in sentences with the likely cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tui.contentstack.models import Token
from tui.contentstack.verify import Probe, Verdict
from tui.workspace.snapshot import Snapshot
from tui.workspace.verification import Check

PREVIEW_OFF = (
    "Live Preview is off for this stack: a preview token resolves to nothing"
    " until it is turned on."
)
OTHER_VALUE = (
    "This is an API key, a uid or an authtoken, and no token: nothing was sent."
)

# With these a host says that it does not take the value, as asked.
REFUSALS = {
    Verdict.UNKNOWN,
    Verdict.WRONG_ENVIRONMENT,
    Verdict.WRONG_BRANCH,
    Verdict.WRONG_STACK,
}


@dataclass(frozen=True)
class Circumstances:
    """What is known beside a host's answer.

    Attributes:
        new: whether the token is so new that a host may not know it yet.
        unread: whether the stack could not be asked for the token.
    """

    snapshot: Snapshot
    new: bool
    unread: bool


def no_value(token: Token) -> str:
    """Say that there is nothing to send."""
    return (
        f"The value of {token.name} is not known here; verified alone, it is asked for."
    )


def expired(check: Check, moment: datetime) -> str:
    """Say that a token has expired."""
    return f"Revoked: it expired on {moment:%Y-%m-%d}, 00:00 UTC ({check.place})."


def deleted(check: Check) -> str:
    """Say that the stack does not have the token any more, and what its host does."""
    preview = "preview " if check.probe.kind == "preview" else ""
    gone = f"Revoked: the {preview}token is deleted"
    if check.finding in REFUSALS:
        return f"{gone}, and {check.place} does not take it any more."
    if check.finding is not Verdict.WORKS:
        return f"{gone}."
    if check.probe.kind == "management":
        return f"{gone}. {check.place} takes the value: is it another token's?"
    return f"{gone}; {check.place} still answers from its cache."


def other_kind(check: Check, what: str) -> str:
    """Say that the value is `what`, such as "a preview token", and of no use here."""
    kind = check.probe.kind
    if not check.place:
        return f"This is {what}: it can't be used as a {kind} token."
    return f"This is {what} on the {kind} host ({check.place}), which refuses it."


def verdict(check: Check, known: Circumstances) -> str:
    """Say what a host's answer means."""
    write = _TEXTS.get(check.finding) if check.finding else None
    if write is None:
        return check.said
    where = _where(check.probe, known.snapshot)
    at = f"{check.place}; {where}" if where else check.place
    return write(check, at, known)


def _where(probe: Probe, snapshot: Snapshot) -> str:
    """Name environment and branch: "environment qa, alias release"; else empty."""
    parts: list[str] = []
    if probe.environment:
        parts.append(f"environment {probe.environment}")
    if probe.branch:
        aliases = {alias.uid for alias in snapshot.aliases.items}
        kind = "alias" if probe.branch in aliases else "branch"
        parts.append(f"{kind} {probe.branch}")
    return ", ".join(parts)


def _works(check: Check, at: str, known: Circumstances) -> str:
    words = f"Works ({at})."
    if known.unread:
        words += " Whether the stack still has the token could not be asked."
    if check.pasted:
        name = check.token.name
        words += f" Whose value it is, {name}'s or another's, nobody tells."
    return words


def _no_verdict(check: Check, _at: str, _known: Circumstances) -> str:
    words = f"Not known. {check.said}"
    if check.probe.kind == "preview":
        words += " Or does the preview host refuse tokens in this form?"
    return words


def _unknown(check: Check, at: str, known: Circumstances) -> str:
    if check.probe.kind == "management":
        return _unknown_management(check, at, known)
    if known.unread and not known.new:
        return f"Revoked, or of another stack ({at}): the value is not known there."
    words = _not_known_yet(at) + "."
    if check.probe.kind == "preview" and known.snapshot.live_preview is None:
        words += " Is Live Preview on?"
    return words


def _unknown_management(check: Check, at: str, known: Circumstances) -> str:
    """Say why the host that lists the stack does not take a value.

    It is never the wrong host.
    """
    name = check.token.name
    if known.unread:
        return (
            f"Not known ({at}): not known yet, expired, deleted, or not the value of"
            f" {name}. The stack could not be asked which."
        )
    if known.new:
        other = f", or it is not the value of {name}" if check.pasted else ""
        return f"{_not_known_yet(at)}{other}."
    if check.pasted:
        return f"Not known ({at}): the stack has {name}, but this is not its value."
    return (
        f"Not known ({at}): the stack has {name}, and its host does not take the value."
    )


def _not_known_yet(at: str) -> str:
    return (
        f"Not known yet ({at}): the stack has the token,"
        " that host does not take it so far"
    )


def _wrong_environment(check: Check, at: str, known: Circumstances) -> str:
    listing = known.snapshot.environments
    cause = "the token's scope no longer has it"
    if listing.whole and check.probe.environment not in listing.names():
        cause = "the stack has no such environment"
    return f"Wrong environment ({at}): {cause}."


def _wrong_branch(check: Check, at: str, known: Circumstances) -> str:
    branches, aliases = known.snapshot.branches, known.snapshot.aliases
    listed = branches.by_uid.keys() | aliases.by_uid.keys()
    cause = "the token's scope no longer has it"
    if branches.whole and aliases.whole and check.probe.branch not in listed:
        cause = "the stack has none of that name"
    return f"Wrong branch ({at}): {cause}."


def _wrong_stack(_check: Check, at: str, _known: Circumstances) -> str:
    return (
        f"Wrong region ({at}): that host knows no stack with this API key."
        " Either its hosts are not those of the stack's region, or the value is of"
        " another kind of token."
    )


_TEXTS: dict[Verdict, Callable[[Check, str, Circumstances], str]] = {
    Verdict.WORKS: _works,
    Verdict.NO_VERDICT: _no_verdict,
    Verdict.UNKNOWN: _unknown,
    Verdict.WRONG_ENVIRONMENT: _wrong_environment,
    Verdict.WRONG_BRANCH: _wrong_branch,
    Verdict.WRONG_STACK: _wrong_stack,
}
"""Verdicts without one are told in the server's words."""
