"""What the present moment looks like to a command, and why a command can't be given in it.

Each condition answers None, or the reason in a sentence that the screens say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tui.contentstack.models import (
    DeliveryToken,
    ManagementToken,
    Odd,
    Token,
    TokenKind,
)
from tui.export.source import Uses
from tui.workspace.rotation import RotationStep
from tui.workspace.snapshot import Listing, Snapshot


@dataclass(frozen=True)
class Moment:
    """What the present moment looks like to a command's condition.

    `token` is under the cursor, `step` the name of the step in front. `masked` means
    that no value may be shown, `copied` that a copy of this run may still lie on a
    clipboard. `key` tells the key of a command. `odd` is the row under the cursor where
    that was not understood, and no token then. `unclear` says why nobody knows how far
    a rotation has come.
    """

    snapshot: Snapshot = Snapshot()
    tab: TokenKind = "delivery"
    token: Token | None = None
    odd: Odd | None = None
    unclear: str = ""
    marked: tuple[Token, ...] = ()
    busy: bool = False
    step: str = ""
    masked: bool = False
    copied: bool = False
    key: Callable[[str], str] = str

    @property
    def chosen(self) -> tuple[Token, ...]:
        """The marked tokens; without marks the one under the cursor."""
        return self.marked or ((self.token,) if self.token else ())


Condition = Callable[[Moment], str | None]


def _unless(holds: Callable[[Moment], object], reason: str) -> Condition:
    return lambda facts: None if holds(facts) else reason


def _first(*conditions: Condition) -> Condition:
    """The reason of the first that has one."""
    return lambda facts: next(
        (reason for each in conditions if (reason := each(facts))), None
    )


def no_token(facts: Moment) -> str | None:
    """There is no token to do anything with."""
    if facts.token is not None:
        return None
    if facts.odd is None:
        return "The cursor is on no token."
    only = "so nothing can be done with it here"
    if facts.odd.uid:
        only = f"so its uid can be copied ({facts.key('copy_uid')}), and nothing else be done"
    return f"This row is not understood, {only}: {facts.odd.why}."


def no_row(facts: Moment) -> str | None:
    """There is no row to show."""
    return None if facts.odd else no_token(facts)


def no_uid(facts: Moment) -> str | None:
    """There is no uid to copy."""
    if facts.odd is None:
        return no_token(facts)
    return None if facts.odd.uid else "This row has no uid that could be copied."


def cannot_mark(facts: Moment) -> str | None:
    """What is under the cursor can't be marked."""
    if facts.odd is not None:
        return no_token(facts)
    return in_details_step(facts)


no_stack = _unless(lambda facts: facts.snapshot.stack, "No stack has been read yet.")
nothing_copied = _unless(
    lambda facts: facts.copied, "Nothing of this run lies on a clipboard."
)
one_use = _first(
    no_token,
    _unless(
        lambda facts: facts.token and len(Uses(facts.token)) > 1,
        "This token serves one environment and one branch.",
    ),
)

# In a form, by its step
no_list = _unless(
    lambda facts: facts.step in ("", "Scope", "Environments"),
    "This step has no list of that kind.",
)
one_list = _unless(
    lambda facts: facts.step not in ("Scope", "Environments"), "This step has one list."
)
not_in_scope_step = _unless(
    lambda facts: facts.step == "Scope", "Branches or aliases are chosen in step 2."
)
in_details_step = _unless(
    lambda facts: facts.step != "Details", "There is nothing to mark in step 1."
)
no_code_asked = _unless(
    lambda facts: facts.step == "code", "No code has been asked for."
)


def no_value(facts: Moment) -> str | None:
    """Its value is not known here."""
    if isinstance(facts.token, ManagementToken) and facts.token.value is None:
        return (
            "Contentstack shows a management token's value only once, when it is made."
        )
    if isinstance(facts.token, DeliveryToken) and not facts.token.value:
        return "Contentstack kept this token's value back."
    return no_token(facts)


cannot_hand_out = _first(no_value, no_stack)
cannot_show = _first(
    _unless(
        lambda facts: not facts.masked,
        "Values stay masked: that is what --no-reveal is for.",
    ),
    no_value,
)


def no_preview(facts: Moment) -> str | None:
    """It has no preview token."""
    if isinstance(facts.token, ManagementToken):
        return "A management token has no preview token."
    if isinstance(facts.token, DeliveryToken) and facts.token.preview is None:
        return "This token has no preview token."
    return no_token(facts)


