"""A secret on one line, masked until it is revealed."""

from __future__ import annotations

from typing import ClassVar, Unpack

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from tui.secret import Secret
from tui.widgets.lines import (
    Line,
    LineOptions,
    LineWidget,
    Run,
    hint,
    spread,
    width_of,
)


class SecretField(LineWidget, can_focus=True):
    """A label, a masked value and the key that copies it.

    A revealed value should be readable in full: if space is short, the hint gives way
    first, then the label. Only a value wider than the screen is cut.

    Args:
        label: What the secret is.
        secret: The secret, or None if there is none.
        key_hint: A key and its word, such as `c copy`.
        label_width: Cells of the label, to align fields below each other.
    """

    DEFAULT_CSS = """
    SecretField { height: 1; padding: 0 1 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "app.focus_previous", show=False),
        Binding("down,j", "app.focus_next", show=False),
    ]
    concealed = reactive(True, repaint=False, init=False)

    def __init__(
        self,
        label: str,
        secret: Secret | None = None,
        *,
        key_hint: str = "",
        label_width: int = 0,
        **options: Unpack[LineOptions],
    ) -> None:
        super().__init__(**options)
        self._label = label
        self._secret = secret
        self._hint = key_hint
        self._label_width = label_width

    @property
    def secret(self) -> Secret | None:
        """The secret, which prints itself masked."""
        return self._secret

    def set_secret(self, secret: Secret | None) -> None:
        """Show another secret, masked again."""
        self._secret = secret
        self.concealed = True
        self.repaint()

    def watch_concealed(self) -> None:
        """Draw the line again."""
        self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Return as much of the label, value and hint as fits."""
        line = self._whole_line(width)
        return self.selected(line, width) if self.has_focus else line

    def _whole_line(self, width: int) -> Line:
        if self.glyphs.plain_screen:
            shown, _ = self._shown_value()
            key = f", {self._hint}" if self._secret else ""
            return ((self.cut(f"  {self._label}: {shown}{key}", width), ""),)
        label_width = self._label_width or cell_len(self.clean(self._label))
        label = (self.fit(self._label, label_width) + "  ", "muted")
        key_hint = hint(self.clean(self._hint)) if self._secret else ()
        value, ellipsis = self._shown_value(), self.glyphs.ellipsis
        for left in ((("  ", ""), label, value), (("  ", ""), value)):
            if width_of(left) <= width:
                return spread(left, key_hint, width, ellipsis)
        return spread((value,), (), width, ellipsis)

    def _shown_value(self) -> Run:
        if self._secret is None:
            return "none", "muted"
        if self.concealed:
            return self.clean(self._secret.masked), ""
        return self.clean(self._secret.reveal()), "strong"
