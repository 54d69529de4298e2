"""The stacks of all organizations.

One that refuses is skipped, and one that is blocked is reported.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contentstack.fakes import API_KEY, CREDENTIAL, REGION, Api
from tui.account.account import Account
from tui.connection.connection import Connection
from tui.contentstack.errors import NotContentstack

STACK = {"uid": "s", "name": "Shop", "api_key": API_KEY, "org_uid": "o"}


def account(*of_the_organization: Any) -> Account:
    """Return an account that asks for two lists: with and without an organization."""
    app = Api().on(
        "GET /user", (200, {"user": {"uid": "u", "email": "ana@example.com"}})
    )
    app.on(
        "GET /organizations", (200, {"organizations": [{"uid": "o", "name": "Org"}]})
    )

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        named = any(name == b"organization_uid" for name, _ in scope["headers"])
        reply = of_the_organization if named else (200, {"stacks": [STACK], "count": 1})
        app.on("GET /stacks", reply)
        await app(scope, receive, send)

    return Account(
        lambda: Connection(REGION, CREDENTIAL, None, apps={REGION.cma: answer})
    )


async def test_an_organization_that_refuses_its_list_is_left_out() -> None:
    refused = account(403, {"error_message": "No.", "error_code": 316})
    listed = await refused.stacks(lambda _number, _count: None)
    (entry,) = listed.entries
    assert (entry.stack.name, entry.organization) == ("Shop", "")
    await refused.close()


@pytest.mark.parametrize("status", [302, 401, 403, 404, 412])
async def test_one_whose_list_a_gateway_answers_is_not(status: int) -> None:
    blocked = account(status, b"<title>Blocked</title>")
    with pytest.raises(NotContentstack):
        await blocked.stacks(lambda _number, _count: None)
    await blocked.close()
