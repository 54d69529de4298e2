"""The way to the API is begun while the dashboard loads, where there will be one."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tui.app import TokendeckApp
from tui.cli import dashboard
from tui.config.flags import Flags
from tui.config.settings import hosts_of
from tui.terminal import capabilities

CMA = "http://127.0.0.1:9"


class Loading(Exception):
    """The program would load Textual now."""


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The URLs to which connections were begun until Textual loads."""
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
