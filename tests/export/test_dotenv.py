from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.readers import by_node, by_python
from tui.export import dotenv
from tui.export.source import Unfit

SPECIAL = "'\"`\\$#={} \t\n\r:;!&%\u2028\u202e\x1b\x85"
PIECES = st.lists(
    st.sampled_from(["${", "}", "$a", "\\", "'", '"', "`", "a", "#", " ", "n"]),
    max_size=6,
)
ANY = (
    PIECES.map("".join)
    | st.text()
    | st.text(alphabet=SPECIAL + "ab", max_size=12)
    | st.text(string.printable, max_size=20)
)
LEGAL = st.text(
    string.ascii_letters + string.digits + "_-. éß日本", min_size=1, max_size=40
)
TOKENS = st.from_regex(r"(cs|blt)[0-9a-f]{16,40}", fullmatch=True)
HOSTS = st.from_regex(
    r"[a-z0-9-]{1,20}(\.[a-z0-9-]{1,20}){0,3}(:[0-9]{1,5})?", fullmatch=True
)

LINES = st.sampled_from(
    [
        "",
        "# a comment that says it's old",
        "OTHER=1",
        "export OTHER2='two' # its comment",
        "KEY=old",
        "KEY=old # keep this",
        "KEY= # keep this",
        'KEY="old"# touching',
        "  export KEY = 'old value'",
        "KEY=",
        "KEYS=other",
        'LONG="first\nKEY=inside\nlast"',
        "NAME=a#b",
        "word without sign",
    ]
)
ENDINGS = st.sampled_from(["\n", "\r\n"])


def readable(values: list[str]) -> dict[str, str]:
    """Those that are not refused, as written.

    A refusal names a character of the value.
    """
    written = {}
    for value in values:
        try:
            written[value] = dotenv.word(value)
        except Unfit as refusal:
            named = [
                char
                for char in value
                if f"U+{ord(char):04X}" in str(refusal) or f" {char}," in str(refusal)
            ]
            assert named
    return written


@settings(max_examples=25, deadline=None)
@given(st.lists(ANY, min_size=40, max_size=80))
def test_any_value_is_refused_by_its_character_or_read_back_by_both(
    values: list[str],
) -> None:
    written = readable(values)
    texts = [
        dotenv.merge("", {"BEFORE": "1", "KEY": word, "AFTER": "2"}).text
        for word in written.values()
    ]
    for value, text, read in zip(written, texts, by_node(texts), strict=True):
        assert read == {"BEFORE": "1", "KEY": value, "AFTER": "2"}
        assert by_python(text) == read


@given(TOKENS | HOSTS | LEGAL)
def test_tokens_keys_hosts_and_names_are_never_refused(value: str) -> None:
    assert by_python(f"KEY={dotenv.word(value)}\n") == {"KEY": value}


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("a$b", "$"),
        ("a\nb", "U+000A"),
        ("a\u202eb", "U+202E"),
        ('it\'s "so"', "'"),
        ("a\\\\b", "\\"),
    ],
)
def test_a_refusal_names_the_character(value: str, named: str) -> None:
    with pytest.raises(
        Unfit, match=named.replace("\\", r"\\").replace("$", r"\$").replace("+", r"\+")
    ):
        dotenv.word(value)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(LINES, max_size=8), ENDINGS, st.booleans(), LEGAL),
        min_size=20,
        max_size=40,
    )
)
def test_replacing_changes_these_keys_alone(
    cases: list[tuple[list[str], str, bool, str]],
) -> None:
    before, after, wanted = [], [], []
    for lines, ending, ended, value in cases:
        text = ending.join(lines).replace("\n", ending).replace("\r\r", "\r") + (
            ending if ended else ""
        )
        before.append(text)
        after.append(dotenv.merge(text, {"KEY": dotenv.word(value), "NEW": "n"}).text)
        wanted.append({"KEY": value, "NEW": "n"})
    for old, new, words, text in zip(
        by_node(before), by_node(after), wanted, after, strict=True
    ):
        assert new == {**old, **words}
        assert by_python(text) | words == by_python(text)
    for old_text, new_text in zip(before, after, strict=True):
        assert by_python(old_text).keys() <= by_python(new_text).keys()
        untouched = [line for line in old_text.splitlines() if "KEY" not in line]
        assert [
            line for line in new_text.splitlines() if line in untouched
        ] == untouched
        assert ("\r\n" in new_text) == ("\r\n" in old_text)


def test_comments_blanks_order_and_line_ends_stay() -> None:
    text = "# mine\r\nB=2 # two\r\n\r\nexport KEY = 'old' # why\r\nA=1"
    assert dotenv.merge(text, {"KEY": "new", "C": "3"}).text == (
        "# mine\r\nB=2 # two\r\n\r\nexport KEY = new # why\r\nA=1\r\nC=3\r\n"
    )


def test_every_line_of_a_key_is_replaced_but_none_inside_another_value() -> None:
    text = "KEY=1\nLONG='\nKEY=inside\n'\nKEY=2\n"
    assert (
        dotenv.merge(text, {"KEY": "new"}).text
        == "KEY=new\nLONG='\nKEY=inside\n'\nKEY=new\n"
    )


@pytest.mark.parametrize("line", ["A='open", 'A="open', "A=`open", "A='a' b", "'A"])
def test_a_quote_that_does_not_end_is_named_by_its_line(line: str) -> None:
    with pytest.raises(Unfit, match="Line 2 opens a quote"):
        dotenv.merge(f"B=1\n{line}\nC=2\n", {"KEY": "new"})
