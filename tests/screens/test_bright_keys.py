"""A bright key in a screen's footer does something, and a dim one says why not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.leaks.projects import STRANGER
from tests.screens.places import WAYS
from tests.screens.session import Table, running
from tests.screens.test_deliver import settings
from tests.screens.test_verify import shop
from tests.support.clock import clock
from tests.test_accessible import DELETED, GENERATED
from tools.pictures import PICTURES, Step
from tui.commands import Place, command, hinted_commands, shown_key
from tui.config.settings import Settings
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox
from tui.screens.all_stacks import AllStacksScreen
from tui.screens.base import AnyScreen, TokendeckScreen
from tui.screens.footer import key_for
from tui.widgets.key_hints import KeyHint, KeyHints
from tui.widgets.status_line import StatusLine

Setup = Callable[[Path], Mapping[str, Any]]


def _demo(_folder: Path) -> Mapping[str, Any]:
    return {}


def _with_targets(folder: Path) -> Mapping[str, Any]:
    return {"settings": settings(folder, "honest", "exit 0 and empty")}


def _empty(_folder: Path) -> Mapping[str, Any]:
    bare = {"name": "Bare", "branches": ["main"], "environments": ["qa"]}
    return {"sandbox": Sandbox.from_seed(seed_from({"stacks": [bare]}), clock)}


def _small(_folder: Path) -> Mapping[str, Any]:
    return {"sandbox": shop()}


def _known_here(folder: Path) -> Mapping[str, Any]:
    """Return a sandbox with one of its values in a file in the working directory."""
    sandbox = shop()
    own = next(iter(sandbox.stacks[0].delivery_tokens.values())).value
    (folder / "z.env").write_text(own)
    return {"sandbox": sandbox}


@dataclass(frozen=True)
class State:
    """A place in a state, and how to get there."""

    name: str
    place: Place
    way: tuple[Step, ...] = ()
    setup: Setup = _demo


def _opened(place: Place) -> Step:
    return Step((WAYS[place].key,), WAYS[place].words)


def _ways() -> Iterable[State]:
    """Yield each place as it opens on the demo."""
    yield State("tokens", Place.TOKENS)
    for place in WAYS:
        yield State(place.value, place, (_opened(place),))


_BY_NAME = {picture.name: picture.way for picture in PICTURES}
_IDENTIFY, _FIND = _opened(Place.IDENTIFY), _opened(Place.FIND)
_ALL = _opened(Place.ALL_STACKS)
_MARKED = (Step(("space", "space"), "2 marked"),)
STATES = (
    *_ways(),
    State("management", Place.TOKENS, _BY_NAME["management"]),
    State("tokens, marked", Place.TOKENS, _MARKED),
    State("tokens, filter", Place.TOKENS, (Step(("slash",), "words, or"),)),
    State("tokens, no match", Place.TOKENS, (Step((*"/zzz", "enter"), "No matches"),)),
    State("tokens, empty", Place.TOKENS, (), _empty),
    State("all stacks, marked", Place.ALL_STACKS, (_ALL, *_MARKED)),
    State("all stacks, empty", Place.ALL_STACKS, (Step(("a",), "1 of 1"),), _empty),
    State("scope", Place.WIZARD, _BY_NAME["wizard-scope"]),
    State("environments", Place.WIZARD, _BY_NAME["wizard-environments"]),
    State("review", Place.WIZARD, _BY_NAME["wizard-review"]),
    State("access", Place.WIZARD, _BY_NAME["management-access"][:-1]),
    State("generated", Place.GENERATED, _BY_NAME["generated"]),
    State("generated, management", Place.GENERATED, GENERATED),
    State("deleted", Place.DELETED, DELETED),
    State("rotation, begun", Place.ROTATION, _BY_NAME["rotation"]),
    State(
        "verify, value asked",
        Place.VERIFY,
        (Step(("o",), "ci-deploy"), Step(("v",), "Paste the value")),
    ),
    State(
        "deliver, targets",
        Place.DELIVER,
        (Step(("t",), "TARGET"),),
        _with_targets,
    ),
    State(
        "deliver, failed",
        Place.DELIVER,
        (Step(("t",), "TARGET"), Step(("space", "space", "enter"), "to retry")),
        _with_targets,
    ),
    State(
        "identify, nobody's",
        Place.IDENTIFY,
        (
            _IDENTIFY,
            Step((), "Enter identify", pasted=STRANGER),
            Step(("enter",), "isn't among"),
        ),
        _small,
    ),
    State("find, nothing", Place.FIND, (_FIND, Step(("enter",), "Nothing found"))),
    State("find", Place.FIND, (_FIND, Step(("enter",), "1 known")), _known_here),
    State("health, empty", Place.HEALTH, (Step(("h",), "No warnings"),), _empty),
    State("expiry, empty", Place.EXPIRY, (Step(("E",), "No token"),), _empty),
    State("coverage, empty", Place.COVERAGE, (Step(("m",), "BRANCHES"),), _empty),
    State("help, heading", Place.HELP, (_opened(Place.HELP), Step(("up",), ""))),
    State("help, no match", Place.HELP, (Step(("?", *"zzz"), "No matches"),)),
    State("stacks, no match", Place.STACKS, (Step(("w", *"zzz"), "No matches"),)),
)


@dataclass(frozen=True)
class Foot:
    """A hint, and Textual's name of its key."""

    hint: KeyHint
    command_id: str
    key: str


