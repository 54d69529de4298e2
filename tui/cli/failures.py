"""Failures as values: an exit code, and what stderr says to people or programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from tui.cli.exit_codes import Exit

if TYPE_CHECKING:
    from tui.contentstack.errors import ContentstackError

_JSON_OPTIONS = {"--json", "--jsonl"}
_AFTER_COMMAND = {*_JSON_OPTIONS, "--plain"}

_NEXT = {
    "sign_in": "Sign in with `tokendeck`, or set CONTENTSTACK_AUTHTOKEN.",
    "region": "Check --stack and --region; `tokendeck stacks` lists your stacks.",
    "stacks": (
        "Choose one with --stack or CONTENTSTACK_API_KEY. `tokendeck stacks` lists"
        " them."
    ),
}
"""What to run instead, by the id of the dashboard's command."""


@dataclass(frozen=True)
class Failure:
    """Why a command failed.

    Attributes:
        what: what happened, as a sentence.
        where: the region and host that said so; empty if none was called.
        why: the reason, as far as it is known.
        next: what to do, as a sentence.
        more: extra fields for programs, such as the tokens that match.
    """

    exit: Exit
    what: str
    where: str = ""
    why: str = ""
    next: str = ""
    more: dict[str, object] = field(default_factory=dict)

    def as_json(self) -> str:
        """Return the failure as one line of JSON."""
        told: dict[str, object] = {"code": int(self.exit)}
        told |= {"kind": self.exit.name.lower(), "what": self.what}
        told |= {"where": self.where, "why": self.why, "next": self.next}
        return json.dumps(told | self.more, ensure_ascii=False)

    def as_text(self) -> str:
        """Return the failure as sentences."""
        from tui.display import visible

        where = f" ({self.where})" if self.where else ""
        why = f": {self.why.rstrip('.')}" if self.why else ""
        said = f"{self.what.rstrip('.')}{where}{why}"
        said += "" if said.endswith(("?", "!")) else "."
        return visible(f"{said} {self.next}".strip())


class CommandFailed(Exception):
    """A command can't do what it was asked to, or hasn't done it."""

    def __init__(
        self, exit: Exit, what: str, *, why: str = "", next: str = "", **more: object
    ) -> None:
        super().__init__(what)
        self.failure = Failure(exit, what, why=why, next=next, more=more)

    @classmethod
    def of(cls, failure: Failure) -> CommandFailed:
        """Wrap a known failure in an exception."""
        error = cls(failure.exit, failure.what)
        error.failure = failure
        return error


def failure_of(error: BaseException) -> Failure | None:
    """Return what an exception means to the caller; None for a bug."""
    # Loaded only when something fails: `--help` and Tab don't need them.
    from tui.connection.connection import ConnectionMissing
    from tui.connection.stack_lookup import StackUnclear
    from tui.contentstack.errors import ContentstackError
    from tui.export.source import Unfit
    from tui.files.refusal import Refused
    from tui.workspace.creation import OldestUnnamed
    from tui.workspace.writing import ChangedSince

    if isinstance(error, CommandFailed):
        return error.failure
    if isinstance(error, ContentstackError):
        return _of_contentstack(error)
    if isinstance(error, ChangedSince | OldestUnnamed):
        what = "Someone else changed the stack in the meantime, so nothing was sent."
        return Failure(Exit.CONFLICT, what, why=str(error), next="Try again.")
    if isinstance(error, ConnectionMissing):
        return Failure(Exit.SIGNED_OUT, str(error))
    if isinstance(error, StackUnclear):
        return Failure(Exit.NOT_FOUND, str(error), next=_NEXT["stacks"])
    if isinstance(error, Refused | Unfit):
        return Failure(Exit.FAILED, str(error))
    return None


def _of_contentstack(error: ContentstackError) -> Failure:
    hint = _NEXT.get(error.remedy or "", "")
    advice = " ".join(filter(None, (error.advice, error.outcome, hint)))
    more: dict[str, object] = {}
    if error.may_have_happened:
        more["in_doubt"] = True
    if error.status is not None:
        more["status"] = error.status
    if error.code is not None:
        more["error_code"] = error.code
    return Failure(
        exit_of(error),
        f"{error.what or error.summary}.",
        where=error.place,
        why=error.why,
        next=advice,
        more=more,
    )


def exit_of(error: ContentstackError) -> Exit:
    """Return the exit code of an error; the first class that matches decides."""
    from tui.contentstack import errors

    codes: tuple[tuple[type[ContentstackError], Exit], ...] = (
        (errors.RateLimited, Exit.CONFLICT),
        (errors.MayPass, Exit.NETWORK),
        (errors.BadAnswer, Exit.NETWORK),
        (errors.SignedOut, Exit.SIGNED_OUT),
        (errors.SecondFactorNeeded, Exit.SIGNED_OUT),
        (errors.LoginRefused, Exit.SIGNED_OUT),
        (errors.StackNotFound, Exit.NOT_FOUND),
        (errors.EnvironmentRefused, Exit.NOT_FOUND),
        (errors.NotFound, Exit.NOT_FOUND),
        (errors.ReadOnly, Exit.REFUSED),
        (errors.NotAllowed, Exit.REFUSED),
        (errors.Invalid, Exit.CONFLICT),
        (errors.PlanLacks, Exit.CONFLICT),
    )
    return next((code for kind, code in codes if isinstance(error, kind)), Exit.FAILED)


def fails_in_json(words: Sequence[str]) -> bool:
    """Return whether the words of a command line ask for JSON, errors included."""
    before = words[: words.index("--")] if "--" in words else words
    return not _JSON_OPTIONS.isdisjoint(before)


def tell(failure: Failure, *, as_json: bool) -> None:
    """Say on stderr why a command failed; if no one reads it, the code has to do."""
    with suppress(OSError):
        click.echo(failure.as_json() if as_json else failure.as_text(), err=True)


def tell_usage(error: click.ClickException, *, as_json: bool) -> None:
    """Say what's wrong with a command line."""
    context: click.Context | None = getattr(error, "ctx", None)
    hint = f"`{context.command_path} --help` shows how." if context else ""
    placed = _placed(error, context)
    if as_json:
        exit = Exit(error.exit_code)
        tell(Failure(exit, error.format_message(), next=placed or hint), as_json=True)
        return
    with suppress(OSError):
        error.show()
        if placed:
            click.echo(placed, err=True)


def _placed(error: click.ClickException, context: click.Context | None) -> str:
    """Say where to put an option that exists, but not on this command."""
    if not isinstance(error, click.NoSuchOption) or not context:
        return ""
    if context.parent is None and error.option_name in _AFTER_COMMAND:
        return f"Put it after the command: tokendeck list {error.option_name}."
    if context.parent is None:
        return ""
    options = context.find_root().command.params
    if not any(error.option_name in option.opts for option in options):
        return ""
    name = error.option_name
    return f"Put it before the command: tokendeck {name} … {context.info_name}."
