"""What python-dotenv and node's dotenv read in a `.env` file, and where it is.

Neither says where a binding begins and ends, and they don't read every line alike, so
their grammars are reimplemented here: those of python-dotenv 1.2 and dotenv 16. The
tests compare both with the originals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple


class Binding(NamedTuple):
    """A key and its value in a text.

    Attributes:
        value: None if the key has no `=`.
        key_at: where the key begins, with its quotes.
        start: where the value begins.
        end: where the value ends, without the blanks after it.
    """

    key: str
    value: str | None
    key_at: int
    start: int
    end: int


View = Callable[[str], Iterator[Binding]]

LINE_END = re.compile(r"\r\n|\r|\n")

_BLANKS = re.compile(r"[^\S\r\n]*")
_SPACE = re.compile(r"\s*")
_EXPORT = re.compile(r"(?:export[^\S\r\n]+)?")
_QUOTED_KEY = re.compile(r"'([^']+)'")
_BARE_KEY = re.compile(r"([^=#\s]+)")
_SINGLE_QUOTED = re.compile(r"'((?:\\.|[^'\\])*)'", re.DOTALL)
_DOUBLE_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
_LINE = re.compile(r"[^\r\n]*")
_COMMENT_BEHIND = re.compile(r"\s+#.*")
_LINE_TAIL = re.compile(r"(?:[^\S\r\n]*#[^\r\n]*)?")
_ENDED = re.compile(r"[^\S\r\n]*(?:\r\n|\n|\r|$)")
_REST = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_SINGLE_ESCAPES = re.compile(r"\\([\\'])")
_DOUBLE_ESCAPES = re.compile(r"\\([\\'\"abfnrtv])")
_CONTROLS = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))

# JavaScript's \s, its line endings, and its dot.
_JS_BLANKS = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_JS_SPACE = f"[{_JS_BLANKS}]"
_JS_ENDS = "\n\r\u2028\u2029"
_JS_ENDED = r"(?=[\n\r\u2028\u2029]|\Z)"
_JS_DOT = r"[^\n\r\u2028\u2029]"
_JS_SPACES = re.compile(rf"{_JS_SPACE}*")
_JS_NEXT_LINE = re.compile(f"[{_JS_ENDS}]")
_JS_QUOTES = re.compile(
    rf"(?:(?<![\s\S])|(?<=[{_JS_ENDS}]))(['\"`])([\s\S]*)\1{_JS_ENDED}"
)
_JS_BINDING = re.compile(
    rf"(?:export{_JS_SPACE}+)?(?P<key>[\w.-]+)"
    rf"(?P<sign>{_JS_SPACE}*={_JS_SPACE}*?|:{_JS_SPACE}+?)"
    rf"(?P<value>{_JS_SPACE}*'(?:\\'|[^'])*'|{_JS_SPACE}*\"(?:\\\"|[^\"])*\""
    rf"|{_JS_SPACE}*`(?:\\`|[^`])*`|[^#\r\n]+)?"
    rf"{_JS_SPACE}*(?:#{_JS_DOT}*)?{_JS_ENDED}",
    re.ASCII,
)


def seen_by_python(text: str) -> Iterator[Binding]:
    """Yield what python-dotenv reads, in order."""
    place = 1 if text.startswith("\ufeff") else 0
    while place < len(text):
        place = _end(_SPACE, text, place)
        if place < len(text):
            binding, place = _python_line(text, place)
            if binding is not None:
                yield binding


def seen_by_node(text: str) -> Iterator[Binding]:
    """Yield what node's dotenv reads, in order.

    The original looks for a match starting from each line. A match may begin with
    blanks and empty lines; these are passed only once here, so that many of them take
    no longer than other text.
    """
    place = 0
    while place < len(text):
        place = _end(_JS_SPACES, text, place)
        found = _JS_BINDING.match(text, place)
        if found is not None:
            yield _node_binding(text, found)
            place = found.end()
            if text[place - 1] in _JS_ENDS:
                continue
        following = _JS_NEXT_LINE.search(text, place)
        place = following.end() if following else len(text)


VIEWS: tuple[View, ...] = (seen_by_python, seen_by_node)


def values(bindings: Iterable[Binding]) -> dict[str, str]:
    """Return what a reader gives a program: the last value of each key."""
    last = {binding.key: binding.value for binding in bindings}
    return {key: value for key, value in last.items() if value is not None}


def _python_line(text: str, place: int) -> tuple[Binding | None, int]:
    """Return the binding at `place`, if there's one, and where the next may be."""
    key_at = place = _end(_EXPORT, text, place)
    key = None
    if not text.startswith("#", place):
        pattern = _QUOTED_KEY if text.startswith("'", place) else _BARE_KEY
        found = pattern.match(text, place)
        if found is None:
            return None, _end(_REST, text, place)
        key, place = found[1], found.end()
    value, start, end = None, place, place
    place = _end(_BLANKS, text, place)
    if text.startswith("=", place):
        start = place + 1
        value, start, end = _python_value(text, start)
        if value is None:
            return None, _end(_REST, text, start)
        place = end
    place = _end(_LINE_TAIL, text, place)
    ended = _ENDED.match(text, place)
    if ended is None:
        return None, _end(_REST, text, place)
    if key is None:
        return None, ended.end()
    return Binding(key, value, key_at, start, end), ended.end()


def _python_value(text: str, sign_end: int) -> tuple[str | None, int, int]:
    """Return the value after a `=`, where it begins and where it ends.

    The value is None if a quote isn't closed.
    """
    start = _end(_BLANKS, text, sign_end)
    first = text[start : start + 1]
    if first == "#" and start > sign_end:
        return "", sign_end, sign_end
    if first == "'":
        found = _SINGLE_QUOTED.match(text, start)
        if found is None:
            return None, start, start
        return _SINGLE_ESCAPES.sub(r"\1", found[1]), start, found.end()
    if first == '"':
        found = _DOUBLE_QUOTED.match(text, start)
        if found is None:
            return None, start, start
        return _DOUBLE_ESCAPES.sub(_unescaped, found[1]), start, found.end()
    if first in ("", "\n", "\r"):
        return "", sign_end, start
    line = text[start : _end(_LINE, text, start)]
    value = _COMMENT_BEHIND.sub("", line).rstrip()
    return value, start, start + len(value)


def _unescaped(escape: re.Match[str]) -> str:
    return _CONTROLS.get(escape[1], escape[1])


def _node_binding(text: str, found: re.Match[str]) -> Binding:
    key, key_at = found["key"], found.start("key")
    raw = (found["value"] or "").strip(_JS_BLANKS)
    if not raw:
        start = found.end("sign")
        return Binding(key, "", key_at, start, start)
    start = text.index(raw, found.start("value"))
    value = LINE_END.sub("\n", raw)
    is_double_quoted = value.startswith('"')
    value = _JS_QUOTES.sub(r"\2", value)
    if is_double_quoted:
        value = value.replace(r"\n", "\n").replace(r"\r", "\r")
    return Binding(key, value, key_at, start, start + len(raw))


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    """Return where a match ends, for a pattern that may match the empty string."""
    found = pattern.match(text, place)
    return found.end() if found else place
