from __future__ import annotations

import json
from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leaks.projects import STRANGER, WEB
from tui.contentstack.dressing import NoValue
from tui.leaks.taking_apart import Candidate, candidates


def likely(text: str | bytes) -> list[Candidate]:
    octets = text.encode() if isinstance(text, str) else text
    return [each for each in candidates(octets) if each.is_likely]


def values(text: str | bytes) -> list[str]:
    return [each.value.reveal() for each in likely(text)]


@pytest.mark.parametrize(
    ("text", "name", "removed"),
    [
        (WEB, "", set()),
        (f"  {WEB}\n", "", {"whitespace"}),
        (f'"{WEB}",', "", {"quotes", "a comma or semicolon"}),
        (f"export TOKEN='{WEB}'", "TOKEN", {"a name", "quotes"}),
        (f'{{"a": [{{"token": "{WEB}"}}]}}', "token", {"JSON"}),
        (f"https://x.io/v3/a?access_token={WEB}&b=c", "access_token", {"a URL"}),
        (f"see https://u:{WEB}@x.io/ please", "", {"a URL"}),
        (f"curl -H 'access_token: {WEB}' https://x.io", "", {"other text"}),
        (f"Somebody pasted {WEB}, is it ours?", "", {"other text"}),
        (
            f"# notes\nA=1\n\nTOKEN={WEB}\nB=2\n",
            "TOKEN",
            {"a file with several settings", "a name"},
        ),
        (f"token: {WEB} # web\nhost: x.io", "token", {"a comment"}),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_value_is_taken_out_of_what_is_around_it(
    text: str, name: str, removed: set[str], encoding: str
) -> None:
    (found,) = likely(text.encode(encoding))
    assert (found.value.reveal(), found.name) == (WEB, name)
    assert removed <= {*found.removed}
    assert ("UTF-16" in found.removed) == encoding.startswith("utf-16")


@pytest.mark.parametrize("plain", [WEB, f"{WEB}\n", f"A=1\nTOKEN={WEB}\nB=2\n"])
@pytest.mark.parametrize("text", ["{}", "data:\n  token: {}\n", '{{"token": "{}"}}'])
def test_a_value_is_taken_out_of_base64(plain: str, text: str) -> None:
    encoded = b64encode(plain.encode()).decode()
    for code in (encoded, encoded.rstrip("=")):
        (found,) = likely(text.format(code))
        assert found.value.reveal() == WEB
        assert found.removed == ("Base64",)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (b"", "is empty."),
        (b" \n", "is empty."),
        (b"TOKEN=", "contains no Contentstack value."),
        (b64encode(b"x" * 26), "contains no Contentstack value."),
        (b"\x89PNG\xff*\xfe...", "isn't text."),
    ],
)
def test_what_is_there_instead_is_said(given: bytes, words: str) -> None:
    with pytest.raises(NoValue, match=words):
        candidates(given)


def test_all_values_of_a_file_come_in_their_order_each_once() -> None:
    text = f"A_TOKEN={WEB}\nB={STRANGER}\nC={WEB}\nOLD_TOKEN=abc-def-ghi-jkl\n"
    assert values(text) == [WEB, STRANGER, "abc-def-ghi-jkl"]


def test_what_is_named_otherwise_counts_only_if_it_is_known() -> None:
    text = "ENVIRONMENT=production\nPREVIEW_HOST=rest.example.com\nOLD=abcdefghijkl\n"
    assert values(text) == []
    assert [each.name for each in candidates(text.encode())] == [
        "ENVIRONMENT",
        "PREVIEW_HOST",
        "OLD",
    ]


@pytest.mark.parametrize(
    "text", ["", " \n", "# only\n", "{}", '{"a": 1}', "a b c", "<token>", "[" * 9999]
)
def test_what_has_no_value_is_said_without_repeating_it(text: str) -> None:
    with pytest.raises(NoValue) as refused:
        candidates(text.encode())
    assert str(refused.value)
    assert not text.strip() or text not in str(refused.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_values_or_none(octets: bytes) -> None:
    with suppress(NoValue):
        candidates(octets)


@given(
    st.recursive(
        st.text(max_size=8) | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    )
)
def test_a_value_anywhere_in_a_json_document_is_found(document: object) -> None:
    text = json.dumps({"x": document, "y": [{"z": WEB}]})
    assert WEB in values(text)
