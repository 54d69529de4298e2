"""`tokendeck export`: which of a token's uses and values it chooses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.headless import Headless, no_secret
from tests.cli.test_creating import values_of
from tests.support.terminal import environment_with
from tui.cli.exit_codes import Exit


def test_without_a_way_out_the_values_are_hidden(shell: Headless) -> None:
    done = shell("export", "web-production")
    assert done.code == Exit.DONE
    assert "CONTENTSTACK_ENVIRONMENT=production" in done.stdout
    assert "CONTENTSTACK_DELIVERY_TOKEN=cs••••" in done.stdout
    assert "--env-file writes them" in done.stderr
    no_secret(shell, [done.stdout, done.stderr])
    curl = shell("export", "web-production", "--format", "curl")
    assert "Values are hidden" not in curl.stderr
    no_secret(shell, [curl.stdout])


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("--env", "nowhere"), "nowhere"),
        (("--branch", "nope"), "nope"),
        (("--env", "nowhere", "--branch", "main"), "nowhere on main"),
    ],
)
def test_a_use_that_a_token_does_not_have_is_refused(
    shell: Headless, words: tuple[str, ...], asked: str
) -> None:
    done = shell("export", "web-production", *words, "--json")
    assert done.error["code"] == Exit.NOT_FOUND
    assert done.error["what"] == f"web-production doesn't serve {asked}."
    assert done.error["next"] == "It serves production on main."


def test_of_several_uses_the_one_that_is_taken_is_said(
    shell: Headless, tmp_path: Path
) -> None:
    scope = ("--env", "qa", "--branch", "main", "--branch", "development")
    assert shell("create", "both", *scope).code == Exit.DONE
    file = str(tmp_path / ".env")
    done = shell("export", "both", "--env-file", file)
    assert "Using qa on main. --env and --branch choose another." in done.stderr
    done = shell("export", "both", "--env-file", file, "--branch", "development")
    assert "Using" not in done.stderr
    assert "CONTENTSTACK_BRANCH=development" in Path(file).read_text()


def test_a_value_that_is_not_there_is_not_printed(shell: Headless) -> None:
    done = shell("export", "kiosk-berlin", "--reveal-preview")
    assert (done.code, done.stdout) == (Exit.CONFLICT, "")
    assert "has no preview token" in done.stderr
    done = shell("export", "ci-deploy", "--reveal")
    assert (done.code, done.stdout) == (Exit.CONFLICT, "")
    assert "`tokendeck rotate " in done.stderr
    record = next(
        record
        for record in shell.sandbox.stacks[0].delivery_tokens.values()
        if record.name == "web-production"
    )
    record.value = ""
    done = shell("export", "web-production", "--reveal")
    assert (done.code, done.stdout) == (Exit.CONFLICT, "")
    assert "didn't return the value" in done.stderr


def test_only_one_value_is_printed(shell: Headless) -> None:
    done = shell("export", "web-production", "--reveal", "--reveal-preview")
    assert (done.code, done.stdout) == (Exit.USAGE, "")
    assert shell.requests == []


@pytest.mark.parametrize("words", [("export", "web-production"), ("create", "w2")])
def test_a_program_gets_variables_or_nothing(
    shell: Headless, words: tuple[str, ...]
) -> None:
    scope = ("--env", "qa") if words[0] == "create" else ()
    done = shell(*words, *scope, "--format", "curl", "--exec", "--", "true")
    assert done.code == Exit.USAGE
    assert "has no variable names" in done.stderr
    assert shell.writes == []


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("export", "web-production"), "production"),
        (("create", "web2", "--env", "qa"), "qa"),
        (("create", "ci", "--management"), ""),
    ],
)
def test_a_program_takes_our_place_with_the_values(
    tmp_path: Path, words: tuple[str, ...], printed: str
) -> None:
    program = str(Path(sys.executable).with_name("tokendeck"))
    code = "echo ${CONTENTSTACK_ENVIRONMENT}; env | grep -c _TOKEN=cs; exit 7"
    done = subprocess.run(
        [program, "--demo", *words, "--exec", "--", "sh", "-c", code],
        env=environment_with({"HOME": str(tmp_path)}),
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 7
    environment, count = done.stdout.splitlines()
    assert environment == printed
    assert int(count) > 0


def test_a_program_that_can_not_be_run_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF but no program")
    broken.chmod(0o755)
    program = str(Path(sys.executable).with_name("tokendeck"))
    words = ("--demo", "export", "web-production", "--exec", "--", str(broken))
    done = subprocess.run(
        [program, *words],
        env=environment_with({"HOME": str(tmp_path)}),
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 1
    assert f"--exec: {broken}: Exec format error." in done.stderr


def test_what_git_does_not_ignore_is_said(
    shell: Headless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q"], check=True)
    done = shell("export", "web-production", "--env-file", ".env")
    assert "git doesn't ignore" in done.stderr
    assert str(values_of(shell, "web-production")[0]) in Path(".env").read_text()
