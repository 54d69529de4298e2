from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from tui.cli import tokendeck

ENVIRON = {"CONTENTSTACK_API_KEY": "blt" + "1" * 16, "CONTENTSTACK_AUTHTOKEN": "blt" + "2" * 16}


def run(*words: str, environ: dict[str, str] | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(tokendeck, list(words), env=environ)
    return result.exit_code, result.output


def test_without_anything_one_sentence_says_what_is_missing_and_where_it_comes_from() -> None:
    code, output = run()
    assert code == 2
    assert output.count("\n") == 1
    for word in ("--stack", "CONTENTSTACK_API_KEY", "CONTENTSTACK_AUTHTOKEN", "tokendeck --demo"):
        assert word in output


@pytest.mark.parametrize("words", [("--demo",), ("--region", "eu")])
def test_without_a_terminal_the_dashboard_says_so_and_does_not_hang(words: tuple[str, ...]) -> None:
    code, output = run(*words, environ=ENVIRON)
    assert code == 2
    assert "ssh -t" in output


def test_an_unknown_region_names_those_there_are() -> None:
    code, output = run("--region", "mars", environ=ENVIRON)
    assert code == 2
    assert "azure-na" in output


def test_plain_http_is_for_this_machine_alone() -> None:
    code, output = run("--cma", "http://example.com", "--cda", "http://example.com", environ=ENVIRON)
    assert code == 2
    assert "https" in output


def test_no_option_takes_a_secret() -> None:
    code, output = run("--help")
    assert code == 0
    for word in ("--token", "--authtoken", "--password"):
        assert word not in output


def test_the_command_line_loads_neither_textual_nor_httpx() -> None:
    modules = ("textual", "httpx", "tui.sandbox.service")
    code = f"import sys, tui.cli; print([m for m in {modules} if m in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"
