"""Every way of opening a connection, with unusable settings in the environment.

The form or the dashboard shows a sentence, the program goes on, and what was typed
stays. For each way, the program starts once and meets one setting after the other, each
with its own connection: a start for each would take a minute and a half.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.screens.session import Table, running
from tests.support.pilot import wait_for
from tui.connection.connection import Connection
from tui.contentstack import proxies
from tui.contentstack.credentials import Credential
from tui.contentstack.pace import Tries
from tui.contentstack.regions import custom_region
from tui.contentstack.transport import Transport
from tui.screens import regions
from tui.screens.doctor import DoctorScreen
from tui.screens.regions import RegionsScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.stacks import StacksScreen
from tui.screens.tokens import TokensScreen
from tui.secret import Secret
from tui.state.memory import Memory
from tui.widgets.status_line import StatusLine

REGION = custom_region(
    cma="https://cma.example.invalid", cda="https://cda.example.invalid"
)
AUTHTOKEN = "blt" + "1" * 16
API_KEY = "blt" + "a" * 16
DEAD = "http://127.0.0.1:1"


@dataclass(frozen=True)
class Setting:
    """Variables, with `{}` for an empty folder, and what is said about only them."""

    words: str
    environ: dict[str, str] = field(default_factory=dict)


def unusable(name: str, value: str) -> Setting:
    return Setting(f"{name} names a proxy that Tokendeck can't use", {name: value})


SETTINGS = {
    "socks5h": unusable("ALL_PROXY", "socks5h://127.0.0.1:1080"),
    "brackets": unusable("HTTPS_PROXY", "http://[::1"),
    "dead": Setting(
        "Nothing is listening at the proxy 127.0.0.1:1 ", {"HTTPS_PROXY": DEAD}
    ),
    "no_proxy of nonsense": Setting(
        "Nothing is listening at the proxy 127.0.0.1:2 ",
        {"HTTPS_PROXY": f"{DEAD[:-1]}2", "NO_PROXY": "[::1,http://[,*.*,%,::/999"},
    ),
    "only no_proxy": Setting(
        "couldn't look up the host name", {"NO_PROXY": "[::1],fd07:b51a:cc66:f0::/64"}
    ),
    "no ca file": Setting("none.pem isn't there", {"SSL_CERT_FILE": "{}/none.pem"}),
    "ca folder": Setting("is a folder", {"SSL_CERT_FILE": "{}"}),
    "broken ca": Setting("has no PEM certificate", {"SSL_CERT_FILE": __file__}),
    "no ca folder": Setting("/none isn't there", {"SSL_CERT_DIR": "{}/none"}),
}
VARIABLES = {name for setting in SETTINGS.values() for name in setting.environ}

Settle = Callable[[str], str]
"""Sets the environment to a setting, by its name, and returns what is said of it."""


@pytest.fixture
def settle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settle:
    """Return what sets the environment, with nothing else to wait for."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr(proxies, "find_spec", lambda name: None)
    # Reads are tried again after a while, which changes nothing here.
    monkeypatch.setattr(Tries, "wait_after_failure", lambda self, seconds: None)
    monkeypatch.setattr(regions, "REGIONS", (REGION,))
    found = {name: os.environ.get(name) for name in VARIABLES}

    def to(name: str) -> str:
        for variable, before in found.items():
            value = SETTINGS[name].environ.get(variable, before)
            if value is None:
                monkeypatch.delenv(variable, raising=False)
            else:
                monkeypatch.setenv(variable, value.replace("{}", str(empty)))
        return SETTINGS[name].words

    return to


def signed_in() -> Connection:
    return Connection(REGION, Credential("authtoken", Secret(AUTHTOKEN)), API_KEY)


def nobody() -> Connection:
    return Connection(REGION, None, API_KEY)


def said(table: Table) -> str:
    """Return the status line and the screen as one text."""
    status = table.app.screen.query_one(StatusLine).text
    return " ".join(f"{status} {table.text}".split())


async def paste_authtoken(table: Table) -> None:
    await table.until("E-mail and password")
    screen = table.app.screen
    assert isinstance(screen, SignInScreen)
    screen.field("authtoken").value = AUTHTOKEN
    await table.press("enter")


