from __future__ import annotations

import pytest

from tui.connection.connection import Connection, missing_from
from tui.contentstack.credentials import parse_credential
from tui.contentstack.regions import REGIONS

LOGIN = parse_credential("blt" + "2" * 16)
WORDS = {"stack": "CONTENTSTACK_API_KEY", "credential": "CONTENTSTACK_AUTHTOKEN"}


def test_nothing_is_missing_from_a_whole_connection() -> None:
    assert missing_from(Connection(REGIONS[0], LOGIN, "Storefront")) is None


@pytest.mark.parametrize("gone", [{"stack"}, {"credential"}, {"stack", "credential"}])
def test_what_is_missing_is_named_with_where_it_comes_from(gone: set[str]) -> None:
    connection = Connection(
        REGIONS[0],
        None if "credential" in gone else LOGIN,
        None if "stack" in gone else "Storefront",
    )
    sentence = missing_from(connection) or ""
    assert {name for name, word in WORDS.items() if word in sentence} == gone
    assert "tokendeck --demo" in sentence
