"""What can go wrong between us and Contentstack, a class for each kind.

* ContentstackError
  - ReadOnly             a write that this Tokendeck was told not to make
  - DryRun               a write that was only to be shown
  - BadAnswer            an answer we do not understand, or of more than we hold
  + MayPass              what another try may not meet
    - Unreachable        no connection
    - TimedOut           a connection, and no answer in time
    - Interrupted        reset, or cut off in the middle of the answer
    - RateLimited        too many requests, after all our patience
    - ServerFailed       any 5xx that the API itself sends
    - NotContentstack    the answer of something between here and Contentstack
  - SignedOut            the sign-in is missing or has expired
  - SecondFactorNeeded   signing in goes on with a code
  - LoginRefused         every other refusal to sign in
  - NotAllowed           a good sign-in without the right to do this
  - StackNotFound        another API key or region
  - EnvironmentRefused   an environment that is not there, or not for this sign-in
  - NotFound             what was asked for is not there
  - Invalid              a field, a limit, a name already taken
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
    """One failed request. `str(error)` says it so that a person can act on it.

    All texts are cleaned of secrets and control characters.

    Attributes:
        what: what happened, without a full stop; empty where the kind says it, see
            `lead`.
        place: region and host, as in "AWS NA, api.contentstack.io".
        why: the reason, as far as it was told; without a full stop.
        advice: what to look at, as a sentence.
        status: HTTP status, where an answer came.
        code: Contentstack's own `error_code`, where the answer has one.
        server_message: Contentstack's words; often generic, so show `details` first.
        details: pairs of field and reason from the answer's `errors`.
        may_have_happened: a write of which nobody can say from here whether it was
            carried out.
        has_no_trace: a write that was in doubt, until a reading showed that it was not
            carried out.
        lead: what happened, as the kind says it.
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
        """Note that a write may have been carried out, and that nobody can tell."""
        self.may_have_happened = True
        self.has_no_trace = False
        return self

    def without_trace(self) -> Self:
        """Note that a reading has shown that the write was not carried out."""
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
        """What happened, where nothing more exact is known."""
        return self.lead

    @property
    def outcome(self) -> str:
        """What became of a write that is or was in doubt, as a sentence."""
        if self.may_have_happened:
            return _IN_DOUBT
        return _NO_TRACE if self.has_no_trace else ""


class ReadOnly(ContentstackError):
    """A write that this Tokendeck was told not to make; nothing was sent."""


@dataclass(eq=False, repr=False, kw_only=True)
class DryRun(ContentstackError):
    """A write that was only to be shown; nothing was sent.

    It is what would be sent: the method, the path below the host, the query and the
    body, which holds no secret.
    """

    lead = "Dry run, so nothing was sent"
    method: str = ""
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None


@dataclass(eq=False, repr=False, kw_only=True)
class BadAnswer(ContentstackError):
    """An answer in a form we do not understand: `path` names the place in it."""

    lead = "Tokendeck doesn't understand the answer"
    path: str = "$"


class MayPass(ContentstackError):
    """What another try may not meet: most reads have had several before it is said."""

    remedy = "refresh"

    @property
    def tried_again(self) -> bool:
        """Whether a read is worth another try at once."""
        return True


@dataclass(eq=False, repr=False, kw_only=True)
class Unreachable(MayPass):
    """No connection.

    `cause_kind` says what was missing: "dns", "connect", "tls", "proxy" or
    "certificates". `lasting` says that another try ends like this one, until a setting
    is changed, and `behind_proxy` that the proxy did its part.
    """

    cause_kind: str = "connect"
    lasting: bool = False
    behind_proxy: bool = False

    @property
    def tried_again(self) -> bool:
        """Whether a moment later it may be otherwise."""
        return not self.lasting


class TimedOut(MayPass):
    """A connection, and no answer in time."""


class Interrupted(MayPass):
    """Reset, or cut off in the middle of the answer."""


@dataclass(eq=False, repr=False, kw_only=True)
class RateLimited(MayPass):
    """Status 429. `retry_after` is in seconds, where the server said."""

    lead = "Too many requests for this organization right now"
    retry_after: float | None = None


class ServerFailed(MayPass):
    """Any 5xx that the API itself sends."""

    lead = "Contentstack failed"

    @property
    def summary(self) -> str:
        """What happened, with the status that says how it failed."""
        return f"{self.lead} with status {self.status}"


@dataclass(eq=False, repr=False, kw_only=True)
class NotContentstack(MayPass):
    """An answer of something between here and Contentstack, whatever its status.

    It is nobody's verdict on a sign-in, a right, a stack or a token. `retry_after` is
    in seconds, where it asked for fewer requests and said so.
    """

    lead = "The answer isn't from Contentstack"
    advice: str = "Is there a proxy, web filter or sign-in page in between?"
    retry_after: float | None = None

    @property
    def tried_again(self) -> bool:
        """Whether a moment later another answer is likely; a filter's page stays."""
        return self.status is not None and self.status >= 500


class SignedOut(ContentstackError):
    """Error code 105, or a 401 of no known code: official clients sign in anew too."""

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
    """Error code 161. The sign-in has not expired, though the status is 401."""

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
    """Return `text` from outside, fit to stand in a sentence.

    It holds no secret and no control character, and ends after `limit` characters. The
    `secrets` given are hidden wholly, as is what looks like a token's value. What looks
    like a uid, an API key or an authtoken keeps its first four digits, enough to tell
    two apart.
    """
    values = {secret.reveal().removeprefix("Bearer ") for secret in secrets}
    # The longest first, so that one within another leaves nothing of that other.
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "[hidden]")
    text = _TOKEN_VALUE.sub("cs…", text)
    text = visible(_UID_OR_AUTHTOKEN.sub(r"\1…", text))
    return text if len(text) <= limit else text[: limit - 1] + "…"
