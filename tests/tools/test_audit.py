from __future__ import annotations

from typing import Any

import pytest

from tools.audit import verdict

FINE = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
UNASKED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "status", "words"),
    [
        ([FINE], 0, "No known vulnerability in 1 packages."),
        ([FINE, BAD], 1, "b 2: PYSEC-1, fixed in 3"),
        ([FINE, UNASKED], 2, "answered for 1 of 2"),
        ([BAD, UNASKED], 1, "PYSEC-1"),
        ([], 2, "Not audited"),
    ],
)
def test_what_nobody_was_asked_about_is_not_called_fine(
    packages: list[dict[str, Any]], status: int, words: str
) -> None:
    found, lines = verdict({"dependencies": packages})
    assert found == status
    assert words in "\n".join(lines)
