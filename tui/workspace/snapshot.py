"""What was last read from a stack.

Immutable, replaced as a whole by the next reading.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain, count
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

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
    User,
)
from tui.contentstack.regions import Region
from tui.contentstack.rows import Rows

Listed = TypeVar("Listed", bound=Thing)


def kind_of(token: Token | None) -> Literal["delivery", "management"]:
    """Which of the two lists a token is in; that of delivery tokens for none."""
    return "management" if isinstance(token, ManagementToken) else "delivery"


@dataclass(frozen=True)
class Listing(Generic[Listed]):
    """A list as last read, and why the latest try to read it failed, if it did.

    `odd` are the rows that were not understood. `cut` says in words why the list was
    not read to its end, and is empty where it was.
    """

    items: tuple[Listed, ...] = ()
    read: bool = False
    error: ContentstackError | None = None
    odd: tuple[Odd, ...] = ()
    cut: str = ""

    @classmethod
    def of(cls, rows: Rows[Listed]) -> Listing[Listed]:
        """The list that was read just now."""
        return cls(tuple(rows), read=True, odd=rows.odd, cut=rows.cut)

    @property
    def whole(self) -> bool:
        """Whether what is not among the items is not in the stack either."""
        return self.read and self.error is None and not self.odd and not self.cut

    @cached_property
    def odd_by_key(self) -> dict[str, Odd]:
        """The rows that were not understood, by their keys."""
        return {row.key: row for row in self.odd}

    @cached_property
    def rows(self) -> Sequence[Listed | Odd]:
        """All rows in the order of the list, those that were not understood too."""
        if not self.odd:
            return self.items
        rows: list[Listed | Odd] = []
        left = deque(self.odd)
        for item in self.items:
            while left and left[0].index <= len(rows):
                rows.append(left.popleft())
            rows.append(item)
        return [*rows, *left]

    def names(self, but: str = "") -> set[str]:
        """The names that are taken, as far as they are known, but that of one uid."""
        named = (getattr(item, "name", "") for item in self.items if item.uid != but)
        return {*named, *(row.name for row in self.odd)} - {""}

    @cached_property
    def by_uid(self) -> Mapping[str, Listed]:
        """The items by their uids.

        Among thousands none is searched for at every key.
        """
        return {item.uid: item for item in self.items}

    @property
    def refused(self) -> bool:
        """Nothing of it is known, because the reading failed."""
        return self.error is not None and not self.read


@dataclass(frozen=True)
class Snapshot:
    """Everything known of a stack at one moment.

    `read_at` is None until a whole reading ended; `waiting` is the seconds that
    Contentstack asked to wait where people would notice, else 0. `live_preview` is None
    until it was asked for, and where nobody says.
    """

    region: Region | None = None
    demo: bool = False
    read_only: bool = False
    stack: Stack | None = None
    live_preview: bool | None = None
    user: User | None = None
    permissions: Permissions = Permissions()
    delivery: Listing[DeliveryToken] = Listing()
    management: Listing[ManagementToken] = Listing()
    environments: Listing[Environment] = Listing()
    branches: Listing[Branch] = Listing()
    aliases: Listing[Alias] = Listing()
    people: Mapping[str, Person] = field(default_factory=lambda: MappingProxyType({}))
    reading: tuple[str, ...] = ()
    waiting: float = 0.0
    read_at: datetime | None = None
    trouble: str | None = None
    remedy: str | None = None

    @property
    def has_branches(self) -> bool:
        """Whether tokens are scoped to branches.

        Where settings don't say, the list of branches does.
        """
        if self.stack is not None and self.stack.branches_enabled is False:
            return False
        listed = self.branches.items or self.branches.odd
        said = self.stack is not None and self.stack.branches_enabled is True
        return bool(listed) or said

    def listing(self, kind: str) -> Listing[Any]:
        """The tokens of a kind, "delivery" or "management"."""
        return self.delivery if kind == "delivery" else self.management

    def delivery_token(self, uid: str) -> DeliveryToken | None:
        """The delivery token with this uid, if the last reading had it."""
        return self.delivery.by_uid.get(uid)

    def management_token(self, uid: str) -> ManagementToken | None:
        """The management token with this uid, if the last reading had it."""
        return self.management.by_uid.get(uid)

    def token(self, uid: str) -> Token | None:
        """The token of either kind with this uid, if the last reading had it."""
        return self.delivery_token(uid) or self.management_token(uid)

    def odd(self, key: str) -> Odd | None:
        """The row that was not understood, among tokens of either kind, by its key or uid."""
        rows = self.delivery.odd_by_key | self.management.odd_by_key
        return rows.get(key) or next(
            (row for row in rows.values() if row.uid == key), None
        )

    def free_name(self, name: str, ending: str) -> str:
        """The name with an ending ("web-next", "web-next-2", …) that no token of the stack has."""
        taken = self.delivery.names() | self.management.names()
        first = f"{name}-{ending}"
        names = chain([first], (f"{first}-{number}" for number in count(2)))
        return next(each for each in names if each not in taken)

    def maker(self, uid: str) -> str:
        """Who a user uid is: "you", a name or e-mail where those may be read, else the short uid."""
        if self.user is not None and uid == self.user.uid:
            return "you"
        person = self.people.get(uid)
        if person is None:
            return f"{uid[:8]}…" if len(uid) > 9 else uid
        return f"{person.first_name} {person.last_name}".strip() or person.email
