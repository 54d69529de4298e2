"""What the present moment looks like to a command, and why a command can't be given in it.

Each condition answers None, or the reason in a sentence that the screens say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from tui.contentstack.models import DeliveryToken, ManagementToken, Token
from tui.handout.source import uses_of
from tui.workspace.rotation import Step
from tui.workspace.snapshot import Listing, Snapshot

Tab = Literal["delivery", "management"]


@dataclass(frozen=True)
class Facts:
    """What the present moment looks like to a command's condition.

    `token` is under the cursor; `masked` means that no value may be shown, `copied` that a copy of this run
    may still lie on a clipboard. `key` tells the key of a command as it is bound now.
    """

    snapshot: Snapshot = Snapshot()
    tab: Tab = "delivery"
    token: Token | None = None
    marked: tuple[Token, ...] = ()
    filtered: bool = False
    busy: bool = False
    step: str = ""
    masked: bool = False
    copied: bool = False
    key: Callable[[str], str] = str

    @property
    def chosen(self) -> tuple[Token, ...]:
        """The marked tokens; without marks the one under the cursor."""
        return self.marked or ((self.token,) if self.token else ())


Condition = Callable[[Facts], str | None]


def no_token(facts: Facts) -> str | None:
    """The cursor is on no token."""
    return "The cursor is on no token." if facts.token is None else None


def no_value(facts: Facts) -> str | None:
    """Its value is not known here."""
    if isinstance(facts.token, ManagementToken) and facts.token.value is None:
        return "Contentstack shows a management token's value only once, when it is made."
    if isinstance(facts.token, DeliveryToken) and not facts.token.value:
        return "Contentstack kept this token's value back."
    return no_token(facts)


def cannot_show(facts: Facts) -> str | None:
    """Its value may not be shown, or is not known."""
    return "Values stay masked: that is what --no-reveal is for." if facts.masked else no_value(facts)


def nothing_copied(facts: Facts) -> str | None:
    """No copy lies about."""
    return None if facts.copied else "Nothing of this run lies on a clipboard."


def no_preview(facts: Facts) -> str | None:
    """It has no preview token."""
    if isinstance(facts.token, ManagementToken):
        return "A management token has no preview token."
    if isinstance(facts.token, DeliveryToken) and facts.token.preview is None:
        return "This token has no preview token."
    return no_token(facts)


def no_stack(facts: Facts) -> str | None:
    """No stack is known."""
    return "No stack has been read yet." if facts.snapshot.stack is None else None


def cannot_hand_out(facts: Facts) -> str | None:
    """Its value, or what it is used with, is not known here."""
    return no_value(facts) or no_stack(facts)


def one_use(facts: Facts) -> str | None:
    """There is no other environment or branch to hand it out for."""
    if facts.token is not None and len(uses_of(facts.token.scope)) > 1:
        return None
    return "This token serves one environment and one branch."


def cannot_make(facts: Facts) -> str | None:
    """A token of this tab's kind can't be made."""
    snapshot = facts.snapshot
    if snapshot.read_only:
        return "Tokendeck is read-only here: nothing can be made."
    if facts.tab == "management":
        if snapshot.standing.management_refusal or snapshot.management.refused:
            return snapshot.standing.management_refusal or str(snapshot.management.error)
        return None if snapshot.management.read else _not_read(facts, "management tokens")
    if snapshot.stack is None or not snapshot.environments.read:
        return _not_read(facts, "environments")
    if snapshot.standing.delivery_refusal:
        return snapshot.standing.delivery_refusal
    if not snapshot.environments.items:
        return _no_environment(facts)
    return None


def cannot_clone(facts: Facts) -> str | None:
    """There is no token to take the scope from, or none can be made."""
    return no_token(facts) or cannot_make(facts)


def cannot_map(facts: Facts) -> str | None:
    """Too little is known of the stack to say what is served, and what is not."""
    snapshot = facts.snapshot
    needed: list[Listing[Any]] = [snapshot.delivery, snapshot.environments]
    if snapshot.stack is None or snapshot.stack.branches_enabled is not False:
        needed += [snapshot.branches, snapshot.aliases]
    if not all(listing.read for listing in needed):
        return _not_read(facts, "tokens, environments, branches and aliases")
    return None if snapshot.environments.items else _no_environment(facts)


def cannot_judge(facts: Facts) -> str | None:
    """No token has been read."""
    read = facts.snapshot.delivery.read or facts.snapshot.management.read
    return None if read else _not_read(facts, "tokens")


def cannot_change(facts: Facts) -> str | None:
    """The token can't be changed or deleted."""
    if facts.token is None:
        return no_token(facts)
    if facts.snapshot.read_only:
        return "Tokendeck is read-only here: nothing can be changed."
    delivery = isinstance(facts.token, DeliveryToken)
    standing = facts.snapshot.standing
    return standing.delivery_refusal if delivery else standing.management_refusal


