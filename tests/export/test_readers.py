"""The readers reimplemented in `tui.export.readers` read like the originals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.env_files import FILES
from tests.export.readers import by_node, by_python
from tui.export.readers import Binding, seen_by_node, seen_by_python


@settings(max_examples=400, deadline=None)
@given(FILES)
def test_what_is_seen_is_what_python_dotenv_reads(text: str) -> None:
    seen = {each.key: each.value for each in seen_by_python(text)}
    assert seen == by_python(text)


@settings(max_examples=20, deadline=None)
@given(st.lists(FILES, min_size=20, max_size=40))
def test_what_is_seen_is_what_nodes_dotenv_reads(texts: list[str]) -> None:
    seen = [{each.key: each.value for each in seen_by_node(text)} for text in texts]
    assert seen == by_node(texts)


@given(FILES)
def test_a_binding_stands_where_it_is_said_to(text: str) -> None:
    for binding in (*seen_by_python(text), *seen_by_node(text)):
        assert text[binding.key_at :].lstrip("'").startswith(binding.key)
        assert binding.key_at < binding.start <= binding.end <= len(text)


@pytest.mark.parametrize(
    ("text", "python", "node"),
    [
        ("\ufeffA=1", [Binding("A", "1", 1, 3, 4)], [Binding("A", "1", 1, 3, 4)]),
        ("A: 1", [], [Binding("A", "1", 0, 3, 4)]),
        ("A=b#c", [Binding("A", "b#c", 0, 2, 5)], [Binding("A", "b", 0, 2, 3)]),
        ("A= # c", [Binding("A", "", 0, 2, 2)], [Binding("A", "", 0, 2, 2)]),
        ("'A'=1", [Binding("A", "1", 0, 4, 5)], []),
    ],
)
def test_where_the_two_differ_is_seen(
    text: str, python: list[Binding], node: list[Binding]
) -> None:
    assert list(seen_by_python(text)) == python
    assert list(seen_by_node(text)) == node
