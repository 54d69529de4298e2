"""Parses a query, or says what's wrong and where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import cast

from tui.display import visible
from tui.query.fields import FIELDS, Field, date_of, span_of
from tui.query.tree import SPACES, Operator, Query, Term

_OR = "OR"
_VALUE = rf'(?:"(?P<quoted>(?:[^"\\]|\\.)*)(?P<closed>"?))?(?P<plain>[^{SPACES}]*)'
_TERM = re.compile(
    rf"(?P<no>!?)(?:(?P<field>[A-Za-z]+):(?P<operator>[<>=]?))?{_VALUE}", re.DOTALL
)
_WORD = re.compile(rf"(?P<no>!?)(?P<field>(?!))?(?P<operator>(?!))?{_VALUE}", re.DOTALL)
_GAP = re.compile(rf"[{SPACES}]*")
_ESCAPED = re.compile(r'\\([\\"])')
_TIMES = "a time such as <30d, >1y or <2027-01-31"


class Problem(Enum):
    """What can be wrong with a query."""

    UNKNOWN_FIELD = auto()
    NO_VALUE = auto()
    UNKNOWN_VALUE = auto()
    NO_ORDER = auto()
    OPEN_QUOTE = auto()
    AFTER_QUOTE = auto()
    ONE_SIDED = auto()


class QueryError(ValueError):
    """A query that can't be read; the text says why.

    Attributes:
        start: where in the text the problem begins, and `end` where it ends.
        nearest: the known field most like an unknown one, or empty.
    """

    def __init__(
        self, problem: Problem, found: re.Match[str], why: str, nearest: str = ""
    ) -> None:
        super().__init__(why)
        self.problem = problem
        self.start, self.end = found.span()
        self.nearest = nearest


def parse(text: str, fields: Mapping[str, Field] = FIELDS) -> Query:
    """Return what a filter asks for.

    Without `fields` a colon has no meaning.

    Raises:
        QueryError: about the first problem.
    """
    alternatives: list[list[Term]] = [[]]
    last: re.Match[str] | None = None
    for last in parts(text, fields):
        if last.group() != _OR:
            alternatives[-1].append(_term(last, fields))
        elif alternatives[-1]:
            alternatives.append([])
        else:
            raise _one_sided(last)
    if last is None:
        return Query()
    if not alternatives[-1]:
        raise _one_sided(last)
    return Query(tuple(map(tuple, alternatives)))


def parts(text: str, fields: Mapping[str, Field]) -> list[re.Match[str]]:
    """Return the parts between spaces, whether or not they're valid.

    The groups are `no`, `field`, `operator`, `quoted`, `closed` and `plain`.
    """
    pattern = _TERM if fields else _WORD
    found = []
    place = _match(_GAP, text, 0).end()
    while place < len(text):
        found.append(_match(pattern, text, place))
        place = _match(_GAP, text, found[-1].end()).end()
    return found


def value_of(found: re.Match[str]) -> str:
    """Return the value of a part, without its quotes."""
    if found["quoted"] is None:
        return found["plain"]
    return _ESCAPED.sub(r"\1", found["quoted"])


def _match(pattern: re.Pattern[str], text: str, place: int) -> re.Match[str]:
    # Every part of the patterns may be empty, so they match everywhere.
    return cast(re.Match[str], pattern.match(text, place))


def _one_sided(found: re.Match[str]) -> QueryError:
    why = 'OR needs something on both sides. For the word, write "OR".'
    return QueryError(Problem.ONE_SIDED, found, why)


def _term(found: re.Match[str], fields: Mapping[str, Field]) -> Term:
    shown = visible(found.group())
    if found["quoted"] is not None and not found["closed"]:
        why = f"The quote in {shown} isn't closed."
        raise QueryError(Problem.OPEN_QUOTE, found, why)
    if found["quoted"] is not None and found["plain"]:
        why = f"Put a space after the quote in {shown}."
        raise QueryError(Problem.AFTER_QUOTE, found, why)
    name = (found["field"] or "").lower()
    if name and name not in fields:
        raise _unknown_field(found, name, fields)
    if found["quoted"] is None and not found["plain"]:
        raise QueryError(Problem.NO_VALUE, found, f"{shown} needs a value after it.")
    operator = cast(Operator, found["operator"] or "")
    term = Term(value_of(found), name, operator, bool(found["no"]))
    if name:
        _check(found, term, fields[name])
    return term


def _unknown_field(
    found: re.Match[str], name: str, fields: Mapping[str, Field]
) -> QueryError:
    # Only needed for a mistyped field.
    import difflib  # noqa: PLC0415

    begin = [field for field in fields if _is_one_begun(name, field)]
    near = difflib.get_close_matches(name, fields, 1, 0.5)
    nearest = next(iter(begin or near), "")
    meant = f" Did you mean {nearest}:?" if nearest else ""
    why = f"There's no field {name}:.{meant} To search for the text, quote it."
    return QueryError(Problem.UNKNOWN_FIELD, found, why, nearest)


def _is_one_begun(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _check(found: re.Match[str], term: Term, field: Field) -> None:
    """Refuse a value that a field can't have."""
    value = visible(term.value)
    if field.kind == "text":
        if term.operator in ("<", ">"):
            why = f"{term.field}: has no order. Write {term.field}:{value}"
            raise QueryError(Problem.NO_ORDER, found, f"{why}.")
        return
    if field.kind == "choice":
        if term.operator in ("<", ">"):
            why = f"{term.field}: has no order. It is {_either(field.words)}."
            raise QueryError(Problem.NO_ORDER, found, why)
        known = any(word.startswith(term.value.lower()) for word in field.words)
        wanted = _either(field.words)
    else:
        known = _is_time(term) or _is_word(term, field)
        wanted = _either((*field.words, _TIMES))
    if not known:
        why = f"{term.field}: is {wanted}, not {value}."
        raise QueryError(Problem.UNKNOWN_VALUE, found, why)


def _is_time(term: Term) -> bool:
    if date_of(term.value):
        return True
    return term.operator in ("<", ">") and span_of(term.value) is not None


def _is_word(term: Term, field: Field) -> bool:
    return term.operator in ("", "=") and term.value.lower() in field.words


def _either(words: tuple[str, ...]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
