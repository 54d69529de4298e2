"""Copying a secret, and saying no more of it than is known."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal

from tui.clipboard.local import LocalClipboard
from tui.clipboard.osc52 import ASK_ATTRIBUTES, TAKES_COPIES, sequence
from tui.clipboard.situation import (
    NAMES_CLIPBOARD,
    RouteName,
    Situation,
    describe,
    look,
)
from tui.clipboard.tmux import TmuxBuffer
from tui.clock import Clock, utc_now
from tui.secret import Secret

ClipboardSetting = Literal["auto", "osc52", "tmux", "native", "off"]

HARMLESS = "tokendeck"
"""What is copied for a test, and over what is to be forgotten.

Tmux takes no empty text for a change.
"""

_ANSWER = 0.4
"""Seconds in which a terminal answers, over a slow line too.

What comes later is known for the next copy.
"""

_log = logging.getLogger(__name__)


class Grade(Enum):
    """How much is known of a copy."""

    VERIFIED = "read back and found the same"
    EXPECTED = "sent to a terminal that takes copies"
    SENT = "sent to the terminal, which does not answer"
    HELD = "read back in tmux, and known not to reach the terminal"
    FAILED = "known not to have arrived"


@dataclass(frozen=True)
class CopyResult:
    """What came of a copy; `sentence` says it for the status line, without the value.

    `helps` is the id of the command that helps on, empty where none is needed.
    """

    grade: Grade
    sentence: str
    route: RouteName | None = None
    helps: str = ""


_Result = tuple[Grade, str, str]
"""How much is known of it, in words, and the command that helps on."""


@dataclass(frozen=True)
class _Left:
    """A copy that still lies about; `until` is None where nothing clears it."""

    what: str
    route: RouteName
    until: datetime | None


class Copier:
    """Copies by the first route that is open here, and clears what is provably still ours.

    `write_to_terminal` goes past the screen. After `clear_after` seconds a copy is cleared, never for 0.
    `recall` has the answers about copies from earlier runs, by place.
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
        self._buffer = TmuxBuffer(environ)
        self._local = LocalClipboard("", environ)
        self._left: _Left | None = None

    async def situation(self) -> Situation:
        """Where we are; found out when first asked for."""
        if self._finding is None:
            self._finding = asyncio.create_task(asyncio.to_thread(self._look))
        return await asyncio.shield(self._finding)

    def hear(self, numbers: frozenset[int]) -> None:
        """Take what the terminal said of itself, whoever asked it."""
        if self._told is None:
            self._told = asyncio.get_running_loop().create_future()
        if not self._told.done():
            self._told.set_result(TAKES_COPIES in numbers)

    @property
    def left_something(self) -> bool:
        """Whether a copy of this run may still lie on a clipboard."""
        return self._left is not None

    async def copy(self, secret: Secret, what: str) -> CopyResult:
        """Put exactly the secret's characters on the clipboard.

        `what` names it in the sentence.
        """
        outcome = await self._left_behind(await self._copy(secret, what), what)
        _log.info("%s: %s", outcome.route or self._choice, outcome.grade.value)
        return outcome

    async def try_out(self) -> CopyResult:
        """Copy a harmless word, so that the user can see whether it arrives."""
        return await self._copy(Secret(HARMLESS), f"the word {HARMLESS}")

    async def answer(self, arrived: bool) -> str:
        """Take the user's word on whether copies arrive here.

        The place that it holds for.
        """
        place = (await self.situation()).place
        self._answers[place] = arrived
        return place

    async def overwrite(self) -> str:
        """Take the last copy off its clipboard, as far as that can be reached.

        What came of it.
        """
        left, self._left = self._left, None
        if left is None:
            return "Nothing of this run lies on a clipboard."
        if left.route == "native":
            if await asyncio.to_thread(self._local.clear):
                return "The clipboard is cleared; a clipboard manager may have kept a copy."
            return "Something else is on the clipboard by now; it was left alone."
        here = await self.situation()
        if left.route == "tmux":
            # A word goes the same way, and what was sent on to the terminal is
            # overwritten by it.
            await asyncio.to_thread(
                self._buffer.copy, Secret(HARMLESS), send_on=here.sends_by_tmux
            )
            await asyncio.to_thread(self._buffer.clear)
        if left.route == "osc52" or here.wraps_for_tmux:
            self._write(sequence(Secret(HARMLESS), here))
        gone = "Tmux's buffer is deleted, and your" if left.route == "tmux" else "Your"
        return (
            f"{gone} terminal was asked to "
            f"put the word {HARMLESS} in its place; a clipboard manager may have kept a copy."
        )

    def farewell(self) -> str:
        """What still lies on a clipboard as the program ends; empty if nothing does."""
        left = self._left
        if left is None or (
            left.route == "native" and left.until and left.until <= self._clock()
        ):
            return ""
        until = (
            f" until {left.until:%H:%M:%S} UTC"
            if left.until and left.until > self._clock()
            else ""
        )
        if left.route == "native":
            return f"On the clipboard{until or ' still'}: {left.what}."
        in_tmux = (
            f"In tmux{until or ' still'}, and perhaps"
            if left.route == "tmux" and until
            else "Perhaps"
        )
        return f"{in_tmux} still on your terminal's clipboard, which can't be cleared from here: {left.what}."

    def _look(self) -> Situation:
        here = look(self._environ)
        self._answers = {**self._recall()}
        self._buffer = TmuxBuffer(here.environ)
        self._local = LocalClipboard(here.tool, here.environ)
        return here

    async def _copy(self, secret: Secret, what: str) -> CopyResult:
        if self._choice == "off":
            words = f'Not copied, {what}: the setting clipboard is "off".'
            return CopyResult(Grade.FAILED, words, helps="plain")
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
            # Whoever names the desktop's clipboard knows better whose display it is.
            insisted = self._choice == "native" and here.tool
            if not route.usable and not insisted:
                tried = route.words
                continue
            grade, words, helps = await ways[route.name](here, secret, what)
            if grade is not Grade.FAILED:
                return CopyResult(grade, words, route.name, helps)
            tried = words
        return CopyResult(Grade.FAILED, f"Not copied, {what}: {tried}.", helps="plain")

    async def _by_native(self, _here: Situation, secret: Secret, what: str) -> _Result:
        if await asyncio.to_thread(self._local.copy, secret):
            return Grade.VERIFIED, f"Copied {what}; read back and found the same.", ""
        return (
            Grade.FAILED,
            f"{self._local.tool} did not give back what it was given",
            "",
        )

    async def _by_tmux(self, here: Situation, secret: Secret, what: str) -> _Result:
        if not await asyncio.to_thread(
            self._buffer.copy, secret, send_on=here.sends_by_tmux
        ):
            return Grade.FAILED, "tmux did not give back what it was given", ""
        copied = f"Copied {what} into tmux, read back; prefix ] pastes it there."
        if here.wraps_for_tmux:
            self._write(sequence(secret, here))
        elif not here.sends_by_tmux:
            return (
                Grade.HELD,
                f"{copied} Your terminal gets nothing: see docs/clipboard.md.",
                "plain",
            )
        _, words, helps = self._onward(here)
        # What helps on after a refusal is to see the value.
        grade = Grade.HELD if helps == "plain" else Grade.VERIFIED
        return grade, f"{copied} Sent on to your terminal{words}", helps

    async def _by_osc52(self, here: Situation, secret: Secret, what: str) -> _Result:
        self._write(sequence(secret, here))
        grade, words, helps = self._onward(
            replace(here, says_so=await self._says_so(here))
        )
        return grade, f"Sent {what} to your terminal{words}", helps

    async def _says_so(self, here: Situation) -> bool:
        """Whether the terminal says that it takes copies.

        A multiplexer would answer in its place.
        """
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
        """What is known of a copy that was sent to the terminal."""
        arrived = self._answers.get(here.place)
        if arrived is not None:
            words = (
                f", where your test copy {'arrived' if arrived else 'did not arrive'}."
            )
            return (
                (Grade.EXPECTED, words, "") if arrived else (Grade.SENT, words, "plain")
            )
        if here.fills_primary:
            words = f"; if xterm takes it, the middle button pastes it, not ctrl+v: {NAMES_CLIPBOARD}."
            return Grade.SENT, words, "clipboard_test"
        if here.says_so:
            return Grade.EXPECTED, ", which says that it takes copies.", ""
        if here.takes_copies is None:
            return Grade.SENT, "; paste to check.", "clipboard_test"
        if here.takes_copies:
            return (
                Grade.EXPECTED,
                f"; {here.terminal} takes copies unless its settings forbid it.",
                "",
            )
        return Grade.SENT, f", but {here.terminal} is known to refuse copies.", "plain"

    async def _left_behind(self, outcome: CopyResult, what: str) -> CopyResult:
        """Have the copy cleared where that can be done safely, and note what is left."""
        if outcome.route is None:
            return outcome
        if outcome.route == "osc52" or not self._clear_after:
            self._left = _Left(what, outcome.route, None)
            return outcome
        by = self._local if outcome.route == "native" else self._buffer
        await asyncio.to_thread(by.clear_later, self._clear_after)
        until = self._clock() + timedelta(seconds=self._clear_after)
        self._left = _Left(what, outcome.route, until)
        place = "" if outcome.route == "native" else " from tmux"
        return replace(
            outcome,
            sentence=f"{outcome.sentence} Clears{place} at {until:%H:%M:%S} UTC.",
        )
