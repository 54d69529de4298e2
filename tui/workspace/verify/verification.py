"""The calls that prove tokens, and what came of them."""

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

# With these a host says that it does not take the value, as asked.
REFUSALS = {
    Verdict.UNKNOWN,
    Verdict.WRONG_ENVIRONMENT,
    Verdict.WRONG_BRANCH,
    Verdict.WRONG_STACK,
}


@dataclass(frozen=True)
class Deleted:
    """The stack does not have the token any more; `answer` is its host's verdict."""

    answer: Verdict | None


@dataclass(frozen=True)
class Expired:
    """The token has expired."""

    at: datetime


@dataclass(frozen=True)
class OtherValue:
    """The value is something else than a token of the kind that was asked for.

    Attributes:
        kind: the kind of token that it is; None where it is none.
        holder: the name of the token that has it, where that is known.
    """

    kind: ValueKind | None = None
    holder: str = ""


@dataclass(frozen=True)
class NotItsValue:
    """The token's own value is known, and this is another.

    Attributes:
        holder: the name of the token that has it, where that is known.
    """

    holder: str = ""


@dataclass(frozen=True)
class Circumstances:
    """What is known beside a host's answer.

    Attributes:
        new: whether the token is so new that a host may not know it yet.
        unread: whether the stack could not be asked for the token.
    """

    snapshot: Snapshot
    new: bool
    unread: bool


Cause: TypeAlias = Deleted | Expired | OtherValue | NotItsValue | Circumstances


@dataclass(frozen=True)
class Check:
    """One call for a token, and what came of it.

    Attributes:
        finding: the verdict, None as long as there is none.
        place: the region and host that were asked.
        cause: why it came out so; None where the verdict says all.
        said: the server's own words.
        again: for how many seconds it is still tried again, since the network may not
            know a new token yet.
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
        """Whether the value is one that the token itself does not hold."""
        return self.probe.value not in (self.token.value, self.token.preview)


OnChecks = Callable[[Sequence[Check]], None]
"""Told of all checks: first as planned, then again whenever there is news of one."""


@dataclass(frozen=True)
class Verification:
    """What came of all calls.

    Attributes:
        unasked: for what no call was made; None if there is nothing.
    """

    checks: tuple[Check, ...]
    unasked: Unasked | None = None

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not come out well.

        Live Preview being off is no fault of a token.
        """
        return tuple(check for check in self.checks if check.finding not in _WELL)

    @property
    def all_work(self) -> bool:
        """Whether every call works.

        Those that Live Preview keeps from working don't count, nor do places that were
        not asked for.
        """
        return not self.failed and self.count_of(Verdict.WORKS) > 0

    def count_of(self, verdict: Verdict) -> int:
        """Return how many checks have a verdict."""
        return sum(check.finding is verdict for check in self.checks)
