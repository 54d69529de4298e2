"""The first request uses a connection that was opened ahead, or does without."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpcore
import pytest
import trustme

from tests.contentstack.fakes import Clock, http, listening
from tui.contentstack import line_ahead
from tui.contentstack.errors import Unreachable
from tui.contentstack.line_ahead import KEPT_OPEN, LineAhead
from tui.contentstack.regions import Region, custom_region
from tui.contentstack.transport import Transport

BEHIND_A_PROXY = "http://cma.example.invalid"


class Listener:
    """A server that records its connections: opened, closed, and what was asked.

    It closes them by itself if it `ends`.
    """

    def __init__(self) -> None:
        self.port = 0
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()
        self.ends = asyncio.Event()
        self.left = asyncio.Event()
        self.connections = 0
        self.asked: list[bytes] = []

    @property
    def region(self) -> Region:
        return custom_region(cma=f"http://127.0.0.1:{self.port}", name="Local")

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        self.begun.set()
        ends = asyncio.create_task(self.ends.wait())
        reads = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
        try:
            while True:
                await asyncio.wait({ends, reads}, return_when=asyncio.FIRST_COMPLETED)
                if not reads.done():
                    writer.close()
                    await writer.wait_closed()
                    self.left.set()
                    return
                self.asked.append(reads.result().split(b"\r\n")[0])
                writer.write(http(b"{}"))
                reads = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
        except asyncio.IncompleteReadError:
            self.ended.set()
        finally:
            for task in (ends, reads):
                task.cancel()
            await asyncio.gather(ends, reads, return_exceptions=True)


@asynccontextmanager
async def listener(tls: ssl.SSLContext | None = None) -> AsyncIterator[Listener]:
    server = Listener()
    async with listening(server.serve, tls) as server.port:
        yield server


@asynccontextmanager
async def transport(
    region: Region, url: str = "", **options: Any
) -> AsyncIterator[Transport]:
    """Yield a transport with a connection opened ahead, by default to its own host."""
    sender = Transport(region, sleep=Clock().sleep)
    sender.ahead = LineAhead(url or region.cma, **options)
    try:
        yield sender
    finally:
        await sender.aclose()


async def ask(sender: Transport) -> object:
    return (await sender.request("GET", "/x")).object()


async def test_it_is_begun_before_anything_is_asked_and_taken_once() -> None:
    async with listener() as server, transport(server.region) as sender:
        await server.begun.wait()
        assert not server.asked
        assert await ask(sender) == {}
        assert server.connections == 1
        await asyncio.gather(*(ask(sender) for _ in range(3)))
        assert (server.connections, len(server.asked)) == (3, 4)


async def test_without_the_parts_of_httpcore_that_it_needs_the_request_connects(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = SimpleNamespace(AnyIOBackend=httpcore.AnyIOBackend)
    monkeypatch.setitem(sys.modules, "httpcore._backends.anyio", later)
    async with listener() as server, transport(server.region) as sender:
        await server.begun.wait()
        assert await ask(sender) == {}
        assert server.connections == 2


async def test_it_serves_one_of_those_that_ask_together() -> None:
    async with listener() as server, transport(server.region) as sender:
        await server.begun.wait()
        await asyncio.gather(*(ask(sender) for _ in range(5)))
        assert server.connections == 5


async def test_tls_begins_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    connects = 0
    connect = asyncio.get_running_loop().create_connection

    async def counted(*args: Any, **options: Any) -> Any:
        nonlocal connects
        connects += "sock" not in options
        return await connect(*args, **options)

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", counted)
    async with listener(context) as server:
        region = custom_region(cma=f"https://localhost:{server.port}", name="Local")
        async with transport(region) as sender:
            assert await ask(sender) == {}
    assert connects == 0


async def test_it_leads_to_the_proxy_where_one_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with listener() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        region = Region("x", "X", (), BEHIND_A_PROXY, "", "")
        async with transport(region) as sender:
            await proxy.begun.wait()
            assert await ask(sender) == {}
        assert proxy.connections == 1
        assert proxy.asked == [f"GET {BEHIND_A_PROXY}/v3/x HTTP/1.1".encode()]


async def test_a_proxy_that_cannot_be_used_is_the_requests_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "create_connection", never)
    monkeypatch.setenv("HTTP_PROXY", "socks4://127.0.0.1:9")
    region = Region("x", "X", (), BEHIND_A_PROXY, "", "")
    async with transport(region) as sender:
        with pytest.raises(Unreachable) as caught:
            await ask(sender)
    assert caught.value.cause_kind == "proxy"


def never(*_args: object) -> socket.socket:
    raise AssertionError("nothing may be contacted")


async def test_where_nobody_listens_the_request_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        region = custom_region(
            cma=f"http://127.0.0.1:{taken.getsockname()[1]}", name="Local"
        )
        async with transport(region) as sender:
            with pytest.raises(Unreachable) as caught:
                await ask(sender)
    assert caught.value.cause_kind == "connect"


@pytest.mark.parametrize(
    "url", ["", "http://", "http://127.0.0.1:99999", "http://a..b", "http://[::1"]
)
async def test_what_is_no_url_hinders_nobody(url: str) -> None:
    async with listener() as server:
        sender = Transport(server.region)
        sender.ahead = LineAhead(url)
        assert await ask(sender) == {}
        await sender.aclose()


async def test_one_that_was_closed_meanwhile_is_not_taken() -> None:
    async with listener() as server, transport(server.region) as sender:
        await server.begun.wait()
        server.ends.set()
        await server.left.wait()
        server.ends.clear()
        assert await ask(sender) == {}
        assert server.connections == 2


async def test_one_that_is_reset_at_that_moment_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def reset(line: socket.socket) -> bool:
        # What a peer's reset leaves: a dead socket.
        line.setblocking(False)
        line.shutdown(socket.SHUT_RDWR)
        line.close()
        return True

    monkeypatch.setattr(line_ahead, "_is_open", reset)
    async with listener() as server, transport(server.region) as sender:
        assert await ask(sender) == {}
        assert server.connections == 2


async def test_one_that_was_idle_for_too_long_is_not_taken() -> None:
    begun, asked = 100.0, 100.0 + KEPT_OPEN
    clock = iter([begun, asked]).__next__
    async with listener() as server, transport(server.region, clock=clock) as sender:
        assert await ask(sender) == {}
        assert server.connections == 2
        await server.ended.wait()


async def test_one_to_another_host_is_closed() -> None:
    async with listener() as other, listener() as server:
        async with transport(server.region, other.region.cma) as sender:
            await other.begun.wait()
            assert await ask(sender) == {}
            await other.ended.wait()
        assert (other.connections, server.connections) == (1, 1)


async def test_what_nobody_asked_for_is_closed_with_the_transport() -> None:
    async with listener() as server:
        async with transport(server.region):
            await server.begun.wait()
        await server.ended.wait()


def hold_connections(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Have every connection wait for an event, and return that."""
    connect, goes_on = socket.create_connection, threading.Event()

    def hanging(*args: Any) -> socket.socket:
        goes_on.wait()
        return connect(*args)

    monkeypatch.setattr(socket, "create_connection", hanging)
    return goes_on


async def test_a_request_does_not_wait_long_for_one_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_ahead, "_OVERDUE", 0)
    goes_on = hold_connections(monkeypatch)
    async with listener() as server:
        async with transport(server.region) as sender:
            assert await ask(sender) == {}
            assert server.connections == 1
            goes_on.set()
            # It comes too late for everyone.
            await server.ended.wait()
        assert server.connections == 2


async def test_it_is_closed_where_whoever_waits_for_it_gives_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_ahead, "_OVERDUE", 60)
    goes_on = hold_connections(monkeypatch)
    async with listener() as server:
        ahead = LineAhead(server.region.cma)
        waiting = asyncio.create_task(ahead.take("127.0.0.1", server.port))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        goes_on.set()
        await server.ended.wait()
