"""What the widget tests share: a host for one widget, hostile names, and sizes."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.app import App, ComposeResult
from textual.widget import Widget

from tests.support.pilot import screen_text

SIZES = ((120, 36), (80, 24), (60, 15), (20, 5))
"""The sizes that screens are designed for, and one that they only have to survive."""

HOSTILE = (
    "[/prod]",
    "[bold]x",
    "\x1b]52;c;aGVsbG8=\x07",
    "n" * 300,
    "توكن الإنتاج",
    "生产环境令牌生产环境令牌生产环境令牌",
    "ne\u0301e\u0301 nin\u0303o",
    "می\u200cخواهم",
    "two\nlines\tand\rmore",
    "evil \u202e txt.exe",
    "\ud800 alone",
    "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "heart \u2764\ufe0f",
    "\u200d\ufe0f\u0301",
    "",
    " ",
)
"""Names that an API may send."""

WidgetT = TypeVar("WidgetT", bound=Widget)


class Host(App[None], Generic[WidgetT]):
    """An app that holds one widget and has a key of its own for all that the widget lets through."""

    AUTO_FOCUS = None
    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { overflow: hidden; }"
    BINDINGS = [("enter,escape,ctrl+c,ctrl+x,down", "through")]  # noqa: RUF012 - Textual's own annotation

    def __init__(self, widget: WidgetT) -> None:
        super().__init__()
        self.widget = widget
        self.let_through = 0
        self.messages: list[object] = []

    def compose(self) -> ComposeResult:
        """Yield only the widget."""
        yield self.widget

    def on_mount(self) -> None:
        """Focus the widget."""
        self.widget.focus()

    def action_through(self) -> None:
        """Count a key that nothing handled."""
        self.let_through += 1


def shown(app: App[None]) -> list[str]:
    """Return the screen's lines, without trailing blanks."""
    return screen_text(app).split("\n")
