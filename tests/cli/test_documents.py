"""The contract: output matches the schema, and the schema is what's documented."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import fastjsonschema
import pytest

from tests.cli.headless import Headless
from tests.cli.test_matrix import ALL
from tools.shell_docs import commands, help_of, man_page
from tui.cli.document_index import DOCUMENTS
from tui.cli.exit_codes import EXIT_CODES, Exit

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "schema.json").read_text("utf-8"))
WORDS = dict(commands())


def check(name: str, document: object) -> None:
    """Assert that a document matches the schema, and has no other fields."""
    kind = DOCUMENTS[name].__name__
    whole = {"$ref": f"#/$defs/{kind}", "$defs": _strict(SCHEMA["$defs"])}
    fastjsonschema.validate(whole, document)


def _strict(schemas: Any) -> Any:
    if isinstance(schemas, dict):
        strict = {key: _strict(value) for key, value in schemas.items()}
        if "properties" in schemas:
            strict["additionalProperties"] = False
        return strict
    return [*map(_strict, schemas)] if isinstance(schemas, list) else schemas


@pytest.mark.parametrize("name", ALL)
def test_what_is_printed_fits_the_schema(shell: Headless, name: str) -> None:
    words = (*name.split(), *ALL[name])
    check(name, shell(*words, "--json").json)
    shell.signed_out = True
    check("error", shell(*words, "--json").error)


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--management"),
        ("show", "ci-deploy"),
        ("health", "--strict"),
        ("coverage", "--gaps"),
        ("verify", "--all"),
    ],
    ids=" ".join,
)
def test_other_documents_fit_too(shell: Headless, words: tuple[str, ...]) -> None:
    check(words[0], shell(*words, "--json").json)


def test_errors_with_more_to_tell_fit_too(shell: Headless) -> None:
    stack = shell.sandbox.stacks[0]
    robot, *_ = stack.management_tokens.values()
    robot.name = "web-production"
    shell.sandbox.fail("422", method="POST", after=1)
    for words in (
        ("show", "web-production"),
        ("ensure", "web-production", "--env", "qa"),
        ("create", "a", "--env", "qa", "--env", "staging"),
        ("list", "--plain", "x", "--json"),
    ):
        check("error", shell(*words, "--json").error)
    check(
        "--dry-run",
        shell("create", "ci", "--management", "--dry-run", "--json").json,
    )


ALL_STACKS = {"list --all-stacks", "health --all-stacks"}


def test_every_document_is_one_of_a_command() -> None:
    printed = {*DOCUMENTS} - {"--dry-run", "error"}
    # Those with files of their own are in test_all_stacks.py and test_whose.py.
    assert printed == {*ALL, "inventory", "drift", *ALL_STACKS, "whose"}


@pytest.mark.parametrize("words", ["", *WORDS])
def test_every_help_fits_80_columns_and_has_an_example(words: str) -> None:
    if words:
        text, command = help_of(words, WORDS[words]), WORDS[words]
    else:
        from tui.cli.main import tokendeck

        context = click.Context(tokendeck, info_name="tokendeck", terminal_width=78)
        text, command = tokendeck.get_help(context), tokendeck
    assert max(map(len, text.splitlines())) < 80
    assert "…" not in text
    example = re.search(r"Example: (.*tokendeck .+)", " ".join(text.split()))
    assert example, words
    # Anyone who copies it gets a command that exists.
    assert words.partition(" ")[0] in example[1]
    assert command.help


def test_exit_codes_are_documented_once_and_in_the_help() -> None:
    assert [code for code, _ in EXIT_CODES] == [*Exit] == [*range(10), 130]
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for code, meaning in EXIT_CODES:
        assert f"| {int(code)} | {meaning} |" in page


def test_the_man_page_is_clean() -> None:
    page = man_page()
    for words in WORDS:
        assert f'.SS "{words}"' in page
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed (make system-deps)")
    done = subprocess.run(
        ["groff", "-man", "-ww", "-z", "-Kutf8"],
        input=page,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
