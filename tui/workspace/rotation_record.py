"""A record of what a rotation did, which never contains a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from tui.contentstack.models import Token
from tui.files.refusal import FileRefused, shown
from tui.files.replacing import replace_file
from tui.state.rotations import Rotation
from tui.targets.delivering import Delivery
from tui.workspace.rotation import RotationState
from tui.workspace.snapshot import Snapshot
from tui.workspace.verify.verification import Check


class RotatedToken(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two tokens.

    Attributes:
        fingerprint: six hexadecimal digits of its SHA-256; empty if its value wasn't
            known.
    """

    uid: str
    name: str
    fingerprint: str = ""


class ProofRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A call made with the replacement, and what its answer meant."""

    kind: str
    environment: str
    branch: str
    verdict: str


class DeliveryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery, and how sure it is."""

    target: str
    grade: str


class RotationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A rotation so far.

    Attributes:
        at: when this was written, in UTC.
        by: the e-mail address or uid of the signed-in user; empty if it isn't known.
        old_deleted: whether the stack doesn't have the old token any more.
        proofs: the calls of this run.
        deliveries: those of this run.
        delivered: the targets that have the replacement, in this run or an earlier one.
    """

    at: str
    by: str
    region: str
    stack: str
    stack_name: str
    kind: str
    old: RotatedToken
    old_deleted: bool
    replacement: RotatedToken | None
    verified: bool
    exported: bool
    proofs: tuple[ProofRecord, ...]
    deliveries: tuple[DeliveryRecord, ...]
    delivered: tuple[str, ...]


@dataclass(frozen=True)
class RotationEvidence:
    """What a run saw of a rotation that a later reading can't show.

    Attributes:
        old: the old token as it was before; None if it was already gone.
        checks: the calls that were made with the replacement.
        deliveries: the outcome of each delivery of it.
    """

    old: Token | None = None
    checks: tuple[Check, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


def record_of(
    state: RotationState, evidence: RotationEvidence, snapshot: Snapshot, now: datetime
) -> RotationRecord:
    """Return the record of a rotation so far."""
    rotation, user = state.rotation, snapshot.user
    return RotationRecord(
        at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        by=(user.email or user.uid) if user else "",
        region=snapshot.region.id if snapshot.region else "",
        stack=rotation.stack,
        stack_name=snapshot.stack.name if snapshot.stack else "",
        kind=rotation.kind,
        old=_old(rotation, evidence.old),
        old_deleted=state.old is None,
        replacement=_token(state.replacement) if state.replacement else None,
        verified=rotation.verified,
        exported=rotation.exported,
        proofs=tuple(map(_proof, evidence.checks)),
        deliveries=tuple(
            DeliveryRecord(target=each.target, grade=each.grade.value)
            for each in evidence.deliveries
        ),
        delivered=rotation.delivered,
    )


def path_here(rotation: Rotation, now: datetime) -> Path:
    """Return a path for the record in the working directory."""
    return (
        Path.cwd() / f"tokendeck-rotation-{rotation.old_uid}-{now:%Y%m%dT%H%M%SZ}.json"
    )


def write_record(path: Path, record: RotationRecord) -> None:
    """Write a record to a new file, which only its owner can read.

    Raises:
        FileRefused: if something is already at that path, or it can't be written.
    """
    if path.exists() or path.is_symlink():
        raise FileRefused(f"{shown(path)} exists, and a record is a new file.")
    text = msgspec.json.format(msgspec.json.encode(record), indent=2)
    replace_file(path, text + b"\n", 0o600)


def _old(rotation: Rotation, old: Token | None) -> RotatedToken:
    if old is not None:
        return _token(old)
    return RotatedToken(uid=rotation.old_uid, name=rotation.old_name)


def _token(token: Token) -> RotatedToken:
    fingerprint = token.value.fingerprint if token.value else ""
    return RotatedToken(uid=token.uid, name=token.name, fingerprint=fingerprint)


def _proof(check: Check) -> ProofRecord:
    return ProofRecord(
        kind=check.probe.kind,
        environment=check.probe.environment,
        branch=check.probe.branch,
        verdict=check.finding.value if check.finding else "no answer",
    )
