"""Why a command can't be given at the present moment.

Each condition answers None, or the reason in a sentence that the screens say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tui.contentstack.models import Odd, Thing, Token, TokenKind
from tui.export.source import Uses
from tui.workspace.rotation import RotationStep
from tui.workspace.snapshot import Listing, Snapshot


@dataclass(frozen=True)
class Moment:
    """What the present moment looks like to a command's condition.

    Attributes:
        token: the token under the cursor.
        odd: the row under the cursor where that was not understood; no token then.
        unclear: why nobody knows how far a rotation has come.
        busy: whether Contentstack is being asked.
        step: the name of the step in front.
        masked: whether no value may be shown.
        copied: whether a copy of this run may still lie on a clipboard.
        key: tells the key of a command.
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
        if self.marked or self.token is None:
            return self.marked
        return (self.token,)


Condition = Callable[[Moment], str | None]


def _unless(holds: Callable[[Moment], object], reason: str) -> Condition:
    """Return the condition that has this reason unless something holds."""
    return lambda moment: None if holds(moment) else reason


def _first(*conditions: Condition) -> Condition:
    """Return the condition that has the reason of the first that has one."""

    def reason(moment: Moment) -> str | None:
        for condition in conditions:
            if why := condition(moment):
                return why
        return None

    return reason


def no_token(moment: Moment) -> str | None:
    """Say that there is no token to do anything with."""
    if moment.token is not None:
        return None
    odd = moment.odd
    if odd is None:
        return "The cursor is on no token."
    if not odd.uid:
        only = "so nothing can be done with it here"
    else:
        key = moment.key("copy_uid")
        only = f"so its uid can be copied ({key}), and nothing else be done"
    return f"This row is not understood, {only}: {odd.why}."


def no_row(moment: Moment) -> str | None:
    """Say that there is no row to show."""
    return None if moment.odd else no_token(moment)


def no_uid(moment: Moment) -> str | None:
    """Say that there is no uid to copy."""
    if moment.odd is None:
        return no_token(moment)
    return None if moment.odd.uid else "This row has no uid that could be copied."


def cannot_copy_command(moment: Moment) -> str | None:
    """Say why there is no command of the shell that would do the same."""
    if not moment.step:
        return no_token(moment)
    if moment.step == "Review":
        return None
    return "The command is complete on the last step, Review."


def cannot_mark(moment: Moment) -> str | None:
    """Say why what is under the cursor can't be marked."""
    if moment.odd is not None:
        return no_token(moment)
    return in_details_step(moment)


no_stack = _unless(lambda moment: moment.snapshot.stack, "No stack has been read yet.")
nothing_copied = _unless(
    lambda moment: moment.copied, "Nothing of this run lies on a clipboard."
)
one_use = _first(
    no_token,
    _unless(
        lambda moment: moment.token and len(Uses(moment.token)) > 1,
        "This token serves one environment and one branch.",
    ),
)

# In a form, by its step
no_list = _unless(
    lambda moment: moment.step in ("", "Scope", "Environments"),
    "This step has no list of that kind.",
)
one_list = _unless(
    lambda moment: moment.step not in ("Scope", "Environments"),
    "This step has one list.",
)
not_in_scope_step = _unless(
    lambda moment: moment.step == "Scope", "Branches or aliases are chosen in step 2."
)
in_details_step = _unless(
    lambda moment: moment.step != "Details", "There is nothing to mark in step 1."
)
no_code_asked = _unless(
    lambda moment: moment.step == "code", "No code has been asked for."
)


def no_value(moment: Moment) -> str | None:
    """Say that its value is not known here."""
    token = moment.token
    if token is None:
        return no_token(moment)
    if token.value:
        return None
    if token.kind == "delivery":
        return "Contentstack kept this token's value back."
    return "Contentstack shows a management token's value only once, when it is made."


cannot_export = _first(no_value, no_stack)
cannot_show = _first(
    _unless(
        lambda moment: not moment.masked,
        "Values stay masked: that is what --no-reveal is for.",
    ),
    no_value,
)


def no_preview(moment: Moment) -> str | None:
    """Say that it has no preview token."""
    token = moment.token
    if token is None:
        return no_token(moment)
    if token.kind == "management":
        return "A management token has no preview token."
    return "This token has no preview token." if token.preview is None else None


