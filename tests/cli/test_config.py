from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tui.cli.config import config
from tui.config.flags import Flags
from tui.config.reading import read_config
from tui.config.schema import Hosts, Profile

AUTHTOKEN = "blt" + "2" * 16
API_KEY = "blt" + "1" * 16
TEXT = f"""\
[profiles.work]
region = "eu"
stack = "{API_KEY}"
auth_command = ["vault", "read", "-token={AUTHTOKEN}"]
read_only = true
keys = {{ refresh = ["r", "f5"] }}
"""


def config_file() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"]) / "tokendeck" / "config.toml"


def put(text: str) -> None:
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text(text)
    config_file().chmod(0o600)


def run(
    *words: str, flags: Flags | None = None, answers: str | None = None, **environ: str
) -> Result:
    return CliRunner().invoke(
        config, list(words), obj=flags, env=environ, input=answers
    )


def editor(tmp_path: Path, code: str) -> str:
    """Return a command that runs `code` on its file, given as `path` and `text`."""
    program = tmp_path / "an editor.py"
    program.write_text(
        "import sys, pathlib\npath = pathlib.Path(sys.argv[-1])\n"
        f"text = path.read_text()\n{code}\n"
    )
    return f"{sys.executable} '{program}' --wait"


def test_path_prints_where_the_file_lies() -> None:
    assert run("path").output == f"{config_file()}\n"


def test_show_says_what_holds_and_where_it_came_from() -> None:
    put(TEXT)
    result = run("show", TOKENDECK_THEME="nord", CONTENTSTACK_AUTHTOKEN=AUTHTOKEN)
    assert result.exit_code == 0
    first, *lines = result.output.splitlines()
    assert first == str(config_file())
    shown = {
        name: (value, source)
        for name, value, *source in (re.split(r"  +", line.strip()) for line in lines)
    }
    assert shown["region"] == ("AWS EU", ["profiles.work.region"])
    assert shown["cma"] == ("eu-api.contentstack.com", [])
    assert shown["read_only"] == ("true", ["profiles.work.read_only"])
    assert shown["theme"] == ("nord", ["TOKENDECK_THEME"])
    assert shown["auth_command"] == ("vault …", ["profiles.work.auth_command"])
    assert shown["auth_file"] == ("-", ["default"])
    assert (shown["clipboard"], shown["clear_after"]) == (
        ("auto", ["default"]),
        ("45", ["default"]),
    )
    assert {*Profile.__struct_fields__} - {"hosts", "keys"} <= set(shown)
    assert shown["keys.refresh"] == ("r f5", ["profiles.work.keys"])


def test_show_shows_no_secret_and_no_whole_api_key() -> None:
    put(TEXT)
    output = run("show", CONTENTSTACK_AUTHTOKEN=AUTHTOKEN).output
    assert AUTHTOKEN not in output
    assert API_KEY not in output
    assert "blt1111…" in output


def test_show_heeds_the_flags_before_it() -> None:
    put(TEXT + "[profiles.home]\nregion = 'au'")
    assert "AWS AU" in run("show", flags=Flags(profile="home")).output
    assert "several profiles" in run("show").output


def test_show_says_that_there_is_no_file() -> None:
    result = run("show")
    assert result.exit_code == 0
    assert result.output.splitlines()[0].endswith("(not there)")


def test_check_is_content_with_what_is_right() -> None:
    assert run("check").exit_code == 0
    put(TEXT)
    result = run("check")
    assert (result.exit_code, "No problems in" in result.output) == (0, True)


@pytest.mark.parametrize(
    ("text", "environ", "reason"),
    [
        ("profile = 5", {}, "profile = 5"),
        (
            "[profiles.work.keys]\nsortt = 'x'",
            {},
            "profiles.work.keys.sortt: there is no such command",
        ),
        (
            "[profiles.work.keys]\nsort = 'r'",
            {},
            'profiles.work.keys.sort = "r": it is the key of refresh',
        ),
        ("", {"CONTENTSTACK_REGION": "mars"}, "CONTENTSTACK_REGION"),
    ],
)
def test_check_says_what_is_wrong_and_fails(
    text: str, environ: dict[str, str], reason: str
) -> None:
    put(text)
    for command in ("check", "show"):
        result = CliRunner().invoke(config, [command], env=environ)
        assert result.exit_code == 1
        assert reason in result.stderr
        assert result.stdout == ""


def test_a_misspelt_variable_is_noticed() -> None:
    for command in ("check", "show"):
        result = run(command, TOKENDECK_REGOIN="eu")
        assert result.exit_code == 0
        assert "TOKENDECK_REGOIN is set, but Tokendeck doesn't use it" in result.stderr


