"""Replaces a token without an outage.

A replacement is created, verified and exported before the old token is deleted. How far
that has come is read from the stack if possible; only what the stack can't show is
remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

import msgspec

from tui.contentstack.models import (
    ManagementToken,
    Odd,
    Token,
    TokenRequest,
)
from tui.contentstack.rows import Cut
from tui.state.rotations import Rotation, RotationStore
from tui.workspace.creation import may_be_mine
from tui.workspace.gone import Gone, gone_from, gone_of
from tui.workspace.snapshot import Listing, Snapshot

Doubt = Cut | Odd | Gone
"""Where a token that isn't in its list may be hidden, or what in its scope is gone."""


@dataclass(frozen=True)
class ToCreate:
    """Create the replacement next."""

    old: Token


@dataclass(frozen=True)
class ToDiscard:
    """Delete the replacement next: its value was shown once, and not collected."""

    replacement: ManagementToken


@dataclass(frozen=True)
class ToVerify:
    """Verify the replacement next."""

    replacement: Token


@dataclass(frozen=True)
class ToExport:
    """Export the value of the replacement next."""

    replacement: Token


@dataclass(frozen=True)
class ToDeliver:
    """Deliver the replacement next, to the targets that have the old token."""

    replacement: Token
    old: Token | None
    targets: tuple[str, ...]


@dataclass(frozen=True)
class ToDelete:
    """Delete the old token next."""

    old: Token
    replacement: Token


@dataclass(frozen=True)
class ToRename:
    """The replacement can take the old name; unlike the other steps, it's optional."""

    replacement: Token


@dataclass(frozen=True)
class Rotated:
    """Nothing is left to do; without a `replacement`, the stack has neither token."""

    replacement: Token | None


@dataclass(frozen=True)
class StateUnknown:
    """Nothing can be done: the tokens aren't known for sure, or none can be created."""

    why: Doubt


NextStep = (
    ToCreate
    | ToDiscard
    | ToVerify
    | ToDeliver
    | ToExport
    | ToDelete
    | ToRename
    | Rotated
    | StateUnknown
)
"""What comes next in a rotation, with the tokens it needs."""


class RotationStep(Enum):
    """The steps of the checklist, in order and in words."""

    CREATE = "Create the replacement"
    VERIFY = "Verify it"
    EXPORT = "Export it"
    """Or deliver it, if the old token was delivered."""

    DELETE = "Delete the old one"
    RENAME = "Take the old name"
    DONE = "Done"


_CHECKLIST = {
    ToCreate: RotationStep.CREATE,
    ToVerify: RotationStep.VERIFY,
    ToDeliver: RotationStep.EXPORT,
    ToExport: RotationStep.EXPORT,
    ToDelete: RotationStep.DELETE,
    ToRename: RotationStep.RENAME,
    Rotated: RotationStep.DONE,
}


@dataclass(frozen=True)
class RotationState:
    """A rotation compared with what the stack has now.

    Attributes:
        old: the old token, None if the stack doesn't have it.
        replacement: the token that takes its place, None if the stack doesn't have it.
        unclear: why it isn't known whether the stack has one of them, or what in the
            scope is gone, so that there can't be a replacement; None if neither.
    """

    rotation: Rotation
    old: Token | None
    replacement: Token | None
    unclear: Doubt | None = None

    @property
    def next_step(self) -> NextStep:
        """What to do now."""
        if self.unclear:
            return StateUnknown(self.unclear)
        if lost := self._lost_replacement:
            return ToDiscard(lost)
        return self._unfinished_step

    @property
    def step(self) -> RotationStep:
        """Where in the checklist the rotation is, judging by the known tokens."""
        return _CHECKLIST[type(self._unfinished_step)]

    @property
    def pending(self) -> tuple[str, ...]:
        """The targets that may still have the old token: all, without a replacement."""
        return self.rotation.pending if self.replacement else self.rotation.targets

    @property
    def value_lost(self) -> bool:
        """Whether the replacement can't be exported any more."""
        return self._lost_replacement is not None

    @property
    def _unfinished_step(
        self,
    ) -> ToCreate | ToVerify | ToDeliver | ToExport | ToDelete | ToRename | Rotated:
        """The first step that isn't done, whether or not it can be done now."""
        if self.replacement is None:
            return ToCreate(self.old) if self.old else Rotated(None)
        if not self.rotation.verified:
            return ToVerify(self.replacement)
        if pending := self.rotation.pending:
            return ToDeliver(self.replacement, self.old, pending)
        if not self.rotation.exported:
            return ToExport(self.replacement)
        if self.old is not None:
            return ToDelete(self.old, self.replacement)
        if self.replacement.name != self.rotation.old_name:
            return ToRename(self.replacement)
        return Rotated(self.replacement)

    @property
    def _lost_replacement(self) -> ManagementToken | None:
        """The replacement, if its value was shown once and never collected."""
        replacement = self.replacement
        if replacement is None or replacement.kind == "delivery":
            return None
        collected = replacement.value or self.rotation.exported
        return None if collected else replacement


