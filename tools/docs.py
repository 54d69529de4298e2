"""`make docs`: writes the documentation's tables that come from the program.

They go between `<!-- begin: NAME -->` and `<!-- end: NAME -->` on a page; the rest is
hand-written.
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from tools import shell_docs
from tools.starters import Starter, starters
from tui.commands import Place, commands_of, shown_key
from tui.config.documentation import settings_of
from tui.config.editing import toml_value
from tui.config.schema import Config, Hosts, Profile, Target
from tui.config.settings import VARIABLES
from tui.export.formats import STARTERS, ExportFormat

ROOT = Path(__file__).parent.parent

_PLACE = re.compile(r"(<!-- begin: (\w+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)


def pages() -> tuple[Path, ...]:
    """Return every page that may have places for tables."""
    return (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def refreshed(page: str) -> str:
    """Return the text of a page with every table rewritten.

    Raises:
        KeyError: if the page has a place for a table that doesn't exist.
    """
    return _PLACE.sub(lambda place: place[1] + TABLES[place[2]]() + place[3], page)


def main() -> int:
    """Refresh all pages and files, and print which ones changed."""
    texts = {path: refreshed(path.read_text("utf-8")) for path in pages()}
    for name, write in FILES.items():
        texts[ROOT / name] = write()
    for path, after in texts.items():
        if not path.exists() or path.read_text("utf-8") != after:
            path.write_text(after, "utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 0


def _settings(table: type[Struct]) -> str:
    rows = []
    for name, meaning, example in settings_of(table):
        shown = f"`{toml_value(example)}`" if example else ""
        rows.append((f"`{name}`", meaning, shown))
    return _table(("setting", "meaning", "example"), rows)


def _variables() -> str:
    rows = [(f"`{name}`", meaning) for name, meaning in VARIABLES.items()]
    return _table(("variable", "meaning"), rows)


def _keys() -> str:
    """Return a section for each place; keys that work everywhere come last."""
    places = sorted(Place, key=lambda place: place is Place.ANYWHERE)
    return "\n".join(f"## {place.value}\n\n{_keys_of(place)}" for place in places)


def _keys_of(place: Place) -> str:
    rows = []
    for item in commands_of(place):
        keys = " ".join(f"`{shown_key(key)}`" for key in item.keys)
        rows.append((keys, item.label, item.help, f"`{item.id}`"))
    return _table(("key", "command", "what it does", "id"), rows)


def _starters() -> str:
    forms = {form.id: form for form in STARTERS}
    rows = [_starter_row(starter, forms[starter.form]) for starter in starters()]
    heads = ("format", "starter", "file, commit", "variables", "left to you")
    return _table(heads, rows)


def _starter_row(starter: Starter, form: ExportFormat) -> tuple[str, ...]:
    place = f"{starter.file.rpartition('/')[2]}, {starter.commit[:7]}"
    own = ", ".join(f"`{name}`" for name in starter.own)
    suffixes = (name.removeprefix(form.prefix) for name in starter.names)
    names = ", ".join(sorted(suffixes))
    variables = f"`{form.prefix}…`: {names}"
    repository = starter.repository.removeprefix("contentstack/")
    return (form.label, repository, place, variables, own)


def _rooms() -> str:
    """Draw the tree of `tui/`, from the top layer to the bottom."""
    lines: list[str] = []
    for room in _layers():
        place = ROOT / "tui" / room
        if place.is_dir():
            lines += _purpose(f"  {room}/", place / "__init__.py")
            for inner in sorted(place.glob("*/__init__.py")):
                lines += _purpose(f"    {inner.parent.name}/", inner)
        else:
            lines += _purpose(f"  {room}.py", place.with_suffix(".py"))
    return "\n".join(["```", "tui/", *lines, "```", ""])


def _purpose(name: str, file: Path) -> Iterator[str]:
    """Yield the lines of a file or folder in the tree."""
    first, *others = textwrap.wrap(_first_paragraph(file), 66)
    yield f"{name:<21} {first}"
    yield from (f"{'':<22}{more}" for more in others)


def _layers() -> Iterator[str]:
    """Yield the rooms in the order in which they may import each other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (rooms,) = (contract for contract in contracts if contract["id"] == "rooms")
    for layer in rooms["layers"]:
        yield from layer.split(" | ")


def _first_paragraph(file: Path) -> str:
    words = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return " ".join(words.partition("\n\n")[0].split()).removesuffix(".")


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (heading, ("---",) * len(heading), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


TABLES: Mapping[str, Callable[[], str]] = {
    "file": lambda: _settings(Config),
    "profile": lambda: _settings(Profile),
    "hosts": lambda: _settings(Hosts),
    "target": lambda: _settings(Target),
    "variables": _variables,
    "keys": _keys,
    "starters": _starters,
    "rooms": _rooms,
    "commands": shell_docs.command_list,
    "exits": shell_docs.exit_code_list,
    "help": shell_docs.help_texts,
    "printed": shell_docs.printed_list,
    "documents": shell_docs.document_list,
}
"""Every table by the name of its place."""

FILES: Mapping[str, Callable[[], str]] = {
    "docs/schema.json": shell_docs.schema,
    "docs/tokendeck.1": shell_docs.man_page,
}
"""Every file that is generated as a whole."""


if __name__ == "__main__":
    sys.exit(main())
