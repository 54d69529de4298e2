"""Shows how far a search has come, if someone is watching."""

from __future__ import annotations

import sys
from contextlib import suppress
from time import monotonic

from tui.leaks.finds import OnProgress, Tally

_PAUSE = 0.2


def progress() -> OnProgress:
    """Return a function that shows a tally on standard error, not too often."""
    shown_at = monotonic()

    def show(tally: Tally) -> None:
        nonlocal shown_at
        if monotonic() - shown_at > _PAUSE:
            shown_at = monotonic()
            history = f", {tally.objects:,} objects" if tally.objects else ""
            _show(f"Searching: {tally.files:,} files{history}")

    return show


def clear() -> None:
    """Clear the progress line."""
    _show("")


def _show(text: str) -> None:
    # The search goes on if this can't be shown.
    with suppress(OSError):
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