def test_words_that_are_not_known_are_usage() -> None:
    assert run("verify").exit_code == 2


def test_edit_puts_what_is_right_into_place(tmp_path: Path) -> None:
    put(TEXT)
    words = editor(tmp_path, "path.write_text(text.replace('\"eu\"', '\"au\"'))")
    result = run("edit", EDITOR=words)
    assert (result.exit_code, result.output) == (0, f"{config_file()} was changed.\n")
    assert config_file().read_text() == TEXT.replace('"eu"', '"au"')
    assert [
        path for path in config_file().parent.iterdir() if path.suffix != ".lock"
    ] == [config_file()]


def test_edit_prefers_visual_and_starts_from_a_template(tmp_path: Path) -> None:
    words = editor(
        tmp_path, "assert '# region = ' in text; path.write_text('[profiles.work]')"
    )
    assert run("edit", VISUAL=words, EDITOR="false").exit_code == 0
    assert config_file().read_text() == "[profiles.work]"


def test_edit_without_a_change_changes_nothing(tmp_path: Path) -> None:
    result = run("edit", EDITOR="true")
    assert (result.exit_code, result.output) == (0, f"{config_file()} is unchanged.\n")
    assert list(config_file().parent.iterdir()) == []


def test_edit_asks_again_until_it_is_right(tmp_path: Path) -> None:
    put(TEXT)
    words = editor(
        tmp_path, "path.write_text('profile = 5' if 'region' in text else '')"
    )
    result = run("edit", EDITOR=words, answers="y\n")
    assert result.exit_code == 0
    assert "profile = 5: expected a string" in result.stderr
    assert config_file().read_text() == ""


def test_edit_mends_a_wrong_file(tmp_path: Path) -> None:
    put("profile = 5")
    assert run("edit", EDITOR=editor(tmp_path, "path.write_text('')")).exit_code == 0
    assert config_file().read_text() == ""


def test_edit_loses_nothing_that_something_else_wrote_meanwhile(tmp_path: Path) -> None:
    put(TEXT)
    other = f"pathlib.Path({str(config_file())!r})"
    code = f"path.write_text(''); {other}.write_text('# meanwhile')"
    result = run("edit", EDITOR=editor(tmp_path, code), answers="n\n")
    assert result.exit_code == 1
    assert "in the meantime" in result.stderr
    assert config_file().read_text() == "# meanwhile"


def test_a_copy_that_the_editor_lost_is_said(tmp_path: Path) -> None:
    put(TEXT)
    result = run("edit", EDITOR=editor(tmp_path, "path.unlink()"), answers="n\n")
    assert (result.exit_code, "The editor left no" in result.stderr) == (1, True)
    assert config_file().read_text() == TEXT


@pytest.mark.parametrize("answers", ["n\n", ""])
def test_edit_keeps_the_old_file_and_what_was_written(
    tmp_path: Path, answers: str
) -> None:
    put(TEXT)
    result = run(
        "edit",
        EDITOR=editor(tmp_path, "path.write_text('profile = 5')"),
        answers=answers,
    )
    assert result.exit_code == 1
    assert config_file().read_text() == TEXT
    (kept,) = (path for path in config_file().parent.iterdir() if path != config_file())
    assert kept.read_text() == "profile = 5"
    assert str(kept) in result.stderr


def test_an_editor_that_fails_loses_nothing(tmp_path: Path) -> None:
    put(TEXT)
    assert run("edit", EDITOR="false").exit_code == 1
    assert list(config_file().parent.iterdir()) == [config_file()]
    result = run(
        "edit", EDITOR=editor(tmp_path, "path.write_text('# half'); sys.exit(3)")
    )
    assert result.exit_code == 1
    assert config_file().read_text() == TEXT
    (kept,) = (path for path in config_file().parent.iterdir() if path != config_file())
    assert str(kept) in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("no-such-editor-here", "no-such-editor-here"),
        ("'unclosed", "No closing quotation"),
    ],
)
def test_an_editor_that_can_not_be_run_is_said(words: str, said: str) -> None:
    result = run("edit", EDITOR=words)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "EDITOR" in result.stderr
    assert list(config_file().parent.iterdir()) == []


def test_a_home_that_is_nowhere_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    def nobody(_uid: int) -> pwd.struct_passwd:
        raise KeyError

    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for command in ("path", "check", "edit"):
        result = run(command)
        assert result.exit_code == 1
        assert "HOME" in result.stderr
    assert "there is no home" in run("show").output


def test_it_can_be_hung_under_another_command() -> None:
    @click.group()
    @click.option("--profile")
    @click.pass_context
    def above(context: click.Context, profile: str | None) -> None:
        context.obj = Flags(profile=profile)

    above.add_command(config)
    put(TEXT + "[profiles.home]\nregion = 'au'")
    assert (
        "AWS AU"
        in CliRunner().invoke(above, ["--profile", "home", "config", "show"]).output
    )


