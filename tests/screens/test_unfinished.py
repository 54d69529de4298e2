"""An unexpected end at every place, and what the next start says about it."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.screens.session import Table, running
from tests.support.clock import clock
from tests.test_accessible import EACH
from tools.pictures import Picture
from tools.stage import TARGETS, filled_in, staged
from tui.commands import Place
from tui.config.settings import Settings
from tui.sandbox.organization import StackRecord
from tui.sandbox.service import Sandbox
from tui.screens.base import TokendeckScreen
from tui.screens.tokens import TokensScreen
from tui.state.memory import Memory
from tui.state.rotations import Rotation, RotationStore
from tui.widgets.status_line import StatusLine


def memory() -> Memory:
    return Memory(os.environ)


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def held(sandbox: Sandbox) -> StackRecord:
    return next(iter(sandbox.world.stacks.values()))


def on_disk() -> bytes:
    folder = Path(os.environ["XDG_STATE_HOME"])
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def rotating(sandbox: Sandbox, uid: str) -> None:
    token = held(sandbox).delivery_tokens[uid]
    RotationStore(os.environ).keep(
        Rotation(
            stack=held(sandbox).uid,
            kind="delivery",
            old_uid=uid,
            old_name=token.name,
            replacement_name=f"{token.name}-next",
        )
    )


async def end_at(table: Table, place: Place, way: Picture) -> None:
    for step in way.way:
        await table.press(*step.keys)
        if step.pasted:
            await table.type(filled_in(step.pasted))
        # The picture of the doctor is made where something is 1 warning.
        await table.until(step.shows if place is not Place.DOCTOR else "Terminal")
    screen = table.app.screen
    assert isinstance(screen, TokendeckScreen)
    assert place is screen.PLACE
    table.app.keep_unfinished()
    table.app.exit(return_code=129)


@pytest.mark.short(2)
@pytest.mark.parametrize(
    ("place", "way"), EACH, ids=lambda each: getattr(each, "name", "")
)
async def test_an_end_at_any_place_leaves_no_secret_on_disk(
    place: Place, way: Picture
) -> None:
    sandbox = Sandbox.demo(now=clock)
    settings = Settings(targets=TARGETS if way.has_targets else {})
    with staged(has_project=way.has_project):
        async with running(
            sandbox=sandbox,
            memory=memory(),
            settings=settings,
            size=(way.columns, way.lines),
        ) as table:
            await end_at(table, place, way)
    stack, written = held(sandbox), on_disk()
    tokens = [*stack.delivery_tokens.values(), *stack.management_tokens.values()]
    secrets = {
        value for token in tokens for value in (token.value, token.preview) if value
    }
    assert len(secrets) > len(tokens)
    assert not [secret for secret in secrets if str(secret).encode() in written]
    assert (b'"after"' in written) == (place is Place.WIZARD)


async def test_the_next_start_goes_on_with_a_form_and_then_forgets_it() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox, memory=memory()) as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press(*"kiosk", "enter")
        await table.until("Branches 3")
        await table.press("space")
        plan = table.app.workspace.forms["delivery"].plan
        table.app.keep_unfinished()
    words = "Unfinished: a new delivery token kiosk (n on the delivery tab)."
    async with running(sandbox=sandbox, memory=memory(), wait="Unfinished") as table:
        assert status(table) == words
        assert table.app.workspace.forms["delivery"].plan == plan
        await table.press("n")
        await table.until("This is what you typed before")
        await table.press("alt+r", "escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
    async with running(sandbox=sandbox, memory=memory()) as table:
        assert "Unfinished" not in status(table)
        assert b"kiosk" not in on_disk()


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "name", "last"),
    [
        ("delivery", "web-production", "c copies it"),
        ("management", "ci-deploy", "its value won't be shown again"),
    ],
)
async def test_of_a_new_token_whose_name_is_there_it_is_said_that_it_may_be_made(
    kind: str, name: str, last: str
) -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox, memory=memory()) as table:
        form = table.app.workspace.forms[kind]
        form.plan = replace(form.plan, name=name)
        table.app.keep_unfinished()
    async with running(sandbox=sandbox, memory=memory(), wait="Unfinished") as table:
        assert status(table) == (
            f"Unfinished: a new {kind} token {name}, which exists now. It may have been"
            f" created as that run ended ({last})."
        )
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        token = screen.token
        assert token is not None
        assert token.name == name


@pytest.mark.long
async def test_quitting_by_a_yes_forgets_and_the_demo_writes_nothing() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox, memory=memory()) as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press(*"kiosk", "escape")
        await table.until("Kept what you typed. Press n")
        assert b"kiosk" in on_disk()
        await table.press("q")
        await table.until("Quit?")
        await table.press("y")
        await table.until(lambda: table.app._exit)
        assert b"kiosk" not in on_disk()
    written = on_disk()
    async with running(sandbox=sandbox) as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press(*"demo")
        table.app.keep_unfinished()
        assert on_disk() == written


async def test_all_that_is_unfinished_is_said_at_once() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox, memory=memory()) as table:
        workspace = table.app.workspace
        snapshot = workspace.snapshot
        edited, other, rotated = snapshot.delivery.items[:3]
        for token in (edited, other):
            edit = workspace.forms.edit_of(token)
            edit.plan = replace(edit.plan, description="changed")
        workspace.forms["management"].plan = replace(
            workspace.forms["management"].plan, description="no name yet"
        )
        table.app.keep_unfinished()
        uncollected = snapshot.management.items[0]
    rotating(sandbox, rotated.uid)
    memory().remember_uncollected(uncollected.uid, uncollected.name, held(sandbox).uid)
    async with running(sandbox=sandbox, memory=memory(), wait="Unfinished") as table:
        assert status(table) == (
            "Unfinished: a new management token (n on the management tab), changes to"
            f" {edited.name} (e continues), changes to {other.name} (e continues), 1"
            " more. You never copied the"
            f" value of {uncollected.name}, and Contentstack won't show it again."
            " Rotate it (R) or delete it (d)."
        )
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        assert screen.token == uncollected


@pytest.mark.long
async def test_of_what_is_gone_or_done_elsewhere_nothing_is_said() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox, memory=memory()) as table:
        token, rotated = table.app.workspace.snapshot.delivery.items[:2]
        edit = table.app.workspace.forms.edit_of(token)
        edit.plan = replace(edit.plan, description="changed")
        table.app.keep_unfinished()
    rotating(sandbox, token.uid)
    rotating(sandbox, rotated.uid)
    del held(sandbox).delivery_tokens[token.uid]
    with RotationStore(os.environ).alone(rotated.uid):
        async with running(sandbox=sandbox, memory=memory()) as table:
            assert "Unfinished" not in status(table)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Every file can be made, and nothing be written to it."""

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    return monkeypatch


