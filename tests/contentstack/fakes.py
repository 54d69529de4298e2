"""A scripted API, a raw server on a socket, and a clock that only sleeping moves."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tui.contentstack.credentials import Credential
from tui.contentstack.pace import Pacer
from tui.contentstack.regions import Region, custom_region
from tui.contentstack.transport import Transport
from tui.secret import Secret

API_KEY = "blt" + "a" * 16
AUTHTOKEN = "blt" + "f" * 20
CREDENTIAL = Credential("authtoken", Secret(AUTHTOKEN))
REGION = Region(
    "demo",
    "Demo",
    (),
    "https://cma.demo.invalid",
    "https://cda.demo.invalid",
    "https://preview.demo.invalid",
)


def token_value(digit: str = "0") -> str:
    """Return a fake value that looks like a delivery token's."""
    return "cs" + digit * 24


@dataclass
class Seen:
    """A request as the API saw it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw) if self.raw else None


Reply = tuple[int, object] | tuple[int, object, Mapping[str, str]]


@dataclass
class Api:
    """An ASGI application that answers "METHOD path" with its `replies` in turn.

    The last one stays.
    """

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def on(self, route: str, *replies: Reply) -> Api:
        self.replies[route] = list(replies)
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raw, more = b"", True
        while more:
            message = await receive()
            raw += message.get("body", b"")
            more = message.get("more_body", False)
        request = Seen(
            scope["method"],
            scope["path"],
            dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
            {name.decode(): value.decode() for name, value in scope["headers"]},
            raw,
        )
        self.seen.append(request)
        replies = self.replies[f"{request.method} {request.path.removeprefix('/v3')}"]
        status, body, *rest = replies.pop(0) if len(replies) > 1 else replies[0]
        headers = {"content-type": "application/json", **(rest[0] if rest else {})}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (name.encode(), value.encode()) for name, value in headers.items()
                ],
            }
        )
        await send({"type": "http.response.body", "body": content})


@dataclass
class Clock:
    """Time that passes only while something sleeps on it."""

    now: float = 1000.0
    naps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass
class Line:
    """A transport on a fake clock, and what it announced."""

    transport: Transport
    clock: Clock
    announced: list[float]


def line(app: Any, **options: Any) -> Line:
    """Return a transport to `app` as all three hosts, without real waiting."""
    clock, announced = Clock(), list[float]()
    apps = dict.fromkeys((REGION.cma, REGION.cda, REGION.preview), app)
    pacer = Pacer(clock=clock, sleep=clock.sleep)
    transport = Transport(
        REGION,
        apps=apps,
        on_wait=announced.append,
        pacer=pacer,
        sleep=clock.sleep,
        **options,
    )
    return Line(transport, clock, announced)


Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(
    connected: Connected, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """A server on a free loopback port, which is yielded.

    Its connections end with it.
    """
    open_now: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Python 3.11's server reports its own cancelled task as an error.
        with suppress(
            asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError
        ):
            await connected(reader, writer)
        writer.close()

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now[asyncio.ensure_future(serve(reader, writer))] = writer

    server = await asyncio.start_server(accepted, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        # Python 3.11 leaves a connection open if it's accepted while the server closes:
        # let it arrive first.
        for _ in range(5):
            await asyncio.sleep(0)
        server.close()
        for task in open_now:
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)
        # A task that was cancelled before it started has closed nothing.
        for writer in open_now.values():
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()


@asynccontextmanager
async def raw_server(handle: Handler) -> AsyncIterator[Region]:
    """A server on a free loopback port.

    For each request, `handle` writes what it wants.
    """

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    line
                    for line in head.lower().split(b"\r\n")
                    if b"content-length:" in line
                ),
                b":0",
            )
            body = await reader.readexactly(int(length.split(b":")[1]))
            await handle(head + body, writer)
            await writer.drain()

    async with listening(connected) as port:
        yield custom_region(cma=f"http://127.0.0.1:{port}", name="Local")


def http(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    """An HTTP/1.1 answer."""
    return (
        f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{headers}\r\n".encode()
        + body
    )
