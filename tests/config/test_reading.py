from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec
import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st
from textual.theme import BUILTIN_THEMES

from tui.config.documentation import settings_of
from tui.config.reading import ConfigWrong, config_file, parse_config, read_config
from tui.config.schema import Config, Hosts, Profile, Target, Theme
from tui.files.refusal import FileRefused

WHOLE = """
profile = "work"

[profiles.work]
region = "EU"
stack = "Storefront"
auth_command = ["pass", "show", "x"]
read_only = true
theme = "ansi-dark"
keys = { sort = "?", refresh = ["r", "f5"] }

[profiles.local]
hosts = { cma = "http://127.0.0.1:8000", cda = "http://127.0.0.1:8001" }
auth_file = "~/token"
"""


def refusal_of(text: str) -> str:
    with pytest.raises(ConfigWrong) as refusal:
        parse_config(text, "config.toml")
    sentence = str(refusal.value)
    assert sentence.startswith("config.toml")
    assert sentence.isprintable()
    return sentence


def read_or_refusal(text: str) -> Config | str:
    try:
        return parse_config(text, "config.toml")
    except ConfigWrong as wrong:
        return str(wrong)


def test_every_setting_is_read() -> None:
    config = parse_config(WHOLE, "config.toml")
    assert config == Config(
        profile="work",
        profiles={
            "work": Profile(
                region="EU",
                stack="Storefront",
                auth_command=("pass", "show", "x"),
                read_only=True,
                theme="ansi-dark",
                keys={"sort": ("question_mark",), "refresh": ("r", "f5")},
            ),
            "local": Profile(
                hosts=Hosts(cma="http://127.0.0.1:8000", cda="http://127.0.0.1:8001"),
                auth_file="~/token",
            ),
        },
    )


def test_nothing_is_needed() -> None:
    assert parse_config("", "config.toml") == Config()
    assert parse_config("[profiles.work]", "config.toml").profiles == {
        "work": Profile()
    }


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('colour = "red"', ["colour", "no such setting", "profile, profiles"]),
        ("profile = 5", ["profile = 5", "expected a string, got a whole number"]),
        (
            'profile = "home"\n[profiles.work]',
            ['profile = "home"', "no such profile", "work"],
        ),
        ("profiles = 5", ["profiles = 5", "expected a table"]),
        ("profiles.work = 5", ["profiles.work = 5", "expected a table"]),
        (
            '[profiles.work]\nregions = "eu"',
            ["profiles.work.regions", "did you mean region?"],
        ),
        ("[profiles.work]\nregion = 5", ["profiles.work.region = 5", "a string"]),
        (
            '[profiles.work]\nregion = "mars"',
            ['profiles.work.region = "mars"', "azure-eu"],
        ),
        (
            '[profiles.work]\nread_only = "yes"',
            ['read_only = "yes"', "true or false, got a string"],
        ),
        ("[profiles.work]\ntheme = 'pink'", ['theme = "pink"', "textual-dark"]),
        ('[profiles.work]\nstack = ""', ["stack", "isn't empty"]),
        ("[profiles.work]\nregion = 1979-05-27", ["region = 1979-05-27", "date"]),
        ("[profiles.work]\nhosts = 'x'", ["profiles.work.hosts", "expected a table"]),
        (
            "[profiles.work.hosts]\ncma = 'https://a.example'",
            ["profiles.work.hosts", "both cma and cda"],
        ),
        ("[profiles.work.hosts]\ncma = 5", ["profiles.work.hosts.cma = 5"]),
        (
            "[profiles.work.hosts]\nurl = 'x'",
            ["profiles.work.hosts.url", "cma, cda, preview"],
        ),
        (
            "[profiles.work.hosts]\ncma = 'http://a.example'\ncda = 'https://b.example'",
            ["profiles.work.hosts", "http://a.example", "https"],
        ),
        (
            "[profiles.work]\nregion = 'eu'\n"
            "hosts = {cma = 'https://a.example', cda = 'https://b.example'}",
            ["profiles.work", "region and hosts can't be used together"],
        ),
        (
            "[profiles.work]\nauth_file = '/x'\nauth_command = ['op']",
            ["profiles.work", "auth_command and auth_file can't be used together"],
        ),
        (
            "[profiles.work]\nauth_file = 'x'",
            ["profiles.work.auth_file", "begins with / or ~/"],
        ),
        (
            "[profiles.work]\nauth_file = '-'",
            ["profiles.work.auth_file", "begins with / or ~/"],
        ),
        (
            "[profiles.work]\nauth_command = 'op read'",
            ["auth_command", "expected a list, got a string"],
        ),
        (
            "[profiles.work]\nauth_command = ['op', 5]",
            ["profiles.work.auth_command[1]", "expected a string"],
        ),
        ("[profiles.work]\nauth_command = []", ["auth_command", "isn't empty"]),
        (
            "[profiles.work.keys]\nsort = 'alt+1'",
            ['profiles.work.keys.sort = "alt+1"', "tmux"],
        ),
        (
            "[profiles.work.keys]\nsort = ['s', 5]",
            ["profiles.work.keys.sort[1]", "a string"],
        ),
        ("[profiles.work.keys]\nsort = []", ["profiles.work.keys.sort", "isn't empty"]),
        ("[profiles.work]\nkeys = 5", ["profiles.work.keys = 5", "expected a table"]),
        ('[profiles."a\\u001b[2Jb"]\nx = 1', ["profiles.a␛[2Jb.x"]),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_value(
    text: str, parts: list[str]
) -> None:
    sentence = refusal_of(text)
    for part in parts:
        assert part in sentence


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = = 2", "line 2"),
        ("a = 1\na = 2", "line 2"),
        ("\n\n[x", "line 3"),
        ('a = "x\n', "line 1"),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(text: str, line: str) -> None:
    assert line in refusal_of(text)


