"""Tab in a filter: fields and values of the query language, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from tui.fleet.rows import FleetRow
from tui.fleet.values import values_in
from tui.query.completion import Completion, completion
from tui.widgets.text_field import TextField

_MOST_SAID = 8


class Completing:
    """The terms that Tab goes through, starting from what's typed; `words` lists them.

    The first Tab types what all terms begin with. If that adds nothing to what is
    already typed, and at each Tab after that, it types the next term.
    """

    def __init__(self, field: TextField, rows: Iterable[FleetRow]) -> None:
        self._text, cursor = field.value, field.cursor_position
        self._found: Completion = completion(self._text, cursor, values_in(rows))
        self._next = 0
        self._shown = self._text, cursor

        self.words = _listed(self._found.terms)

    def stands_in(self, field: TextField) -> bool:
        """Return whether the field hasn't changed since the last completion."""
        return self._shown == (field.value, field.cursor_position)

    def goes_on(self, field: TextField) -> bool:
        """Return whether the field hasn't changed, and there is more to offer."""
        return self.stands_in(field) and len(self._found.terms) > 1

    def next(self, field: TextField) -> None:
        """Type the next term into the field."""
        terms = self._found.terms
        if not terms:
            return
        begun = self._text[self._found.start : self._found.end]
        common = _common_beginning(terms)
        is_first = self._shown[0] == self._text
        if is_first and len(terms) > 1 and len(common) > len(begun):
            text, cursor = Completion(*self._span, (common,)).applied(self._text)
        else:
            text, cursor = self._found.applied(self._text, self._next % len(terms))
            self._next += 1
        field.value, field.cursor_position = text, cursor
        self._shown = text, cursor

    @property
    def _span(self) -> tuple[int, int]:
        return self._found.start, self._found.end


def _common_beginning(terms: tuple[str, ...]) -> str:
    columns = takewhile(lambda chars: len(set(chars)) == 1, zip(*terms, strict=False))
    return "".join(chars[0] for chars in columns)


def _listed(terms: tuple[str, ...]) -> str:
    if not terms:
        return "Nothing to complete here."
    if len(terms) == 1:
        return ""
    more = len(terms) - _MOST_SAID
    listed = " · ".join(terms[:_MOST_SAID])
    return f"{listed} · {more} more" if more > 0 else listed
