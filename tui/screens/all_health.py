"""Health over all stacks: the warnings about every token that was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from tui.display import visible
from tui.fleet.places import FleetPlace
from tui.fleet.snapshot import FleetSnapshot
from tui.fleet.warnings import fleet_warnings
from tui.screens.across_stacks import AcrossStacks
from tui.screens.health import COLUMNS, HealthScreen
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.token_table import TokenTable
from tui.workspace.health import HealthWarning


class AllHealthScreen(HealthScreen, AcrossStacks[None]):
    """The warnings of all stacks, with those about management tokens first."""

    COLUMNS: ClassVar[Sequence[Column]] = (
        Column("stack", "STACK", 20, least=10),
        *COLUMNS,
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._places: Mapping[str, FleetPlace] = {}
        self._of: FleetSnapshot | None = None
        self._found: Mapping[str, HealthWarning] = {}

    @property
    def place(self) -> FleetPlace | None:
        """Where the token of the warning is."""
        return self._places.get(self.query_one(TokenTable).cursor_key or "")

    @property
    def keys_at_hand(self) -> Sequence[str]:
        """The key of the warning under the cursor."""
        key = self.query_one(TokenTable).cursor_key
        return [key] if key else []

    def warnings(self) -> Mapping[str, HealthWarning]:
        """Return the warnings of all stacks by the keys of their rows."""
        known = self.known
        if known is self._of:
            return self._found
        found = fleet_warnings(known, self.main.workspace.clock())
        self._of = known
        self._places = {each.key: each.place for each in found}
        self._found = {each.key: each.warning for each in found}
        return self._found

    def cells(self, key: str) -> tuple[str, ...]:
        """Return the cells of a row, its stack first."""
        return visible(self._places[key].stack_name), *super().cells(key)

    def unchecked(self) -> str:
        """Say what is only checked in an open stack."""
        return "To check for environments and branches that are gone, open the stack."
