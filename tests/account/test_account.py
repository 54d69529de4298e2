"""The account's connections: opened once, however many ask for them, and closed once."""

from __future__ import annotations

import asyncio

import pytest

from tests.contentstack.fakes import CREDENTIAL
from tui.account.account import Account
from tui.connection.connection import Connection
from tui.contentstack.errors import Interrupted
from tui.contentstack.regions import REGIONS, custom_region


def account() -> Account:
    region = custom_region(cma="http://127.0.0.1:1")
    return Account(lambda: Connection(region, CREDENTIAL, None))


async def test_all_who_ask_at_once_share_the_connections() -> None:
    asked = account()
    clients = await asyncio.gather(*(asked.client() for _ in range(9)))
    assert len({id(client.transport) for client in clients}) == 1
    await asked.close()


async def test_a_closed_account_opens_no_connections() -> None:
    closed = account()
    await closed.close()
    with pytest.raises(Interrupted, match="closed"):
        await closed.client()


async def test_an_account_that_is_closed_while_it_connects_opens_none() -> None:
    closed = account()
    waiting = asyncio.create_task(closed.client())
    await asyncio.sleep(0)
    await closed.close()
    with pytest.raises(Interrupted, match="closed"):
        await waiting


async def test_another_region_has_connections_of_its_own() -> None:
    moved = account()
    before = (await moved.client()).transport
    region = REGIONS[0]
    await moved.move_to(region)
    await moved.use(CREDENTIAL)
    assert (await moved.client()).transport.region == region
    with pytest.raises(Interrupted, match="closed"):
        await before.request("GET", "/user")
    await moved.close()
