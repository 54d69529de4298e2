from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.query.fields import FIELDS
from tui.query.parsing import Problem, QueryError, parse
from tui.query.tree import Query, Term

ANY_TEXT = st.one_of(
    st.text(max_size=8),
    st.text(alphabet=' !:"\\<>=ORab\u00a0\t\n', max_size=8),
    st.sampled_from(["", "OR", "!", "stack:", '"', "\\", "<30d", "\u00b4"]),
)
TEXT_FIELDS = [name for name, field in FIELDS.items() if field.kind == "text"]

words = st.builds(Term, value=ANY_TEXT, is_negated=st.booleans())
of_texts = st.builds(
    Term,
    value=ANY_TEXT,
    field=st.sampled_from(TEXT_FIELDS),
    operator=st.sampled_from(["", "="]),
    is_negated=st.booleans(),
)
of_choices = st.sampled_from(
    [
        Term("management", "kind"),
        Term("del", "kind", is_negated=True),
        Term("write", "access", "="),
        Term("", "preview"),
    ]
)
of_moments = st.builds(
    Term,
    value=st.sampled_from(["30d", "1y", "12h", "6w", "3m", "2027-01-31"]),
    field=st.sampled_from(["expires", "created", "updated"]),
    operator=st.sampled_from(["<", ">"]),
    is_negated=st.booleans(),
)
terms = st.one_of(words, of_texts, of_choices, of_moments)
queries = st.lists(st.lists(terms, min_size=1, max_size=4).map(tuple), max_size=3)


@given(queries)
def test_what_is_printed_parses_to_the_same(any_of: list[tuple[Term, ...]]) -> None:
    query = Query(tuple(any_of))
    assert parse(str(query)) == query


@given(ANY_TEXT | st.text(max_size=30))
@example('a"b')
@example("stack:a  OR\u00a0!b")
def test_what_can_be_read_is_printed_and_read_again(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        place, why = (error.start, error.end), str(error)
    else:
        assert parse(str(query)) == query
        return
    assert 0 <= place[0] < place[1] <= len(text)
    assert why


def test_the_whole_language_at_once() -> None:
    text = (
        "stack:acme env:production branch:main kind:management access:write"
        ' expires:<30d created:>1y by:ana preview:no !env:qa free "two words"'
    )
    (terms,) = parse(text).any_of
    assert terms == (
        Term("acme", "stack"),
        Term("production", "env"),
        Term("main", "branch"),
        Term("management", "kind"),
        Term("write", "access"),
        Term("30d", "expires", "<"),
        Term("1y", "created", ">"),
        Term("ana", "by"),
        Term("no", "preview"),
        Term("qa", "env", is_negated=True),
        Term("free"),
        Term("two words"),
    )
    assert str(Query((terms,))) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("   ", ""),
        ("a  b", "a b"),
        ("a b OR c !d", "a b OR c !d"),
        ('"OR"', '"OR"'),
        ("or", "or"),
        ("ORDER", "ORDER"),
        ("!OR", '!"OR"'),
        ("Stack:Acme", "stack:Acme"),
        ('stack:"Acme Shop"', 'stack:"Acme Shop"'),
        ('stack:"Acme"', "stack:Acme"),
        ("env:=production", "env:=production"),
        ('env:"=production"', 'env:"=production"'),
        ("10:30", "10:30"),
        ('"https://acme.com"', '"https://acme.com"'),
        (r'"say \"hi\" \\"', r'"say \"hi\" \\"'),
        ('5"', '5"'),
        ("(gone)", "(gone)"),
    ],
)
def test_it_is_printed_plainly(text: str, shown: str) -> None:
    assert str(parse(text)) == shown


@pytest.mark.parametrize(
    ("text", "problem", "wrong", "why"),
    [
        ("a stak:acme", Problem.UNKNOWN_FIELD, "stak:acme", (
            "There's no field stak:. Did you mean stack:? To search for the text, quote it."
        )),
        ("environment:qa", Problem.UNKNOWN_FIELD, "environment:qa", (
            "There's no field environment:. Did you mean env:? To search for the text,"
            " quote it."
        )),
        ("exp:<3d", Problem.UNKNOWN_FIELD, "exp:<3d", (
            "There's no field exp:. Did you mean expires:? To search for the text,"
            " quote it."
        )),
        ("https://acme.com", Problem.UNKNOWN_FIELD, "https://acme.com", (
            "There's no field https:. To search for the text, quote it."
        )),
        ("a env: b", Problem.NO_VALUE, "env:", "env: needs a value after it."),
        ("expires:<", Problem.NO_VALUE, "expires:<", "expires:< needs a value after it."),
        ("a !", Problem.NO_VALUE, "!", "! needs a value after it."),
        ("kind:other", Problem.UNKNOWN_VALUE, "kind:other", "kind: is delivery or management, not other."),
        ("kind:<delivery", Problem.NO_ORDER, "kind:<delivery", "kind: has no order. It is delivery or management."),
        ("env:>qa", Problem.NO_ORDER, "env:>qa", "env: has no order. Write env:qa."),
        ("expires:soon", Problem.UNKNOWN_VALUE, "expires:soon", "expires: is never, expired or a time such as <30d, >1y or <2027-01-31, not soon."),
        ("expires:30d", Problem.UNKNOWN_VALUE, "expires:30d", "expires: is never, expired or a time such as <30d, >1y or <2027-01-31, not 30d."),
        ("created:<2027-02-30", Problem.UNKNOWN_VALUE, "created:<2027-02-30", "created: is unknown or a time such as <30d, >1y or <2027-01-31, not 2027-02-30."),
        ("expires:<never", Problem.UNKNOWN_VALUE, "expires:<never", "expires: is never, expired or a time such as <30d, >1y or <2027-01-31, not never."),
        ('a "b c', Problem.OPEN_QUOTE, '"b c', "The quote in \"b c isn't closed."),
        ('"a"b', Problem.AFTER_QUOTE, '"a"b', 'Put a space after the quote in "a"b.'),
        ("OR a", Problem.ONE_SIDED, "OR", 'OR needs something on both sides. For the word, write "OR".'),
        ("a OR", Problem.ONE_SIDED, "OR", 'OR needs something on both sides. For the word, write "OR".'),
        ("a OR OR b", Problem.ONE_SIDED, "OR", 'OR needs something on both sides. For the word, write "OR".'),
        ('env:"\x1b', Problem.OPEN_QUOTE, 'env:"\x1b', "The quote in env:\"␛ isn't closed."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(
    text: str, problem: Problem, wrong: str, why: str
) -> None:
    with pytest.raises(QueryError) as raised:
        parse(text)
    error = raised.value
    assert (error.problem, str(error)) == (problem, why)
    assert text[error.start : error.end] == wrong


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_found_by_a_slip_of_the_finger(field: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(f"{field}x:1")
    assert raised.value.nearest == field


def test_without_fields_a_colon_is_a_character() -> None:
    (terms,) = parse("https://a !stack:b", {}).any_of
    assert terms == (Term("https://a"), Term("stack:b", is_negated=True))
