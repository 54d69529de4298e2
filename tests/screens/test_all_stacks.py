"""The tokens of all stacks in one table, and commands in the stack of a row."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.screens.session import Table, running
from tests.support.clock import clock
from tui.config.schema import Target
from tui.config.settings import Settings
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.contentstack.transport import ASGIApp
from tui.sandbox.service import Sandbox
from tui.screens.all_health import AllHealthScreen
from tui.screens.all_stacks import AllStacksScreen
from tui.screens.session import Session
from tui.screens.stack_sessions import StackSessions
from tui.screens.tokens import TokensScreen
from tui.widgets.facts_card import FactsCard
from tui.widgets.token_table import TokenTable

LISTS = ("/delivery_tokens", "/management_tokens")


@dataclass
class Gate:
    """A sandbox's management API, which can hold back some lists of tokens."""

    sandbox: Sandbox
    waits_for: set[str] = field(default_factory=set)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        api_key = headers.get("api_key", "")
        if scope["path"].endswith(LISTS):
            self.asked.append((api_key, scope["path"].rsplit("/", 1)[1]))
            if api_key in self.waits_for:
                await self.opened.wait()
        await self.sandbox.management(scope, receive, send)

    def connect(self, role: str | None = None) -> Connection:
        connection = connection_to(self.sandbox, role=role)
        assert connection.apps
        apps: dict[str, ASGIApp] = {**connection.apps}
        apps[connection.region.cma] = self
        return replace(connection, apps=apps)

    def key_of(self, name: str) -> str:
        (stack,) = [each for each in self.sandbox.stacks if each.name == name]
        return str(stack.api_key)


@asynccontextmanager
async def all_stacks(
    *, waits_for: str = "", role: str | None = None, **options: Any
) -> AsyncIterator[tuple[Table, Gate]]:
    """Yield the table of all stacks, read except for the lists held back."""
    gate = Gate(Sandbox.demo(now=clock))
    async with running(
        sandbox=gate.sandbox, connect=lambda: gate.connect(role), **options
    ) as table:
        gate.asked.clear()
        if waits_for:
            gate.waits_for.add(gate.key_of(waits_for))
        await table.press("a")
        await table.until(lambda: isinstance(table.app.screen, AllStacksScreen))
        if not waits_for:
            await read(table)
        await table.press("o")
        yield table, gate


async def read(table: Table) -> None:
    """Wait until everything is read."""
    await table.until(lambda: not screen(table).known.is_reading)
    await table.until("2 of 2 stacks ·")
    await table.until(lambda: "stops" not in table.said)


def screen(table: Table) -> AllStacksScreen:
    front = table.app.screen
    assert isinstance(front, AllStacksScreen)
    return front


def rows(table: Table) -> list[tuple[str, str]]:
    """Return the stack and the name of each row shown."""
    its = screen(table)
    shown = [its._rows_by_key[key] for key in its.table.shown_keys]
    return [(row.place.stack_name, row.name or row.reason) for row in shown]


async def go_to(table: Table, name: str) -> None:
    """Put the cursor on a token."""
    its = screen(table)
    (key,) = [key for key, row in its._rows_by_key.items() if row.name == name]
    its.table.move_to(key)
    await table.pilot.pause()


async def test_one_table_has_the_tokens_of_every_stack() -> None:
    async with all_stacks() as (table, gate):
        assert "STACK" in table.text
        assert "REGION" not in table.text
        delivery = rows(table)
        assert {stack for stack, _ in delivery} == {"Storefront", "Press"}
        await table.press("o")
        management = rows(table)
        assert ("Press", "media-import") in management
        tokens = sum(
            len(stack.delivery_tokens) + len(stack.management_tokens)
            for stack in gate.sandbox.stacks
        )
        assert len(delivery) + len(management) == tokens
        # Two reads per stack, and nothing else.
        assert len(gate.asked) == 4
        assert "2 of 2 stacks · 5 rows" in table.said
        card = table.app.screen.query_one(FactsCard)
        assert "· Acme · demo · read 09:30:00 UTC" in table.text
        assert card.display