def begun(
    token: Token,
    snapshot: Snapshot,
    store: RotationStore,
    targets: tuple[str, ...] = (),
) -> Rotation:
    """Return the rotation that a token is part of: the one in progress, or a new one.

    A new one isn't stored yet; `targets` are those that the token was delivered to.
    """
    return known(token, snapshot, store) or Rotation(
        stack=snapshot.stack.uid if snapshot.stack else "",
        kind=token.kind,
        old_uid=token.uid,
        old_name=token.name,
        replacement_name=snapshot.free_name(token.name, "next"),
        targets=targets,
    )


def known(token: Token, snapshot: Snapshot, store: RotationStore) -> Rotation | None:
    """Return the stored rotation that a token is part of, found by uid, else by name.

    The store doesn't know the uid of a replacement whose creation was never answered.
    """
    stack = snapshot.stack.uid if snapshot.stack else ""
    if by_uid := store.find(stack, token.uid):
        return by_uid
    for rotation in store.unfinished(stack):
        replacement = progress(rotation, snapshot).replacement
        if replacement is not None and replacement.uid == token.uid:
            return rotation
    return None


def progress(rotation: Rotation, snapshot: Snapshot) -> RotationState:
    """Return how far a rotation has come, as of the last reading of the stack."""
    old = snapshot.token(rotation.old_uid)
    replacement = _replacement(rotation, snapshot)
    listing = snapshot.listing(rotation.kind)
    unclear = _unclear(rotation, listing, old, replacement)
    if old is not None and replacement is None:
        unclear = unclear or gone_of(gone_from(snapshot), old.scope.names)
    return RotationState(rotation, old, replacement, unclear)


def replacement_request(old: Token, name: str, now: datetime) -> TokenRequest:
    """Return the request for the replacement of a token.

    A management token that expires gets the same lifetime again.
    """
    scope = old.scope.anew()
    if old.kind == "delivery":
        return msgspec.structs.replace(old.as_request(), name=name, scope=scope)
    return msgspec.structs.replace(
        old.as_request(),
        name=name,
        scope=scope,
        expires_on=replacement_end(old, now),
    )


def replacement_end(old: ManagementToken, now: datetime) -> date | None:
    """Return when a replacement created now would expire, None for never."""
    if old.expires_on is None or old.created_at is None:
        return old.expires_on
    return (now + (old.expires_on - old.created_at)).date()


def _replacement(rotation: Rotation, snapshot: Snapshot) -> Token | None:
    """Return the replacement, found by uid, else by name among the new tokens.

    Its uid isn't known if the answer to its creation was lost. A token of that name
    that someone else created in the meantime isn't it.
    """
    if rotation.replacement_uid:
        token = snapshot.token(rotation.replacement_uid)
        return token if token and token.kind == rotation.kind else None
    if not rotation.before:
        return None
    before = set(rotation.before)
    me = snapshot.user.uid if snapshot.user else ""
    for token in snapshot.listing(rotation.kind).items:
        new = token.uid not in before
        if new and may_be_mine(token, me) and token.name == rotation.replacement_name:
            return token
    return None


def _unclear(
    rotation: Rotation,
    listing: Listing[Token],
    old: Token | None,
    replacement: Token | None,
) -> Doubt | None:
    """Return where a token that isn't among the rows may be hidden."""
    if old is not None and replacement is not None:
        return None
    if listing.cut:
        return listing.cut
    for row in listing.odd:
        if _may_be_part(rotation, row, old, replacement):
            return row
    return None


def _may_be_part(
    rotation: Rotation, row: Odd, old: Token | None, replacement: Token | None
) -> bool:
    if old is None and row.uid == rotation.old_uid:
        return True
    if old is None and not row.uid:
        return row.name in ("", rotation.old_name)
    if replacement is not None or not (rotation.replacement_uid or rotation.before):
        return False
    if rotation.replacement_uid and row.uid:
        return row.uid == rotation.replacement_uid
    named_alike = row.name in ("", rotation.replacement_name)
    return named_alike and row.uid not in rotation.before
