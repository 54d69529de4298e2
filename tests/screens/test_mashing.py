"""Keys at random on the sandbox.

No crash, and nothing is deleted without confirmation.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.events import Resize
from textual.geometry import Size
from textual.keys import key_to_character

from tests.screens.places import WAYS
from tests.screens.session import Table, running
from tests.support.clock import clock
from tests.support.short_form import Few
from tui.app import TokendeckApp
from tui.commands import COMMANDS, Place
from tui.sandbox.service import Sandbox
from tui.workspace.workspace import AtStake, Workspace

SEED = int(os.environ.get("SEED", "0"))
_TYPED_INTO = {
    Place.DELETE,
    Place.HELP,
    Place.REGIONS,
    Place.SIGN_IN,
    Place.STACKS,
    Place.WIZARD,
}
KEYS = sorted({key for item in COMMANDS for key in item.keys})
KEYS += [
    "tab",
    "shift+tab",
    "backspace",
    "home",
    "end",
    "delete",
    "ctrl+a",
    "ctrl+u",
    "ctrl+w",
    "f1",
]
KEYS += ["\u00e9", "\u65e5", "left", "right", "0", "1", "@", "-", "full_stop", "y"]
# Enter and Esc go forward and back.
KEYS += ["enter"] * 10 + ["escape"] * 6 + ["space"] * 3 + ["down"] * 3
# What can delete a token, or end the program, is the point of this.
KEYS += ["d"] * 6 + ["D"] * 3 + ["R"] * 3 + ["q", "ctrl+z"] + ["ctrl+c"] * 4


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work elsewhere: random keys may export a token to a file."""
    monkeypatch.chdir(tmp_path)


def kept(sandbox: Sandbox) -> set[str]:
    """Return the uids of all tokens, and of those with a preview token."""
    stacks = sandbox.world.stacks.values()
    tokens = [
        token
        for stack in stacks
        for token in (
            *stack.delivery_tokens.values(),
            *stack.management_tokens.values(),
        )
    ]
    return {token.uid for token in tokens} | {
        f"{token.uid} preview" for token in tokens if token.preview
    }


def keys_of(seed: int, count: int) -> Iterator[str]:
    chance = random.Random(seed)
    for _ in range(count):
        key = chance.choice(KEYS)
        if key == "y" and chance.random() < 0.5:
            key = "n"
        yield key


async def mash(table: Table, seed: int, count: int) -> None:
    """Press the keys."""
    for number, key in enumerate(keys_of(seed, count)):
        await table.press(key)
        assert table.app._exception is None, (
            f"seed {seed}, key {number}: {key} ({key_to_character(key)})"
        )
        assert "\x1b" not in table.text
    await table.until(lambda: bool(table.text.strip()))


def goes_on(monkeypatch: pytest.MonkeyPatch) -> list[AtStake | None]:
    """Let the program stay where it would end, and note what was at stake.

    That takes a question.
    """
    quits: list[AtStake | None] = []
    ask = TokendeckApp.do_quit

    async def asks(app: TokendeckApp) -> None:
        before, question = len(quits), app._asked_to_quit
        answered = app.screen is question
        await ask(app)
        asked = app._asked_to_quit is not question
        assert answered or asked or not any(quits[before:])

    monkeypatch.setattr(TokendeckApp, "do_quit", asks)
    monkeypatch.setattr(
        TokendeckApp, "exit", lambda app, *_, **__: quits.append(app.workspace.at_stake)
    )
    return quits


async def mashed(
    seed: int, count: int, monkeypatch: pytest.MonkeyPatch, **options: Any
) -> None:
    asked: list[str] = []

    def noted(name: str) -> None:
        original = getattr(Workspace, name)

        async def called(self: Workspace, token: Any) -> Any:
            asked.append(token.uid)
            return await original(self, token)

        monkeypatch.setattr(Workspace, name, called)

    for name in ("delete_token", "delete_preview_token"):
        noted(name)
    quits = goes_on(monkeypatch)
    sandbox = Sandbox.demo(now=clock)
    before = kept(sandbox)
    async with running(sandbox=sandbox, **options) as table:
        await mash(table, seed, count)
    assert asked == []
    assert before <= kept(sandbox)
    assert quits


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_random_keys_end_nothing_and_break_nothing(
    size: tuple[int, int], few: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = len(few(range(250), 100))
    await mashed(size[0], count, monkeypatch, size=size)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SEED, SEED + 10))
async def test_ten_thousand_random_keys(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await mashed(
        seed,
        10_000,
        monkeypatch,
        size=[(80, 24), (120, 36), (60, 15), (40, 10)][seed % 4],
    )


SIZES = [
    (0, 0),
    (1, 1),
    (2, 24),
    (3, 24),
    (4, 3),
    (39, 9),
    (40, 10),
    (80, 1),
    (90, 24),
    (200, 60),
]


async def dragged(seed: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Press random keys while the window is resized through all sizes."""
    goes_on(monkeypatch)
    chance = random.Random(seed)
    async with running() as table:
        for number, key in enumerate(keys_of(seed, count)):
            if chance.random() < 0.5:
                size = Size(*chance.choice(SIZES))
                table.app._driver.process_message(Resize(size, size))  # type: ignore[union-attr]
            await table.press(key)
            assert table.app._exception is None, f"seed {seed}, key {number}: {key}"
        await table.pilot.resize_terminal(80, 24)
        await table.until(lambda: bool(table.text.strip()))


async def test_a_window_that_is_dragged_while_keys_come_breaks_nothing(
    few: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dragged(0, len(few(range(150), 50)), monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SEED, SEED + 10))
async def test_a_window_is_dragged_for_long(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dragged(seed, 2_000, monkeypatch)


@pytest.mark.parametrize("place", WAYS, ids=lambda place: place.name)
async def test_every_place_is_drawn_at_every_size(place: Place, few: Few) -> None:
    async with running() as table:
        for size in few(SIZES, 4):
            await table.press(WAYS[place].key)
            await table.pilot.resize_terminal(*size)
            await table.press("b" if place not in _TYPED_INTO else "escape")
            await table.pilot.resize_terminal(90, 24)
            assert table.app._exception is None
            while len(table.app.screen_stack) > 1:
                await table.press("escape")


@pytest.mark.long
async def test_a_pasted_megabyte_is_cut_which_is_said_and_never_hangs() -> None:
    async with running() as table:
        for key, seen in (("n", "Name (required"), ("slash", "")):
            await table.press(key)
            await table.until(lambda seen=seen: seen in table.text)  # type: ignore[misc]  # bound here
            await table.type("\x1b[31m\u202ex\n" * 150_000)
            await table.until("this field takes 10,000")
            await table.press("a")
            assert "\x1b" not in table.text
            assert "\u202e" not in table.text
            await table.press("escape", "escape")
