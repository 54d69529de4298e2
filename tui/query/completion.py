"""What Tab can complete a term to: a field, or a field's value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tui.matching import fold
from tui.query.fields import FIELDS, Field
from tui.query.parsing import parts, value_of
from tui.query.tree import Term

ValuesOf = Callable[[str], Iterable[str]]
"""Returns the texts that rows have in a field, as shown."""

_AHEAD = ("<7d", "<30d", "<90d")
_BEHIND = ("<7d", "<30d", ">1y")


@dataclass(frozen=True)
class Completion:
    """The terms that can replace the text from `start` to `end`."""

    start: int
    end: int
    terms: tuple[str, ...] = ()

    def applied(self, text: str, number: int = 0) -> tuple[str, int]:
        """Return the text with one of the terms, and the new cursor position."""
        term = self.terms[number]
        return text[: self.start] + term + text[self.end :], self.start + len(term)


def completion(
    text: str,
    cursor: int,
    values_of: ValuesOf,
    fields: Mapping[str, Field] = FIELDS,
) -> Completion:
    """Return the terms that the one before the cursor can be completed to."""
    before = parts(text[:cursor], fields)
    begun = before[-1] if before and before[-1].end() == cursor else None
    if begun is None:
        return Completion(cursor, cursor, tuple(f"{name}:" for name in fields))
    # The text after the cursor, up to the next space, belongs to the same term.
    end = next(part.end() for part in parts(text, fields) if part.end() >= cursor)
    negation, name = begun["no"], (begun["field"] or "").lower()
    if name in fields:
        operator = begun["operator"]
        terms = _values(name, fields[name], operator + value_of(begun), values_of)
    elif name:
        terms = []
    else:
        begin = begun["plain"].lower()
        terms = [f"{field}:" for field in fields if field.startswith(begin)]
    return Completion(begun.start(), end, tuple(f"{negation}{term}" for term in terms))


def _values(name: str, field: Field, begin: str, values_of: ValuesOf) -> list[str]:
    """Return the terms of a field whose values begin like this."""
    if field.kind == "moment":
        spans = _AHEAD if field.is_ahead else _BEHIND
        offered = (*field.words, *spans)
        return [f"{name}:{word}" for word in offered if word.startswith(begin.lower())]
    if field.kind == "choice":
        known: Iterable[str] = field.words
    else:
        known = sorted(set(values_of(name)), key=fold)
    is_exact = begin.startswith("=")
    folded = fold(begin.removeprefix("="))
    fitting = [value for value in known if fold(value).startswith(folded)]
    return [str(Term(value, name, "=" if is_exact else "")) for value in fitting]
