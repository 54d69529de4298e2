"""Health: warnings about tokens. Enter runs the command that fixes one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.widget import Widget

from tui.commands import Command, Place, command
from tui.conditions import NO_ROW
from tui.contentstack.models import Token
from tui.screens.base import TokendeckScreen
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.table_model import Row
from tui.widgets.token_table import TokenTable
from tui.workspace.health import HealthWarning, unjudged
from tui.workspace.snapshot import kind_of

COLUMNS = (
    Column("name", "TOKEN", 22, least=14),
    Column("what", "WARNING", None, least=20),
    Column("kind", "KIND", 10, least=10, drop=1),
)


class HealthScreen(TokendeckScreen[None], place=Place.HEALTH):
    """The warnings, and the reason for the one under the cursor."""

    AUTO_FOCUS = "TokenTable"
    COLUMNS: ClassVar[Sequence[Column]] = COLUMNS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._drawn: Mapping[str, HealthWarning] | None = None
        self._by_key: Mapping[str, HealthWarning] = {}
        self._judged: tuple[HealthWarning, ...] | None = None
        self._keyed: Mapping[str, HealthWarning] = {}

    def compose_body(self) -> Iterable[Widget]:
        """Yield the list, and the details of a warning."""
        empty = "No warnings about expiry, scope, duplicates or missing descriptions."
        yield TokenTable(
            self.COLUMNS, empty=empty, id="list", glyphs=self.session.glyphs
        )
        yield FactsCard(id="warning", glyphs=self.session.glyphs)

    @property
    def warning(self) -> HealthWarning | None:
        """The warning under the cursor."""
        return self._by_key.get(self.query_one(TokenTable).cursor_key or "")

    @property
    def token(self) -> Token | None:
        """The token that the warning is about."""
        return self.warning.token if self.warning else None

    def draw(self) -> None:
        """Update the list from the snapshot."""
        warnings = self.warnings()
        if warnings is self._drawn:
            return
        self._drawn = self._by_key = warnings
        keys = list(warnings)
        table = self.query_one(TokenTable)
        table.set_lazy_rows(
            keys, lambda index: Row(keys[index], self.cells(keys[index]), style="warn")
        )
        self.say(self.unchecked())

    def warnings(self) -> Mapping[str, HealthWarning]:
        """Return the warnings by row key; the same object until one changes."""
        warnings = self.session.workspace.warnings
        if warnings is not self._judged:
            self._judged = warnings
            self._keyed = {f"{each.token.uid} {each.what}": each for each in warnings}
        return self._keyed

    def cells(self, key: str) -> tuple[str, ...]:
        """Return the cells of a row."""
        warning = self._by_key[key]
        return warning.token.name, f"! {warning.what}", kind_of(warning.token)

    def unchecked(self) -> str:
        """Say what couldn't be checked."""
        missing = ", ".join(unjudged(self.snapshot))
        words = f"Not checked, because some lists couldn't be read: {missing}."
        return words if missing else ""

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run: Enter runs the one that fixes the warning."""
        if item.id != "choose":
            return super().reason_against(item)
        if self.warning is None:
            return NO_ROW
        return super().reason_against(command(self.warning.command))

    def hint_word(self, item: Command) -> str:
        """Return the word beside a key: what Enter does depends on the warning."""
        if item.id == "choose" and self.warning:
            return command(self.warning.command).label.lower()
        return super().hint_word(item)

    async def do_choose(self) -> None:
        """Run the command that fixes it, on its token."""
        if self.warning:
            await self.action_command(self.warning.command)

    @on(TokenTable.CursorMoved)
    def _moved(self) -> None:
        title, facts = "", []
        if warning := self.warning:
            title = f"{warning.token.name} · {kind_of(warning.token)}"
            facts = self._facts(warning)
        self.query_one(FactsCard).set_facts(title, facts)
        self.draw_hints()

    def _facts(self, warning: HealthWarning) -> list[Fact]:
        label, key = command(warning.command).label, self.session.key
        keys = f"{key('choose')}, or {key(warning.command)} in the list"
        return [
            Fact("Warning", warning.what, tone="warn"),
            Fact("Why", warning.why),
            Fact("Fix", f"{label} it: press {keys}."),
        ]
