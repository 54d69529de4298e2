from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.widgets.host import HOSTILE
from tui.matching import haystack, matches, words
from tui.query.fields import FIELDS
from tui.widgets import table_model
from tui.widgets.columns import Column
from tui.widgets.table_model import (
    Queries,
    Row,
    SortKey,
    TableModel,
    nearest,
    sort_text,
)

COLUMNS = [Column("name", "NAME"), Column("age", "AGE")]
names = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8))


def model_of(*rows: Row) -> TableModel:
    model = TableModel(COLUMNS)
    model.set_rows([row.key for row in rows], rows.__getitem__)
    return model


def ten_rows() -> tuple[TableModel, list[int]]:
    """A model of the rows `token 0` to `token 9`, and those that it has had made so far."""
    made: list[int] = []

    def make(index: int) -> Row:
        made.append(index)
        return Row(str(index), (f"token {index}",))

    model = TableModel(COLUMNS)
    model.set_rows([str(index) for index in range(10)], make)
    return model, made


def shown(model: TableModel) -> list[Row]:
    rows = [model.row(place) for place in range(len(model.keys))]
    assert [row.key for row in rows] == list(model.keys)
    assert dict(model.places) == {row.key: place for place, row in enumerate(rows)}
    return rows


def test_what_waits_is_noted_and_shown_once_it_is_arranged() -> None:
    model = model_of(Row("a", ("ann", "1"), ("ann", 1)), Row("b", ("ben", "2")))
    noted = model.waiting_copy()
    rows = [Row("c", ("cid", "9"), ("cid", 9)), Row("d", ("dan", "8"), ("dan", 8))]
    noted.set_rows(["c", "d"], rows.__getitem__)
    noted.set_sort("age")
    assert list(noted.keys) == list(model.keys) == ["a", "b"]
    assert noted.looks_at_all
    assert not noted.is_prepared
    noted.prepare(2)
    assert noted.is_prepared
    noted.arrange()
    assert list(noted.keys) == ["d", "c"]
    assert list(model.keys) == ["a", "b"]
    assert not model.looks_at_all


def test_rows_share_what_their_equal_cells_are_sorted_by() -> None:
    cells = ["".join(("Straße ", str(number))) for number in (7, 7)]
    assert sort_text(cells[0]) == "strasse 7"
    assert sort_text(cells[0]) is sort_text(cells[1])


def test_thousands_are_arranged_in_parts() -> None:
    model = model_of(*(Row(str(n), (f"token {n}", "1")) for n in range(4_500)))
    noted = model.waiting_copy()
    noted.set_sort("name", backwards=True)
    noted.set_filter("44")
    noted.prepare(4_500)
    # 1,000 at once: five parts to sort, and five to filter.
    assert len(list(noted.arranging())) == 10
    wanted = [str(n) for n in range(4_500) if "44" in str(n)]
    assert list(noted.keys) == sorted(wanted, reverse=True)
    assert len(model.keys) == 4_500


def test_only_another_order_has_the_rows_sorted_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = model_of(*(Row(str(n), (f"token {n}", "1")) for n in range(50)))
    sorted_rows: list[Row] = []
    as_it_was = table_model._sort_value

    def sort_value(row: Row, column: int) -> SortKey:
        sorted_rows.append(row)
        return as_it_was(row, column)

    monkeypatch.setattr(table_model, "_sort_value", sort_value)
    model.set_sort("name", backwards=True)
    assert len(sorted_rows) == 50
    for typed in ("t", "to", "tok", ""):
        model.set_filter(typed)
        noted = model.waiting_copy()
        noted.set_filter(typed)
        noted.arrange()
    assert len(sorted_rows) == 50
    other = [Row(str(n), (f"other {n}", "1")) for n in range(50)]
    model.set_rows(list(model.keys), other.__getitem__)
    assert len(sorted_rows) == 100
    assert model.row(0).cells[0] == "other 9"


@example("\u0390", "")
@given(names, names)
def test_a_row_is_found_by_each_word_of_each_cell(first: str, second: str) -> None:
    hay = haystack((first, second))
    for cell in (first, second, first.upper(), second.lower()):
        for word in cell.split():
            if word.upper().lower() == word.lower():
                assert matches(words(word), hay)


@given(
    st.text("abc ", max_size=6),
    st.lists(st.tuples(st.text("abcABC ", max_size=8)), max_size=8),
)
def test_the_filter_shows_exactly_the_rows_with_all_words(
    wanted: str, cells: list[tuple[str]]
) -> None:
    model = model_of(*(Row(str(index), cell) for index, cell in enumerate(cells)))
    model.set_filter(wanted)
    assert [row.key for row in shown(model)] == [
        str(index)
        for index, (cell,) in enumerate(cells)
        if all(word in cell.lower() for word in wanted.split())
    ]


def test_words_do_not_reach_over_cells_and_accents_match_in_any_spelling() -> None:
    assert not matches(words("bc"), haystack(("ab", "cd")))
    assert matches(words("cd AB"), haystack(("ab", "cd")))
    assert matches(words("ne\u0301e"), haystack(("NÉE",)))
    assert matches(words("می\u200cخواهم"), haystack(("می\u200cخواهم",)))
    assert matches(words("STRASSE"), haystack(("Straße",)))


