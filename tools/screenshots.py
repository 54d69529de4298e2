"""`make screenshots`: draws the real app on the embedded stack with a fixed clock.

Each picture is written as an SVG, which needs no font of its own and is the same every
time, and as a PNG drawn from that SVG. `make screenshots ARGS="tokens help"` draws only
those two.
"""

from __future__ import annotations

import asyncio
import io
import re
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

# First, since Textual reads its environment when it's imported.
from tests.support import environment  # noqa: F401

# isort: split
import pyte
import resvg_py
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style
from textual import events
from textual.app import App
from textual.pilot import Pilot

from tests.support.clock import clock
from tests.support.pilot import screen_text, wait_for
from tests.support.terminal import Terminal
from tools.pictures import PICTURES, RECORDINGS, START, Picture, Recording, Step
from tools.stage import TARGETS, filled_in, staged
from tui.app import TokendeckApp
from tui.config.settings import Settings
from tui.connection.demo import demo_connection
from tui.doctor.report import CheckResult
from tui.widgets.glyphs import ASCII

FOLDER = Path(__file__).parent.parent / "screenshots"
TOUR = "tour"
"""The animated picture; see `tools/tour.py`."""
FONTS = sorted(Path("/usr/share/fonts/truetype/dejavu").glob("DejaVuSansMono*.ttf"))

_FONT_FACES = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_RANDOM_ID = re.compile(r"terminal-\d+")
_LINE_ENDS = re.compile(
    r'<text class="[^"]*" x="[^"]*" y="[^"]*" textLength="[^"]*" '
    r'clip-path="[^"]*">\n</text>'
)
# Rich crops the last line and column by the fraction that letters extend beyond their
# cells.
_FRAME = re.compile(
    r'(<clipPath id="[^"]*-clip-terminal">\s*<rect x="0" y="0") '
    r'width="([\d.]+)" height="([\d.]+)"'
)
_OVERHANG = 3.0
_FAMILIES = (
    "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', "
    "'Liberation Mono', monospace"
)

# The installed command, but with another clock, patched in before anything else is
# imported.
_COMMAND = (
    "import tui.clock, tests.support.clock as still; tui.clock.utc_now = still.clock; "
    "from tui.__main__ import main; main()"
)
# The doctor's results differ between machines, so pictures always show these.
_VERSIONS = CheckResult(
    "Versions", "tokendeck 0.1.0, textual 8.2.8, httpx 0.28.1, Python 3.11.2, Linux"
)
_AROUND = (
    CheckResult("Region", "demo (the demo)"),
    CheckResult("Management API", "cma.demo.invalid answers in 4 ms"),
    CheckResult("Delivery API", "cda.demo.invalid answers in 4 ms"),
    CheckResult("Preview API", "preview.demo.invalid answers in 4 ms"),
    CheckResult("Credential", "an authtoken from the demo"),
    CheckResult("User", "ana@example.com"),
    CheckResult("Stack", "Storefront, API key blt05fe…, your role: Admin"),
)
_TERMINAL = (
    CheckResult("Terminal", "TERM tmux-256color, in tmux, over SSH"),
    CheckResult("Colours", "256, by TERM"),
    CheckResult("Characters", "utf-8"),
)


@asynccontextmanager
async def reached(
    picture: Picture, *, ascii_only: bool = False
) -> AsyncIterator[Pilot[None]]:
    """Start the program, and take the steps to this picture."""
    app = TokendeckApp(
        lambda: demo_connection(clock=clock),
        clock=clock,
        environ={"TOKENDECK_REGOIN": "eu"},
        ascii_only=ascii_only,
        settings=Settings(
            theme=picture.theme,
            file=Path("/home/ana/.config/tokendeck/config.toml"),
            targets=TARGETS if picture.has_targets else {},
        ),
    )
    with _another_machine(), staged(has_project=picture.has_project):
        async with app.run_test(size=(picture.columns, picture.lines)) as pilot:
            for step in (START, *picture.way):
                await take(pilot, step)
            await pilot.pause()
            yield pilot


async def take(pilot: Pilot[None], step: Step) -> None:
    """Take a step, and wait until the screen shows its result."""
    app: Any = pilot.app
    await pilot.press(*step.keys)
    if step.pasted:
        app.post_message(events.Paste(filled_in(step.pasted)))
    shows = app.session.glyphs.plain(step.shows)
    await wait_for(pilot, partial(_shows, app, shows), shows)


async def draw(picture: Picture) -> str:
    """Return this picture as an SVG."""
    async with reached(picture) as pilot:
        return capture(pilot.app, picture.name)


def record(recording: Recording) -> str:
    """Return an SVG of the dashboard as the real command's bytes draw it."""
    command = [sys.executable, "-c", _COMMAND, "--demo", *recording.options]
    with Terminal(
        command, env={"TZ": "UTC", **recording.environ}, cwd=FOLDER.parent
    ) as terminal:
        terminal.wait_for(START.shows)
        for step in recording.way:
            terminal.send("".join(step.keys))
            terminal.wait_for(partial(_has_drawn, step.shows))
        terminal.settle()
        console = _recorder(*terminal.size)
        console.print(Segments(_segments(terminal.grid)), end="")
        return _standing_alone(console.export_svg(title="Tokendeck"), recording.name)


