"""Every place can be read: in ASCII alone, and in the colours of both themes by enough contrast."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from rich.color import Color
from textual.app import App
from textual.theme import BUILTIN_THEMES

from tests.support.pilot import screen_text, wait_for
from tools.pictures import PICTURES, Picture, Step
from tools.screenshots import reached
from tui.commands import Place
from tui.screens.base import DeckScreen
from tui.widgets.contrast import legible

GENERATED = (
    *next(picture.way for picture in PICTURES if picture.name == "management-access"),
    Step(("enter",), "Generate token"),
    Step(("enter",), "Generated: nightly-export"),
)
WAYS = {
    Place.TOKENS: ("tokens", "management"),
    Place.CARD: (Picture("card", (Step(("enter",), "Created"),)),),
    Place.WIZARD: (
        "wizard-details",
        "wizard-scope",
        "wizard-environments",
        "wizard-review",
        "edit-review",
        "management-access",
    ),
    Place.GENERATED: ("generated", Picture("generated-management", GENERATED)),
    Place.HAND_OUT: ("hand-out",),
    Place.SETTINGS: ("settings",),
    Place.HELP: ("help",),
    Place.SIGN_IN: (Picture("sign-in", (Step(("L",), "E-mail and password"),)),),
    Place.STACKS: (Picture("stacks", (Step(("w",), "Press"),)),),
    Place.REGIONS: (Picture("regions", (Step(("W",), "AWS"),)),),
    Place.DELETE: ("delete",),
    Place.ROTATION: ("rotation",),
    Place.VERIFY: ("verify",),
    Place.DOCTOR: ("doctor",),
    Place.COVERAGE: ("coverage",),
    Place.HINTS: ("hints",),
}
"""Pictures of each place, or their names."""

BY_NAME = {picture.name: picture for picture in PICTURES}
EACH = [
    (place, way if isinstance(way, Picture) else BY_NAME[way]) for place, ways in WAYS.items() for way in ways
]
ENOUGH = 4.5
# What only marks a place: the edge of a field.
MARKS = frozenset("| ")


def test_no_place_of_the_registry_is_left_out() -> None:
    assert set(WAYS) == set(Place) - {Place.ANYWHERE}


@pytest.mark.parametrize(("place", "way"), EACH, ids=[way.name for _, way in EACH])
async def test_a_place_is_readable_in_ascii_and_by_contrast(place: Place, way: Picture) -> None:
    async with reached(way, ascii_only=True) as pilot:
        app = pilot.app
        assert isinstance(app.screen, DeckScreen)
        assert app.screen.PLACE is place
        assert screen_text(app).isascii(), screen_text(app)
        for theme in ("textual-light", "textual-dark"):
            app.theme = theme
            ground = Color.parse(BUILTIN_THEMES[theme].to_color_system().generate()["surface"])
            await wait_for(pilot, partial(is_a_ground, app, ground), f"the colours of {theme}")
            assert [found for found in texts(app) if found[0] < ENOUGH] == []


@pytest.mark.parametrize("name", [name for name in BUILTIN_THEMES if not name.startswith("ansi")])
def test_texts_of_every_theme_stand_out(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    variables = legible({**theme.to_color_system().generate(), **theme.variables})
    for text in ("accent", "success", "warning", "error"):
        for ground in ("surface", "background"):
            pair = Color.parse(variables[f"text-{text}"]), Color.parse(variables[ground])
            assert contrast(*pair) >= ENOUGH, (text, ground)


def test_the_terminals_own_colours_are_left_alone() -> None:
    variables = BUILTIN_THEMES["ansi-dark"].to_color_system().generate()
    assert legible(variables) == variables


def is_a_ground(app: App[None], colour: Color) -> bool:
    """Whether anything is drawn on this colour."""
    strips = app.screen._compositor.render_strips()
    return any(style is not None and style.bgcolor == colour for strip in strips for _, style, _ in strip)


def texts(app: App[None]) -> Iterator[tuple[float, str, str, str]]:
    """Contrast, text and colours of all that is drawn."""
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if set(text) <= MARKS:
                continue
            assert style is not None
            assert style.color is not None
            assert style.bgcolor is not None
            yield contrast(style.color, style.bgcolor), text, style.color.name, style.bgcolor.name


def contrast(one: Color, other: Color) -> float:
    """As WCAG 2 defines it; the same whichever of the two is the ground."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Color) -> float:
    """Relative luminance of WCAG 2, from 0 to 1."""
    weighed = zip((0.2126, 0.7152, 0.0722), colour.get_truecolor(), strict=True)
    return sum(weight * linear(part / 255) for weight, part in weighed)


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
