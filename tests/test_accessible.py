"""Every place is readable: in ASCII only, and with enough contrast in every theme."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from rich.color import Color, ColorSystem
from textual.app import App
from textual.color import Color as TextualColor
from textual.theme import BUILTIN_THEMES

from tests.support.pilot import screen_text, wait_for
from tools.pictures import PICTURES, Picture, Step
from tools.screenshots import reached
from tui import widgets
from tui.commands import Place
from tui.paths import styles_folder
from tui.screens.base import TokendeckScreen
from tui.widgets.contrast import legible

GENERATED = (
    *next(picture.way for picture in PICTURES if picture.name == "management-access"),
    Step(("enter",), "Generate Token"),
    Step(("enter",), "Generated nightly-export"),
)
DELETED = (
    Step(("space", "space", "d"), "the number of tokens"),
    Step((), "2", pasted="2"),
    Step(("enter",), "Deleted 2 tokens"),
    Step(("B",), "CREATE AGAIN"),
)
WAYS = {
    Place.TOKENS: ("tokens", "management"),
    Place.ALL_STACKS: ("all-stacks",),
    Place.EXPIRY: ("expiry",),
    Place.DETAILS: (Picture("card", (Step(("enter",), "Created"),)),),
    Place.WIZARD: (
        "wizard-details",
        "wizard-scope",
        "wizard-environments",
        "wizard-review",
        "edit-review",
        "management-access",
    ),
    Place.GENERATED: ("generated", Picture("generated-management", GENERATED)),
    Place.EXPORT: ("export",),
    Place.DELIVER: ("targets", "deliver"),
    Place.SETTINGS: ("settings",),
    Place.HELP: ("help",),
    Place.SIGN_IN: (Picture("sign-in", (Step(("L",), "E-mail and password"),)),),
    Place.STACKS: (Picture("stacks", (Step(("w",), "Press"),)),),
    Place.REGIONS: (Picture("regions", (Step(("W",), "AWS"),)),),
    Place.DELETE: ("delete",),
    Place.DELETED: (Picture("deleted", DELETED),),
    Place.MESSAGES: (
        Picture("messages", (Step(("c",), "Paste"), Step(("M",), "UTC"))),
    ),
    Place.ROTATION: ("rotation",),
    Place.VERIFY: ("verify",),
    Place.DOCTOR: ("doctor",),
    Place.COVERAGE: ("coverage",),
    Place.HEALTH: ("health",),
    Place.FIND: (
        "find",
        Picture("find-empty", (Step(("F",), "Press Enter to search"),)),
    ),
    Place.IDENTIFY: ("identify",),
}
"""Pictures of each place, or their names."""

BY_NAME = {picture.name: picture for picture in PICTURES}
EACH = [
    (place, way if isinstance(way, Picture) else BY_NAME[way])
    for place, ways in WAYS.items()
    for way in ways
]
ENOUGH = 4.5
WIDGETS = Path(str(widgets.__file__)).parent
# Not text: the edge of a field.
MARKS = frozenset("| ")


def test_no_place_of_the_registry_is_left_out() -> None:
    assert set(WAYS) == set(Place) - {Place.ANYWHERE}


@pytest.mark.short(8)
@pytest.mark.parametrize(("place", "way"), EACH, ids=[way.name for _, way in EACH])
async def test_a_place_is_readable_in_ascii_and_by_contrast(
    place: Place, way: Picture
) -> None:
    async with reached(way, ascii_only=True) as pilot:
        app = pilot.app
        assert isinstance(app.screen, TokendeckScreen)
        assert app.screen.PLACE is place
        assert screen_text(app).isascii(), screen_text(app)
        for theme in ("textual-light", "textual-dark"):
            app.theme = theme
            colours = BUILTIN_THEMES[theme].to_color_system().generate()
            drawn = partial(is_a_ground, app, Color.parse(colours["surface"]))
            await wait_for(pilot, drawn, f"the colours of {theme}")
            for system in (ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT):
                assert too_faint(texts(app, system)) == []
        for theme in ("ansi-light", "ansi-dark"):
            app.theme = theme
            drawn = partial(is_a_ground, app, Color.default())
            await wait_for(pilot, drawn, "the terminal's ground")
            for palette in PALETTES:
                assert too_faint(palette.texts(app)) == []


Drawn: TypeAlias = tuple[float, str, str]
"""A text's contrast, the text, and its colours or the palette's name."""


def too_faint(drawn: Iterable[Drawn]) -> list[Drawn]:
    """Return what has too little contrast; fail if nothing was drawn at all."""
    found = list(drawn)
    assert found
    return [text for text in found if text[0] < ENOUGH]


@pytest.mark.parametrize(
    "name", [name for name in BUILTIN_THEMES if not name.startswith("ansi")]
)
def test_texts_of_every_theme_stand_out(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    variables = legible({**theme.to_color_system().generate(), **theme.variables})
    for text in ("accent", "success", "warning", "error"):
        for ground in ("surface", "background"):
            names = (f"text-{text}", ground)
            pair = [Color.parse(variables[name]) for name in names]
            rounded = [colour.downgrade(ColorSystem.EIGHT_BIT) for colour in pair]
            assert contrast(*pair) >= ENOUGH, (text, ground)
            assert contrast(*rounded) >= ENOUGH, (text, ground, "256")


@pytest.mark.parametrize(
    "name", [name for name in BUILTIN_THEMES if not name.startswith("ansi")]
)
def test_keys_are_never_in_the_colour_of_warnings(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    variables = legible({**theme.to_color_system().generate(), **theme.variables})
    tones = [variables[f"text-{tone}"] for tone in ("primary", "warning", "error")]
    assert len(set(tones)) == 3


def test_what_is_drawn_takes_no_accent_and_no_hex() -> None:
    sheets = [path.read_text("utf-8") for path in styles_folder().glob("*.tcss")]
    widgets = [path.read_text("utf-8") for path in WIDGETS.glob("*.py")]
    for source in (*sheets, *widgets):
        css = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
        assert not re.search(r"\$(text-)?accent|: #[0-9a-fA-F]{3,8}\b", css)


@pytest.mark.parametrize(
    "name", [name for name in BUILTIN_THEMES if not name.startswith("ansi")]
)
def test_black_or_white_can_be_read_on_the_ground_of_production(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    variables = legible({**theme.to_color_system().generate(), **theme.variables})
    ground = TextualColor.parse(variables["secondary"])
    text = ground.get_contrast_text(1)
    assert contrast(text.rich_color, ground.rich_color) >= ENOUGH


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
def test_of_the_terminals_own_colours_only_that_for_text_is_text(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    variables = legible({**theme.to_color_system().generate(), **theme.variables})
    texts = {value for name, value in variables.items() if name.startswith("text-")}
    assert texts == {"ansi_default"}


def is_a_ground(app: App[None], colour: Color) -> bool:
    """Return whether anything is drawn on this colour."""
    strips = app.screen._compositor.render_strips()
    return any(
        style is not None and style.bgcolor == colour
        for strip in strips
        for _, style, _ in strip
    )


@dataclass(frozen=True)
class Palette:
    """A terminal's default 16 colours, and its text and background colours."""

    name: str
    colours: tuple[str, ...]
    text: str
    ground: str

    def texts(self, app: App[None]) -> Iterator[Drawn]:
        """Yield everything drawn; dim text has no contrast, since terminals differ."""
        for strip in app.screen._compositor.render_strips():
            for text, style, _ in strip:
                if set(text) <= MARKS:
                    continue
                assert style is not None
                colour = self.seen(style.color, self.text)
                ground = self.seen(style.bgcolor, self.ground)
                yield 1.0 if style.dim else contrast(colour, ground), text, self.name

    def seen(self, colour: Color | None, default: str) -> Color:
        """Return how this terminal shows a colour, which must be one of its 16."""
        if colour is None or colour.is_default:
            return Color.parse(default)
        assert colour.number is not None
        return Color.parse(self.colours[colour.number])


