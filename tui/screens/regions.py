"""The seven regions, and which of them knows the stack."""

from __future__ import annotations

from collections.abc import Iterator

from tui.commands import Place
from tui.connection.connection import ConnectionMissing
from tui.connection.region_finder import RegionAnswer, ask_regions, region_that_knows
from tui.contentstack.regions import REGIONS, Region
from tui.screens.search import SearchScreen
from tui.widgets.columns import Column
from tui.widgets.table_model import Row


class RegionsScreen(SearchScreen[Region], place=Place.REGIONS):
    """The regions; returns the one to switch to.

    Each is asked about the stack, if the stack is set by its API key.
    """

    COLUMNS = (
        Column("region", "REGION", 22, least=16),
        Column("stack", "THE STACK", 16, least=14),
        Column("host", "HOST", None, least=16, drop=1),
    )
    NO_MATCH = "No matches."

    def on_mount(self) -> None:
        """List the regions, and ask them."""
        self.offer(_rows(()))
        if not self.snapshot.demo:
            self.run_worker(self._ask, group="regions")
            return
        leaves = f"{self.session.key('choose')} leaves it for the selected region"
        self.say(f"The demo isn't in a region. {leaves}.")

    async def _ask(self) -> None:
        try:
            connection = await self.while_here(
                self.session.workspace.account.connection()
            )
        except ConnectionMissing as missing:
            self.say(str(missing), "error")
            return
        stack = connection.stack
        if stack is None or not stack.startswith("blt"):
            self.say(
                "Regions can only be asked by API key. Choose the stack's region from"
                " the list."
            )
            return
        self.say("Asking each region for the stack, using only its API key …")
        answers = await self.while_here(ask_regions(stack, REGIONS))
        self.offer(_rows(answers))
        region = region_that_knows(answers)
        if region is None:
            self.say(
                "The answers don't show where the stack is. Choose the region"
                " yourself.",
                "warn",
            )
            return
        self.table.move_to(region.id)
        goes = f"Press {self.session.key('choose')} to go there and sign in again."
        self.say(f"{region.name} knows the stack. {goes}", "good")


def _rows(answers: tuple[RegionAnswer, ...]) -> Iterator[tuple[Row, Region]]:
    verdicts = {answer.region.id: answer.verdict for answer in answers}
    for region in REGIONS:
        cells = (
            f"{region.name} ({region.id})",
            verdicts.get(region.id, ""),
            region.cma,
        )
        yield Row(region.id, cells), region
