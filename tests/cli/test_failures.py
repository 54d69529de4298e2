"""How a command reports what went wrong: code, sentence, next step."""

from __future__ import annotations

import pytest

from tests.cli.headless import Headless
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed, failure_of
from tui.connection.connection import ConnectionMissing
from tui.connection.stack_lookup import StackUnclear
from tui.contentstack import errors
from tui.contentstack.models import ManagementToken
from tui.contentstack.rows import Rows
from tui.contentstack.scope import Scope
from tui.export.source import Unfit
from tui.files.refusal import FileRefused
from tui.workspace.creation import OldestUnnamed
from tui.workspace.writing import ChangedSince

ROBOT = ManagementToken("blt1", "robot", scope=Scope())


@pytest.mark.parametrize(
    ("error", "code", "next"),
    [
        (ChangedSince(ROBOT, ("name",)), Exit.CONFLICT, "Try again."),
        (OldestUnnamed(Rows([ROBOT])), Exit.CONFLICT, "Try again."),
        (ConnectionMissing("Tokendeck needs a region."), Exit.SIGNED_OUT, ""),
        (StackUnclear("Which stack?"), Exit.NOT_FOUND, "`tokendeck stacks`"),
        (FileRefused("It's a folder."), Exit.FAILED, ""),
        (Unfit("No name for it."), Exit.FAILED, ""),
        (errors.RateLimited("Too many"), Exit.CONFLICT, ""),
        (errors.SignedOut("You aren't signed in"), Exit.SIGNED_OUT, ""),
        (CommandFailed(Exit.NOT_VERIFIED, "No."), Exit.NOT_VERIFIED, ""),
    ],
)
def test_each_error_has_its_code_and_what_to_do_next(
    error: Exception, code: Exit, next: str
) -> None:
    failure = failure_of(error)
    assert failure is not None
    assert failure.exit is code
    assert next in failure.next
    assert failure.what


def test_a_fault_of_our_own_is_no_failure_of_the_command() -> None:
    assert failure_of(RuntimeError("a fault")) is None


def test_what_may_have_happened_is_told_to_programs() -> None:
    error = errors.Interrupted("You stopped waiting", may_have_happened=True)
    failure = failure_of(error)
    assert failure is not None
    assert failure.more["in_doubt"] is True


def test_a_stack_without_branches_takes_none(shell: Headless) -> None:
    words = ("--stack", "Press", "create", "x", "--env", "production")
    done = shell(*words, "--branch", "main", "--json")
    assert done.error["code"] == Exit.NOT_FOUND
    assert done.error["next"] == "Remove --branch."
    assert shell(*words).code == Exit.DONE


def test_without_main_the_only_branch_is_taken_or_one_must_be_named(
    shell: Headless,
) -> None:
    stack = shell.sandbox.stacks[0]
    others = [name for name in stack.branches if name != "main"]
    for name in ("main", *others[1:]):
        del stack.branches[name]
    stack.aliases.clear()
    assert shell("create", "x", "--env", "qa").code == Exit.DONE
    assert shell.tokens()["x"]["branches"] == others[:1]


def test_an_option_in_the_wrong_place_is_said(shell: Headless) -> None:
    done = shell("list", "--read-only")
    assert done.code == Exit.USAGE
    assert "Put it before the command: tokendeck --read-only" in done.stderr
    done = shell("--json", "list")
    assert done.code == Exit.USAGE
    assert "Put it after the command: tokendeck list --json." in done.stderr
    done = shell("list", "--nonsense")
    assert done.code == Exit.USAGE
    assert "Put it" not in done.stderr
