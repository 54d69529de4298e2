"""The single registry of what the program can do.

Key bindings, key hints, palette, help and documentation come from here. A command that
isn't available now has a reason; screens dim it, and say the reason when it's tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from tui import conditions
from tui.conditions import Condition, Moment


class Place(Enum):
    """Where a command can be used."""

    ANYWHERE = "Anywhere"
    TOKENS = "Tokens"
    ALL_STACKS = "All stacks"
    EXPIRY = "Expiry"
    DETAILS = "Details"
    WIZARD = "New token"
    GENERATED = "Generated"
    EXPORT = "Export"
    DELIVER = "Deliver"
    SETTINGS = "Settings"
    HELP = "Help"
    MESSAGES = "Messages"
    SIGN_IN = "Sign in"
    STACKS = "Stacks"
    REGIONS = "Regions"
    DELETE = "Delete"
    DELETED = "Deleted tokens"
    ROTATION = "Rotation"
    VERIFY = "Verify"
    DOCTOR = "Doctor"
    COVERAGE = "Coverage"
    HEALTH = "Health"
    IDENTIFY = "Identify"
    FIND = "Find"


class Purpose(Enum):
    """What a command is for; help groups the commands by it, in this order."""

    FORM = "This screen"
    COPY = "Copy and export"
    CHANGE = "Create and change"
    CHECK = "Check"
    LIST = "The list"
    GO = "Go to"
    PROGRAM = "Tokendeck"


def _always(_moment: Moment) -> None:
    """Return no reason: the command is always available."""


@dataclass(frozen=True)
class Command:
    """One action, and where and how it's used."""

    id: str
    """Its name in the configuration file, and after `do_` in the screens."""

    label: str
    """Its name in help and palette."""

    help: str
    """One short sentence on what it does: help never cuts it at 80 columns."""

    purpose: Purpose
    """Where help lists it."""

    keys: tuple[str, ...]
    """Textual's names for its keys; the first is the one that is shown.

    A key with alt also works in text fields.
    """

    places: tuple[Place, ...]
    """Where it can be used."""

    key_hint: str = ""
    """Its word among the key hints; without one, it's only in help and palette."""

    priority: bool = False
    """Whether all its keys also work in text fields."""

    reason: Condition = _always
    """Why it isn't available now, if it isn't."""

    needs_screen: bool = True
    """Whether it makes no sense without one; if not, the command line has it too."""


_LISTS = (Place.TOKENS, Place.ALL_STACKS)
_LOOK_UPS = (Place.IDENTIFY, Place.FIND)
_VALUES = (*_LISTS, Place.DETAILS, Place.GENERATED, Place.ROTATION)
# Esc takes over half a second inside tmux. `b` doesn't, nor does alt+q, which works in
# text fields too.
_BACK = ("escape", "b", "alt+q")

