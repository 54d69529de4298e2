"""A string that won't print itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn, final
from weakref import WeakValueDictionary

MASK = "••••"

_SHORTEST_SHOWN_IN_PART = 12


@final
class Secret:
    """A token, password or authtoken that shows itself only through `reveal()`.

    `repr`, `str`, `format` and Rich show the masked form; pickling is refused, and
    there's no attribute dictionary to look into, so a traceback that prints locals
    prints a mask. Two secrets compare in constant time; a secret never equals a plain
    string.
    """

    __slots__ = ("__value", "__weakref__")

    __value: str

    def __new__(cls, value: str) -> Secret:
        """Wrap `value`; if it isn't a string, the `TypeError` doesn't quote it."""
        if not isinstance(value, str):
            kind = type(value).__name__
            raise TypeError(f"a Secret is made from a str, not from {kind}")
        secret = super().__new__(cls)
        object.__setattr__(secret, "_Secret__value", value)
        _LIVING[id(secret)] = secret
        return secret

    def reveal(self) -> str:
        """The value itself."""
        return self.__value

    @property
    def masked(self) -> str:
        """The first two and last four characters around a mask of fixed length.

        Only the mask if six characters are more than half of the value, or if they
        aren't plain ASCII and so aren't safe to draw.
        """
        first, last = self.__value[:2], self.__value[-4:]
        shown = first + last
        is_safe = shown.isascii() and shown.isprintable()
        if len(self.__value) < _SHORTEST_SHOWN_IN_PART or not is_safe:
            return MASK
        return first + MASK + last

    @property
    def last4(self) -> str:
        """The last four characters, or nothing if `masked` doesn't show them."""
        return "" if self.masked == MASK else self.__value[-4:]

    @property
    def fingerprint(self) -> str:
        """Six hexadecimal digits that show whether two copies have the same value."""
        # Imported here, and below, because it loads OpenSSL's hashes, which the first
        # paint doesn't need.
        from hashlib import sha256  # noqa: PLC0415

        return sha256(_octets(self.__value)).hexdigest()[:6]

    def __repr__(self) -> str:
        return f"Secret({self.masked!r})"

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __rich_repr__(self) -> Iterator[str]:
        yield self.masked

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest  # noqa: PLC0415

        return compare_digest(_octets(self.__value), _octets(other.__value))

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __setattr__(self, *_name_and_value: object) -> NoReturn:
        raise AttributeError("a Secret does not change")

    __delattr__ = __setattr__

    def __copy__(self, *_memo: object) -> Secret:
        return self

    __deepcopy__ = __copy__

    def __getstate__(self) -> NoReturn:
        # Every pickle protocol calls this first.
        raise TypeError("a Secret is not pickled")


_LIVING: WeakValueDictionary[int, Secret] = WeakValueDictionary()


def living() -> Iterator[Secret]:
    """Yield every secret still in use, because error reports must not quote any."""
    for reference in _LIVING.valuerefs():
        secret = reference()
        if secret is not None:
            yield secret


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
