"""The lines around a list: header, counts beside tabs, and status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.contentstack.models import Thing
from tui.messages.names import short_uid
from tui.workspace.snapshot import Listing, Snapshot

if TYPE_CHECKING:
    from tui.workspace.verify.verification import Check


def header_parts(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """Return the two ends of the header: where we are, and who we are."""
    if snapshot.stack is None or snapshot.region is None:
        return ["Tokendeck"], []
    place = "demo (nothing is saved)" if snapshot.demo else snapshot.region.name
    left = [snapshot.stack.name, place, short_uid(snapshot.stack.api_key)]
    if snapshot.read_only:
        left.append("read-only")
    who = [snapshot.user.email if snapshot.user else "", snapshot.permissions.label]
    return left, [word for word in who if word]


def count_words(listing: Listing[Thing]) -> str:
    """Return the count beside a tab's name, such as "7".

    "7+" means that there are more, "?1" that one wasn't understood, and "–" that the
    role can't see them.
    """
    if not listing.read:
        return "–" if listing.refused else ""
    more = "+" if listing.cut else ""
    parts = [f"{len(listing.rows)}{more}"]
    if listing.odd:
        parts.append(f"?{len(listing.odd)}")
    return " ".join(parts)


def status_words(
    snapshot: Snapshot,
    listing: Listing[Thing],
    shown: int,
    leave: str,
    marked: int = 0,
    hidden: int = 0,
) -> str:
    """Return the status: "7 tokens · 2 marked · read 14:22:08 UTC".

    Args:
        snapshot: What was read, and when.
        listing: The tokens of the tab in front.
        shown: How many of them match the filter.
        leave: The key that stops waiting.
        marked: How many are marked.
        hidden: How many of the marked ones the filter hides.
    """
    if snapshot.waiting:
        return wait_words(snapshot, leave)
    if snapshot.reading:
        return f"Reading {_and(snapshot.reading)} …"
    if not listing.read:
        return ""
    words = _shown_words(shown, len(listing.rows))
    if listing.odd:
        words += f", {len(listing.odd)} not understood"
    if listing.cut:
        words += f" ({listing.cut})"
    if marked:
        words += f" · {_marked_words(marked, hidden)}"
    if snapshot.read_at:
        words += f" · read {snapshot.read_at:%H:%M:%S} UTC"
    return words


def _shown_words(shown: int, total: int) -> str:
    if shown != total:
        return f"{shown} of {total} tokens"
    return f"{total} token" if total == 1 else f"{total} tokens"


def _marked_words(marked: int, hidden: int) -> str:
    words = f"{marked} marked"
    if not hidden:
        return words
    which = "" if hidden == marked else f"{hidden} "
    return f"{words}, {which}hidden by the filter"


def _and(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def wait_words(snapshot: Snapshot, leave: str) -> str:
    """Say that Contentstack asked for a pause, and that the key `leave` ends it."""
    asked = f"Contentstack asks Tokendeck to wait {snapshot.waiting:.0f} s."
    return f"{asked} {leave} stops waiting."


def again_words(checks: Sequence[Check]) -> str:
    """Say how long to keep asking a host that doesn't know a new token yet."""
    waiting = [check.again for check in checks if check.finding is None]
    again = max(waiting, default=0.0)
    if not again:
        return ""
    return f" (not known there yet, retrying for up to {again:.0f} s)"
