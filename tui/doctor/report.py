"""What the doctor found, one thing after the other, in the words that its command and its screen show.

They are made to be pasted into a bug report: none holds a secret, a whole API key or a proxy's password.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tui.contentstack.errors import cleaned


@dataclass(frozen=True)
class CheckResult:
    """One thing that was looked at, how it is, and what to do about it, cleaned of what looks like a secret.

    `verdict` is "warn" where something does not work that not everybody needs. `remedy` is the id of the
    command that does the `cure` in the dashboard, if one does.
    """

    subject: str
    words: str
    cure: str = ""
    verdict: Literal["ok", "warn", "fail"] = "ok"
    remedy: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", cleaned(self.words))
        object.__setattr__(self, "cure", cleaned(self.cure))


def failed(findings: Iterable[CheckResult]) -> bool:
    """Whether something has to be mended before Tokendeck can do its work."""
    return any(found.verdict == "fail" for found in findings)


def summary(findings: Iterable[CheckResult]) -> str:
    """How many things are to be mended, in a sentence."""
    verdicts = [found.verdict for found in findings]
    failures, warnings = verdicts.count("fail"), verdicts.count("warn")
    if not failures and not warnings:
        return "Nothing is to be mended."
    return f"To be mended: {failures}; worth a look: {warnings}."


def as_text(findings: Iterable[CheckResult]) -> str:
    """A line for each finding, and one below it for what to do."""
    findings = tuple(findings)
    width = max(len(found.subject) for found in findings)
    lines = []
    for found in findings:
        verdict = "FAIL" if found.verdict == "fail" else found.verdict
        lines.append(f"{verdict:<4}  {found.subject:<{width}}  {found.words}")
        if found.cure:
            lines.append(f"{'':<{width + 8}}{found.cure}")
    return "\n".join([*lines, summary(findings)])


def as_json(findings: Iterable[CheckResult]) -> str:
    """One object: whether all is well, and the findings."""
    findings = tuple(findings)
    fields = ("subject", "verdict", "words", "cure")
    rows = [{field: getattr(found, field) for field in fields} for found in findings]
    return json.dumps({"ok": not failed(findings), "findings": rows}, indent=2)
