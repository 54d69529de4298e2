"""A question before something is lost."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.display import visible
from tui.screens.lifetime import LeavableScreen
from tui.screens.session import Session
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.key_hints import KeyHint, KeyHints


class Confirm(LeavableScreen[bool], ModalScreen[bool], inherit_bindings=False):
    """A question, the consequence of a yes, and the keys that answer it.

    It covers the screen, so that no other meaning of its keys is in sight. Returns True
    on y, False on n, and None on Esc, which doesn't count as a yes.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", show=False),
        Binding("n", "answer(False)", "No", show=False),
        Binding("escape,b,alt+q", "answer(None)", "Leave", show=False),
        # The application's keys don't reach a modal screen.
        Binding("ctrl+c", "app.command('quit')", "Quit", show=False),
    ]

    def __init__(
        self,
        question: str,
        consequence: str = "",
        *,
        no: str = "no",
        glyphs: Glyphs = UNICODE,
    ) -> None:
        super().__init__()
        self._question = question
        self._consequence = consequence
        self._no = no
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Yield the question and its keys."""
        if where := self._where:
            yield Static(self._clean(where), classes="question", markup=False)
        yield Static(self._clean(self._question), classes="question", markup=False)
        if self._consequence:
            words = self._clean(self._consequence)
            yield Static(words, classes="quiet", markup=False)
        keys = KeyHints(glyphs=self._glyphs)
        keys.set_hints(
            (KeyHint("y", "yes"), KeyHint("n", self._no)), last=KeyHint("Esc", "back")
        )
        yield keys

    @property
    def _where(self) -> str:
        """The stack that the question is about, if it could be any of many."""
        session: Session | None = getattr(self.opened_by, "session", None)
        of_stack = session.of_stack if session else ""
        return f"In the stack{of_stack.removeprefix(' of')}:" if of_stack else ""

    def action_answer(self, answer: bool | None) -> None:
        """Return the answer to the screen that asked."""
        self.dismiss(answer)

    def _clean(self, text: str) -> str:
        return self._glyphs.plain(visible(text))
