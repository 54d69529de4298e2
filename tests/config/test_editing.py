from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.support.texts import kept_text
from tui.config.editing import ConfigValue, copy_of, remember, template
from tui.config.reading import ConfigWrong, parse_config, read_config
from tui.config.schema import Config, Profile
from tui.files.refusal import FileRefused

TEXT = """\
# Mine.
profile = "work"   # the usual one

[profiles.work]
stack  =  'Storefront' # spaces are mine

[profiles.work.keys]   # and these
sort = "x"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokendeck" / "config.toml"


def put(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


def test_one_value_changes_and_the_rest_stays_to_the_letter(path: Path) -> None:
    put(path, TEXT)
    remember(path, "work", "stack", "Press")
    assert path.read_text() == TEXT.replace("'Storefront'", '"Press"')
    remember(path, "work", "region", "eu")
    assert "# spaces are mine" in path.read_text()
    assert read_config(path).profiles["work"] == Profile(
        stack="Press", region="eu", keys={"sort": ("x",)}
    )


def test_the_first_value_makes_the_file_for_the_user_alone(path: Path) -> None:
    remember(path, "work", "region", "eu")
    remember(path, "at home", "auth_command", ("op", "read"))
    remember(path, "at home", "read_only", True)
    remember(path, None, "profile", "work")
    config = read_config(path)
    assert config.profile == "work"
    assert config.profiles["at home"] == Profile(
        auth_command=("op", "read"), read_only=True
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_value_can_be_taken_out(path: Path) -> None:
    put(path, TEXT)
    remember(path, "work", "stack", None)
    remember(path, "work", "stack", None)
    assert read_config(path).profiles["work"].stack is None
    assert "# and these" in path.read_text()


@pytest.mark.parametrize(
    ("profile", "name", "value"),
    [
        ("work", "region", "mars"),
        ("work", "colour", "red"),
        ("work", "auth_file", "relative"),
        ("work", "read_only", "yes"),
        (None, "profile", "elsewhere"),
        (None, "colour", "red"),
        (None, "profile.colour", "red"),
        ("work", "stack.colour", "red"),
    ],
)
def test_a_value_that_will_not_do_is_not_written(
    path: Path, profile: str | None, name: str, value: ConfigValue
) -> None:
    put(path, TEXT)
    with pytest.raises(ConfigWrong):
        remember(path, profile, name, value)
    assert path.read_text() == TEXT
    assert [item.name for item in path.parent.glob("[!.]*")] == [path.name]


def test_a_file_that_is_wrong_is_not_written_to(path: Path) -> None:
    put(path, "profile = 5")
    with pytest.raises(ConfigWrong, match="profile = 5"):
        remember(path, "work", "region", "eu")
    assert path.read_text() == "profile = 5"


@pytest.mark.parametrize(
    "text",
    [
        "profiles.work.stack = 'S'",
        "profiles = { work = { stack = 'S' } }",
        "[profiles]\nwork.stack = 'S'",
        "[profiles]\n[profiles.home]\n[profiles.work]\nstack = 'S'",
        "[profiles.work]\nstack = 'S'\r\n# end",
    ],
)
def test_however_the_tables_are_written(path: Path, text: str) -> None:
    put(path, text + "\n")
    before = read_config(path).profiles["work"]
    try:
        remember(path, "work", "region", "eu")
    except ConfigWrong as refusal:
        pytest.fail(str(refusal))
    assert read_config(path).profiles["work"] == replace(before, region="eu")


_profile = st.fixed_dictionaries(
    {},
    optional={
        "stack": kept_text(min_size=1, max_size=8),
        "region": st.sampled_from(["eu", "na"]),
        "read_only": st.booleans(),
        "keys": st.dictionaries(
            kept_text(max_size=6), st.sampled_from(["x", "alt+o"]), max_size=2
        ),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    profiles=st.dictionaries(kept_text(max_size=8), _profile, max_size=3),
    name=kept_text(min_size=1, max_size=8),
    value=kept_text(min_size=1, max_size=8),
)
def test_nothing_but_the_value_changes(
    path: Path, profiles: dict[str, dict[str, object]], name: str, value: str
) -> None:
    put(path, tomlkit.dumps({"profiles": profiles} if profiles else {}))
    before = tomllib.loads(path.read_text())
    remember(path, name, "stack", value)
    after = tomllib.loads(path.read_text())
    before.setdefault("profiles", {}).setdefault(name, {})["stack"] = value
    assert after == before


def test_a_copy_lies_beside_the_file_for_the_user_alone(path: Path) -> None:
    copy = copy_of(path, TEXT)
    assert (copy.parent, copy.read_text()) == (path.parent, TEXT)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "tokendeck").write_text("a file where the folder should be")
    path = tmp_path / "tokendeck" / "config.toml"
    with pytest.raises(FileRefused):
        copy_of(path, "")
    with pytest.raises(FileRefused):
        remember(path, "work", "region", "eu")


def test_the_template_sets_nothing_and_is_right_line_by_line() -> None:
    assert parse_config(template(), "config.toml") == Config()
    for name in Profile.__struct_fields__:
        (example,) = (
            line[2:]
            for line in template().splitlines()
            if line.startswith(f"# {name} = ")
        )
        parse_config(f"[profiles.work]\n{example}\n", "config.toml")
