"""A titled list of facts about one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Unpack

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.geometry import Size

from tui.widgets import cells
from tui.widgets.lines import (
    Line,
    LineOptions,
    LineWidget,
    Window,
    hint,
    spread,
    width_of,
)

_VALUE_LINES = 3
"""Lines a value may take; the screen that edits a long description shows all of it."""
_INDENT = 2
_LEAST_VALUE = 16
"""Cells a value needs beside its label; with fewer it stands below the label."""


@dataclass(frozen=True)
class Fact:
    """A labelled line of the details.

    Attributes:
        label: What it is; without one the value takes the whole width, as a
            description does.
        value: The value; a secret comes masked.
        key_hint: A key that does something with the value, such as `c copy`.
    """

    label: str
    value: str
    key_hint: str = ""


class FactsCard(LineWidget):
    """A rule with the title, then the facts; the arrow keys scroll it in focus.

    Args:
        title: Stands in the rule at the top.
        facts: From top to bottom.
        closed: Whether a rule ends the card.
        focusable: Whether it can have the focus, and so be moved through.
    """

    DEFAULT_CSS = """
    FactsCard { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "step(-10000)", "First", show=False),
        Binding("end,G", "step(10000)", "Last", show=False),
    ]

    def __init__(
        self,
        title: str = "",
        facts: Sequence[Fact] = (),
        *,
        focusable: bool = False,
        **options: Unpack[LineOptions],
    ) -> None:
        super().__init__(**options)
        self.can_focus = focusable
        self._title = title
        self._facts = tuple(facts)
        self._top = 0
        self._laid_out: tuple[int, list[Line]] = (-1, [])

    def set_facts(self, title: str, facts: Sequence[Fact]) -> None:
        """Replace title and facts, and go back to the top."""
        if (title, tuple(facts)) == (self._title, self._facts):
            return
        grows, width = self.styles.auto_dimensions, self.size.width
        height = self.height_for(width) if grows else 0
        self._title, self._facts, self._top = title, tuple(facts), 0
        self._laid_out = (-1, [])
        if grows and height != self.height_for(width):
            self.refresh(layout=True)
        self.repaint()

    def height_for(self, width: int) -> int:
        """Return the lines that the whole card takes at a width, its rule included."""
        return len(self._lines(width)) + 1

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """Return the height that Textual asks for where the style says `auto`."""
        return self.height_for(width)

    def action_step(self, lines: int) -> None:
        """Move through the card by some lines."""
        last = len(self._lines(self.size.width)) - self._page
        self._top = max(0, min(self._top + lines, last))
        self.repaint()

    def action_page(self, pages: int) -> None:
        """Move through the card by a page."""
        self.action_step(pages * max(1, self._page - 1))

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 1)

    def line(self, y: int, width: int) -> Line:
        """Return the rule with the title, or a line of a fact."""
        rule = self.glyphs.rule
        if y == 0:
            title = self.cut(self._title, width - 6)
            text = f"{rule * 2} {title} " if title else ""
            tone = "rule-focused" if self.has_focus else ""
            return (
                (text[:3], tone),
                (text[3:], "strong"),
                (rule * (width - cell_len(text)), tone),
            )
        lines = self._lines(width)
        place = self._top + y - 1
        if place >= len(lines):
            return ()
        window = Window(max(1, self.height - 1), len(lines), self._top)
        return window.with_thumb(lines[place], y - 1, width, self.glyphs.thumb)

    def _lines(self, width: int) -> list[Line]:
        if self._laid_out[0] != width:
            labels = (cell_len(self.clean(fact.label)) for fact in self._facts)
            label_width = max(labels, default=0)
            lines: list[Line] = []
            for fact in self._facts:
                lines += self._lines_of(fact, label_width, width)
            self._laid_out = (width, lines)
        return self._laid_out[1]

    def _lines_of(self, fact: Fact, label_width: int, width: int) -> list[Line]:
        """Return the lines of one fact; the last cell of each is kept for the thumb."""
        side = hint(self.clean(fact.key_hint))
        indent = _INDENT + (label_width + 2 if fact.label else 0)
        room = width - 1 - indent
        if side:
            room -= width_of(side) + 2
        if room < _LEAST_VALUE:
            return self._stacked(fact, width - 1 - _INDENT)
        first, *others = self._wrapped(fact.value, room)
        if fact.label:
            label = (self.fit(fact.label, label_width) + "  ", "muted")
            lines: list[Line] = [((" " * _INDENT, ""), label, (first, ""))]
        else:
            lines = [((" " * _INDENT + first, ""),)]
        if side:
            lines[0] = spread(lines[0], side, width - 1, self.glyphs.ellipsis)
        return lines + [((" " * indent + value, ""),) for value in others]

    def _stacked(self, fact: Fact, room: int) -> list[Line]:
        """Return the label and below it the value, without a key hint."""
        lines: list[Line] = []
        if fact.label:
            lines.append(((" " * _INDENT + self.cut(fact.label, room), "muted"),))
        for value in self._wrapped(fact.value, room):
            lines.append(((" " * _INDENT + value, ""),))
        return lines

    def _wrapped(self, value: str, room: int) -> list[str]:
        text, ellipsis = self.clean(value), self.glyphs.ellipsis
        return cells.wrap(text, room, _VALUE_LINES, ellipsis) or [""]
