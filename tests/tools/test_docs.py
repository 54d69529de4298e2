from __future__ import annotations

from pathlib import Path

import pytest

from tools.docs import FILES, ROOT, TABLES, pages, refreshed
from tui.commands import COMMANDS
from tui.config.schema import Profile


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_is_not_older_than_the_program(page: Path) -> None:
    text = page.read_text("utf-8")
    assert refreshed(text) == text, "run `make docs`"


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_not_older_than_the_program(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == FILES[name](), "run `make docs`"


def test_every_setting_and_every_command_has_its_line() -> None:
    settings = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    keys = (ROOT / "docs" / "keys.md").read_text("utf-8")
    for name in Profile.__struct_fields__:
        assert f"\n| `{name}` |" in settings
    for command in COMMANDS:
        assert keys.count(f"| `{command.id}` |\n") == len(command.places)


def test_every_table_has_its_place() -> None:
    texts = "".join(page.read_text("utf-8") for page in pages())
    for table in TABLES:
        assert f"<!-- begin: {table} -->" in texts


def test_every_room_is_in_the_tree() -> None:
    tree = TABLES["rooms"]()
    for path in (ROOT / "tui").iterdir():
        if path.is_dir() and (path / "__init__.py").exists():
            assert f"\n  {path.name}/ " in tree
        elif path.suffix == ".py" and path.stem != "__init__":
            assert f"\n  {path.name} " in tree


def test_only_the_places_for_tables_are_touched() -> None:
    page = (
        "Before.\n<!-- begin: hosts -->\nold\n<!-- end: hosts -->\n"
        "After: <!-- begin -->\n"
    )
    after = refreshed(page)
    assert after.startswith("Before.\n<!-- begin: hosts -->\n| setting |")
    assert after.endswith("|\n<!-- end: hosts -->\nAfter: <!-- begin -->\n")
    assert refreshed(after) == after


def test_a_place_for_a_table_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        refreshed("<!-- begin: nothing -->\n<!-- end: nothing -->")
