"""Sentences about where values turn up, and what a search can't see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.leaks.finds import Find, Tally
    from tui.leaks.known import KnownToken
    from tui.leaks.stack_tokens import Unknowable

_MOST_SAID = 5

AUTHTOKENS = (
    "An authtoken looks like a uid: it's only found right after the word authtoken."
)
KEEPING = "To recognize new ones from now on: `tokendeck find --keep-fingerprints`."
ENCODED = "Values inside compressed files, or in Base64, aren't found."


def place_words(find: Find) -> str:
    """Say where a finding is: path, line and column, or whatever is known."""
    path = find.path or f"object {find.object_id[:12]}"
    if find.where == "message":
        path = f"message of {find.commit[:12]}"
    if find.line:
        return f"{path}:{find.line}:{find.column}"
    return f"{path} (byte {find.offset})"


def owner_words(find: Find) -> str:
    """Say whose value it is."""
    if find.token is None:
        return "(maybe an authtoken)" if find.is_authtoken else "(no known token)"
    return known_words(find.token)


def known_words(token: KnownToken) -> str:
    """Say which token a value belongs to."""
    preview = " (preview)" if token.kind == "preview" else ""
    return f"{token.name}{preview}"


def summary(finds: Sequence[Find], tally: Tally) -> str:
    """Say how much was found, and in what."""
    searched = f"{count(tally.files, 'file')}"
    if tally.repositories:
        history = "histories" if tally.repositories > 1 else "history"
        searched += f" and {count(tally.objects, 'object')} of {history}"
    known = sum(find.token is not None for find in finds)
    others = len(finds) - known
    if not finds:
        lead = "Nothing found"
        if tally.unread_count:
            lead = "Nothing found in what could be read"
        if tally.stopped:
            lead = "Nothing found so far"
        return f"{lead}: {searched}."
    parts = []
    if known:
        parts.append(f"{count(known, 'place')} with values of your tokens")
    if others:
        parts.append(f"{count(others, 'place')} with something that looks like one")
    return f"Found {' and '.join(parts)}, in {searched}."


def unsearched(tally: Tally) -> Iterator[str]:
    """Say what wasn't looked at."""
    yield from tally.unread
    if more := tally.unread_count - len(tally.unread):
        yield f"{count(more, 'more file')} couldn't be searched."
    yield from tally.notes
    if tally.compressed:
        yield f"Not opened: {count(tally.compressed, 'compressed file')}."
    if tally.links:
        yield f"Not followed: {count(tally.links, 'symbolic link')}."
    if tally.accepted:
        yield f"Accepted by the baseline: {count(tally.accepted, 'finding')}."
    if tally.stopped:
        yield stopped_words(tally)


def stopped_words(tally: Tally) -> str:
    """Say that a search was stopped, and what it hadn't reached."""
    rest = f" Not searched: {tally.rest}." if tally.rest else ""
    return f"The search was stopped.{rest}"


def unknowable_words(unknowable: Unknowable) -> Iterator[str]:
    """Say what the search can't recognize."""
    if unknowable.management != 0:
        tokens = "management tokens"
        if unknowable.management is not None:
            tokens = count(unknowable.management, "management token")
        yield (f"Contentstack hides the values of {tokens}, so they count as unknown.")
    for stack in unknowable.unread[:_MOST_SAID]:
        yield (
            f"Couldn't read all delivery tokens of {stack}: values may seem unknown."
        )
    if (more := len(unknowable.unread) - _MOST_SAID) > 0:
        yield f"{count(more, 'more stack')} couldn't be read in full."
    if unknowable.too_short:
        names = ", ".join(unknowable.too_short)
        yield f"Too short to search for: the values of {names}."
    yield AUTHTOKENS
    yield ENCODED


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
