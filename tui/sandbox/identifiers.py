"""Uids and values in the shapes Contentstack gives them, the same in every run of the same seed."""

from __future__ import annotations

from hashlib import sha256


class Identifiers:
    """A repeatable source of identifiers; nothing it makes is a live credential anywhere."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._made = 0

    def _hex(self, length: int) -> str:
        self._made += 1
        return sha256(f"{self._seed}:{self._made}".encode()).hexdigest()[:length]

    def uid(self) -> str:
        """`blt` and 16 hex digits: uids, API keys and authtokens."""
        return "blt" + self._hex(16)

    def value(self) -> str:
        """`cs` and 24 hex digits: the value of a delivery, preview or management token."""
        return "cs" + self._hex(24)

    def metadata(self) -> str:
        """`cs` and 16 hex digits: the uid of a scope item."""
        return "cs" + self._hex(16)
