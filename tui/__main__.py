"""`python -m tui` is `tokendeck`."""

from tui.cli import main

if __name__ == "__main__":
    main()
