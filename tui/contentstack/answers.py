"""From an HTTP answer to JSON, or to the error that says what it means.

Statuses overlap and top messages are generic, so `error_code` decides where it is known and `errors` is
always told.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tui.contentstack.errors import (
    BadAnswer,
    ContentstackError,
    EnvironmentRefused,
    Invalid,
    LoginRefused,
    NotAllowed,
    NotFound,
    PlanLacks,
    RateLimited,
    SecondFactorNeeded,
    ServerFailed,
    SignedOut,
    StackNotFound,
    cleaned,
)
from tui.secret import Secret

IN_DOUBT = " Whether it was carried out is not known: read again before you repeat it."

_MOST_DETAILS = 12

_BY_CODE: dict[int, type[ContentstackError]] = {
    21: StackNotFound,
    104: LoginRefused,
    105: SignedOut,
    109: StackNotFound,
    118: NotFound,
    161: EnvironmentRefused,
    294: SecondFactorNeeded,
    295: LoginRefused,
    316: NotAllowed,
    600: PlanLacks,
    901: NotAllowed,
}
_BY_STATUS: dict[int, type[ContentstackError]] = {
    401: SignedOut,
    403: NotAllowed,
    404: NotFound,
    412: StackNotFound,
    429: RateLimited,
}
_LEADS: dict[type[ContentstackError], str] = {
    EnvironmentRefused: "The environment is not there, or this sign-in may not use it",
    Invalid: "Contentstack refused it",
    LoginRefused: "Contentstack refused the sign-in",
    NotAllowed: "This sign-in does not have the right to do that",
    NotFound: "Contentstack does not find it",
    PlanLacks: "The organization's plan does not include that",
    RateLimited: "Too many requests for this organization just now",
    SecondFactorNeeded: "Signing in needs the second factor",
    ServerFailed: "Contentstack failed",
    SignedOut: "Not signed in, or no longer",
    StackNotFound: "There is no such stack here: the API key or the region is another one",
}
_NOT_THERE = re.compile(
    r"(does ?n[o'’]?t|do not) exist|not found|could ?n[o'’]?t (be found|find)", re.IGNORECASE
)
_NOT_IN_PLAN = "not included in your plan"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came, with what is needed to speak about it.

    Attributes:
        status: HTTP status.
        body: the octets after decompression.
        place: region and host.
        write: whether the request could have changed something.
        secrets: what the request carried and no message may repeat.
    """

    status: int
    body: bytes = field(repr=False)
    place: str
    write: bool = False
    secrets: tuple[Secret, ...] = ()

    def json(self) -> Any:
        """The body as JSON; an empty body is an empty object.

        Raises:
            BadAnswer: if it is not JSON.
        """
        if not self.body.strip():
            return {}
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            looks_like_page = self.body.lstrip()[:1] == b"<"
        hint = "a web page; is there a proxy or a sign-in page in between?" if looks_like_page else "not JSON"
        raise self.bad("$", hint)

    def object(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            BadAnswer: if it is anything else.
            ContentstackError: if it is an error in spite of its status.
        """
        value = self.json()
        if not isinstance(value, dict):
            raise self.bad("$", "expected `object`")
        if "error_code" in value and "error_message" in value:
            raise refusal(self)
        return value

    def bad(self, path: str, reason: str) -> BadAnswer:
        """The error for an answer that is wrong at `path`. A write it answers may well have happened."""
        reason = cleaned(reason, self.secrets).rstrip(".")
        path = cleaned(path, self.secrets, limit=120)
        doubt = IN_DOUBT if self.write else ""
        error = BadAnswer(
            f"The answer is not what Tokendeck understands ({self.place}): at {path}, {reason}.{doubt}",
            place=self.place,
            status=self.status,
            may_have_happened=self.write,
        )
        error.path = path
        return error


def refusal(answer: Answer) -> ContentstackError:
    """The error that an answer with an error status, or with an error in its body, stands for."""
    body = _envelope(answer)
    code = _integer(body.get("error_code", body.get("code")))
    message = _message(body, answer.secrets)
    details = _details(body.get("errors"), answer.secrets)
    kind = _kind(answer.status, code, message)
    in_doubt = answer.write and kind is ServerFailed
    error = kind(
        _sentence(kind, answer, message, details) + (IN_DOUBT if in_doubt else ""),
        place=answer.place,
        status=answer.status,
        code=code,
        server_message=message,
        details=details,
        may_have_happened=in_doubt,
    )
    if isinstance(error, SecondFactorNeeded) and isinstance(body.get("tfa_type"), str):
        error.tfa_type = cleaned(body["tfa_type"], answer.secrets, limit=40)
    return error


_Error = TypeVar("_Error", bound=ContentstackError)


def recast(error: ContentstackError, kind: type[_Error]) -> _Error:
    """The same refusal as another kind, for where the request tells more than the answer."""
    lead, new_lead = _LEADS.get(type(error), ""), _LEADS.get(kind, "")
    sentence = error.sentence
    if lead and new_lead and sentence.startswith(lead):
        sentence = new_lead + sentence.removeprefix(lead)
    return kind(
        sentence,
        place=error.place,
        status=error.status,
        code=error.code,
        server_message=error.server_message,
        details=error.details,
        may_have_happened=error.may_have_happened,
    )


def _envelope(answer: Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _kind(status: int, code: int | None, message: str) -> type[ContentstackError]:
    if status == 429:
        return RateLimited
    if status >= 500:
        return ServerFailed
    if code in _BY_CODE:
        return _BY_CODE[code]
    if _NOT_IN_PLAN in message.casefold():
        return PlanLacks
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return NotFound if _NOT_THERE.search(message) else Invalid


def _sentence(
    kind: type[ContentstackError], answer: Answer, message: str, details: tuple[tuple[str, str], ...]
) -> str:
    lead = _LEADS[kind] + (f" with status {answer.status}" if kind is ServerFailed else "")
    reasons = "; ".join(f"{name} {reason}".strip().rstrip(".") for name, reason in details)
    told = [part for part in (reasons, message.rstrip(".")) if part]
    if not told and kind is not ServerFailed:
        told = [f"status {answer.status} without a reason"]
    return f"{lead} ({answer.place})" + (f": {'. '.join(told)}." if told else ".")


def _message(body: dict[str, Any], secrets: tuple[Secret, ...]) -> str:
    for key in ("error_message", "message", "error"):
        value = body.get(key)
        if isinstance(value, list):
            value = "; ".join(part for part in value if isinstance(part, str))
        if isinstance(value, str) and value.strip():
            return cleaned(value.strip(), secrets)
    return ""


def _details(errors: object, secrets: tuple[Secret, ...]) -> tuple[tuple[str, str], ...]:
    """Pairs of field and reason from `errors` as a dict of lists or texts, a list, `{}` or nothing."""
    pairs = []
    for name, value in _flat("", errors):
        reason = cleaned(value, secrets, limit=200)
        if reason:
            pairs.append((cleaned(name, secrets, limit=80), reason))
    return tuple(pairs[:_MOST_DETAILS])


def _flat(name: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        inner = [(f"{name}.{key}" if name else str(key), each) for key, each in value.items()]
    elif isinstance(value, list):
        inner = [(name, each) for each in value]
    elif value is None or isinstance(value, bool):
        return []
    else:
        return [(name, str(value).strip())]
    return [pair for key, each in inner for pair in _flat(key, each)]


def _integer(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{1,6}", value, re.ASCII):
        return int(value)
    return None
