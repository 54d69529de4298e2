"""Find in words: a row and the details of each place with a value."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from tui.display import shortened, visible
from tui.leaks.finds import Find, Tally
from tui.leaks.known import KnownToken, KnownTokens
from tui.messages.leaks import (
    count,
    known_words,
    owner_words,
    place_words,
    summary,
    unsearched,
)
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact
from tui.widgets.table_model import Row

COLUMNS = (
    Column("token", "TOKEN", 22, least=16),
    Column("file", "FILE", None, least=16, keep="end"),
    Column("line", "LINE", 7, align="right", least=4),
    Column("commit", "COMMIT", 8, least=8, drop=2),
    Column("date", "DATE", 10, least=10, drop=1),
)
_WHERE = {
    "history": "history",
    "stash": "a stash",
    "unreachable": "an object that no branch or tag leads to",
    "message": "the message of a commit or tag",
}


def find_row(key: str, find: Find, folder: str) -> Row:
    """Return the row of a find; a path inside the folder is shown relative to it."""
    path = find.path or f"object {find.object_id[:12]}"
    if find.where == "file":
        path = path.removeprefix(folder).lstrip(os.sep) or os.path.basename(path)
    if find.where == "message":
        path = "(message)"
    line = f"{find.line:,}" if find.line else "-"
    cells = owner_words(find), path, line, find.commit[:8], find.date[:10]
    shown = tuple(map(visible, cells))
    return Row(key, shown, style="warn" if find.token else "normal")


def nowhere_row(key: str, token: KnownToken, *, is_over: bool) -> Row:
    """Return the row of a value that wasn't found, or hasn't been yet."""
    where = "(not found)" if is_over else "(not found yet)"
    return Row(key, (visible(known_words(token)), where, "-", "", ""))


def find_facts(find: Find) -> list[Fact]:
    """Return where a value is, and whose it is."""
    facts = [Fact("Place", place_words(find), whole=True)]
    if find.where in _WHERE:
        facts.append(Fact("Found in", _WHERE[find.where]))
    if find.commit:
        facts.append(Fact("Commit", f"{find.commit[:12]} of {find.date}"))
    if find.repository:
        facts.append(Fact("Repository", find.repository))
    if find.token is not None:
        facts += token_facts(find.token)
    return [*facts, Fact("Fingerprint", find.fingerprint[:6])]


def token_facts(token: KnownToken) -> list[Fact]:
    """Return whose a value is; nothing if it isn't a token known by name."""
    if not token.uid:
        return []
    return [Fact("Token", f"{token.kind} token of {token.stack} ({token.uid})")]


def limit_facts(tally: Tally, unknowable: Iterable[str]) -> list[Fact]:
    """Return what wasn't searched, and what can't be found."""
    missing = " ".join(unsearched(tally)) or "nothing"
    limits = " ".join(unknowable)
    return [
        Fact("Not searched", missing, whole=True),
        Fact("Can't be found", limits, whole=True),
    ]


def progress_words(tally: Tally, found: int) -> str:
    """Say how far a search has got."""
    parts = [count(tally.files, "file")]
    if tally.objects:
        parts.append(count(tally.objects, "object"))
    return " · ".join([*parts, f"{found:,} found"])


def sought_words(
    sought: KnownTokens, here: Sequence[Find], others: Sequence[Find], tally: Tally
) -> str:
    """Say how many places have the sought value, and how many have others."""
    name = shortened(", ".join(map(known_words, sought.by_digest.values())))
    lead = f"Found {name} in {count(len(here), 'place')}."
    if not here:
        in_what = " in what could be read" if tally.unread_count else ""
        lead = f"Didn't find {name}{in_what}."
    parts = [lead]
    if others:
        known = sum(find.token is not None for find in others)
        parts.append(f"Others: {known:,} known, {len(others) - known:,} unknown.")
    return " ".join([*parts, f"Searched {_searched(tally)}."])


def outcome_words(finds: Sequence[Find], tally: Tally) -> str:
    """Say what a search found, on one line."""
    if not finds:
        return summary(finds, tally)
    known = sum(find.token is not None for find in finds)
    found = f"{count(known, 'known value')} and {len(finds) - known:,} unknown"
    return f"Found {found} in {_searched(tally)}."


def _searched(tally: Tally) -> str:
    searched = count(tally.files, "file")
    if tally.objects:
        searched += f" and {count(tally.objects, 'object')} of history"
    return searched
