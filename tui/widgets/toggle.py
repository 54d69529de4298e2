"""One thing that is on or off."""

from __future__ import annotations

from typing import ClassVar, Unpack

from textual.binding import Binding, BindingType

from tui.widgets.lines import Line, LineOptions, LineWidget, WidgetMessage, cut_line


class Toggle(LineWidget, can_focus=True):
    """A box with a label and a few words about what it does; space switches it.

    Args:
        label: What is on or off.
        note: What that means.
    """

    DEFAULT_CSS = """
    Toggle { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Switch", show=False)
    ]

    class Switched(WidgetMessage["Toggle"]):
        """It was switched; `on` says whether it's on now."""

        def __init__(self, toggle: Toggle, on: bool) -> None:
            super().__init__(toggle)
            self.on = on

    def __init__(
        self, label: str, note: str = "", **options: Unpack[LineOptions]
    ) -> None:
        super().__init__(**options)
        self._label = label
        self._note = note
        self._on = False

    @property
    def on(self) -> bool:
        """Whether it is on."""
        return self._on

    def set_on(self, on: bool) -> None:
        """Switch it without telling the screen."""
        self._on = on
        self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Return box, label and note."""
        box = "[x]" if self._on else "[ ]"
        label = (f"  {box} {self.clean(self._label)}", "strong")
        note = (f"  {self.clean(self._note)}", "muted")
        line = cut_line((label, note), width, self.glyphs.ellipsis)
        return self.selected(line, width) if self.has_focus else line

    def action_mark(self) -> None:
        """Switch it, and tell the screen."""
        self.set_on(not self._on)
        self.post_message(self.Switched(self, self._on))
