"""A query as a value; `str` of it parses to the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Operator: TypeAlias = Literal["", "=", "<", ">"]

SPACES = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""What `tui.matching.words` splits by. A tab is drawn as a mark and doesn't split."""

_PLAIN = re.compile(rf'(?!")[^{SPACES}]+')
_NOT_A_WORD = re.compile(r"!|[A-Za-z]+:|OR\Z")
_NOT_A_VALUE = re.compile("[<>=]")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. Without a `field`, it's a free word, or a phrase in quotes."""

    value: str
    field: str = ""
    operator: Operator = ""
    is_negated: bool = False

    def __str__(self) -> str:
        negation = "!" if self.is_negated else ""
        field = f"{self.field}:{self.operator}" if self.field else ""
        value = quoted(self.value) if self._needs_quotes() else self.value
        return f"{negation}{field}{value}"

    def _needs_quotes(self) -> bool:
        if not _PLAIN.fullmatch(self.value):
            return True
        if not self.field:
            return _NOT_A_WORD.match(self.value) is not None
        return not self.operator and _NOT_A_VALUE.match(self.value) is not None


@dataclass(frozen=True, slots=True)
class Query:
    """Alternatives, each of terms that must all match; with none, every row matches."""

    any_of: tuple[tuple[Term, ...], ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether any term is a word without a field."""
        return any(not term.field for terms in self.any_of for term in terms)

    def __str__(self) -> str:
        return " OR ".join(" ".join(map(str, terms)) for terms in self.any_of)


def quoted(value: str) -> str:
    """Return a value between quotes."""
    escaped = value.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'
