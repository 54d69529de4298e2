from __future__ import annotations

import pytest

from tests.contentstack.fakes import AUTHTOKEN
from tui.contentstack.credentials import Credential, parse_credential
from tui.secret import Secret


def test_an_authtoken_travels_in_its_own_header() -> None:
    credential = parse_credential(f" {AUTHTOKEN}\n")
    assert credential == Credential("authtoken", Secret(AUTHTOKEN))
    assert {name: value.reveal() for name, value in credential.headers().items()} == {
        "authtoken": AUTHTOKEN
    }


@pytest.mark.parametrize(
    "text", ["Bearer abc.def", "bearer   abc.def", "BEARER abc.def\n"]
)
def test_a_bearer_token_travels_as_authorization(text: str) -> None:
    credential = parse_credential(text)
    assert credential.kind == "bearer"
    headers = credential.headers()
    assert {name: value.reveal() for name, value in headers.items()} == {
        "authorization": "Bearer abc.def"
    }


@pytest.mark.parametrize("text", ["", "  \n", "Bearer", "Bearer  "])
def test_nothing_is_no_credential(text: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        parse_credential(text)


@pytest.mark.parametrize(
    "text", ["blt123 456", "blt1\u2028x-evil: 1", "Bearer a b", "bltä", "blt1\x00"]
)
def test_what_no_header_can_carry_is_refused_unquoted(text: str) -> None:
    with pytest.raises(
        ValueError, match="has a character that Contentstack never uses"
    ) as caught:
        parse_credential(text)
    assert text not in str(caught.value)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
def test_no_second_line_is_sent(end: str) -> None:
    credential = parse_credential(f"{AUTHTOKEN}{end}x-evil: 1")
    assert credential == Credential("authtoken", Secret(AUTHTOKEN))


def test_an_api_key_by_name_is_no_authtoken() -> None:
    with pytest.raises(ValueError, match="is named as an API key"):
        parse_credential(f"CONTENTSTACK_API_KEY={AUTHTOKEN}")


def test_shows_no_value() -> None:
    assert AUTHTOKEN not in repr(parse_credential(AUTHTOKEN))
