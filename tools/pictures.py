"""What is worth a picture, and how to get there from the program's start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One step of the way to a picture."""

    keys: tuple[str, ...]
    """What is pressed."""

    shows: str
    """What is on the screen once that has worked."""

    pasted: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture, and the way there from the program's start."""

    name: str
    way: tuple[Step, ...] = ()
    columns: int = 80
    lines: int = 24
    theme: str = "textual-dark"


@dataclass(frozen=True)
class Recording:
    """A picture of the bytes that the real command sends, given these variables."""

    name: str
    environ: Mapping[str, str] = field(default_factory=dict)


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
    Picture("export", (Step(("x",), "DELIVERY_TOKEN"),)),
    Picture("coverage", (Step(("m",), "BRANCHES"), Step(("j",), "── staging"))),
    Picture(
        "health",
        (
            Step(("h",), "migration-2 · management"),
            Step(("j",), "kiosk-berlin · delivery"),
        ),
    ),
    Picture("all-stacks", (Step(("a",), "2 of 2 stacks ·"),)),
    Picture(
        "all-stacks-120x36",
        (Step(("a",), "2 of 2 stacks ·"),),
        columns=120,
        lines=36,
    ),
    Picture("expiry", (Step(("a",), "2 of 2 stacks ·"), Step(("E",), "expire"))),
    Picture("doctor", (Step(("i",), "1 warning"),)),
    Picture("settings", (Step(("S",), "Sign in"),)),
    Picture("help", (Step(("question_mark",), "COMMAND"),)),
)

RECORDINGS = (
    Recording("terminal", {"COLORTERM": ""}),
    Recording("terminal-no-color", {"NO_COLOR": "1"}),
    Recording("terminal-16-colors", {"TERM": "xterm", "COLORTERM": ""}),
)