async def start(table: Table) -> None:
    """Only look."""


async def pasted(table: Table) -> None:
    await paste_authtoken(table)


async def by_email(table: Table) -> None:
    await table.until("E-mail and password")
    screen = table.app.screen
    assert isinstance(screen, SignInScreen)
    screen.field("email").value = "ana@example.com"
    screen.field("password").value = "hunter22"
    await table.press("enter")
    await table.until(lambda: "Signing in" not in said(table))
    assert screen.is_here
    assert screen.field("email").value == "ana@example.com"
    assert screen.field("password").value == "hunter22"


async def by_l(table: Table) -> None:
    await table.until("to retry")
    await table.press("L")
    await paste_authtoken(table)


async def by_csdx(table: Table) -> None:
    await table.until("csdx is signed in to")
    await table.press("y")


async def refresh(table: Table) -> None:
    await table.press("r")


async def another_region(table: Table) -> None:
    await table.press("W")
    await table.until(lambda: isinstance(table.app.screen, RegionsScreen))
    await table.until(lambda: "don't show where the stack is" in said(table))
    await table.press("escape")


async def another_stack(table: Table) -> None:
    await table.press("w")
    await table.until(lambda: isinstance(table.app.screen, StacksScreen))


async def doctor(table: Table) -> None:
    await table.press("i")
    await table.until(lambda: isinstance(table.app.screen, DoctorScreen))


async def switched(table: Table) -> None:
    """Go to another stack of which the list told before the network went."""
    from tui.contentstack.models import Stack

    workspace = table.app.workspace
    stack = Stack(uid="s", api_key="blt" + "b" * 16, name="Other")
    table.app.run_worker(workspace.switch(stack), group="read", exclusive=True)


WAYS: dict[str, tuple[Callable[[], Connection], Callable[[Table], Awaitable[None]]]] = {
    "start": (signed_in, start),
    "pasted authtoken": (nobody, pasted),
    "e-mail and password": (nobody, by_email),
    "L": (signed_in, by_l),
    "csdx": (nobody, by_csdx),
    "r": (signed_in, refresh),
    "W": (signed_in, another_region),
    "w": (signed_in, another_stack),
    "switch": (signed_in, switched),
    "doctor": (signed_in, doctor),
}


@pytest.mark.parametrize("way", WAYS)
async def test_no_way_to_open_the_network_ends_the_program(
    way: str, settle: Settle
) -> None:
    connect, go = WAYS[way]
    wait = "E-mail and password" if connect is nobody else "Tokendeck"
    if way == "csdx":
        csdx_store()
        wait = "csdx is signed in to"
    memory = Memory(os.environ)
    first, *others = SETTINGS
    words = settle(first)
    async with running(
        connect=connect, wait=wait, size=(120, 40), memory=memory
    ) as table:
        await goes_on(table, go, words)
        for name in others:
            words = settle(name)
            assert words not in said(table)
            screen = table.app.screen
            assert isinstance(screen, TokensScreen)
            restart = partial(table.app.workspace.restart, connect)
            # The way goes by the new connection only.
            await screen.read_anew(restart).wait()
            await table.until(wait)
            await goes_on(table, go, words)


async def goes_on(
    table: Table, go: Callable[[Table], Awaitable[None]], words: str
) -> None:
    """Go a way; see that the words are said, and that the dashboard is there again."""
    await go(table)
    await wait_for(table.pilot, lambda: words in said(table), words)
    assert table.app.is_running
    await table.press("escape", "escape")
    await table.until(lambda: isinstance(table.app.screen, TokensScreen))


def csdx_store() -> None:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "@contentstack"
    folder = folder / "cli-utilities-nodejs"
    folder.mkdir(parents=True)
    region = {"name": "here", "cma": REGION.cma, "cda": REGION.cda, "uiHost": ""}
    session = {"authorisationType": "BASIC", "authtoken": AUTHTOKEN, "email": "a@b.c"}
    (folder / "contentstack_cli.json").write_text(
        json.dumps({**session, "region": region})
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_a_transport_opens_nothing_before_it_is_asked(
    name: str, settle: Settle
) -> None:
    settle(name)
    assert Transport(REGION)._http is None