@given(st.lists(st.one_of(st.none(), st.integers(), st.floats(allow_nan=False))))
def test_missing_values_come_last(values: list[SortKey]) -> None:
    model = model_of(
        *(
            Row(str(i), ("", str(value)), (None, value))
            for i, value in enumerate(values)
        )
    )
    model.set_sort("age")
    result = [row.sort_keys[1] for row in shown(model)]
    present = [value for value in values if isinstance(value, int | float)]
    missing = [None] * (len(values) - len(present))
    assert result == [*sorted(present), *missing]
    model.set_sort("age", backwards=True)
    result = [row.sort_keys[1] for row in shown(model)]
    assert result == [*sorted(present, reverse=True), *missing]


@given(st.lists(st.text("aAbBé", max_size=3)))
def test_without_a_sort_key_the_text_is_sorted_in_any_case(texts: list[str]) -> None:
    model = model_of(*(Row(str(i), (text,)) for i, text in enumerate(texts)))
    model.set_sort("name")
    result = [row.cells[0].casefold() for row in shown(model)]
    assert result == sorted(result)
    model.set_sort(None)
    assert [row.cells[0] for row in shown(model)] == texts
    model.set_sort(None, backwards=True)
    assert [row.cells[0] for row in shown(model)] == texts[::-1]


def test_dates_sort_and_equal_values_keep_the_order_in_which_they_came() -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    model = model_of(
        Row("b", ("b", ""), ("b", day)),
        Row("a", ("a", ""), ("a", day + timedelta(1))),
        Row("c", ("c", ""), ("c", day)),
    )
    model.set_sort("age")
    assert [row.key for row in shown(model)] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("gone", "expected"),
    [("c", "d"), ("cd", "e"), ("cde", "b"), ("bcde", "a"), ("", "c")],
)
def test_the_nearest_neighbour_is_the_one_below_then_the_one_above(
    gone: str, expected: str
) -> None:
    left = [key for key in "abcde" if key not in gone]
    places = {key: place for place, key in enumerate(left)}
    assert left[nearest("abcde", 2, places)] == expected


def test_with_no_old_row_left_the_first_is_nearest() -> None:
    assert nearest("a", 0, {"x": 0, "y": 1}) == 0
    assert nearest([], 0, {"x": 0}) == 0


def test_a_row_is_made_once_and_only_when_it_is_asked_for() -> None:
    model, made = ten_rows()
    assert (model.total, len(model.keys), made) == (10, 10, [])
    model.row(3)
    assert model.row(3).cells == ("token 3",)
    assert made == [3]
    model.set_filter("7")
    assert [row.key for row in shown(model)] == ["7"]
    assert sorted(made) == list(range(10))


def test_what_the_filter_needs_can_be_made_before_it_is_asked_for() -> None:
    model, made = ten_rows()
    model.prepare(4)
    assert made == [0, 1, 2, 3]
    model.prepare(4)
    model.prepare(4)
    assert made == list(range(10))
    model.set_filter("token 9")
    assert list(model.keys) == ["9"]
    # Other rows have other texts, the filter stays.
    model.set_rows(
        ["a", "b"], lambda index: Row("ab"[index], (("token 9", "token 8")[index],))
    )
    assert list(model.keys) == ["a"]


class Asked:
    """A row that answers for one field."""

    haystack = ""

    def __init__(self, environment: str) -> None:
        self._environment = environment

    def texts(self, field: str) -> tuple[str, ...]:
        return (self._environment,) if field == "env" else ()

    def moment(self, field: str) -> None:
        return None


def asked_model(*environments: str) -> TableModel:
    model = TableModel(COLUMNS, Queries(FIELDS))
    rows = [Row(str(index), (f"token {index}",)) for index in range(len(environments))]
    asked = list(map(Asked, environments))
    model.set_rows([row.key for row in rows], rows.__getitem__, asked.__getitem__)
    return model


def test_fields_are_asked_of_what_answers_for_the_rows() -> None:
    model = asked_model("qa", "production", "qa")
    model.set_filter("env:qa")
    assert list(model.keys) == ["0", "2"]
    model.set_filter("env:qa !2 OR env:prod 1")
    assert list(model.keys) == ["0", "1"]
    # Words are searched for in the cells.
    model.set_filter('"token 1"')
    assert list(model.keys) == ["1"]


@pytest.mark.parametrize("wrong", ["evn:qa", "env:", '"', "OR", "env:qa OR"])
def test_of_a_wrong_filter_the_last_good_result_stays_over_a_refresh(
    wrong: str,
) -> None:
    model = asked_model("qa", "production")
    model.set_filter("env:qa")
    model.set_filter(wrong)
    assert list(model.keys) == ["0"]
    assert model.problem is not None
    assert model.filter_text == wrong
    again = asked_model("qa", "qa")
    model.set_rows(["0", "1"], again._row_at, again._asked_at)
    assert list(model.keys) == ["0", "1"]
    model.set_filter("")
    assert model.problem is None


def test_without_fields_a_colon_means_nothing() -> None:
    model = model_of(Row("0", ("env:qa",)), Row("1", ("qa",)))
    model.set_filter("env:qa")
    assert [row.key for row in shown(model)] == ["0"]
    model.set_filter("!env:")
    assert [row.key for row in shown(model)] == ["1"]
