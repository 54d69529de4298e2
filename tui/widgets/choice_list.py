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


@dataclass(frozen=True)
class Choice:
    """One thing to choose: its key, its name, and a few words that tell it from others.

    `refusal` says why it can't be marked; empty where it can.
    """

    key: str
    label: str
    note: str = ""
    refusal: str = ""


class ChoiceList(Vertical):
    """A filter line and a list.

    Marks stay when the filter hides them, and when the choices are read again.

    Space marks, `A` marks all shown (where several may be), `/` goes to the filter;
    from there Enter or Down goes back to the list, and Esc does so and empties the
    filter. Enter in the list and Esc without a filter belong to the screen. Tab and a
    screen's first focus pass the filter by.

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
        """A choice was to be marked that can't be; `reason` says why."""

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
        """The filter and the list."""
        yield self._field
        yield self._rows

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Take other choices; cursor, filter and the marks of those that are left stay."""
        self._choices = tuple(choices)
        self._rows.label_width = max(
            (cell_len(self._rows.clean(item.label)) for item in choices), default=0
        )
        rows = [_row(choice) for choice in choices]
        refused = [choice.key for choice in choices if choice.refusal]
        keys = [row.key for row in rows]
        self._rows.set_lazy_rows(keys, rows.__getitem__, unmarkable=refused)

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys of the marked choices in the order of the list, those hidden by the filter included."""
        return tuple(
            choice.key for choice in self._choices if choice.key in self._rows.marked
        )

    def set_marked(self, keys: Iterable[str]) -> None:
        """Mark these choices and no others.

        Where one may be marked, the first of them.
        """
        wanted = set(keys)
        marked = [
            each for each in self._choices if each.key in wanted and not each.refusal
        ]
        self._rows.set_marked([choice.key for choice in marked])

    @property
    def cursor_key(self) -> str | None:
        """The key of the choice under the cursor, or None where none is shown."""
        return self._rows.cursor_key

    def move_to(self, key: str) -> None:
        """Put the cursor on a choice."""
        self._rows.move_to(key)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the list, at once.

        A key that follows may be here already.
        """
        self.screen.set_focus(self._rows, scroll_visible)
        return self

    def leave_filter(self, clear: bool) -> None:
        """Go back to the list, with the filter or without it."""
        if clear:
            self._field.value = ""
        self.screen.set_focus(self._rows)
        self._field.can_focus = False

    def enter_filter(self) -> None:
        """Go to the filter."""
        self._field.can_focus = True
        self.screen.set_focus(self._field)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as one types; the screen need not know."""
        event.stop()
        self._rows.filter_text = event.value

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes back to the list."""
        event.stop()
        self.leave_filter(clear=False)

    def tell_refusal(self, key: str) -> bool:
        """Tell the screen why a choice can't be marked; whether that is so."""
        choice = next((choice for choice in self._choices if choice.key == key), None)
        if choice is None or not choice.refusal:
            return False
        self.post_message(self.Refused(self, choice.refusal))
        return True

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

    def row_line(self, row: Row, width: int, lit: bool) -> Line:
        label, note = row.cells
        marked = row.key in self._marked
        sign = (
            ("[x]" if marked else "[ ]")
            if self._multi
            else ("(o)" if marked else "( )")
        )
        if row.style == "dim":
            sign = " - "
        room = max(0, width - 6)
        label_width = (
            room
            if not note
            else min(
                self.label_width, max(room // 2, room - cell_len(self.clean(note)) - 2)
            )
        )
        text = f" {sign} {self.fit(label, label_width)}"
        more = f"  {self.cut(note, room - label_width - 2)}" if note else ""
        if lit:
            return self.cursor_line(text + more, width)
        tone = "muted" if row.style == "dim" else "strong" if marked else ""
        return (
            (self.cut(f" {text}", width), tone),
            (more if width > 8 else "", "muted"),
        )

    def marks_changed(self) -> None:
        if self.parent is not None:
            _list_of(self).tell_marks()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Esc belongs to the screen while nothing is filtered, and / where nothing can be."""
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
