"""Reads what Contentstack's starters read, from starters.toml."""

from __future__ import annotations

from pathlib import Path

import msgspec

_FILE = Path(__file__).with_name("starters.toml")


class Starter(msgspec.Struct, frozen=True):
    """A starter at one commit, and the variables that it reads.

    Attributes:
        form: the id of the form that writes them.
        own: the variables that are left to the site.
        region: how it writes AWS EU; empty if it has no region.
    """

    repository: str
    commit: str
    file: str
    form: str
    names: tuple[str, ...]
    own: tuple[str, ...] = ()
    region: str = ""


class _Table(msgspec.Struct):
    starter: tuple[Starter, ...]


def starters() -> tuple[Starter, ...]:
    """Return all starters, in the order of the forms."""
    return msgspec.toml.decode(_FILE.read_bytes(), type=_Table).starter
