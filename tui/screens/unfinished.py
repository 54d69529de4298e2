"""What an earlier run left unfinished, in words, and the token that this is about."""

from __future__ import annotations

from collections.abc import Iterator

from tui.contentstack.models import TOKEN_KINDS
from tui.display import shortened
from tui.files.lock import Held
from tui.files.refusal import FileRefused
from tui.screens.messages import management as management_words
from tui.screens.session import Session
from tui.state.rotations import Rotation
from tui.workspace.plan import Plan
from tui.workspace.rotation import RotationStep, progress

_MOST = 3


def unfinished(session: Session) -> tuple[str, str]:
    """Restore what was saved for the stack, once the stack is read.

    Return what to say, and the uid of the first token. Both are empty if nothing is
    unfinished; the uid is also empty if the token hasn't been created yet.
    """
    snapshot = session.workspace.snapshot
    stack, listing = snapshot.stack, snapshot.management
    if stack is None:
        return "", ""
    tokens = {token.uid: token for token in listing.items}
    uncollected: tuple[str, ...] = ()
    if session.memory and listing.read:
        uncollected = session.memory.uncollected(stack.uid, tokens, whole=listing.whole)
    parts, uids = [], list(uncollected)
    # A read-only run can't save changes: leave them for a run that can.
    if not snapshot.read_only:
        begun = [*_forms(session, stack.uid), *_rotations(session, stack.uid)]
        parts.append(_begun_words([what for what, _uid in begun]))
        uids += [uid for _what, uid in begun]
    if uncollected:
        names = [tokens[uid].name for uid in uncollected]
        parts.append(management_words.uncollected_words(names, session.key))
    if not snapshot.read_only:
        # Say once if nothing can be saved from now on.
        parts.append(session.drafts.trouble())
    return " ".join(filter(None, parts)), next(filter(None, uids), "")


def _begun_words(items: list[str]) -> str:
    if not items:
        return ""
    more = [f"{len(items) - _MOST} more"] if len(items) > _MOST else []
    return f"Unfinished: {', '.join([*items[:_MOST], *more])}."


def _forms(session: Session, stack: str) -> Iterator[tuple[str, str]]:
    """Yield the drafts in words, each with the uid of the token that it changes."""
    workspace, snapshot = session.workspace, session.workspace.snapshot
    workspace.forms.restore(session.drafts.open(stack), snapshot)
    for key, draft in workspace.forms.drafts.items():
        token = snapshot.delivery_token(key) or snapshot.management_token(key)
        if token is not None:
            name = shortened(token.name)
            yield f"changes to {name} ({session.key('edit')} continues)", key
        elif key in TOKEN_KINDS:
            yield _new_token(session, draft.after)


def _new_token(session: Session, plan: Plan) -> tuple[str, str]:
    """Return a new token in words, with the uid of a token that now has its name."""
    kind = plan.kind
    words = f"a new {kind} token {shortened(plan.name)}".rstrip()
    names = plan.token_names() if plan.name else ()
    listed = session.workspace.snapshot.listing(kind).items
    there = next((token for token in listed if token.name in names), None)
    if there is None:
        return f"{words} ({session.key('new')} on the {kind} tab)", ""
    # The answer to its creation may have been lost when the run ended.
    value = "its value won't be shown again"
    if kind == "delivery":
        value = f"{session.key('copy')} copies it"
    now = "which exists now. It may have been created as that run ended"
    return f"{words}, {now} ({value})", there.uid


def _rotations(session: Session, stack: str) -> Iterator[tuple[str, str]]:
    """Yield the rotations that aren't in progress, each with a token's uid."""
    for rotation in session.rotations.unfinished(stack):
        now = progress(rotation, session.workspace.snapshot)
        token = now.old or now.replacement
        waits = now.unclear or now.step is not RotationStep.DONE
        if token is not None and waits and _rests(session, rotation):
            key = session.key("rotate")
            name = shortened(rotation.old_name)
            yield f"the rotation of {name} ({key} continues)", token.uid


def _rests(session: Session, rotation: Rotation) -> bool:
    try:
        with session.rotations.alone(rotation.old_uid):
            return True
    except FileRefused as refusal:
        return not isinstance(refusal, Held)