def cannot_delete(facts: Facts) -> str | None:
    """Neither the marked tokens nor the one under the cursor can be deleted."""
    return cannot_change(replace(facts, token=facts.marked[0]) if facts.marked else facts)


def cannot_rotate(facts: Facts) -> str | None:
    """The token can't be given a twin."""
    return cannot_change(facts) or no_stack(facts)


def cannot_skip(facts: Facts) -> str | None:
    """The rotation needs the step that comes next."""
    needed = facts.step in (Step.MAKE.value, Step.DELETE.value)
    kept = f"This step can't be left out; {facts.key('close')} keeps the rotation for later."
    return busy(facts) or (kept if needed else None)


def cannot_make_preview(facts: Facts) -> str | None:
    """The token can't be given a preview token."""
    if isinstance(facts.token, ManagementToken):
        return no_preview(facts)
    if facts.token is not None and facts.token.preview is not None:
        return "It has a preview token; a delivery token has one at most."
    return cannot_change(facts)


def cannot_drop_preview(facts: Facts) -> str | None:
    """The token has no preview token that could be deleted."""
    return no_preview(facts) or cannot_change(facts)


def _not_read(facts: Facts, what: str) -> str:
    if facts.snapshot.reading:
        return "The stack is still being read."
    again = f"The stack's {what} could not be read; {facts.key('refresh')} reads again."
    return facts.snapshot.trouble or again


def _no_environment(facts: Facts) -> str:
    make = "This stack has no environment: make one in Contentstack under Settings"
    return f"{make}, then press {facts.key('refresh')}."


def cannot_verify(facts: Facts) -> str | None:
    """No call can prove it now."""
    if facts.snapshot.stack is None:
        return no_stack(facts)
    if len(facts.marked) > 1 and not any(token.value for token in facts.marked):
        return "The values of these tokens are not known; one by one they can be pasted."
    return busy(facts) or (None if facts.marked else no_token(facts))


def no_value_asked(facts: Facts) -> str | None:
    """No value is asked for."""
    return busy(facts) or (None if facts.step == "value" else "The value is known here.")


def busy(facts: Facts, leave: str = "close") -> str | None:
    """Contentstack is being asked; the command `leave` stops it."""
    return f"Contentstack is being asked; {facts.key(leave)} stops waiting." if facts.busy else None


def sending(facts: Facts) -> str | None:
    """The same in a wizard."""
    return busy(facts, "back")


def not_in_scope_step(facts: Facts) -> str | None:
    """Another step is in front."""
    return None if facts.step == "Scope" else "Branches or aliases are chosen in step 2."


def one_list(facts: Facts) -> str | None:
    """There is no other field to go to."""
    return "This step has one list." if facts.step in ("Scope", "Environments") else None


def no_code_asked(facts: Facts) -> str | None:
    """No second factor was asked for."""
    return None if facts.step == "code" else "No code has been asked for."


def no_list(facts: Facts) -> str | None:
    """There is no list to filter, or to mark several in."""
    return None if facts.step in ("", "Scope", "Environments") else "This step has no list of that kind."


def in_details_step(facts: Facts) -> str | None:
    """There is no list in front."""
    return "There is nothing to mark in step 1." if facts.step == "Details" else None
