"""A titled list of facts about one thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias, Unpack

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.cache import FIFOCache
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
"""The most lines of a value; the screen that edits a long description shows it all."""
_KEPT_FACTS = 100
"""How many facts' lines to cache: most are the same from token to token."""
_INDENT = 2
_LEAST_VALUE = 16
"""Cells a value needs beside its label; with fewer it goes below the label."""


@dataclass(frozen=True)
class Fact:
    """A labelled line of the details.

    Attributes:
        label: What it is; without one the value takes the whole width, as a
            description does.
        value: The value; secrets are already masked.
        key_hint: A key that does something with the value, such as `c copy`.
        tone: The tone of label and value; a word or sign must convey it too.
        tones: Words of the value with a tone of their own.
        whole: Whether to show all of the value, however long it is.
    """

    label: str
    value: str
    key_hint: str = ""
    tone: str = ""
    tones: tuple[tuple[str, str], ...] = ()
    whole: bool = False


_Layout: TypeAlias = tuple[Fact, int, int]
"""A fact, the width of all labels, and the width of the card."""


class FactsCard(LineWidget):
    """A rule with the title, then the facts.

    With the focus, the arrow keys move from line to line: a sign and the terminal's
    cursor mark the current one.

    Args:
        title: Shown in the rule at the top.
        facts: From top to bottom.
        closed: Whether a rule ends the card.
        focusable: Whether it can have the focus, to move through its lines.
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
        self._top = self._at = 0
        self._fact_to_come: int | None = None
        self._laid_out: tuple[int, list[Line]] = (-1, [])
        self._kept: FIFOCache[_Layout, list[Line]] = FIFOCache(_KEPT_FACTS)

    def set_facts(self, title: str, facts: Sequence[Fact]) -> None:
        """Replace title and facts; go to the top if they are about something else."""
        if (title, tuple(facts)) == (self._title, self._facts):
            return
        grows, width = self.styles.auto_dimensions, self.size.width
        height = self.height_for(width) if grows else 0
        if title != self._title:
            self._top = self._at = 0
        self._title, self._facts = title, tuple(facts)
        self._laid_out = (-1, [])
        if self._at:
            self._at = min(self._at, max(0, len(self._lines(width)) - 1))
        if grows and height != self.height_for(width):
            self.refresh(layout=True)
        self.repaint()

    def height_for(self, width: int) -> int:
        """Return how many lines the whole card takes at a width, including its rule."""
        return len(self._lines(width)) + 1

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """Return the height that Textual asks for if the style says `auto`."""
        return self.height_for(width)

    def action_step(self, lines: int) -> None:
        """Move by some lines."""
        self.stand_on(self._at + lines)

    def action_page(self, pages: int) -> None:
        """Move by a page."""
        lines = pages * max(1, self._page - 1)
        self._top += lines
        self.action_step(lines)

    def stand_on(self, line: int) -> None:
        """Move to a line, or the nearest one, and bring it into view."""
        last = len(self._lines(self.size.width)) - 1
        self._at = max(0, min(line, last))
        top = min(self._top, self._at, last - self._page + 1)
        self._top = max(top, self._at - self._page + 1, 0)
        self.repaint()

    def stand_on_fact(self, number: int) -> None:
        """Move to the first line of a fact, counted from 0, once there is room."""
        width = self.size.width
        self._fact_to_come = None if width else number
        if not width:
            return
        before = self._facts[:number]
        labels = self._label_width
        self.stand_on(sum(len(self._lines_of(fact, labels, width)) for fact in before))

    def on_resize(self) -> None:
        """Keep the current line in view, and show as much as fits."""
        if self._fact_to_come is not None:
            self.stand_on_fact(self._fact_to_come)
        else:
            self.stand_on(self._at)

    def cursor_cell(self) -> tuple[int, int]:
        """Return the start of the current line."""
        return 0, 1 + self._at - self._top

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 1)

    def line(self, y: int, width: int) -> Line:
        """Return the rule with the title, or a line of a fact."""
        if y == 0:
            return self._title_line(width)
        lines = self._lines(width)
        place = self._top + y - 1
        if place >= len(lines):
            return ()
        line = lines[place]
        if self.has_focus and place == self._at:
            line = self._read(line)
        window = Window(max(1, self.height - 1), len(lines), self._top)
        return window.with_thumb(line, y - 1, width, self.glyphs.thumb)

    def _title_line(self, width: int) -> Line:
        """Return the rule with the title, or just the title if no rule is drawn."""
        rule = self.glyphs.rule
        title = self.cut(self._title, width - 6)
        if not rule:
            return ((title, "strong"),)
        text = f"{rule * 2} {title} " if title else ""
        tone = "rule-focused" if self.has_focus else ""
        return (
            (text[:3], tone),
            (text[3:], "strong"),
            (rule * (width - cell_len(text)), tone),
        )

    def _read(self, line: Line) -> Line:
        """Return the line with the sign in the blanks at its start."""
        (first, tone), *others = line
        return ((self.glyphs.bar, "bar"), (first[1:], tone), *others)

    def _lines(self, width: int) -> list[Line]:
        if self._laid_out[0] != width:
            lines: list[Line] = []
            labels = self._label_width
            for fact in self._facts:
                lines += self._lines_of(fact, labels, width)
            self._laid_out = (width, lines)
        return self._laid_out[1]

    @property
    def _label_width(self) -> int:
        labels = (cell_len(self.clean(fact.label)) for fact in self._facts)
        return max(labels, default=0)

    def _lines_of(self, fact: Fact, label_width: int, width: int) -> list[Line]:
        """Return the lines of one fact, composed once for the same widths."""
        layout = (fact, label_width, width)
        lines = self._kept.get(layout)
        if lines is None:
            lines = self._kept[layout] = self._composed_fact(*layout)
        return lines

    def _composed_fact(self, fact: Fact, label_width: int, width: int) -> list[Line]:
        """Return the lines of one fact; the last cell of each is for the thumb."""
        if self.glyphs.plain_screen:
            return self._lines_in_words(fact, width - 1 - _INDENT)
        side = hint(self.clean(fact.key_hint))
        indent = _INDENT + (label_width + 2 if fact.label else 0)
        room = width - 1 - indent
        if side:
            room -= width_of(side) + 2
        if room < _LEAST_VALUE:
            return self._stacked(fact, width - 1 - _INDENT)
        first, *others = self._wrapped(fact, room)
        lines: list[Line] = [((" " * _INDENT, ""), *first)]
        if fact.label:
            tone = fact.tone or "muted"
            label = (self.fit(fact.label, label_width) + "  ", tone)
            lines = [((" " * _INDENT, ""), label, *first)]
        if side:
            lines[0] = spread(lines[0], side, width - 1, self.glyphs.ellipsis)
        return lines + [((" " * indent, ""), *value) for value in others]

    def _lines_in_words(self, fact: Fact, room: int) -> list[Line]:
        """Return the label, the value and the key, one after the other."""
        label = f"{fact.label.strip()}: " if fact.label.strip() else ""
        key_hint = f", {fact.key_hint}" if fact.key_hint else ""
        words = replace(fact, value=f"{label}{fact.value}{key_hint}")
        return [((" " * _INDENT, ""), *line) for line in self._wrapped(words, room)]

    def _stacked(self, fact: Fact, room: int) -> list[Line]:
        """Return the label and below it the value, without a key hint."""
        lines: list[Line] = []
        if fact.label:
            label = " " * _INDENT + self.cut(fact.label, room)
            lines.append(((label, fact.tone or "muted"),))
        for value in self._wrapped(fact, room):
            lines.append(((" " * _INDENT, ""), *value))
        return lines

    def _wrapped(self, fact: Fact, room: int) -> list[Line]:
        text, ellipsis = self.clean(fact.value), self.glyphs.ellipsis
        limit = 0 if fact.whole else _VALUE_LINES
        lines = cells.wrap(text, room, limit, ellipsis) or [""]
        return [self._toned(line, fact) for line in lines]

    def _toned(self, text: str, fact: Fact) -> Line:
        """Return a line of a value, with words that have their own tones."""
        tones = {self.clean(word): tone for word, tone in fact.tones if word}
        if not tones:
            return ((text, fact.tone),)
        found = "|".join(re.escape(word) for word in tones)
        pieces = re.split(rf"(?<![\w-])({found})(?![\w-])", text)
        return tuple((piece, tones.get(piece, fact.tone)) for piece in pieces if piece)
