"""The README's pictures are what the program draws; `make screenshots` redraws them."""

from __future__ import annotations

import pytest

from tools.pictures import PICTURES, RECORDINGS, Picture, Recording
from tools.screenshots import FOLDER, TOUR, draw, record

OUTDATED = "run `make screenshots`, and look at what changed"


@pytest.mark.snapshot
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
async def test_a_picture_is_what_the_program_draws(picture: Picture) -> None:
    assert await draw(picture) == kept(picture.name), OUTDATED


@pytest.mark.short(2)
@pytest.mark.snapshot
@pytest.mark.terminal
@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_a_recording_is_what_the_real_command_sends(recording: Recording) -> None:
    assert record(recording) == kept(recording.name), OUTDATED


def test_no_picture_is_left_over() -> None:
    names = {picture.name for picture in (*PICTURES, *RECORDINGS)} | {TOUR}
    assert {path.stem for path in FOLDER.iterdir()} == names


def kept(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
