"""A small Textual program for testing the harness."""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.events import Key, Resize
from textual.widgets import Input, Static


class TinyApp(App[int]):
    """Shows what it received.

    `q` ends it with status 3, `c` copies; any other key is shown by name.
    """

    AUTO_FOCUS = None

    def compose(self) -> ComposeResult:
        """Show one line for the last event, and one to type into."""
        yield Static("ready ─ • 中文 é", id="said", markup=False)
        yield Input(id="typed")

    def on_resize(self, event: Resize) -> None:
        """Show the new size."""
        self._say(f"size {event.size.width}x{event.size.height}")

    def on_key(self, event: Key) -> None:
        """Show the key's name, or do what it's for."""
        if event.key == "q":
            self.exit(3)
        elif event.key == "c":
            self.copy_to_clipboard("copied é")
        self._say(f"key {event.key}")

    def on_descendant_focus(self) -> None:
        """Say that the field is ready to be typed into."""
        self._say("typing")

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(f"ready ─ • 中文 é {text}")


if __name__ == "__main__":
    sys.exit(TinyApp().run())
