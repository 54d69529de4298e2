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
    """One column of a table, as wide as its contents.

    Attributes:
        key: Names the column when sorting.
        title: The text of its header.
        width: Cells after which other columns get space first, however wide its
            contents are; None for no limit.
        align: The side that its text is aligned to.
        least: The fewest cells at which it is useful.
        drop: On a narrow screen, the column with the smallest number is hidden first; 0
            is never hidden.
        outlasts: Columns with a `drop` up to this number are hidden before this one is
            cut.
        order: The order of rows sorted by it, and the reverse, in words; None if it
            isn't worth sorting by.
        said: How the plain screen says a cell, with `{}` for its text; empty to omit
            it.
        quiet: Whether its contents matter less than the rest of the row.
        keep: The end to keep when a text is cut: for a path, the file name.
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

    Columns are hidden in the order of `drop` until the rest fit at their least width;
    an empty one is hidden too. Leftover space goes to the columns' contents from left
    to right, first up to each `width` and then beyond it. So nothing is cut while there
    is space left, and the first column is cut last.

    Args:
        columns: The columns from left to right.
        held: The width of the widest text in each, 0 for none.
        width: Cells available for all, including gaps.

    Returns:
        The index and width of every column shown, each at least one cell; with the gaps
        they never exceed `width`.
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
    """Return the cells that a column gets before others get more."""
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
        # Keep at least one, however little room there is.
        if len(kept) == 1:
            break
        drop = columns[index].drop
        needed = (_needed(columns[each], wanted[each], drop) for each in kept)
        if sum(needed) + GAP * (len(kept) - 1) <= width:
            break
        kept.remove(index)
    return kept


def _needed(column: Column, wanted: int, drop: int) -> int:
    """Return the cells that a column needs before those with that `drop` are hidden."""
    return wanted if column.outlasts >= drop else _least(column, wanted)