def cannot_create(moment: Moment) -> str | None:
    """Say why a token of this tab's kind can't be created."""
    snapshot = moment.snapshot
    if snapshot.read_only:
        return "Tokendeck is read-only here: nothing can be made."
    if moment.tab == "management":
        return _cannot_create_management(moment)
    if snapshot.stack is None or not snapshot.environments.read:
        return _not_read(moment, "environments")
    return snapshot.permissions.delivery_refusal or _no_environment(moment)


def _cannot_create_management(moment: Moment) -> str | None:
    listing = moment.snapshot.management
    if refusal := moment.snapshot.permissions.management_refusal:
        return refusal
    if listing.refused:
        return str(listing.error)
    return None if listing.read else _not_read(moment, "management tokens")


cannot_clone = _first(no_token, cannot_create)


def cannot_map(moment: Moment) -> str | None:
    """Say why nobody can tell what is served, and what is not."""
    snapshot = moment.snapshot
    needed: list[Listing[Thing]] = [snapshot.delivery, snapshot.environments]
    if snapshot.stack is None or snapshot.stack.branches_enabled is not False:
        needed += [snapshot.branches, snapshot.aliases]
    if not all(listing.read for listing in needed):
        return _not_read(moment, "tokens, environments, branches and aliases")
    return _no_environment(moment)


def cannot_show_health(moment: Moment) -> str | None:
    """Say that no token has been read."""
    read = moment.snapshot.delivery.read or moment.snapshot.management.read
    return None if read else _not_read(moment, "tokens")


def cannot_change(moment: Moment) -> str | None:
    """Say why the token can't be changed or deleted."""
    if moment.token is None:
        return no_token(moment)
    if moment.snapshot.read_only:
        return "Tokendeck is read-only here: nothing can be changed."
    permissions = moment.snapshot.permissions
    if moment.token.kind == "delivery":
        return permissions.delivery_refusal
    return permissions.management_refusal


cannot_rotate = _first(cannot_change, no_stack)
cannot_delete_preview = _first(no_preview, cannot_change)


def cannot_delete(moment: Moment) -> str | None:
    """Say why neither the marked tokens nor the one under the cursor can be deleted."""
    if moment.marked:
        moment = replace(moment, token=moment.marked[0])
    return cannot_change(moment)


def cannot_create_preview(moment: Moment) -> str | None:
    """Say why the token can't be given a preview token."""
    token = moment.token
    if token is None:
        return cannot_change(moment)
    if token.kind == "management":
        return no_preview(moment)
    if token.preview is not None:
        return "It has a preview token; a delivery token has one at most."
    return cannot_change(moment)


def busy(moment: Moment, leave: str = "close") -> str | None:
    """Say that Contentstack is being asked; the command `leave` stops it."""
    if not moment.busy:
        return None
    return f"Contentstack is being asked; {moment.key(leave)} stops waiting."


def sending(moment: Moment) -> str | None:
    """Say that a wizard is asking Contentstack."""
    return busy(moment, "back")


def cannot_go_on(moment: Moment) -> str | None:
    """Say why the step that comes next can't be carried out."""
    return busy(moment) or moment.unclear or None


def cannot_skip(moment: Moment) -> str | None:
    """Say why the rotation needs the step that comes next."""
    if reason := cannot_go_on(moment):
        return reason
    if moment.step not in (RotationStep.CREATE.value, RotationStep.DELETE.value):
        return None
    key = moment.key("close")
    return f"This step can't be left out; {key} keeps the rotation for later."


def cannot_verify(moment: Moment) -> str | None:
    """Say why no call can prove it now."""
    if moment.snapshot.stack is None:
        return no_stack(moment)
    if len(moment.marked) > 1 and not any(token.value for token in moment.marked):
        return (
            "The values of these tokens are not known; one by one they can be pasted."
        )
    if reason := busy(moment):
        return reason
    return None if moment.marked else no_token(moment)


no_value_asked = _first(
    busy, _unless(lambda moment: moment.step == "value", "The value is known here.")
)


def _not_read(moment: Moment, what: str) -> str:
    if moment.snapshot.reading:
        return "The stack is still being read."
    if moment.snapshot.trouble:
        return moment.snapshot.trouble
    key = moment.key("refresh")
    return f"The stack's {what} could not be read; {key} reads again."


def _no_environment(moment: Moment) -> str | None:
    if moment.snapshot.environments.items:
        return None
    if odd := moment.snapshot.environments.odd:
        return f"No environment of this stack is understood: {odd[0].why}."
    return (
        "This stack has no environment: make one in Contentstack under Settings, then"
        f" press {moment.key('refresh')}."
    )
