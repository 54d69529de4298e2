"""What was last read from a stack; the next reading replaces all of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, TypeVar

from tui.account.permissions import Permissions
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import (
    Alias,
    Branch,
    DeliveryToken,
    Environment,
    ManagementToken,
    Odd,
    Person,
    Stack,
    Thing,
    Token,
    TokenKind,
    User,
)
from tui.contentstack.regions import Region
from tui.contentstack.rows import Cut, Rows
from tui.files.refusal import Refused

if TYPE_CHECKING:
    from tui.export.source import Source, Use

Listed_co = TypeVar("Listed_co", bound=Thing, covariant=True)


class ReadingStopped(Exception):
    """The user stopped the reading."""

    def __str__(self) -> str:
        return "You stopped reading."


Trouble = ContentstackError | Refused | ReadingStopped
"""Why something couldn't be read; its text says so in a sentence."""


def kind_of(token: Token | None) -> TokenKind:
    """Return the list that a token is in; without a token, the delivery tokens."""
    return token.kind if token else "delivery"


@dataclass(frozen=True)
class Listing(Generic[Listed_co]):
    """A list as last read, and why the latest attempt failed, if it did.

    Attributes:
        odd: the rows that weren't understood.
        cut: where the list was cut off; None if it was read in full.
    """

    items: tuple[Listed_co, ...] = ()
    read: bool = False
    error: ContentstackError | None = None
    odd: tuple[Odd, ...] = ()
    cut: Cut | None = None

    @classmethod
    def of(cls, rows: Rows[Listed_co]) -> Listing[Listed_co]:
        """Return a list that was just read."""
        return cls(tuple(rows), read=True, odd=rows.odd, cut=rows.cut)

    @property
    def whole(self) -> bool:
        """Whether the stack has nothing that isn't among the items."""
        return self.read and self.error is None and not self.odd and not self.cut

    @cached_property
    def odd_by_key(self) -> dict[str, Odd]:
        """The rows that weren't understood, by their keys."""
        return {row.key: row for row in self.odd}

    @cached_property
    def rows(self) -> Sequence[Listed_co | Odd]:
        """All rows in list order, including those that weren't understood."""
        if not self.odd:
            return self.items
        rows: list[Listed_co | Odd] = []
        left = deque(self.odd)
        for item in self.items:
            while left and left[0].index <= len(rows):
                rows.append(left.popleft())
            rows.append(item)
        return [*rows, *left]

    def names(self, but: str = "") -> set[str]:
        """Return the names known to be taken, except the one with the uid `but`."""
        names = {getattr(item, "name", "") for item in self.items if item.uid != but}
        names.update(row.name for row in self.odd)
        return names - {""}

    @cached_property
    def by_uid(self) -> Mapping[str, Listed_co]:
        """The items by uid, so that no key press searches through thousands."""
        return {item.uid: item for item in self.items}

    @property
    def refused(self) -> bool:
        """Whether nothing in it is known, because the reading failed."""
        return self.error is not None and not self.read


@dataclass(frozen=True)
class Snapshot:
    """Everything known about a stack at one moment.

    Attributes:
        live_preview: None until it's been requested, and if the answer doesn't say.
        reading: what is being read, in words.
        waiting: the seconds that Contentstack asked to wait, if people would notice,
            else 0.
        read_at: None until a whole reading has ended.
        trouble: why something couldn't be read.
        remedy: the id of the command that helps.
        notice: what was removed from around the credential and API key, in sentences.
    """

    region: Region | None = None
    demo: bool = False
    read_only: bool = False
    stack: Stack | None = None
    live_preview: bool | None = None
    user: User | None = None
    permissions: Permissions = Permissions(read=False)
    delivery: Listing[DeliveryToken] = Listing()
    management: Listing[ManagementToken] = Listing()
    environments: Listing[Environment] = Listing()
    branches: Listing[Branch] = Listing()
    aliases: Listing[Alias] = Listing()
    people: Mapping[str, Person] = field(default_factory=lambda: MappingProxyType({}))
    reading: tuple[str, ...] = ()
    waiting: float = 0.0
    read_at: datetime | None = None
    trouble: Trouble | None = None
    remedy: str | None = None
    notice: str = ""

    @property
    def has_branches(self) -> bool:
        """Whether tokens are scoped to branches.

        If the settings don't say, the list of branches does.
        """
        if self.stack is not None and self.stack.branches_enabled is False:
            return False
        listed = self.branches.items or self.branches.odd
        said = self.stack is not None and self.stack.branches_enabled is True
        return bool(listed) or said

    def listing(self, kind: TokenKind) -> Listing[Token]:
        """Return the tokens of a kind."""
        return self.delivery if kind == "delivery" else self.management

    def delivery_token(self, uid: str) -> DeliveryToken | None:
        """Return the delivery token with this uid, if the last reading had it."""
        return self.delivery.by_uid.get(uid)

    def management_token(self, uid: str) -> ManagementToken | None:
        """Return the management token with this uid, if the last reading had it."""
        return self.management.by_uid.get(uid)

    def token(self, uid: str) -> Token | None:
        """Return the token of either kind with this uid, if the last reading had it."""
        return self.delivery_token(uid) or self.management_token(uid)

    def odd(self, key: str) -> Odd | None:
        """Return the token that wasn't understood, by its key or uid."""
        rows = self.delivery.odd_by_key | self.management.odd_by_key
        if key in rows:
            return rows[key]
        return next((row for row in rows.values() if row.uid == key), None)

    def source(self, token: Token, use: Use, *, preview: bool = True) -> Source:
        """Return a token with the settings it is used with.

        Raises:
            Unfit: if that isn't known.
        """
        from tui.export.source import Source, Unfit  # noqa: PLC0415 - loaded by those who export

        if self.stack is None or self.region is None:
            raise Unfit("Tokendeck doesn't know the stack.")
        return Source(token, self.stack.api_key, self.region, use, preview)

    def free_name(self, name: str, ending: str) -> str:
        """Return the name with an ending that makes it unique in the stack.

        For example "web-next", or "web-next-2" if that is taken.
        """
        taken = self.delivery.names() | self.management.names()
        free = first = f"{name}-{ending}"
        for number in count(2):
            if free not in taken:
                break
            free = f"{first}-{number}"
        return free
