"""A request and its answer, and the error for a bad or missing answer.

`judged` first checks who sent the answer. Statuses overlap and top-level messages are
generic, so `error_code` decides if it's known, and `errors` is always shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from tui.contentstack import errors, origin
from tui.contentstack.errors import ContentstackError, cleaned
from tui.contentstack.origin import JsonObject
from tui.secret import Secret

_MOST_DETAILS = 12
_MESSAGES = ("error_message", "message", "error")

_BY_CODE: dict[int | None, type[ContentstackError]] = {
    21: errors.StackNotFound,
    104: errors.LoginRefused,
    105: errors.SignedOut,
    109: errors.StackNotFound,
    118: errors.NotFound,
    161: errors.EnvironmentRefused,
    294: errors.SecondFactorNeeded,
    295: errors.LoginRefused,
    316: errors.NotAllowed,
    600: errors.PlanLacks,
    901: errors.NotAllowed,
}
_BY_STATUS: dict[int, type[ContentstackError]] = {
    401: errors.SignedOut,
    403: errors.NotAllowed,
    404: errors.NotFound,
    412: errors.StackNotFound,
}
_NOT_THERE = re.compile(
    r"(does ?n[o'’]?t|do not) exist|not found|could ?n[o'’]?t (be found|find)",
    re.IGNORECASE,
)
# What JSON can contain but our strings can't: half a surrogate pair, and NUL.
_UNFIT = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)|\0")
_NOT_IN_PLAN = "not included in your plan"

_Error = TypeVar("_Error", bound=ContentstackError)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, however often it's tried.

    `place` (region and host) and `secrets` are for its errors.
    """

    method: str
    url: str
    place: str
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = field(default=None, repr=False)
    secrets: tuple[Secret, ...] = ()

    @property
    def write(self) -> bool:
        """Whether it could change something."""
        return self.method != "GET"

    def lost(self, kind: type[_Error], what: str, *, sent: bool = True) -> _Error:
        """Return the error for an answer that never arrived completely.

        `sent` says whether the request may have arrived.
        """
        in_doubt = sent and self.write
        return kind(what, place=self.place, may_have_happened=in_doubt)


def prepare(
    method: str,
    url: str,
    place: str,
    headers: Mapping[str, str | Secret],
    query: Mapping[str, str],
    body: object,
) -> Call:
    """Return the request with its secrets revealed, and noted so that errors hide them.

    Raises:
        Invalid: if a header can't be sent as is.
    """
    secrets: list[Secret] = []

    def reveal(value: object) -> str:
        if not isinstance(value, Secret):
            raise TypeError(f"{type(value).__name__} isn't JSON")
        secrets.append(value)
        return value.reveal()

    sent = {
        name: value if isinstance(value, str) else reveal(value)
        for name, value in headers.items()
    }
    for name, text in sent.items():
        if not (text.isascii() and text.isprintable()):
            what = f"The value for {name} has characters that can't be sent"
            raise errors.Invalid(what, place=place)
    content = None
    if body is not None:
        sent["content-type"] = "application/json"
        # ASCII with escapes, so that encoding never fails.
        text = json.dumps(body, default=reveal, separators=(",", ":"))
        content = text.encode("ascii")
    return Call(method, url, place, sent, query, content, tuple(secrets))


