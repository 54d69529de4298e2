"""Tokens that look like a rotation whose state was lost with an earlier run.

Their names, scopes and ages fit a token and its replacement. That's no proof, so the
user is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from tui.contentstack.models import Token
from tui.state.rotations import Rotation
from tui.workspace.comparison import differences
from tui.workspace.snapshot import Snapshot

# As `Snapshot.free_name` writes them.
_NEXT = re.compile(r"(?P<old>.+)-next(?:-\d+)?", re.DOTALL)
_MAY_DIFFER = {"name", "description", "expiry", "e-mail notice"}
_UNKNOWN_AGE = datetime.min.replace(tzinfo=UTC)


def likely_rotation(token: Token, snapshot: Snapshot) -> Rotation | None:
    """Return the rotation that a token seems to be part of, whether old or new."""
    likely = [
        (old, new) for old, new in _named_alike(token, snapshot) if _replaces(old, new)
    ]
    if not likely:
        return None
    # If there are several replacements, the newest is the one that was in progress.
    old, new = max(likely, key=lambda pair: pair[1].created_at or _UNKNOWN_AGE)
    return Rotation(
        stack=snapshot.stack.uid if snapshot.stack else "",
        kind=old.kind,
        old_uid=old.uid,
        old_name=old.name,
        replacement_name=new.name,
        replacement_uid=new.uid,
    )


def _named_alike(token: Token, snapshot: Snapshot) -> Iterator[tuple[Token, Token]]:
    """Yield pairs of an old token and one named like its replacement."""
    own = _NEXT.fullmatch(token.name)
    for other in snapshot.listing(token.kind).items:
        theirs = _NEXT.fullmatch(other.name)
        if own and own["old"] == other.name:
            yield other, token
        elif theirs and theirs["old"] == token.name:
            yield token, other


def _replaces(old: Token, new: Token) -> bool:
    """Return whether `new` was created after `old` and reaches the same."""
    if old.created_at is None or new.created_at is None:
        return False
    same = set(differences(old, new)) <= _MAY_DIFFER
    return same and old.created_at < new.created_at
