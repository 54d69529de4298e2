"""The pictures of the README are what the program draws now; `make screenshots` brings them up to date."""

from __future__ import annotations

import pytest

from tools.screenshots import FOLDER, PICTURES, draw

COMPARED = ("tokens", "tokens-60x15", "management", "wizard-scope", "wizard-review", "generated")


@pytest.mark.snapshot
@pytest.mark.parametrize("name", COMPARED)
async def test_a_picture_is_what_the_program_draws(name: str) -> None:
    picture = next(picture for picture in PICTURES if picture.name == name)
    assert await draw(picture) == (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
