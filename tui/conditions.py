"""Why a command isn't available at the moment.

Each condition returns None, or the reason in a sentence that the screens show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tui.contentstack.models import Odd, Thing, Token, TokenKind
from tui.contentstack.rows import Cut
from tui.messages.permissions import refusal_of
from tui.workspace.gone import Gone
from tui.workspace.snapshot import Listing, Snapshot


@dataclass(frozen=True)
class Moment:
    """The current state, as a command's condition sees it.

    Attributes:
        token: the token that commands apply to: the first marked one that is shown, or
            if there's none, the one under the cursor.
        odd: the row under the cursor if it wasn't understood; then there's no token.
        unclear: why it isn't known how far a rotation has come.
        uses: how many environments and branches an export can be for, those of all its
            tokens.
        marked: the marked tokens that are shown: marks that the filter hides don't
            count.
        busy: whether Contentstack is being asked.
        step: the name of the current step.
        filtered: whether a filter is on.
        masked: whether values must not be shown.
        copied: whether something copied in this run may still be on a clipboard.
        deleted: whether a token was deleted in this run.
        stacks: how many stacks the marked tokens are in.
        key: returns a command's key.
    """

    snapshot: Snapshot = Snapshot()
    tab: TokenKind = "delivery"
    token: Token | None = None
    odd: Odd | None = None
    unclear: Cut | Odd | Gone | None = None
    uses: int = 1
    marked: tuple[Token, ...] = ()
    busy: bool = False
    step: str = ""
    filtered: bool = False
    masked: bool = False
    copied: bool = False
    deleted: bool = False
    stacks: int = 1
    key: Callable[[str], str] = str

    @property
    def chosen(self) -> tuple[Token, ...]:
        """The marked tokens shown; if there are none, the one under the cursor."""
        if self.marked or self.token is None:
            return self.marked
        return (self.token,)


Condition = Callable[[Moment], str | None]


def _unless(holds: Callable[[Moment], object], reason: str) -> Condition:
    """Return a condition with this reason unless something is true."""
    return lambda moment: None if holds(moment) else reason


def _first(*conditions: Condition) -> Condition:
    """Return a condition with the first reason that any of these has."""

    def reason(moment: Moment) -> str | None:
        for condition in conditions:
            if why := condition(moment):
                return why
        return None

    return reason


def takes_one(command_id: str, verb: str, condition: Condition) -> Condition:
    """Return a condition for commands on one token: it refuses several marked ones.

    With a single mark, that's the moment's token.
    """

    def reason(moment: Moment) -> str | None:
        count = len(moment.marked)
        if count < 2:
            return condition(moment)
        key, leave = moment.key(command_id), moment.key("leave_filter")
        cleared = "the filter, then the marks" if moment.filtered else "the marks"
        return f"{count} marked. {key} {verb} one. {leave} clears {cleared}."

    return reason


NO_ROW = "There's no row under the cursor."


def no_token(moment: Moment) -> str | None:
    """Say that there's no token to do anything with."""
    if moment.token is not None:
        return None
    odd = moment.odd
    if odd is None:
        return "There's no token under the cursor."
    if not odd.uid:
        only = "so you can't do anything with it here"
    else:
        key = moment.key("copy_uid")
        only = f"so you can only copy its uid ({key})"
    return f"Tokendeck doesn't understand this row, {only}: {odd.why}."


def no_row(moment: Moment) -> str | None:
    """Say that there's no row to show."""
    return None if moment.odd else no_token(moment)


def no_uid(moment: Moment) -> str | None:
    """Say that there's no uid to copy."""
    if moment.odd is None:
        return no_token(moment)
    return None if moment.odd.uid else "This row has no uid to copy."


def several_stacks(moment: Moment) -> str | None:
    """Say that the marked tokens are in several stacks."""
    if moment.stacks < 2:
        return None
    return (
        f"The marked tokens are in {moment.stacks} stacks. This works in one stack at a"
        " time."
    )


def cannot_copy_command(moment: Moment) -> str | None:
    """Say why no shell command does the same."""
    if not moment.step:
        return no_token(moment)
    if moment.step == "Review":
        return None
    return "You can copy the command on the last step, Review."


def cannot_mark(moment: Moment) -> str | None:
    """Say why the row under the cursor can't be marked."""
    if moment.odd is not None:
        return no_token(moment)
    return in_details_step(moment)


no_stack = _unless(
    lambda moment: moment.snapshot.stack, "Tokendeck hasn't read a stack yet."
)
no_api_key = _first(several_stacks, no_stack)
no_stack_of_row = _unless(
    lambda moment: moment.snapshot.stack, "This row belongs to no stack."
)
nothing_copied = _unless(
    lambda moment: moment.copied, "Nothing you copied in this run is on the clipboard."
)
one_use = _first(
    no_token,
    _unless(
        lambda moment: moment.uses > 1,
        "This token serves only one environment and one branch.",
    ),
)

nothing_to_record = _unless(
    lambda moment: moment.token,
    "There's no replacement yet, so there's nothing to record.",
)

# In a form, by its step
no_list = _unless(
    lambda moment: moment.step in ("", "Scope", "Environments"),
    "This step doesn't have that list.",
)
one_list = _unless(
    lambda moment: moment.step not in ("Scope", "Environments"),
    "This step has only one list.",
)
not_in_scope_step = _unless(
    lambda moment: moment.step == "Scope", "You choose branches and aliases in step 2."
)
in_details_step = _unless(
    lambda moment: moment.step != "Details", "There is nothing to mark in step 1."
)
no_code_asked = _unless(
    lambda moment: moment.step == "code", "Contentstack hasn't asked for a code."
)


