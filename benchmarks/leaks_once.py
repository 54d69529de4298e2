"""Searches a folder once for the benchmark's values, without its history."""

from __future__ import annotations

import sys

from benchmarks.leaks import Values
from tui.leaks.search import Search


def main() -> None:
    """Print the place of each match, as ripgrep does."""
    known = Values.seeded().tokens()
    for find in Search((sys.argv[1],), known, history=False).finds():
        print(find.path, find.line, find.token)


if __name__ == "__main__":
    main()
