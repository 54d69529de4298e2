from __future__ import annotations

import re
import string
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.env_files import FILES, OURS
from tests.export.readers import by_bash, by_docker, by_node, by_python
from tui.export import dotenv
from tui.export.readers import VIEWS
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


def readable(values: list[str]) -> dict[str, str]:
    """Return those that aren't refused, as written.

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


WORDS = st.fixed_dictionaries(dict.fromkeys(OURS, TOKENS | LEGAL)).map(
    lambda values: {key: dotenv.word(value) for key, value in values.items()}
)


def merged_or_refused(text: str, words: dict[str, str]) -> str | None:
    try:
        return dotenv.merge(text, words).text
    except Unfit as unfit:
        sentence = str(unfit)
    assert re.match(r"Programs read line \d+ differently", sentence)
    return None


def set_by(read: Mapping[str, str | None]) -> dict[str, str]:
    """Return what a program gets: a key without an equals sign sets nothing."""
    return {key: value for key, value in read.items() if value is not None}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(FILES, WORDS), min_size=20, max_size=40))
def test_every_reader_reads_our_values_and_all_others_as_before(
    cases: list[tuple[str, dict[str, str]]],
) -> None:
    done = [(text, words, merged_or_refused(text, words)) for text, words in cases]
    done = [case for case in done if case[2] is not None]
    olds, news = [text for text, _, _ in done], [text or "" for _, _, text in done]
    ours = ["\n".join(f"{k}={v}" for k, v in words.items()) for _, words, _ in done]
    by_nodes = zip(by_node(olds), by_node(news), by_node(ours), strict=True)
    for old, new, own in by_nodes:
        assert new == old | own
    for old_text, new_text, own_text in zip(olds, news, ours, strict=True):
        own_read = set_by(by_python(own_text))
        assert set_by(by_python(new_text)) == set_by(by_python(old_text)) | own_read


@settings(max_examples=150, deadline=None)
@given(FILES, WORDS)
def test_no_old_value_of_a_key_is_left_and_no_other_line_changes(
    text: str, words: dict[str, str]
) -> None:
    merged = merged_or_refused(text, words)
    if merged is None:
        return
    for view in VIEWS:
        for binding in view(merged):
            if binding.key in OURS:
                assert merged[binding.start : binding.end] == words[binding.key]
    # Everything outside what a reader takes for a binding of these keys.
    taken = {
        place
        for view in VIEWS
        for binding in view(text)
        if binding.key in OURS
        for place in range(binding.key_at, binding.end)
    }
    kept = "".join(each for at, each in enumerate(text) if at not in taken)
    rest = iter(merged)
    assert all(each in rest for each in kept)


def test_most_files_are_not_refused() -> None:
    """Otherwise, the two tests above would prove nothing."""
    taken = 0

    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @given(FILES)
    def try_one(text: str) -> None:
        nonlocal taken
        taken += merged_or_refused(text, {OURS[0]: "new"}) is not None

    try_one()
    assert taken > 200


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\ufeffKEY=old\r\nA=1\r\n", "\ufeffKEY=new\r\nA=1\r\n"),
        ("\ufeff", "\ufeffKEY=new\n"),
        ("KEY: old # why\n", "KEY=new # why\n"),
        ("export KEY='old'\n", "export KEY=new\n"),
        ("KEY = old\n", "KEY = new\n"),
        ("KEY=old\rA=1\r", "KEY=new\rA=1\r"),
        ("KEY=1\nKEY=2\n", "KEY=new\nKEY=new\n"),
        ("KEY='two\nlines' # why\n", "KEY=new # why\n"),
        ('KEY="two\nlines"\n', "KEY=new\n"),
        ("KEY=`two\nlines`\n", "KEY=new\n"),
        ("KEY=old#part\n", "KEY=new\n"),
        ("KEY=old # part\n", "KEY=new # part\n"),
        ('KEY="a # b" # c\n', "KEY=new # c\n"),
        ('KEY="old"# touching\n', "KEY=new # touching\n"),
        ("KEY= # why\n", "KEY=new # why\n"),
        ("KEY=   \n", "KEY=new\n"),
        (r"KEY='it\'s'" "\n", "KEY=new\n"),
        ("KEY='open\nA=1\n", "KEY=new\nA=1\n"),
        ("'KEY'=old\n", "KEY=new\n"),
        ("KEY\n", "KEY=new\n"),
        ("KEY.A-B=1\n", "KEY.A-B=1\nKEY=new\n"),
        ("#KEY=old\n", "#KEY=old\nKEY=new\n"),
        ("A='open\n", "A='open\nKEY=new\n"),
        ("A=1", "A=1\nKEY=new\n"),
        ("# a\u2028KEY=old\n", "# a\u2028KEY=new\nKEY=new\n"),
        ("KEY=n\udce9e\nA=\udce9\n", "KEY=new\nA=\udce9\n"),
    ],
)
def test_each_form_of_a_binding_is_replaced(before: str, after: str) -> None:
    assert dotenv.merge(before, {"KEY": "new"}).text == after


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("B=1\nKEY:\nA=1\n", 2),
        ("B=1\nA:\nKEY=old\n", 2),
        ("B=1\nA:", 2),
        ("LONG=`\nKEY=old\n`\n", 2),
        ("KEY=`\nOTHER=old\n`\n", 2),
    ],
)
def test_what_is_read_in_different_ways_is_refused_by_its_line(
    text: str, line: int
) -> None:
    with pytest.raises(Unfit, match=f"^Programs read line {line} differently"):
        dotenv.merge(text, {"KEY": "new"})


def test_a_value_in_quotes_does_not_end_a_quote_that_is_open() -> None:
    with pytest.raises(Unfit, match=r"^Programs read line 1 differently"):
        dotenv.merge("A='open\n", {"KEY": dotenv.word("a b")})


def test_a_variable_is_filled_in_by_nobody() -> None:
    written = [f"KEY={dotenv.word(value)}\n" for value in ("cs1f", "blt-2", "QA stage")]
    assert by_node(written, expands=True) == by_node(written)


@given(
    st.lists(TOKENS | HOSTS, min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"])
)
@settings(max_examples=100, deadline=None)
def test_tokens_keys_and_hosts_are_written_bare(secrets: list[str], end: str) -> None:
    words = {f"KEY_{at}": dotenv.word(value) for at, value in enumerate(secrets)}
    assert list(words.values()) == secrets
    text = dotenv.merge(f"# a file{end}", words).text
    assert by_docker(text) == words


def test_a_shell_and_docker_read_our_values_in_a_file_of_theirs(tmp_path: Path) -> None:
    text = "# mine\nexport OLD='a b'\nKEY='cs0old' # ours\nB=2\n"
    words = {"KEY": "cs1new", "HOST": "eu-cdn.contentstack.com"}
    path = tmp_path / ".env"
    path.write_text(dotenv.merge(text, words | {"STAGE": dotenv.word("QA 2")}).text)
    read = by_bash(path, ["OLD", "KEY", "HOST", "B", "STAGE"])
    assert read == {"OLD": "a b", "B": "2", "STAGE": "QA 2", **words}


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