def palette(name: str, colours: str, dark: str, light: str) -> Iterator[Palette]:
    """Yield a terminal's colours on its dark and on its light background."""
    sixteen = tuple(f"#{colour}" for colour in colours.split())
    yield Palette(f"{name}, dark", sixteen, text=sixteen[7], ground=f"#{dark}")
    yield Palette(f"{name}, light", sixteen, text=sixteen[0], ground=f"#{light}")


PALETTES = (
    *palette(
        "xterm",
        "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5"
        " 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
        "000000",
        "ffffff",
    ),
    *palette(
        "VTE",
        "171421 c01c28 26a269 a2734c 12488b a347ba 2aa1b3 d0cfcc"
        " 5e5c64 f66151 33d17a e9ad0c 2a7bde c061cb 33c7de ffffff",
        "171421",
        "ffffff",
    ),
    *palette(
        "Konsole",
        "232627 ed1515 11d116 f67400 1d99f3 9b59b6 1abc9c fcfcfc"
        " 7f8c8d c0392b 1cdc9a fdbc4b 3daee9 8e44ad 16a085 ffffff",
        "232627",
        "fcfcfc",
    ),
    *palette(
        "Linux's console",
        "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa"
        " 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
        "000000",
        "ffffff",
    ),
)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
def test_text_and_ground_of_a_terminal_stand_out_either_way(palette: Palette) -> None:
    assert contrast(Color.parse(palette.text), Color.parse(palette.ground)) >= ENOUGH


def texts(app: App[None], system: ColorSystem) -> Iterator[Drawn]:
    """Yield everything drawn, as in a terminal with this colour system."""
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if set(text) <= MARKS:
                continue
            assert style is not None
            assert style.color is not None
            assert style.bgcolor is not None
            pair = style.color.downgrade(system), style.bgcolor.downgrade(system)
            colours = f"{style.color.name} on {style.bgcolor.name}"
            yield contrast(*pair), text, colours


def contrast(one: Color, other: Color) -> float:
    """Return the WCAG 2 contrast, whichever of the two is the background."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Color) -> float:
    """Return the WCAG 2 relative luminance, from 0 to 1."""
    weighed = zip((0.2126, 0.7152, 0.0722), colour.get_truecolor(), strict=True)
    return sum(weight * linear(part / 255) for weight, part in weighed)


def linear(part: float) -> float:
    """Return the linear light of a gamma-encoded colour channel."""
    if part <= 0.04045:
        return part / 12.92
    return float(((part + 0.055) / 1.055) ** 2.4)
