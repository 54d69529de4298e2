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
    """Local checks at once, then what the hosts and the account answer."""

    AUTO_FOCUS = "FactsCard"

    def compose_body(self) -> Iterable[Widget]:
        """Yield the results, and nothing else."""
        yield FactsCard(
            "Doctor", id="findings", focusable=True, glyphs=self.session.glyphs
        )

    def on_screen_resume(self) -> None:
        """Check when the screen opens, and after one that may have fixed a problem."""
        self.call_after_refresh(self.do_refresh)

    async def do_refresh(self) -> None:
        """Check everything again."""
        self.run_worker(self._check, group="doctor", exclusive=True)

    async def _check(self) -> None:
        settings, environ = self.session.settings, self.session.environ
        read = (program(), *configuration(settings, environ))
        # Querying a multiplexer may take a moment.
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
                # It has a label of its own, though a blank one, so that the cure is
                # shown under the problem that it fixes.
                facts.append(Fact(" ", result.cure, self._key(result)))
        self.query_one(FactsCard).set_facts("Doctor", facts)

    def _key(self, result: CheckResult) -> str:
        """Return the key that fixes it, if there is one here."""
        if result.remedy is None:
            return ""
        remedy = command(result.remedy)
        if self.PLACE not in remedy.places:
            return ""
        return f"{self.session.key(remedy.id)} {remedy.label.lower()}"