COMMANDS: tuple[Command, ...] = (
    Command(
        "new",
        "New token",
        "Create a token, step by step.",
        Purpose.CHANGE,
        ("n", "plus"),
        (Place.TOKENS,),
        key_hint="new",
        reason=conditions.cannot_create,
        needs_screen=False,
    ),
    Command(
        "clone",
        "New token like this",
        "Start from this token's scope.",
        Purpose.CHANGE,
        ("N",),
        (Place.TOKENS, Place.DETAILS),
        reason=conditions.takes_one("clone", "starts from", conditions.cannot_clone),
        needs_screen=False,
    ),
    Command(
        "recreate",
        "Create again",
        "Create a token you deleted in this run.",
        Purpose.CHANGE,
        ("B",),
        (Place.TOKENS,),
        reason=conditions.cannot_recreate,
    ),
    Command(
        "next_step",
        "Next step",
        "Do the next step of the rotation.",
        Purpose.FORM,
        ("enter",),
        (Place.ROTATION,),
        key_hint="next step",
        priority=True,
        reason=conditions.cannot_go_on,
    ),
    Command(
        "skip_step",
        "Skip",
        "Skip verifying, exporting or renaming.",
        Purpose.FORM,
        ("space",),
        (Place.ROTATION,),
        key_hint="skip",
        reason=conditions.cannot_skip,
    ),
    Command(
        "record",
        "Record",
        "Write what was done to a JSON file.",
        Purpose.FORM,
        ("w",),
        (Place.ROTATION,),
        key_hint="record",
        reason=conditions.nothing_to_record,
    ),
    Command(
        "copy",
        "Copy the token",
        "Copy the token's value.",
        Purpose.COPY,
        ("c",),
        _VALUES,
        key_hint="copy",
        reason=conditions.takes_one("copy", "copies", conditions.no_value),
    ),
    Command(
        "copy_preview",
        "Copy the preview token",
        "Copy the preview token's value.",
        Purpose.COPY,
        ("p",),
        _VALUES,
        key_hint="preview",
        reason=conditions.takes_one("copy_preview", "copies", conditions.no_preview),
    ),
    Command(
        "export",
        "Export",
        "Get it as .env, JSON or curl.",
        Purpose.COPY,
        ("x",),
        _VALUES,
        key_hint="export",
        reason=conditions.cannot_export,
        needs_screen=False,
    ),
    Command(
        "identify",
        "Identify",
        "See which token a value belongs to.",
        Purpose.CHECK,
        ("I",),
        _LISTS,
        needs_screen=False,
    ),
    Command(
        "find",
        "Find",
        "Find values in files and git history.",
        Purpose.CHECK,
        ("F",),
        (*_LISTS, Place.IDENTIFY),
        key_hint="find",
        needs_screen=False,
    ),
    Command(
        "verify",
        "Verify",
        "Call Contentstack to see if it works.",
        Purpose.CHECK,
        ("v",),
        (*_VALUES, Place.VERIFY, *_LOOK_UPS),
        key_hint="verify",
        reason=conditions.cannot_verify,
        needs_screen=False,
    ),
    Command(
        "edit",
        "Edit",
        "Change anything except the value.",
        Purpose.CHANGE,
        ("e",),
        (*_LISTS, Place.DETAILS),
        key_hint="edit",
        reason=conditions.takes_one("edit", "edits", conditions.cannot_change),
        needs_screen=False,
    ),
    Command(
        "rotate",
        "Rotate",
        "Replace the token without an outage.",
        Purpose.CHANGE,
        ("R",),
        (*_LISTS, Place.DETAILS, *_LOOK_UPS),
        key_hint="rotate",
        reason=conditions.takes_one("rotate", "rotates", conditions.cannot_rotate),
        needs_screen=False,
    ),
    Command(
        "delete",
        "Delete",
        "Delete the token or all marked ones.",
        Purpose.CHANGE,
        ("d",),
        (*_LISTS, Place.DETAILS, *_LOOK_UPS),
        key_hint="delete",
        reason=conditions.cannot_delete,
        needs_screen=False,
    ),
    Command(
        "delete_now",
        "Delete now",
        "Delete, if what you typed matches.",
        Purpose.FORM,
        ("enter",),
        (Place.DELETE,),
        key_hint="delete",
        priority=True,
        reason=conditions.busy,
    ),
    Command(
        "create_preview",
        "Create preview token",
        "Create the token's preview token.",
        Purpose.CHANGE,
        ("P",),
        _VALUES,
        reason=conditions.takes_one(
            "create_preview",
            "creates the preview token of",
            conditions.cannot_create_preview,
        ),
        needs_screen=False,
    ),
    Command(
        "delete_preview",
        "Delete preview token",
        "Delete only the preview token.",
        Purpose.CHANGE,
        ("D",),
        (*_LISTS, Place.DETAILS),
        reason=conditions.takes_one(
            "delete_preview",
            "deletes the preview token of",
            conditions.cannot_delete_preview,
        ),
        needs_screen=False,
    ),
    Command(
        "copy_api_key",
        "Copy the API key",
        "Copy the stack's API key.",
        Purpose.COPY,
        ("y",),
        _VALUES,
        key_hint="API key",
        reason=conditions.no_api_key,
    ),
    Command(
        "copy_uid",
        "Copy the uid",
        "Copy the uid of this row.",
        Purpose.COPY,
        ("U",),
        (*_LISTS, Place.DETAILS),
        reason=conditions.takes_one("copy_uid", "copies the uid of", conditions.no_uid),
    ),
    Command(
        "copy_command",
        "Copy as a command",
        "Copy the command that does the same.",
        Purpose.COPY,
        ("Y",),
        (Place.TOKENS, Place.DETAILS, Place.WIZARD),
        reason=conditions.takes_one(
            "copy_command", "copies the command for", conditions.cannot_copy_command
        ),
    ),
    Command(
        "reveal",
        "Reveal or hide",
        "Show the values for 20 seconds.",
        Purpose.COPY,
        ("u",),
        (*_VALUES, Place.EXPORT),
        key_hint="reveal",
        reason=conditions.takes_one("reveal", "reveals", conditions.cannot_show),
    ),
    Command(
        "deliver",
        "Deliver",
        "Store it where it's used.",
        Purpose.COPY,
        ("t",),
        (*_VALUES, *_LOOK_UPS),
        key_hint="deliver",
        reason=conditions.takes_one("deliver", "delivers", conditions.cannot_export),
    ),
    Command(
        "copy_form",
        "Copy the export",
        "Copy this text with the real values.",
        Purpose.COPY,
        ("c",),
        (Place.EXPORT,),
        key_hint="copy",
    ),
    Command(
        "to_file",
        "Write to a file",
        "Name a file, check the changes, write.",
        Purpose.COPY,
        ("enter",),
        (Place.EXPORT,),
        key_hint="to a file",
        priority=True,
    ),
    Command(
        "with_preview",
        "Preview token on/off",
        "Include or skip the preview token.",
        Purpose.COPY,
        ("space",),
        (Place.EXPORT,),
        key_hint="preview",
        reason=conditions.no_preview,
    ),
    Command(
        "next_use",
        "Next export",
        "Go to the next environment or token.",
        Purpose.COPY,
        ("alt+o", "ø", "o"),
        (Place.EXPORT, Place.DELIVER),
        key_hint="next",
        reason=conditions.one_use,
    ),
    Command(
        "deliver_now",
        "Deliver now",
        "Deliver to this target or marked ones.",
        Purpose.FORM,
        ("enter",),
        (Place.DELIVER,),
        key_hint="deliver",
        priority=True,
        reason=conditions.busy,
    ),
    Command(
        "verify_pasted",
        "Verify pasted value",
        "Verify the value without saving it.",
        Purpose.CHECK,
        ("enter",),
        (Place.VERIFY,),
        key_hint="verify",
        reason=conditions.no_value_asked,
    ),
    Command(
        "details",
        "Details",
        "Show everything known about the token.",
        Purpose.LIST,
        ("enter",),
        (Place.TOKENS,),
        key_hint="details",
        reason=conditions.takes_one("details", "opens", conditions.no_row),
        needs_screen=False,
    ),
    Command(
        "switch_tab",
        "Switch tab",
        "Go to management or delivery tokens.",
        Purpose.LIST,
        ("alt+o", "ø", "o"),
        _LISTS,
        key_hint="switch tab",
        priority=True,
    ),
    Command(
        "filter",
        "Filter",
        "Show only rows that match your query.",
        Purpose.LIST,
        ("slash",),
        (*_LISTS, Place.WIZARD),
        key_hint="filter",
        reason=conditions.no_list,
    ),
    Command(
        "complete",
        "Complete the filter",
        "Complete a field or a value.",
        Purpose.LIST,
        ("tab",),
        _LISTS,
    ),
    Command(
        "leave_filter",
        "Clear filter or marks",
        "Clear the filter first, then the marks.",
        Purpose.LIST,
        _BACK,
        _LISTS,
        key_hint="clear filter",
    ),
    Command(
        "sort",
        "Sort",
        "Sort by the next column.",
        Purpose.LIST,
        ("s",),
        _LISTS,
        key_hint="sort",
    ),
    Command(
        "reverse",
        "Reverse the order",
        "Sort the other way around.",
        Purpose.LIST,
        ("z",),
        _LISTS,
    ),
    Command(
        "plain",
        "Show as plain text",
        "Show the value on a line of its own.",
        Purpose.COPY,
        ("f",),
        _VALUES,
        reason=conditions.takes_one("plain", "shows", conditions.cannot_show),
    ),
    Command(
        "clipboard_test",
        "Test the clipboard",
        "Copy a harmless word. Did it arrive?",
        Purpose.CHECK,
        ("T",),
        _VALUES,
    ),
    Command(
        "clipboard_clear",
        "Clear the clipboard",
        "Clear or replace your last copy.",
        Purpose.COPY,
        ("C",),
        _VALUES,
        reason=conditions.nothing_copied,
    ),
    Command(
        "refresh",
        "Refresh",
        "Read everything again.",
        Purpose.LIST,
        ("r",),
        (*_LISTS, Place.DETAILS, Place.STACKS, Place.DOCTOR),
        key_hint="refresh",
    ),
    Command(
        "coverage",
        "Coverage",
        "See which tokens serve what.",
        Purpose.CHECK,
        ("m",),
        (Place.TOKENS,),
        key_hint="coverage",
        reason=conditions.cannot_map,
        needs_screen=False,
    ),
    Command(
        "health",
        "Health",
        "See warnings and the keys that fix them.",
        Purpose.CHECK,
        ("h",),
        _LISTS,
        key_hint="health",
        reason=conditions.cannot_show_health,
        needs_screen=False,
    ),
    Command(
        "look_up",
        "Look up",
        "Search, or go to the row's token.",
        Purpose.FORM,
        ("enter",),
        _LOOK_UPS,
        key_hint="look up",
        priority=True,
    ),
    Command(
        "stacks",
        "Switch stack",
        "Choose any stack you can see.",
        Purpose.GO,
        ("w",),
        (Place.TOKENS, Place.SETTINGS, Place.DOCTOR),
        key_hint="stacks",
        needs_screen=False,
    ),
    Command(
        "all_stacks",
        "All stacks",
        "List the tokens of all your stacks.",
        Purpose.GO,
        ("a",),
        (Place.TOKENS,),
        needs_screen=False,
    ),
    Command(
        "open_stack",
        "Open the stack",
        "Go to the stack of this row.",
        Purpose.GO,
        ("enter",),
        (Place.ALL_STACKS,),
        key_hint="open",
        reason=conditions.takes_one("open_stack", "opens", conditions.no_stack_of_row),
    ),
    Command(
        "expiry",
        "Expiry",
        "List tokens by the day they expire.",
        Purpose.CHECK,
        ("E",),
        _LISTS,
        key_hint="expiry",
        reason=conditions.cannot_show_health,
        needs_screen=False,
    ),
    Command(
        "settings",
        "Settings",
        "Choose another screen.",
        Purpose.GO,
        ("S",),
        (Place.TOKENS,),
    ),
    Command(
        "doctor",
        "Doctor",
        "Check what works here and what doesn't.",
        Purpose.CHECK,
        ("i",),
        (Place.TOKENS, Place.SETTINGS),
        needs_screen=False,
    ),
    Command(
        "sign_in",
        "Sign in",
        "Sign in, or sign in as someone else.",
        Purpose.GO,
        ("alt+s", "L"),
        (Place.TOKENS, Place.WIZARD, Place.SETTINGS, Place.STACKS, Place.DOCTOR),
        priority=True,
    ),
    Command(
        "sign_out",
        "Sign out",
        "End your session and forget it here.",
        Purpose.GO,
        ("O",),
        (Place.TOKENS, Place.SETTINGS),
    ),
    Command(
        "submit",
        "Sign in now",
        "Sign in with what you typed.",
        Purpose.FORM,
        ("enter",),
        (Place.SIGN_IN,),
        key_hint="sign in",
        priority=True,
    ),
    Command(
        "region",
        "Switch region",
        "Find the region that has this stack.",
        Purpose.GO,
        ("W",),
        (Place.TOKENS, Place.SETTINGS, Place.DOCTOR),
    ),
    Command(
        "next",
        "Next step",
        "Go to the next step, or finish.",
        Purpose.FORM,
        ("enter",),
        (Place.WIZARD,),
        key_hint="next",
        priority=True,
        reason=conditions.sending,
    ),
    Command(
        "save",
        "Review",
        "Show the review, then save or generate.",
        Purpose.FORM,
        ("alt+w",),
        (Place.WIZARD,),
        key_hint="review",
        priority=True,
        reason=conditions.sending,
    ),
    Command(
        "next_field",
        "Next field",
        "Go to the next field.",
        Purpose.FORM,
        ("tab",),
        (Place.WIZARD, Place.SIGN_IN, *_LOOK_UPS),
        key_hint="next field",
        reason=conditions.one_list,
    ),
    Command(
        "mark",
        "Mark",
        "Mark this row, or clear its mark.",
        Purpose.LIST,
        ("space",),
        (*_LISTS, Place.WIZARD, Place.DELIVER),
        key_hint="mark",
        reason=conditions.cannot_mark,
    ),
    Command(
        "mark_all",
        "Mark all",
        "Mark all rows shown, or clear all marks.",
        Purpose.LIST,
        ("A",),
        (*_LISTS, Place.WIZARD),
        reason=conditions.no_list,
    ),
    Command(
        "back",
        "Back",
        "Go back. What you typed is kept.",
        Purpose.FORM,
        _BACK,
        (Place.WIZARD,),
        key_hint="back",
    ),
    Command(
        "switch_scope",
        "Branches or aliases",
        "Switch between branches and aliases.",
        Purpose.FORM,
        ("alt+o", "ø", "o"),
        (Place.WIZARD,),
        key_hint="aliases",
        priority=True,
        reason=conditions.not_in_scope_step,
    ),
    Command(
        "start_over",
        "Start over",
        "Clear the whole form.",
        Purpose.FORM,
        ("alt+r",),
        (Place.WIZARD,),
        priority=True,
        reason=conditions.sending,
    ),
    Command(
        "done",
        "Done",
        "Go back to the tokens.",
        Purpose.FORM,
        ("enter", *_BACK),
        (Place.GENERATED,),
        key_hint="done",
        priority=True,
    ),
    Command(
        "close",
        "Back",
        "Go back to the previous screen.",
        Purpose.GO,
        _BACK,
        (
            Place.DETAILS,
            Place.SETTINGS,
            Place.HELP,
            Place.MESSAGES,
            Place.SIGN_IN,
            Place.STACKS,
            Place.REGIONS,
            Place.DELETE,
            Place.DELETED,
            Place.EXPORT,
            Place.DELIVER,
            Place.VERIFY,
            Place.ROTATION,
            Place.DOCTOR,
            Place.COVERAGE,
            Place.HEALTH,
            Place.EXPIRY,
            *_LOOK_UPS,
        ),
        key_hint="back",
    ),
    Command(
        "choose",
        "Choose",
        "Open the row under the cursor.",
        Purpose.GO,
        ("enter",),
        (
            Place.SETTINGS,
            Place.DELETED,
            Place.HELP,
            Place.STACKS,
            Place.REGIONS,
            Place.COVERAGE,
            Place.HEALTH,
            Place.EXPIRY,
        ),
        key_hint="choose",
        priority=True,
    ),
    Command(
        "sms",
        "Send code by SMS",
        "Get the code on your phone.",
        Purpose.FORM,
        ("alt+m",),
        (Place.SIGN_IN,),
        key_hint="SMS",
        priority=True,
        reason=conditions.no_code_asked,
    ),
    Command(
        "demo",
        "Open the demo",
        "Try the built-in demo stack.",
        Purpose.FORM,
        ("alt+d",),
        (Place.SIGN_IN,),
        key_hint="demo",
        priority=True,
    ),
    Command(
        "help",
        "Help",
        "Search all keys and commands.",
        Purpose.PROGRAM,
        ("question_mark", "colon", "ctrl+p"),
        (Place.ANYWHERE,),
    ),
    Command(
        "messages",
        "Messages",
        "Read earlier messages, and long ones.",
        Purpose.PROGRAM,
        ("M", "alt+l"),
        (Place.ANYWHERE,),
    ),
    Command(
        "quit",
        "Quit",
        "Quit. Asks first if you'd lose anything.",
        Purpose.PROGRAM,
        ("q", "ctrl+c"),
        (Place.ANYWHERE,),
    ),
    Command(
        "suspend",
        "Suspend",
        "Go back to the shell. `fg` returns.",
        Purpose.PROGRAM,
        ("ctrl+z",),
        (Place.ANYWHERE,),
    ),
    Command(
        "repaint",
        "Redraw",
        "Redraw the whole screen.",
        Purpose.PROGRAM,
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
    """Return the commands of a place that appear among the key hints."""
    return tuple(item for item in commands_of(place) if item.key_hint)


def shown_key(key: str) -> str:
    """Return a key as people write it: "?" for "question_mark"."""
    return _SHOWN.get(key, key)
