"""Rows are drawn while everything else is still loading, and promise nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from rich.console import RenderableType
from textual.dom import DOMNode

from tests.screens.session import running
from tests.support import watched as api
from tests.support.clock import clock
from tests.support.watched import EVERYTHING, Watched
from tui.app import TokendeckApp
from tui.commands import command
from tui.contentstack.models import Odd, Token
from tui.sandbox.service import Sandbox
from tui.screens.messages.rows import OrderAsRead
from tui.screens.tokens import TokensScreen

_ROWS_OF_A_NEW_PROCESS = """
import asyncio, json, sys
from tests.screens.session import running
from tests.support import watched as api
from tests.support.clock import clock
from tests.support.watched import EVERYTHING, Watched
from tui.sandbox.service import Sandbox

class WithoutRoles(Watched):
    async def __call__(self, scope, receive, send):
        if scope["path"].endswith(api.ROLES):
            self.asked.append(api.ROLES)
            await asyncio.Event().wait()
        await super().__call__(scope, receive, send)

async def loaded_for_the_rows():
    watched = WithoutRoles(Sandbox.demo(now=clock), held={api.DELIVERY})
    way = watched.connection(watched.sandbox.stacks[0].api_key)
    async with running(connect=lambda: way, wait="") as table:
        await table.until(watched.has_asked(len(EVERYTHING)))
        before = set(sys.modules)
        watched.let_go()
        await table.until("web-production")
        return sorted(set(sys.modules) - before)

print(json.dumps(asyncio.run(loaded_for_the_rows())))
"""

UNREAD = "Tokendeck is still reading your role in this stack."


@pytest.fixture
def watched() -> Watched:
    return Watched(Sandbox.demo(now=clock))


def first_rows(watched: Watched, **options: Any) -> Any:
    """Return the program at the moment it draws its first row."""
    way = watched.connection(watched.sandbox.stacks[0].api_key)
    return running(
        sandbox=watched.sandbox, connect=lambda: way, wait="web-production", **options
    )


async def test_rows_stand_while_everything_else_is_held(watched: Watched) -> None:
    watched.held = EVERYTHING - {api.DELIVERY}
    async with first_rows(watched) as table:
        assert "web-staging" in table.text
        await table.until("Reading aliases")
        await table.until(watched.has_asked(len(EVERYTHING)))
        watched.let_go()
        await table.until("read 09:30:00")
        assert "Storefront" in table.text
        assert "by you" in table.text


async def test_the_order_is_found_once_for_a_list(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered: list[int] = []
    as_it_was = OrderAsRead.of

    def of(tokens: Sequence[Token | Odd], now: datetime) -> OrderAsRead:
        ordered.append(len(tokens))
        return as_it_was(tokens, now)

    monkeypatch.setattr(OrderAsRead, "of", of)
    watched.held = EVERYTHING - {api.DELIVERY, api.MANAGEMENT}
    async with first_rows(watched) as table:
        await table.until(lambda: len([count for count in ordered if count]) == 2)
        found = list(ordered)
        # Names of people, environments and branches arrive one by one.
        watched.let_go()
        await table.until("read 09:30:00")
        assert ordered == found


CHANGES = ("new", "clone", "edit", "delete", "rotate", "delete_preview")


@pytest.mark.long
async def test_nothing_can_be_changed_before_the_role_is_known(
    watched: Watched,
) -> None:
    watched.held = {api.ROLES}
    async with first_rows(watched) as table:
        await table.until("Reading your role")
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        screen.show_token(with_preview(screen))
        reasons = {name: screen.reason_against(command(name)) for name in CHANGES}
        assert reasons == dict.fromkeys(CHANGES, UNREAD)
        assert screen.reason_against(command("copy")) is None
        await table.press("n")
        await table.until(UNREAD)
        watched.let_go()
        await table.until("Storefront · demo (nothing is saved) · blt05fe…")
        await table.until(lambda: screen.snapshot.permissions.read)
        reasons = {name: screen.reason_against(command(name)) for name in CHANGES}
        assert reasons == dict.fromkeys(CHANGES)


def with_preview(screen: TokensScreen) -> str:
    """Return the uid of a token on which all of these work."""
    tokens = screen.snapshot.delivery.items
    return next(token.uid for token in tokens if token.preview)


async def test_where_the_role_cannot_be_read_the_answer_counts(
    watched: Watched,
) -> None:
    watched.refused = {
        api.USER: (422, {"error_code": 141, "error_message": "Not today."})
    }
    async with first_rows(watched) as table:
        await table.until("Not today.")
        await table.press("n")
        await table.until("1 Details")


async def test_the_management_tab_says_whose_it_is_once_the_role_is_known(
    watched: Watched,
) -> None:
    watched.held = {api.MANAGEMENT}
    way = watched.connection(watched.sandbox.stacks[0].api_key, role="Developer")
    async with running(
        sandbox=watched.sandbox, connect=lambda: way, wait="Reading management"
    ) as table:
        await table.press("alt+o")
        await table.until("Your role: Developer.")
        watched.let_go()
        await table.until("Management –")


@pytest.mark.long
async def test_the_screen_is_styled_once_for_the_first_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    styled: list[type] = []
    drawn: list[RenderableType] = []
    style, draw = TokendeckApp.update_styles, TokendeckApp.take_update

    def noting_styles(app: TokendeckApp, node: DOMNode, animate: bool = True) -> None:
        if not drawn:
            styled.append(type(node))
        style(app, node, animate)

    def noting_update(app: TokendeckApp, update: RenderableType) -> bool:
        drawn.append(update)
        return draw(app, update)

    monkeypatch.setattr(TokendeckApp, "update_styles", noting_styles)
    monkeypatch.setattr(TokendeckApp, "take_update", noting_update)
    async with running():
        # By Textual, when it becomes the top screen: that restyles all widgets.
        assert styled.count(TokensScreen) == 1


def test_nothing_is_loaded_between_the_answer_and_the_rows() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _ROWS_OF_A_NEW_PROCESS],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = json.loads(ran.stdout.splitlines()[-1])
    ours = [name for name in loaded if name.startswith(("tui.", "textual", "rich"))]
    assert [name for name in ours if not name.startswith("tui.sandbox")] == []
