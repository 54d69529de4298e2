"""Replacing a token without an outage.

A twin is made, proved and handed out before the old one ends.

What was done is read from the stack as far as the stack can tell; only what it can't is
remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace

from tui.contentstack.models import (
    DeliveryToken,
    DeliveryTokenRequest,
    ManagementToken,
    ManagementTokenRequest,
    Odd,
    Token,
)
from tui.state.rotations import Rotation, RotationStore
from tui.workspace.snapshot import Listing, Snapshot, kind_of

if TYPE_CHECKING:
    pass


class RotationStep(Enum):
    """What comes next. RENAME is a wish, all else is needed."""

    MAKE = "Make the twin"
    VERIFY = "Verify it"
    HAND_OUT = "Hand it out"
    DELETE = "Delete the old one"
    RENAME = "Take the old name"
    DONE = "Done"


@dataclass(frozen=True)
class RotationState:
    """A rotation beside what the stack holds now.

    `old` and `replacement` are None where it does not have them.

    `unclear` says why that is not known of one of them; nothing may be done then.
    """

    rotation: Rotation
    old: Token | None
    replacement: Token | None
    unclear: str = ""

    @property
    def step(self) -> RotationStep:
        """What comes next."""
        if self.replacement is None:
            return RotationStep.MAKE if self.old is not None else RotationStep.DONE
        if not self.rotation.verified:
            return RotationStep.VERIFY
        if not self.rotation.handed_out:
            return RotationStep.HAND_OUT
        if self.old is not None:
            return RotationStep.DELETE
        return (
            RotationStep.RENAME
            if self.replacement.name != self.rotation.old_name
            else RotationStep.DONE
        )

    @property
    def value_lost(self) -> bool:
        """Whether the twin is a management token whose value was shown once, and never taken."""
        return (
            isinstance(self.replacement, ManagementToken)
            and not self.rotation.handed_out
            and not self.replacement.value
        )


def begun(token: Token, snapshot: Snapshot, store: RotationStore) -> Rotation:
    """The rotation that a token is part of.

    The one under way, or a new one, of which nothing is kept yet.
    """
    return known(token, snapshot, store) or Rotation(
        stack=snapshot.stack.uid if snapshot.stack else "",
        kind=kind_of(token),
        old_uid=token.uid,
        old_name=token.name,
        replacement_name=snapshot.free_name(token.name, "next"),
    )


def known(token: Token, snapshot: Snapshot, store: RotationStore) -> Rotation | None:
    """Return the kept rotation that a token is part of: by uid, else by name.

    The store has no uid of a replacement whose creation was never answered.
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
    """How far a rotation has come, by what was last read from the stack."""
    listing = snapshot.listing(rotation.kind)
    old, replacement = (
        snapshot.token(rotation.old_uid),
        _replacement(rotation, snapshot),
    )
    return RotationState(
        rotation, old, replacement, _unclear(rotation, listing, old, replacement)
    )


def replacement_of(old: Token, name: str, now: datetime) -> Any:
    """What makes the twin of a token.

    A management token that expires gets as long a life anew.
    """
    draft = replace(draft_of(old), name=name, scope=old.scope.anew())
    return (
        replace(draft, expires_on=replacement_end(old, now))
        if isinstance(old, ManagementToken)
        else draft
    )


def replacement_end(old: ManagementToken, now: datetime) -> date | None:
    """When the twin made now would end: None for never."""
    if old.expires_on is None or old.created_at is None:
        return old.expires_on
    return (now + (old.expires_on - old.created_at)).date()


def draft_of(token: Token) -> Any:
    """What would make an equal token."""
    if isinstance(token, DeliveryToken):
        return DeliveryTokenRequest(token.name, token.description, token.scope)
    return ManagementTokenRequest(
        name=token.name,
        description=token.description,
        scope=token.scope,
        expires_on=token.expires_on,
        email_notice=token.email_notice,
        extra=token.extra,
    )


def _replacement(rotation: Rotation, snapshot: Snapshot) -> Token | None:
    """The twin by its uid; where the answer to its making was lost, by its name among what is new.

    A token of that name which somebody else created meanwhile is not it.
    """
    if rotation.replacement_uid:
        token = snapshot.token(rotation.replacement_uid)
        return token if token and kind_of(token) == rotation.kind else None
    if not rotation.before:
        return None
    before, me = set(rotation.before), snapshot.user.uid if snapshot.user else ""
    for token in snapshot.listing(rotation.kind).items:
        ours = not me or token.created_by in ("", me)
        if token.name == rotation.replacement_name and token.uid not in before and ours:
            return cast("Token", token)
    return None


def _unclear(
    rotation: Rotation,
    listing: Listing[Any],
    old: Token | None,
    replacement: Token | None,
) -> str:
    """Why a token that is not among the rows may be in the stack all the same."""
    if old is not None and replacement is not None:
        return ""
    if listing.cut:
        return f"Not all tokens are known: {listing.cut}."
    hidden = next(
        (row for row in listing.odd if _may_be_part(rotation, row, old, replacement)),
        None,
    )
    if hidden is None:
        return ""
    return f"A token that may be part of this rotation is not understood: {hidden.why}."


def _may_be_part(
    rotation: Rotation, row: Odd, old: Token | None, replacement: Token | None
) -> bool:
    if old is None and row.uid in ("", rotation.old_uid):
        return row.name in ("", rotation.old_name) or row.uid == rotation.old_uid
    if replacement is not None or not (rotation.replacement_uid or rotation.before):
        return False
    if rotation.replacement_uid and row.uid:
        return row.uid == rotation.replacement_uid
    return (
        row.name in ("", rotation.replacement_name) and row.uid not in rotation.before
    )
