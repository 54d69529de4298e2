"""The one registry of what the program can do.

Key bindings, key hints, palette, help and documentation come from here. A command that
can't be given now has a reason; screens dim it, and say the reason when it is tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from tui import conditions
from tui.conditions import Condition, Moment


class Place(Enum):
    """Where a command can be given."""

    ANYWHERE = "Anywhere"
    TOKENS = "Tokens"
    DETAILS = "Token card"
    WIZARD = "New token"
    GENERATED = "Generated"
    EXPORT = "Hand out"
    SETTINGS = "Settings"
    HELP = "Help"
    SIGN_IN = "Sign in"
    STACKS = "Stacks"
    REGIONS = "Regions"
    DELETE = "Delete"
    ROTATION = "Rotate"
    VERIFY = "Verify"
    DOCTOR = "Doctor"
    COVERAGE = "Coverage"
    HEALTH = "Hints"


def _always(_moment: Moment) -> None:
    """Find no reason: the command can always be given."""


@dataclass(frozen=True)
class Command:
    """One action, and where and how it is given."""

    id: str
    """Its name in the configuration file, and after `do_` in the screens."""

    label: str
    """Its name in help and palette."""

    help: str
    """One sentence on what it does."""

    keys: tuple[str, ...]
    """Textual's names of its keys; the first is the one that is shown.

    A key with alt works in text fields too.
    """

    places: tuple[Place, ...]
    """Where it can be given."""

    key_hint: str = ""
    """Its word among the key hints; without one it is in help and palette only."""

    priority: bool = False
    """Whether all its keys work in text fields too."""

    reason: Condition = _always
    """Why it can't be given now, if it can't."""

    needs_screen: bool = True
    """Whether it makes no sense without one; else the command line has it, too."""


_VALUES = (Place.TOKENS, Place.DETAILS, Place.GENERATED, Place.ROTATION)
# Esc takes over half a second inside tmux. `b` doesn't, nor does alt+q, which works in
# text fields too.
_BACK = ("escape", "b", "alt+q")

COMMANDS: tuple[Command, ...] = (
    Command(
        "new",
        "New token",
        "Make a token of this tab's kind, step by step.",
        ("n", "plus"),
        (Place.TOKENS,),
        key_hint="new",
        reason=conditions.cannot_create,
        needs_screen=False,
    ),
    Command(
        "clone",
        "New one like this",
        "Make a token with this one's scope; all of it can be changed.",
        ("N",),
        (Place.TOKENS, Place.DETAILS),
        reason=conditions.cannot_clone,
        needs_screen=False,
    ),
    Command(
        "copy",
        "Copy the token",
        "Copy the delivery token's value.",
        ("c",),
        _VALUES,
        key_hint="copy",
        reason=conditions.no_value,
    ),
    Command(
        "copy_preview",
        "Copy the preview token",
        "Copy the preview token's value.",
        ("p",),
        _VALUES,
        key_hint="preview",
        reason=conditions.no_preview,
    ),
    Command(
        "export",
        "Hand out",
        "The token as .env, JSON or curl, copied or written into a file.",
        ("x",),
        _VALUES,
        key_hint="hand out",
        reason=conditions.cannot_export,
        needs_screen=False,
    ),
    Command(
        "verify",
        "Verify",
        "Prove the token, or all marked ones, by calls on the hosts of their kinds.",
        ("v",),
        (*_VALUES, Place.VERIFY),
        key_hint="verify",
        reason=conditions.cannot_verify,
        needs_screen=False,
    ),
    Command(
        "edit",
        "Edit",
        "Change everything of the token but its value.",
        ("e",),
        (Place.TOKENS, Place.DETAILS),
        key_hint="edit",
        reason=conditions.cannot_change,
        needs_screen=False,
    ),
    Command(
        "rotate",
        "Rotate",
        "Replace the token without an outage: a twin first, the old one last.",
        ("R",),
        (Place.TOKENS, Place.DETAILS),
        key_hint="rotate",
        reason=conditions.cannot_rotate,
        needs_screen=False,
    ),
    Command(
        "next_step",
        "Next step",
        "Carry out the step that comes next.",
        ("enter",),
        (Place.ROTATION,),
        key_hint="next step",
        priority=True,
        reason=conditions.cannot_go_on,
    ),
    Command(
        "skip_step",
        "Leave it out",
        "Go on without verifying, handing out or renaming.",
        ("space",),
        (Place.ROTATION,),
        key_hint="leave out",
        reason=conditions.cannot_skip,
    ),
    Command(
        "delete",
        "Delete",
        "End the token, or the marked ones, once their name is typed.",
        ("d",),
        (Place.TOKENS, Place.DETAILS),
        key_hint="delete",
        reason=conditions.cannot_delete,
        needs_screen=False,
    ),
    Command(
        "delete_now",
        "Delete",
        "Delete, if what is typed is what was asked for.",
        ("enter",),
        (Place.DELETE,),
        key_hint="delete",
        priority=True,
        reason=conditions.busy,
    ),
    Command(
        "create_preview",
        "Create preview token",
        "Give the delivery token its preview token.",
        ("P",),
        _VALUES,
        reason=conditions.cannot_create_preview,
        needs_screen=False,
    ),
    Command(
        "delete_preview",
        "Delete the preview token",
        "End the preview token alone, once the name is typed.",
        ("D",),
        (Place.TOKENS, Place.DETAILS),
        reason=conditions.cannot_delete_preview,
        needs_screen=False,
    ),
    Command(
        "copy_api_key",
        "Copy the API key",
        "Copy the stack's API key, which every token needs beside it.",
        ("y",),
        _VALUES,
        key_hint="API key",
        reason=conditions.no_stack,
    ),
    Command(
        "copy_uid",
        "Copy the uid",
        "Copy the uid of the row, also of one that is not understood.",
        ("U",),
        (Place.TOKENS, Place.DETAILS),
        reason=conditions.no_uid,
    ),
    Command(
        "copy_command",
        "Copy as a command",
        "Copy the command of the shell that would do the same.",
        ("Y",),
        (Place.TOKENS, Place.DETAILS, Place.WIZARD),
        reason=conditions.cannot_copy_command,
    ),
    Command(
        "reveal",
        "Unmask or mask",
        "Show the values in full, or mask them again.",
        ("u",),
        (*_VALUES, Place.EXPORT),
        key_hint="unmask",
        reason=conditions.cannot_show,
    ),
    Command(
        "copy_form",
        "Copy this form",
        "Copy what is shown, with its values.",
        ("c",),
        (Place.EXPORT,),
        key_hint="copy",
    ),
    Command(
        "to_file",
        "Write to a file",
        "Name the file, look at what changes in it, and write: Enter each time.",
        ("enter",),
        (Place.EXPORT,),
        key_hint="to a file",
        priority=True,
    ),
    Command(
        "with_preview",
        "With or without preview",
        "Hand out the preview token too, or leave it out.",
        ("p",),
        (Place.EXPORT,),
        key_hint="preview",
        reason=conditions.no_preview,
    ),
    Command(
        "next_use",
        "Another environment or branch",
        "To the next environment and branch that the token serves.",
        ("alt+o", "ø", "o"),
        (Place.EXPORT,),
        key_hint="environment",
        reason=conditions.one_use,
    ),
    Command(
        "verify_pasted",
        "Verify what was pasted",
        "Verify the value in the field, which is not kept.",
        ("enter",),
        (Place.VERIFY,),
        reason=conditions.no_value_asked,
    ),
    Command(
        "details",
        "Open the card",
        "Everything that is known of the token.",
        ("enter",),
        (Place.TOKENS,),
        reason=conditions.no_row,
        needs_screen=False,
    ),
    Command(
        "switch_tab",
        "To the other tab",
        "From delivery to management tokens and back.",
        ("alt+o", "ø", "o"),
        (Place.TOKENS,),
        priority=True,
    ),
    Command(
        "filter",
        "Filter",
        "Show only the rows in which all the words occur.",
        ("slash",),
        (Place.TOKENS, Place.WIZARD),
        key_hint="filter",
        reason=conditions.no_list,
    ),
    Command(
        "leave_filter",
        "Leave the filter",
        "Show all tokens again; then take the marks away.",
        _BACK,
        (Place.TOKENS,),
    ),
    Command(
        "sort",
        "Sort by the next column",
        "Each press takes the next column.",
        ("s",),
        (Place.TOKENS,),
        key_hint="sort",
    ),
    Command(
        "plain",
        "Show the value plain",
        "Alone on a line off the screen, to be selected by hand; a key wipes it, "
        "w writes it to a file.",
        ("f",),
        _VALUES,
        reason=conditions.cannot_show,
    ),
    Command(
        "clipboard_test",
        "Test the clipboard",
        "Copy a harmless word, and say whether it arrived: asked once for this "
        "terminal.",
        ("T",),
        _VALUES,
    ),
    Command(
        "clipboard_clear",
        "Take a copy back",
        "Clear the clipboard, or have your terminal put a harmless word on it.",
        ("C",),
        _VALUES,
        reason=conditions.nothing_copied,
    ),
    Command(
        "refresh",
        "Read again",
        "Read everything from Contentstack anew.",
        ("r",),
        (Place.TOKENS, Place.DETAILS, Place.STACKS, Place.DOCTOR),
        key_hint="read",
    ),
    Command(
        "coverage",
        "Coverage",
        "Which tokens serve which environment on which branch or alias.",
        ("m",),
        (Place.TOKENS,),
        key_hint="map",
        reason=conditions.cannot_map,
        needs_screen=False,
    ),
    Command(
        "health",
        "Hints",
        "What could be better about the tokens, and the key that mends it.",
        ("h",),
        (Place.TOKENS,),
        key_hint="hints",
        reason=conditions.cannot_show_health,
        needs_screen=False,
    ),
    Command(
        "stacks",
        "Another stack",
        "Every stack that this login sees, in all its organizations.",
        ("w",),
        (Place.TOKENS, Place.SETTINGS, Place.DOCTOR),
        key_hint="stacks",
        needs_screen=False,
    ),
    Command(
        "settings",
        "Settings",
        "The other places, as Contentstack has them under S.",
        ("S",),
        (Place.TOKENS,),
    ),
    Command(
        "doctor",
        "Doctor",
        "What works here, what does not, and what to do about it.",
        ("i",),
        (Place.TOKENS, Place.SETTINGS),
        needs_screen=False,
    ),
    Command(
        "sign_in",
        "Sign in",
        "Go on with another login; nothing typed is lost.",
        ("alt+s", "L"),
        (Place.TOKENS, Place.WIZARD, Place.SETTINGS, Place.STACKS, Place.DOCTOR),
        priority=True,
    ),
    Command(
        "submit",
        "Sign in",
        "Sign in with what the form holds.",
        ("enter",),
        (Place.SIGN_IN,),
        key_hint="sign in",
        priority=True,
    ),
    Command(
        "region",
        "Another region",
        "Ask each region for the stack, and go to the one that knows it.",
        ("W",),
        (Place.TOKENS, Place.SETTINGS, Place.DOCTOR),
    ),
    Command(
        "next",
        "Next step",
        "Go on; on the last step, generate the token.",
        ("enter",),
        (Place.WIZARD,),
        key_hint="next",
        priority=True,
        reason=conditions.sending,
    ),
    Command(
        "next_field",
        "Next field",
        "To the next field of the form.",
        ("tab",),
        (Place.WIZARD, Place.SIGN_IN),
        key_hint="next field",
        reason=conditions.one_list,
    ),
    Command(
        "mark",
        "Mark",
        "Mark what is under the cursor, or take its mark away.",
        ("space",),
        (Place.TOKENS, Place.WIZARD),
        key_hint="mark",
        reason=conditions.cannot_mark,
    ),
    Command(
        "mark_all",
        "Mark all",
        "Mark all rows shown, or take all their marks away.",
        ("A",),
        (Place.TOKENS, Place.WIZARD),
        reason=conditions.no_list,
    ),
    Command(
        "back",
        "Step back",
        "Back; from the first step, leave. What you typed is kept.",
        _BACK,
        (Place.WIZARD,),
        key_hint="back",
    ),
    Command(
        "switch_scope",
        "Branches or aliases",
        "Scope the token to branches, or to aliases.",
        ("alt+o", "ø", "o"),
        (Place.WIZARD,),
        priority=True,
        reason=conditions.not_in_scope_step,
    ),
    Command(
        "start_over",
        "Start over",
        "Empty the whole form.",
        ("alt+r",),
        (Place.WIZARD,),
        priority=True,
        reason=conditions.sending,
    ),
    Command(
        "done",
        "Done",
        "Back to the tokens.",
        ("enter", *_BACK),
        (Place.GENERATED,),
        key_hint="done",
        priority=True,
    ),
    Command(
        "close",
        "Close",
        "Back to where you came from.",
        _BACK,
        (
            Place.DETAILS,
            Place.SETTINGS,
            Place.HELP,
            Place.SIGN_IN,
            Place.STACKS,
            Place.REGIONS,
            Place.DELETE,
            Place.EXPORT,
            Place.VERIFY,
            Place.ROTATION,
            Place.DOCTOR,
            Place.COVERAGE,
            Place.HEALTH,
        ),
        key_hint="back",
    ),
    Command(
        "choose",
        "Choose",
        "Open the place, or give the command, under the cursor.",
        ("enter",),
        (
            Place.SETTINGS,
            Place.HELP,
            Place.STACKS,
            Place.REGIONS,
            Place.COVERAGE,
            Place.HEALTH,
        ),
        key_hint="choose",
        priority=True,
    ),
    Command(
        "sms",
        "Code by SMS",
        "Have the second factor's code sent to your telephone.",
        ("alt+m",),
        (Place.SIGN_IN,),
        key_hint="SMS",
        priority=True,
        reason=conditions.no_code_asked,
    ),
    Command(
        "demo",
        "The demo",
        "Leave the form for the embedded stack, which needs no login.",
        ("alt+d",),
        (Place.SIGN_IN,),
        key_hint="demo",
        priority=True,
    ),
    Command(
        "help",
        "Keys and commands",
        "Everything that can be done here, searchable.",
        ("question_mark", "colon", "ctrl+p"),
        (Place.ANYWHERE,),
    ),
    Command(
        "quit",
        "Quit",
        "Leave; asks first if something typed would be lost.",
        ("q", "ctrl+c"),
        (Place.ANYWHERE,),
    ),
    Command(
        "suspend",
        "Suspend",
        "Back to the shell; `fg` returns.",
        ("ctrl+z",),
        (Place.ANYWHERE,),
    ),
    Command(
        "repaint",
        "Draw again",
        "Draw the whole screen anew.",
        ("ctrl+l",),
        (Place.ANYWHERE,),
    ),
)

_BY_ID = {command.id: command for command in COMMANDS}

_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "plus": "+",
    "colon": ":",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
}


def command(command_id: str) -> Command:
    """Return the command with this id."""
    return _BY_ID[command_id]


@cache
def commands_of(*places: Place) -> tuple[Command, ...]:
    """Return the commands of any of these places, in the registry's order."""
    return tuple(item for item in COMMANDS if set(places) & set(item.places))


@cache
def hinted_commands(place: Place) -> tuple[Command, ...]:
    """Return the commands of a place that have a word among the key hints."""
    return tuple(item for item in commands_of(place) if item.key_hint)


def shown_key(key: str) -> str:
    """Return a key as people write it: "question_mark" is "?"."""
    return _SHOWN.get(key, key)
