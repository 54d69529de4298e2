"""A list from the API, assembled page by page: its rows, and what else is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from tui.contentstack.models import Odd, Thing

Good = TypeVar("Good", bound=Thing)

# No real stack reaches these limits; they stop a list that never ends.
MOST_ROWS = 100_000
MOST_SECONDS = 300.0


@dataclass(frozen=True)
class Cut:
    """The limit at which reading a list was cut off.

    Attributes:
        rows: how many rows had been read by then.
        seconds: how long that took, if that was the limit.
    """

    rows: int
    seconds: float | None = None

    def __str__(self) -> str:
        """Return the part of a sentence that says so."""
        if self.seconds is None:
            return f"only the first {self.rows:,} rows were read"
        minutes = f"{self.seconds / 60:.0f} minutes"
        return f"reading stopped after {minutes} and {self.rows:,} rows"


class Rows(tuple[Good, ...]):
    """The rows of a list that could be decoded.

    Attributes:
        odd: those that couldn't, in order.
        cut: where the list was cut off; None if it was read in full.
    """

    odd: tuple[Odd, ...]
    cut: Cut | None

    def __new__(
        cls,
        rows: Iterable[Good] = (),
        odd: tuple[Odd, ...] = (),
        cut: Cut | None = None,
    ) -> Rows[Good]:
        """Keep the rows with what is known about the others."""
        self = super().__new__(cls, rows)
        self.odd = odd
        self.cut = cut
        return self

    @property
    def uids(self) -> set[str]:
        """The uids of all rows, including "" if an odd row has none."""
        return {row.uid for row in self} | {row.uid for row in self.odd}


class Pages(Generic[Good]):
    """The pages of one list as they come in, each uid taken once.

    A list ends when its `count` is reached, or with a page that has nothing new. A page
    that isn't full means nothing: it may be all that the server sends at once. And a
    server that doesn't support `skip` sends the same page forever.
    """

    def __init__(self) -> None:
        self.taken = 0
        self._good: dict[str, Good] = {}
        self._odd: dict[str, Odd] = {}
        self._last: list[object] = []

    def take(self, page: Iterable[Good | Odd], raw: object, count: object) -> bool:
        """Take a page's rows, `raw` as they came; return whether there may be more."""
        rows = tuple(page)
        raw_rows = raw if isinstance(raw, list) else []
        known = self._known()
        self.taken += len(raw_rows)
        counted = isinstance(count, int) and not isinstance(count, bool) and count > 0
        # Rows without a uid can't be told apart, so a page of them is compared whole.
        is_fresh = counted or raw_rows != self._last
        self._last = raw_rows
        for row in rows:
            if not isinstance(row, Odd):
                self._good.setdefault(row.uid, row)
            elif row.uid or is_fresh:
                self._odd.setdefault(row.key, row)
        if isinstance(count, int) and counted and count <= self.taken:
            return False
        if raw_rows and not any(row.uid for row in rows):
            return is_fresh
        return self._known() > known

    def _known(self) -> int:
        return len(self._good) + len(self._odd)

    def rows(self, cut: Cut | None = None) -> Rows[Good]:
        """Return all rows so far; `cut` says where they were cut off."""
        odd = tuple(row for row in self._odd.values() if row.uid not in self._good)
        return Rows(self._good.values(), odd, cut)


def from_one_page(page: Iterable[Good | Odd]) -> Rows[Good]:
    """Return the rows of a list that isn't paged."""
    pages: Pages[Good] = Pages()
    pages.take(page, [None], None)
    return pages.rows()


def joined(lists: Iterable[Rows[Good]]) -> Rows[Good]:
    """Join lists into one, with all their odd rows and the first cut."""
    lists = tuple(lists)
    rows = chain.from_iterable(lists)
    odd = chain.from_iterable(each.odd for each in lists)
    cut = next((each.cut for each in lists if each.cut), None)
    return Rows(rows, tuple(odd), cut)
