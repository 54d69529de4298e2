"""What can go wrong between us and Contentstack, a class for each kind.

The names say what happened; `except Unreachable` reads better than `except
UnreachableError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Self

from tui.display import visible
from tui.secret import Secret

IN_DOUBT = " Whether it was carried out is not known: read again before you repeat it."

_TOKEN_VALUE = re.compile(r"\bcs[0-9a-f]{20,}\b", re.IGNORECASE)
_UID_OR_AUTHTOKEN = re.compile(r"\b(blt[0-9a-f]{4})[0-9a-f]{12,}\b", re.IGNORECASE)
_SHORTEST_SECRET = 6


@dataclass(eq=False, repr=False)
class ContentstackError(Exception):
    """One failed request, said so that a person can act on it.

    Attributes:
        sentence: what happened, where and why; cleaned of secrets and control
            characters. Also `str(error)`.
        place: region and host, as in "AWS NA, api.contentstack.io".
        status: HTTP status, where an answer came.
        code: Contentstack's own `error_code`, where the answer has one.
        server_message: Contentstack's words, cleaned; often generic, so show `details`
            first.
        details: pairs of field and reason from the answer's `errors`, cleaned likewise.
        may_have_happened: a write of which nobody can say from here whether it was
            carried out.
        lead: what the sentence begins with where Contentstack refused.
        remedy: id of the command that helps, if one does.
    """

    sentence: str
    _: KW_ONLY
    place: str = ""
    status: int | None = None
    code: int | None = None
    server_message: str = ""
    details: tuple[tuple[str, str], ...] = ()
    may_have_happened: bool = False

    lead: ClassVar[str] = ""
    remedy: ClassVar[str | None] = None

    def in_doubt(self) -> Self:
        """This error, where an earlier write may have been carried out and nobody can tell."""
        self.sentence = self.sentence.removesuffix(IN_DOUBT) + IN_DOUBT
        self.may_have_happened = True
        return self

    def without_trace(self) -> Self:
        """This error, once a reading has shown that what was in doubt was not carried out."""
        self.sentence = (
            self.sentence.removesuffix(IN_DOUBT)
            + " Read again, the stack shows no trace of it."
        )
        self.may_have_happened = False
        return self

    def __str__(self) -> str:
        return self.sentence


class ReadOnly(ContentstackError):
    """A write that this Tokendeck was told not to make; nothing was sent."""


@dataclass(eq=False, repr=False, kw_only=True)
class BadAnswer(ContentstackError):
    """An answer in a form we do not understand, or of more than we hold.

    `path` names the place in it.
    """

    path: str = "$"


class MayPass(ContentstackError):
    """What another try may not meet.

    Most reads are tried again before anybody hears of it.
    """

    remedy = "refresh"

    @property
    def tried_again(self) -> bool:
        """Whether a read is worth another try at once."""
        return True


@dataclass(eq=False, repr=False, kw_only=True)
class Unreachable(MayPass):
    """No connection; `cause_kind` says what was missing: "dns", "connect", "tls" or "proxy"."""

    cause_kind: str = "connect"


class TimedOut(MayPass):
    """A connection, and no answer in time."""


class Interrupted(MayPass):
    """Reset, or cut off in the middle of the answer."""


@dataclass(eq=False, repr=False, kw_only=True)
class RateLimited(MayPass):
    """Status 429 after all our patience.

    `retry_after` in seconds where the server said.
    """

    lead = "Too many requests for this organization just now"
    retry_after: float | None = None


class ServerFailed(MayPass):
    """Any 5xx that the API itself sends."""

    lead = "Contentstack failed"


@dataclass(eq=False, repr=False, kw_only=True)
class NotContentstack(MayPass):
    """An answer of something between here and Contentstack, whatever its status.

    It is nobody's verdict on a sign-in, a right, a stack or a token. `retry_after` is
    in seconds, where it asked for fewer requests and said so.
    """

    lead = "Not Contentstack's answer"
    retry_after: float | None = None

    @property
    def tried_again(self) -> bool:
        """Whether a moment later another answer is likely; a filter's page stays."""
        return self.status is not None and self.status >= 500


class SignedOut(ContentstackError):
    """Error code 105, or a 401 of no known code.

    Official clients too then sign in anew.
    """

    lead = "Not signed in, or no longer"
    remedy = "sign_in"


class SecondFactorNeeded(ContentstackError):
    """Error code 294, whatever the status: signing in goes on with a code."""

    lead = "Signing in needs the second factor"
    remedy = "sign_in"


class LoginRefused(ContentstackError):
    """Error codes 104 and 295, and every other refusal to sign in.

    A wrong password, a locked account.
    """

    lead = "Contentstack refused the sign-in"
    remedy = "sign_in"


class NotAllowed(ContentstackError):
    """Error codes 316 and 901, or a plain 403.

    A good credential without the right to do this.
    """

    lead = "This sign-in does not have the right to do that"


class StackNotFound(ContentstackError):
    """Error codes 109 and 21, or status 412."""

    lead = "There is no such stack here: the API key or the region is another one"
    remedy = "region"


class EnvironmentRefused(ContentstackError):
    """Error code 161: not a sign of an expired sign-in, though it comes with status 401."""

    lead = "The environment is not there, or this sign-in may not use it"
    remedy = "refresh"


class NotFound(ContentstackError):
    """Status 404, or an answer that says so with another status."""

    lead = "Contentstack does not find it"
    remedy = "refresh"


class Invalid(ContentstackError):
    """Error code 141 and every other 4xx: a field, a limit, a name already taken."""

    lead = "Contentstack refused it"


class PlanLacks(ContentstackError):
    """Error code 600, or a message that says so."""

    lead = "The organization's plan does not include that"


def cleaned(text: str, secrets: Iterable[Secret] = (), *, limit: int = 400) -> str:
    """`text` from outside, fit to stand in a sentence.

    No secret, no control character, not endless.

    The `secrets` given vanish wholly; what looks like a token's value does too; what
    looks like a uid, an API key or an authtoken keeps its first four digits, enough to
    tell two apart.
    """
    values = {secret.reveal().removeprefix("Bearer ") for secret in secrets}
    # The longest first: one that is part of another must not leave the rest of it
    # standing.
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "[hidden]")
    text = _TOKEN_VALUE.sub("cs…", text)
    text = visible(_UID_OR_AUTHTOKEN.sub(r"\1…", text))
    return text if len(text) <= limit else text[: limit - 1] + "…"
