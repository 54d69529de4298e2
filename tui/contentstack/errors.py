"""What can go wrong between us and Contentstack, a class for each kind.

* ContentstackError
  - ReadOnly             a write while Tokendeck is read-only
  - DryRun               a write that should only be shown
  - BadAnswer            an answer that we don't understand, or that's too large
  + MayPass              what may not happen on another try
    - Unreachable        no connection
    - TimedOut           connected, but no answer in time
    - Interrupted        reset, or cut off in the middle of the answer
    - RateLimited        still too many requests after all our retries
    - ServerFailed       any 5xx from the API itself
    - NotContentstack    an answer from something between here and Contentstack
  - SignedOut            the session is missing or has expired
  - SecondFactorNeeded   signing in also needs a code
  - LoginRefused         every other refusal to sign in
  - NotAllowed           signed in, but without permission to do this
  - StackNotFound        wrong API key or region
  - EnvironmentRefused   an environment that doesn't exist, or is off limits to you
  - NotFound             what was asked for doesn't exist
  - Invalid              a bad field, a limit, a name already taken
  - PlanLacks            the organization's plan does not include it

The names say what happened; `except Unreachable` reads better than `except
UnreachableError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar, Self

from tui.display import visible
from tui.secret import Secret

_IN_DOUBT = "It may or may not have happened. Refresh before you try again."
_NO_TRACE = "After a refresh, there's no trace of it in the stack."

_TOKEN_VALUE = re.compile(r"\bcs[0-9a-f]{20,}\b", re.IGNORECASE)
_UID_OR_AUTHTOKEN = re.compile(r"\b(blt[0-9a-f]{4})[0-9a-f]{12,}\b", re.IGNORECASE)
_SHORTEST_SECRET = 6


@dataclass(eq=False, repr=False)
class ContentstackError(Exception):
    """One failed request. `str(error)` is a message that people can act on.

    All texts are cleaned of secrets and control characters.

    Attributes:
        what: what happened, without a full stop; empty if `lead` says it.
        place: region and host, as in "AWS NA, api.contentstack.io".
        why: the reason, if known; without a full stop.
        advice: what to look at, as a sentence.
        status: HTTP status, if there was an answer.
        code: Contentstack's own `error_code`, if the answer has one.
        server_message: Contentstack's message; often generic, so show `details` first.
        details: pairs of field and reason from the answer's `errors`.
        may_have_happened: a write that may or may not have been carried out; we can't
            tell from here.
        has_no_trace: a write that was in doubt until a refresh showed that it wasn't
            carried out.
        lead: what happened, for this kind of error.
        remedy: id of the command that helps, if one does.
    """

    what: str = ""
    _: KW_ONLY
    place: str = ""
    why: str = ""
    advice: str = ""
    status: int | None = None
    code: int | None = None
    server_message: str = ""
    details: tuple[tuple[str, str], ...] = ()
    may_have_happened: bool = False
    has_no_trace: bool = False

    lead: ClassVar[str] = ""
    remedy: ClassVar[str | None] = None

    def in_doubt(self) -> Self:
        """Note that a write may or may not have been carried out."""
        self.may_have_happened = True
        self.has_no_trace = False
        return self

    def without_trace(self) -> Self:
        """Note that a refresh showed that the write wasn't carried out."""
        self.may_have_happened = False
        self.has_no_trace = True
        return self

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        why = f": {self.why}" if self.why else ""
        said = f"{self.what or self.summary}{where}{why}."
        return " ".join(filter(None, (said, self.advice, self.outcome)))

    @property
    def summary(self) -> str:
        """What happened, if nothing more exact is known."""
        return self.lead

    @property
    def outcome(self) -> str:
        """What came of a write that is or was in doubt, as a sentence."""
        if self.may_have_happened:
            return _IN_DOUBT
        return _NO_TRACE if self.has_no_trace else ""


class ReadOnly(ContentstackError):
    """A write while Tokendeck is read-only; nothing was sent."""


@dataclass(eq=False, repr=False, kw_only=True)
class DryRun(ContentstackError):
    """A write that should only be shown; nothing was sent.

    It has what would be sent: the method, the path below the host, the query and the
    body, which contains no secret.
    """

    lead = "Dry run, so nothing was sent"
    method: str = ""
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None


