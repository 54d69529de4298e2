"""A line of text to type into: Textual's Input, made calm, cheap and safe.

Relied upon in Textual beside Input's public face: `Input._value`, the text as it is
drawn (tests tell if it goes), and that `prevent_default` in `on_paste` keeps
`Input._on_paste` from running.
"""

from __future__ import annotations

import re
from typing import ClassVar, Unpack

from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.reactive import Reactive, reactive
from textual.widgets import Input

from tui.display import visible
from tui.widgets.glyphs import UNICODE
from tui.widgets.lines import LineOptions, WidgetMessage

MAX_LENGTH = 10_000
"""Characters a field takes at most."""

_CLIPBOARD_ACTIONS = frozenset({"copy", "cut", "paste"})


def pasted_line(text: str) -> str:
    """Pasted text as one line.

    Line ends at its end go, others become a space, all else stays exact.
    """
    return re.sub(r"\r\n|\r|\n", " ", text.rstrip("\r\n"))


class TextField(Input, inherit_bindings=False):
    """An input without copy and cut, which send a password to the clipboard.

    Ctrl+c reaches the app.

    The cursor does not blink, an escape character in the value is shown and not sent to
    the terminal, and text pasted from the terminal comes in as one line. Pasting from
    Textual's own clipboard is left out as well: it holds nothing here, and would
    overwrite a selection with it.

    Args:
        value: The text to begin with.
        placeholder: Shown while the field is empty.
        password: Whether the text is masked.
        max_length: Characters it takes at most; a longer paste is cut and `PasteCut`
            posted.
        options: As every widget here.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in Input.BINDINGS
        if isinstance(binding, Binding) and binding.action not in _CLIPBOARD_ACTIONS
    ]
    DEFAULT_CSS = """
    TextField {
        height: 1;
        padding: 0 1;
        border: none;
        border-left: outer $surface-lighten-2;
        background: $surface;
        &:focus { border: none; border-left: outer $accent; background-tint: $foreground 6%; }
        &.-invalid, &.-invalid:focus { border: none; border-left: outer $error; }
        &.-ascii, &.-ascii.-invalid { border: none; border-left: ascii $surface-lighten-2; }
        &.-ascii:focus { border: none; border-left: ascii $accent; }
        & > .input--cursor { color: $foreground; background: $surface; text-style: reverse; }
        &:ansi > .input--cursor, &:ansi > .input--selection {
            color: ansi_default;
            background: ansi_default;
            text-style: reverse;
        }
        &:ansi > .input--placeholder, &:ansi > .input--suggestion { text-style: italic; }
    }
    """

    cursor_blink: Reactive[bool] = reactive(False, init=False)

    class PasteCut(WidgetMessage["TextField"]):
        """A paste was longer than the field takes.

        `lost` characters at its end were left out.
        """

        def __init__(self, field: TextField, lost: int) -> None:
            super().__init__(field)
            self.lost = lost

    def __init__(
        self,
        value: str = "",
        placeholder: str = "",
        *,
        password: bool = False,
        max_length: int = MAX_LENGTH,
        **options: Unpack[LineOptions],
    ) -> None:
        self.glyphs = options.get("glyphs", UNICODE)
        super().__init__(
            value,
            self.glyphs.plain(visible(placeholder)),
            password=password,
            max_length=max_length,
            select_on_focus=False,
            id=options.get("id"),
            classes=options.get("classes"),
        )
        self.set_class(self.glyphs.ascii, "-ascii")

    @property
    def _value(self) -> Text:
        """The value as it is drawn.

        Character for character, so that the cursor stands where it should.
        """
        shown = (
            self.glyphs.mask * len(self.value)
            if self.password
            else "".join(map(self._sign, self.value))
        )
        return Text(shown, no_wrap=True, overflow="ignore", end="")

    def _sign(self, character: str) -> str:
        mark = self.glyphs.plain(visible(character))
        return mark if len(mark) == 1 else "?"

    def on_paste(self, event: events.Paste) -> None:
        """Take the pasted text, as much of it as there is room for."""
        event.stop()
        event.prevent_default()
        line = pasted_line(event.text)
        start, end = sorted(self.selection)
        room = max(0, (self.max_length or MAX_LENGTH) - len(self.value) + end - start)
        if line:
            self.replace(line[:room], start, end)
        if len(line) > room:
            self.post_message(self.PasteCut(self, len(line) - room))

    def restricted(self) -> None:
        """Stay silent where Input would ring the terminal's bell."""

    def action_copy(self) -> None:
        """Nothing is ever copied out of a field."""
        raise SkipAction

    def action_cut(self) -> None:
        """Nothing is ever cut out of a field."""
        raise SkipAction