async def test_a_stack_that_refuses_is_a_row_with_its_reason() -> None:
    async with all_stacks(role="Developer") as (table, _gate):
        assert ("Storefront", "web-production") in rows(table)
        await table.press("o")
        reasons = [name for _, name in rows(table)]
        assert "management: Owners and Admins only" in reasons
        assert "not readable" in table.said
        await table.press("d")
        assert "no token" in table.said
        await table.press("space")
        assert not screen(table).table.marked


async def test_enter_opens_the_stack_of_the_row_on_its_token() -> None:
    async with all_stacks() as (table, _gate):
        await go_to(table, "press-site")
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        await table.until("press-staging")
        tokens = table.app.screen
        assert isinstance(tokens, TokensScreen)
        await table.until(lambda: tokens.token is not None)
        assert tokens.token is not None
        assert tokens.token.name == "press-site"
        assert table.app.workspace.snapshot.stack is not None
        assert table.app.workspace.snapshot.stack.name == "Press"
        # The table is as it was before.
        await table.press("a")
        await table.until("2 of 2 stacks")
        await table.until(lambda: screen(table).token is not None)
        token = screen(table).token
        assert token is not None
        assert token.name == "press-site"


async def test_delete_names_the_stack_and_deletes_in_it_alone() -> None:
    async with all_stacks() as (table, gate):
        await go_to(table, "press-site")
        await table.press("d")
        await table.until("Delete press-site of Press")
        assert "Press · demo" in table.text.splitlines()[0]
        await table.press(*"press-site", "enter")
        await table.until(lambda: isinstance(table.app.screen, AllStacksScreen))
        await table.until("Deleted press-site")
        storefront, press = gate.sandbox.stacks
        names = {each.name for each in press.delivery_tokens.values()}
        assert "press-site" not in names
        assert len(storefront.delivery_tokens) == 12
        await table.until(lambda: ("Press", "press-site") not in rows(table))


async def test_rotation_edit_verify_and_export_work_in_the_stack_of_the_row() -> None:
    async with all_stacks() as (table, gate):
        _storefront, press = gate.sandbox.stacks
        await go_to(table, "press-site")
        await table.press("R")
        await table.until("Rotate press-site of Press")
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, AllStacksScreen))
        await table.press("v")
        await table.until("2 of 2 calls work.")
        await table.press("escape")
        await table.press("x")
        await table.until("EXPORT AS")
        assert press.api_key in table.text
        await table.press("escape")
        await table.press("e")
        await table.until("Edit press-site")
        await table.press("tab", "end")
        await table.type(" The site of the press team.")
        await table.press("alt+w")
        await table.until("Changes to")
        await table.press("alt+w")
        await table.until("Saved")
        described = {
            each.name: each.description for each in press.delivery_tokens.values()
        }
        assert described["press-site"] == "The press room. The site of the press team."
        await table.until("The press room. The site of the press team.")


@pytest.mark.long
async def test_a_row_is_delivered_and_rotated_with_what_its_own_stack_is_used_with(
    tmp_path: Path,
) -> None:
    at = tmp_path / "{api_key}-{stack}-{environment}"
    store = ("sh", "-c", 'cat > "$0"', str(at))
    targets = {"web": Target(put=store, get=("cat", str(at)), form=".env")}
    async with all_stacks(settings=Settings(targets=targets)) as (table, gate):
        await go_to(table, "press-site")
        await table.press("t")
        await table.until("Deliver press-site of Press")
        await table.press("enter")
        await table.until("Delivered to web and read back.")
        key = gate.key_of("Press")
        file = tmp_path / f"{key}-Press-production"
        first = file.read_text()
        assert key in first
        await table.press("b")
        await table.until("2 of 2 stacks ·")
        await table.press("R")
        await table.until("deliver a replacement to web")
        await table.press("enter")
        await table.until("[x] 3 Deliver it")
        assert file.read_text() != first
        press = gate.sandbox.stacks[1].delivery_tokens.values()
        (new,) = [token for token in press if token.name == "press-site-next"]
        assert new.value in file.read_text()


