"""What the commands for all stacks print as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from tui.cli.documents import Document, TokenDocument, WarningDocument
from tui.contentstack.models import TokenKind
from tui.fleet.report_tables import change_name, words_of

if TYPE_CHECKING:
    from tui.contentstack.models import Token
    from tui.fleet.drift import Drift
    from tui.fleet.due import DueToken
    from tui.fleet.places import FleetPlace
    from tui.fleet.snapshot import FleetSnapshot
    from tui.fleet.warnings import FleetWarning


class NotReadDocument(Document, frozen=True):
    """Tokens that may exist, but that you can't see.

    Attributes:
        stack: empty if it's about a whole organization or session.
        reason: why, in a few words.
        profile: empty unless several were read.
    """

    stack: str
    organization: str
    region: str
    reason: str
    profile: str = ""

    @classmethod
    def all_of(cls, snapshot: FleetSnapshot) -> tuple[NotReadDocument, ...]:
        """Return the documents of what can't be seen in a fleet."""
        return tuple(
            cls(
                stack=row.place.stack_name,
                organization=row.place.organization,
                region=row.place.region_name,
                reason=row.reason,
                profile=row.place.profile,
            )
            for row in snapshot.rows
            if row.reason
        )


class PlacedTokenDocument(Document, frozen=True):
    """A token, and where it is."""

    stack: str
    organization: str
    region: str
    token: TokenDocument

    @classmethod
    def of(cls, place: FleetPlace, token: Token) -> PlacedTokenDocument:
        """Return the document of a token of a stack."""
        return cls(
            stack=place.stack_name,
            organization=place.organization,
            region=place.region_name,
            token=TokenDocument.of(token),
        )


class AllTokensDocument(Document, frozen=True):
    """The tokens of all stacks."""

    tokens: tuple[PlacedTokenDocument, ...]
    not_read: tuple[NotReadDocument, ...] = ()


class PlacedWarningDocument(Document, frozen=True):
    """A warning about a token, and where the token is."""

    stack: str
    organization: str
    region: str
    warning: WarningDocument

    @classmethod
    def of(cls, found: FleetWarning) -> PlacedWarningDocument:
        """Return the document of a warning of a stack."""
        place = found.place
        return cls(
            stack=place.stack_name,
            organization=place.organization,
            region=place.region_name,
            warning=WarningDocument.of(found.warning),
        )


class AllHealthDocument(Document, frozen=True):
    """The warnings about the tokens of all stacks."""

    warnings: tuple[PlacedWarningDocument, ...]
    not_read: tuple[NotReadDocument, ...] = ()


class DueTokenDocument(Document, frozen=True):
    """A token, and when it expires.

    Attributes:
        expires_on: null for never.
        days_left: whole days until it expires; negative once it has.
        age_days: whole days since it was created.
        due: whether it expires within the given time, or expired that recently.
    """

    name: str
    kind: TokenKind
    access: Literal["read", "read+write"]
    uid: str
    stack: str
    organization: str
    region: str
    expires_on: datetime | None
    days_left: int | None
    created_at: datetime | None
    age_days: int | None
    due: bool

    @classmethod
    def of(cls, token: DueToken) -> DueTokenDocument:
        """Return the document of a token."""
        place = token.place
        return cls(
            name=token.name,
            kind=token.kind,
            access=token.access,
            uid=token.uid,
            stack=place.stack_name,
            organization=place.organization,
            region=place.region_name,
            expires_on=token.expires,
            days_left=token.days_left,
            created_at=token.created_at,
            age_days=token.age_days,
            due=token.needs_attention,
        )


class DueDocument(Document, frozen=True):
    """The tokens of all stacks by expiry; those that never expire are last."""

    tokens: tuple[DueTokenDocument, ...]
    not_read: tuple[NotReadDocument, ...] = ()


class InventoryDocument(Document, frozen=True):
    """What an inventory contains.

    Attributes:
        written: the file.
        stacks: the number of stacks in it; `tokens` is the number of tokens.
    """

    written: str
    stacks: int
    tokens: int
    not_read: tuple[NotReadDocument, ...] = ()


class ChangedDocument(Document, frozen=True):
    """Something that changed since an inventory.

    Attributes:
        change: what kind of change it is.
        what: the change in words.
        kind: the kind of the tokens; empty if the stack itself changed.
        name: the token's name; empty if the stack itself changed.
        uid: the token's, or the stack's.
    """

    change: str
    what: str
    kind: str
    name: str
    uid: str
    stack: str
    organization: str
    region: str

    @classmethod
    def of(cls, change: Drift) -> ChangedDocument:
        """Return the document of a change."""
        stack = change.stack
        token = getattr(change, "token", None)
        return cls(
            change=change_name(change),
            what=words_of(change),
            kind=token.kind if token else getattr(change, "kind", ""),
            name=token.name if token else "",
            uid=token.uid if token else stack.uid,
            stack=stack.stack,
            organization=stack.organization,
            region=stack.region,
        )


class DriftDocument(Document, frozen=True):
    """What changed since an inventory."""

    changes: tuple[ChangedDocument, ...]
    not_read: tuple[NotReadDocument, ...] = ()
