"""The last line that a target's program printed, without a secret in it."""

from __future__ import annotations

import re
from base64 import b64encode
from itertools import chain
from urllib.parse import quote

from tui.contentstack.errors import cleaned
from tui.secret import Secret, living

_LONGEST = 120
_FAR_ENOUGH = 4096
"""How many characters are looked at: hidden values take less space."""

_SHORTEST_PART = 6
"""A shorter part of a value may be a coincidence, and gives nothing away."""

_STEERING = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)?")
_HIDDEN = "[hidden]"


def last_words(said: bytes) -> str:
    """Return the last line that isn't empty, ready to quote in a sentence.

    Colours are removed before secrets are searched for, because they could split one. A
    value is found as it is, reversed, escaped in a URL, in hexadecimal, and in base64
    whatever is before it. So is each part of one, because programs wrap and shorten
    what they quote, and one with spaces or signs between its characters.
    """
    text = _STEERING.sub(b"", said).decode("utf-8", "replace")
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    if not lines:
        return ""
    line = lines[-1][:_FAR_ENOUGH]
    return cleaned(_replaced(line, _covered(line)), limit=_LONGEST)


def _covered(line: str) -> list[bool]:
    """Return for each character of a line whether it's in a part of a value."""
    covered = [False] * len(line)
    bare, places = _bare(line)
    places_of: dict[str, list[int]] = {}
    for at, part in enumerate(_parts(bare)):
        places_of.setdefault(part, []).append(at)
    for form in chain.from_iterable(map(_forms, living())):
        sought, _ = _bare(form)
        if len(sought) < _SHORTEST_PART:
            for found in re.finditer(re.escape(form), line, re.IGNORECASE):
                _cover(covered, *found.span())
        for part in _parts(sought):
            for at in places_of.get(part, ()):
                _cover(covered, places[at], places[at + _SHORTEST_PART - 1] + 1)
    return covered


def _cover(covered: list[bool], first: int, after: int) -> None:
    covered[first:after] = [True] * (after - first)


def _parts(text: str) -> list[str]:
    """Return all parts of the shortest length that counts, in order."""
    count = len(text) - _SHORTEST_PART + 1
    return [text[at : at + _SHORTEST_PART] for at in range(count)]


def _forms(secret: Secret) -> set[str]:
    value = secret.reveal()
    if len(value) < _SHORTEST_PART:
        return {value} if value else set()
    encoded = value.encode("utf-8", "surrogatepass")
    in_base64 = {
        b64encode(bytes(before) + encoded).decode().rstrip("=") for before in range(3)
    }
    return {value, value[::-1], quote(encoded, safe=""), encoded.hex(), *in_base64}


def _bare(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits in lower case, and where each of them is."""
    places = [at for at, character in enumerate(text) if character.isalnum()]
    return "".join(text[at].lower()[0] for at in places), places


def _replaced(line: str, covered: list[bool]) -> str:
    pieces: list[str] = []
    for character, is_covered in zip(line, covered, strict=True):
        if not is_covered:
            pieces.append(character)
        elif not pieces or pieces[-1] is not _HIDDEN:
            pieces.append(_HIDDEN)
    return "".join(pieces)
