"""Tokens that are recognized by their hashes.

The SHA-256 of a random 96-bit value can't be reversed. If a value doesn't look like
Contentstack's, its form is kept too, so that it can be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tui.secret import Secret

KnownKind = Literal["delivery", "preview", "management", "authtoken"]

SHORTEST = 10
"""Bytes of the shortest value to look for: shorter ones may be ordinary words."""

LONGEST = 512
_PREFIX = 4
_HEX = frozenset(b"0123456789abcdef")


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token that a value can belong to.

    Attributes:
        uid: empty for an authtoken, and for a value whose token isn't known.
        stack: the name of its stack.
        api_key: the stack's API key, which tells stacks with the same name apart.
    """

    name: str
    kind: KnownKind
    uid: str = ""
    stack: str = ""
    api_key: str = ""


@dataclass(frozen=True, slots=True)
class OwnForm:
    """The first bytes of a value with an unusual form, and its length."""

    prefix: bytes
    length: int


@dataclass(frozen=True)
class KnownTokens:
    """The tokens that values belong to, by hash.

    Attributes:
        form_of: the forms of values that don't look like Contentstack's, by hash.
        too_short: the tokens whose values are too short to be looked for.
    """

    by_digest: Mapping[bytes, KnownToken] = field(default_factory=dict)
    form_of: Mapping[bytes, OwnForm] = field(default_factory=dict)
    too_short: tuple[KnownToken, ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[Secret, KnownToken]]) -> KnownTokens:
        """Return what recognizes these values. The values themselves aren't kept."""
        by_digest: dict[bytes, KnownToken] = {}
        form_of: dict[bytes, OwnForm] = {}
        too_short: list[KnownToken] = []
        for value, token in pairs:
            octets = _octets(value)
            if not SHORTEST <= len(octets) <= LONGEST:
                too_short.append(token)
                continue
            digest = digest_of(octets)
            by_digest.setdefault(digest, token)
            if not has_usual_form(octets):
                form_of[digest] = OwnForm(octets[:_PREFIX], len(octets))
        return cls(by_digest, form_of, tuple(too_short))

    def __len__(self) -> int:
        return len(self.by_digest)

    def token_of(self, value: Secret) -> KnownToken | None:
        """Return the token that a value belongs to, if it is known."""
        return self.by_digest.get(digest_of(_octets(value)))

    def joined(self, other: KnownTokens) -> KnownTokens:
        """Return both; if both know a value, the first one's token counts."""
        return KnownTokens(
            {**other.by_digest, **self.by_digest},
            {**other.form_of, **self.form_of},
            (*self.too_short, *other.too_short),
        )


def digest_of(value: bytes) -> bytes:
    """Return what a value is compared by."""
    return sha256(value).digest()


def looks_usual(value: Secret) -> bool:
    """Return whether a value looks like one of Contentstack's."""
    return has_usual_form(_octets(value))


def looks_like_uid(value: Secret) -> bool:
    """Return whether a value looks like a uid, an API key or an authtoken."""
    return looks_usual(value) and _octets(value).startswith(b"blt")


def has_usual_form(value: bytes) -> bool:
    """Return whether a value looks like one of Contentstack's, and is found by that.

    A token is `cs` and 24 hex digits, an authtoken `blt` and 16.
    """
    if len(value) == 26 and value.startswith(b"cs"):
        return _HEX.issuperset(value[2:])
    if len(value) == 19 and value.startswith(b"blt"):
        return _HEX.issuperset(value[3:])
    return False


def _octets(value: Secret) -> bytes:
    return value.reveal().encode("utf-8", "surrogatepass")
