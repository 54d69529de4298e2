"""Prints findings as a table, as documents or as SARIF."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tui.cli.leak_documents import FindDocument, FindsDocument, SearchedDocument
from tui.cli.output import Output
from tui.leaks.finds import Find, Tally
from tui.leaks.known import KnownTokens
from tui.leaks.sarif import sarif as as_sarif
from tui.messages.leaks import owner_words, place_words


def print_finds(
    finds: Sequence[Find],
    tally: Tally,
    known: KnownTokens,
    unknowable: Sequence[str],
    output: Output,
    *,
    sarif: bool,
) -> None:
    """Print findings, those of known tokens first."""
    ordered = sorted(finds, key=_order)
    if sarif:
        # It takes as long to load as everything else together.
        from importlib.metadata import version

        is_whole = not (tally.unread_count or tally.stopped)
        log = as_sarif(ordered, version("tokendeck"), is_whole=is_whole)
        output.text(json.dumps(log, indent=2, ensure_ascii=False))
        return
    rows = tuple(map(FindDocument.of, ordered))
    by_row = {id(row): find for row, find in zip(rows, ordered, strict=True)}
    document = FindsDocument(
        finds=rows,
        accepted=tally.accepted,
        known=len(known),
        unknowable=tuple(unknowable),
        searched=SearchedDocument.of(tally),
    )
    columns = (
        ("TOKEN", lambda row: owner_words(by_row[id(row)])),
        ("PLACE", lambda row: place_words(by_row[id(row)])),
        ("IN", lambda row: row.where),
        ("COMMIT", lambda row: row.commit[:12] or "-"),
        ("DATE", lambda row: row.date[:10] or "-"),
    )
    output.rows(document, rows, columns)


def _order(find: Find) -> tuple[bool, str, str, str, int]:
    name = find.token.name if find.token else ""
    return (find.token is None, name, find.repository, find.path, find.offset)