@dataclass(frozen=True)
class Answer:
    """An answer as it came, with `body` decompressed.

    `server` and `location` are the headers of the same names.
    """

    call: Call
    status: int
    body: bytes = field(default=b"", repr=False)
    server: str = field(default="", repr=False)
    location: str = field(default="", repr=False)

    @cached_property
    def value(self) -> object:
        """The decoded body, cached."""
        return origin.json_of(self.body)

    def object(self) -> JsonObject:
        """Return the body as a JSON object, or raise the error that it contains."""
        value = self.value
        if not isinstance(value, dict):
            raise self.not_contentstacks()
        if "error_code" in value and "error_message" in value:
            raise refusal(self)
        return value

    def not_contentstacks(self) -> errors.NotContentstack:
        """Return the error for an answer from between here and Contentstack."""
        why = origin.description(
            self.status,
            self.body,
            self.value,
            server=self.server,
            location=self.location,
            secrets=self.call.secrets,
        )
        passed_on = origin.may_have_been_passed_on(self.status)
        return errors.NotContentstack(
            place=self.call.place,
            why=why,
            status=self.status,
            may_have_happened=self.call.write and passed_on,
        )

    @property
    def is_fit(self) -> bool:
        """Whether all strings in the body are known to be safe to keep and write."""
        try:
            self.body.decode()
        except UnicodeDecodeError:
            return False
        return _UNFIT.search(self.body) is None

    def bad(self, path: str, reason: str) -> errors.BadAnswer:
        """Return the error for an answer that is wrong at `path`.

        If it answers a write, the write may well have happened.
        """
        path, reason = self.quotable(path, reason)
        return errors.BadAnswer(
            place=self.call.place,
            why=f"at {path}, {reason}",
            path=path,
            status=self.status,
            may_have_happened=self.call.write,
        )

    def quotable(self, path: str, reason: str) -> tuple[str, str]:
        """Return a path in the answer and what is wrong there, cleaned for display."""
        secrets = self.call.secrets
        return cleaned(path, secrets, limit=120), cleaned(reason, secrets).rstrip(".")


def judged(answer: Answer) -> Answer | ContentstackError:
    """Return the answer if the API accepted the request, else the error.

    Statuses and codes only count from here on: an answer that isn't in the API's form
    never gets this far.
    """
    if not origin.is_the_apis(answer.status, answer.value):
        return answer.not_contentstacks()
    return answer if answer.status < 300 else refusal(answer)


def refusal(answer: Answer) -> ContentstackError:
    """Return the error for a refusal by the API, from its status and body."""
    secrets = answer.call.secrets
    body = answer.value if isinstance(answer.value, dict) else {}
    code = body.get("error_code", body.get("code"))
    code = code if isinstance(code, int) else None
    message = cleaned(_message(body), secrets)
    reasons = list(_reasons("", body.get("errors")))[:_MOST_DETAILS]
    details = tuple(
        (cleaned(name, secrets, limit=80), cleaned(reason, secrets, limit=200))
        for name, reason in reasons
    )
    kind = _kind(answer.status, code, message)
    failed = kind is errors.ServerFailed
    why = _why(message, details)
    if not why and not failed:
        why = f"status {answer.status} without a reason"
    return kind(
        place=answer.call.place,
        why=why,
        status=answer.status,
        code=code,
        server_message=message,
        details=details,
        may_have_happened=failed and answer.call.write,
    )


def recast(error: ContentstackError, kind: type[_Error]) -> _Error:
    """Return the same refusal as another kind, if the request reveals more about it."""
    return kind(**vars(error))


def _kind(status: int, code: int | None, message: str) -> type[ContentstackError]:
    if status == 429:
        return errors.RateLimited
    if status >= 500:
        return errors.ServerFailed
    if code in _BY_CODE:
        return _BY_CODE[code]
    if _NOT_IN_PLAN in message.casefold():
        return errors.PlanLacks
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return errors.NotFound if _NOT_THERE.search(message) else errors.Invalid


def _message(body: JsonObject) -> str:
    """Return the first of the API's messages that says anything."""
    for key in _MESSAGES:
        text = body.get(key)
        if isinstance(text, str) and text.strip():
            return text.strip()
    return ""


def _why(message: str, details: Iterable[tuple[str, str]]) -> str:
    """Return the reasons that an answer gives, fields first."""
    fields = [f"{name} {reason}".strip().rstrip(".") for name, reason in details]
    parts = ("; ".join(fields), message.rstrip("."))
    return ". ".join(filter(None, parts))


def _reasons(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield pairs of field and reason from an answer's `errors`.

    It may be a dict of lists or strings, a list, `{}`, or missing.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _reasons(f"{name}.{key}" if name else str(key), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _reasons(name, inner)
    elif value is not None and not isinstance(value, bool):
        reason = str(value).strip()
        if reason:
            yield name, reason
