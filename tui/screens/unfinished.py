"""What a run before this one left unfinished, in words, and the token that the next key is for."""

from __future__ import annotations

from collections.abc import Iterator

from tui.files import FileRefused
from tui.private_files import Held
from tui.screens.messages import management as management_words
from tui.screens.session import Session
from tui.state.rotations import Rotation
from tui.workspace.forms import NEW
from tui.workspace.rotation import RotationStep, progress

_MOST = 3


def unfinished(session: Session) -> tuple[str, str]:
    """Take up what is kept of the stack, once that is read.

    What to say, and the uid of the first token.

    Said is too, once, if nothing could be kept from now on.

    Both are empty where nothing is unfinished, the uid also where it is about a token
    still to be made.
    """
    snapshot = session.workspace.snapshot
    stack, tokens = (
        snapshot.stack,
        {token.uid: token for token in snapshot.management.items},
    )
    if stack is None:
        return "", ""
    listing, uncollected = snapshot.management, tuple[str, ...]()
    if session.memory and listing.read:
        uncollected = session.memory.uncollected(stack.uid, tokens, whole=listing.whole)
    # A change that may not be saved waits for a run that may.
    begun = (
        []
        if snapshot.read_only
        else [*_forms(session, stack.uid), *_rotations(session, stack.uid)]
    )
    items = [what for what, _uid in begun[:_MOST]]
    items += [f"{len(begun) - _MOST} more"] if len(begun) > _MOST else []
    parts = [f"Unfinished: {'; '.join(items)}."] if begun else []
    if uncollected:
        names = [tokens[uid].name for uid in uncollected]
        parts.append(management_words.uncollected_words(names, session.key))
    parts.append("" if snapshot.read_only else session.drafts.trouble())
    return " ".join(parts).strip(), next(
        (uid for uid in (*uncollected, *(uid for _, uid in begun)) if uid), ""
    )


def _forms(session: Session, stack: str) -> Iterator[tuple[str, str]]:
    """The drafts, each with the uid of the token that it changes."""
    workspace, snapshot, new = (
        session.workspace,
        session.workspace.snapshot,
        session.key("new"),
    )
    workspace.forms.restore(session.drafts.open(stack), snapshot)
    for key, draft in workspace.forms.drafts.items():
        token = snapshot.delivery_token(key) or snapshot.management_token(key)
        if token is not None:
            yield f"changes to {token.name}, {session.key('edit')} on it goes on", key
        elif key in NEW:
            words = f"a new {key} token {draft.after.name}".rstrip()
            names = draft.after.token_names() if draft.after.name else ()
            there = next(
                (item for item in snapshot.listing(key).items if item.name in names),
                None,
            )
            if there is None:
                yield f"{words}, {new} on the {key} tab goes on", ""
                continue
            # The answer to its making may have been lost as the run ended.
            last = (
                f"{session.key('copy')} copies it"
                if key == "delivery"
                else "its value is not shown again"
            )
            yield (
                f"{words}, of which name there is one now, made perhaps as that run ended ({last})",
                there.uid,
            )


def _rotations(session: Session, stack: str) -> Iterator[tuple[str, str]]:
    """The rotations that nobody carries out now, each with the uid of a token that it is about."""
    for rotation in session.rotations.unfinished(stack):
        now = progress(rotation, session.workspace.snapshot)
        token = now.old or now.replacement
        waits = now.unclear or now.step is not RotationStep.DONE
        if token is not None and waits and _rests(session, rotation):
            yield (
                f"the rotation of {rotation.old_name}, {session.key('rotate')} on it goes on",
                token.uid,
            )


def _rests(session: Session, rotation: Rotation) -> bool:
    try:
        with session.rotations.alone(rotation.old_uid):
            return True
    except FileRefused as refusal:
        return not isinstance(refusal, Held)
