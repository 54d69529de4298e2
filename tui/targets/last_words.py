"""The last line that a target's program printed, without a secret in it."""

from __future__ import annotations

import re
from base64 import b64encode
from urllib.parse import quote

from tui.contentstack.errors import cleaned
from tui.secret import Secret, living

_LONGEST = 120
_SHORTEST_PART = 6
"""A shorter part of a value may be chance, and gives nothing away."""

_STEERING = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)?")
_HIDDEN = "[hidden]"


def last_words(said: bytes) -> str:
    """Return the last line that isn't empty, ready to quote in a sentence.

    Colours are removed before secrets are searched for, because they could split one. A
    value is found as it is, in base64 and escaped in a URL, and so is each part of one,
    because programs wrap and shorten what they quote.
    """
    text = _STEERING.sub(b"", said).decode("utf-8", "replace")
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    if not lines:
        return ""
    line = lines[-1]
    for secret in living():
        for form in _forms(secret):
            line = _without(line, form)
    return cleaned(line, limit=_LONGEST)


def _forms(secret: Secret) -> set[str]:
    value = secret.reveal()
    if len(value) < _SHORTEST_PART:
        return {value} if value else set()
    encoded = value.encode("utf-8", "surrogatepass")
    in_base64 = b64encode(encoded).decode().rstrip("=")
    return {value, in_base64, quote(encoded, safe=""), encoded.hex()}


def _without(line: str, value: str) -> str:
    """Return the line with every part of the value in it replaced."""
    size = min(_SHORTEST_PART, len(value))
    folded = value.lower()
    parts = {folded[at : at + size] for at in range(len(folded) - size + 1)}
    lower = line.lower()
    if len(lower) != len(line):
        lower = line
    covered = [False] * len(line)
    for at in range(len(line) - size + 1):
        if lower[at : at + size] in parts:
            covered[at : at + size] = [True] * size
    return _replaced(line, covered)


def _replaced(line: str, covered: list[bool]) -> str:
    pieces: list[str] = []
    for character, is_covered in zip(line, covered, strict=True):
        if not is_covered:
            pieces.append(character)
        elif not pieces or pieces[-1] is not _HIDDEN:
            pieces.append(_HIDDEN)
    return "".join(pieces)