@pytest.mark.long
async def test_a_command_of_a_screen_that_a_row_opened_goes_by_its_own_cursor() -> None:
    async with all_stacks() as (table, _gate):
        await go_to(table, "press-site")
        await table.press("h")
        await table.until("WARNING")
        health = table.app.screen
        assert isinstance(health, AllHealthScreen)
        moved: list[str] = []

        def note() -> None:
            """As what is put off is called, in the task of that screen."""
            assert health.place is not None
            stack = health.session.workspace.snapshot.stack
            moved.append(f"{health.place.stack_name} {stack.name if stack else ''}")

        for _ in range(health.query_one(TokenTable).total_count):
            health.call_later(note)
            await table.press("down")
        await table.until(
            lambda: len(moved) == health.query_one(TokenTable).total_count
        )
        assert "Storefront Storefront" in moved
        assert {*moved} <= {"Storefront Storefront", "Press Press"}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("v", "Verify press-site of Press"),
        ("x", "press-site of Press ·"),
        ("t", "Deliver press-site of Press"),
        ("e", "Edit press-site of Press"),
        ("R", "Rotate press-site of Press"),
        ("d", "Delete press-site of Press"),
    ],
)
async def test_a_screen_about_a_token_names_its_stack(key: str, words: str) -> None:
    async with all_stacks() as (table, _gate):
        await go_to(table, "press-site")
        await table.press(key)
        await table.until(words)


@pytest.mark.long
async def test_a_screen_about_a_token_that_was_identified_names_its_stack() -> None:
    async with all_stacks() as (table, gate):
        _storefront, press = gate.sandbox.stacks
        token = next(iter(press.delivery_tokens.values()))
        await table.press("escape", "I")
        await table.until("Whose is it?")
        await table.type(token.value)
        await table.press("enter")
        await table.until(f"This is the delivery token {token.name} of Press.")
        await table.press("v")
        await table.until(f"Verify {token.name} of Press")


@pytest.mark.long
async def test_what_expires_in_all_stacks_is_headed_by_the_dashboards_own() -> None:
    async with all_stacks() as (table, _gate):
        await go_to(table, "press-site")
        await table.press("E")
        await table.until("tokens expire")
        assert table.text.splitlines()[0].strip().startswith("Storefront")
        assert "Admin" in table.text.splitlines()[0]


@pytest.mark.long
async def test_screens_about_tokens_of_the_only_stack_do_not_name_it() -> None:
    async with running() as table:
        await table.press("v")
        await table.until("Verify partner-feed")
        assert "Verify partner-feed of" not in table.text


@pytest.mark.long
async def test_marks_in_several_stacks_are_not_deleted_or_exported_together() -> None:
    async with all_stacks() as (table, _gate):
        await table.press("A")
        for key in ("x", "v", "d", "y"):
            screen(table).say_for_now("")
            await table.press(key)
            assert "in 2 stacks" in table.said
            assert isinstance(table.app.screen, AllStacksScreen)
        await table.press("slash")
        await table.type("stack:press")
        await table.pilot.pause()
        await table.press("enter", "d")
        await table.until("Delete 3 tokens of Press")


async def test_r_reads_the_stacks_of_marked_rows_or_all() -> None:
    async with all_stacks() as (table, gate):
        await go_to(table, "press-site")
        await table.press("space")
        gate.asked.clear()
        await table.press("r")
        await table.until(lambda: len(gate.asked) == 2)
        await read(table)
        assert {key for key, _ in gate.asked} == {gate.key_of("Press")}
        await table.press("escape")
        gate.asked.clear()
        await table.press("r")
        await table.until(lambda: len(gate.asked) == 4)
        await read(table)


@pytest.mark.long
async def test_management_tokens_come_first_and_in_front() -> None:
    gate = Gate(Sandbox.demo(now=clock))
    async with running(sandbox=gate.sandbox, connect=gate.connect) as table:
        gate.asked.clear()
        await table.press("a")
        await read(table)
        assert [kind for _, kind in gate.asked[:2]] == ["management_tokens"] * 2
        assert screen(table).tab == "management"
        assert ("Press", "media-import") in rows(table)


@pytest.mark.long
async def test_rows_stand_still_under_the_cursor_while_others_come() -> None:
    async with all_stacks(waits_for="Storefront") as (table, gate):
        await table.until(lambda: ("Press", "press-site") in rows(table))
        assert "1 of 2 stacks" in table.said
        assert "Esc stops" in table.said
        await go_to(table, "press-staging")
        its = screen(table)
        line = its.table._cursor - its.table.top
        gate.opened.set()
        await read(table)
        assert len(rows(table)) == 15
        assert its.token is not None
        assert its.token.name == "press-staging"
        assert its.table._cursor - its.table.top == line


