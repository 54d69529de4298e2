"""What a key may cost, counted in work rather than in time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from textual import events
from textual.css.stylesheet import Stylesheet
from textual.geometry import Offset
from textual.message import Message
from textual.message_pump import MessagePump

from tests.screens.session import running
from tui.app import TokendeckApp
from tui.screens.tokens import TokensScreen
from tui.terminal import wired
from tui.widgets.facts_card import FactsCard
from tui.widgets.lines import Box, LineWidget
from tui.widgets.token_table import TokenTable

_MOVES = "jjkjkk"
_LINES_OF_DETAILS = 9
_LONG = 60.0


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often each of these was done."""
    counter: Counter[str] = Counter()

    def count(kind: type, name: str) -> None:
        as_it_was: Callable[..., Any] = getattr(kind, name)

        def counted(*args: Any, **options: Any) -> Any:
            counter[name] += 1
            return as_it_was(*args, **options)

        monkeypatch.setattr(kind, name, counted)

    count(Stylesheet, "apply")
    count(LineWidget, "get_component_rich_style")
    count(LineWidget, "_padded")
    count(TokenTable, "_composed_row")
    count(TokensScreen, "moment")
    count(FactsCard, "_composed_fact")
    dispatch = Box._dispatch_message

    async def dispatched(box: Box, message: Message) -> None:
        counter[type(message).__name__] += 1
        await dispatch(box, message)

    monkeypatch.setattr(Box, "_dispatch_message", dispatched)
    return counter


async def test_a_row_move_draws_what_changes_and_works_out_nothing_again(
    done: Counter[str],
) -> None:
    async with running() as table:
        for key in _MOVES:
            await table.press(key)
        done.clear()
        for key in _MOVES:
            await table.press(key)
        assert done["apply"] == 0
        assert done["get_component_rich_style"] == 0
        assert done["_composed_row"] == 0
        assert done["moment"] == len(_MOVES)
        # What the table tells goes to the screen, past what holds it.
        assert done["CursorMoved"] == 0
        # All of it had been drawn before.
        assert done["_padded"] == done["_composed_fact"] == 0


@pytest.mark.long
async def test_a_row_seen_first_draws_what_it_has_of_its_own(
    done: Counter[str],
) -> None:
    async with running() as table:
        await table.press("j", "k")
        card = table.app.screen.query_one(FactsCard)
        done.clear()
        await table.press("j", "j")
        assert 0 < done["_composed_fact"] < len(card._facts)
        # The row as the cursor's, and the details that differ; the row before was drawn.
        assert 0 < done["_padded"] <= 1 + _LINES_OF_DETAILS


async def test_what_a_row_holds_is_composed_anew_once_it_may_differ(
    done: Counter[str],
) -> None:
    async with running() as table:
        await table.press("j")
        done.clear()
        await table.press("space")
        assert done["_composed_row"] > 0
        assert "*" in table.text


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """List for each frame what is still to be sent of the cursor, which is nothing."""
    # Otherwise, Textual writes by itself.
    monkeypatch.setattr(TokendeckApp, "is_headless", False)
    # No frame goes out early because the machine is slow.
    monkeypatch.setattr(wired, "_LONGEST_HELD", _LONG)
    monkeypatch.setattr(wired, "_LONGEST_UNSEEN", _LONG)
    left_to_send: list[object] = []
    as_it_was = TokendeckApp._write

    def write(app: TokendeckApp, sequence: str, cursor: Offset) -> None:
        as_it_was(app, sequence, cursor)
        left_to_send.append(app._cursor_alone)

    monkeypatch.setattr(TokendeckApp, "_write", write)
    return left_to_send


async def test_a_frame_takes_the_cursor_with_it(frames: list[object]) -> None:
    async with running() as table:
        await table.press(*_MOVES)
    assert frames
    assert not any(frames)


async def test_a_row_move_is_drawn_once_handled_and_waits_for_no_message(
    frames: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    messages: Counter[str] = Counter()
    dispatch = MessagePump._dispatch_message

    async def dispatched(pump: MessagePump, message: Message) -> None:
        messages[type(message).__name__] += 1
        await dispatch(pump, message)

    on_event = TokendeckApp.on_event

    async def handled(app: TokendeckApp, event: events.Event) -> None:
        await on_event(app, event)
        if isinstance(event, events.Key):
            frames_by_now.append(len(frames))

    async with running() as table:
        await table.press(*_MOVES)
        frames_by_now: list[int] = []
        monkeypatch.setattr(MessagePump, "_dispatch_message", dispatched)
        monkeypatch.setattr(TokendeckApp, "on_event", handled)
        frames.clear()
        await table.press(*_MOVES)
        assert frames_by_now == [*range(1, 1 + len(_MOVES))]
        # Textual would have each widget that is painted send a Prompt and an Update.
        assert messages["CursorMoved"] == len(_MOVES)
        assert messages["Prompt"] == messages["Update"] == 0


async def test_keys_that_come_together_are_one_frame(
    frames: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [events.Key(character, character) for character in "jjjj"]
    are_handled = asyncio.Event()
    on_event = TokendeckApp.on_event

    async def handled(app: TokendeckApp, event: events.Event) -> None:
        await on_event(app, event)
        if event is keys[-1]:
            are_handled.set()

    async with running() as table:
        await table.press("j", "k")
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        monkeypatch.setattr(TokendeckApp, "on_event", handled)
        frames.clear()
        for key in keys:
            table.app.post_message(key)
        # The pilot would give the application more messages to handle.
        await are_handled.wait()
        assert screen.table.cursor_key == screen.table.shown_keys[len(keys)]
        await table.pilot.pause()
        assert len(frames) == 1


@pytest.mark.parametrize("key", ["alt+o", "s", "space", "A", "G", "question_mark"])
async def test_a_key_that_changes_the_layout_is_one_frame_too(
    frames: list[object], key: str
) -> None:
    async with running() as table:
        await table.press("j")
        frames.clear()
        await table.press(key)
        await table.pilot.pause()
        assert len(frames) == 1
