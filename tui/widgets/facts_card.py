"""A titled list of facts about one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from rich.cells import cell_len

from tui.widgets.lines import Line, LineOptions, key_and_word, width_of
from tui.widgets.scrolling import Scrolling

_VALUE_LINES = 3
"""Lines a value may take; the rest of a long description is left to the screen that edits it."""
_LEAST_VALUE = 16
"""Cells a value needs beside its label; on a narrower card it stands below the label."""
_INDENT = 2


@dataclass(frozen=True)
class Fact:
    """A label, its value (a secret comes masked), and the key that does something with it, such as `c copy`.

    Without a label the value stands below the one above it; the first ones, such as a description, take the
    whole width.
    """

    label: str
    value: str
    key_hint: str = ""


class FactsCard(Scrolling, can_focus=True):
    """A rule with the title, then the facts. It takes the focus only where there is something to scroll."""

    DEFAULT_CSS = """
    FactsCard { height: auto; }
    """
    head = 1

    def __init__(self, **options: Unpack[LineOptions]) -> None:
        super().__init__(**options)
        self._title = ""
        self._facts: tuple[Fact, ...] = ()
        self._composed: tuple[int, list[Line]] = (-1, [])

    def set_facts(self, title: str, facts: Sequence[Fact]) -> None:
        """Replace title and facts; another title is another thing, and read from its top."""
        if title != self._title:
            self.top = 0
        self._title, self._facts = title, tuple(facts)
        self._composed = (-1, [])
        self.scroll_into_bounds()
        self.repaint()

    def allow_focus(self) -> bool:
        """Whether more lines are there than in view."""
        return self.body_height(self.size.width) > self.page

    def head_line(self, width: int) -> Line:
        """The rule with the title."""
        title = self.cut(self._title, width - 6)
        text = f"{self.glyphs.rule * 2} {title} " if title else ""
        tone = "rule-focused" if self.has_focus else "rule"
        rest = self.glyphs.rule * (width - cell_len(text))
        return ((text[:3], tone), (text[3:], "strong"), (rest, tone))

    def body_height(self, width: int) -> int:
        """The lines of all facts."""
        return len(self._body(max(0, width - 1)))

    def body_line(self, place: int, width: int) -> Line:
        """A line of a fact."""
        return self._body(width)[place]

    def _body(self, width: int) -> list[Line]:
        if self._composed[0] != width:
            labels = max((cell_len(self.clean(fact.label)) for fact in self._facts), default=0)
            lines: list[Line] = []
            indent = _INDENT
            for fact in self._facts:
                if fact.label:
                    indent = _INDENT + labels + 2
                lines += self._fact(fact, indent, width)
            self._composed = (width, lines)
        return self._composed[1]

    def _fact(self, fact: Fact, indent: int, width: int) -> list[Line]:
        side = key_and_word(self.clean(fact.key_hint))
        room = width - indent - (width_of(side) + 2 if side else 0)
        if room < _LEAST_VALUE:
            indent, room, side = _INDENT, width - _INDENT, ()
        values = self.wrap(fact.value, room, _VALUE_LINES) or [""]
        lines: list[Line] = [((" " * indent + value, ""),) for value in values]
        if fact.label and indent > _INDENT:
            label = " " * _INDENT + self.fit(fact.label, indent - _INDENT)
            lines[0] = ((label, "muted"), (values[0], ""))
        lines[0] = self.spread(lines[0], side, width)
        if fact.label and indent == _INDENT:
            lines.insert(0, ((" " * _INDENT + self.cut(fact.label, room), "muted"),))
        return lines
