"""Copies a secret, and claims no more about the copy than is known.

The first copy loads the routes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from tui.clipboard.osc52 import ASK_ATTRIBUTES, TAKES_COPIES, sequence
from tui.clipboard.setting import ClipboardSetting
from tui.clock import Clock, utc_now
from tui.secret import Secret

if TYPE_CHECKING:
    from tui.clipboard.local import LocalClipboard
    from tui.clipboard.situation import RouteName, Situation
    from tui.clipboard.tmux import TmuxBuffer

HARMLESS = "tokendeck"
"""Copied as a test, and to overwrite a copy: tmux won't copy an empty text."""

_CHANGED = "returned something other than what Tokendeck sent"

_ANSWER = 0.4
"""Seconds to wait for a terminal; a later answer helps with the next copy."""

_log = logging.getLogger(__name__)


class Grade(Enum):
    """How much is known about a copy."""

    VERIFIED = "read back and found the same"
    EXPECTED = "sent to a terminal that accepts copies"
    SENT = "sent to the terminal, which never answers"
    HELD = "read back in tmux, and known not to reach the terminal"
    FAILED = "didn't arrive"


@dataclass(frozen=True)
class CopyResult:
    """What came of a copy.

    Attributes:
        grade: How much is known about it.
        sentence: What the status line says about it, without the value.
        more: What the messages add, for which the status line has no room.
        route: The route it took, or None if it took none.
        helps: The id of the command to try next; empty if none is needed.
    """

    grade: Grade
    sentence: str
    route: RouteName | None = None
    helps: str = ""
    more: str = ""


_Result = tuple[Grade, str, str, str]
"""A copy's grade, sentence, next command (`helps`) and additional words."""


@dataclass(frozen=True)
class _LeftCopy:
    """A copy that is still on a clipboard; `until` is None if nothing will clear it."""

    what: str
    route: RouteName
    until: datetime | None


