from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tui.cli.main import tokendeck
from tui.config.sound_text import take_words

ENVIRON = {
    "CONTENTSTACK_API_KEY": "blt" + "1" * 16,
    "CONTENTSTACK_AUTHTOKEN": "blt" + "2" * 16,
}


def run(*words: str, environ: dict[str, str] | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(tokendeck, list(words), env=environ)
    return result.exit_code, result.output


def test_one_sentence_says_what_is_missing_and_where_it_comes_from() -> None:
    code, output = run()
    assert code == 2
    assert output.count("\n") == 1
    for word in (
        "--stack",
        "CONTENTSTACK_API_KEY",
        "CONTENTSTACK_AUTHTOKEN",
        "tokendeck --demo",
    ):
        assert word in output


@pytest.mark.parametrize("words", [("--demo",), ("--region", "eu")])
def test_without_a_terminal_the_dashboard_says_so_and_does_not_hang(
    words: tuple[str, ...],
) -> None:
    code, output = run(*words, environ=ENVIRON)
    assert code == 2
    assert "ssh -t" in output


def test_an_unknown_region_names_those_there_are() -> None:
    code, output = run("--region", "mars", environ=ENVIRON)
    assert code == 2
    assert "azure-na" in output


def test_plain_http_is_for_this_machine_alone() -> None:
    code, output = run(
        "--cma", "http://example.com", "--cda", "http://example.com", environ=ENVIRON
    )
    assert code == 2
    assert "https" in output


def test_no_option_takes_a_secret() -> None:
    code, output = run("--help")
    assert code == 0
    for word in ("--token", "--authtoken", "--password"):
        assert word not in output


def test_the_command_line_loads_neither_textual_nor_httpx() -> None:
    modules = ("textual", "httpx", "tui.sandbox.service")
    code = (
        f"import sys, tui.cli.main; print([m for m in {modules} if m in sys.modules])"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert output.strip() == "[]"


@pytest.mark.parametrize(
    "name", ["TOKENDECK_STACK", "CONTENTSTACK_AUTHTOKEN", "HOME", "XDG_STATE_HOME"]
)
def test_a_variable_that_is_no_text_is_refused_by_its_name(name: str) -> None:
    code = (
        "import sys; from tui.cli.main import main; "
        "sys.argv = ['tokendeck', '--demo']; main()"
    )
    environ = {**os.environ, name: os.fsdecode(b"/tmp/\xff")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.decode() == f"{name} contains text that isn't valid Unicode.\n"


def test_a_word_that_is_no_text_is_refused() -> None:
    words: list[str | bytes] = [
        sys.executable,
        "-m",
        "tui",
        "--stack",
        b"stack\xe9",
        "doctor",
    ]
    done = subprocess.run(words, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "stack<U+DCE9>: this argument contains text that isn't valid Unicode.\n"
    )


def test_another_programs_variable_that_is_no_text_is_passed_over() -> None:
    environ = {
        "TERM_PROGRAM": "\udcff",
        "LS_COLORS": "\udc80",
        "PATH": "/stack\udce9",
        "LANG": "C.UTF-8",
    }
    take_words([], environ)
    assert environ == {"PATH": "/stack\udce9", "LANG": "C.UTF-8"}
