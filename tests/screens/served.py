"""The program on a sandbox behind a real socket, where any of the faults can strike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import httpx
import pytest

from tests.contentstack.fakes import Clock, http, raw_server
from tests.contentstack.faults import Fault
from tests.screens.deck import Table, running
from tests.support.clock import clock
from tui.account.demo import connection_to
from tui.contentstack import transport
from tui.contentstack.pace import Pacer
from tui.contentstack.transport import Transport
from tui.sandbox.service import Sandbox

LARGEST = 1_000_000
DEADLINE = 1.5


@dataclass
class Line:
    """What strikes, and where: requests whose "METHOD path" the pattern is part of."""

    fault: Fault | None = None
    hits: str = ""
    struck: int = 0


@asynccontextmanager
async def served(
    monkeypatch: pytest.MonkeyPatch, *, credential: bool = True, wait: str = "read 09:30:00", **options: Any
) -> AsyncIterator[tuple[Table, Line]]:
    """The program, and the line to its sandbox. No time is lost in waits between tries."""
    sandbox, line, time = Sandbox.demo(now=clock), Line(), Clock()
    pacer = Pacer(clock=time, sleep=time.sleep)
    quick = partial(Transport, sleep=time.sleep, pacer=pacer, deadline=DEADLINE, largest=LARGEST)
    monkeypatch.setattr(transport, "Transport", quick)
    inside = httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.management), base_url="http://sandbox")

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, path, _ = first.split(" ")
        if line.fault is not None and line.hits in f"{method} {path}":
            line.struck += 1
            await line.fault.reply(request, writer)
            return
        headers = dict(each.split(": ", 1) for each in lines)
        answer = await inside.request(method, path, headers=headers, content=body)
        kind = f"content-type: {answer.headers.get('content-type', '')}\r\n"
        writer.write(
            http(answer.content, status=f"{answer.status_code} {answer.reason_phrase}", headers=kind)
        )

    async with raw_server(handle) as region, inside:
        way = replace(connection_to(sandbox), region=region, apps=None, demo=False)
        way = way if credential else replace(way, credential=None)
        async with running(sandbox=sandbox, connect=lambda: way, wait=wait, **options) as table:
            yield table, line


def settled(table: Table) -> Callable[[], bool]:
    """Whether nothing is being asked of Contentstack any more."""
    return lambda: not any(worker.is_running for worker in table.app.workers)
