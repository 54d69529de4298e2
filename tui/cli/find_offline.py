"""Searches without asking Contentstack: for hooks, and when no one is signed in."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from tui.cli.exit_codes import Exit
from tui.cli.failures import Failure, tell
from tui.cli.find_options import FindOptions
from tui.cli.output import Output
from tui.leaks.finds import Tally
from tui.leaks.fingerprints import read_fingerprints
from tui.leaks.git import GitFailed
from tui.leaks.known import KnownTokens

_NONE_KEPT = (
    "No saved fingerprints, so this goes by how values look. See --keep-fingerprints."
)


def find_offline(asked: FindOptions, output: Output) -> NoReturn:
    """Search, print the result, and exit."""
    try:
        code = _search(asked, output)
    except GitFailed as failure:
        code = _fail(f"git can't say what is staged: {failure}.", output)
    except ValueError as refusal:
        # A `Refused`: loaded by the code that raises it.
        code = _fail(str(refusal), output)
    sys.exit(code)


def _search(asked: FindOptions, output: Output) -> Exit:
    tally = Tally()
    kept = read_fingerprints(os.environ)
    known = kept or KnownTokens()
    finds = asked.searched(known, tally)
    unknowable: list[str] = []
    if not asked.staged:
        from tui.messages.leaks import AUTHTOKENS, ENCODED

        unknowable += [AUTHTOKENS, ENCODED]
    if kept is None:
        unknowable.insert(0, _NONE_KEPT)
    return asked.end(finds, tally, known, unknowable, output)


def _fail(words: str, output: Output) -> Exit:
    tell(Failure(Exit.FAILED, words), as_json=output.as_json)
    return Exit.FAILED
