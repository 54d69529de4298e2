"""What to call users and stacks whose names are long or not known."""

from __future__ import annotations

from tui.workspace.snapshot import Snapshot

_SHORT = 7


def short_uid(uid: str) -> str:
    """Return the beginning of a uid or API key, enough to recognize it: "blt9f0c…"."""
    return f"{uid[:_SHORT]}…" if len(uid) > _SHORT + 1 else uid


def user_name(uid: str, snapshot: Snapshot) -> str:
    """Name the user with a uid: "you", a name, an e-mail address or the short uid.

    Not everyone is allowed to read names and addresses.
    """
    if snapshot.user is not None and uid == snapshot.user.uid:
        return "you"
    person = snapshot.people.get(uid)
    if person is None:
        return short_uid(uid)
    return f"{person.first_name} {person.last_name}".strip() or person.email
