"""Everything that can go wrong between a request and its answer, as a table.

And the calls that can meet it.

`stage` gives a fault its own socket; for a server that already exists, `Fault.reply`
is enough.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

import pytest
import trustme

from tests.contentstack.fakes import (
    AUTHTOKEN,
    Handler,
    http,
    listening,
    raw_server,
    token_value,
)
from tui.contentstack.client import Client, StackClient
from tui.contentstack.models import DeliveryTokenRequest, ManagementTokenRequest
from tui.contentstack.regions import Region, custom_region
from tui.contentstack.scope import Scope
from tui.contentstack.verify import Probe
from tui.secret import Secret

PASSWORD = "correct horse battery"
CODE = "123456"
VALUE = token_value("7")
SECRETS = (AUTHTOKEN, PASSWORD, CODE, VALUE)

UID = "blt" + "1" * 16
DELIVERY = DeliveryTokenRequest("kiosk", "words", Scope.of(("production",), ("main",)))
MANAGEMENT = ManagementTokenRequest("robot", "words", Scope.of((), ("main",)))

_SECRET = re.compile(
    rb"(?mi)(?<=^authtoken: )[^\r]+"
    rb"|(?<=^access_token: )[^\r]+"
    rb"|(?<=^preview_token: )[^\r]+"
    rb"|(?<=^authorization: )[^\r]+"
    rb"|(?<=\"password\":\")[^\"]+"
    rb"|(?<=\"tfa_token\":\")[^\"]+"
)

Kind = Literal["login", "list", "get", "create", "update", "delete", "proof"]
Place = Literal[
    "refused", "silent", "unknown", "untrusted", "hangs up", "redirected", "answers"
]


@dataclass(frozen=True)
class Endpoint:
    """A call of the client; `first` marks the one of its kind in the quick run."""

    name: str
    kind: Kind
    call: Callable[[Client, StackClient], Awaitable[object]]
    first: bool = False


ENDPOINTS = (
    Endpoint(
        "log_in",
        "login",
        lambda c, _: c.log_in("ana@example.com", Secret(PASSWORD), Secret(CODE)),
        True,
    ),
    Endpoint(
        "request_sms",
        "login",
        lambda c, _: c.request_sms("ana@example.com", Secret(PASSWORD)),
    ),
    Endpoint("log_out", "login", lambda c, _: c.log_out()),
    Endpoint("current_user", "get", lambda c, _: c.current_user()),
    Endpoint("organizations", "list", lambda c, _: c.organizations()),
    Endpoint("stacks", "list", lambda c, _: c.stacks(UID)),
    Endpoint("stack", "get", lambda _, s: s.stack()),
    Endpoint("live_preview", "get", lambda _, s: s.live_preview()),
    Endpoint("users", "list", lambda _, s: s.users()),
    Endpoint("roles", "list", lambda _, s: s.roles()),
    Endpoint("environments", "list", lambda _, s: s.environments()),
    Endpoint("branches", "list", lambda _, s: s.branches()),
    Endpoint("aliases", "list", lambda _, s: s.aliases()),
    Endpoint("delivery_tokens", "list", lambda _, s: s.delivery_tokens(), True),
    Endpoint("delivery_token", "get", lambda _, s: s.delivery_token(UID), True),
    Endpoint(
        "create_delivery_token",
        "create",
        lambda _, s: s.create_delivery_token(DELIVERY, with_preview=True),
        True,
    ),
    Endpoint(
        "update_delivery_token",
        "update",
        lambda _, s: s.update_delivery_token(UID, DELIVERY),
        True,
    ),
    Endpoint(
        "delete_delivery_token",
        "delete",
        lambda _, s: s.delete_delivery_token(UID),
        True,
    ),
    Endpoint(
        "create_preview_token", "create", lambda _, s: s.create_preview_token(UID)
    ),
    Endpoint(
        "delete_preview_token", "delete", lambda _, s: s.delete_preview_token(UID)
    ),
    Endpoint("management_tokens", "list", lambda _, s: s.management_tokens()),
    Endpoint("management_token", "get", lambda _, s: s.management_token(UID)),
    Endpoint(
        "create_management_token",
        "create",
        lambda _, s: s.create_management_token(MANAGEMENT),
    ),
    Endpoint(
        "update_management_token",
        "update",
        lambda _, s: s.update_management_token(UID, MANAGEMENT),
    ),
    Endpoint(
        "delete_management_token", "delete", lambda _, s: s.delete_management_token(UID)
    ),
    Endpoint(
        "prove",
        "proof",
        lambda _, s: s.prove(Probe("delivery", Secret(VALUE), "qa", "main")),
        True,
    ),
    Endpoint(
        "prove a preview token",
        "proof",
        lambda _, s: s.prove(Probe("preview", Secret(VALUE), "qa")),
    ),
    Endpoint(
        "prove a management token",
        "proof",
        lambda _, s: s.prove(Probe("management", Secret(VALUE))),
    ),
)


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        reply: writes what the server answers, if anything.
        doubt: whether a write that meets it may have been carried out.
        waits: whether the client retries until it runs out of patience, even writes.
        hangs: whether it never ends by itself, so that only the deadline ends it.
        lenient: whether some calls can do without the answer, so it's not a failure.
        foreign: whether something in between answers, which says nothing about the API.
        place: what is there instead of the server.
    """

    name: str
    reply: Handler
    doubt: bool = False
    waits: bool = False
    hangs: bool = False
    lenient: bool = False
    foreign: bool = False
    place: Place = "answers"