class Copier:
    """Copies by the first available route, and clears only what is provably ours.

    Args:
        environ: The environment, which shows where we are.
        write_to_terminal: Writes a sequence past the screen.
        choice: The route from the settings, or "auto".
        clear_after: Seconds after which a copy is cleared; 0 for never.
        recall: Returns what the user said about copies in earlier runs, by place.
        clock: Returns the current time.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        write_to_terminal: Callable[[str], None],
        *,
        choice: ClipboardSetting = "auto",
        clear_after: int = 45,
        recall: Callable[[], Mapping[str, bool]] = dict,
        clock: Clock = utc_now,
    ) -> None:
        self._environ = environ
        self._write = write_to_terminal
        self._choice = choice
        self._clear_after = clear_after
        self._recall = recall
        self._clock = clock
        self._finding: asyncio.Task[Situation] | None = None
        self._told: asyncio.Future[bool] | None = None
        self._answers: dict[str, bool] = {}
        self._buffer: TmuxBuffer
        self._local: LocalClipboard
        self._left: _LeftCopy | None = None

    async def situation(self) -> Situation:
        """Return where we are; the first call finds out."""
        if self._finding is None:
            self._finding = asyncio.create_task(asyncio.to_thread(self._look))
        return await asyncio.shield(self._finding)

    def hear(self, numbers: frozenset[int]) -> None:
        """Note what the terminal said about itself, no matter who asked."""
        if self._told is None:
            self._told = asyncio.get_running_loop().create_future()
        if not self._told.done():
            self._told.set_result(TAKES_COPIES in numbers)

    @property
    def left_something(self) -> bool:
        """Whether a copy from this run may still be on a clipboard."""
        return self._left is not None

    async def copy(self, secret: Secret, what: str) -> CopyResult:
        """Put exactly the secret's characters on the clipboard; `what` names it."""
        copied = await self._copy(secret, what)
        result = await self._clear_later(copied, what)
        _log.info("%s: %s", result.route or self._choice, result.grade.value)
        return result

    async def try_out(self) -> CopyResult:
        """Copy a harmless word, so that the user can see whether it arrives."""
        return await self._copy(Secret(HARMLESS), f"the word {HARMLESS}")

    async def answer(self, arrived: bool) -> str:
        """Note whether copies arrive here, and return the place this applies to."""
        place = (await self.situation()).place
        self._answers[place] = arrived
        return place

    async def overwrite(self) -> str:
        """Clear the last copy wherever we can reach it, and say what came of it."""
        left, self._left = self._left, None
        if left is None:
            return "Nothing you copied in this run is on the clipboard."
        if left.route == "native":
            return await self._clear_desktop()
        here = await self.situation()
        asked = "Asked your"
        if left.route == "tmux":
            await self._clear_tmux(here)
            asked = "Deleted it from tmux, and asked your"
        if left.route == "osc52" or here.wraps_for_tmux:
            self._write(sequence(Secret(HARMLESS), here))
        return (
            f"{asked} terminal to replace it. A clipboard manager may have kept a copy."
        )

    async def _clear_desktop(self) -> str:
        if await asyncio.to_thread(self._local.clear):
            return "Cleared the clipboard. A clipboard manager may have kept a copy."
        return "The clipboard has something else now, so Tokendeck left it."

    async def _clear_tmux(self, here: Situation) -> None:
        # A word takes the same route, and overwrites what was sent to the terminal.
        await asyncio.to_thread(
            self._buffer.copy, Secret(HARMLESS), send_on=here.sends_by_tmux
        )
        await asyncio.to_thread(self._buffer.clear)

    def farewell(self) -> str:
        """Say what is still on a clipboard at the end; "" if nothing is."""
        left = self._left
        if left is None:
            return ""
        cleared = left.until is not None and left.until <= self._clock()
        if left.route == "native":
            return "" if cleared else f"On the clipboard{_until(left)}: {left.what}."
        where = "Maybe"
        if left.route == "tmux" and left.until is not None and not cleared:
            where = f"In tmux{_until(left)}, and maybe"
        return (
            f"{where} still on your terminal's clipboard, which can't be cleared from "
            f"here: {left.what}."
        )

    def _look(self) -> Situation:
        from tui.clipboard.local import LocalClipboard  # noqa: PLC0415 - see above
        from tui.clipboard.situation import look  # noqa: PLC0415
        from tui.clipboard.tmux import TmuxBuffer  # noqa: PLC0415

        here = look(self._environ)
        self._answers = {**self._recall()}
        self._buffer = TmuxBuffer(here.environ)
        self._local = LocalClipboard(here.tool, here.environ)
        return here

    async def _copy(self, secret: Secret, what: str) -> CopyResult:
        if self._choice == "off":
            words = f'Couldn\'t copy {what}: the clipboard setting is "off".'
            return CopyResult(Grade.FAILED, words, helps="plain")
        from tui.clipboard.situation import describe  # noqa: PLC0415 - see above

        here = await self.situation()
        ways = {
            "native": self._by_native,
            "tmux": self._by_tmux,
            "osc52": self._by_osc52,
        }
        tried = ""
        for route in describe(here):
            if self._choice not in ("auto", route.name):
                continue
            # If the user chose the desktop's clipboard, they know whose display it is.
            insisted = self._choice == "native" and here.tool
            if not route.usable and not insisted:
                tried = route.words
                continue
            grade, words, helps, more = await ways[route.name](here, secret, what)
            if grade is not Grade.FAILED:
                return CopyResult(grade, words, route.name, helps, more)
            tried = words
        words = f"Couldn't copy {what}: {tried}."
        return CopyResult(Grade.FAILED, words, helps="plain")

    async def _by_native(self, _here: Situation, secret: Secret, what: str) -> _Result:
        if await asyncio.to_thread(self._local.copy, secret):
            return Grade.VERIFIED, f"Copied {what} and read it back.", "", ""
        return Grade.FAILED, f"{self._local.tool} {_CHANGED}", "", ""

    async def _by_tmux(self, here: Situation, secret: Secret, what: str) -> _Result:
        copy, send_on = self._buffer.copy, here.sends_by_tmux
        if not await asyncio.to_thread(copy, secret, send_on=send_on):
            return Grade.FAILED, f"tmux {_CHANGED}", "", ""
        copied, pastes = f"Copied {what} to tmux", "prefix ] pastes it in tmux."
        if here.wraps_for_tmux:
            self._write(sequence(secret, here))
        elif not here.sends_by_tmux:
            words = f"{copied}, but not to your terminal."
            more = f"{pastes} See `tokendeck help clipboard`."
            return Grade.HELD, words, "plain", more
        _, words, helps, more = self._onward(here)
        # After a refusal, seeing the value helps.
        grade = Grade.HELD if helps == "plain" else Grade.VERIFIED
        if grade is Grade.VERIFIED:
            copied = f"{copied} and sent it on"
        words = f"{copied}{words}"
        return grade, words, helps, f"{more} {pastes}".strip()

    async def _by_osc52(self, here: Situation, secret: Secret, what: str) -> _Result:
        self._write(sequence(secret, here))
        here = replace(here, says_so=await self._says_so(here))
        grade, words, helps, more = self._onward(here)
        verb = "Sent" if helps == "plain" else "Copied"
        return grade, f"{verb} {what}{words}", helps, more

    async def _says_so(self, here: Situation) -> bool:
        """Return whether the terminal says that it takes copies."""
        # A multiplexer would answer in the terminal's place.
        if here.takes_copies is not None or here.multiplexer or here.mosh:
            return False
        if self._told is None:
            self._told = asyncio.get_running_loop().create_future()
            self._write(ASK_ATTRIBUTES)
        try:
            async with asyncio.timeout(_ANSWER):
                return await asyncio.shield(self._told)
        except TimeoutError:
            return False

    def _onward(self, here: Situation) -> _Result:
        """Return what is known about a copy that was sent to the terminal."""
        arrived = self._answers.get(here.place)
        if arrived is True:
            return Grade.EXPECTED, ". Your test copy arrived.", "", ""
        if arrived is False:
            return Grade.SENT, ", but your test copy didn't arrive.", "plain", ""
        if here.fills_primary:
            from tui.clipboard.situation import NAMES_CLIPBOARD  # noqa: PLC0415

            words = ". Check with the middle button."
            more = (
                f"xterm gives it to the middle button, not ctrl+v: {NAMES_CLIPBOARD}."
            )
            return Grade.SENT, words, "clipboard_test", more
        if here.says_so:
            return Grade.EXPECTED, ". Your terminal says it accepts copies.", "", ""
        if here.takes_copies is None:
            return Grade.SENT, ". Paste to check.", "clipboard_test", ""
        if here.takes_copies:
            words = f". {here.terminal} usually accepts copies."
            return Grade.EXPECTED, words, "", "Its settings can forbid it."
        words = f", but {here.terminal} refuses copies."
        return Grade.SENT, words, "plain", ""

    async def _clear_later(self, result: CopyResult, what: str) -> CopyResult:
        """Schedule clearing the copy if that's safe, and note what is left."""
        if result.route is None:
            return result
        if result.route == "osc52" or not self._clear_after:
            self._left = _LeftCopy(what, result.route, None)
            return result
        is_native = result.route == "native"
        by = self._local if is_native else self._buffer
        await asyncio.to_thread(by.clear_later, self._clear_after)
        until = self._clock() + timedelta(seconds=self._clear_after)
        self._left = _LeftCopy(what, result.route, until)
        at = f"{until:%H:%M:%S} UTC"
        if is_native:
            return replace(result, sentence=f"{result.sentence} Clears at {at}.")
        return replace(result, more=f"{result.more} Clears from tmux at {at}.".strip())


def _until(left: _LeftCopy) -> str:
    return f" until {left.until:%H:%M:%S} UTC" if left.until else " still"
