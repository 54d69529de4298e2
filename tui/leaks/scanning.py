"""Reads contents piece by piece into one buffer, and finds the values in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tui.leaks.known import LONGEST
from tui.leaks.matching import CONTEXT, Match, Matcher

BUFFER = 4 * 1024 * 1024
# How much is looked at on both sides of a match, in UTF-16.
_BEFORE = 4 * CONTEXT
_AFTER = 2 * LONGEST + 2
_HEAD = 8000

ReadInto = Callable[[memoryview], int]
"""Fills the beginning of a buffer, and returns how many bytes; 0 at the end."""

_COMPRESSED = (
    *(b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"),
    *(b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"),
)
"""How zip, gzip, bzip2, xz, zstd, 7z and rar begin."""
_FIRST = {magic[0] for magic in _COMPRESSED}
_LONGEST_MAGIC = max(map(len, _COMPRESSED))
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CONTINUED = bytes(range(0x80, 0xC0))
_UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Spot:
    """A value in some content.

    Attributes:
        line: counted from 1, as is the column, in characters; 0 in binary content.
        offset: bytes before it.
    """

    match: Match
    line: int
    column: int
    offset: int


class Scanner:
    """Scans contents one after the other, all with the same buffer."""

    def __init__(self, matcher: Matcher, size: int = BUFFER) -> None:
        self._matcher = matcher
        self._buffer = bytearray(size)
        self._view = memoryview(self._buffer)
        self.size = 0
        """Bytes of the last content."""
        self.is_compressed = False
        """Whether the last content was compressed: values in it can't be seen."""
        self._passed = 0
        self._is_wide = self._is_binary = False
        # The position of the buffer's first byte.
        self._line, self._column = 1, 1

    def scan(self, read: ReadInto) -> list[Spot]:
        """Read some content to its end, and return where the values in it are."""
        self._passed = 0
        filled, is_whole = self._fill(read, 0)
        self.is_compressed = self._buffer[0] in _FIRST and self._is_archive(filled)
        if is_whole:
            self.size = filled
            if not self._matcher.may_match(self._buffer, filled):
                return []
        self._begin(filled)
        return self._whole(filled) if is_whole else self._in_parts(read, filled)

    def head(self, size: int) -> bytes:
        """Return the first bytes of the last content, if it fit into the buffer."""
        return b"" if self._passed else bytes(self._view[: min(size, self.size)])

    def _fill(self, read: ReadInto, filled: int) -> tuple[int, bool]:
        """Fill the buffer; return how full it is, and whether that was the end."""
        while filled < len(self._buffer):
            count = read(self._view[filled:])
            if not count:
                return filled, True
            filled += count
        return filled, False

    def _begin(self, filled: int) -> None:
        head = bytes(self._view[: min(filled, _HEAD)])
        self._is_wide = _is_utf16(head)
        self._is_binary = b"\0" in head and not self._is_wide
        self._line, self._column = 1, 1

    def _is_archive(self, filled: int) -> bool:
        head = bytes(self._view[: min(filled, _LONGEST_MAGIC)])
        return head.startswith(_COMPRESSED)

    def _whole(self, filled: int) -> list[Spot]:
        return self._spots(self._matcher.matches(self._buffer, filled))

    def _in_parts(self, read: ReadInto, filled: int) -> list[Spot]:
        """Scan content larger than the buffer, in parts that overlap for matches."""
        spots: list[Spot] = []
        fresh, at_end = 0, False
        while True:
            until = filled if at_end else filled - _AFTER
            matches = self._matcher.matches(self._buffer, filled)
            spots += self._spots(m for m in matches if fresh <= m.start < until)
            if at_end:
                self.size = self._passed + filled
                return spots
            fresh = self._shift(until, filled)
            filled, at_end = self._fill(read, filled - until + fresh)

    def _shift(self, until: int, filled: int) -> int:
        """Move what isn't scanned yet, and some bytes before it, to the front.

        Returns:
            How many bytes before it were kept.
        """
        kept = max(0, until - _BEFORE)
        # UTF-16 must stay at even offsets.
        kept -= kept % 2
        self._line, self._column = self._moved(0, kept, self._line, self._column)
        self._buffer[: filled - kept] = self._buffer[kept:filled]
        self._passed += kept
        return until - kept

    def _spots(self, matches: Iterable[Match]) -> list[Spot]:
        spots: list[Spot] = []
        begin = 0
        line, column = self._line, self._column
        for match in matches:
            line, column = self._moved(begin, match.start, line, column)
            begin, offset = match.start, self._passed + match.start
            at = (0, 0) if self._is_binary else (line, column)
            spots.append(Spot(match, *at, offset))
        return spots

    def _moved(self, begin: int, end: int, line: int, column: int) -> tuple[int, int]:
        """Return line and column at `end`, from those at `begin`."""
        newlines = self._buffer.count(b"\n", begin, end)
        if newlines:
            begin, column = self._buffer.rfind(b"\n", begin, end) + 1, 1
        octets = bytes(self._view[begin:end])
        if self._is_wide:
            octets = octets.replace(b"\0", b"")
        if begin + self._passed == 0:
            octets = octets.removeprefix(_UTF8_BOM)
            octets = octets.removeprefix(_BOMS[0]).removeprefix(_BOMS[1])
        # Characters are counted by their first bytes, so it doesn't matter where a part
        # ends.
        return line + newlines, column + len(octets.translate(None, _CONTINUED))


def _is_utf16(head: bytes) -> bool:
    """Return whether the NULs are between characters, as in UTF-16."""
    if head.startswith(_BOMS):
        return True
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    return max(even, odd) > half * 0.6 and min(even, odd) < half * 0.1
