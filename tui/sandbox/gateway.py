"""What stands before each API: the size of bodies, the rate limit, faults, and the envelope of refusals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from tui.sandbox.answers import ApiError, JsonResponse, no_such_route, too_large
from tui.sandbox.faults import FAULT_HEADER, FaultPlan, perform
from tui.sandbox.limits import RateLimiter, too_many_requests
from tui.sandbox.routing import BODY_KEY

MAX_BODY_BYTES = 1024 * 1024
# A client that is still sending cannot read a refusal, so what is over the limit is read away up to here.
_MAX_DRAINED_BYTES = 64 * 1024 * 1024

BucketOf = Callable[[Headers], str]


class Gateway:
    """One API as an ASGI application.

    Args:
        name: the API's name in fault plans: `management`, `delivery` or `preview`.
        routes: where its handlers are.
        faults: faults planned for it.
        limiter: the rate limit, if there is one.
        bucket_of: says by a request's headers whose rate limit it counts against.
    """

    def __init__(
        self,
        name: str,
        routes: Sequence[Route],
        *,
        faults: FaultPlan,
        limiter: RateLimiter | None = None,
        bucket_of: BucketOf = lambda _: "",
    ) -> None:
        self._name = name
        self._faults = faults
        self._limiter = limiter
        self._bucket_of = bucket_of
        self._app = Starlette(
            routes=list(routes),
            exception_handlers={
                ApiError: _refusal,
                HTTPException: _unknown_route,
                Exception: _defect,
            },
        )
        self._app.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            send = _without_body(send)
        body = await _read_body(receive)
        if body is None:
            return
        headers = Headers(scope=scope)
        try:
            if len(body) > MAX_BODY_BYTES:
                raise too_large()
            fault = self._faults.pick(self._name, scope["method"], scope["path"], headers.get(FAULT_HEADER))
        except ApiError as error:
            await error.response()(scope, receive, send)
            return
        scope[BODY_KEY] = body
        if fault is None:
            await self._answer(scope, receive, send)
        else:
            await perform(fault, self._answer, scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._limiter is None:
            await self._app(scope, receive, send)
            return
        write = scope["method"] not in ("GET", "HEAD")
        verdict = self._limiter.admit(self._bucket_of(Headers(scope=scope)), write=write)
        if verdict.admitted:
            await self._app(scope, receive, _with_headers(send, verdict.headers()))
        else:
            await too_many_requests(verdict.headers()).response()(scope, receive, send)


async def _read_body(receive: Receive) -> bytes | None:
    """The body, a little over the limit if it is over it; None if the client went away."""
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


def _without_body(send: Send) -> Send:
    async def send_start_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_start_only


def _with_headers(send: Send, headers: dict[str, str]) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return send_with_headers


async def _refusal(_: Request, error: Exception) -> Response:
    return error.response() if isinstance(error, ApiError) else _internal()


async def _unknown_route(_: Request, __: Exception) -> Response:
    return no_such_route().response()


async def _defect(_: Request, __: Exception) -> Response:
    return _internal()


def _internal() -> JsonResponse:
    return ApiError(500, "Internal Server Error. Please try again.", 500).response()
