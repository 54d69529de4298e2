from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.query.completion import completion
from tui.query.fields import FIELDS
from tui.query.parsing import parse

VALUES = {
    "stack": ["Acme Shop", "Acme Blog", "Éclair", "Press"],
    "env": ["production", "preview", "qa", "production"],
    "name": ['say "hi"', "<odd>"],
}


def values_of(field: str) -> Iterable[str]:
    return VALUES.get(field, [])


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("ex", ["expires:"]),
        ("web e", ["env:", "expires:"]),
        ("!ki", ["!kind:"]),
        ("EX", ["expires:"]),
        ("zz", []),
        ("zz:", []),
        ("zz:a", []),
        ("stack:ac", ['stack:"Acme Blog"', 'stack:"Acme Shop"']),
        ('stack:"Acme S', ['stack:"Acme Shop"']),
        ("stack:e", []),
        ("stack:é", ["stack:Éclair"]),
        ("!env:pr", ["!env:preview", "!env:production"]),
        ("env:=q", ["env:=qa"]),
        ("kind:", ["kind:delivery", "kind:management"]),
        ("access:w", ["access:write"]),
        ("expires:", ["expires:never", "expires:expired", "expires:<7d", "expires:<30d", "expires:<90d"]),
        ("expires:<3", ["expires:<30d"]),
        ("created:>", ["created:>1y"]),
        ("name:s", [r'name:"say \"hi\""']),
        ("name:<", ['name:"<odd>"']),
        ('name:"<', ['name:"<odd>"']),
    ],
)  # fmt: skip
def test_the_term_before_the_cursor_is_completed(text: str, terms: list[str]) -> None:
    found = completion(text, len(text), values_of)
    assert list(found.terms) == terms
    for number, term in enumerate(terms):
        after, cursor = found.applied(text, number)
        assert after[:cursor].endswith(term)
        if not term.endswith(":"):
            parse(after)


@pytest.mark.parametrize("text", ["", "web "])
def test_with_nothing_begun_all_fields_are_offered(text: str) -> None:
    found = completion(text, len(text), values_of)
    assert list(found.terms) == [f"{name}:" for name in FIELDS]


def test_what_stands_around_the_term_stays() -> None:
    text = "web env:prxx !kind:m"
    found = completion(text, len("web env:pr"), values_of)
    assert found.applied(text, 1) == ("web env:production !kind:m", 18)


@given(st.text(alphabet='ab: "!<=\\\u00a0', max_size=12), st.integers(0, 12))
def test_nothing_that_is_typed_breaks_it(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    found = completion(text, cursor, values_of)
    assert found.start <= cursor <= found.end <= len(text)
