"""Faults on demand, so that a client can be tested against a network and a server that misbehave.

A request asks for one with the header `x-sandbox-fault`, or a plan made beforehand picks the requests. A
fault is written as parts joined by commas: `delay=SECONDS`, a status such as `500`, `429` or
`429;retry-after=5`, `502-html`, `cut`, `wrong-types`, `close-before`, `close-after`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import HTMLResponse, Response
from starlette.types import Message, Receive, Scope, Send

from tui.sandbox.answers import ApiError
from tui.sandbox.limits import too_many_requests

FAULT_HEADER = "x-sandbox-fault"
# The server puts a function here that closes the TCP connection of a request.
CLOSE_EXTENSION = "sandbox.close"
_STATUSES = frozenset(HTTPStatus)

Answer = Callable[[Scope, Receive, Send], Awaitable[None]]


class ConnectionClosed(ConnectionResetError):
    """In process there is no connection to close: the failure is raised through the transport instead."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request."""

    delay: float = 0.0
    status: int | None = None
    retry_after: int | None = None
    html: bool = False
    cut: bool = False
    wrong_types: bool = False
    close: str = ""


def parse_fault(text: str) -> Fault:
    """Read a fault.

    Raises:
        ValueError: naming the part that is none.
    """
    fault = Fault()
    for part in text.lower().split(","):
        changed = _with_part(fault, part.strip())
        if changed is None:
            raise ValueError(f"{part.strip()!r} is not a fault")
        fault = changed
    return fault


def _with_part(fault: Fault, part: str) -> Fault | None:
    flags: dict[str, Callable[[], Fault]] = {
        "cut": lambda: replace(fault, cut=True),
        "wrong-types": lambda: replace(fault, wrong_types=True),
        "close-before": lambda: replace(fault, close="before"),
        "close-after": lambda: replace(fault, close="after"),
    }
    if part in flags:
        return flags[part]()
    delay = re.fullmatch(r"delay=(\d{1,4}(?:\.\d+)?)", part)
    if delay:
        return replace(fault, delay=float(delay[1]))
    failure = re.fullmatch(r"([45]\d\d)(-html)?(?:;retry-after=(\d+))?", part)
    if failure is None or int(failure[1]) not in _STATUSES:
        return None
    retry_after = None if failure[3] is None else int(failure[3])
    return replace(fault, status=int(failure[1]), html=failure[2] is not None, retry_after=retry_after)


@dataclass(slots=True)
class PlannedFault:
    """A fault for the requests that fit, from the one after `after` of them, `times` times (None: always)."""

    fault: Fault
    api: str = "*"
    method: str = "*"
    path: str = "*"
    times: int | None = None
    after: int = 0

    def take(self, api: str, method: str, path: str) -> bool:
        """Whether this request is hit; counts it if it fits."""
        patterns = ((api, self.api), (method, self.method.upper()), (path, self.path))
        if self.times == 0 or not all(fnmatchcase(actual, pattern) for actual, pattern in patterns):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class FaultPlan:
    """The faults that are planned, in the order they were added."""

    def __init__(self) -> None:
        self._planned: list[PlannedFault] = []

    def add(self, planned: PlannedFault) -> None:
        """Plan one more."""
        self._planned.append(planned)

    def clear(self) -> None:
        """Plan nothing any more."""
        self._planned.clear()

    def pick(self, api: str, method: str, path: str, header: str | None) -> Fault | None:
        """The fault for one request: the header's, else the first planned one that fits.

        Raises:
            ApiError: 400 if the header holds none.
        """
        if header is not None:
            try:
                return parse_fault(header)
            except ValueError as error:
                raise ApiError(400, f"{FAULT_HEADER}: {error}.", 400) from None
        return next((each.fault for each in self._planned if each.take(api, method, path)), None)


async def perform(fault: Fault, answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request as the fault wants it."""
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.close == "before":
        await _hang_up(scope, receive)
    elif fault.status is not None:
        await _failure(fault)(scope, receive, send)
    elif fault.close == "after":
        await _captured(answer, scope, receive)
        await _hang_up(scope, receive)
    elif fault.cut:
        start, body = await _captured(answer, scope, receive)
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await _hang_up(scope, receive)
    elif fault.wrong_types:
        start, body = await _captured(answer, scope, receive)
        wrong = msgspec.json.encode(_with_wrong_types(msgspec.json.decode(body)))
        await Response(wrong, start["status"], media_type="application/json")(scope, receive, send)
    else:
        await answer(scope, receive, send)


def _failure(fault: Fault) -> Response:
    status = HTTPStatus(fault.status or HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.html:
        page = (
            f"<html><head><title>{status} {status.phrase}</title></head><body>{status.phrase}</body></html>"
        )
        return HTMLResponse(page, status, headers)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return too_many_requests(headers).response()
    return ApiError(status, f"{status.phrase}. Please try again.", status, headers=headers).response()


async def _captured(answer: Answer, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """Let the request take effect and keep its answer back."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await answer(scope, receive, keep)
    return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


async def _hang_up(scope: Scope, receive: Receive) -> None:
    close = scope.get("extensions", {}).get(CLOSE_EXTENSION)
    if close is None:
        raise ConnectionClosed("The sandbox closed the connection.")
    close()
    while (await receive())["type"] != "http.disconnect":
        pass


def _with_wrong_types(value: Any) -> Any:
    """The same shape with numbers for texts and texts for all else."""
    if isinstance(value, dict):
        return {key: _with_wrong_types(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_wrong_types(each) for each in value]
    return 7 if isinstance(value, str) else "wrong"
