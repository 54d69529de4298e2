"""The ways in that need more than a form.

A saved credential, csdx's session, another region, many stacks.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.served import Served, serving
from tests.screens.session import Table, running
from tests.support.clock import clock
from tui.account.account import Connect
from tui.account.credential_reading import CredentialAbsent
from tui.account.credential_store import kept, name_of
from tui.account.csdx import session_to_offer
from tui.connection.connection import Connection, ConnectionMissing
from tui.connection.demo import connection_to
from tui.contentstack.credentials import parse_credential
from tui.contentstack.regions import REGIONS, Region, custom_region
from tui.sandbox.seed import Seed, SeedOrganization, SeedStack, SeedUser
from tui.sandbox.service import Sandbox
from tui.screens import regions
from tui.screens import sign_in as sign_in_module
from tui.screens.confirm import Confirm
from tui.screens.regions import RegionsScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.stacks import StacksScreen
from tui.screens.tokens import TokensScreen
from tui.state.memory import Memory, read_state
from tui.widgets.status_line import StatusLine

ELSEWHERE = "blt" + "e" * 16


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as running_one:
        yield running_one


@pytest.fixture
def memory() -> Memory:
    return Memory(os.environ)


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def region_of(served: Served, region_id: str = "custom") -> Region:
    region = custom_region(cma=served.info["cma"], cda=served.info["cda"])
    return replace(region, id=region_id, name=region_id)


def nobody(region: Region, stack: str | None = "Storefront") -> Connect:
    return lambda: Connection(region, None, stack)


async def sign_in(table: Table, email: str, password: str) -> None:
    await table.until("E-mail and password")
    screen = table.app.screen
    assert isinstance(screen, SignInScreen)
    screen.field("email").value, screen.field("password").value = email, password
    await table.press("enter")


async def paste(table: Table, text: str) -> None:
    screen = table.app.screen
    assert isinstance(screen, SignInScreen)
    screen.field("authtoken").value = text
    await table.press("enter")


def csdx_store(served: Served, **changes: object) -> None:
    region = {
        "name": "here",
        "cma": served.info["cma"],
        "cda": served.info["cda"],
        "uiHost": "",
    }
    user = served.user()
    basic = {
        "authorisationType": "BASIC",
        "authtoken": user["authtoken"],
        "email": user["email"],
    }
    folder = (
        Path(os.environ["XDG_CONFIG_HOME"]) / "@contentstack" / "cli-utilities-nodejs"
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contentstack_cli.json").write_text(
        json.dumps({**basic, "region": region, **changes})
    )


async def test_a_login_is_kept_after_a_yes(served: Served, memory: Memory) -> None:
    region = region_of(served)
    user = served.user()
    async with running(connect=nobody(region), wait="", memory=memory) as table:
        await sign_in(table, user["email"], user["password"])
        await table.until(lambda: isinstance(table.app.screen, Confirm))
        await table.press("y")
        await table.until("Delivery 12")
        await table.until(
            lambda: not any(worker.is_running for worker in table.app.workers)
        )
    login = kept("file", os.environ, name_of(region, None))
    assert login.secret.reveal().startswith("blt")


@pytest.mark.long
async def test_the_program_may_end_while_it_asks_whether_to_keep_a_login(
    served: Served, memory: Memory
) -> None:
    user = served.user()
    async with running(
        connect=nobody(region_of(served)), wait="", memory=memory
    ) as table:
        await sign_in(table, user["email"], user["password"])
        await table.until(lambda: isinstance(table.app.screen, Confirm))
        table.app.exit()
    assert table.app._exception is None


@pytest.mark.long
async def test_a_login_is_not_kept_after_a_no(served: Served, memory: Memory) -> None:
    user = served.user()
    async with running(
        connect=nobody(region_of(served)), wait="", memory=memory
    ) as table:
        await sign_in(table, user["email"], user["password"])
        await table.until(lambda: isinstance(table.app.screen, Confirm))
        await table.press("n")
        await table.until("Delivery 12")
    with pytest.raises(CredentialAbsent):
        kept("file", os.environ, name_of(region_of(served), None))


async def test_the_session_of_csdx_is_used_after_a_yes(
    served: Served, memory: Memory
) -> None:
    csdx_store(served)
    async with running(connect=nobody(REGIONS[0]), wait="", memory=memory) as table:
        await table.until(
            "csdx is signed in to here: an authtoken session of ana@example.com."
        )
        await table.press("y")
        await table.until("Delivery 12")
        assert read_state(os.environ).use_csdx is True
        # It's the one in use, so nobody is asked about it again.
        await table.press("L")
        await table.until("E-mail and password")
        await table.pilot.pause()
        assert isinstance(table.app.screen, SignInScreen)


async def test_whoever_types_already_is_asked_nothing(
    served: Served, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    csdx_store(served)
    found = threading.Event()

    def slow(environ: Mapping[str, str], current: Any) -> Any:
        session = session_to_offer(environ, current)
        assert found.wait(10)
        return session

    monkeypatch.setattr(sign_in_module, "session_to_offer", slow)
    async with running(
        connect=nobody(REGIONS[0]), wait="E-mail and password", memory=memory
    ) as table:
        await table.press("y")
        found.set()
        await table.until(
            lambda: not any(worker.is_running for worker in table.app.workers)
        )
        screen = table.app.screen
        assert isinstance(screen, SignInScreen)
        assert screen.field("email").value == "y"


async def test_after_a_no_nobody_asks_about_csdx_again(
    served: Served, memory: Memory
) -> None:
    csdx_store(served)
    async with running(
        connect=nobody(region_of(served)), wait="", memory=memory
    ) as table:
        await table.until("csdx is signed in to here")
        await table.press("n")
        await table.until("E-mail and password")
    assert read_state(os.environ).use_csdx is False


@pytest.mark.long
async def test_a_session_of_csdx_that_is_over_says_what_to_type(
    served: Served, memory: Memory
) -> None:
    csdx_store(
        served,
        authorisationType="OAUTH",
        oauthAccessToken="fake" + "0" * 20,
        oauthDateTime="2020-01-01T00:00:00Z",
    )
    memory.answer_about_csdx(True)
    async with running(
        connect=nobody(region_of(served)), wait="", memory=memory
    ) as table:
        await table.until(lambda: "csdx auth:login --oauth" in status(table))


async def test_a_stack_that_another_region_knows_is_found_there(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = tmp_path / "seed.toml"
    seed.write_text(
        f'[[stacks]]\nname = "Elsewhere"\napi_key = "{ELSEWHERE}"\nenvironments = ["live"]\n'
    )
    with serving("--seed", str(seed)) as other:
        here, there = region_of(served, "here"), region_of(other, "there")
        monkeypatch.setattr(regions, "REGIONS", (here, there))
        login = parse_credential(served.user()["authtoken"])
        async with running(
            connect=lambda: Connection(here, login, ELSEWHERE), wait=""
        ) as table:
            await table.until("there knows the stack. Press Enter to go there")
            assert isinstance(table.app.screen, RegionsScreen)
            await table.press("enter")
            await table.until("E-mail and password")
            # The credential was the other region's, and wasn't carried over.
            assert (await table.app.workspace.account.connection()).credential is None
            owner = other.info["users"][0]
            await sign_in(table, owner["email"], owner["password"])
            await table.until("Elsewhere · there")


async def test_where_no_region_knows_the_stack_it_is_chosen_by_hand(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, replacement = region_of(served, "here"), region_of(served, "twin")
    monkeypatch.setattr(regions, "REGIONS", (here, replacement))
    login = parse_credential(served.user()["authtoken"])
    async with running(
        connect=lambda: Connection(here, login, ELSEWHERE), wait=""
    ) as table:
        await table.until(lambda: "don't show where the stack is" in status(table))
        await table.press("escape")
        await table.until("W to find the region of the stack")


async def test_the_demo_asks_no_region() -> None:
    async with running() as table:
        await table.press("W")
        await table.until("The demo isn't in a region")


@pytest.mark.long
async def test_the_list_of_stacks_leads_to_the_login_that_it_lacks() -> None:
    sandbox = Sandbox.demo(now=clock)
    connection = replace(connection_to(sandbox), credential=None)
    async with running(connect=lambda: connection, wait="E-mail and password") as table:
        await table.press("escape", "w")
        await table.until("You aren't signed in. Press alt+s to sign in.")
        await table.press("L")
        assert isinstance(table.app.screen, StacksScreen)
        assert table.app.screen.table.filter_text == "L"
        await table.press("backspace", "alt+s")
        await table.until("E-mail and password")
        await paste(table, sandbox.user("Admin").authtoken)
        await table.until("2 stacks")


@pytest.mark.long
@pytest.mark.parametrize("key", ["w", "W", "L"])
async def test_a_named_place_without_a_credential_stops_nothing_else(key: str) -> None:
    def refuse() -> Connection:
        raise ConnectionMissing("auth_command pass failed with exit code 1.")

    async with running(
        connect=refuse, wait="auth_command pass failed", memory=Memory(os.environ)
    ) as table:
        await table.press(key)
        await table.until(lambda: "auth_command pass failed" in status(table))
        await table.press("enter")
        await table.until("auth_command pass failed")


async def test_a_name_that_no_stack_has_brings_the_list_with_the_reason() -> None:
    async with running(stack="Storefrnt", wait="") as table:
        await table.until("No stack is called Storefrnt")
        assert isinstance(table.app.screen, StacksScreen)
        await table.until("2 stacks")


async def test_a_management_token_is_refused_with_the_reason() -> None:
    sandbox = Sandbox.demo(now=clock)
    token = "cs" + "0" * 30
    connection = replace(connection_to(sandbox), credential=None)
    async with running(connect=lambda: connection, wait="E-mail and password") as table:
        await paste(table, token)
        await table.until(lambda: "can't manage tokens" in status(table))
        assert token not in status(table)
        screen = table.app.screen
        assert isinstance(screen, SignInScreen)
        assert screen.field("authtoken").value == ""


async def test_a_pasted_authtoken_is_taken_out_of_its_dress_and_that_is_said() -> None:
    sandbox = Sandbox.demo(now=clock)
    connection = replace(connection_to(sandbox), credential=None)
    authtoken = sandbox.user("Admin").authtoken
    async with running(connect=lambda: connection, wait="E-mail and password") as table:
        await paste(table, f"export CONTENTSTACK_AUTHTOKEN='{authtoken}'")
        await table.until("Delivery 12")
        said = "Removed quotes and a name from around the value (this run's sign-in)."
        await table.until(lambda: said in status(table))
        assert authtoken not in table.text


@pytest.mark.parametrize("pasted", ["$CONTENTSTACK_AUTHTOKEN", "op://work/x", "{}"])
async def test_a_pasted_reference_is_not_sent_and_the_rest_stays(pasted: str) -> None:
    sandbox = Sandbox.demo(now=clock)
    connection = replace(connection_to(sandbox), credential=None)
    async with running(connect=lambda: connection, wait="E-mail and password") as table:
        screen = table.app.screen
        assert isinstance(screen, SignInScreen)
        screen.field("email").value = "ana@example.com"
        await paste(table, pasted)
        await table.until(
            lambda: status(table).startswith("What you pasted: The credential is ")
        )
        assert pasted not in table.text
        assert screen.field("email").value == "ana@example.com"
        assert screen.field("authtoken").value == ""


@pytest.mark.long
async def test_a_credential_in_quotes_is_told_of_once() -> None:
    sandbox = Sandbox.demo(now=clock)
    dressed = parse_credential(f'"{sandbox.user("Admin").authtoken}"')
    connection = replace(
        connection_to(sandbox), credential=dressed, source="CONTENTSTACK_AUTHTOKEN"
    )
    said = "Removed quotes from around the value (CONTENTSTACK_AUTHTOKEN)."
    async with running(connect=lambda: connection, wait=said) as table:
        await table.press("r")
        await table.until("read 09:30:00")
        assert said not in table.text


@pytest.mark.long
async def test_an_oauth_token_is_pasted_with_bearer_before_it() -> None:
    sandbox = Sandbox.demo(now=clock)
    connection = replace(connection_to(sandbox), credential=None)
    async with running(connect=lambda: connection, wait="E-mail and password") as table:
        await paste(table, f"Bearer {sandbox.user('Admin').bearer}")
        await table.until("Delivery 12")


async def test_single_sign_on_says_what_works_instead() -> None:
    seed = Seed(
        organizations=[SeedOrganization(name="Acme", sso=True)],
        users=[
            SeedUser(email="ona@example.com", organizations={"Acme": "owner"}),
            SeedUser(
                email="sam@example.com",
                password="sam",
                organizations={"Acme": "member"},
            ),
        ],
        stacks=[SeedStack(name="Shop", environments=["live"])],
    )
    connection = replace(connection_to(Sandbox.from_seed(seed, clock)), credential=None)
    async with running(connect=lambda: connection, wait="E-mail and password") as table:
        await sign_in(table, "sam@example.com", "sam")
        await table.until(lambda: "csdx auth:login --oauth" in status(table))
        assert "this account uses SSO" in status(table)


@pytest.mark.long
async def test_five_hundred_stacks_are_listed_within_the_rate_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"Organization {number:02}" for number in range(20)]
    seed = Seed(
        organizations=[SeedOrganization(name=name) for name in names],
        users=[
            SeedUser(
                email="ana@example.com", organizations=dict.fromkeys(names, "owner")
            )
        ],
        stacks=[
            SeedStack(
                name=f"Stack {number:03}",
                organization=names[number % 20],
                environments=["live"],
            )
            for number in range(500)
        ],
    )
    sandbox = Sandbox.from_seed(seed, clock, rate_limit=10)
    memory = Memory(os.environ)
    said: list[str] = []
    say = StacksScreen.say_for_now

    def heard(screen: StacksScreen, text: str, *rest: Any) -> None:
        said.append(text)
        say(screen, text, *rest)

    monkeypatch.setattr(StacksScreen, "say_for_now", heard)
    async with running(
        sandbox=sandbox, stack="Stack 321", wait="Stack 321", memory=memory
    ) as table:
        await table.press("w")
        await table.until("500 stacks")
        await table.press(*"123", "enter")
        await table.until("Stack 123 ·")
        await table.press("w")
        await table.until("500 stacks")
        _, _, rows = table.text.partition("API KEY")
        assert rows.splitlines()[1].split()[1:3] == ["Stack", "123"]
    assert any(text.startswith("Read 20 of 21 lists") for text in said)
    assert not any("Too many requests" in text for text in said)


async def test_a_locked_account_says_so_and_keeps_the_address() -> None:
    seed = Seed(
        users=[
            SeedUser(
                email="lo@example.com", password="lo", roles={"*": "Admin"}, locked=True
            )
        ],
        stacks=[SeedStack(name="Shop", environments=["live"])],
    )
    connection = replace(connection_to(Sandbox.from_seed(seed, clock)), credential=None)
    async with running(connect=lambda: connection, wait="E-mail and password") as table:
        await sign_in(table, "lo@example.com", "lo")
        await table.until(lambda: "temporarily locked" in status(table))
        screen = table.app.screen
        assert isinstance(screen, SignInScreen)
        assert screen.field("email").value == "lo@example.com"
        assert screen.field("password").value == ""


def keys_shown(table: Table) -> str:
    """Return the footer line."""
    return table.text.rstrip().splitlines()[-1]


@pytest.mark.long
async def test_in_a_field_only_keys_that_work_there_are_shown() -> None:
    async with running() as table:
        await table.press("w")
        await table.until("2 stacks")
        assert "r refresh" not in keys_shown(table)
        assert "ctrl+p help" in keys_shown(table)
        await table.press("tab")
        await table.until(lambda: "r refresh" in keys_shown(table))
        assert "? help" in keys_shown(table)
        await table.press("shift+tab")
        await table.until(lambda: "r refresh" not in keys_shown(table))
        await table.press("ctrl+p")
        await table.until("WHAT IT DOES")


@pytest.mark.long
async def test_choosing_another_stack_from_settings_leads_to_its_tokens() -> None:
    async with running() as table:
        await table.press("S")
        await table.until("SETTINGS")
        await table.press("w")
        await table.until("2 stacks")
        await table.press("escape")
        await table.until("SETTINGS")
        await table.press("down", "enter")
        await table.until("2 stacks")
        await table.press(*"press", "enter")
        await table.until("Press · demo")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
