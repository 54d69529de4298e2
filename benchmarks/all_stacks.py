"""Runs the dashboard on a served fleet.

`python -m benchmarks.all_stacks REGIONS FILE` takes what the sandbox prints about its
regions, and writes to FILE the seconds from the first answer in the table of all stacks
to its first row.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

from tui.connection.connection import Connection
from tui.contentstack.credentials import Credential
from tui.contentstack.regions import custom_region
from tui.secret import Secret
from tui.terminal import capabilities as terminal

_OWNER = "omar@example.com"
_RATE = 25
"""Reads per second and organization: the sandbox has no limit, but has to keep up."""


def main() -> None:
    """Run the program until it quits."""
    terminal.prepare(os.environ)
    from tui.app import TokendeckApp  # noqa: PLC0415 - Textual reads the environment as it loads
    from tui.screens.all_stacks import AllStacksScreen  # noqa: PLC0415
    from tui.screens.stack_sessions import StackSessions  # noqa: PLC0415

    told, said = json.loads(sys.argv[1]), Path(sys.argv[2])

    class Timed(TokendeckApp):
        """Records how long the first row took."""

        answered_at: float | None = None

        def post_display_hook(self) -> None:
            screen = self.screen
            if not isinstance(screen, AllStacksScreen) or said.exists():
                return
            readings = screen.known.readings.values()
            if self.answered_at is None and any(each.read_at for each in readings):
                self.answered_at = perf_counter()
            if self.answered_at is not None and screen.table.total_count:
                said.write_text(str(perf_counter() - self.answered_at))

    connects = {str(region["name"]): connect_to(region) for region in told}
    first = next(iter(connects))
    app = Timed(connects[first], stacks=StackSessions(connects, first, _RATE))
    app.run(mouse=False)


def connect_to(region: Mapping[str, object]) -> Callable[[], Connection]:
    """Return a function that connects the owner to a region of the sandbox."""
    users, stacks = region["users"], region["stacks"]
    assert isinstance(users, list)
    assert isinstance(stacks, list)
    owner = next(user for user in users if user["email"] == _OWNER)
    urls = {api: str(region[api]) for api in ("cma", "cda", "preview")}
    connection = Connection(
        region=custom_region(**urls, name=str(region["name"])),
        credential=Credential("authtoken", Secret(owner["authtoken"])),
        stack=stacks[0]["api_key"],
    )
    return lambda: connection


if __name__ == "__main__":
    main()
