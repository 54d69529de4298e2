"""A dry run prints each request that it would send, and does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.headless import Headless
from tests.cli.test_documents import check
from tests.cli.test_matrix import WRITES
from tests.cli.test_rotate import store
from tui.cli.exit_codes import Exit
from tui.state.rotations import RotationStore

__all__ = ["store"]

IDLE = {
    "ensure": ("web-production", "--env", "production"),
    "edit": ("web-staging", "--name", "web-staging"),
    "preview create": ("web-staging",),
    "preview delete": ("kiosk-berlin",),
}
"""Commands that find everything as it should be."""


def methods(shell: Headless, *words: str) -> list[str]:
    document = shell(*words, "--dry-run", "--json").json
    check("--dry-run", document)
    return [request["method"] for request in document["requests"]]


@pytest.mark.parametrize("name", WRITES)
def test_it_prints_the_document_of_dry_runs_and_sends_nothing(
    shell: Headless, name: str
) -> None:
    assert methods(shell, *name.split(), *WRITES[name])
    assert shell.writes == []


@pytest.mark.parametrize("name", IDLE)
def test_where_nothing_is_to_be_done_the_list_is_empty(
    shell: Headless, name: str
) -> None:
    words = (*name.split(), *IDLE[name])
    assert methods(shell, *words) == []
    done = shell(*words, "--dry-run")
    assert (done.code, done.stdout) == (Exit.DONE, "")
    assert done.stderr == "There is nothing to send.\n"


def test_it_prints_all_that_several_tokens_need(shell: Headless) -> None:
    words = ("ensure", "site", "--env", "qa", "--env", "staging")
    shell("create", "site-qa", "--env", "qa", "--branch", "development")
    assert methods(shell, *words, "--update") == ["PUT", "POST"]
    assert methods(shell, *words, "--update", "--preview") == ["PUT", "POST", "POST"]


def test_a_rotation_shows_its_end_and_leaves_everything_as_it_is(
    shell: Headless, store: RotationStore, tmp_path: Path
) -> None:
    shell("rotate", "web-production")
    stack = shell.sandbox.stacks[0].uid
    before = store.unfinished(stack)
    file = tmp_path / ".env"
    words = ("rotate", "web-production", "--until", "deleted", "--env-file", str(file))
    assert methods(shell, *words) == ["DELETE", "PUT"]
    assert methods(shell, *words, "--skip", "renamed") == ["DELETE"]
    assert store.unfinished(stack) == before
    assert not file.exists()


@pytest.mark.usefixtures("store")
def test_a_rotation_says_that_the_later_steps_are_missing(shell: Headless) -> None:
    done = shell("rotate", "web-production", "--until", "deleted", "--dry-run")
    assert done.stdout.startswith("POST ")
    assert "The other steps need the replacement" in done.stderr
