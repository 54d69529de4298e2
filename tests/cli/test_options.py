"""Options that are refused before anything is sent, whatever the command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.headless import Headless
from tests.cli.test_matrix import ALL, WRITES
from tools.shell_docs import commands
from tui.cli.document_index import DOCUMENTS
from tui.cli.documents import RequestDocument, TokenDocument
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.main import tokendeck
from tui.cli.output import Output

OWN = {"config", "doctor", "help", "logout", "sandbox"}
MAY_BE_EMPTY = {"--description"}


def with_values() -> Iterator[tuple[str, str]]:
    """Yield each option that takes a text, with its command."""
    for words, command in (("", tokendeck), *commands()):
        if words.partition(" ")[0] in OWN:
            continue
        for option in command.params:
            is_text = isinstance(option, click.Option) and not option.is_flag
            if is_text and isinstance(option.type, click.types.StringParamType):
                yield words, option.opts[0]


REQUIRED = {"inventory": ("--out", "file"), "drift": ("file",)}
"""The arguments that a command requires."""


@pytest.mark.parametrize(("words", "option"), with_values())
def test_a_variable_that_is_not_set_is_no_value(
    shell: Headless, words: str, option: str
) -> None:
    given = (option, "")
    command = (*words.split(), *(REQUIRED | ALL).get(words, ()))
    done = shell(*command, *given) if words else shell(*given, "list")
    if option in MAY_BE_EMPTY:
        assert "empty" not in done.stderr
        return
    assert (done.code, done.stdout) == (Exit.USAGE, "")
    assert f"{option} is empty." in done.stderr
    assert shell.requests == []


@pytest.mark.parametrize("field", ["nmae", "name.nmae", "value.nmae", "tokens.uid"])
@pytest.mark.parametrize("name", [*WRITES, "export"])
def test_a_field_that_there_is_not_is_refused_before_the_call(
    shell: Headless, name: str, field: str, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    ways = ("--env-file", str(file)) if name in ("create", "ensure", "export") else ()
    done = shell(*name.split(), *ALL[name], *ways, "--plain", field)
    assert (done.code, done.stdout) == (Exit.USAGE, "")
    assert f"there is no field {field}." in done.stderr
    assert shell.requests == []
    assert not file.exists()


@pytest.mark.parametrize("name", [*WRITES, "export"])
def test_a_field_of_the_row_is_printed(shell: Headless, name: str) -> None:
    field = "steps" if name == "rotate" else "name"
    done = shell(*name.split(), *ALL[name], "--plain", field)
    assert done.code == Exit.DONE
    assert done.stdout.strip()


def test_fields_are_known_by_their_types() -> None:
    for field in ("value", "value.masked", "environments", "preview.fingerprint"):
        Output("plain", field).check_field(TokenDocument)
    Output("plain", "body.token.name").check_field(RequestDocument)
    Output("plain", "old.value.masked").check_field(DOCUMENTS["rotate"])
    for field in ("value.x", "environments.x", "rights.module", "name.x", ""):
        with pytest.raises(CommandFailed):
            Output("plain", field).check_field(TokenDocument)
    Output("json").check_field(TokenDocument)


@pytest.mark.parametrize("option", ["--json", "--jsonl", "--plain"])
def test_an_option_before_its_command_is_said_where_it_goes(
    shell: Headless, option: str
) -> None:
    done = shell(option, "list")
    assert done.code == Exit.USAGE
    assert f"after the command: tokendeck list {option}" in done.stderr


@pytest.mark.parametrize(
    ("typed", "meant"), [("handout", "hand-out"), ("hint", "hints"), ("lst", "list")]
)
def test_a_slip_in_a_name_is_answered_with_the_nearest(
    shell: Headless, typed: str, meant: str
) -> None:
    done = shell(typed)
    assert done.code == Exit.USAGE
    assert f"'{meant}'" in done.stderr
