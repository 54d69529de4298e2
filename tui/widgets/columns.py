"""The columns of a table, and how they share the width of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tui.widgets.cells import Align

GAP = 2
"""Cells between two columns."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        key: Names the column when sorting.
        title: What its head says.
        width: Cells it has where there is room, or None for a share of what is left.
        align: The side on which its text stands.
        least: Cells below which it is of no use.
        drop: On a narrow screen the column with the smallest number vanishes first; 0
            stays.
        outlasts: Columns with a `drop` up to this number vanish before this one is cut.
    """

    key: str
    title: str
    width: int | None = None
    align: Align = "left"
    least: int = 4
    drop: int = 0
    outlasts: int = 0


@lru_cache
def share(columns: tuple[Column, ...], width: int) -> tuple[tuple[int, int], ...]:
    """Give each column its width.

    Columns vanish in the order of `drop` until the rest fit at their least width. What
    is left over goes first to the columns that name a width, from left to right, then
    in equal parts to those that don't.

    Args:
        columns: The columns from left to right.
        width: Cells there are for all, gaps included.

    Returns:
        Index and cells of every column that is shown, each of at least one cell;
        together with the gaps they never exceed `width`.
    """
    kept = _kept(columns, width)
    left = width - GAP * (len(kept) - 1)
    cells: dict[int, int] = {}
    for index in kept:
        cells[index] = max(0, min(_least(columns[index]), left))
        left -= cells[index]
    for index in kept:
        more = max(0, min((columns[index].width or 0) - cells[index], left))
        cells[index] += more
        left -= more
    flexible = [index for index in kept if columns[index].width is None]
    for place, index in enumerate(flexible):
        part = max(0, left) // (len(flexible) - place)
        cells[index] += part
        left -= part
    return tuple((index, size) for index, size in cells.items() if size > 0)


def _least(column: Column) -> int:
    least = column.least
    if column.width is not None:
        least = min(least, column.width)
    return max(1, least)


def _kept(columns: Sequence[Column], width: int) -> list[int]:
    """Return which columns stay, by their indexes."""
    kept = list(range(len(columns)))
    droppable = [index for index in kept if columns[index].drop]
    for index in sorted(droppable, key=lambda index: columns[index].drop):
        # One stays, however little there is room for.
        if len(kept) == 1:
            break
        drop = columns[index].drop
        wanted = sum(_wanted(columns[each], drop) for each in kept)
        if wanted + GAP * (len(kept) - 1) <= width:
            break
        kept.remove(index)
    return kept


def _wanted(column: Column, drop: int) -> int:
    """Return the cells that a column wants before those of that `drop` vanish."""
    least = _least(column)
    return max(least, column.width or 0) if column.outlasts >= drop else least