def cannot_make(facts: Moment) -> str | None:
    """A token of this tab's kind can't be made."""
    snapshot = facts.snapshot
    if snapshot.read_only:
        return "Tokendeck is read-only here: nothing can be made."
    if facts.tab == "management":
        if snapshot.permissions.management_refusal or snapshot.management.refused:
            return snapshot.permissions.management_refusal or str(
                snapshot.management.error
            )
        return (
            None if snapshot.management.read else _not_read(facts, "management tokens")
        )
    if snapshot.stack is None or not snapshot.environments.read:
        return _not_read(facts, "environments")
    return snapshot.permissions.delivery_refusal or _no_environment(facts)


cannot_clone = _first(no_token, cannot_make)


def cannot_map(facts: Moment) -> str | None:
    """Too little is known of the stack to say what is served, and what is not."""
    snapshot = facts.snapshot
    needed: list[Listing[Any]] = [snapshot.delivery, snapshot.environments]
    if snapshot.stack is None or snapshot.stack.branches_enabled is not False:
        needed += [snapshot.branches, snapshot.aliases]
    if not all(listing.read for listing in needed):
        return _not_read(facts, "tokens, environments, branches and aliases")
    return _no_environment(facts)


def cannot_judge(facts: Moment) -> str | None:
    """No token has been read."""
    read = facts.snapshot.delivery.read or facts.snapshot.management.read
    return None if read else _not_read(facts, "tokens")


def cannot_change(facts: Moment) -> str | None:
    """The token can't be changed or deleted."""
    if facts.token is None:
        return no_token(facts)
    if facts.snapshot.read_only:
        return "Tokendeck is read-only here: nothing can be changed."
    delivery, permissions = (
        isinstance(facts.token, DeliveryToken),
        facts.snapshot.permissions,
    )
    return permissions.delivery_refusal if delivery else permissions.management_refusal


cannot_rotate = _first(cannot_change, no_stack)
cannot_drop_preview = _first(no_preview, cannot_change)


def cannot_delete(facts: Moment) -> str | None:
    """Neither the marked tokens nor the one under the cursor can be deleted."""
    return cannot_change(
        replace(facts, token=facts.marked[0]) if facts.marked else facts
    )


def cannot_make_preview(facts: Moment) -> str | None:
    """The token can't be given a preview token."""
    if isinstance(facts.token, ManagementToken):
        return no_preview(facts)
    if facts.token is not None and facts.token.preview is not None:
        return "It has a preview token; a delivery token has one at most."
    return cannot_change(facts)


def busy(facts: Moment, leave: str = "close") -> str | None:
    """Contentstack is being asked; the command `leave` stops it."""
    return (
        f"Contentstack is being asked; {facts.key(leave)} stops waiting."
        if facts.busy
        else None
    )


def sending(facts: Moment) -> str | None:
    """The same in a wizard."""
    return busy(facts, "back")


def cannot_go_on(facts: Moment) -> str | None:
    """The step that comes next can't be carried out."""
    return busy(facts) or facts.unclear or None


def cannot_skip(facts: Moment) -> str | None:
    """The rotation needs the step that comes next."""
    needed = facts.step in (RotationStep.MAKE.value, RotationStep.DELETE.value)
    kept = f"This step can't be left out; {facts.key('close')} keeps the rotation for later."
    return cannot_go_on(facts) or (kept if needed else None)


def cannot_verify(facts: Moment) -> str | None:
    """No call can prove it now."""
    if facts.snapshot.stack is None:
        return no_stack(facts)
    if len(facts.marked) > 1 and not any(token.value for token in facts.marked):
        return (
            "The values of these tokens are not known; one by one they can be pasted."
        )
    return busy(facts) or (None if facts.marked else no_token(facts))


no_value_asked = _first(
    busy, _unless(lambda facts: facts.step == "value", "The value is known here.")
)


def _not_read(facts: Moment, what: str) -> str:
    if facts.snapshot.reading:
        return "The stack is still being read."
    again = f"The stack's {what} could not be read; {facts.key('refresh')} reads again."
    return facts.snapshot.trouble or again


def _no_environment(facts: Moment) -> str | None:
    if facts.snapshot.environments.items:
        return None
    if odd := facts.snapshot.environments.odd:
        return f"No environment of this stack is understood: {odd[0].why}."
    make = "This stack has no environment: make one in Contentstack under Settings"
    return f"{make}, then press {facts.key('refresh')}."