CURE = "No space left on device. XDG_STATE_HOME can name another folder."


@pytest.mark.long
@pytest.mark.usefixtures("full_disk")
async def test_a_full_disk_is_said_once_and_at_the_start() -> None:
    async with running(memory=memory(), wait="survive") as table:
        assert status(table).startswith(
            "Unfinished work won't survive a dropped connection: "
        )
        assert status(table).endswith(CURE)
        await table.press("n")
        await table.until("Name (required")
        await table.press(*"kiosk", "escape")
        await table.until("Kept what you typed. Press n")
        assert CURE not in status(table)


@pytest.mark.long
async def test_a_disk_that_fills_up_meanwhile_is_said_with_the_first_form_it_could_not_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(memory=memory()) as table:
        (tmp_path / "file").touch()
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
        for key in ("n", "e"):
            await table.press(key)
            await table.until("Name (required")
            await table.press("x", "escape")
            await table.until("Kept ")
            assert ("won't survive a dropped connection" in status(table)) == (
                key == "n"
            )


@pytest.mark.long
async def test_nothing_is_made_of_a_rotation_that_could_not_be_written_down(
    request: pytest.FixtureRequest,
) -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox, memory=memory()) as table:
        before = len(held(sandbox).delivery_tokens)
        disk = request.getfixturevalue("full_disk")
        await table.press("R")
        await table.until("1 Create the replacement")
        await table.press("enter")
        await table.until(lambda: "Tokendeck can't save its progress" in status(table))
        assert status(table).endswith(CURE)
        assert len(held(sandbox).delivery_tokens) == before
        disk.undo()
        await table.press("enter")
        await table.until("[x] 1")
        request.getfixturevalue("monkeypatch").setattr(os, "replace", os.link)
        await table.press("space")
        await table.until(lambda: "can't save this rotation" in status(table))
        assert "[x] 2" in table.text
