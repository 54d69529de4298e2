"""Pictures of the running program: the real app on the embedded stack, with the clock held still.

`make screenshots` writes each as SVG, which needs no font of its own and reads the same every time, and from
that very SVG as PNG. `make screenshots ARGS="tokens help"` draws only those.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

# First, since Textual reads its environment as it is imported.
from tests.support import environment  # noqa: F401

# isort: split
import resvg_py
from textual import events
from textual.app import App

from tests.support.clock import clock
from tests.support.pilot import screen_text, wait_for
from tui.account.demo import demo_connection
from tui.app import TokendeckApp

FOLDER = Path(__file__).parent.parent / "screenshots"
FONTS = sorted(Path("/usr/share/fonts/truetype/dejavu").glob("DejaVuSansMono*.ttf"))

_FONT_FACES = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_RANDOM_ID = re.compile(r"terminal-\d+")
_LINE_ENDS = re.compile(
    r'<text class="[^"]*" x="[^"]*" y="[^"]*" textLength="[^"]*" clip-path="[^"]*">\n</text>'
)
# Rich cuts the last line and column short by the fraction by which letters reach out of their cells.
_FRAME = re.compile(
    r'(<clipPath id="[^"]*-clip-terminal">\s*<rect x="0" y="0") width="([\d.]+)" height="([\d.]+)"'
)
_OVERHANG = 3.0
_FAMILIES = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"


@dataclass(frozen=True)
class Step:
    """Keys to press or a text to paste, and what the screen shows once that has worked."""

    keys: tuple[str, ...]
    shows: str
    pasted: str = ""


@dataclass(frozen=True)
class Picture:
    """A state of the program worth showing, and the way there from its start."""

    name: str
    way: tuple[Step, ...] = ()
    columns: int = 80
    lines: int = 24


_START = Step((), "read 09:30:00")
_DETAILS = (
    Step(("n",), "Name (required"),
    Step((), "web-summer-sale", pasted="web-summer-sale"),
    Step(("tab",), "end of August.", pasted="Campaign pages, until the end of August."),
)
_SCOPE = (*_DETAILS, Step(("enter",), "release_7"), Step(("space",), "[x]"))
_ENVIRONMENTS = (*_SCOPE, Step(("enter",), "preview-eu"), Step(("space",), "[x]"))
_REVIEW = (
    *_ENVIRONMENTS,
    Step(("enter",), "Generate token"),
    Step(("space",), "[x] Create preview token"),
)

PICTURES = (
    Picture("tokens"),
    Picture("tokens-120x36", columns=120, lines=36),
    Picture("tokens-60x15", columns=60, lines=15),
    Picture("wizard-details", _DETAILS),
    Picture("wizard-scope", _SCOPE),
    Picture("wizard-environments", _ENVIRONMENTS),
    Picture("wizard-review", _REVIEW),
    Picture("generated", (*_REVIEW, Step(("enter",), "Generated: web-summer-sale"))),
    Picture("management", (Step(("alt+o",), "ci-deploy"),)),
    Picture("coverage", (Step(("m",), "BRANCHES"), Step(("j",), "── staging"))),
    Picture("hints", (Step(("h",), "migration-2 · management"), Step(("j",), "Nothing is left"))),
    Picture("settings", (Step(("S",), "Sign in"),)),
    Picture("help", (Step(("question_mark",), "COMMAND"),)),
)


async def draw(picture: Picture) -> str:
    """Go this picture's way with a program of its own, and draw where it leads.

    Returns:
        The picture as SVG.
    """
    app = TokendeckApp(lambda: demo_connection(clock=clock), clock=clock, environ={})
    async with app.run_test(size=(picture.columns, picture.lines)) as pilot:
        for step in (_START, *picture.way):
            await pilot.press(*step.keys)
            if step.pasted:
                app.post_message(events.Paste(step.pasted))
            await wait_for(pilot, partial(_shows, app, step.shows), step.shows)
        await pilot.pause()
        return capture(app, picture.name)


def _shows(app: App[Any], text: str) -> bool:
    return text in screen_text(app)


def capture(app: App[Any], name: str) -> str:
    """What the app shows now, as an SVG that stands alone and is the same each time.

    Rich's own names a web font by its address; here the reader's monospace font is used, and the length
    that is written at every text keeps the columns aligned whatever it is.
    """
    svg = app.export_screenshot(title="Tokendeck")
    svg = _FONT_FACES.sub("", svg)
    svg = _RANDOM_ID.sub(f"tokendeck-{name}", svg)
    svg = _LINE_ENDS.sub("", svg)
    svg = _FRAME.sub(_widen, svg)
    for family in ("Fira Code, monospace", "arial"):
        svg = svg.replace(f"font-family: {family};", f"font-family: {_FAMILIES};")
    return svg.rstrip() + "\n"


def _widen(frame: re.Match[str]) -> str:
    start, width, height = frame.groups()
    return f'{start} width="{float(width) + 1:.1f}" height="{float(height) + _OVERHANG:.1f}"'


def png_of(svg: str) -> bytes:
    """The same picture in pixels, with letters of DejaVu Sans Mono wherever it is made."""
    png: bytes = resvg_py.svg_to_bytes(
        svg_string=svg.replace(_FAMILIES, "DejaVu Sans Mono").replace("font-size: 20px", "font-size: 21px"),
        skip_system_fonts=True,
        font_files=[str(font) for font in FONTS],
        font_family="DejaVu Sans Mono",
        monospace_family="DejaVu Sans Mono",
        sans_serif_family="DejaVu Sans Mono",
        zoom=1.5,
    )
    return png


def main(names: Iterable[str]) -> int:
    """Write the pictures with these names, or all; the exit status."""
    wanted = set(names)
    unknown = wanted - {picture.name for picture in PICTURES}
    if unknown:
        print(f"There is no picture named {', '.join(sorted(unknown))}.")
        return 2
    FOLDER.mkdir(exist_ok=True)
    for picture in PICTURES:
        if wanted and picture.name not in wanted:
            continue
        svg = asyncio.run(draw(picture))
        (FOLDER / f"{picture.name}.svg").write_text(svg, encoding="utf-8")
        if FONTS:
            (FOLDER / f"{picture.name}.png").write_bytes(png_of(svg))
        print(f"screenshots/{picture.name}")
    if not FONTS:
        print("Only the SVGs were drawn: PNG needs the font DejaVu Sans Mono; `make system-deps` brings it.")
    return 0 if FONTS else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
