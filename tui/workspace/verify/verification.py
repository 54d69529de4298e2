"""The calls that verify tokens, and their outcomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from tui.contentstack.models import Token
from tui.contentstack.verify import Probe, ValueKind, Verdict
from tui.workspace.snapshot import Snapshot
from tui.workspace.verify.sample import Unasked

_WELL = (Verdict.WORKS, Verdict.PREVIEW_OFF)

# The verdicts with which a host refuses a value in a particular call.
REFUSALS = {
    Verdict.UNKNOWN,
    Verdict.WRONG_ENVIRONMENT,
    Verdict.WRONG_BRANCH,
    Verdict.WRONG_STACK,
}


@dataclass(frozen=True)
class Deleted:
    """The stack doesn't have the token any more; `answer` is its host's verdict."""

    answer: Verdict | None


@dataclass(frozen=True)
class Expired:
    """The token has expired."""

    at: datetime


@dataclass(frozen=True)
class OtherValue:
    """The value isn't a token of the kind that was asked for.

    Attributes:
        kind: the kind of token that it is; None if it isn't one.
        holder: the name of the token that has it, if known.
    """

    kind: ValueKind | None = None
    holder: str = ""


@dataclass(frozen=True)
class NotItsValue:
    """The token's own value is known, and it isn't this one.

    Attributes:
        holder: the name of the token that has it, if known.
    """

    holder: str = ""


@dataclass(frozen=True)
class Circumstances:
    """What is known besides a host's answer.

    Attributes:
        new: whether the token is so new that a host may not know it yet.
        unread: whether the token couldn't be read from the stack.
    """

    snapshot: Snapshot
    new: bool
    unread: bool


Cause: TypeAlias = Deleted | Expired | OtherValue | NotItsValue | Circumstances


@dataclass(frozen=True)
class Check:
    """One call for a token, and its outcome.

    Attributes:
        finding: the verdict, None until there is one.
        place: the region and host that were asked.
        cause: the reason for the verdict; None if the verdict says it all.
        said: the server's own words.
        again: for how many more seconds it's retried, since the network may not know a
            new token yet.
    """

    token: Token
    probe: Probe
    finding: Verdict | None = None
    place: str = ""
    cause: Cause | None = None
    said: str = ""
    again: float = 0.0

    @property
    def pasted(self) -> bool:
        """Whether the value was pasted and isn't the token's own."""
        return self.probe.value not in (self.token.value, self.token.preview)


OnChecks = Callable[[Sequence[Check]], None]
"""Called with all checks: first as planned, then whenever one of them changes."""


@dataclass(frozen=True)
class Verification:
    """The outcome of all calls.

    Attributes:
        unasked: the places for which no call was made; None if there are none.
    """

    checks: tuple[Check, ...]
    unasked: Unasked | None = None

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that failed.

        Live Preview being off isn't a token's fault.
        """
        return tuple(check for check in self.checks if check.finding not in _WELL)

    @property
    def all_work(self) -> bool:
        """Whether every call works.

        Calls that fail because Live Preview is off don't count, nor do places that
        weren't tried.
        """
        return not self.failed and self.count_of(Verdict.WORKS) > 0

    def count_of(self, verdict: Verdict) -> int:
        """Return how many checks have a verdict."""
        return sum(check.finding is verdict for check in self.checks)