@pytest.mark.parametrize(
    "text", ["a=" + "[" * 5000, "profile = 0x" + "f" * 9000, "profile = " + "9" * 9000]
)
def test_what_is_monstrous_is_refused_like_the_rest(text: str) -> None:
    assert len(refusal_of(text)) < 200


def test_a_credential_in_the_file_is_refused_and_not_repeated() -> None:
    secret = "blt" + "0" * 16
    for text in (
        f'[profiles.work]\nauthtoken = "{secret}"',
        f'[profiles.work]\npassword = "{secret}"',
        f'[profiles.work]\nauth_command = "{secret}"',
        f'[profiles.work]\nauth_file = "{secret}"',
        f'[profiles.work]\nregion = "{secret}"',
        f'profile = "{secret}"',
    ):
        assert secret not in refusal_of(text)


def test_one_wrong_profile_spoils_the_file_even_if_another_is_used() -> None:
    assert "profiles.home.region" in refusal_of(
        WHOLE + "\n[profiles.home]\nregion = 'mars'"
    )


def test_a_missing_file_is_an_empty_one(tmp_path: Path) -> None:
    assert read_config(tmp_path / "config.toml") == Config()


def test_a_file_that_others_may_write_is_refused_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(WHOLE)
    path.chmod(0o666)
    with pytest.raises(FileRefused, match=f"chmod go-w {path}"):
        read_config(path)
    path.chmod(0o644)
    assert read_config(path).profile == "work"


def test_what_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'profile = "work"\n# Z\xfcrich\n')
    with pytest.raises(ConfigWrong, match="line 2: this isn't UTF-8"):
        read_config(path)


def test_the_file_lies_where_the_environment_says() -> None:
    assert config_file({"XDG_CONFIG_HOME": "/c"}) == Path("/c/tokendeck/config.toml")


def test_every_theme_is_one_of_textuals() -> None:
    assert set(get_args(Theme)) == set(BUILTIN_THEMES)


@pytest.mark.parametrize("table", [Config, Profile, Hosts, Target])
def test_every_setting_says_what_it_means(table: type[msgspec.Struct]) -> None:
    for setting in settings_of(table):
        assert setting.meaning.endswith(".")
        assert "\n" not in setting.meaning