def _has_drawn(text: str, terminal: Terminal) -> bool:
    return text in terminal.text or ASCII.plain(text) in terminal.text


def capture(app: App[Any], name: str) -> str:
    """Return an SVG of what the app shows now."""
    return _standing_alone(app.export_screenshot(title="Tokendeck"), name)


def _another_machine() -> Any:
    async def around(*_: object) -> tuple[CheckResult, ...]:
        return _AROUND

    return patch.multiple(
        "tui.screens.doctor",
        program=lambda: _VERSIONS,
        surroundings=around,
        terminal=lambda _: _TERMINAL,
    )


def _shows(app: App[Any], text: str) -> bool:
    return text in screen_text(app)


def _recorder(columns: int, lines: int) -> Console:
    """Return a console like that of Textual's own pictures."""
    return Console(
        width=columns,
        height=lines,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
    )


def _segments(grid: pyte.Screen) -> Iterable[Segment]:
    for y in range(grid.lines):
        cells = [grid.buffer[y][x] for x in range(grid.columns)]
        yield from Segment.simplify(Segment(cell.data, _style(cell)) for cell in cells)
        yield Segment.line()


def _style(cell: pyte.screens.Char) -> Style:
    if cell.data == " " and not (cell.underscore or cell.reverse):
        # The rest of a blank's style is invisible and depends on what was there before.
        return Style(bgcolor=_colour(cell.bg))
    return Style(
        color=_colour(cell.fg),
        bgcolor=_colour(cell.bg),
        bold=cell.bold,
        italic=cell.italics,
        underline=cell.underscore,
        reverse=cell.reverse,
    )


def _colour(name: str) -> str | None:
    """Return Rich's name for pyte's colour; None is the terminal's own."""
    if name == "default":
        return None
    if re.fullmatch(r"[0-9a-f]{6}", name):
        return f"#{name}"
    return name.replace("brown", "yellow").replace("bright", "bright_")


def _standing_alone(svg: str, name: str) -> str:
    """Return a picture that loads nothing from elsewhere, and is the same each time.

    Rich links to a web font. Use the reader's monospace font instead: whatever it is,
    the length given with each text keeps the columns aligned.
    """
    svg = _FONT_FACES.sub("", svg)
    svg = _RANDOM_ID.sub(f"tokendeck-{name}", svg)
    svg = _LINE_ENDS.sub("", svg)
    svg = _FRAME.sub(_widen, svg)
    for family in ("Fira Code, monospace", "arial"):
        svg = svg.replace(f"font-family: {family};", f"font-family: {_FAMILIES};")
    return svg.rstrip() + "\n"


def _widen(frame: re.Match[str]) -> str:
    start, width, height = frame.groups()
    wider, higher = float(width) + 1, float(height) + _OVERHANG
    return f'{start} width="{wider:.1f}" height="{higher:.1f}"'


def png_of(svg: str) -> bytes:
    """Return the same picture as a PNG, drawn with DejaVu Sans Mono on any machine."""
    svg = svg.replace(_FAMILIES, "DejaVu Sans Mono")
    svg = svg.replace("font-size: 20px", "font-size: 21px")
    png: bytes = resvg_py.svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=True,
        font_files=[str(font) for font in FONTS],
        font_family="DejaVu Sans Mono",
        monospace_family="DejaVu Sans Mono",
        sans_serif_family="DejaVu Sans Mono",
        zoom=1.5,
    )
    return png


def _svg(picture: Picture | Recording) -> str:
    if isinstance(picture, Recording):
        return record(picture)
    return asyncio.run(draw(picture))


def main(names: Iterable[str]) -> int:
    """Write the pictures with these names, or all of them; return the exit code."""
    every: dict[str, Picture | Recording] = {
        picture.name: picture for picture in (*PICTURES, *RECORDINGS)
    }
    wanted = tuple(names) or (*every, TOUR)
    unknown = set(wanted) - {*every, TOUR}
    if unknown:
        print(f"There is no picture named {', '.join(sorted(unknown))}.")
        return 2
    FOLDER.mkdir(exist_ok=True)
    for name in wanted:
        if name == TOUR:
            continue
        svg = _svg(every[name])
        (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
        if FONTS:
            (FOLDER / f"{name}.png").write_bytes(png_of(svg))
        print(f"screenshots/{name}")
    if FONTS and TOUR in wanted:
        # It imports this module, and Pillow, which the other pictures don't need.
        tour = import_module("tools.tour")
        (FOLDER / f"{TOUR}.gif").write_bytes(tour.draw_tour())
        print(f"screenshots/{TOUR}")
    if not FONTS:
        print(
            "Only the SVGs were drawn: PNG needs the font DejaVu Sans Mono; "
            "`make system-deps` brings it."
        )
    return 0 if FONTS else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
