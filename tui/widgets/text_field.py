"""A line of text to type into: Textual's Input, made calm, cheap and safe.

It relies on two things that Textual doesn't promise: `Input._value` is the text as it
is drawn, and `prevent_default` in `on_paste` keeps `Input._on_paste` from running.
tests/widgets/test_text_field.py fails if either changes.
"""

from __future__ import annotations

import re
from typing import ClassVar, Unpack

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.reactive import Reactive, reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.display import visible
from tui.widgets import cells
from tui.widgets.glyphs import UNICODE
from tui.widgets.lines import LineOptions, WidgetMessage
from tui.widgets.styled_on_demand import StyledOnDemand

MAX_LENGTH = 10_000
"""The most characters a field takes."""

_CLIPBOARD_ACTIONS = frozenset({"copy", "cut", "paste"})


def pasted_line(text: str) -> str:
    """Return pasted text as one line; line ends within it become spaces."""
    return re.sub(r"\r\n|\r|\n", " ", text.rstrip("\r\n"))


class TextField(Input, StyledOnDemand, inherit_bindings=False):
    """An input that copies nothing, and shows its text as it is.

    - Copy and cut would send a password to the clipboard, so ctrl+c goes to the app.
    - Textual's own clipboard is empty here: pasting from it would overwrite a selection
      with nothing.
    - The cursor doesn't blink.
    - An escape character in the value is shown instead of sent to the terminal.
    - Text pasted from the terminal comes in as one line.

    Args:
        value: The initial text.
        placeholder: Shown while the field is empty.
        password: Whether the text is masked.
        max_length: The most characters it takes; a longer paste is cut and `PasteCut`
            posted.
        options: As for every widget here.

    Attributes:
        cursor_stands_on: The list to move in while the field has the focus; the
            terminal's cursor is there until something is typed.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in Input.BINDINGS
        if isinstance(binding, Binding) and binding.action not in _CLIPBOARD_ACTIONS
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *Input.COMPONENT_CLASSES,
        "text-field--wrong",
    }
    DEFAULT_CSS = """
    TextField {
        height: 1;
        padding: 0 1;
        border: none;
        border-left: outer $surface-lighten-2;
        background: $surface;
        &:focus {
            border: none;
            border-left: outer $primary;
            background-tint: $foreground 6%;
        }
        &.-invalid, &.-invalid:focus { border: none; border-left: outer $error; }
        &.-ascii, &.-ascii.-invalid {
            border: none;
            border-left: ascii $surface-lighten-2;
        }
        &.-ascii:focus { border: none; border-left: ascii $primary; }
        &.-plain, &.-plain:focus, &.-plain.-invalid, &.-plain.-invalid:focus {
            border: none;
        }
        & > .input--cursor {
            color: $foreground;
            background: $surface;
            text-style: reverse;
        }
        & > .text-field--wrong { text-style: bold underline; }
        &:ansi > .input--cursor, &:ansi > .input--selection {
            color: ansi_default;
            background: ansi_default;
            text-style: reverse;
        }
        &:ansi > .input--placeholder { text-style: italic; }
        &:ansi > .input--suggestion { text-style: italic; }
    }
    """

    cursor_blink: Reactive[bool] = reactive(False, init=False)
    _wrong: tuple[int, int] | None = None

    class PasteCut(WidgetMessage["TextField"]):
        """A paste was too long: `lost` characters at its end were cut."""

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
        self.set_class(self.glyphs.plain_screen, "-plain")
        self._label = self._purpose = ""
        self.cursor_stands_on: Widget | None = None

    @property
    def wrong(self) -> tuple[int, int] | None:
        """Start and end of the part of the text that is wrong; it is underlined."""
        return self._wrong

    @wrong.setter
    def wrong(self, place: tuple[int, int] | None) -> None:
        if place != self._wrong:
            self._wrong = place
            self.refresh()

    @property
    def _value(self) -> Text:
        """The value as it is drawn, with one sign per character to place the cursor."""
        shown = "".join(map(self._sign, self.value))
        text = Text(shown, no_wrap=True, overflow="ignore", end="")
        if self._wrong is not None:
            style = self.get_component_rich_style("text-field--wrong", partial=True)
            text.stylize(style, *self._wrong)
        return text

    def cursor_cell(self) -> tuple[int, int]:
        """Return where the next character goes, since input methods open there."""
        before = self._value.plain[: self.cursor_position]
        return cell_len(before) - self.scroll_offset.x, 0

    def _sign(self, character: str) -> str:
        if self.password:
            return self.glyphs.mask
        mark = self.glyphs.plain(visible(character))
        return mark if len(mark) == 1 else "?"

    # On the plain screen, the field's purpose is shown before it on the same line.

    def on_focus(self) -> None:
        """Show what the field is for, which may only be known by now."""
        self.show_label()

    def on_show(self) -> None:
        """Show what the field is for."""
        self.show_label()

    def show_label(self) -> None:
        """Show the line above the field, or its placeholder, as its label."""
        if not self.glyphs.plain_screen:
            return
        self._purpose = label = self._purpose or self.placeholder
        self.placeholder = ""
        before = list(self.parent.children) if self.parent is not None else []
        for widget in before[: before.index(self)]:
            if isinstance(widget, Static) and widget.display and str(widget.content):
                label = str(widget.content).splitlines()[-1]
        self._label = cells.cut(f"{label.rstrip(':')}:", self.outer_size.width // 2)
        self.styles.padding = (0, 1, 0, cell_len(self._label) + 1)
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render the field, with its label in the padding."""
        strips = super().render_lines(crop)
        if not self._label or crop.y > 0 or not strips:
            return strips
        width = self.styles.padding.left
        text = Segment(self._label.ljust(width), self.rich_style)
        label = Strip([text], width).crop(crop.x, crop.right)
        rest = strips[0].crop(label.cell_length, strips[0].cell_length)
        return [Strip.join([label, rest]), *strips[1:]]

    def on_input_changed(self) -> None:
        """Move the terminal's cursor back here once something is typed."""
        self.cursor_stands_on = None

    def on_paste(self, event: events.Paste) -> None:
        """Insert as much of the pasted text as there is room for."""
        event.stop()
        event.prevent_default()
        line = self.taken(event.text)
        start, end = sorted(self.selection)
        kept = len(self.value) - (end - start)
        room = max(0, (self.max_length or MAX_LENGTH) - kept)
        if line:
            self.replace(line[:room], start, end)
        if len(line) > room:
            self.post_message(self.PasteCut(self, len(line) - room))

    def taken(self, text: str) -> str:
        """Return the part of a pasted text to insert."""
        return pasted_line(text)

    def restricted(self) -> None:
        """Do nothing, while Input would ring the terminal's bell."""

    def action_copy(self) -> None:
        """Leave the key to the app: nothing is copied out of a field."""
        raise SkipAction

    def action_cut(self) -> None:
        """Leave the key to the app: nothing is cut out of a field."""
        raise SkipAction
