"""Runs the dashboard on an embedded stack with any number of tokens.

`python -m benchmarks.many COUNT FILE` writes to FILE the seconds between having read
the tokens and having drawn them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import perf_counter

from tui.clock import utc_now
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.terminal import capabilities as terminal

_NO_LIMIT = 100_000


def main() -> None:
    """Run the program until it quits."""
    terminal.prepare(os.environ)
    from tui.app import TokendeckApp  # noqa: PLC0415 - Textual reads the environment as it loads
    from tui.widgets.token_table import TokenTable  # noqa: PLC0415
    from tui.workspace.snapshot import Snapshot  # noqa: PLC0415

    count, said = int(sys.argv[1]), Path(sys.argv[2])

    class Timed(TokendeckApp):
        """Records how long it took to draw the tokens."""

        read_at: float | None = None

        def post_display_hook(self) -> None:
            tables = self.screen.query(TokenTable)
            drawn = any(table.shown_count >= count for table in tables)
            if self.read_at is not None and drawn and not said.exists():
                said.write_text(str(perf_counter() - self.read_at))

    def note(snapshot: Snapshot) -> None:
        if len(snapshot.delivery.items) >= count:
            app.read_at = app.read_at or perf_counter()

    app = Timed(lambda: _connection(count))
    app.workspace.snapshots.listen(note)
    app.run(mouse=False)


def _connection(count: int) -> Connection:
    from tui.sandbox.seed import seed_from  # noqa: PLC0415 - as the demo loads it: after the first paint
    from tui.sandbox.service import Sandbox  # noqa: PLC0415

    stack = {
        "name": "Storefront",
        "environments": ["production"],
        "limits": {"delivery_tokens": _NO_LIMIT},
        "fill_delivery_tokens": count,
    }
    return connection_to(Sandbox.from_seed(seed_from({"stacks": [stack]}), now=utc_now))


if __name__ == "__main__":
    main()
