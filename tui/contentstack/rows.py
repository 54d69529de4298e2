"""A list of the API, put together page by page.

Its rows, and what is known of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from tui.contentstack.models import Odd, Thing

Good = TypeVar("Good", bound=Thing)

MOST_ROWS = 100_000
MOST_SECONDS = 300.0
"""Bounds that no real stack meets: a list that never ends would be read for ever."""


class Rows(tuple[Good, ...]):
    """The rows of a list that were understood.

    Attributes:
        odd: Those that were not, in their order.
        cut: Why the list was not read to its end, in words; empty where it was.
    """

    odd: tuple[Odd, ...]
    cut: str

    @property
    def uids(self) -> set[str]:
        """The uids of all rows, "" among them where one of the odd rows has none."""
        return {row.uid for row in self} | {row.uid for row in self.odd}

    def __new__(
        cls, rows: Iterable[Good] = (), odd: tuple[Odd, ...] = (), cut: str = ""
    ) -> Rows[Good]:
        """Keep the rows with what is known of the others."""
        self = super().__new__(cls, rows)
        self.odd = odd
        self.cut = cut
        return self


class Pages(Generic[Good]):
    """The pages of one list as they come in, each uid taken once.

    A list ends where its `count` is reached, or with a page that brings nothing new:
    a page that is not full may be all that a server gives at once, and one that knows
    no `skip` sends the same for ever.
    """

    def __init__(self) -> None:
        self.taken = 0
        self._good: dict[str, Good] = {}
        self._odd: dict[str, Odd] = {}
        self._last: list[object] = []

    def take(self, page: Iterable[Good | Odd], raw: list[object], count: Any) -> bool:
        """Take a page's rows, `raw` as they came; whether there may be more."""
        rows, known = tuple(page), len(self._good) + len(self._odd)
        self.taken += len(raw)
        counted = isinstance(count, int) and not isinstance(count, bool) and count > 0
        # Rows without a uid can't be told apart, so a page of them is compared whole.
        fresh = counted or raw != self._last
        self._last = raw
        for row in rows:
            if not isinstance(row, Odd):
                self._good.setdefault(row.uid, row)
            elif row.uid or fresh:
                self._odd.setdefault(row.key, row)
        if counted and count <= self.taken:
            return False
        if raw and not any(row.uid for row in rows):
            return fresh
        return len(self._good) + len(self._odd) > known

    def rows(self, cut: str = "") -> Rows[Good]:
        """All rows so far; `cut` says why there are no more of them."""
        odd = tuple(row for row in self._odd.values() if row.uid not in self._good)
        return Rows(self._good.values(), odd, cut)


def from_one_page(page: Iterable[Any]) -> Rows[Any]:
    """The rows of a list that comes whole."""
    pages: Pages[Any] = Pages()
    pages.take(page, [None], None)
    return pages.rows()


def joined(lists: Iterable[Rows[Good]]) -> Rows[Good]:
    """Several lists as one; what is said of any of them is said of the whole."""
    lists = tuple(lists)
    odd = tuple(row for each in lists for row in each.odd)
    cut = next((each.cut for each in lists if each.cut), "")
    return Rows((row for each in lists for row in each), odd, cut)
