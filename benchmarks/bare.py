"""The smallest Textual program with a table of twenty rows, as a baseline."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import DataTable, Footer, Header, Input


class Form(ModalScreen[None]):
    """A field on top of the table."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back")]

    def compose(self) -> ComposeResult:
        """Yield a field."""
        yield Input(placeholder="name")


class Bare(App[None]):
    """A header, a table, a footer; a form and a toast."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "form", "New"),
        Binding("c", "toast", "Copy"),
        Binding("q", "quit", "Quit"),
    ]

    def compose(self) -> ComposeResult:
        """Yield Textual's own widgets."""
        yield Header()
        yield DataTable[str](cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_columns(
            "NAME", "ENVIRONMENT", "BRANCH", "PREVIEW", "TOKEN", "UPDATED"
        )
        for number in range(20):
            table.add_row(
                f"token-{number:02d}", "production", "main", "yes", "cs••••9a2c", "2 h"
            )

    def action_form(self) -> None:
        """Open the form."""
        self.push_screen(Form())

    def action_toast(self) -> None:
        """Say something for a second."""
        self.notify("Sent to your terminal; paste to check.", timeout=1)


if __name__ == "__main__":
    Bare().run(mouse=False)
