"""Draws the README's animated picture: a token is created, copied and verified.

Its frames are pictures of the running program, like those of `tools.screenshots`,
with the pressed keys in a line below.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from tools.pictures import Picture, Step
from tools.screenshots import FONTS, TOUR, capture, png_of, reached, take

WIDTH = 860
"""Pixels: at 80 columns, a letter is about 10 wide and 18 high."""

_CAPTION_HEIGHT, _CAPTION_SIZE = 44, 20
_CAPTION_INK, _CAPTION_GROUND = (255, 255, 255), (32, 36, 44)
_COLOURS = 64
_TYPED_AT_ONCE = 3
_TYPING_MS, _READING_MS, _LAST_MS = 180, 1700, 4000


@dataclass(frozen=True)
class Scene:
    """A step of the tour, and the words below it."""

    step: Step
    caption: str
    typed: str = ""


_NAME = "web-summer-sale"
SCENES = (
    Scene(Step(("n",), "Name"), "n  New delivery token"),
    Scene(Step((), _NAME), "Type its name", typed=_NAME),
    Scene(Step(("enter",), "[x] main"), "Enter  Its branch: main is marked"),
    Scene(Step(("enter",), "preview-eu"), "Enter  Choose its environment"),
    Scene(Step(("space",), "[x]"), "Space  Mark an environment"),
    Scene(Step(("enter",), "Preview Token"), "Enter  Review"),
    Scene(Step(("space",), "[x] Create"), "Space  With a preview token"),
    Scene(Step(("enter",), _NAME), "Enter  Generate Token"),
    Scene(Step(("c",), "Paste to check"), "c  Copy the delivery token"),
    Scene(Step(("v",), "production"), "v  Verify: a call for each environment"),
)
OPENING = "The tokens of a stack, over SSH, without a mouse"


def draw_tour() -> bytes:
    """Return the animation as a GIF."""
    return _gif(*asyncio.run(_frames()))


async def _frames() -> tuple[list[Image.Image], list[int]]:
    images, times = [], []
    async with aclosing(_played()) as played:
        async for svg, caption, milliseconds in played:
            images.append(_frame(svg, caption))
            times.append(milliseconds)
    times[-1] = _LAST_MS
    return images, times


async def _played() -> AsyncGenerator[tuple[str, str, int]]:
    """Yield each frame as an SVG, its caption, and how long it's shown."""
    async with reached(Picture(TOUR)) as pilot:
        yield capture(pilot.app, TOUR), OPENING, _READING_MS
        for scene in SCENES:
            for piece in _pieces(scene.typed):
                await pilot.press(*piece)
                await pilot.pause()
                yield capture(pilot.app, TOUR), scene.caption, _TYPING_MS
            await take(pilot, scene.step)
            await pilot.pause()
            yield capture(pilot.app, TOUR), scene.caption, _READING_MS


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _TYPED_AT_ONCE):
        yield text[start : start + _TYPED_AT_ONCE]


def _frame(svg: str, caption: str) -> Image.Image:
    terminal = Image.open(io.BytesIO(png_of(svg))).convert("RGBA")
    height = round(terminal.height * WIDTH / terminal.width)
    terminal = terminal.resize((WIDTH, height), Image.Resampling.LANCZOS)
    frame = Image.new("RGB", (WIDTH, height + _CAPTION_HEIGHT), _CAPTION_GROUND)
    frame.paste(terminal, (0, 0), terminal)
    font = ImageFont.truetype(str(FONTS[0]), _CAPTION_SIZE)
    place = (WIDTH // 2, height + _CAPTION_HEIGHT // 2)
    drawing = ImageDraw.Draw(frame)
    drawing.text(place, caption, fill=_CAPTION_INK, font=font, anchor="mm")
    return frame


def _gif(images: list[Image.Image], times: list[int]) -> bytes:
    palette = _all_below(images).quantize(_COLOURS, method=Image.Quantize.MEDIANCUT)
    frames = [
        image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images
    ]
    written = io.BytesIO()
    frames[0].save(
        written,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=times,
        loop=0,
        optimize=False,
    )
    return written.getvalue()


def _all_below(images: list[Image.Image]) -> Image.Image:
    """Stack the images into one, so that their colours can be counted together."""
    width, height = images[0].size
    every = Image.new("RGB", (width, height * len(images)))
    for number, image in enumerate(images):
        every.paste(image, (0, height * number))
    return every
