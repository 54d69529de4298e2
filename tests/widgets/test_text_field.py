from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult

from tests.support.pilot import wait_for
from tests.widgets.host import HOSTILE, Host, shown
from tui.widgets.glyphs import ASCII
from tui.widgets.text_field import TextField, pasted_line


class FieldHost(Host[TextField]):
    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(TextField())
        self.made_from = (value, options)

    def compose(self) -> ComposeResult:
        # Input wants a running app for its first value.
        value, options = self.made_from
        self.widget = TextField(value, **options)
        yield self.widget

    def on_text_field_paste_cut(self, event: TextField.PasteCut) -> None:
        self.messages.append((event.control, event.lost))


async def test_keys_of_the_clipboard_come_through_and_nothing_is_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied: list[str] = []
    app = FieldHost("secret")
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    async with app.run_test() as pilot:
        await pilot.press("shift+home", "ctrl+c", "ctrl+x", "super+c", "ctrl+v")
        await wait_for(pilot, lambda: app.let_through == 2, "both keys let through")
        assert copied == []
        assert app.widget.value == "secret"
        assert not {"ctrl+c", "ctrl+x", "ctrl+v"} & set(
            app.widget._bindings.key_to_bindings
        )
        for action in (app.widget.action_copy, app.widget.action_cut):
            with pytest.raises(SkipAction):
                action()


async def test_it_types_and_does_not_blink_or_select() -> None:
    app = FieldHost("ab", placeholder="name")
    async with app.run_test() as pilot:
        await pilot.press("home", "x", "end", "q", "backspace")
        assert app.widget.value == "xab"
        assert not app.widget.cursor_blink
        assert app.widget.selection.is_empty
        assert app.widget.size.height == 1


@given(st.text(max_size=40))
def test_a_paste_is_one_line_and_otherwise_exact(text: str) -> None:
    line = pasted_line(text)
    assert "\n" not in line
    assert "\r" not in line
    if "\n" not in text and "\r" not in text:
        assert line == text


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        ("abc\n", "abc"),
        ("one\r\ntwo\rthree", "one two three"),
        ("\n", ""),
        ("a\u2028b\tc ", "a\u2028b\tc "),
    ],
)
async def test_pasting(pasted: str, value: str) -> None:
    app = FieldHost()
    async with app.run_test() as pilot:
        app.widget.post_message(events.Paste(pasted))
        await wait_for(pilot, lambda: app.widget.value == value, "the pasted text")
        assert app.let_through == 0


async def test_a_paste_replaces_the_selection_and_says_what_did_not_fit() -> None:
    app = FieldHost("abcdef", max_length=8)
    async with app.run_test() as pilot:
        await pilot.press("shift+left", "shift+left")
        app.widget.post_message(events.Paste("1234567"))
        await wait_for(pilot, lambda: app.messages == [(app.widget, 3)], "the message")
        assert app.widget.value == "abcd1234"
        await pilot.press("z")
        assert app.widget.value == "abcd1234"


@pytest.mark.parametrize("value", HOSTILE)
async def test_a_hostile_value_is_drawn_safely_and_kept_exactly(value: str) -> None:
    app = FieldHost(value)
    async with app.run_test(size=(30, 4)) as pilot:
        await pilot.press("home")
        await pilot.pause()
        drawn = shown(app)[0]
        assert not any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 for sign in drawn)
        assert "\u202e" not in drawn
        assert app.widget.value == value


async def test_ascii_and_a_password() -> None:
    app = FieldHost("pässword", password=True, glyphs=ASCII)
    async with app.run_test(size=(30, 4)) as pilot:
        await wait_for(
            pilot, lambda: shown(app)[0].strip("| ") == "********", "the mask"
        )
        app.widget.password = False
        await wait_for(
            pilot, lambda: shown(app)[0].strip("| ") == "password", "plain letters"
        )
        app.widget.clear()
        app.screen.set_focus(None)
        await wait_for(pilot, lambda: shown(app)[0].strip("| ") == "", "nothing")


async def test_a_placeholder_is_text_and_not_markup() -> None:
    app = FieldHost(placeholder="[/name] · x", glyphs=ASCII)
    async with app.run_test(size=(30, 4)) as pilot:
        app.screen.set_focus(None)
        await wait_for(
            pilot, lambda: shown(app)[0].strip("| ") == "[/name] - x", "the placeholder"
        )
