"""Writes the tables of the documentation that are made from the program itself.

`make docs`.

A page has places for them, between `<!-- begin: NAME -->` and `<!-- end: NAME -->`; the
rest is hand-written.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tui.commands import Place, commands_of, shown_key
from tui.config.editing import toml_value
from tui.config.fields import FILE, HOSTS, PROFILE, Setting
from tui.config.settings import VARIABLES

ROOT = Path(__file__).parent.parent

_PLACE = re.compile(r"(<!-- begin: (\w+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)


def pages() -> tuple[Path, ...]:
    """Every page that may have places for tables."""
    return (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def refreshed(page: str) -> str:
    """The text of a page with every table made anew.

    Raises:
        KeyError: if the page has a place for a table that there isn't.
    """
    return _PLACE.sub(lambda place: place[1] + TABLES[place[2]]() + place[3], page)


def main() -> int:
    """Refresh all pages, and name those that changed."""
    for path in pages():
        before = path.read_text("utf-8")
        after = refreshed(before)
        if after != before:
            path.write_text(after, "utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 0


def _settings(settings: Iterable[Setting]) -> str:
    return _table(
        ("setting", "meaning", "example"),
        (
            (
                f"`{each.name}`",
                each.meaning,
                f"`{toml_value(each.example)}`" if each.example else "",
            )
            for each in settings
        ),
    )


def _variables() -> str:
    return _table(
        ("variable", "meaning"),
        ((f"`{name}`", meaning) for name, meaning in VARIABLES.items()),
    )


def _keys() -> str:
    """A section for each place, the keys that work everywhere last."""
    places = sorted(Place, key=lambda place: place is Place.ANYWHERE)
    return "\n".join(f"## {place.value}\n\n{_keys_of(place)}" for place in places)


def _keys_of(place: Place) -> str:
    rows = (
        (
            " ".join(f"`{shown_key(key)}`" for key in item.keys),
            item.label,
            item.help,
            f"`{item.id}`",
        )
        for item in commands_of(place)
    )
    return _table(("key", "command", "what it does", "id"), rows)


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (heading, ("---",) * len(heading), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


TABLES: Mapping[str, Callable[[], str]] = {
    "file": lambda: _settings(FILE),
    "profile": lambda: _settings(PROFILE),
    "hosts": lambda: _settings(HOSTS),
    "variables": _variables,
    "keys": _keys,
}
"""Every table, by the name of its place."""


if __name__ == "__main__":
    sys.exit(main())
