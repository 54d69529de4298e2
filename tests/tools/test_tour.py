"""The README's animated picture."""

from __future__ import annotations

from PIL import Image

from tools.screenshots import FOLDER
from tools.tour import SCENES, WIDTH

TOUR = FOLDER / "tour.gif"


def test_it_is_small_enough_to_load_and_large_enough_to_read() -> None:
    assert TOUR.stat().st_size <= 1_000_000
    with Image.open(TOUR) as picture:
        assert picture.width == WIDTH
        # A cell is half as wide as its letters are high, and some of it is the frame.
        assert picture.width / 80 * 2 >= 11 * 1.5


def test_it_shows_each_scene() -> None:
    with Image.open(TOUR) as picture:
        assert getattr(picture, "n_frames", 1) > len(SCENES)
