"""The calls that prove tokens, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.contentstack.models import Token
from tui.contentstack.verify import Probe, Verdict

_WELL = (Verdict.WORKS, Verdict.PREVIEW_OFF)


@dataclass(frozen=True)
class Check:
    """One call for a token, and what came of it.

    Attributes:
        finding: the verdict, None as long as there is none.
        place: the region and host that were asked.
        words: the verdict with its likely cause.
        said: the server's own words.
        again: for how many seconds it is still tried again, since the network may not
            know a new token yet.
    """

    token: Token
    probe: Probe
    finding: Verdict | None = None
    place: str = ""
    words: str = ""
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
        unasked: says for what no call was made; empty if there is nothing.
    """

    checks: tuple[Check, ...]
    unasked: str = ""

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
        return not self.failed and self._count_of(Verdict.WORKS) > 0

    @property
    def words(self) -> str:
        """The first failure, else that all is well, and what was not asked."""
        return f"{self._outcome} {self.unasked}".strip()

    @property
    def _outcome(self) -> str:
        failed, count = self.failed, len(self.checks)
        if failed:
            first = failed[0].words or "This was not verified."
            more = f" {len(failed)} of {count} calls failed." if count > 1 else ""
            return first + more
        if count == 1:
            return self.checks[0].words
        outcome = f"{self._count_of(Verdict.WORKS)} of {count} calls work."
        for check in self.checks:
            if check.finding is Verdict.PREVIEW_OFF:
                return f"{outcome} {check.words}"
        return outcome

    def _count_of(self, verdict: Verdict) -> int:
        return sum(check.finding is verdict for check in self.checks)
