"""Copies a file's contents with the program's own copier, inside any multiplexer.

`python -m tests.support.copying FILE [SECONDS]`, then a word on each line of input:
`overwrite` or `end`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from tui.clipboard.copier import Copier
from tui.secret import Secret


def _write(sequence: str) -> None:
    sys.stdout.write(sequence)
    sys.stdout.flush()


async def _main(value: str, seconds: str = "45") -> None:
    copier = Copier(os.environ, _write, clear_after=int(seconds))
    outcome = await copier.copy(Secret(value), "it")
    _write(f"{outcome.grade.name} {outcome.route}: {outcome.sentence} {outcome.more}\n")
    while True:
        word = (await asyncio.to_thread(sys.stdin.readline)).strip()
        if word == "end":
            break
        if word == "overwrite":
            _write(f"{await copier.overwrite()}\n")
    _write(f"left: {copier.farewell()}\n")


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]).read_text("utf-8"), *sys.argv[2:]))