def test_looking_loads_neither_the_editor_of_comments_nor_a_screen() -> None:
    code = (
        "import sys, tui.cli.config\n"
        "late = ('textual', 'httpx', 'tomlkit', 'keyring', 'cryptography')\n"
        "print([module for module in late if module in sys.modules])"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert output.strip() == "[]"


def test_set_writes_one_value_keeps_comments_and_takes_it_out_again() -> None:
    put("# mine\n" + TEXT)
    flags = Flags(profile="work")
    assert run("set", "read_only", "false", flags=flags).output.endswith(
        "is set in the profile work.\n"
    )
    assert run("set", "region", "au", flags=flags).exit_code == 0
    assert (
        run("set", "auth_command", '["pass", "show", "cs"]', flags=flags).exit_code == 0
    )
    assert run("set", "keys.sort", '["f6"]', flags=flags).exit_code == 0
    assert run("set", "profile", "work").exit_code == 0
    text = config_file().read_text()
    assert text.startswith("# mine\n")
    for line in (
        "read_only = false",
        'region = "au"',
        '["pass", "show", "cs"]',
        'profile = "work"',
        "f6",
    ):
        assert line in text
    assert run("set", "region", flags=flags).output.endswith(
        "is removed in the profile work.\n"
    )
    assert "region" not in config_file().read_text()
    assert run("check").exit_code == 0


def test_set_on_a_new_machine_creates_the_default_profile() -> None:
    result = run("set", "region", "eu")
    assert result.output.endswith("region is set in the profile default.\n")
    assert run("set", "keys.sort", '["f6"]').exit_code == 0
    assert "[profiles.default" in config_file().read_text()
    assert "AWS EU" in run("show").output


def test_set_without_a_profile_takes_the_one_that_would_be_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(TEXT)
    assert run("set", "region", "au").output.endswith("in the profile work.\n")
    put(TEXT + "\n[profiles.home]\n")
    several = run("set", "region", "au")
    assert several.exit_code == 1
    assert "Choose a profile (work, home)" in several.output
    monkeypatch.setenv("TOKENDECK_PROFILE", "home")
    assert run("set", "region", "au").output.endswith("in the profile home.\n")


def test_production_environments_are_shown_by_their_names() -> None:
    assert run("set", "production_environments", '["live-eu", "shop"]').exit_code == 0
    assert "live-eu, shop" in run("show").output


def test_set_takes_all_own_hosts_at_once_and_then_each() -> None:
    put("# mine\n" + TEXT)
    flags = Flags(profile="work")
    alone = run("set", "hosts.cma", "https://cma.example.com", flags=flags)
    assert alone.exit_code == 1
    assert "region and hosts can't be used together" in alone.output
    assert run("set", "region", flags=flags).exit_code == 0
    alone = run("set", "hosts.cma", "https://cma.example.com", flags=flags)
    assert alone.exit_code == 1
    assert """hosts '{cma = "https://…", cda = "https://…"}'""" in alone.output
    both = '{cma = "https://cma.example.com", cda = "https://cda.example.com"}'
    for _again in range(2):
        assert run("set", "hosts", both, flags=flags).exit_code == 0
    preview = "https://preview.example.com"
    assert run("set", "hosts.preview", preview, flags=flags).exit_code == 0
    text = config_file().read_text()
    assert text.startswith("# mine\n")
    assert read_config(config_file()).profiles["work"].hosts == Hosts(
        cma="https://cma.example.com", cda="https://cda.example.com", preview=preview
    )
    assert run("set", "hosts.cda", flags=flags).exit_code == 1
    assert config_file().read_text() == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("regoin", "eu"),
        ("hosts", '{cma = "https://cma.example.com"}'),
        ("hosts", '{cma = 1, cda = "https://cda.example.com"}'),
        ("region", "moon"),
        ("read_only", "perhaps"),
        ("keys.quit", "[]"),
        ("keys.x", '["q"]'),
    ],
)
def test_set_refuses_what_would_be_wrong_and_changes_nothing(
    name: str, value: str
) -> None:
    put(TEXT)
    result = run("set", name, value, flags=Flags(profile="work"))
    assert result.exit_code == 1
    assert config_file().read_text() == TEXT


def test_set_makes_the_file_where_there_is_none() -> None:
    assert run("set", "region", "eu", flags=Flags(profile="work")).exit_code == 0
    assert config_file().stat().st_mode & 0o777 == 0o600
    assert 'region = "eu"' in config_file().read_text()
