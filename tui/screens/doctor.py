"""The doctor: what works here, what does not, and the key or the words that mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from textual.widget import Widget

from tui.commands import Place, command
from tui.doctor.checks import configuration, program, surroundings, terminal
from tui.doctor.report import CheckResult, failed, summary
from tui.screens.base import TokendeckScreen
from tui.widgets.facts_card import Fact, FactsCard


class DoctorScreen(TokendeckScreen[None], place=Place.DOCTOR):
    """What can be seen from here at once, then what hosts and login answer."""

    AUTO_FOCUS = "FactsCard"

    def compose_body(self) -> Iterable[Widget]:
        """The findings alone."""
        yield FactsCard(
            "Doctor", id="findings", focusable=True, glyphs=self.session.glyphs
        )

    def on_screen_resume(self) -> None:
        """Look when the screen opens, and after another one may have mended something."""
        self.call_after_refresh(self.do_refresh)

    async def do_refresh(self) -> None:
        """Look at everything anew."""
        self.run_worker(self._examine, group="doctor", exclusive=True)

    async def _examine(self) -> None:
        settings, environ = self.session.settings, self.session.environ
        read = (program(), *configuration(settings, environ))
        # What is asked of a multiplexer may take a moment.
        here = await self.waiting(asyncio.to_thread(terminal, environ))
        self._show((*read, *here))
        self.say(f"Asking hosts and login {self.session.glyphs.ellipsis}")
        around = await self.waiting(
            surroundings(self.session.workspace.account, settings)
        )
        findings = (*read, *around, *here)
        self._show(findings)
        self.say(summary(findings), "error" if failed(findings) else "info")

    def _show(self, findings: Iterable[CheckResult]) -> None:
        facts = []
        for found in findings:
            verdict = "FAIL" if found.verdict == "fail" else found.verdict
            facts.append(Fact(f"{verdict:<4} {found.subject}", found.words))
            if found.cure:
                # A label of its own, though a blank one: the cure stands under what it
                # mends.
                facts.append(Fact(" ", found.cure, self._key(found)))
        self.query_one(FactsCard).set_facts("Doctor", facts)

    def _key(self, found: CheckResult) -> str:
        """The key that mends it, where one does that from here."""
        if found.remedy is None or self.PLACE not in command(found.remedy).places:
            return ""
        return f"{self.session.key(found.remedy)} {command(found.remedy).label.lower()}"
