"""A rotation interrupted at every request.

The next start continues it, from either token.
"""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

import pytest

from tests.screens.session import Table, running
from tests.support.clock import clock
from tests.support.short_form import Few
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.sandbox.organization import StackRecord, World
from tui.sandbox.service import Sandbox
from tui.screens.delete import DeleteScreen
from tui.screens.rotation import RotationScreen
from tui.screens.tokens import TokensScreen
from tui.state.memory import Memory
from tui.state.rotations import RotationStore

NAMES = {"delivery": "partner-feed", "management": "reporting"}


def first_stack(world: World) -> StackRecord:
    return next(iter(world.stacks.values()))


def tokens_of(world: World, kind: str) -> dict[str, Any]:
    stack = first_stack(world)
    return stack.delivery_tokens if kind == "delivery" else stack.management_tokens


@dataclass
class Cuts:
    """What is on disk and in the stack at each moment that a process could die."""

    sandbox: Sandbox
    folder: Path
    kind: str
    seen: list[tuple[World, Path]] = field(default_factory=list)
    states: list[object] = field(default_factory=list)

    def way(self) -> Connection:
        way = connection_to(self.sandbox)
        apps = {host: self._watched(app) for host, app in (way.apps or {}).items()}
        return changed(way, apps=apps)

    def _watched(self, app: Any) -> Callable[..., Any]:
        async def watched(*args: Any) -> None:
            self.look()
            with suppress(Exception):
                await app(*args)
            self.look()

        return watched

    def look(self) -> None:
        """Record this moment, unless it looks like an earlier one."""
        state = Path(os.environ["XDG_STATE_HOME"])
        written = {
            str(path): path.read_bytes()
            for path in state.rglob("*.json")
            if path.name != "state.json"
        }
        tokens = tokens_of(self.sandbox.world, self.kind)
        here = (written, {uid: token.name for uid, token in tokens.items()})
        if written and here not in self.states:
            self.states.append(here)
            copied = self.folder / str(len(self.states))
            shutil.copytree(state, copied)
            self.seen.append((copy.deepcopy(self.sandbox.world), copied))


async def show(table: Table, uid: str, kind: str) -> None:
    screen = table.app.screen
    assert isinstance(screen, TokensScreen)
    screen.show_token(uid)
    await table.until("EXPIRES" if kind == "management" else "PRV")


async def through(table: Table, name: str) -> None:
    """Press Enter for each step until the rotation is done."""
    screen = table.app.screen
    assert isinstance(screen, RotationScreen)
    for _ in range(20):
        if not isinstance(table.app.screen, RotationScreen):
            return
        now = screen.progress
        before = (now.step, now.value_lost)
        await table.press("c" if now.step.value == "Export it" else "enter")
        if isinstance(table.app.screen, DeleteScreen):
            await table.type(
                now.replacement.name if now.value_lost and now.replacement else name
            )
            await table.press("enter")
        await table.until(
            lambda before=before: (  # type: ignore[misc]
                not isinstance(table.app.screen, RotationScreen | DeleteScreen)
                or (
                    table.app.screen is screen
                    and not screen.asking
                    and (screen.progress.step, screen.progress.value_lost) != before
                )
            )
        )
    raise AssertionError(f"It is not done: {table.text}")


@pytest.mark.parametrize("kind", NAMES)
async def test_the_next_start_goes_on_wherever_it_was_cut(
    kind: str, few: Few, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox, name = Sandbox.demo(now=clock), NAMES[kind]
    cuts = Cuts(sandbox, tmp_path, kind)
    old = next(t.uid for t in tokens_of(sandbox.world, kind).values() if t.name == name)
    count = len(tokens_of(sandbox.world, kind))
    async with running(connect=cuts.way, memory=Memory(os.environ)) as table:
        await show(table, old, kind)
        await table.press("R")
        await table.until("1 Create the replacement")
        await through(table, name)
    assert len(cuts.seen) >= 5
    for number, (world, state) in few(enumerate(cuts.seen), 4):
        rows = [
            uid for uid, t in tokens_of(world, kind).items() if t.name.startswith(name)
        ]
        # Each row that may be pressed on leads to the one rotation.
        for row in rows:
            home = tmp_path / f"run-{number}-{row}"
            shutil.copytree(state, home)
            monkeypatch.setenv("XDG_STATE_HOME", str(home))
            cut = Cut(copy.deepcopy(world), kind, old, count)
            await cut.goes_on_from(row, to_the_end=row == rows[-1])


@dataclass
class Cut:
    """The state in which a process died, and what the rotation was of."""

    world: World
    kind: str
    old: str
    count: int

    async def goes_on_from(self, row: str, *, to_the_end: bool) -> None:
        """Start again, and continue the rotation from this row."""
        stack, sandbox = first_stack(self.world).uid, Sandbox(self.world, [], None)
        if not RotationStore(os.environ).unfinished(stack):
            return
        async with running(
            sandbox=sandbox, memory=Memory(os.environ), wait=""
        ) as table:
            await table.until(lambda: table.app.workspace.snapshot.read_at is not None)
            await table.until(lambda: isinstance(table.app.screen, TokensScreen))
            await show(table, row, self.kind)
            await table.press("R")
            await table.until("Rotate ")
            screen, name = table.app.screen, NAMES[self.kind]
            assert isinstance(screen, RotationScreen)
            assert screen._rotation.old_uid == self.old
            if to_the_end:
                await through(table, name)
                names = [t.name for t in tokens_of(self.world, self.kind).values()]
                assert (names.count(name), len(names)) == (1, self.count)
                assert self.old not in tokens_of(self.world, self.kind)
                assert RotationStore(os.environ).unfinished(stack) == ()
