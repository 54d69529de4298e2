"""Which tokens touch production, by the environments that the user calls production."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from tui.contentstack.models import Token
from tui.widgets.facts_card import Fact

_SAYS_SO = frozenset({"production", "prod", "live"})


def production_of(names: Iterable[str], production: Collection[str]) -> tuple[str, ...]:
    """Return which of these environments are production, ignoring case."""
    folded = {name.casefold() for name in production}
    return tuple(name for name in names if name.casefold() in folded)


def touched_by(tokens: Iterable[Token], production: Collection[str]) -> tuple[str, ...]:
    """Return the production environments in the scopes of tokens, each once."""
    named = (name for token in tokens for name in token.scope.environments)
    return tuple(dict.fromkeys(production_of(named, production)))


def with_production(
    fact: Fact, names: Iterable[str], production: Collection[str]
) -> Fact:
    """Return a fact in which production stands out, by tone and by a word.

    `names` are the environments in its value.
    """
    value, tones = fact.value, []
    for name in production_of(names, production):
        tones.append((name, "production"))
        if name.casefold() not in _SAYS_SO:
            value = f"{value} (production: {name})"
    return replace(fact, value=value, tones=(*fact.tones, *tones))
