"""What to do about a copy that didn't arrive, or that shouldn't stay."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Awaitable
from functools import partial

from textual.app import SuspendNotSupported

from tui.clipboard.copier import HARMLESS, Grade
from tui.files.refusal import FileRefused
from tui.screens.base import AnyScreen
from tui.screens.confirm import Confirm
from tui.screens.plain_view import NEXT, WRITE, show_until_key
from tui.secret import Secret

_PLAIN = "plain"


async def show_plain(screen: AnyScreen) -> None:
    """Show the values on the normal screen, one after the other.

    The terminal can only be handed over once: until then, pressing the key again on any
    screen does nothing.
    """
    token = screen.token
    if token is None or token.value is None or _is_shown(screen):
        return
    values = [(f"The token {token.name}", token.value)]
    if token is not None and token.preview is not None:
        values.append((f"The preview token of {token.name}", token.preview))
    screen.mask()
    screen.run_worker(partial(_plain, screen, values), group=_PLAIN)


def _is_shown(screen: AnyScreen) -> bool:
    """Whether any screen shows a value, or is about to."""
    return any(
        worker.group == _PLAIN and not worker.is_finished
        for worker in screen.app.workers
    )


async def try_clipboard(screen: AnyScreen) -> None:
    """Copy a harmless word, and ask whether it arrived if only the user can tell."""
    outcome = await screen.session.copier.try_out()
    if outcome.route == "native" or outcome.grade is Grade.FAILED:
        screen.say_outcome(outcome)
        return
    question = f"Sent the word {HARMLESS}. Paste it somewhere. Did it arrive?"
    arrived = await screen.show(Confirm(question))
    if arrived is None:
        screen.say(
            f"Not answered. Press {screen.session.key('clipboard_test')} to test again."
        )
        return
    place = await screen.session.copier.answer(arrived)
    if screen.session.memory is not None:
        screen.session.memory.remember_arrival(place, arrived)
    if arrived:
        screen.say(
            "Good: copies arrive here. Tokendeck will say so from now on.", "good"
        )
    else:
        key = screen.session.key("plain")
        cures = (
            f"{key} shows a value as plain text. For fixes: `tokendeck help clipboard`."
        )
        screen.say(f"Copies don't arrive here. {cures}", "warn")


async def clear_clipboard(screen: AnyScreen) -> None:
    """Clear the last copy from the clipboard, if the clipboard can be reached."""
    screen.say(await screen.session.copier.overwrite())
    screen.draw_hints()


async def _plain(screen: AnyScreen, values: list[tuple[str, Secret]]) -> None:
    leave, more = threading.Event(), len(values) > 1
    here = await screen.session.copier.situation()
    try:
        # Nothing may draw meanwhile: its output would wait for a terminal that isn't
        # ours.
        with screen.app.batch_update(), screen.app.suspend():
            for what, value in itertools.cycle(values):
                view = partial(
                    show_until_key, what, value, more=more, here=here, leave=leave
                )
                key = await _to_its_end(asyncio.to_thread(view), leave)
                if key != NEXT or not more:
                    break
    except SuspendNotSupported:
        screen.say("Tokendeck can't leave this terminal for a moment.", "warn")
        return
    if key == WRITE:
        try:
            fetch = screen.session.files.write(value)
        except FileRefused as refusal:
            screen.say(str(refusal), "error")
        else:
            written = "(only you can read the file; Tokendeck deletes it when you quit)"
            screen.say(f"On your machine: {fetch} {written}")


async def _to_its_end(showing: Awaitable[str], leave: threading.Event) -> str:
    """Wait for the key; if the wait is cancelled, wipe the terminal first."""
    task: asyncio.Future[str] = asyncio.ensure_future(showing)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        leave.set()
        await task
        raise
