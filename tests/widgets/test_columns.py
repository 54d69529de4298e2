from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from tui.widgets.columns import GAP, Column, share

columns = st.lists(
    st.builds(
        Column,
        key=st.text("abc", min_size=1),
        title=st.just("T"),
        width=st.one_of(st.none(), st.integers(1, 30)),
        least=st.integers(0, 20),
        drop=st.integers(0, 4),
    ),
    max_size=7,
).map(tuple)
held = st.lists(st.integers(0, 40), min_size=7, max_size=7)


@given(columns, held, st.integers(-5, 150))
def test_columns_never_exceed_the_width_and_stay_in_order(
    given_columns: tuple[Column, ...], held: list[int], width: int
) -> None:
    shares = share(given_columns, tuple(held[: len(given_columns)]), width)
    assert sum(size + GAP for _, size in shares) - GAP <= max(0, width) or not shares
    assert [index for index, _ in shares] == sorted({index for index, _ in shares})
    assert all(size >= 1 for _, size in shares)


@given(columns, held, st.integers(0, 150))
def test_a_column_that_must_stay_goes_only_after_all_others(
    given_columns: tuple[Column, ...], held: list[int], width: int
) -> None:
    sizes = tuple(held[: len(given_columns)])
    kept = {index for index, _ in share(given_columns, sizes, width)}
    lost = {
        column.drop for index, column in enumerate(given_columns) if index not in kept
    }
    if 0 in lost:
        assert all(given_columns[index].drop == 0 for index in kept)


@given(columns, held, st.integers(0, 150))
def test_nothing_is_cut_while_there_is_slack(
    given_columns: tuple[Column, ...], held: list[int], width: int
) -> None:
    sizes = tuple(held[: len(given_columns)])
    shares = share(given_columns, sizes, width)
    used = sum(size + GAP for _, size in shares) - GAP
    # Where not even what must stay has a cell, there is no slack to speak of.
    stays = {index for index, column in enumerate(given_columns) if not column.drop}
    assume(stays <= {index for index, _ in shares})
    for index, size in shares:
        assert size >= sizes[index] or used >= width


def test_columns_vanish_in_their_order_and_each_is_as_wide_as_what_it_holds() -> None:
    table = (
        Column("name", "NAME", None, least=10),
        Column("env", "ENV", 12, least=8, drop=2),
        Column("age", "AGE", 6, least=6, drop=1),
    )
    held = (20, 30, 4)
    # Nothing is stretched: what is left over stays blank.
    assert share(table, held, 70) == ((0, 20), (1, 30), (2, 4))
    assert share(table, held, 42) == ((0, 20), (1, 14), (2, 4))
    assert share(table, held, 40) == ((0, 20), (1, 12), (2, 4))
    # The name is the last that is cut.
    assert share(table, held, 37) == ((0, 20), (1, 9), (2, 4))
    assert share(table, held, 30) == ((0, 14), (1, 8), (2, 4))
    assert share(table, held, 25) == ((0, 15), (1, 8))
    assert share(table, held, 18) == ((0, 18),)
    assert share(table, held, 5) == ((0, 5),)
    assert share(table, held, 0) == ()


def test_a_column_is_not_cut_while_there_is_one_that_it_outlasts() -> None:
    table = (
        Column("name", "NAME", None, least=10),
        Column("access", "ACCESS", 20, least=8, drop=3, outlasts=1),
        Column("age", "AGE", 6, least=6, drop=1),
        Column("ends", "ENDS", 6, least=6, drop=2),
    )
    held = (10, 20, 6, 6)
    assert share(table, held, 48) == ((0, 10), (1, 20), (2, 6), (3, 6))
    assert share(table, held, 47) == ((0, 10), (1, 20), (3, 6))
    assert share(table, held, 30) == ((0, 10), (1, 10), (3, 6))
    assert share(table, held, 24) == ((0, 10), (1, 12))


def test_a_column_that_holds_nothing_is_not_shown_where_it_may_vanish() -> None:
    table = (Column("a", "A"), Column("b", "B", drop=1), Column("c", "C"))
    assert share(table, (3, 0, 0), 33) == ((0, 3), (2, 1))
