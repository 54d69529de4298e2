"""The report of the doctor's checks, in words that can be pasted into a bug report.

They hold no secret, no whole API key and no proxy's password.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tui.contentstack.errors import cleaned


@dataclass(frozen=True)
class CheckResult:
    """What one check found, without anything that looks like a secret."""

    subject: str
    """What was looked at."""

    words: str
    """How it is."""

    cure: str = ""
    """What to do about it."""

    verdict: Literal["ok", "warn", "fail"] = "ok"
    """"warn" where something doesn't work that not everyone needs."""

    remedy: str | None = None
    """The id of the command that does the `cure` in the dashboard, if one does."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", cleaned(self.words))
        object.__setattr__(self, "cure", cleaned(self.cure))


def failed(results: Iterable[CheckResult]) -> bool:
    """Tell whether something keeps Tokendeck from doing its work."""
    return any(result.verdict == "fail" for result in results)


def summary(results: Iterable[CheckResult]) -> str:
    """Return one sentence that counts the problems and warnings."""
    verdicts = [result.verdict for result in results]
    failures, warnings = verdicts.count("fail"), verdicts.count("warn")
    if not failures and not warnings:
        return "No problems found."
    parts = (_counted(failures, "problem"), _counted(warnings, "warning"))
    found = ", ".join(filter(None, parts))
    return f"{found}."


def _counted(count: int, noun: str) -> str:
    """Return a count with its noun; empty for none."""
    if not count:
        return ""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def as_text(results: Iterable[CheckResult]) -> str:
    """Return a line for each result, and one below it for its cure."""
    results = tuple(results)
    width = max(len(result.subject) for result in results)
    lines = []
    for result in results:
        verdict = "FAIL" if result.verdict == "fail" else result.verdict
        lines.append(f"{verdict:<4}  {result.subject:<{width}}  {result.words}")
        if result.cure:
            lines.append(f"{'':<{width + 8}}{result.cure}")
    return "\n".join([*lines, summary(results)])


def as_json(results: Iterable[CheckResult]) -> str:
    """Return one object of JSON: whether all is well, and the results."""
    results = tuple(results)
    fields = ("subject", "verdict", "words", "cure")
    rows = [{field: getattr(result, field) for field in fields} for result in results]
    return json.dumps({"ok": not failed(results), "findings": rows}, indent=2)
