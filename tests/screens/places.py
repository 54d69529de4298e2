"""Every place that one key opens from the tokens, and what it says once it's open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from tests.screens.session import Table
from tui.commands import Place
from tui.screens.base import TokendeckScreen


@dataclass(frozen=True)
class Way:
    """The key to a place, by Textual's name and as typed, and words to wait for."""

    key: str
    typed: str
    words: str


WAYS: dict[Place, Way] = {
    Place.DETAILS: Way("enter", "\r", "fingerprint"),
    Place.ALL_STACKS: Way("a", "a", "2 of 2 stacks ·"),
    Place.COVERAGE: Way("m", "m", "BRANCHES"),
    Place.DELIVER: Way("t", "t", "No targets yet"),
    Place.DELETE: Way("d", "d", "Anything that uses"),
    Place.DOCTOR: Way("i", "i", "problems found"),
    Place.EXPORT: Way("x", "x", "EXPORT AS"),
    Place.EXPIRY: Way("E", "E", "tokens expire"),
    Place.FIND: Way("F", "F", "Press Enter to search"),
    Place.HELP: Way("question_mark", "?", "WHAT IT DOES"),
    Place.MESSAGES: Way("M", "M", "times in UTC"),
    Place.HEALTH: Way("h", "h", "WARNING"),
    Place.IDENTIFY: Way("I", "I", "Whose is it?"),
    Place.REGIONS: Way("W", "W", "THE STACK"),
    Place.ROTATION: Way("R", "R", "Rotate "),
    Place.SETTINGS: Way("S", "S", "SETTINGS"),
    Place.SIGN_IN: Way("L", "L", "E-mail and password"),
    Place.STACKS: Way("w", "w", "YOUR ROLE"),
    Place.VERIFY: Way("v", "v", "It works."),
    Place.WIZARD: Way("n", "n", "Name (required"),
}
"""All except the tokens themselves, and places that follow generating or deleting.
"""


async def each_place(table: Table) -> AsyncIterator[Place]:
    """Open one place after the other in the same program, and close it again."""
    for place, way in WAYS.items():
        await table.press(way.key)
        await table.until(lambda place=place: place_of(table) is place)  # type: ignore[misc]  # bound here
        await table.until(way.words)
        await table.pilot.pause()
        yield place
        while len(table.app.screen_stack) > 1:
            await table.press("escape")


def place_of(table: Table) -> Place | None:
    """Return the place that the program shows."""
    screen = table.app.screen
    return screen.PLACE if isinstance(screen, TokendeckScreen) else None
