"""`python -m tui` is `tokendeck`, and the entry point of both."""

from __future__ import annotations

import gc


def main() -> None:
    """Load the command line, and run it."""
    # Nothing that is loaded becomes garbage: collecting while it loads is a tenth of the start.
    gc.disable()
    from tui.cli import main as run  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
