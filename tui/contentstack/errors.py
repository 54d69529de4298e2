"""What can go wrong between us and Contentstack.

ContentstackError
├── Unreachable          no connection: name, network, TLS or proxy
├── TimedOut             a connection, and no answer in time
├── Interrupted          the connection broke before the whole answer was here
├── BadAnswer            an answer in a form we do not understand
├── TooLarge             an answer beyond the size we take
├── SignedOut            no credential, or one that is no longer good
├── SecondFactorNeeded   signing in goes on with a second factor
├── LoginRefused         wrong e-mail, password or code, or a locked account
├── NotAllowed           a good credential without the right to do this
├── StackNotFound        wrong API key or wrong region
├── EnvironmentRefused   an environment that is not there, or not for us
├── NotFound             a token or other thing that is not there
├── Invalid              refused as asked: a field, a limit, a name already taken
├── PlanLacks            not part of the organization's plan
├── RateLimited          too many requests, for longer than we wait
└── ServerFailed         a failure on Contentstack's side
"""

# The names say what happened; `except Unreachable` reads better than `except UnreachableError`.

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from tui.display import visible
from tui.secret import Secret

_TOKEN_VALUE = re.compile(r"\bcs[0-9a-f]{20,}\b", re.IGNORECASE)
_UID_OR_AUTHTOKEN = re.compile(r"\b(blt[0-9a-f]{4})[0-9a-f]{12,}\b", re.IGNORECASE)
_SHORTEST_SECRET = 6


class ContentstackError(Exception):
    """One failed request, said so that a person can act on it.

    Attributes:
        sentence: what happened, where and why; cleaned of secrets and control characters. Also `str(error)`.
        details: pairs of field and reason from the answer's `errors`, cleaned likewise.
        place: region and host, as in "AWS NA, api.contentstack.io".
        status: HTTP status, where an answer came.
        code: Contentstack's own `error_code`, where the answer has one.
        server_message: Contentstack's words, cleaned; often generic, so show `details` first.
        remedy: id of the command that helps, if one does.
        may_have_happened: a write of which nobody can say from here whether it was carried out.
    """

    default_remedy: ClassVar[str | None] = None

    def __init__(
        self,
        sentence: str,
        *,
        place: str = "",
        status: int | None = None,
        code: int | None = None,
        server_message: str = "",
        details: tuple[tuple[str, str], ...] = (),
        may_have_happened: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.place = place
        self.status = status
        self.code = code
        self.server_message = server_message
        self.details = details
        self.may_have_happened = may_have_happened
        self.remedy = self.default_remedy


class Unreachable(ContentstackError):
    """`cause_kind` says what was missing: "dns", "connect", "tls" or "proxy"."""

    default_remedy = "refresh"
    cause_kind: str = "connect"


class TimedOut(ContentstackError):
    """No answer in time."""

    default_remedy = "refresh"


class Interrupted(ContentstackError):
    """Reset, or cut off in the middle of the answer."""

    default_remedy = "refresh"


class BadAnswer(ContentstackError):
    """Not JSON, or JSON of another shape; `path` names the place, as in `$.tokens[0].name`."""

    path: str = ""


class TooLarge(ContentstackError):
    """More than we are ready to hold in memory."""


class SignedOut(ContentstackError):
    """Error code 105, or a plain 401."""

    default_remedy = "sign_in"


class SecondFactorNeeded(ContentstackError):
    """Error code 294, whatever the status; `tfa_type` in the server's words ("totp_authenticator", "sms")."""

    default_remedy = "sign_in"
    tfa_type: str = ""


class LoginRefused(ContentstackError):
    """Error codes 104 and 295."""

    default_remedy = "sign_in"


class NotAllowed(ContentstackError):
    """Error codes 316 and 901, or a plain 403."""


class StackNotFound(ContentstackError):
    """Error codes 109 and 21, or status 412."""


class EnvironmentRefused(ContentstackError):
    """Error code 161: not a sign of an expired sign-in, though it comes with status 401."""

    default_remedy = "refresh"


class NotFound(ContentstackError):
    """Status 404, or an answer that says so with another status."""

    default_remedy = "refresh"


class Invalid(ContentstackError):
    """Error code 141 and every other 4xx."""


class PlanLacks(ContentstackError):
    """Error code 600, or a message that says so."""


class RateLimited(ContentstackError):
    """Status 429 after all our patience; `retry_after` in seconds where the server said."""

    default_remedy = "refresh"
    retry_after: float | None = None


class ServerFailed(ContentstackError):
    """Any 5xx."""

    default_remedy = "refresh"


def cleaned(text: str, secrets: Iterable[Secret] = (), *, limit: int = 400) -> str:
    """`text` from outside, fit to stand in a sentence: no secret, no control character, not endless.

    The `secrets` given vanish wholly; what looks like a token's value does too; what looks like a uid, an API
    key or an authtoken keeps its first four digits, enough to tell two apart.
    """
    for secret in secrets:
        value = secret.reveal().removeprefix("Bearer ")
        if len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "[hidden]")
    text = _TOKEN_VALUE.sub("cs…", text)
    text = _UID_OR_AUTHTOKEN.sub(r"\1…", text)
    text = visible(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
