"""Opens the fleet of one or several sign-ins, at the pace that suits it."""

from __future__ import annotations

from collections.abc import Mapping

from tui.account.account import Connect
from tui.clock import Clock, utc_now
from tui.connection.connection import Connection
from tui.contentstack.steady_pace import STEADY_RATE, SteadyPacer
from tui.fleet.fleet import Fleet

_UNPACED = 10_000


def open_fleet(
    connection: Connection,
    others: Mapping[str, Connect],
    *,
    profile: str = "",
    rate: int = STEADY_RATE,
    clock: Clock = utc_now,
) -> Fleet:
    """Return the stacks of a connection and those of other profiles; none is read yet.

    `profile` is what the connection's own is called; empty where it is the only one.
    """
    connects: dict[str, Connect] = {profile: lambda: connection}
    connects |= {name: connect for name, connect in others.items() if name != profile}
    # What answers in this process has no limit that is shared with others.
    pacer = SteadyPacer(_UNPACED if connection.apps else rate)
    return Fleet(connects, rate=rate, clock=clock, pacer=pacer)
