from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leaks.projects import KNOWN, STRANGER, WEB, WEB_TOKEN
from tui.leaks.known import LONGEST, SHORTEST, KnownToken, KnownTokens
from tui.leaks.matching import Match, Matcher
from tui.secret import Secret

OLD = "9f3e-Older_value.with~signs"
OWN = "blt0123456789abcdef"
TOKENS = KnownTokens.of(
    [
        (Secret(WEB), WEB_TOKEN),
        (Secret(OLD), KnownToken("old", "delivery")),
        (Secret(OWN), KnownToken("own", "authtoken")),
    ]
)


def found(text: bytes, known: KnownTokens = TOKENS) -> list[Match]:
    matches = Matcher(known).matches(text, len(text))
    assert Matcher(known).may_match(text, len(text)) or not matches
    return matches


def names(text: bytes, known: KnownTokens = TOKENS) -> list[str]:
    return [match.token.name if match.token else "?" for match in found(text, known)]


@pytest.mark.parametrize(
    "around",
    [
        "%s", "TOKEN=%s", '"%s"', "x\n%s\n", "https://x/?access_token=%s&a=b",
        r'"A=1\n%s"', "a%%3D%s", "x%s", "%sab12", "(%s)", "\ufeff%s", "<t>%s</t>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-16"])
@pytest.mark.parametrize("value", [WEB, OLD, OWN])
def test_a_known_value_is_found_whatever_stands_around_it(
    value: str, around: str, encoding: str
) -> None:
    text = around % value
    (name,) = names(text.encode(encoding))
    assert name == {WEB: WEB_TOKEN.name, OLD: "old", OWN: "own"}[value]


@pytest.mark.parametrize(
    "around", ["%s", "T=%s;", r'"A=1\n%s"', "a%%3D%s", "a\\u003d%s", "-%s.", "\n%s\n"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_what_looks_like_a_value_is_told_apart(around: str, encoding: str) -> None:
    assert names((around % STRANGER).encode(encoding)) == ["?"]


@pytest.mark.parametrize(
    "text",
    [
        f"x{STRANGER}", f"{STRANGER}0", f"{STRANGER}_x", STRANGER[:-1],
        STRANGER.upper(), "cs" + "0" * 24, "cs" + "dead" * 6,
        "css" + STRANGER[2:], STRANGER.replace("c", "k", 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_part_of_a_word_and_a_placeholder_are_no_values(
    text: str, encoding: str
) -> None:
    assert names(text.encode(encoding)) == []


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("authtoken: blt77aa00bb11cc22dd", True),
        ('"authtoken":"blt77aa00bb11cc22dd"', True),
        ("CONTENTSTACK_AUTHTOKEN=blt77aa00bb11cc22dd", True),
        ("AUTH_TOKEN_PROD = 'blt77aa00bb11cc22dd'", True),
        ("--authtoken blt77aa00bb11cc22dd", True),
        ("setHeader('authtoken', 'blt77aa00bb11cc22dd')", True),
        ("<authtoken>blt77aa00bb11cc22dd</authtoken>", True),
        ("api_key: blt77aa00bb11cc22dd", False),
        ("authtoken: x, api_key: blt77aa00bb11cc22dd", False),
        ("uid: blt77aa00bb11cc22dd # authtoken", False),
        ("authtoken: blt77aa00bb11cc22dd0", False),
        ("authtoken: blt0000000000000000", False),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_an_authtoken_is_one_only_beside_that_word(
    text: str, is_one: bool, encoding: str
) -> None:
    """Every uid and API key has the same form."""
    matches = found(text.encode(encoding), KNOWN)
    assert [match.is_authtoken for match in matches] == [True] * is_one


def test_several_on_a_line_come_in_their_order() -> None:
    assert names(f"a={STRANGER},b={OLD},c={WEB},d={OWN}".encode()) == [
        "?", "old", "web-production", "own",
    ]  # fmt: skip


def test_values_that_begin_alike_and_overlap_are_all_found() -> None:
    values = ["aaaaaaaaaab", "aaaaaaaaaabc", "aaaaaaaaaaaab"]
    known = KnownTokens.of((Secret(v), KnownToken(v, "delivery")) for v in values)
    assert names(b"aaaaaaaaaaaab", known)[0] == "aaaaaaaaaaaab"
    assert "aaaaaaaaaabc" in names(b"a aaaaaaaaaabc", known)


@given(
    value=st.text(
        st.characters(min_codepoint=33, max_codepoint=126), min_size=SHORTEST,
        max_size=80,
    ),
    before=st.binary(max_size=40),
    after=st.binary(max_size=40),
)  # fmt: skip
def test_a_value_of_any_form_is_found_among_any_bytes(
    value: str, before: bytes, after: bytes
) -> None:
    known = KnownTokens.of([(Secret(value), WEB_TOKEN)])
    data = before + value.encode() + after
    places = [m.start for m in found(data, known) if m.token and m.width == 1]
    assert len(before) in places


@given(st.binary(max_size=300))
def test_no_bytes_are_called_by_a_name_that_is_not_theirs(data: bytes) -> None:
    assert [match.token for match in found(data) if match.token] == []


def test_values_that_are_words_or_endless_are_not_looked_for_and_named() -> None:
    short = KnownToken("short", "delivery")
    known = KnownTokens.of(
        [(Secret("x" * (SHORTEST - 1)), short), (Secret("x" * (LONGEST + 1)), short)]
    )
    assert (len(known), known.too_short) == (0, (short, short))


def test_no_value_is_kept() -> None:
    text = repr(TOKENS)
    assert WEB not in text
    assert OLD not in text
    assert OLD[:4] in text


def test_of_two_who_know_a_value_the_first_one_names_it() -> None:
    other = KnownTokens.of([(Secret(WEB), KnownToken("other", "delivery"))])
    assert names(WEB.encode(), KNOWN.joined(other)) == ["web-production"]
    assert names(OLD.encode(), KNOWN.joined(TOKENS)) == ["old"]
