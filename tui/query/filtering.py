"""Which rows match a query. It's compiled once, because every row is checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Protocol, TypeAlias

from tui.matching import fold, matches, words
from tui.query.fields import FIELDS, NEVER, Field, date_of, span_of
from tui.query.tree import SPACES, Query, Term

_DAY = timedelta(days=1)
_TICK = timedelta.resolution
_FIRST = datetime.min.replace(tzinfo=UTC)
_SPACE = re.compile(f"[{SPACES}]")


class QueryRow(Protocol):
    """A row that can be queried; all its texts are folded by `tui.matching.fold`."""

    @property
    def haystack(self) -> str:
        """The text that free words are looked for in."""

    def texts(self, field: str) -> Sequence[str]:
        """Return the texts or the choice in a field; empty if it has none."""

    def moment(self, field: str) -> datetime | None:
        """Return the moment of a field, `NEVER`, or None."""


Fits: TypeAlias = Callable[[QueryRow], bool]


def compiled(query: Query, now: datetime, fields: Mapping[str, Field] = FIELDS) -> Fits:
    """Return a function that says whether a row matches; ages count from `now`."""
    alternatives = [
        _all_of([_fits(term, now, fields) for term in terms]) for terms in query.any_of
    ]
    if not alternatives:
        return lambda _row: True
    if len(alternatives) == 1:
        return alternatives[0]
    return lambda row: any(fits(row) for fits in alternatives)


def _all_of(terms: list[Fits]) -> Fits:
    if len(terms) == 1:
        return terms[0]

    def fits(row: QueryRow) -> bool:
        for term in terms:  # noqa: SIM110 - a generator a row would cost twice as much
            if not term(row):
                return False
        return True

    return fits


def _fits(term: Term, now: datetime, fields: Mapping[str, Field]) -> Fits:
    fits = _word(term) if not term.field else _of_field(term, now, fields[term.field])
    return (lambda row: not fits(row)) if term.is_negated else fits


def _word(term: Term) -> Fits:
    wanted = words(term.value)
    if _SPACE.search(term.value):
        # In a phrase, spaces count too.
        wanted = [fold(term.value)]
    if len(wanted) != 1:
        return lambda row: matches(wanted, row.haystack)
    word = wanted[0]
    return lambda row: word in row.haystack


def _of_field(term: Term, now: datetime, field: Field) -> Fits:
    if field.kind == "moment":
        return _moment(term, now, field)
    name, value = term.field, fold(term.value)
    if term.operator == "=":
        return lambda row: value in row.texts(name)
    if field.kind == "choice":
        return lambda row: any(text.startswith(value) for text in row.texts(name))
    return lambda row: any(value in text for text in row.texts(name))


def _moment(term: Term, now: datetime, field: Field) -> Fits:
    name = term.field
    if term.value.lower() == "unknown":
        return lambda row: row.moment(name) is None
    if term.value.lower() == "never":
        return lambda row: row.moment(name) == NEVER
    earliest, latest = _bounds(term, now, field)

    def fits(row: QueryRow) -> bool:
        moment = row.moment(name)
        return moment is not None and earliest <= moment < latest

    return fits


def _bounds(term: Term, now: datetime, field: Field) -> tuple[datetime, datetime]:
    """Return the first moment that matches, and the first after it that doesn't.

    What never happens is neither soon nor late.
    """
    day = date_of(term.value)
    if day is not None:
        begin = datetime.combine(day, time(), UTC)
        end = _moved(begin, _DAY)
        if term.operator == "<":
            return _FIRST, begin
        return (end, NEVER) if term.operator == ">" else (begin, end)
    # The only word left is "expired".
    span = span_of(term.value)
    if span is None:
        return _FIRST, _moved(now, _TICK)
    limit = _moved(now, span if field.is_ahead else -span)
    # A greater age means an earlier moment.
    is_before = (term.operator == "<") == field.is_ahead
    return (_FIRST, limit) if is_before else (limit, NEVER)


def _moved(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment + span
    except OverflowError:
        return NEVER if span > timedelta() else _FIRST
