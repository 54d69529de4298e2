"""The warnings about the tokens of all stacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tui.fleet.places import FleetStack
from tui.fleet.snapshot import FleetSnapshot
from tui.workspace.health import HealthWarning, health_warnings


@dataclass(frozen=True)
class FleetWarning:
    """A warning, and the stack that its token is in."""

    place: FleetStack
    warning: HealthWarning

    @property
    def key(self) -> str:
        """What identifies it."""
        return f"{self.place.key} {self.warning.token.uid} {self.warning.what}"


def fleet_warnings(known: FleetSnapshot, now: datetime) -> tuple[FleetWarning, ...]:
    """Return the warnings of every stack, those about management tokens first.

    It isn't known here what a stack doesn't have any more: its environments and
    branches are only read once it's opened.
    """
    found = [
        FleetWarning(reading.stack, warning)
        for reading in known.readings.values()
        for warning in health_warnings(reading.as_snapshot(), now)
    ]
    return tuple(sorted(found, key=lambda each: each.warning.token.kind == "delivery"))
