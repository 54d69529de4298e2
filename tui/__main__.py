"""The entry point of `tokendeck`, which is `python -m tui`."""

from __future__ import annotations

from tui.loading import loading


def main() -> None:
    """Load the command line, and run it."""
    with loading():
        from tui.cli.main import main as run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
