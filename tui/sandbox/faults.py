"""Faults on demand, so that a client can be tested against a network and a server that misbehave.

A request asks for one with the header `x-sandbox-fault`, or a plan made beforehand picks the requests. A
fault is written as parts joined by commas: `delay=SECONDS`, a status such as `500`, `429` or
`429;retry-after=5`, a gateway's answer such as `403-html;title=Blocked;server=proxy`, `unknown=SECONDS` or
`unknown=CALLSx`, `cut`, `wrong-types`, `odd-rows`, `close-before`, `close-after`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any

import msgspec

from tui.sandbox.answers import ApiError, Response, too_many_requests
from tui.sandbox.calls import Request
from tui.sandbox.organization import Lateness
from tui.sandbox.seed import SeedFault

FAULT_HEADER = "x-sandbox-fault"
_STATUSES = frozenset(HTTPStatus)
_WITHOUT_BODY = (
    HTTPStatus.NO_CONTENT,
    HTTPStatus.RESET_CONTENT,
    HTTPStatus.NOT_MODIFIED,
)
_ENDINGS = ("cut", "wrong-types", "odd-rows", "close-before", "close-after")
_FAILURE = re.compile(r"([2345]\d\d)(?:-(html|json|text|empty))?")
_UNKNOWN = re.compile(r"unknown=(?:(\d{1,6}(?:\.\d+)?)|(\d{1,6})x)(?:;(401|412))?")
_CONTENT_TYPES = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "text": "text/plain; charset=utf-8",
    "empty": "text/plain",
}


class Fault(msgspec.Struct):
    """What goes wrong with one request.

    Attributes:
        form: what a gateway answers in place of the API: html, json, text or empty; its
            `title`, the `server` and the `location` that it names.
        ending: one of the parts that have no value.
        lateness: for how long the token that the request creates stays unknown.
    """

    delay: float = 0.0
    status: int | None = None
    retry_after: int | None = None
    form: str = ""
    title: str = ""
    server: str = ""
    location: str = ""
    ending: str = ""
    lateness: Lateness | None = None


def parse_fault(text: str) -> Fault:
    """Read a fault; a ValueError names the part that is none."""
    fault = Fault()
    for part in (each.strip() for each in text.split(",")):
        delay = re.fullmatch(r"delay=(\d{1,4}(?:\.\d+)?)", part.lower())
        unknown = _UNKNOWN.fullmatch(part.lower())
        if part.lower() in _ENDINGS:
            fault.ending = part.lower()
        elif delay:
            fault.delay = float(delay[1])
        elif unknown:
            status = None if unknown[3] is None else int(unknown[3])
            fault.lateness = Lateness(
                float(unknown[1] or 0), int(unknown[2] or 0), status
            )
        elif not _read_failure(fault, part):
            raise ValueError(f"{part!r} is not a fault")
    return fault


def _read_failure(fault: Fault, part: str) -> bool:
    """Read a status and what belongs to it into a fault; False if it is none."""
    head, *options = part.split(";")
    named = _FAILURE.fullmatch(head.strip().lower())
    if named is None or int(named[1]) not in _STATUSES:
        return False
    fault.status, fault.form = int(named[1]), named[2] or ""
    # Only a gateway says yes or goes elsewhere: the API's envelope is for refusals.
    allowed = fault.form and fault.status not in _WITHOUT_BODY
    if not allowed and fault.status < HTTPStatus.BAD_REQUEST:
        return False
    for option in options:
        name, _, value = option.strip().partition("=")
        if name.lower() == "retry-after" and re.fullmatch(r"\d{1,9}", value):
            fault.retry_after = int(value)
        elif name.lower() in ("title", "server", "location") and fault.form and value:
            setattr(fault, name.lower(), value)
        else:
            return False
    return True


def fault_of(call: Request, api: str, planned: Iterable[SeedFault]) -> Fault:
    """The header's fault, or 400 if it is none.

    Else the first planned one that fits, else an empty one.
    """
    header = call.headers.get(FAULT_HEADER)
    if header is None:
        return next(
            (parse_fault(each.fault) for each in planned if _takes(each, call, api)),
            Fault(),
        )
    try:
        return parse_fault(header)
    except ValueError as error:
        raise ApiError(400, f"{FAULT_HEADER}: {error}.", 400) from None


def _takes(planned: SeedFault, call: Request, api: str) -> bool:
    """Whether a request is hit; counts it if it fits."""
    patterns = (
        (api, planned.api),
        (call.method, planned.method.upper()),
        (call.path, planned.path),
    )
    if planned.times == 0 or not all(
        fnmatchcase(actual, pattern) for actual, pattern in patterns
    ):
        return False
    if planned.after > 0:
        planned.after -= 1
        return False
    if planned.times is not None:
        planned.times -= 1
    return True


def failure(fault: Fault) -> Response | None:
    """The answer in place of the API's own, if the fault has a status."""
    if fault.status is None:
        return None
    status = HTTPStatus(fault.status)
    headers = (
        {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    )
    if fault.form:
        return _gateway_answer(fault, status, headers)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return too_many_requests(headers).answer
    return ApiError(
        status, f"{status.phrase}. Please try again.", status, headers=headers
    ).answer


def _gateway_answer(
    fault: Fault, status: HTTPStatus, headers: dict[str, str]
) -> Response:
    """What a web filter, a captive portal or an access proxy sends."""
    named = {"server": fault.server, "location": fault.location}
    headers |= {name: value for name, value in named.items() if value}
    title = fault.title or f"{status} {status.phrase}"
    bodies = {
        "html": f"<html><head><title>{title}</title></head><body>{status.phrase}</body></html>",
        "json": msgspec.json.encode({"message": title}).decode(),
        "text": f"{title}\n",
        "empty": "",
    }
    answer = Response(
        {}, status, headers | {"content-type": _CONTENT_TYPES[fault.form]}
    )
    answer.body = bodies[fault.form].encode()
    return answer


def with_wrong_types(value: Any) -> Any:
    """The same shape with numbers for texts and texts for all else."""
    if isinstance(value, dict):
        return {key: with_wrong_types(each) for key, each in value.items()}
    if isinstance(value, list):
        return [with_wrong_types(each) for each in value]
    return 7 if isinstance(value, str) else "wrong"


def with_odd_rows(value: Any) -> Any:
    """The same lists; in each the second row has no name, and a null stands after it."""
    if not isinstance(value, dict):
        return value
    return {
        key: [*each[:1], {**each[1], "name": None}, None, *each[2:]]
        if isinstance(each, list) and len(each) > 1 and isinstance(each[1], dict)
        else each
        for key, each in value.items()
    }
