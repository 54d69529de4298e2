"""A field for a hidden value, or for a whole file with values in it."""

from __future__ import annotations

from typing import Unpack

from textual.widgets import Input

from tui.widgets.lines import LineOptions
from tui.widgets.text_field import TextField

_MOST = 100_000


class UnseenField(TextField):
    """A masked field that takes several pasted lines as they are.

    Args:
        placeholder: Shown while the field is empty.
        options: As for every widget here.

    Attributes:
        has_paste: Whether something in it was pasted in one piece. If a terminal types
            it line by line instead, more lines may follow.
    """

    def __init__(self, placeholder: str, **options: Unpack[LineOptions]) -> None:
        super().__init__(
            placeholder=placeholder, password=True, max_length=_MOST, **options
        )
        self.has_paste = False

    def taken(self, text: str) -> str:
        """Return all of it."""
        self.has_paste = True
        return text

    def on_unmount(self) -> None:
        """Clear it without a message, since nothing is left to receive one."""
        self.set_reactive(Input.value, "")

    def take(self) -> str:
        """Return what is in it, and clear it."""
        given, self.value, self.has_paste = self.value, "", False
        return given
