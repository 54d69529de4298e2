"""Faults on demand, so that a client can be tested against a network and a server that misbehave.

A request asks for one with the header `x-sandbox-fault`, or a plan made beforehand picks the requests. A
fault is written as parts joined by commas: `delay=SECONDS`, a status such as `500`, `429` or
`429;retry-after=5`, `502-html`, `cut`, `wrong-types`, `close-before`, `close-after`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any

import msgspec

from tui.sandbox.answers import Answer, ApiError, too_many_requests
from tui.sandbox.calls import Call
from tui.sandbox.seed import SeedFault

FAULT_HEADER = "x-sandbox-fault"
_STATUSES = frozenset(HTTPStatus)
_ENDINGS = ("cut", "wrong-types", "close-before", "close-after")


class Fault(msgspec.Struct):
    """What goes wrong with one request; `ending` is one of the last four parts."""

    delay: float = 0.0
    status: int | None = None
    retry_after: int | None = None
    html: bool = False
    ending: str = ""


def parse_fault(text: str) -> Fault:
    """Read a fault; a ValueError names the part that is none."""
    fault = Fault()
    for part in (each.strip() for each in text.lower().split(",")):
        delay = re.fullmatch(r"delay=(\d{1,4}(?:\.\d+)?)", part)
        failure = re.fullmatch(r"([45]\d\d)(-html)?(?:;retry-after=(\d+))?", part)
        if part in _ENDINGS:
            fault.ending = part
        elif delay:
            fault.delay = float(delay[1])
        elif failure and int(failure[1]) in _STATUSES:
            fault.status, fault.html = int(failure[1]), failure[2] is not None
            fault.retry_after = None if failure[3] is None else int(failure[3])
        else:
            raise ValueError(f"{part!r} is not a fault")
    return fault


def fault_of(call: Call, api: str, planned: Iterable[SeedFault]) -> Fault:
    """The header's fault, or 400 if it is none; else the first planned one that fits, else an empty one."""
    header = call.headers.get(FAULT_HEADER)
    if header is None:
        return next((parse_fault(each.fault) for each in planned if _takes(each, call, api)), Fault())
    try:
        return parse_fault(header)
    except ValueError as error:
        raise ApiError(400, f"{FAULT_HEADER}: {error}.", 400) from None


def _takes(planned: SeedFault, call: Call, api: str) -> bool:
    """Whether a request is hit; counts it if it fits."""
    patterns = ((api, planned.api), (call.method, planned.method.upper()), (call.path, planned.path))
    if planned.times == 0 or not all(fnmatchcase(actual, pattern) for actual, pattern in patterns):
        return False
    if planned.after > 0:
        planned.after -= 1
        return False
    if planned.times is not None:
        planned.times -= 1
    return True


def failure(fault: Fault) -> Answer | None:
    """The answer in place of the API's own, if the fault has a status."""
    if fault.status is None:
        return None
    status = HTTPStatus(fault.status)
    headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    if fault.html:
        answer = Answer({}, status, headers | {"content-type": "text/html; charset=utf-8"})
        answer.body = (
            f"<html><head><title>{status} {status.phrase}</title></head><body>{status.phrase}</body></html>"
        ).encode()
        return answer
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return too_many_requests(headers).answer
    return ApiError(status, f"{status.phrase}. Please try again.", status, headers=headers).answer


def with_wrong_types(value: Any) -> Any:
    """The same shape with numbers for texts and texts for all else."""
    if isinstance(value, dict):
        return {key: with_wrong_types(each) for key, each in value.items()}
    if isinstance(value, list):
        return [with_wrong_types(each) for each in value]
    return 7 if isinstance(value, str) else "wrong"
