"""Faults on demand: a network and a server that misbehave, for tests of a client.

A request asks for a fault with the header `x-sandbox-fault`, or a planned fault
selects its requests. A fault is written as parts separated by commas:
`delay=SECONDS`, a status such as `500`, `429` or `429;retry-after=5`, a gateway's
response such as `403-html;title=Blocked;server=proxy`, `unknown=SECONDS` or
`unknown=CALLSx`, `cut`, `wrong-types`, `odd-rows`, `close-before`, `close-after`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from http import HTTPStatus

import msgspec

from tui.sandbox.organization import Lateness
from tui.sandbox.requests import Request
from tui.sandbox.responses import ApiError, Response, too_many_requests
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
_DELAY = re.compile(r"delay=(\d{1,4}(?:\.\d+)?)")
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
        form: what a gateway sends instead of the API: html, json, text or empty, with
            its `title`, and the `server` and the `location` that it names.
        ending: one of the parts without a value.
        lateness: how long the token that the request creates stays unknown.
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
    """Read a fault; a ValueError names the invalid part."""
    fault = Fault()
    for written in text.split(","):
        part = written.strip()
        delay = _DELAY.fullmatch(part.lower())
        unknown = _UNKNOWN.fullmatch(part.lower())
        if part.lower() in _ENDINGS:
            fault.ending = part.lower()
        elif delay:
            fault.delay = float(delay[1])
        elif unknown:
            fault.lateness = _lateness(*unknown.groups())
        elif not _read_failure(fault, part):
            raise ValueError(f"{part!r} is not a fault")
    return fault


def _lateness(
    seconds: str | None, requests: str | None, status: str | None
) -> Lateness:
    refused_with = None if status is None else int(status)
    return Lateness(float(seconds or 0), int(requests or 0), refused_with)


def _read_failure(fault: Fault, part: str) -> bool:
    """Read a status and its options into a fault; return False if it isn't one."""
    head, *options = part.split(";")
    named = _FAILURE.fullmatch(head.strip().lower())
    if named is None or int(named[1]) not in _STATUSES:
        return False
    fault.status, fault.form = int(named[1]), named[2] or ""
    # Only a gateway succeeds or redirects: the API's envelope is for refusals.
    is_refusal = fault.status >= HTTPStatus.BAD_REQUEST
    is_from_gateway = fault.form and fault.status not in _WITHOUT_BODY
    if not is_refusal and not is_from_gateway:
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


def fault_of(request: Request, api: str, planned: Iterable[SeedFault]) -> Fault:
    """Return the fault that a request's header asks for, or the first planned for it.

    Without either, it's empty. A header that isn't a fault is refused with 400.
    """
    header = request.headers.get(FAULT_HEADER)
    if header is not None:
        try:
            return parse_fault(header)
        except ValueError as error:
            raise ApiError(400, f"{FAULT_HEADER}: {error}.", 400) from None
    for each in planned:
        if _takes(each, request, api):
            return parse_fault(each.fault)
    return Fault()


def _takes(planned: SeedFault, request: Request, api: str) -> bool:
    """Whether a planned fault hits a request; count the requests that match."""
    fits = (
        fnmatchcase(api, planned.api)
        and fnmatchcase(request.method, planned.method.upper())
        and fnmatchcase(request.path, planned.path)
    )
    if planned.times == 0 or not fits:
        return False
    if planned.after > 0:
        planned.after -= 1
        return False
    if planned.times is not None:
        planned.times -= 1
    return True


def failure(fault: Fault) -> Response | None:
    """Return what to send instead of the API's response, if the fault has a status."""
    if fault.status is None:
        return None
    status = HTTPStatus(fault.status)
    headers: dict[str, str] = {}
    if fault.retry_after is not None:
        headers["retry-after"] = str(fault.retry_after)
    if fault.form:
        return _gateway_response(fault, status, headers)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return too_many_requests(headers).response
    message = f"{status.phrase}. Please try again."
    return ApiError(status, message, status, headers=headers).response


def _gateway_response(
    fault: Fault, status: HTTPStatus, headers: dict[str, str]
) -> Response:
    """Return what a web filter, a captive portal or an access proxy sends."""
    named = {"server": fault.server, "location": fault.location}
    headers |= {name: value for name, value in named.items() if value}
    headers["content-type"] = _CONTENT_TYPES[fault.form]
    title = fault.title or f"{status} {status.phrase}"
    head, body = f"<head><title>{title}</title></head>", f"<body>{status.phrase}</body>"
    bodies = {
        "html": f"<html>{head}{body}</html>",
        "json": msgspec.json.encode({"message": title}).decode(),
        "text": f"{title}\n",
        "empty": "",
    }
    response = Response({}, status, headers)
    response.body = bodies[fault.form].encode()
    return response


def with_wrong_types(value: object) -> object:
    """Return the same shape, with numbers for strings and strings for anything else."""
    if isinstance(value, dict):
        return {key: with_wrong_types(each) for key, each in value.items()}
    if isinstance(value, list):
        return [with_wrong_types(each) for each in value]
    return 7 if isinstance(value, str) else "wrong"


def with_odd_rows(value: object) -> object:
    """Spoil each list: its second row gets no name, and a null follows it."""
    if not isinstance(value, dict):
        return value
    return {key: _with_odd_second_row(each) for key, each in value.items()}


def _with_odd_second_row(rows: object) -> object:
    if not isinstance(rows, list) or len(rows) < 2 or not isinstance(rows[1], dict):
        return rows
    first, second, *others = rows
    return [first, second | {"name": None}, None, *others]