@dataclass(eq=False, repr=False, kw_only=True)
class BadAnswer(ContentstackError):
    """An answer that we don't understand; `path` says where in it."""

    lead = "Tokendeck doesn't understand the answer"
    path: str = "$"


class MayPass(ContentstackError):
    """What may not happen on another try; most reads have already had several."""

    remedy = "refresh"

    @property
    def tried_again(self) -> bool:
        """Whether a read is worth retrying right away."""
        return True


@dataclass(eq=False, repr=False, kw_only=True)
class Unreachable(MayPass):
    """No connection.

    `cause_kind` says what failed: "dns", "connect", "tls", "proxy" or "certificates".
    `lasting` means that every retry fails too until a setting is changed, and
    `behind_proxy` that the proxy did its part.
    """

    cause_kind: str = "connect"
    lasting: bool = False
    behind_proxy: bool = False

    @property
    def tried_again(self) -> bool:
        """Whether it may work a moment later."""
        return not self.lasting


class TimedOut(MayPass):
    """Connected, but no answer in time."""


class Interrupted(MayPass):
    """Reset, or cut off in the middle of the answer."""


@dataclass(eq=False, repr=False, kw_only=True)
class RateLimited(MayPass):
    """Status 429. `retry_after` is in seconds, if the server sent it."""

    lead = "Too many requests for this organization right now"
    retry_after: float | None = None


class ServerFailed(MayPass):
    """Any 5xx from the API itself."""

    lead = "Contentstack failed"

    @property
    def summary(self) -> str:
        """What happened, with the status that says how it failed."""
        return f"{self.lead} with status {self.status}"


@dataclass(eq=False, repr=False, kw_only=True)
class NotContentstack(MayPass):
    """An answer from something between here and Contentstack, whatever its status.

    It says nothing about a session, a permission, a stack or a token. `retry_after` is
    in seconds, if it asked for fewer requests and said for how long.
    """

    lead = "The answer isn't from Contentstack"
    advice: str = "Is there a proxy, web filter or sign-in page in between?"
    retry_after: float | None = None

    @property
    def tried_again(self) -> bool:
        """Whether the answer may change in a moment; a filter's page won't."""
        return self.status is not None and self.status >= 500


class SignedOut(ContentstackError):
    """Error code 105, or any unknown 401: official clients sign in again too."""

    lead = "You aren't signed in, or your session has ended"
    remedy = "sign_in"


class SecondFactorNeeded(ContentstackError):
    """Error code 294, whatever the status."""

    lead = "Signing in needs a two-factor code"
    remedy = "sign_in"


class LoginRefused(ContentstackError):
    """Error codes 104 and 295, and every other refusal while signing in."""

    lead = "Contentstack refused the sign-in"
    remedy = "sign_in"


class NotAllowed(ContentstackError):
    """Error codes 316 and 901, or a plain 403."""

    lead = "You aren't allowed to do that"


class StackNotFound(ContentstackError):
    """Error codes 109 and 21, or status 412."""

    lead = "No such stack here: the API key or the region is wrong"
    remedy = "region"


class EnvironmentRefused(ContentstackError):
    """Error code 161. The session hasn't expired, though the status is 401."""

    lead = "The environment doesn't exist, or you aren't allowed to use it"
    remedy = "refresh"


class NotFound(ContentstackError):
    """Status 404, or an answer that says so with another status."""

    lead = "Contentstack couldn't find it"
    remedy = "refresh"


class Invalid(ContentstackError):
    """Error code 141 and every other 4xx."""

    lead = "Contentstack refused it"


class PlanLacks(ContentstackError):
    """Error code 600, or a message that says so."""

    lead = "Your organization's plan doesn't include that"


def cleaned(text: str, secrets: Iterable[Secret] = (), *, limit: int = 400) -> str:
    """Return outside `text`, cleaned for use in a sentence.

    It has no secrets or control characters, and at most `limit` characters. The given
    `secrets` are hidden completely, as is anything that looks like a token's value.
    Anything that looks like a uid, an API key or an authtoken keeps its first four
    digits, enough to tell two apart.
    """
    values = {secret.reveal().removeprefix("Bearer ") for secret in secrets}
    # Longest first, so that a secret within another doesn't leave part of it behind.
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "[hidden]")
    text = _TOKEN_VALUE.sub("cs…", text)
    text = visible(_UID_OR_AUTHTOKEN.sub(r"\1…", text))
    return text if len(text) <= limit else text[: limit - 1] + "…"
