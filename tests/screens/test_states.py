"""What the screen says if there's nothing to show, and the key that it names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.screens.session import Table, running
from tests.support.clock import clock
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.contentstack.credentials import Credential
from tui.sandbox.seed import Seed, SeedStack, SeedUser
from tui.sandbox.service import Sandbox
from tui.screens.tokens import TokensScreen
from tui.secret import Secret
from tui.widgets.status_line import StatusLine
from tui.widgets.text_field import TextField

USERS = [SeedUser(email="ana@example.com", roles={"*": "Admin"})]


def sandbox_of(*stacks: SeedStack) -> Sandbox:
    return Sandbox.from_seed(Seed(users=USERS, stacks=list(stacks)), clock)


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


async def test_an_empty_stack_names_the_key_that_makes_the_first_token() -> None:
    stack = SeedStack(name="New", branches=["main"], environments=["production"])
    async with running(sandbox=sandbox_of(stack)) as table:
        await table.until("no delivery tokens. n creates the first")
        await table.press("o")
        await table.until("has no management token")


@pytest.mark.long
async def test_a_stack_without_environments_says_where_to_make_one() -> None:
    async with running(
        sandbox=sandbox_of(SeedStack(name="New", branches=["main"]))
    ) as table:
        await table.press("n")
        assert "no environment" in status(table)
        assert isinstance(table.app.screen, TokensScreen)


@pytest.mark.parametrize(
    ("change", "words", "key"),
    [
        (
            lambda way: _with(way, stack="blt" + "0" * 16),
            "API key or the region",
            "r to retry, or q to quit.",
        ),
        (
            lambda way: _with(way, offline=True),
            "No connection",
            "Press r to retry",
        ),
    ],
    ids=["wrong key", "no network"],
)
async def test_what_cannot_be_reached_is_said_with_the_next_key(
    change: Callable[[Connection], Connection], words: str, key: str
) -> None:
    connection = change(connection_to(Sandbox.demo(now=clock)))
    async with running(connect=lambda: connection, wait="r to retry") as table:
        await table.until(
            lambda: all(said in " ".join(table.text.split()) for said in (words, key))
        )


@pytest.mark.long
async def test_without_a_network_the_status_line_says_so_to_the_end() -> None:
    way = _with(connection_to(Sandbox.demo(now=clock)), offline=True)
    async with running(connect=lambda: way, wait="r to retry") as table:
        for _ in range(2):
            await table.until(lambda: status(table).endswith("Press r to retry."))
            assert "No connection" in status(table)
            await table.press("r")


async def test_two_stacks_of_one_name_are_listed_with_their_uids() -> None:
    pair = [
        SeedStack(name="Shop", environments=["a"]),
        SeedStack(name="Shop", environments=["b"]),
    ]
    async with running(
        sandbox=sandbox_of(*pair), stack="Shop", wait="ORGANIZATION"
    ) as table:
        await table.until(lambda: "2 stacks are called Shop" in status(table))
        for stack in table.sandbox.world.stacks.values():
            assert stack.uid in status(table)


async def test_a_failed_refresh_keeps_what_was_read() -> None:
    async with running() as table:
        table.sandbox.fail("500", path="*", times=None)
        await table.press("r")
        await table.until(
            lambda: (
                "Contentstack failed" in status(table)
                and "read 09:30:00" in status(table)
            )
        )
        assert "partner-feed" in table.text


@pytest.mark.long
async def test_signing_in_anew_goes_on_where_it_was() -> None:
    box = Sandbox.demo(now=clock)
    good = connection_to(box)
    bad = _with(good, authtoken="blt" + "0" * 16)
    async with running(connect=lambda: bad, wait="E-mail and password") as table:
        await table.until(lambda: "authtoken is not valid" in status(table))
        field = table.app.screen.query_one("#authtoken", TextField)
        field.focus()
        await table.until(lambda: field.has_focus)
        await table.type("two words")
        await table.press("enter")
        await table.until(lambda: "Contentstack never uses" in status(table))
        field.value = ""
        await table.type(_value_of(good).reveal())
        assert _value_of(good).reveal() not in table.text
        await table.press("enter")
        await table.until("Delivery 12")


async def test_a_long_wait_is_said_and_escape_ends_it() -> None:
    async with running() as table:
        table.sandbox.fail("429;retry-after=30", path="*delivery_tokens", times=None)
        await table.press("r")
        await table.until("asks Tokendeck to wait 30 s. Esc stops waiting")
        await table.press("escape")
        await table.until("You stopped reading")
        assert "partner-feed" in table.text


@pytest.mark.long
async def test_a_wait_while_generating_is_ended_by_escape_and_the_form_stays() -> None:
    async with running() as table:
        await table.fill_wizard()
        table.sandbox.fail(
            "429;retry-after=30", method="POST", path="*delivery_tokens*", times=None
        )
        await table.press("enter")
        await table.until("asks Tokendeck to wait 30 s")
        await table.press("escape")
        await table.until("You stopped waiting")
        assert table.app.workspace.forms["delivery"].plan.name == "kiosk"


async def test_the_frame_stands_before_the_network_answers() -> None:
    box = Sandbox.demo(now=clock)
    box.fail("delay=0.5", path="*", times=None)
    async with running(sandbox=box, wait="") as table:
        await table.until("Delivery")
        assert "Management" in table.text
        assert "n new" in table.text
        await table.until("Reading")


def _value_of(way: Connection) -> Secret:
    assert way.credential is not None
    return way.credential.secret


def _with(
    way: Connection,
    *,
    stack: str | None = None,
    authtoken: str | None = None,
    offline: bool = False,
) -> Connection:
    secret = Secret(authtoken) if authtoken else _value_of(way)
    return Connection(
        region=way.region,
        credential=Credential("authtoken", secret),
        stack=stack or way.stack,
        apps=None if offline else way.apps,
        demo=True,
    )
