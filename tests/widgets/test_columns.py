from __future__ import annotations

from hypothesis import given
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


@given(columns, st.integers(-5, 150))
def test_columns_never_exceed_the_width_and_stay_in_order(
    given_columns: tuple[Column, ...], width: int
) -> None:
    shares = share(given_columns, width)
    assert sum(size + GAP for _, size in shares) - GAP <= max(0, width) or not shares
    assert [index for index, _ in shares] == sorted({index for index, _ in shares})
    assert all(size >= 1 for _, size in shares)


@given(columns, st.integers(0, 150))
def test_a_column_that_must_stay_goes_only_after_all_others(
    given_columns: tuple[Column, ...], width: int
) -> None:
    kept = {index for index, _ in share(given_columns, width)}
    lost = {
        column.drop for index, column in enumerate(given_columns) if index not in kept
    }
    if 0 in lost:
        assert all(given_columns[index].drop == 0 for index in kept)


def test_columns_vanish_in_their_order_and_the_flexible_one_takes_the_rest() -> None:
    table = (
        Column("name", "NAME", None, least=10),
        Column("env", "ENV", 12, least=8, drop=2),
        Column("age", "AGE", 6, least=6, drop=1),
    )
    assert share(table, 60) == ((0, 38), (1, 12), (2, 6))
    assert share(table, 30) == ((0, 10), (1, 10), (2, 6))
    assert share(table, 27) == ((0, 13), (1, 12))
    assert share(table, 18) == ((0, 18),)
    assert share(table, 5) == ((0, 5),)
    assert share(table, 0) == ()


def test_a_column_is_not_cut_while_there_is_one_that_it_outlasts() -> None:
    table = (
        Column("name", "NAME", None, least=10),
        Column("access", "ACCESS", 20, least=8, drop=3, outlasts=1),
        Column("age", "AGE", 6, least=6, drop=1),
        Column("ends", "ENDS", 6, least=6, drop=2),
    )
    assert share(table, 48) == ((0, 10), (1, 20), (2, 6), (3, 6))
    assert share(table, 47) == ((0, 17), (1, 20), (3, 6))
    assert share(table, 30) == ((0, 10), (1, 10), (3, 6))
    assert share(table, 24) == ((0, 10), (1, 12))


def test_two_flexible_columns_share_evenly() -> None:
    assert share((Column("a", "A"), Column("b", "B")), 33) == ((0, 15), (1, 16))
