"""What the doctor found, one thing after the other, in the words that its command and its screen show.

They are made to be pasted into a bug report: none holds a secret, a whole API key or a proxy's password.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tui.contentstack.errors import cleaned

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: what it is, in one or two words.
        verdict: "warn" where something does not work that not everybody needs.
        words: how it is.
        cure: what to do about it; "" where there is nothing to do.
        remedy: id of the command that does it in the dashboard, if one does.
    """

    subject: str
    verdict: Verdict
    words: str
    cure: str = ""
    remedy: str | None = None


def finding(
    subject: str, words: str, cure: str = "", *, verdict: Verdict = "ok", remedy: str | None = None
) -> Finding:
    """A finding whose texts are cleaned of secrets, whole API keys and control characters."""
    return Finding(subject, verdict, cleaned(words), cleaned(cure), remedy)


def failed(findings: Iterable[Finding]) -> bool:
    """Whether something has to be mended before Tokendeck can do its work."""
    return any(found.verdict == "fail" for found in findings)


def summary(findings: Iterable[Finding]) -> str:
    """How many things are to be mended, in a sentence."""
    verdicts = [found.verdict for found in findings]
    failures, warnings = verdicts.count("fail"), verdicts.count("warn")
    if not failures and not warnings:
        return "Nothing is to be mended."
    return f"To be mended: {failures}; worth a look: {warnings}."


def as_text(findings: Iterable[Finding]) -> str:
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


def as_json(findings: Iterable[Finding]) -> str:
    """One object: whether all is well, and the findings."""
    findings = tuple(findings)
    fields = ("subject", "verdict", "words", "cure")
    rows = [{field: getattr(found, field) for field in fields} for found in findings]
    return json.dumps({"ok": not failed(findings), "findings": rows}, indent=2)
