"""Replacing a token without an outage: a twin is made, proved and handed out before the old one ends.

What was done is read from the stack as far as the stack can tell; only what it can't is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace

from tui.account.rotations import Rotation, RotationStore
from tui.contentstack.models import (
    DeliveryDraft,
    DeliveryToken,
    ManagementDraft,
    ManagementToken,
    Odd,
    Token,
)
from tui.workspace.snapshot import Listing, Snapshot, kind_of

if TYPE_CHECKING:
    pass


class Step(Enum):
    """What comes next. RENAME is a wish, all else is needed."""

    MAKE = "Make the twin"
    VERIFY = "Verify it"
    HAND_OUT = "Hand it out"
    DELETE = "Delete the old one"
    RENAME = "Take the old name"
    DONE = "Done"


@dataclass(frozen=True)
class Progress:
    """A rotation beside what the stack holds now: `old` and `twin` are None where it does not have them.

    `unclear` says why that is not known of one of them; nothing may be done then.
    """

    rotation: Rotation
    old: Token | None
    twin: Token | None
    unclear: str = ""

    @property
    def step(self) -> Step:
        """What comes next."""
        if self.twin is None:
            return Step.MAKE if self.old is not None else Step.DONE
        if not self.rotation.verified:
            return Step.VERIFY
        if not self.rotation.handed_out:
            return Step.HAND_OUT
        if self.old is not None:
            return Step.DELETE
        return Step.RENAME if self.twin.name != self.rotation.old_name else Step.DONE

    @property
    def value_lost(self) -> bool:
        """Whether the twin is a management token whose value was shown once, and never taken."""
        return isinstance(self.twin, ManagementToken) and not self.rotation.handed_out and not self.twin.value


def begun(token: Token, snapshot: Snapshot, store: RotationStore) -> Rotation:
    """The rotation that a token is part of: the one under way, or a new one, of which nothing is kept yet."""
    return known(token, snapshot, store) or Rotation(
        stack=snapshot.stack.uid if snapshot.stack else "",
        kind=kind_of(token),
        old_uid=token.uid,
        old_name=token.name,
        twin_name=snapshot.free_name(token.name, "next"),
    )


def known(token: Token, snapshot: Snapshot, store: RotationStore) -> Rotation | None:
    """Return the kept rotation that a token is part of: by uid, else by name.

    The store has no uid of a replacement whose creation was never answered.
    """
    stack = snapshot.stack.uid if snapshot.stack else ""
    if by_uid := store.find(stack, token.uid):
        return by_uid
    for rotation in store.unfinished(stack):
        replacement = progress(rotation, snapshot).twin
        if replacement is not None and replacement.uid == token.uid:
            return rotation
    return None


def progress(rotation: Rotation, snapshot: Snapshot) -> Progress:
    """How far a rotation has come, by what was last read from the stack."""
    listing = snapshot.listing(rotation.kind)
    old, twin = snapshot.token(rotation.old_uid), _twin(rotation, snapshot)
    return Progress(rotation, old, twin, _unclear(rotation, listing, old, twin))


def twin_of(old: Token, name: str, now: datetime) -> Any:
    """What makes the twin of a token; a management token that expires gets as long a life anew."""
    draft = replace(draft_of(old), name=name, scope=old.scope.anew())
    return replace(draft, expires_on=twin_end(old, now)) if isinstance(old, ManagementToken) else draft


def twin_end(old: ManagementToken, now: datetime) -> date | None:
    """When the twin made now would end: None for never."""
    if old.expires_on is None or old.created_at is None:
        return old.expires_on
    return (now + (old.expires_on - old.created_at)).date()


def draft_of(token: Token) -> Any:
    """What would make an equal token."""
    if isinstance(token, DeliveryToken):
        return DeliveryDraft(token.name, token.description, token.scope)
    return ManagementDraft(
        name=token.name,
        description=token.description,
        scope=token.scope,
        expires_on=token.expires_on,
        email_notice=token.email_notice,
        extra=token.extra,
    )


def _twin(rotation: Rotation, snapshot: Snapshot) -> Token | None:
    """The twin by its uid; where the answer to its making was lost, by its name among what is new.

    A token of that name which somebody else created meanwhile is not it.
    """
    if rotation.twin_uid:
        token = snapshot.token(rotation.twin_uid)
        return token if token and kind_of(token) == rotation.kind else None
    if not rotation.before:
        return None
    before, me = set(rotation.before), snapshot.user.uid if snapshot.user else ""
    for token in snapshot.listing(rotation.kind).items:
        ours = not me or token.created_by in ("", me)
        if token.name == rotation.twin_name and token.uid not in before and ours:
            return cast("Token", token)
    return None


def _unclear(rotation: Rotation, listing: Listing[Any], old: Token | None, twin: Token | None) -> str:
    """Why a token that is not among the rows may be in the stack all the same."""
    if old is not None and twin is not None:
        return ""
    if listing.cut:
        return f"Not all tokens are known: {listing.cut}."
    hidden = next((row for row in listing.odd if _may_be_part(rotation, row, old, twin)), None)
    if hidden is None:
        return ""
    return f"A token that may be part of this rotation is not understood: {hidden.why}."


def _may_be_part(rotation: Rotation, row: Odd, old: Token | None, twin: Token | None) -> bool:
    if old is None and row.uid in ("", rotation.old_uid):
        return row.name in ("", rotation.old_name) or row.uid == rotation.old_uid
    if twin is not None or not (rotation.twin_uid or rotation.before):
        return False
    if rotation.twin_uid and row.uid:
        return row.uid == rotation.twin_uid
    return row.name in ("", rotation.twin_name) and row.uid not in rotation.before
