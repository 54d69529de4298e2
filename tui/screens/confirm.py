"""A question before something is lost."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.display import visible
from tui.screens.lifetime import LeavableScreen


class Confirm(LeavableScreen[bool], ModalScreen[bool], inherit_bindings=False):
    """One line at the foot of the screen.

    Answers True on y, False on n, and None on Esc, which is no yes.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", show=False),
        Binding("n", "answer(False)", "No", show=False),
        Binding("escape,b,alt+q", "answer(None)", "Leave", show=False),
        # The keys of the application end at a modal screen.
        Binding("ctrl+c", "app.command('quit')", "Quit", show=False),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and its two keys."""
        yield Static(f"{visible(self._question)}  y yes, n no", markup=False)

    def action_answer(self, answer: bool | None) -> None:
        """Give the answer to whoever asked."""
        self.dismiss(answer)
