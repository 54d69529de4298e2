"""A list to choose from, one or several, with a filter of its own on its top line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self, Unpack

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from tui.widgets.columns import Column
from tui.widgets.glyphs import UNICODE
from tui.widgets.lines import LineOptions
from tui.widgets.row_list import RowList
from tui.widgets.table_model import Row
from tui.widgets.text_field import TextField


@dataclass(frozen=True)
class Choice:
    """One thing to choose: its key, its name, and a few words that tell it from others."""

    key: str
    label: str
    note: str = ""


class ChoiceList(Vertical):
    """A filter line and a list. Marks stay when the filter hides them, and when the choices are read again.

    Space marks, `A` marks all shown (where several may be), `/` goes to the filter; from there Enter or Down
    goes back to the list, and Esc does so and empties the filter. Enter in the list and Esc without a filter
    belong to the screen. Tab and a screen's first focus pass the filter by.

    Args:
        multi: Whether several may be marked; otherwise marking one unmarks the other.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", show=False),
        Binding("down", "leave_filter(False)", "To the list", show=False),
        Binding("escape", "leave_filter(True)", "Clear the filter", show=False),
    ]
    DEFAULT_CSS = """
    ChoiceList { height: 1fr; }
    """

    @dataclass
    class MarksChanged(Message):
        """Other choices are marked; `keys` in the order of the list."""

        choice_list: ChoiceList
        keys: tuple[str, ...]

    def __init__(self, *, multi: bool = True, **options: Unpack[LineOptions]) -> None:
        super().__init__(id=options.get("id"), classes=options.get("classes"))
        glyphs = options.get("glyphs", UNICODE)
        self._field = TextField(placeholder="/ filter", glyphs=glyphs)
        self._field.can_focus = False
        self._rows = _Boxes(self._tell_marks, multi=multi, glyphs=glyphs)
        self._keys: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The filter and the list."""
        yield self._field
        yield self._rows

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Take other choices; cursor, filter and the marks of those that are left stay."""
        self._keys = tuple(choice.key for choice in choices)
        longest = max((cell_len(self._rows.clean(choice.label)) for choice in choices), default=0)
        label = Column("label", "", longest, least=16)
        note = Column("note", "", least=12, drop=1, tone="muted")
        self._rows.columns = (label, note) if any(choice.note for choice in choices) else (label,)
        self._rows.set_rows([Row(choice.key, (choice.label, choice.note)) for choice in choices])

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys of the marked choices in the order of the list, those hidden by the filter included."""
        return tuple(key for key in self._keys if key in self._rows.marked)

    def set_marked(self, keys: Iterable[str]) -> None:
        """Mark these choices, as far as they are there, and no others."""
        self._rows.mark(frozenset(self._keys).intersection(keys))

    def _tell_marks(self) -> None:
        self.post_message(self.MarksChanged(self, self.marked))

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the list, at once: a key that follows may be here already."""
        self.screen.set_focus(self._rows, scroll_visible)
        return self

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as one types; the screen need not know."""
        event.stop()
        self._rows.filter_text = event.value

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes back to the list."""
        event.stop()
        self.leave_filter(clear=False)

    def leave_filter(self, clear: bool) -> None:
        """Go back to the list, with the filter or without it."""
        if clear:
            self._field.value = ""
        self.screen.set_focus(self._rows)
        self._field.can_focus = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Down and Esc to the screen where there is no filter to leave."""
        if action != "leave_filter":
            return True
        return self._field.has_focus or (parameters == (True,) and bool(self._rows.filter_text))

    def action_filter(self) -> None:
        """Go to the filter."""
        self._field.can_focus = True
        self.screen.set_focus(self._field)

    def action_leave_filter(self, clear: bool) -> None:
        """Go back to the list."""
        self.leave_filter(clear)


class _Boxes(RowList):
    """The rows, each with a box to mark."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", show=False),
        Binding("A", "mark_all", "Mark all shown", show=False),
    ]

    def __init__(self, tell: Callable[[], None], *, multi: bool, **options: Unpack[LineOptions]) -> None:
        super().__init__(**options)
        self._tell = tell
        self._multi = multi
        self.say_empty("There is nothing to choose from.")

    def mark_sign(self, marked: bool) -> str:
        if self._multi:
            return " [x] " if marked else " [ ] "
        return " (o) " if marked else " ( ) "

    def tell_marks(self) -> None:
        self._tell()

    def action_mark(self) -> None:
        if self._multi:
            super().action_mark()
        elif self.cursor_key is not None:
            self.mark(frozenset({self.cursor_key}))

    def action_mark_all(self) -> None:
        if self._multi:
            super().action_mark_all()