async def test_esc_stops_the_reading_and_keeps_what_is_there() -> None:
    async with all_stacks(waits_for="Storefront") as (table, gate):
        await table.until(lambda: ("Press", "press-site") in rows(table))
        await table.press("escape")
        await table.until("stopped")
        assert ("Press", "press-site") in rows(table)
        assert isinstance(table.app.screen, AllStacksScreen)
        gate.waits_for.clear()
        await table.press("r")
        await read(table)
        assert len(rows(table)) == 15
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))


async def test_health_over_all_stacks_runs_the_fix_in_the_stack_of_the_warning() -> (
    None
):
    async with all_stacks() as (table, gate):
        _storefront, press = gate.sandbox.stacks
        await table.press("h")
        await table.until("WARNING")
        assert "Storefront" in table.text
        await table.press("G")
        await table.until("press-staging · delivery")
        await table.press("enter")
        await table.until("Edit press-staging")
        assert press.name in table.text.splitlines()[0]


async def test_expiry_lists_by_day_and_goes_to_the_token() -> None:
    async with all_stacks() as (table, _gate):
        await table.press("E")
        await table.until("EXPIRES")
        lines = [line for line in table.text.splitlines() if "20" in line]
        assert "migration-2" in lines[0]
        await table.type("stack:press")
        await table.until("media-import")
        await table.until(lambda: "migration-2" not in table.text)
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, AllStacksScreen))
        token = screen(table).token
        assert token is not None
        assert (token.name, screen(table).tab) == ("media-import", "management")


@pytest.mark.long
async def test_a_view_is_chosen_in_the_palette() -> None:
    settings = Settings(
        views={"risky": "access:write expires:never OR expires:expired"}
    )
    async with all_stacks(settings=settings) as (table, _gate):
        await table.press("question_mark")
        await table.until("WHAT IT DOES")
        await table.type("risky")
        await table.until("View risky")
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, AllStacksScreen))
        await table.until(lambda: screen(table).tab == "management")
        assert ("Storefront", "migration-2") in rows(table)
        assert screen(table).field.value == settings.views["risky"]


async def test_several_profiles_are_one_table() -> None:
    one, other = Gate(Sandbox.demo(now=clock)), Gate(Sandbox.demo(now=clock))
    east = replace(other.connect().region, id="eu", name="EU", cma="https://eu.invalid")

    def connect_east() -> Connection:
        connection = other.connect()
        apps: dict[str, ASGIApp] = {**(connection.apps or {}), east.cma: other}
        return replace(connection, region=east, apps=apps)

    connects = {"one": one.connect, "east": connect_east}
    stacks: StackSessions[Session] = StackSessions(connects, "one")
    async with running(
        sandbox=one.sandbox, connect=one.connect, stacks=stacks, size=(160, 40)
    ) as table:
        await table.press("a")
        await table.until("4 of 4 stacks ·")
        await table.press("o")
        assert "REGION" in table.text
        assert "PROFILE" in table.text
        assert rows(table).count(("Press", "press-site")) == 2
        (key,) = [
            key
            for key, row in screen(table)._rows_by_key.items()
            if row.name == "press-site" and row.place.profile == "east"
        ]
        screen(table).table.move_to(key)
        await table.pilot.pause()
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        await table.until("Press · ")
        region = table.app.workspace.snapshot.region
        assert region is not None
        assert region.name == "EU"


@pytest.mark.long
async def test_copying_takes_what_the_row_shows_without_asking_its_stack() -> None:
    async with all_stacks() as (table, gate):
        gate.asked.clear()
        await go_to(table, "press-site")
        await table.press("c")
        await table.until("press-site")
        press = gate.sandbox.stacks[1]
        values = {each.name: each.value for each in press.delivery_tokens.values()}
        assert table.copied[-1] == values["press-site"]
        await table.press("y")
        await table.until("API key of Press")
        assert table.copied[-1] == press.api_key
        assert gate.asked == []


@pytest.mark.long
async def test_nothing_is_done_where_the_row_went_while_its_stack_was_read() -> None:
    async with all_stacks() as (table, gate):
        press = gate.sandbox.stacks[1]
        await go_to(table, "press-site")
        (uid,) = [
            uid
            for uid, each in press.delivery_tokens.items()
            if each.name == "press-site"
        ]
        del press.delivery_tokens[uid]
        await table.press("d")
        await table.until("Press has changed. Nothing was done.")
        assert isinstance(table.app.screen, AllStacksScreen)


