"""One thing that is on or off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Unpack

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.widgets.lines import Line, LineOptions, LineWidget


class Toggle(LineWidget, can_focus=True):
    """A box with a label and a note on what it means; space switches it, and a bar shows the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "mark", "Switch", show=False)]

    @dataclass
    class Switched(Message):
        """It is now `on`, or not."""

        on: bool

    def __init__(self, label: str, note: str = "", **options: Unpack[LineOptions]) -> None:
        super().__init__(**options)
        self._label = label
        self._note = note
        self._on = False

    def set_on(self, on: bool) -> None:
        """Switch it without telling the screen."""
        self._on = on
        self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Bar, box, label and note."""
        bar = (self.glyphs.bar, "bar") if self.has_focus else (" ", "")
        label = f" {'[x]' if self._on else '[ ]'} {self.clean(self._label)}"
        return self.cut_line((bar, (label, "strong"), (f"  {self.clean(self._note)}", "muted")), width)

    def action_mark(self) -> None:
        """Switch it, and tell the screen."""
        self.set_on(not self._on)
        self.post_message(self.Switched(self._on))
