"""The report of the doctor's checks, safe to paste into a bug report.

It contains no secrets, complete API keys or proxy passwords.
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
    """What was checked."""

    words: str
    """What the check found."""

    cure: str = ""
    """What to do about it."""

    verdict: Literal["ok", "warn", "fail"] = "ok"
    """"warn" if something doesn't work that not everyone needs."""

    remedy: str | None = None
    """The id of the command that does the `cure` in the dashboard, if one does."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", cleaned(self.words))
        object.__setattr__(self, "cure", cleaned(self.cure))


def failed(results: Iterable[CheckResult]) -> bool:
    """Return whether anything keeps Tokendeck from working."""
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
    """Return a count with its noun; empty for zero."""
    if not count:
        return ""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def as_text(results: Iterable[CheckResult]) -> str:
    """Return a line for each result, followed by one for its cure."""
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
    """Return a JSON object: whether all is well, and the results."""
    results = tuple(results)
    fields = ("subject", "verdict", "words", "cure")
    rows = [{field: getattr(result, field) for field in fields} for result in results]
    return json.dumps({"ok": not failed(results), "findings": rows}, indent=2)
