"""The program on a sandbox behind a real socket, where any fault can strike."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest

from tests.contentstack.fakes import Clock, http, raw_server
from tests.contentstack.faults import Fault, Staged, stage
from tests.screens.session import Table, running
from tests.support.clock import clock
from tui.connection.demo import connection_to
from tui.contentstack import transport
from tui.contentstack.errors import Unreachable
from tui.contentstack.pace import Pacer
from tui.contentstack.regions import Region
from tui.contentstack.transport import Transport
from tui.sandbox.service import Sandbox

LARGEST = 1_000_000
SHORT, LONG = 0.6, 10.0


class Line:
    """What strikes, and where.

    It strikes requests whose "METHOD path" the pattern `hits` matches in full.

    A fault that is an answer comes over the same connections as all other answers.
    If a fault replaces the server, the request is sent there.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hits = ""
        self.struck = 0
        self._monkeypatch = monkeypatch
        self._fault: Fault | None = None
        self._staged = Staged(Region("", "", (), "", "", ""))

    @asynccontextmanager
    async def meeting(self, fault: Fault) -> AsyncIterator[None]:
        """Enable the fault inside the context.

        Nothing is sent to another host that it names.
        """
        async with stage(fault, self._monkeypatch) as self._staged:
            self._fault, self.struck = fault, 0
            yield
            self._fault = None
            assert self._staged.elsewhere == []

    def at(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets."""
        return self._fault if re.fullmatch(self.hits, f"{method} {path}") else None

    async def send(
        self, fault: Fault, request: Callable[..., Any], *args: Any, **options: Any
    ) -> Any:
        """Send a request to the fault."""
        if fault.place == "answers":
            return await request(*args, **options)
        self.struck += 1
        there = Laid(self, self._staged.region, deadline=SHORT if fault.hangs else LONG)
        try:
            return await Transport.request(there, *args, **{**options, "base": None})
        finally:
            await there.aclose()


class Laid(Transport):
    """A transport over a line, which doesn't wait between retries."""

    def __init__(
        self, line: Line, region: Region, *, deadline: float = LONG, **options: Any
    ) -> None:
        time = Clock()
        pacer = Pacer(clock=time, sleep=time.sleep)
        super().__init__(
            region,
            **{
                **options,
                "sleep": time.sleep,
                "pacer": pacer,
                "largest": LARGEST,
                "deadline": deadline,
            },
        )
        self._line = line

    async def request(self, method: str, path: str, **options: Any) -> Any:
        """Refuse what would leave this machine, and route the rest."""
        if "127.0.0.1" not in self.region.cma:
            raise Unreachable("No test goes to the network")
        fault = self._line.at(method, path)
        self._deadline = SHORT if fault and fault.hangs else LONG
        if fault is None:
            return await super().request(method, path, **options)
        return await self._line.send(fault, super().request, method, path, **options)


@asynccontextmanager
async def served(
    monkeypatch: pytest.MonkeyPatch,
    *,
    credential: bool = True,
    wait: str = "read 09:30:00",
    **options: Any,
) -> AsyncIterator[tuple[Table, Line]]:
    """Yield the program, and the line to its sandbox."""
    sandbox, line = Sandbox.demo(now=clock), Line(monkeypatch)
    laid = partial(Laid, line)
    monkeypatch.setattr(transport, "Transport", laid)
    monkeypatch.setattr("tui.connection.region_finder.Transport", laid)

    def inside(app: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://sandbox"
        )

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, path, _ = first.split(" ")
        fault = line.at(method, path.partition("?")[0].removeprefix("/v3"))
        if fault is not None:
            line.struck += 1
            await fault.reply(request, writer)
            return
        headers = dict(each.split(": ", 1) for each in lines)
        to = (
            preview
            if "preview_token" in headers
            else delivery
            if "access_token" in headers
            else management
        )
        answer = await to.request(method, path, headers=headers, content=body)
        kind = f"content-type: {answer.headers.get('content-type', '')}\r\n"
        writer.write(
            http(
                answer.content,
                status=f"{answer.status_code} {answer.reason_phrase}",
                headers=kind,
            )
        )

    async with (
        raw_server(handle) as host,
        inside(sandbox.management) as management,
        inside(sandbox.delivery) as delivery,
        inside(sandbox.preview) as preview,
    ):
        region = replace(host, cda=host.cma, preview=host.cma)
        way = replace(connection_to(sandbox), region=region, apps=None, demo=False)
        way = way if credential else replace(way, credential=None)
        async with running(
            sandbox=sandbox, connect=lambda: way, wait=wait, **options
        ) as table:
            yield table, line


def settled(table: Table) -> Callable[[], bool]:
    """Return whether no requests to Contentstack are in progress."""
    return lambda: not any(worker.is_running for worker in table.app.workers)
