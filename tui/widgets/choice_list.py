"""A list to choose from, one or several, with a filter of its own on its top line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self, Unpack

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui.widgets.glyphs import UNICODE
from tui.widgets.lines import Line, LineOptions, WidgetMessage
from tui.widgets.row_list import RowList
from tui.widgets.table_model import Row
from tui.widgets.text_field import TextField

_NARROWEST_WITH_NOTE = 8


@dataclass(frozen=True)
class Choice:
    """One thing to choose.

    Attributes:
        key: Identifies it.
        label: Its name.
        note: A few words that set it apart from others.
        refusal: Why it can't be marked; empty if it can.
    """

    key: str
    label: str
    note: str = ""
    refusal: str = ""


class ChoiceList(Vertical):
    """A filter line and a list.

    Marks stay when the filter hides them, and when the choices are refreshed.

    Space marks, `A` marks all shown (if several may be marked), `/` goes to the filter.
    From there Enter or Down goes back to the list; Esc does too, and clears the filter.
    Enter in the list and Esc without a filter belong to the screen. Tab and a screen's
    first focus skip the filter.

    Args:
        multi: Whether several may be marked; otherwise marking one unmarks the other.
        filtered: Whether there is a filter; a handful of choices needs none.
    """

    DEFAULT_CSS = """
    ChoiceList { height: 1fr; }
    """

    class MarksChanged(WidgetMessage["ChoiceList"]):
        """Other choices are marked; `keys` in the order of the list."""

        def __init__(self, choice_list: ChoiceList, keys: tuple[str, ...]) -> None:
            super().__init__(choice_list)
            self.keys = keys

    class Refused(WidgetMessage["ChoiceList"]):
        """The user tried to mark a choice that can't be marked; `reason` says why."""

        def __init__(self, choice_list: ChoiceList, reason: str) -> None:
            super().__init__(choice_list)
            self.reason = reason

    def __init__(
        self,
        *,
        multi: bool = True,
        filtered: bool = True,
        **options: Unpack[LineOptions],
    ) -> None:
        super().__init__(id=options.get("id"), classes=options.get("classes"))
        glyphs = options.get("glyphs", UNICODE)
        self._field = _Filter(placeholder="/ filter", glyphs=glyphs)
        self._field.can_focus = False
        self._field.display = self.filtered = filtered
        self._rows = _Rows(multi=multi, glyphs=glyphs)
        self._choices: tuple[Choice, ...] = ()

    def compose(self) -> ComposeResult:
        """Yield the filter and the list."""
        yield self._field
        yield self._rows

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Replace the choices; keep cursor, filter and marks if possible."""
        self._choices = tuple(choices)
        widths = (cell_len(self._rows.clean(choice.label)) for choice in choices)
        self._rows.label_width = max(widths, default=0)
        rows = [_row(choice) for choice in choices]
        refused = [choice.key for choice in choices if choice.refusal]
        keys = [row.key for row in rows]
        self._rows.set_lazy_rows(keys, rows.__getitem__, unmarkable=refused)

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys of all marked choices, hidden ones too, in the order of the list."""
        keys = (choice.key for choice in self._choices)
        return tuple(key for key in keys if key in self._rows.marked)

    def set_marked(self, keys: Iterable[str]) -> None:
        """Mark these choices and no others; only the first unless several may be."""
        wanted = set(keys)
        allowed = (choice.key for choice in self._choices if not choice.refusal)
        self._rows.set_marked([key for key in allowed if key in wanted])

    @property
    def cursor_key(self) -> str | None:
        """The key of the choice under the cursor, or None if none is shown."""
        return self._rows.cursor_key

    def move_to(self, key: str) -> None:
        """Put the cursor on a choice."""
        self._rows.move_to(key)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the list at once: the next key may already have arrived."""
        self.screen.set_focus(self._rows, scroll_visible)
        return self

    def leave_filter(self, clear: bool) -> None:
        """Go back to the list, keeping the filter or clearing it."""
        if clear:
            self._field.value = ""
        self.screen.set_focus(self._rows)
        self._field.can_focus = False

    def enter_filter(self) -> None:
        """Go to the filter."""
        self._field.can_focus = True
        self.screen.set_focus(self._field)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as you type; the screen doesn't need to know."""
        event.stop()
        self._rows.filter_by(self._field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go back to the list on Enter."""
        event.stop()
        self.leave_filter(clear=False)

    def tell_refusal(self, key: str) -> bool:
        """Tell the screen why a choice can't be marked; return whether that is so."""
        refusals = {choice.key: choice.refusal for choice in self._choices}
        refusal = refusals.get(key, "")
        if refusal:
            self.post_message(self.Refused(self, refusal))
        return bool(refusal)

    def tell_marks(self) -> None:
        """Tell the screen which choices are marked."""
        self.post_message(self.MarksChanged(self, self.marked))


class _Filter(TextField):
    """The filter line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "leave(False)", "To the list", show=False),
        Binding("escape", "leave(True)", "Clear the filter", show=False),
    ]

    def action_leave(self, clear: bool) -> None:
        _list_of(self).leave_filter(clear)


class _Rows(RowList):
    """The list below the filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", show=False),
        Binding("A", "mark_all", "Mark all shown", show=False),
        Binding("slash", "filter", "Filter", show=False),
        Binding("escape", "clear_filter", "Clear the filter", show=False),
    ]
    label_width = 0

    def __init__(self, *, multi: bool, **options: Unpack[LineOptions]) -> None:
        super().__init__(empty="There is nothing to choose from.", **options)
        self._multi = multi

    @property
    def marked(self) -> frozenset[str]:
        return self._marked

    def set_marked(self, keys: Sequence[str]) -> None:
        self._mark(frozenset(keys if self._multi else keys[:1]))

    def row_line(self, row: Row, width: int) -> Line:
        label, note = row.cells
        if self.glyphs.plain_screen:
            text = f"  {self._box(row)} {label}{note and ', '}{note}"
            return ((self.cut(text, width), self._tone(row)),)
        room = max(0, width - 6)
        label_width = self._label_width(note, room)
        text = f"  {self._box(row)} {self.fit(label, label_width)}"
        more = ""
        if note and width > _NARROWEST_WITH_NOTE:
            more = f"  {self.cut(note, room - label_width - 2)}"
        return ((self.cut(text, width), self._tone(row)), (more, "muted"))

    def _box(self, row: Row) -> str:
        if row.style == "dim":
            return " - "
        boxes = ("[ ]", "[x]") if self._multi else ("( )", "(o)")
        return boxes[row.key in self._marked]

    def _tone(self, row: Row) -> str:
        if row.style == "dim":
            return "muted"
        return "strong" if row.key in self._marked else ""

    def _label_width(self, note: str, room: int) -> int:
        """Return the width of a label: all, at least half, or what the note leaves."""
        if not note:
            return room
        left = room - cell_len(self.clean(note)) - 2
        return min(self.label_width, max(room // 2, left))

    def marks_changed(self) -> None:
        if self.parent is not None:
            _list_of(self).tell_marks()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Leave Esc to the screen if no filter is set, and / if there can't be one."""
        if action == "filter":
            return _list_of(self).filtered
        return bool(self.filter_text) if action == "clear_filter" else True

    def action_mark(self) -> None:
        key = self.cursor_key
        if key is not None and _list_of(self).tell_refusal(key):
            return
        if self._multi:
            self.toggle_mark()
        elif key is not None:
            self._mark(frozenset({key}))

    def action_mark_all(self) -> None:
        if self._multi:
            self.mark_shown()

    def action_filter(self) -> None:
        _list_of(self).enter_filter()

    def action_clear_filter(self) -> None:
        _list_of(self).leave_filter(clear=True)


def _row(choice: Choice) -> Row:
    style: Literal["normal", "dim"] = "dim" if choice.refusal else "normal"
    return Row(choice.key, (choice.label, choice.note), style=style)


def _list_of(part: _Filter | _Rows) -> ChoiceList:
    parent = part.parent
    if not isinstance(parent, ChoiceList):
        raise TypeError("a part of a choice list stands in a choice list")
    return parent