async def _nothing(_request: bytes, _writer: asyncio.StreamWriter) -> None:
    """Don't answer, and keep the connection open."""
    await asyncio.sleep(60)


async def _reset(_request: bytes, writer: asyncio.StreamWriter) -> None:
    linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
    writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, linger
    )
    writer.transport.abort()


async def _half(_request: bytes, writer: asyncio.StreamWriter) -> None:
    """Send the head and half of the body, then close: the server has done its work."""
    writer.write(http(b'{"notice": "Done.", "token": {"uid": "blt1"}}')[:-20])
    writer.close()


async def _drip(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"{")
        await writer.drain()
        await asyncio.sleep(1)


async def _flood(_request: bytes, writer: asyncio.StreamWriter) -> None:
    """Send up to two hundred megabytes, until the client stops reading."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 200000000\r\n\r\n")
    block = b" " * 1_000_000
    for _ in range(200):
        if writer.is_closing():
            return
        writer.write(block)
        await writer.drain()


@cache
def _bomb_body() -> bytes:
    """Return two hundred megabytes of zeros, compressed to two hundred kilobytes."""
    return gzip.compress(b"\0" * 200_000_000, 9)


async def _bomb(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(http(_bomb_body(), headers="content-encoding: gzip\r\n"))


def _answers(body: object, status: str = "200 OK", headers: str = "") -> Handler:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def reply(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(http(content, status=status, headers=headers))

    return reply


def _refuses(
    status: str, code: int | None = None, *, details: bool = False, headers: str = ""
) -> Handler:
    """Refuse, and repeat the request's secrets in hostile text, as a server might."""

    async def reply(request: bytes, writer: asyncio.StreamWriter) -> None:
        told = [found.decode() for found in _SECRET.findall(request)]
        body: dict[str, object] = {
            "error_message": f"No: {told} \x1b]52;c;aGFja2Vk\x07 and\nmore"
        }
        if code:
            body["error_code"] = code
        if details:
            fields = {"name": [f"is not unique {told}"], "scope": {"acl": told}}
            body["errors"] = fields
        await _answers(body, status, headers)(request, writer)

    return reply


_WRONG = {
    name: [7, "wrong", {"uid": 7}]
    for name in ("tokens", "stacks", "users", "roles", "environments", "branches")
} | {
    "token": [1],
    "user": "wrong",
    "stack": 3,
    "organizations": {},
    "branch_aliases": {},
    "notice": 7,
}
_NULLS = dict.fromkeys((*_WRONG, "count", "error_message"))
_PAGE = b"<html><head><title>Blocked</title></head><body>ACME Gateway</body></html>"
_TOO_MANY = "429 Too Many Requests"

FAULTS = (
    Fault("nobody listens", _nothing, place="refused"),
    Fault("the name is not known", _nothing, place="unknown"),
    Fault("nobody vouches for the certificate", _nothing, place="untrusted"),
    Fault("no connection in time", _nothing, hangs=True, place="silent"),
    Fault("no answer in time", _nothing, doubt=True, hangs=True),
    Fault("reset before anything was read", _reset, place="hangs up", doubt=True),
    Fault("reset after the request", _reset, doubt=True),
    Fault("cut off in the middle", _half, doubt=True),
    Fault("401 with 105", _refuses("401 Unauthorized", 105, details=True)),
    Fault("403 with 316", _refuses("403 Forbidden", 316)),
    Fault("404", _refuses("404 Not Found", 118)),
    Fault("409", _refuses("409 Conflict")),
    Fault("412 with 109", _refuses("412 Precondition Failed", 109)),
    Fault("422 with errors", _refuses("422 Unprocessable", 141, details=True)),
    Fault("422 without errors", _refuses("422 Unprocessable", 141)),
    Fault(
        "429, come back in an hour",
        _refuses(_TOO_MANY, 429, headers="retry-after: 3600\r\n"),
        waits=True,
    ),
    Fault(
        "429, come back in a second",
        _refuses(_TOO_MANY, 429, headers="retry-after: 1\r\n"),
        waits=True,
    ),
    Fault(
        "429, come back soon",
        _refuses(_TOO_MANY, 429, headers="retry-after: soon\r\n"),
        waits=True,
    ),
    Fault("429", _refuses(_TOO_MANY, 429), waits=True),
    Fault("500", _refuses("500 Internal Server Error"), doubt=True),
    Fault(
        "502 with a page", _answers(_PAGE, "502 Bad Gateway"), doubt=True, foreign=True
    ),
    Fault("503", _refuses("503 Service Unavailable"), doubt=True),
    *(
        Fault(
            f"a page with {status}",
            _answers(_PAGE, f"{status} No"),
            doubt=True,
            foreign=True,
        )
        for status in (200, 401, 403, 404, 412)
    ),
    Fault("a proxy's 407", _answers(_PAGE, "407 Sign In"), foreign=True),
    Fault(
        "JSON with 401",
        _answers({"message": "Forbidden"}, "401 No"),
        doubt=True,
        foreign=True,
    ),
    Fault("an empty body", _answers(b""), doubt=True, foreign=True),
    Fault("an empty 404", _answers(b"", "404 Not Found"), doubt=True, foreign=True),
    Fault(
        "JSON cut short",
        _answers(b'{"notice": "Done.", "token": {"ui'),
        doubt=True,
        foreign=True,
    ),
    Fault("other types", _answers(_WRONG), doubt=True, lenient=True),
    Fault("nothing but nulls", _answers(_NULLS), doubt=True, lenient=True),
    Fault("a list", _answers([{"uid": UID}]), doubt=True, foreign=True),
    Fault(
        "nested without end", _answers(b'{"token":' * 100_000), doubt=True, foreign=True
    ),
    Fault("two hundred megabytes", _flood, doubt=True),
    Fault("a gzip bomb", _bomb, doubt=True),
    Fault("a byte a second", _drip, doubt=True, hangs=True),
    Fault("a redirect to another host", _nothing, place="redirected", foreign=True),
)


