"""Tab completion in the installed shells, set up as docs/commands.md says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.support.terminal import environment_with
from tui.cli.table import SHELL_COMMANDS

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
LINES = {
    shell: re.search(rf"^\$ (.*{shell}_source.*?)  +#", PAGE.read_text(), re.M)
    for shell in ("bash", "zsh", "fish")
}
START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
SETTING = {
    "bash": ["bind 'set enable-bracketed-paste off'", "PS1='> '"],
    "zsh": ["autoload -Uz compinit && compinit -u", "unsetopt zle_bracketed_paste"],
    "fish": ["set fish_greeting"],
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with the command on its PATH and no user settings."""
    program = tmp_path / "bin" / "tokendeck"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n')
    program.chmod(0o755)
    return environment_with(
        {
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(PAGE.parents[1]),
            "HOME": str(tmp_path),
            "TERM": "dumb",
        }
    )


@pytest.mark.parametrize("shell", START)
def test_tab_completes_commands_and_options(
    shell: str, environ: dict[str, str]
) -> None:
    line = LINES[shell]
    assert line is not None
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed (make system-deps)")
    first, *options = START[shell]
    child = pexpect.spawn(
        first, options, env=environ, encoding="utf-8", timeout=30, dimensions=(50, 100)
    )
    for words in (*SETTING[shell], line[1], "echo re''ady"):
        child.sendline(words)
    child.expect("ready")
    child.send("tokendeck cover\t")
    child.expect("coverage")
    child.send(" --gap\t")
    child.expect("--gaps")
    child.close(force=True)


def complete(shell: str, words: str, number: int, environ: dict[str, str]) -> list[str]:
    """Return what click answers to a shell, without the shell."""
    done = subprocess.run(
        [sys.executable, "-m", "tui"],
        env={
            **environ,
            "_TOKENDECK_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(number),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_tab_offers_each_command_and_loads_none(environ: dict[str, str]) -> None:
    offered = complete("bash", "tokendeck ", 1, environ)
    assert offered == [f"plain,{name}" for name in SHELL_COMMANDS]
    code = (
        "import sys; sys.argv = ['tokendeck']\n"
        "from tui.cli.main import tokendeck\n"
        "try: tokendeck(prog_name='tokendeck')\n"
        "except SystemExit: pass\n"
        "late = {'asyncio', 'msgspec', 'httpx', 'textual', 'tui.config.settings'}\n"
        "print(sorted(late & set(sys.modules)), file=sys.stderr)"
    )
    for words, number in (("tokendeck ", 1), ("tokendeck create --", 2)):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={
                **environ,
                "_TOKENDECK_COMPLETE": "bash_complete",
                "COMP_WORDS": words,
                "COMP_CWORD": str(number),
            },
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == "[]\n"
        assert done.stdout


def test_a_tab_offers_options_and_the_commands_of_a_group(
    environ: dict[str, str],
) -> None:
    assert "plain,--env-file" in complete("bash", "tokendeck ensure --e", 2, environ)
    assert complete("bash", "tokendeck preview ", 2, environ) == [
        "plain,create",
        "plain,delete",
    ]
