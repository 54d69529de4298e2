"""One API as an ASGI application: routes, body size, rate limit and faults."""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import msgspec

from tui.sandbox.faults import (
    Fault,
    failure,
    fault_of,
    with_odd_rows,
    with_wrong_types,
)
from tui.sandbox.organization import World
from tui.sandbox.requests import Handler, Request, Routes
from tui.sandbox.responses import ApiError, Response, too_many_requests
from tui.sandbox.seed import SeedFault

# The ASGI specification's types.
Message: TypeAlias = MutableMapping[str, Any]
ASGIScope: TypeAlias = Message
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[ASGIScope, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 1024 * 1024
# The server puts a function here that closes a request's TCP connection.
CLOSE_EXTENSION = "sandbox.close"
# A client that's still sending can't read a refusal, so a body over the limit is
# read and discarded, up to this size.
_MAX_DRAINED_BYTES = 64 * 1024 * 1024
_CHANGES = {"wrong-types": with_wrong_types, "odd-rows": with_odd_rows}


class ConnectionClosed(ConnectionResetError):
    """Raised through the in-process transport, which has no connection to close."""


class RateLimiter:
    """Counts the requests of the last second, except those that it refused.

    Args:
        per_second: the limit of every bucket without one in `own`.
        own: limits by bucket.
    """

    def __init__(
        self,
        per_second: int,
        clock: Callable[[], float] = time.monotonic,
        own: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._per_second = per_second
        self._clock = clock
        self._own = own
        self._admitted: defaultdict[tuple[str, bool], deque[float]] = defaultdict(deque)

    def limit(self, bucket: str) -> int:
        """Return how many reads, and how many writes, a bucket may have in a second."""
        return self._own.get(bucket, self._per_second)

    def admit(self, bucket: str, *, write: bool) -> int | None:
        """Return how many more reads or writes a bucket may have in this second.

        None means that this one is refused.
        """
        now = self._clock()
        recent = self._admitted[(bucket, write)]
        while recent and now - recent[0] >= 1.0:
            recent.popleft()
        per_second = self.limit(bucket)
        if len(recent) >= per_second:
            return None
        recent.append(now)
        return per_second - len(recent)


class Gateway:
    """One API as an ASGI application, which serves HEAD wherever it serves GET.

    Args:
        name: the API's name in planned faults.
        faults: the planned faults of all APIs, which may change while it runs.
    """

    def __init__(
        self,
        name: str,
        world: World,
        routes: Routes,
        faults: Sequence[SeedFault],
        limiter: RateLimiter | None = None,
    ) -> None:
        self._name = name
        self._world = world
        self._routes = [
            (_route_pattern(route), handler) for route, handler in routes.items()
        ]
        self._faults = faults
        self._limiter = limiter

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        """Respond to one request, as far as any fault lets it."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        body = await _read_body(receive)
        if body is None:
            return
        request = _request(self._world, scope, body)
        try:
            fault = fault_of(request, self._name, self._faults)
        except ApiError as refusal:
            await _send(refusal.response, request, send)
            return
        request.lateness = fault.lateness
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.ending == "close-before":
            await _hang_up(scope, receive)
            return
        response = failure(fault)
        if response is not None:
            await _send(response, request, send)
            return
        response = await self._response_or_500(request, send)
        _change_body(response, fault)
        if fault.ending != "close-after":
            await _send(response, request, send, cut=fault.ending == "cut")
        if fault.ending in ("close-after", "cut"):
            await _hang_up(scope, receive)

    async def _response_or_500(self, request: Request, send: Send) -> Response:
        """Return the response; if the sandbox itself fails, send a 500 and raise."""
        try:
            return self._response(request)
        except Exception:
            refusal = ApiError(500, "Internal Server Error. Please try again.", 500)
            await _send(refusal.response, request, send)
            raise

    def _response(self, request: Request) -> Response:
        headers: dict[str, str] = {}
        if self._limiter is not None:
            is_write = request.method not in ("GET", "HEAD")
            bucket = _bucket(request)
            remaining = self._limiter.admit(bucket, write=is_write)
            # They don't include `Retry-After`: the real API doesn't send it.
            headers["x-ratelimit-limit"] = str(self._limiter.limit(bucket))
            headers["x-ratelimit-remaining"] = str(remaining or 0)
            if remaining is None:
                return too_many_requests(headers).response
        try:
            handler = self._handler(request)
            response = handler(request)
        except ApiError as refusal:
            response = refusal.response
        response.headers |= headers
        return response

    def _handler(self, request: Request) -> Handler:
        """Find a method and path's handler; the path's variables go to the request.

        A method that a path doesn't support is refused like an unknown path: the API's
        list of statuses has no 405.
        """
        if len(request.body) > MAX_BODY_BYTES:
            raise ApiError(413, "The request body is larger than 1 MiB.", 413)
        method = "GET" if request.method == "HEAD" else request.method
        for pattern, handler in self._routes:
            match = pattern.fullmatch(f"{method} {request.path}")
            if match:
                request.variables = match.groupdict()
                return handler
        raise ApiError(404, "The requested URL was not found on this server.", 404)


def _route_pattern(route: str) -> re.Pattern[str]:
    """Compile a route such as `GET /v3/roles/{uid}`, whose variables become groups."""
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route))


def _request(world: World, scope: ASGIScope, body: bytes) -> Request:
    """Return a request as the handlers see it."""
    query = scope["query_string"].decode("latin-1")
    pairs = parse_qsl(query, keep_blank_values=True)
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1")
        for name, value in scope["headers"]
    }
    return Request(
        world=world,
        method=scope["method"],
        path=scope["path"],
        headers=headers,
        query=dict(pairs),
        body=body,
        pairs=pairs,
    )


def _change_body(response: Response, fault: Fault) -> None:
    """Spoil a response's JSON if its fault says so."""
    change = _CHANGES.get(fault.ending)
    if change is not None:
        content = change(msgspec.json.decode(response.body))
        response.body = msgspec.json.encode(content)


def _bucket(request: Request) -> str:
    """Return the bucket whose rate limit a request counts against.

    It's the stack's organization or, without a stack, whatever a header names.
    """
    stack = request.world.stacks.get(request.headers.get("api_key", ""))
    if stack is not None:
        return stack.organization.uid
    for name in ("organization_uid", "authtoken", "authorization"):
        if request.headers.get(name):
            return request.headers[name]
    return ""


async def _read_body(receive: Receive) -> bytes | None:
    """Read the body; if it's over the limit, only a little more than that.

    Return None if the client has disconnected.
    """
    body = bytearray()
    received = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        received += len(chunk)
        body += chunk[: MAX_BODY_BYTES + 1 - len(body)]
        if not message.get("more_body", False) or received > _MAX_DRAINED_BYTES:
            return bytes(body)


async def _send(
    response: Response, request: Request, send: Send, *, cut: bool = False
) -> None:
    """Send a response: no body for HEAD, and half of it if it's to be cut."""
    headers = response.headers | {"content-length": str(len(response.body))}
    encoded = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in headers.items()
    ]
    status = response.status
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    body = b"" if request.method == "HEAD" else response.body
    if cut:
        body = body[: len(body) // 2]
    await send({"type": "http.response.body", "body": body, "more_body": cut})


async def _hang_up(scope: ASGIScope, receive: Receive) -> None:
    close = scope.get("extensions", {}).get(CLOSE_EXTENSION)
    if close is None:
        raise ConnectionClosed("The sandbox closed the connection.")
    close()
    while (await receive())["type"] != "http.disconnect":
        pass
