"""A request and its answer, and the error that the answer or its absence stands for.

`judged` asks first whose answer it is. Statuses overlap and top messages are generic,
so `error_code` decides where it is known and `errors` is always told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from tui.contentstack import errors, origin
from tui.contentstack.errors import BadAnswer, ContentstackError, cleaned
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
_IN_BETWEEN = "Is a proxy, web filter or sign-in page in between?"
# What JSON can say and text here can't hold: half a surrogate pair, and NUL.
_UNFIT = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)|\0")
_NOT_IN_PLAN = "not included in your plan"

_Error = TypeVar("_Error", bound=ContentstackError)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as often as it is tried.

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

    def error(
        self, kind: type[_Error], sentence: str, *, in_doubt: bool, **facts: Any
    ) -> _Error:
        """The error for this request.

        `in_doubt` says whether it may have taken effect, being a write.
        """
        in_doubt = in_doubt and self.write
        sentence += errors.IN_DOUBT if in_doubt else ""
        return kind(sentence, place=self.place, may_have_happened=in_doubt, **facts)

    def lost(
        self, kind: type[_Error], told: str, *, sent: bool = True, **facts: Any
    ) -> _Error:
        """The error for an answer that never came whole.

        `sent` says whether the request may have arrived.
        """
        return self.error(kind, f"{told} ({self.place}).", in_doubt=sent, **facts)


def prepare(
    method: str,
    url: str,
    place: str,
    headers: Mapping[str, str | Secret],
    query: Mapping[str, str],
    body: object,
) -> Call:
    """The request with its secrets revealed, and noted so that no error repeats them."""
    secrets: list[Secret] = []

    def revealed(value: object) -> str:
        if not isinstance(value, Secret):
            raise TypeError(f"{type(value).__name__} is no JSON")
        secrets.append(value)
        return value.reveal()

    sent = {
        name: value if isinstance(value, str) else revealed(value)
        for name, value in headers.items()
    }
    for name, text in sent.items():
        if not (text.isascii() and text.isprintable()):
            told = (
                f"The value for {name} holds characters that cannot be sent ({place})."
            )
            raise errors.Invalid(told, place=place)
    content = None
    if body is not None:
        sent["content-type"] = "application/json"
        # ASCII with escapes: no text can fail to be encoded.
        content = json.dumps(body, default=revealed, separators=(",", ":")).encode(
            "ascii"
        )
    return Call(method, url, place, sent, query, content, tuple(secrets))


@dataclass(frozen=True)
class Answer:
    """An answer as it came: the octets of `body` are decompressed.

    `server` and `location` are the headers of these names.
    """

    call: Call
    status: int
    body: bytes = field(default=b"", repr=False)
    server: str = field(default="", repr=False)
    location: str = field(default="", repr=False)

    @cached_property
    def value(self) -> Any:
        """The body decoded, once for all who look at it."""
        return origin.json_of(self.body)

    def object(self) -> dict[str, Any]:
        """The body as a JSON object; an error may come with a good status."""
        value = self.value
        if not isinstance(value, dict):
            raise self.not_contentstacks()
        if "error_code" in value and "error_message" in value:
            raise refusal(self)
        return value

    def not_contentstacks(self) -> errors.NotContentstack:
        """The error for an answer of something between here and Contentstack."""
        kind, call = errors.NotContentstack, self.call
        what = origin.description(
            self.status,
            self.body,
            self.value,
            server=self.server,
            location=self.location,
            secrets=call.secrets,
        )
        sentence = f"{kind.lead} ({call.place}): {what}. {_IN_BETWEEN}"
        in_doubt = origin.may_have_been_passed_on(self.status)
        return call.error(kind, sentence, in_doubt=in_doubt, status=self.status)

    @property
    def is_fit(self) -> bool:
        """Whether all texts in the body are surely fit to be kept and written."""
        try:
            self.body.decode()
        except UnicodeDecodeError:
            return False
        return _UNFIT.search(self.body) is None

    def bad(self, path: str, reason: str) -> BadAnswer:
        """The error for an answer that is wrong at `path`.

        A write it answers may well have happened.
        """
        path, reason = self.told(path, reason)
        told = f"at {path}, {reason}"
        sentence = (
            f"The answer is not what Tokendeck understands ({self.call.place}): {told}."
        )
        return self.call.error(
            BadAnswer, sentence, in_doubt=True, status=self.status, path=path
        )

    def told(self, path: str, reason: str) -> tuple[str, str]:
        """A place in the answer, and what is wrong there, fit to be shown."""
        secrets = self.call.secrets
        return cleaned(path, secrets, limit=120), cleaned(reason, secrets).rstrip(".")


def judged(answer: Answer) -> Answer | ContentstackError:
    """The answer if the API says yes, else the error that it stands for.

    The only place where a status or a code is believed: what is not in the API's form
    never comes as far as that.
    """
    if not origin.is_the_apis(answer.status, answer.value):
        return answer.not_contentstacks()
    return answer if answer.status < 300 else refusal(answer)


def refusal(answer: Answer) -> ContentstackError:
    """The error that an answer of the API with an error status, or an error in its body, stands for."""
    secrets = answer.call.secrets
    body = answer.value if isinstance(answer.value, dict) else {}
    code = body.get("error_code", body.get("code"))
    code = code if isinstance(code, int) else None
    words = [
        text.strip() for key in _MESSAGES if isinstance(text := body.get(key), str)
    ]
    message = cleaned(next(filter(None, words), ""), secrets)
    details = tuple(
        (cleaned(name, secrets, limit=80), cleaned(reason, secrets, limit=200))
        for name, reason in _flat("", body.get("errors"))[:_MOST_DETAILS]
    )
    kind = _kind(answer.status, code, message)
    return answer.call.error(
        kind,
        _sentence(kind, answer, message, details),
        in_doubt=kind is errors.ServerFailed,
        status=answer.status,
        code=code,
        server_message=message,
        details=details,
    )


def recast(error: ContentstackError, kind: type[_Error]) -> _Error:
    """The same refusal as another kind, for where the request tells more than the answer."""
    told = error.sentence.removeprefix(type(error).lead)
    return kind(**vars(error) | {"sentence": kind.lead + told})


def _kind(status: int, code: int | None, message: str) -> type[ContentstackError]:
    if status == 429:
        return errors.RateLimited
    if status >= 500:
        return errors.ServerFailed
    if code in _BY_CODE:
        return _BY_CODE[code]
    if _NOT_IN_PLAN in message.casefold():
        return errors.PlanLacks
    return _BY_STATUS.get(status) or (
        errors.NotFound if _NOT_THERE.search(message) else errors.Invalid
    )


def _sentence(
    kind: type[ContentstackError],
    answer: Answer,
    message: str,
    details: Iterable[tuple[str, str]],
) -> str:
    lead = kind.lead + (
        f" with status {answer.status}" if kind is errors.ServerFailed else ""
    )
    reasons = "; ".join(
        f"{name} {reason}".strip().rstrip(".") for name, reason in details
    )
    told = [part for part in (reasons, message.rstrip(".")) if part]
    if not told and kind is not errors.ServerFailed:
        told = [f"status {answer.status} without a reason"]
    return f"{lead} ({answer.call.place})" + (f": {'. '.join(told)}." if told else ".")


def _flat(name: str, value: object) -> list[tuple[str, str]]:
    """Pairs of field and reason from `errors` as a dict of lists or texts, a list, `{}` or nothing."""
    if isinstance(value, dict):
        inner = [
            (f"{name}.{key}" if name else str(key), each) for key, each in value.items()
        ]
    elif isinstance(value, list):
        inner = [(name, each) for each in value]
    else:
        reason = "" if value is None or isinstance(value, bool) else str(value).strip()
        return [(name, reason)] if reason else []
    return [pair for key, each in inner for pair in _flat(key, each)]
