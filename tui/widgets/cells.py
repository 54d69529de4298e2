"""Text cut, padded and wrapped by terminal cells.

Widths are Rich's (`rich.cells`), since Textual lays everything out by them; terminals
may disagree about emoji.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rich.cells import cell_len, chop_cells, set_cell_size

Align = Literal["left", "right"]
Keep = Literal["start", "end"]

_JOINER = "\u200d"
_SELECTOR = "\ufe0f"


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """Return the text, or as much of it as fits with an ellipsis at its end.

    Args:
        text: One line of display text.
        width: Cells available; nothing fits in zero or fewer.
        ellipsis: A single-cell sign.

    Returns:
        A text of at most `width` cells.
    """
    if width <= 0:
        return ""
    # At the edge of a cell these would join with the next cell's text and shift the
    # line.
    text = text.lstrip(_JOINER + _SELECTOR).rstrip(_JOINER)
    if cell_len(text) <= width:
        return text
    kept = set_cell_size(text, width - 1)
    return kept.rstrip(f" {_JOINER}") + ellipsis


def fit(text: str, width: int, align: Align = "left", ellipsis: str = "…") -> str:
    """Return the text cut or padded to exactly `width` cells."""
    text = cut(text, width, ellipsis)
    padding = " " * (max(0, width) - cell_len(text))
    return padding + text if align == "right" else text + padding


def cut_start(text: str, width: int, ellipsis: str = "…") -> str:
    """Return the text, or as much of its end as fits behind an ellipsis."""
    if cell_len(text) <= width:
        return text
    # The end that fits can't have more characters than there are cells.
    start = max(0, len(text) - max(0, width))
    while start < len(text) and cell_len(text[start:]) >= width:
        start += 1
    return cut(ellipsis + text[start:].lstrip(f" {_JOINER}{_SELECTOR}"), width)


def wrap(text: str, width: int, limit: int = 0, ellipsis: str = "…") -> list[str]:
    """Break the text into lines, between words if possible.

    Args:
        text: One line of display text; runs of spaces between words become one.
        width: Cells of a line, at least 1.
        limit: The most lines, 0 for any number; an ellipsis marks text that is left
            over.
        ellipsis: A single-cell sign.

    Returns:
        Lines of at most `width` cells, none for a blank text.
    """
    width = max(1, width)
    if cell_len(text) <= width:
        line = " ".join(text.split())
        return [line] if line else []
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
        last = cut(f"{lines[limit - 1]} {lines[limit]}", width, ellipsis)
        return [*lines[: limit - 1], last]
    return lines


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield the words, splitting any that is wider than a line."""
    for word in text.split():
        if cell_len(word) <= width:
            yield word
            continue
        for piece in filter(None, chop_cells(word, width)):
            # A two-cell character doesn't fit on a line of one cell.
            yield cut(piece, width)
