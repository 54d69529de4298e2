"""Text measured in terminal cells: cut, padded and wrapped. Wide and combining characters count as drawn.

Widths are Rich's (`rich.cells`), since Textual places everything by them; terminals may disagree about emoji.
All take one line of display text; `ellipsis` is a single-cell sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rich.cells import cell_len, chop_cells, set_cell_size

Align = Literal["left", "right"]

_JOINER = "\u200d"
_SELECTOR = "\ufe0f"


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """The text, or as much of it as fits into `width` cells with an ellipsis at its end."""
    if width <= 0:
        return ""
    # At the edge of a cell these would join with the neighbouring cell's text and shift the line.
    text = text.lstrip(_JOINER + _SELECTOR).rstrip(_JOINER)
    if cell_len(text) <= width:
        return text
    kept = set_cell_size(text, width - 1)
    return kept.rstrip(f" {_JOINER}") + ellipsis


def fit(text: str, width: int, align: Align = "left", ellipsis: str = "…") -> str:
    """The text cut or padded to exactly `width` cells."""
    text = cut(text, width, ellipsis)
    padding = " " * (max(0, width) - cell_len(text))
    return padding + text if align == "right" else text + padding


def wrap(text: str, width: int, limit: int = 0, ellipsis: str = "…") -> list[str]:
    """Break the text into lines of at most `width` cells, at least 1, between words where it can.

    Runs of spaces become one, and a blank text has no line. With a `limit` other than 0 there are no more
    lines than that, and an ellipsis says that something was left out.
    """
    width = max(1, width)
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, width):
        joined = f"{line} {piece}" if line else piece
        if cell_len(joined) <= width:
            line = joined
            continue
        lines.append(line)
        line = piece
    if line:
        lines.append(line)
    if limit and len(lines) > limit:
        lines = [*lines[: limit - 1], cut(f"{lines[limit - 1]} {lines[limit]}", width, ellipsis)]
    return lines


def _pieces(text: str, width: int) -> Iterator[str]:
    """Words; one that is wider than a line comes in several pieces."""
    for word in text.split():
        if cell_len(word) <= width:
            yield word
        else:
            # A two-cell character has no place on a line of one cell.
            yield from (cut(piece, width) for piece in chop_cells(word, width) if piece)
