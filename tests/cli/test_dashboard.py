"""Connecting to the API starts while the dashboard loads, if it will be needed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from tui.account.account import Connect
from tui.app import TokendeckApp
from tui.cli import dashboard
from tui.config.flags import Flags
from tui.config.settings import Settings, hosts_of
from tui.connection.connection import Connection, ConnectionMissing
from tui.contentstack.credentials import Credential
from tui.contentstack.regions import REGIONS, custom_region
from tui.secret import Secret
from tui.terminal import capabilities

CMA = "http://127.0.0.1:9"


class Loading(Exception):
    """Raised when the program would load Textual."""


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the URLs of connections that were started before Textual loads."""
    urls: list[str] = []

    @contextmanager
    def loading() -> Iterator[None]:
        raise Loading
        yield

    monkeypatch.setattr(dashboard, "LineAhead", urls.append)
    monkeypatch.setattr(dashboard, "loading", loading)
    monkeypatch.setattr(dashboard, "guard", lambda *_args, **_options: None)
    monkeypatch.setattr(capabilities, "prepare", lambda _environ: None)
    monkeypatch.setattr(capabilities, "refusal", lambda _environ: "")
    monkeypatch.setattr(capabilities, "has_terminal", lambda: True)
    return urls


def start(**flags: Any) -> None:
    hosts = hosts_of(CMA, CMA, None)
    options: dict[str, Any] = dict.fromkeys(("no_reveal", "plain", "plain_wire"), False)
    dashboard.open_dashboard(
        Flags(hosts=hosts, **flags), mouse=False, log=None, **options
    )


def test_a_connection_is_begun_before_textual_loads(begun: list[str]) -> None:
    with pytest.raises(Loading):
        start(stack="blt0123456789abcdef")
    assert begun == [CMA]


@pytest.mark.parametrize("flags", [{}, {"demo": True}, {"demo": True, "stack": "x"}])
def test_nothing_is_contacted_where_nothing_will_be_asked_yet(
    begun: list[str], flags: dict[str, Any]
) -> None:
    with pytest.raises(Loading):
        start(**flags)
    assert begun == []


def test_nothing_is_contacted_where_no_screen_will_stand(
    begun: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capabilities, "refusal", lambda _environ: "No terminal.")
    with pytest.raises(SystemExit):
        start(stack="blt0123456789abcdef")
    assert begun == []


class Ahead:
    """A connection that was started, and maybe closed."""

    def __init__(self, _url: str) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


def refused() -> Connection:
    raise ConnectionMissing("Nobody named a credential that can be used.")


HERE = custom_region(cma=CMA, name="Here")
SIGNED_IN = Connection(HERE, Credential("authtoken", Secret("blt" + "f" * 20)), "x")


@pytest.mark.parametrize(
    ("connect", "kept"),
    [
        (lambda: SIGNED_IN, True),
        (lambda: replace(SIGNED_IN, credential=None), False),
        (lambda: replace(SIGNED_IN, region=REGIONS[0]), False),
        (refused, False),
    ],
)
def test_what_was_begun_is_kept_where_it_can_be_used(
    monkeypatch: pytest.MonkeyPatch, connect: Connect, kept: bool
) -> None:
    begun: list[Ahead] = []

    def begin(url: str) -> Ahead:
        begun.append(Ahead(url))
        return begun[0]

    monkeypatch.setattr(dashboard, "LineAhead", begin)
    connected = dashboard._with_line_ahead(connect, Settings(region=HERE, stack="x"))
    with suppress(ConnectionMissing):
        assert (connected().ahead is begun[0]) is kept  # type: ignore[comparison-overlap]
    assert begun[0].closed is not kept


def test_nothing_looks_for_garbage_until_the_rows_should_be_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collects = []

    def set_timer(_app: TokendeckApp, _delay: float, call: Callable[[], None]) -> None:
        collects.append(gc.isenabled())
        call()

    def run(app: TokendeckApp, *, mouse: bool) -> None:
        collects.append(gc.isenabled())
        app._frame_sent()
        collects.append(gc.isenabled())

    monkeypatch.setattr(TokendeckApp, "set_timer", set_timer)
    monkeypatch.setattr(TokendeckApp, "run", run)
    monkeypatch.setattr(dashboard, "guard", lambda *_args, **_options: None)
    monkeypatch.setattr(capabilities, "prepare", lambda _environ: None)
    monkeypatch.setattr(capabilities, "refusal", lambda _environ: "")
    with pytest.raises(SystemExit):
        start(demo=True)
    assert collects == [False, False, True]