Look: TypeAlias = tuple[object, ...]
"""What can differ in a program before and after a key, except what it says."""


@asynccontextmanager
async def reached(state: State, folder: Path) -> AsyncIterator[Table]:
    """Yield the program in this state."""
    options = {"settings": Settings(), **state.setup(folder)}
    async with running(**options) as table:
        for step in state.way:
            if step.keys:
                await table.press(*step.keys)
            if step.pasted:
                await table.type(step.pasted)
            await table.until(step.shows)
        await resting(table)
        assert front(table).PLACE is state.place
        yield table


def front(table: Table) -> AnyScreen:
    screen = table.app.screen
    assert isinstance(screen, TokendeckScreen)
    return screen


async def resting(table: Table) -> None:
    """Wait until nothing is pending or being read."""
    await table.until(lambda: not front(table).asking)
    await table.until(lambda: not front(table).snapshot.reading)
    fleet = table.app.session.stacks.fleet
    await table.until(lambda: fleet is None or not fleet.snapshot.is_reading)
    screen = front(table)
    if isinstance(screen, AllStacksScreen):
        await table.until(lambda: screen._drawing is None)
    await table.pilot.pause()


def feet(table: Table) -> list[Foot]:
    """Return all hints of the top screen, including those that don't fit."""
    screen = front(table)
    typing = screen.focused is not None and screen.focused.id in (
        "filter",
        "search",
        "field",
    )
    hints = {hint.key: hint for hint in screen.query_one(KeyHints)._hints}
    found = []
    for item in hinted_commands(screen.PLACE):
        key = key_for(screen.session, item, typing=typing)
        if key in hints and screen.hint_word(item) == hints[key].word:
            (name,) = [
                name
                for name in screen.session.keys_of(item.id)
                if key in (name, shown_key(name))
            ]
            found.append(Foot(hints[key], item.id, name))
    assert len(found) == len(hints)
    return found


def look(table: Table) -> Look:
    """Return the visible state and the rest, without the last two lines."""
    app, fleet = table.app, table.app.session.stacks.fleet
    body = table.text.splitlines()[:-2]
    known = id(app.session.workspace.snapshot), id(fleet.snapshot) if fleet else 0
    return app.screen, app.focused, body, known, len(table.written)


@pytest.mark.short(3)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_a_key_at_the_foot_does_what_its_tone_says(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] | None = None
    for number in count():
        here = tmp_path / str(number)
        here.mkdir()
        monkeypatch.chdir(here)
        async with reached(state, here) as table:
            hints = feet(table)
            if left is None:
                await dim_ones_say_why(table, hints)
                left = [foot.key for foot in hints if foot.hint.enabled]
            await press_bright_ones(table, hints, left)
        if not left:
            return


async def dim_ones_say_why(table: Table, hints: Sequence[Foot]) -> None:
    """Press all dim keys: each says why it does nothing."""
    screen = front(table)
    for foot in hints:
        reason = screen.reason_against(command(foot.command_id))
        assert (reason is None) is foot.hint.enabled, (foot, reason)
        if reason is not None:
            before = look(table)
            screen.say_for_now("")
            await table.press(foot.key)
            await table.until(reason)
            assert table.said == reason
            assert (table.app.screen, look(table)) == (screen, before), foot


async def press_bright_ones(
    table: Table, hints: Sequence[Foot], left: list[str]
) -> None:
    """Press the remaining keys until one changes the state for good."""
    screen, focused, body = front(table), table.app.focused, table.text
    while left:
        key = left.pop()
        await press_bright(table, next(foot for foot in hints if foot.key == key))
        for _ in range(2):
            if table.app.screen is not screen and screen in table.app.screen_stack:
                await table.press("escape")
        if (table.app.screen, table.app.focused) != (screen, focused):
            return
        await resting(table)
        if table.text.splitlines()[:-2] != body.splitlines()[:-2]:
            return


async def press_bright(table: Table, foot: Foot) -> None:
    """Press a bright key: it does something, and doesn't just refuse."""
    front(table).say_for_now("")
    before = look(table)
    await table.press(foot.key)
    await table.until(lambda: look(table) != before or bool(table.said))
    assert look(table) != before or _kind(table) != "warn", (foot, table.said)


def _kind(table: Table) -> str:
    lines = table.app.screen.query(StatusLine)
    return lines.first().kind if lines else ""
