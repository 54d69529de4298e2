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
"""Lines a value may take.

The rest of a long description is left to the screen that edits it.
"""
_LEAST_VALUE = 16
"""Cells a value needs beside its label.

On a narrower card it stands below the label.
"""


@dataclass(frozen=True)
class Fact:
    """A label, its value (a secret comes masked), and the key that does something with it, such as `c copy`.

    Without a label the value takes the whole width, as a description does.
    """

    label: str
    value: str
    key_hint: str = ""


class FactsCard(LineWidget):
    """A rule with the title, then the facts.

    The rest is reached with the keys while it has the focus.

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
        """Lines the whole card takes at a width, its rule included."""
        return len(self._lines(width)) + 1

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """Textual asks for the height here where the style says `auto`."""
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
        """The rule with the title, a line of a fact, or the rule at the end."""
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
            labels = max(
                (cell_len(self.clean(fact.label)) for fact in self._facts), default=0
            )
            lines = [
                line for fact in self._facts for line in self._fact(fact, labels, width)
            ]
            self._laid_out = (width, lines)
        return self._laid_out[1]

    def _fact(self, fact: Fact, labels: int, width: int) -> list[Line]:
        """The lines of one fact, its label in so many cells.

        The last cell of each is kept for the thumb.
        """
        ellipsis = self.glyphs.ellipsis
        side = hint(self.clean(fact.key_hint))
        indent = 2 + (labels + 2 if fact.label else 0)
        room = width - 1 - indent - (width_of(side) + 2 if side else 0)
        if room < _LEAST_VALUE:
            indent, room, side = 2, width - 3, ()
        values = cells.wrap(self.clean(fact.value), room, _VALUE_LINES, ellipsis) or [
            ""
        ]
        label = (self.fit(fact.label, labels) + "  ", "muted")
        if indent == 2:
            above: list[Line] = (
                [((f"  {self.cut(fact.label, room)}", "muted"),)] if fact.label else []
            )
            lines = above + [((f"  {value}", ""),) for value in values]
        else:
            lines = [(("  ", ""), label, (values[0], ""))]
            lines += [((" " * indent + value, ""),) for value in values[1:]]
        first = lines[0]
        lines[0] = spread(first, side, width - 1, ellipsis) if side else first
        return lines
