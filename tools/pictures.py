"""Which pictures to take, and how to get to each from the program's start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One step on the way to a picture."""

    keys: tuple[str, ...]
    """The keys to press."""

    shows: str
    """What the screen shows once that has worked."""

    pasted: str = ""
    """What to paste; a delivery token's {name} is replaced by its value."""


@dataclass(frozen=True)
class Picture:
    """A picture, and how to get there from the program's start."""

    name: str
    way: tuple[Step, ...] = ()
    columns: int = 80
    lines: int = 24
    theme: str = "textual-dark"
    has_targets: bool = False
    """Whether there are targets to deliver to."""

    has_project: bool = False
    """Whether there's a project with values in it, in `storefront`."""


@dataclass(frozen=True)
class Recording:
    """A picture of the bytes that the real command sends with these variables."""

    name: str
    environ: Mapping[str, str] = field(default_factory=dict)
    way: tuple[Step, ...] = ()
    """The keys are only letters, typed as they are."""

    options: tuple[str, ...] = ()


START = Step((), "read 09:30:00")
_DETAILS = (
    Step(("n",), "Name (required"),
    Step((), "web-summer-sale", pasted="web-summer-sale"),
    Step(("tab",), "end of August.", pasted="Campaign pages, until the end of August."),
)
_SCOPE = (*_DETAILS, Step(("enter",), "[x] main"))
_ENVIRONMENTS = (*_SCOPE, Step(("enter",), "preview-eu"), Step(("space",), "[x]"))
_REVIEW = (
    *_ENVIRONMENTS,
    Step(("enter",), "Generate Token"),
    Step(("space",), "[x] Create Preview Token"),
)
_MANAGEMENT = (
    Step(("alt+o",), "ci-deploy"),
    Step(("n",), "Name (required"),
    Step((), "nightly-export", pasted="nightly-export"),
    Step(("enter",), "[x] main"),
    Step(("enter",), "Read and write"),
    Step(("tab", "down", "down", "space"), "2026-11-14"),
)
_EDIT = (
    Step(("e",), "Name (required"),
    Step(("tab", "end"), "change it.", pasted=" Ask before you change it."),
    Step(("enter",), "release_7"),
    Step(("enter",), "its one"),
    Step(("enter",), "Changes to"),
)
_DELIVER = (
    Step(("t",), "TARGET"),
    Step(("space", "space", "space", "enter"), "to retry"),
)
_IDENTIFY = (
    Step(("I",), "Whose is it?"),
    Step(
        (),
        "Enter identify",
        pasted="DELIVERY={web-production}\nOLD=cs0123456789ab0123456789ab\n",
    ),
    Step(("enter",), "Recognized"),
)
_FIND = (
    Step(("F",), "Press Enter to search"),
    Step((), "storefront", pasted="storefront"),
    Step(("enter",), "Found "),
)
_ALL_STACKS = (Step(("a",), "2 of 2 stacks · 5 rows · unsorted"),)
_EXPIRY = (*_ALL_STACKS, Step(("E",), "expire"))

PICTURES = (
    Picture("tokens"),
    Picture("tokens-120x36", columns=120, lines=36),
    Picture("tokens-60x15", columns=60, lines=15),
    Picture("tokens-200x50", columns=200, lines=50),
    Picture("tokens-light", theme="textual-light"),
    Picture("management", (Step(("alt+o",), "ci-deploy"),)),
    Picture("management-access", _MANAGEMENT),
    Picture("wizard-details", _DETAILS),
    Picture("wizard-scope", _SCOPE),
    Picture("wizard-environments", _ENVIRONMENTS),
    Picture("wizard-review", _REVIEW),
    Picture("generated", (*_REVIEW, Step(("enter",), "Generated web-summer-sale"))),
    Picture("edit-review", _EDIT),
    Picture("delete", (Step(("d",), "Type "),)),
    Picture(
        "rotation",
        (Step(("R",), "1 Create the replacement"), Step(("enter",), "[x] 1")),
    ),
    Picture(
        "verify",
        (
            Step(("A",), "marked"),
            Step(("v",), "production"),
            Step((), "calls failed"),
        ),
    ),
    Picture("identify", _IDENTIFY),
    Picture("find", _FIND, has_project=True),
    Picture("find-light", _FIND, has_project=True, theme="textual-light"),
    Picture("export", (Step(("x",), "DELIVERY_TOKEN"),)),
    Picture("targets", (Step(("t",), "No targets yet"),)),
    Picture("deliver", _DELIVER, has_targets=True),
    Picture("coverage", (Step(("m",), "BRANCHES"), Step(("j",), "── staging"))),
    Picture(
        "health",
        (
            Step(("h",), "migration-2 · management"),
            Step(("j",), "kiosk-berlin · delivery"),
        ),
    ),
    Picture("all-stacks", _ALL_STACKS),
    Picture("all-stacks-60x15", _ALL_STACKS, columns=60, lines=15),
    Picture("all-stacks-120x36", _ALL_STACKS, columns=120, lines=36),
    Picture("all-stacks-200x50", _ALL_STACKS, columns=200, lines=50),
    Picture("expiry", _EXPIRY),
    Picture("doctor", (Step(("i",), "1 warning"),)),
    Picture("settings", (Step(("S",), "Sign in"),)),
    Picture("help", (Step(("question_mark",), "COMMAND"),)),
)

RECORDINGS = (
    Recording("terminal", {"COLORTERM": ""}),
    Recording("terminal-no-color", {"NO_COLOR": "1"}),
    Recording("terminal-16-colors", {"TERM": "xterm", "COLORTERM": ""}),
    Recording("expiry-16-colors", {"TERM": "xterm", "COLORTERM": ""}, _EXPIRY),
    Recording("expiry-no-color", {"NO_COLOR": "1"}, _EXPIRY),
    Recording("expiry-ascii", {"COLORTERM": ""}, _EXPIRY, ("--ascii",)),
)
