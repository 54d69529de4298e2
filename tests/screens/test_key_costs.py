"""What a key may cost, counted in work rather than in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.geometry import Offset
from textual.message import Message

from tests.screens.session import running
from tui.app import TokendeckApp
from tui.screens.tokens import TokensScreen
from tui.widgets.facts_card import FactsCard
from tui.widgets.lines import Box, LineWidget
from tui.widgets.token_table import TokenTable

_MOVES = "jjkjkk"
_LINES_OF_DETAILS = 9


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


async def test_a_frame_takes_the_cursor_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Otherwise, Textual writes by itself.
    monkeypatch.setattr(TokendeckApp, "is_headless", False)
    left_to_send: list[object] = []
    as_it_was = TokendeckApp._write

    def write(app: TokendeckApp, sequence: str, cursor: Offset) -> None:
        as_it_was(app, sequence, cursor)
        left_to_send.append(app._cursor_alone)

    monkeypatch.setattr(TokendeckApp, "_write", write)
    async with running() as table:
        await table.press(*_MOVES)
    assert left_to_send
    assert not any(left_to_send)
