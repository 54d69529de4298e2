"""A sandbox that records requests, and answers when a test says so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.sandbox.service import Sandbox

DELIVERY = "/stacks/delivery_tokens"
MANAGEMENT = "/stacks/management_tokens"
STACK = "/stacks"
USER = "/user"
USERS = "/stacks/users"
ROLES = "/roles"
BRANCHES = "/stacks/branches"
ALIASES = "/stacks/branch_aliases"
EVERYTHING = {
    DELIVERY,
    MANAGEMENT,
    STACK,
    USER,
    USERS,
    ROLES,
    BRANCHES,
    ALIASES,
    "/environments",
}
"""The requests that read a stack."""


@dataclass
class Watched:
    """A sandbox's management API, watched by a test.

    Attributes:
        asked: the paths of the requests, in order.
        most: the most requests in progress at once.
        held: the paths that aren't answered before `let_go`.
        refused: a status and an error body for the paths to refuse.
    """

    sandbox: Sandbox
    asked: list[str] = field(default_factory=list)
    most: int = 0
    held: set[str] = field(default_factory=set)
    refused: Mapping[str, tuple[int, dict[str, object]]] = field(default_factory=dict)
    _under_way: int = 0
    _free: asyncio.Event = field(default_factory=asyncio.Event)

    def connection(
        self, stack: str | None = None, *, role: str | None = None
    ) -> Connection:
        """Return the connection to it."""
        way = connection_to(self.sandbox, stack, role=role)
        apps = dict(way.apps or {})
        apps[way.region.cma] = self
        return replace(way, apps=apps)

    def let_go(self) -> None:
        """Answer what was held back, and everything from now on."""
        self._free.set()

    def has_asked(self, count: int) -> Callable[[], bool]:
        """Return a check for whether `count` requests have come."""
        return lambda: len(self.asked) == count

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix("/v3")
        self.asked.append(path)
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        if path in self.held:
            await self._free.wait()
        self._under_way -= 1
        if path in self.refused:
            await _refuse(send, *self.refused[path])
        else:
            await self.sandbox.management(scope, receive, send)


async def _refuse(send: Any, status: int, body: dict[str, object]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    content = json.dumps(body).encode()
    await send({"type": "http.response.body", "body": content})