@dataclass
class Staged:
    """Where a fault waits, and which requests came, there and to another host."""

    region: Region
    seen: list[bytes] = field(default_factory=list)
    elsewhere: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def stage(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Staged]:
    """Serve the fault on its own socket inside the context."""
    maker: Callable[[Fault, pytest.MonkeyPatch], Any] = _STAGES[fault.place]
    async with maker(fault, monkeypatch) as staged:
        host = staged.region.cma
        yield replace(staged, region=replace(staged.region, cda=host, preview=host))


@asynccontextmanager
async def _answering(fault: Fault, _: pytest.MonkeyPatch) -> AsyncIterator[Staged]:
    seen: list[bytes] = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        await fault.reply(request, writer)

    async with raw_server(handle) as region:
        yield Staged(region, seen)


@asynccontextmanager
async def _redirecting(fault: Fault, _: pytest.MonkeyPatch) -> AsyncIterator[Staged]:
    """Redirect to another server that would accept any request."""
    seen: list[bytes] = []
    elsewhere: list[bytes] = []

    async def other(request: bytes, writer: asyncio.StreamWriter) -> None:
        elsewhere.append(request)
        writer.write(http(b"{}"))

    async with raw_server(other) as target:

        async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
            seen.append(request)
            line = f"location: {target.cma}/v3/user?{AUTHTOKEN}\r\n"
            writer.write(http(b"", status="307 Temporary Redirect", headers=line))

        async with raw_server(handle) as region:
            yield Staged(region, seen, elsewhere)


@asynccontextmanager
async def _refusing(_fault: Fault, _: pytest.MonkeyPatch) -> AsyncIterator[Staged]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield Staged(_local(taken.getsockname()[1]))


@asynccontextmanager
async def _silent(_fault: Fault, _: pytest.MonkeyPatch) -> AsyncIterator[Staged]:
    """Fill the connection queue, so that another connection isn't even refused."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for each in crowd:
            each.setblocking(False)
            with suppress(BlockingIOError):
                each.connect(full.getsockname())
        try:
            yield Staged(_local(full.getsockname()[1]))
        finally:
            for each in crowd:
                each.close()


@asynccontextmanager
async def _unknown(
    _fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Staged]:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", unknown)
        yield Staged(Region("local", "Local", (), "http://cma.example.invalid", "", ""))


@asynccontextmanager
async def _hanging_up(_fault: Fault, _: pytest.MonkeyPatch) -> AsyncIterator[Staged]:
    async def connected(
        _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await _reset(b"", writer)

    async with listening(connected) as port:
        yield Staged(_local(port))


@asynccontextmanager
async def _untrusted(_fault: Fault, _: pytest.MonkeyPatch) -> AsyncIterator[Staged]:
    seen: list[bytes] = []

    async def connected(
        reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
    ) -> None:
        seen.append(await reader.read(100))

    async with listening(connected, _certificate()) as port:
        yield Staged(custom_region(cma=f"https://localhost:{port}", name="Local"), seen)


@cache
def _certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    return context


def _local(port: int) -> Region:
    return custom_region(cma=f"http://127.0.0.1:{port}", name="Local")


_STAGES: dict[Place, Any] = {
    "answers": _answering,
    "hangs up": _hanging_up,
    "redirected": _redirecting,
    "refused": _refusing,
    "silent": _silent,
    "unknown": _unknown,
    "untrusted": _untrusted,
}
