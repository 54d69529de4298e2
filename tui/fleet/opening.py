"""Opens the fleet of one or several sign-ins, at a suitable pace."""

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
    """Return the fleet of a connection and of other profiles; nothing is read yet.

    `profile` is the name of the connection's own profile; empty if it's the only one.
    """
    connects: dict[str, Connect] = {profile: lambda: connection}
    connects |= {name: connect for name, connect in others.items() if name != profile}
    # The demo runs in this process, so it has no rate limit to share with others.
    pacer = SteadyPacer(_UNPACED if connection.apps else rate)
    return Fleet(connects, rate=rate, clock=clock, pacer=pacer)
