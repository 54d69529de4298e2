"""The columns of a table, and how they share the width of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tui.widgets.cells import Align, Keep

GAP = 2
"""Cells between two columns."""


@dataclass(frozen=True)
class Column:
    """One column of a table, as wide as what it holds.

    Attributes:
        key: Names the column when sorting.
        title: What its head says.
        width: Cells after which other columns come first, however much it holds; None
            for any number.
        align: The side on which its text stands.
        least: Cells below which it is of no use.
        drop: On a narrow screen the column with the smallest number vanishes first; 0
            stays.
        outlasts: Columns with a `drop` up to this number vanish before this one is cut.
        order: The order of rows sorted by it, and the reverse, in words; None where
            nobody would sort by it.
        said: How the plain screen says a cell, `{}` for its text; empty for not at all.
        quiet: Whether what it holds matters less than the rest of the row.
        keep: The end that stays where a text is cut: of a path, the file's name.
    """

    key: str
    title: str
    width: int | None = None
    align: Align = "left"
    least: int = 4
    drop: int = 0
    outlasts: int = 0
    order: tuple[str, str] | None = ("", "")
    said: str = "{}"
    quiet: bool = False
    keep: Keep = "start"


@lru_cache
def share(
    columns: tuple[Column, ...], held: tuple[int, ...], width: int
) -> tuple[tuple[int, int], ...]:
    """Give each column its width.

    Columns vanish in the order of `drop` until the rest fit at their least width, and
    so does one that holds nothing. What is left over goes to what the columns hold,
    from left to right, up to the width of each and then beyond that. So nothing is cut
    while any is left, the first column last.

    Args:
        columns: The columns from left to right.
        held: The cells that the widest text in each takes, 0 for none.
        width: Cells there are for all, gaps included.

    Returns:
        Index and cells of every column that is shown, each of at least one cell;
        together with the gaps they never exceed `width`.
    """
    wanted = tuple(map(_wanted, columns, held))
    kept = _kept(columns, wanted, held, width)
    left = width - GAP * (len(kept) - 1)
    cells: dict[int, int] = {}
    for index in kept:
        cells[index] = max(0, min(_least(columns[index], wanted[index]), left))
        left -= cells[index]
    for sizes in (wanted, held):
        for index in kept:
            more = max(0, min(sizes[index] - cells[index], left))
            cells[index] += more
            left -= more
    return tuple((index, size) for index, size in cells.items() if size > 0)


def _wanted(column: Column, held: int) -> int:
    """Return the cells that a column has before others get more."""
    if column.width is not None:
        held = min(held, column.width)
    return max(1, len(column.title), held)


def _least(column: Column, wanted: int) -> int:
    return max(1, min(column.least, wanted))


def _kept(
    columns: Sequence[Column],
    wanted: Sequence[int],
    held: Sequence[int],
    width: int,
) -> list[int]:
    """Return which columns stay, by their indexes."""
    numbered = range(len(columns))
    kept = [index for index in numbered if held[index] or not columns[index].drop]
    droppable = [index for index in kept if columns[index].drop]
    for index in sorted(droppable, key=lambda index: columns[index].drop):
        # One stays, however little there is room for.
        if len(kept) == 1:
            break
        drop = columns[index].drop
        needed = (_needed(columns[each], wanted[each], drop) for each in kept)
        if sum(needed) + GAP * (len(kept) - 1) <= width:
            break
        kept.remove(index)
    return kept


def _needed(column: Column, wanted: int, drop: int) -> int:
    """Return the cells that a column needs before those of that `drop` vanish."""
    return wanted if column.outlasts >= drop else _least(column, wanted)
