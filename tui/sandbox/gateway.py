"""One API as an ASGI application.

Its routes, the size of bodies, the rate limit and faults.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import msgspec

from tui.sandbox.answers import ApiError, Response, too_many_requests
from tui.sandbox.calls import Handler, Request, Routes
from tui.sandbox.faults import failure, fault_of, with_odd_rows, with_wrong_types
from tui.sandbox.organization import World
from tui.sandbox.seed import SeedFault

# The types of the ASGI specification.
Message: TypeAlias = MutableMapping[str, Any]
ASGIScope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[ASGIScope, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 1024 * 1024
# The server puts a function here that closes the TCP connection of a request.
CLOSE_EXTENSION = "sandbox.close"
# A client that is still sending cannot read a refusal, so what is over the limit is
# read away up to here.
_MAX_DRAINED_BYTES = 64 * 1024 * 1024


_CHANGES = {"wrong-types": with_wrong_types, "odd-rows": with_odd_rows}


class ConnectionClosed(ConnectionResetError):
    """In process there is no connection to close.

    The failure is raised through the transport instead.
    """


class RateLimiter:
    """Counts the requests of the last second; what it refuses does not count."""

    def __init__(
        self, per_second: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.per_second = per_second
        self._clock = clock
        self._admitted: defaultdict[tuple[str, bool], deque[float]] = defaultdict(deque)

    def admit(self, bucket: str, *, write: bool) -> int | None:
        """How many more reads or writes of a bucket may come in this second.

        None if this one may not.
        """
        now = self._clock()
        recent = self._admitted[(bucket, write)]
        while recent and now - recent[0] >= 1.0:
            recent.popleft()
        if len(recent) >= self.per_second:
            return None
        recent.append(now)
        return self.per_second - len(recent)


class Gateway:
    """One API as an ASGI application; HEAD is answered where GET is.

    `name` is the API's in fault plans, and `faults` those of all APIs, which may change
    while it runs.
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
            (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route)), handler)
            for route, handler in routes.items()
        ]
        self._faults = faults
        self._limiter = limiter

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        body = await _read_body(receive)
        if body is None:
            return
        pairs = parse_qsl(
            scope["query_string"].decode("latin-1"), keep_blank_values=True
        )
        call = Request(
            world=self._world,
            method=scope["method"],
            path=scope["path"],
            headers={
                key.decode("latin-1").lower(): each.decode("latin-1")
                for key, each in scope["headers"]
            },
            query=dict(pairs),
            body=body,
            pairs=pairs,
        )
        try:
            fault = fault_of(call, self._name, self._faults)
        except ApiError as refusal:
            await _send(refusal.answer, call, send)
            return
        call.lateness = fault.lateness
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.ending == "close-before":
            await _hang_up(scope, receive)
            return
        answer = failure(fault)
        if answer is not None:
            await _send(answer, call, send)
            return
        try:
            answer = self._answer(call)
        except Exception:
            await _send(
                ApiError(500, "Internal Server Error. Please try again.", 500).answer,
                call,
                send,
            )
            raise
        if change := _CHANGES.get(fault.ending):
            answer.body = msgspec.json.encode(change(msgspec.json.decode(answer.body)))
        if fault.ending != "close-after":
            await _send(answer, call, send, cut=fault.ending == "cut")
        if fault.ending in ("close-after", "cut"):
            await _hang_up(scope, receive)

    def _answer(self, call: Request) -> Response:
        headers: dict[str, str] = {}
        if self._limiter is not None:
            remaining = self._limiter.admit(
                _bucket(call), write=call.method not in ("GET", "HEAD")
            )
            # No `Retry-After` is among them: the real API sends none.
            headers["x-ratelimit-limit"] = str(self._limiter.per_second)
            headers["x-ratelimit-remaining"] = str(remaining or 0)
            if remaining is None:
                return too_many_requests(headers).answer
        try:
            answer = self._handler(call)(call)
        except ApiError as refusal:
            answer = refusal.answer
        answer.headers |= headers
        return answer

    def _handler(self, call: Request) -> Handler:
        """What answers a method and path; it finds the path's variables in the call."""
        if len(call.body) > MAX_BODY_BYTES:
            raise ApiError(413, "The request body is larger than 1 MiB.", 413)
        method = "GET" if call.method == "HEAD" else call.method
        for pattern, handler in self._routes:
            if match := pattern.fullmatch(f"{method} {call.path}"):
                call.variables = match.groupdict()
                return handler
        # A method that a path does not take is answered alike: the API's list of
        # statuses has no 405.
        raise ApiError(404, "The requested URL was not found on this server.", 404)


def _bucket(call: Request) -> str:
    """Whose rate limit a request counts against.

    The organization's, as far as its headers tell.
    """
    stack = call.world.stacks.get(call.headers.get("api_key", ""))
    names = ("organization_uid", "authtoken", "authorization")
    named = [call.headers[name] for name in names if call.headers.get(name)]
    return stack.organization.uid if stack else next(iter(named), "")


async def _read_body(receive: Receive) -> bytes | None:
    """The body, a little over the limit if it is over it.

    None if the client went away.
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
    answer: Response, call: Request, send: Send, *, cut: bool = False
) -> None:
    """Send an answer: without the body to HEAD, or half of it where it is to be cut."""
    headers = answer.headers | {"content-length": str(len(answer.body))}
    encoded = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in headers.items()
    ]
    await send(
        {"type": "http.response.start", "status": answer.status, "headers": encoded}
    )
    body = b"" if call.method == "HEAD" else answer.body
    body = body[: len(body) // 2] if cut else body
    await send({"type": "http.response.body", "body": body, "more_body": cut})


async def _hang_up(scope: ASGIScope, receive: Receive) -> None:
    close = scope.get("extensions", {}).get(CLOSE_EXTENSION)
    if close is None:
        raise ConnectionClosed("The sandbox closed the connection.")
    close()
    while (await receive())["type"] != "http.disconnect":
        pass
