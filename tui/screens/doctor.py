"""The doctor: what works here, what doesn't, and how to fix it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from textual.widget import Widget

from tui.commands import Place, command
from tui.doctor.checks import configuration, program, surroundings, terminal
from tui.doctor.report import CheckResult, failed, summary
from tui.screens.base import TokendeckScreen
from tui.widgets.facts_card import Fact, FactsCard

_TONES = {"ok": "", "warn": "warn", "fail": "error"}


class DoctorScreen(TokendeckScreen[None], place=Place.DOCTOR):
    """What can be seen from here at once, then what hosts and account answer."""

    AUTO_FOCUS = "FactsCard"

    def compose_body(self) -> Iterable[Widget]:
        """The results, and nothing else."""
        yield FactsCard(
            "Doctor", id="findings", focusable=True, glyphs=self.session.glyphs
        )

    def on_screen_resume(self) -> None:
        """Check when the screen opens, and after another that may have fixed it."""
        self.call_after_refresh(self.do_refresh)

    async def do_refresh(self) -> None:
        """Check everything again."""
        self.run_worker(self._check, group="doctor", exclusive=True)

    async def _check(self) -> None:
        settings, environ = self.session.settings, self.session.environ
        read = (program(), *configuration(settings, environ))
        # What is asked of a multiplexer may take a moment.
        here = await self.while_here(asyncio.to_thread(terminal, environ))
        self._show((*read, *here))
        self.say(f"Checking hosts and session {self.session.glyphs.ellipsis}")
        around = await self.while_here(
            surroundings(self.session.workspace.account, settings)
        )
        results = (*read, *around, *here)
        self._show(results)
        self.say(summary(results), "error" if failed(results) else "info")

    def _show(self, results: Iterable[CheckResult]) -> None:
        facts = []
        for result in results:
            verdict = "FAIL" if result.verdict == "fail" else result.verdict
            label, tone = f"{verdict:<4} {result.subject}", _TONES[result.verdict]
            facts.append(Fact(label, result.words, tone=tone))
            if result.cure:
                # A label of its own, though a blank one: the cure stands under the
                # problem that it fixes.
                facts.append(Fact(" ", result.cure, self._key(result)))
        self.query_one(FactsCard).set_facts("Doctor", facts)

    def _key(self, result: CheckResult) -> str:
        """Return the key that fixes it, where one does so from here."""
        if result.remedy is None:
            return ""
        remedy = command(result.remedy)
        if self.PLACE not in remedy.places:
            return ""
        return f"{self.session.key(remedy.id)} {remedy.label.lower()}"