def test_every_example_is_right() -> None:
    for name, _, example in settings_of(Profile):
        text = tomlkit.dumps({"profiles": {"work": {name: example}}})
        profile = parse_config(text, "config.toml").profiles["work"]
        assert getattr(profile, name) is not None


def test_every_example_of_a_target_is_right() -> None:
    for name, _, example in settings_of(Target):
        text = tomlkit.dumps({"targets": {"web": {"put": ["true"], name: example}}})
        target = parse_config(text, "config.toml").targets["web"]
        assert getattr(target, name) is not None


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('get = ["a"]', "targets.web: put, the program that stores the value, is"),
        ('put = "gh"', "expected a list, got a string"),
        ("put = []", "expected a list that isn't empty"),
        ('put = ["gh", 3]', "targets.web.put[1]"),
        ('put = ["{name}"]', "the program itself can't be a placeholder"),
        ('put = ["a", "{token}"]', "a value is never an argument"),
        ('put = ["a"]\nget = ["a", "{value}"]', "targets.web.get[1]"),
        ('put = ["a", "{envronment}"]', "there is no placeholder {envronment}"),
        ('put = ["a"]\nform = "xml"', "known are value, .env"),
        ('put = ["a"]\ntimeout = 0', "a whole number >= 1"),
        ('put = ["a"]\nputt = ["a"]', "did you mean put?"),
        ('put = ["a", "b\\u0000"]', "NUL"),
    ],
)
def test_a_target_that_can_not_be_run_is_refused(lines: str, why: str) -> None:
    with pytest.raises(ConfigWrong) as wrong:
        parse_config(f"[targets.web]\n{lines}\n", "config.toml")
    assert why in str(wrong.value)


def test_other_programs_braces_are_left_alone() -> None:
    words = ["kubectl", "-o", "jsonpath={.data.token}", "{{.Foo}}", "{ x }", "{}"]
    text = tomlkit.dumps({"targets": {"web": {"put": words}}})
    assert parse_config(text, "config.toml").targets["web"].put == tuple(words)


_names = st.sampled_from(
    [
        "profile",
        "profiles",
        "work",
        *Profile.__struct_fields__,
        *Hosts.__struct_fields__,
    ]
)
_leaves = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["eu", "op", "~/x", "https://a.example", "work", "nord", "alt+o"]),
    st.integers(),
    st.booleans(),
    st.floats(allow_nan=True),
    st.dates(),
)
_values = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(_names, st.text(max_size=6)), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(st.text())
def test_any_text_is_a_configuration_or_refused(text: str) -> None:
    result = read_or_refusal(text)
    assert isinstance(result, Config) or result.isprintable()


@given(
    st.dictionaries(_names, _values, max_size=4),
    st.dictionaries(_names, _values, max_size=6),
)
def test_any_toml_is_a_configuration_or_refused_and_nothing_is_read_in_part(
    top: dict[str, object], work: dict[str, object]
) -> None:
    table = {**top, "profiles": {"work": work}}
    config = read_or_refusal(tomlkit.dumps(table))
    if isinstance(config, str):
        assert config.isprintable()
        return
    assert set(top) <= {"profile", "profiles"}
    for name, value in work.items():
        read = getattr(config.profiles["work"], name)
        if isinstance(value, (str, bool, int)):
            assert read == value
        elif isinstance(value, list):
            assert read == tuple(value)
        else:
            assert isinstance(value, dict)
            kept = read if name == "keys" else msgspec.structs.asdict(read)
            assert all(kept[key] for key in value)


@pytest.mark.parametrize(
    "line",
    [
        'auth_file = "/a\\u0000b"',
        'stack = "\\u0000"',
        'auth_command = ["pass", "\\u0000"]',
    ],
)
def test_a_nul_is_refused_where_it_stands(line: str) -> None:
    assert "contains a NUL character" in refusal_of(f"[profiles.x]\n{line}\n")
