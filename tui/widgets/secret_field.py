"""A secret on one line, masked until it is asked for."""

from __future__ import annotations

from typing import Unpack

from rich.cells import cell_len
from textual.reactive import reactive

from tui.secret import Secret
from tui.widgets.lines import Line, LineOptions, LineWidget, Run, key_and_word, width_of


class SecretField(LineWidget):
    """A label, a masked value and the key that copies it.

    Where a revealed value leaves no room, first the hint gives way, then the label: the value is to be read
    in full. Only a value wider than the screen is cut.

    Args:
        label: What the secret is.
        key_hint: A key and its word, such as `c copy`.
        label_width: Cells of the label, so that fields below each other align.
    """

    DEFAULT_CSS = """
    SecretField { padding: 0 1 0 0; }
    """
    concealed = reactive(True)

    def __init__(
        self, label: str, *, key_hint: str = "", label_width: int = 0, **options: Unpack[LineOptions]
    ) -> None:
        super().__init__(**options)
        self._label = self.fit(label, label_width or cell_len(self.clean(label)))
        self._hint = self.clean(key_hint)
        self._secret: Secret | None = None

    def set_secret(self, secret: Secret | None) -> None:
        """Take a secret; another one than before is masked again."""
        if secret != self._secret:
            self._secret = secret
            self.concealed = True
            self.repaint()

    def toggle(self) -> None:
        """Show the value, or hide it again."""
        self.concealed = not self.concealed

    def line(self, _y: int, width: int) -> Line:
        """Label, value and hint, as far as there is room."""
        value = self._value()
        for left in ((("  ", ""), (f"{self._label}  ", "muted"), value), (("  ", ""), value)):
            if width_of(left) <= width:
                return self.spread(left, key_and_word(self._hint), width)
        return self.cut_line((value,), width)

    def _value(self) -> Run:
        if self._secret is None:
            return "none", "muted"
        if self.concealed:
            return self.clean(self._secret.masked), ""
        return self.clean(self._secret.reveal()), "strong"
