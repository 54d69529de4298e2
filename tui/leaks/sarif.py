"""Findings as SARIF 2.1.0, which code hosts show next to the lines."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from tui.leaks.finds import Find

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RULES = {
    "known-token": ("A token of one of your stacks", "error"),
    "token-form": ("A value that looks like a Contentstack token", "warning"),
    "authtoken-form": ("A value that looks like an authtoken", "warning"),
}


def sarif(finds: Sequence[Find], version: str, *, is_whole: bool) -> dict[str, object]:
    """Return the log of one run; `is_whole` is False if something wasn't read."""
    rules = [
        {
            "id": name,
            "shortDescription": {"text": text},
            "defaultConfiguration": {"level": level},
        }
        for name, (text, level) in _RULES.items()
    ]
    driver = {"name": "Tokendeck", "version": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": is_whole}],
        "columnKind": "unicodeCodePoints",
        "results": [*map(_result, finds)],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(find: Find) -> dict[str, object]:
    rule = _rule(find)
    place = {"artifactLocation": {"uri": _uri(find)}, "region": _region(find)}
    return {
        "ruleId": rule,
        "ruleIndex": [*_RULES].index(rule),
        "level": _RULES[rule][1],
        "message": {"text": _words(find)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"tokendeck/v1": f"{find.fingerprint}:{find.path}"},
        "properties": {
            "where": find.where,
            "commit": find.commit,
            "date": find.date,
            "objectId": find.object_id,
        },
    }


def _rule(find: Find) -> str:
    if find.token:
        return "known-token"
    return "authtoken-form" if find.is_authtoken else "token-form"


def _region(find: Find) -> dict[str, int]:
    if find.line:
        return {"startLine": find.line, "startColumn": find.column}
    return {"byteOffset": find.offset}


def _uri(find: Find) -> str:
    """Return a relative reference if possible, because code hosts need that."""
    path = find.path or find.object_id
    if find.where == "file" and os.path.isabs(path):
        try:
            path = str(Path(path).relative_to(Path.cwd()))
        except (ValueError, OSError):
            return Path(path).as_uri()
    return quote(Path(path).as_posix())


def _words(find: Find) -> str:
    if find.token:
        stack = f" of {find.token.stack}" if find.token.stack else ""
        what = f"The value of the {find.token.kind} token {find.token.name}{stack}"
    else:
        what = _RULES[_rule(find)][0]
    commit = f" (commit {find.commit[:12]}, {find.date[:10]})" if find.commit else ""
    return f"{what} is here{commit}."