def no_value(moment: Moment) -> str | None:
    """Say that its value isn't known here."""
    token = moment.token
    if token is None:
        return no_token(moment)
    if token.value:
        return None
    if token.kind == "delivery":
        return "Contentstack didn't return this token's value."
    return "Contentstack shows a management token's value only once, when it's created."


def cannot_export(moment: Moment) -> str | None:
    """Say why the marked tokens, or the one under the cursor, can't be exported."""
    if reason := several_stacks(moment):
        return reason
    for token in moment.marked:
        if reason := no_value(replace(moment, token=token)):
            return reason
    return no_value(moment) or no_stack(moment)


cannot_show = _first(
    _unless(
        lambda moment: not moment.masked,
        "Values stay hidden because of --no-reveal.",
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
        return "Tokendeck is read-only here, so you can't create tokens."
    if reason := _role_unread(moment):
        return reason
    if moment.tab == "management":
        return _cannot_create_management(moment)
    if snapshot.stack is None or not snapshot.environments.read:
        return _not_read(moment, "environments")
    return refusal_of(snapshot.permissions, "delivery") or _no_environment(moment)


def _cannot_create_management(moment: Moment) -> str | None:
    listing = moment.snapshot.management
    if refusal := refusal_of(moment.snapshot.permissions, "management"):
        return refusal
    if listing.refused:
        return str(listing.error)
    return None if listing.read else _not_read(moment, "management tokens")


cannot_clone = _first(no_token, cannot_create)
cannot_recreate = _first(
    _unless(
        lambda moment: moment.deleted, "You haven't deleted any tokens in this run."
    ),
    cannot_create,
)


def cannot_map(moment: Moment) -> str | None:
    """Say why it isn't known what is covered and what isn't."""
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
        return "Tokendeck is read-only here, so you can't change anything."
    if reason := _role_unread(moment):
        return reason
    if moment.snapshot.stack is None:
        return _not_read(moment, "settings")
    return refusal_of(moment.snapshot.permissions, moment.token.kind)


cannot_rotate = _first(cannot_change, no_stack)
cannot_delete_preview = _first(no_preview, cannot_change)


def cannot_delete(moment: Moment) -> str | None:
    """Say why neither the marked tokens nor the one under the cursor can be deleted."""
    if reason := several_stacks(moment):
        return reason
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
        return "It already has a preview token. A delivery token can only have one."
    return cannot_change(moment)


def busy(moment: Moment, leave: str = "close") -> str | None:
    """Say that Contentstack is being asked; the command `leave` stops waiting."""
    if not moment.busy:
        return None
    return f"Waiting for Contentstack. {moment.key(leave)} stops waiting."


def sending(moment: Moment) -> str | None:
    """Say that a wizard is asking Contentstack."""
    return busy(moment, "back")


def cannot_go_on(moment: Moment) -> str | None:
    """Say why the next step can't be carried out."""
    from tui.messages.rotation import doubt_words  # noqa: PLC0415 - not before the first frame

    if moment.unclear is None:
        return busy(moment)
    return busy(moment) or doubt_words(moment.unclear)


def cannot_skip(moment: Moment) -> str | None:
    """Say why the rotation can't skip the next step."""
    from tui.workspace.rotation import RotationStep  # noqa: PLC0415 - not before the first frame

    if reason := cannot_go_on(moment):
        return reason
    if moment.step == RotationStep.DONE.value:
        return "The rotation is finished."
    if moment.step not in (RotationStep.CREATE.value, RotationStep.DELETE.value):
        return None
    key = moment.key("close")
    return f"You can't skip this step. {key} keeps the rotation for later."


def cannot_verify(moment: Moment) -> str | None:
    """Say why no call can prove it now."""
    if reason := several_stacks(moment):
        return reason
    if moment.snapshot.stack is None:
        return no_stack(moment)
    if len(moment.marked) > 1 and not any(token.value for token in moment.marked):
        return (
            "Tokendeck doesn't know these values. Verify one at a time and paste its"
            " value."
        )
    if reason := busy(moment):
        return reason
    return None if moment.marked else no_token(moment)


no_value_asked = _first(
    busy,
    _unless(lambda moment: moment.step == "value", "Tokendeck already has the value."),
)


def _not_read(moment: Moment, what: str) -> str:
    if moment.snapshot.reading:
        return "Tokendeck is still reading the stack."
    if moment.snapshot.trouble:
        return str(moment.snapshot.trouble)
    key = moment.key("refresh")
    return f"The stack's {what} couldn't be read. Press {key} to retry."


def _role_unread(moment: Moment) -> str | None:
    """Say that it isn't known yet what this user may do.

    If the role couldn't be read, everything may be tried, and the answer counts.
    """
    snapshot = moment.snapshot
    if snapshot.permissions.read or not snapshot.reading:
        return None
    return "Tokendeck is still reading your role in this stack."


def _no_environment(moment: Moment) -> str | None:
    if moment.snapshot.environments.items:
        return None
    if odd := moment.snapshot.environments.odd:
        return (
            f"Tokendeck doesn't understand any environment of this stack: {odd[0].why}."
        )
    return (
        "This stack has no environments. Create one in Contentstack, then press"
        f" {moment.key('refresh')}."
    )