@pytest.mark.long
@pytest.mark.parametrize("size", [(80, 24), (60, 15), (120, 36), (200, 50)])
async def test_it_fits_every_window(size: tuple[int, int]) -> None:
    async with all_stacks(size=size) as (table, _gate):
        assert "Storefront" in table.text
        assert "partner-feed" in table.text


@pytest.mark.long
async def test_a_question_names_the_stack_of_its_row() -> None:
    async with all_stacks() as (table, gate):
        press = gate.sandbox.stacks[1]
        await table.press("o")
        await go_to(table, "media-import")
        await table.press("R")
        await table.until("Rotate media-import of Press")
        await table.press("enter")
        await table.until("[x] 1")
        assert len(press.management_tokens) == 2
        await table.press("escape")
        await table.until("Leave without the value?")
        assert "In the stack Press:" in table.text


@pytest.mark.long
async def test_quitting_asks_about_what_was_typed_in_any_stack() -> None:
    async with all_stacks() as (table, _gate):
        await go_to(table, "press-site")
        await table.press("e")
        await table.until("Edit press-site")
        await table.type("-new")
        await table.press("escape")
        await table.until("Kept your changes to press-site")
        await table.press("q")
        await table.until("Quit?")
        await table.press("n")
        await table.until(lambda: isinstance(table.app.screen, AllStacksScreen))


@pytest.mark.long
async def test_what_was_changed_by_a_row_is_seen_in_the_dashboard_below() -> None:
    async with all_stacks() as (table, _gate):
        await go_to(table, "partner-feed")
        await table.press("d")
        await table.until("Delete partner-feed of Storefront")
        await table.press(*"partner-feed", "enter")
        await table.until("Deleted partner-feed")
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        await table.until("11 tokens")
        assert "partner-feed" not in table.text.partition("──")[0]


@pytest.mark.long
async def test_leaving_and_quitting_while_it_is_read_leaves_nothing_behind() -> None:
    async with all_stacks(waits_for="Storefront") as (table, _gate):
        await table.until(lambda: ("Press", "press-site") in rows(table))
        await go_to(table, "press-site")
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        await table.press("q")
        await table.until(lambda: table.app._exit)


async def test_the_plain_screen_begins_each_row_with_its_name() -> None:
    async with all_stacks(settings=Settings(plain_screen=True)) as (table, _gate):
        assert "press-site, in Press" in table.text


@pytest.mark.long
async def test_esc_ends_the_reading_before_a_command_and_nothing_is_done() -> None:
    async with all_stacks() as (table, gate):
        await go_to(table, "press-site")
        gate.waits_for.add(gate.key_of("Press"))
        await table.press("d")
        await table.until("Reading Press …")
        await table.press("escape")
        await table.until("Stopped.")
        gate.waits_for.clear()
        await table.press("d")
        await table.until("Delete press-site of Press")


@pytest.mark.long
async def test_what_a_command_said_outlasts_the_news_of_a_reading() -> None:
    async with all_stacks(waits_for="Press") as (table, gate):
        await table.press("c")
        refusal = table.said
        assert "stacks" not in refusal
        gate.opened.set()
        await table.until(lambda: not screen(table).known.is_reading)
        await table.until(lambda: screen(table)._drawing is None)
        assert table.said == refusal
        await table.press("s")
        await table.until("2 of 2 stacks ·")


@pytest.mark.long
async def test_a_row_of_no_stack_takes_no_command_of_a_stack() -> None:
    sandbox = Sandbox.demo(now=clock)
    gate = Gate(sandbox)
    async with running(sandbox=sandbox, connect=gate.connect) as table:
        sandbox.fail("403", path="/v3/organizations/*", times=None)
        sandbox.fail("403", path="/v3/stacks", times=None)
        await table.press("a")
        await table.until(lambda: isinstance(table.app.screen, AllStacksScreen))
        await table.until("not readable:")
        await table.press("enter")
        assert "belongs to no stack" in table.said
        await table.press("y")
        assert table.copied == []
        await table.press("d")
        assert "no token" in table.said
