"""Verifies tokens, and reports the result of each call."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from tui.cli.documents import CheckDocument, VerificationDocument
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.run import CommandRun
from tui.contentstack.dressing import NoValue, Undressed, told, undress
from tui.contentstack.models import Token, TokenKind
from tui.contentstack.verify import Verdict
from tui.messages.verification import unasked_words, verification_words
from tui.workspace.verify.verification import Verification

_MOST_BYTES = 4096
_MAY_PASS = {Verdict.UNREACHABLE, Verdict.NO_VERDICT}


@dataclass(frozen=True)
class Verifying:
    """What `tokendeck verify` was asked to do; call it to do that.

    Attributes:
        wanted: the tokens; none for all of the kind.
        piped: whether the value is on standard input.
    """

    wanted: tuple[str, ...]
    kind: TokenKind | None
    piped: bool

    async def __call__(self, run: CommandRun) -> Exit:
        """Make the calls, and print their results."""
        piped = _piped_value() if self.piped else None
        value = piped.value if piped else None
        tokens = await self._tokens(run)
        if value is None and not any(token.value for token in tokens):
            what = "Tokendeck doesn't know the value of a management token."
            next = "Pipe it in with --value-stdin."
            raise CommandFailed(Exit.USAGE, what, next=next)
        done = await run.workspace.verifier.verify(tokens, pasted=value)
        if piped and (removed := told(piped.removed)):
            run.output.say(f"{removed}.")
        print_verification(run, done)
        return exit_of_verification(done)

    async def _tokens(self, run: CommandRun) -> list[Token]:
        """Read the tokens that are meant: the named ones, or all of `kind`.

        Raises:
            CommandFailed: if there are none to verify.
        """
        parts = ("environments", "branches", "aliases")
        if self.wanted:
            first, *others = self.wanted
            found = [await run.find(first, self.kind, *parts)]  # type: ignore[arg-type]
            return [*found, *(run.pick(each, self.kind) for each in others)]
        kind = self.kind or "delivery"
        snapshot = await run.read(kind, *parts)  # type: ignore[arg-type]
        if refusal := snapshot.listing(kind).error:
            raise refusal
        tokens = [*snapshot.listing(kind).items]
        if not tokens:
            raise CommandFailed(Exit.NOT_FOUND, f"There is no {kind} token.")
        return tokens


def print_verification(run: CommandRun, done: Verification) -> None:
    """Print a row for each call, and say what wasn't called."""
    checks = tuple(map(CheckDocument.of, done.checks))
    document = VerificationDocument(
        works=done.all_work, checks=checks, unasked=unasked_words(done.unasked)
    )
    columns = (
        ("NAME", lambda check: check.name),
        ("KIND", lambda check: check.kind),
        ("ENVIRONMENT", lambda check: check.environment or "-"),
        ("BRANCH", lambda check: check.branch or "-"),
        ("VERDICT", lambda check: check.verdict),
    )
    run.output.rows(document, checks, columns)
    run.output.say(verification_words(done))


def exit_of_verification(done: Verification) -> Exit:
    """Return the exit code, which separates temporary failures from real ones."""
    if done.all_work:
        return Exit.DONE
    findings = {check.finding for check in done.failed}
    if findings and findings <= _MAY_PASS:
        return Exit.NETWORK
    if findings == {Verdict.RATE_LIMITED}:
        return Exit.CONFLICT
    return Exit.NOT_VERIFIED


def _piped_value() -> Undressed:
    """Read a value from standard input, without quotes or other text around it.

    Raises:
        CommandFailed: if it has no value, or is a terminal, which would show it.
    """
    if sys.stdin.isatty():
        what = "--value-stdin: standard input is a terminal, which would show it."
        raise CommandFailed(Exit.USAGE, what, next="Pipe the value in.")
    try:
        return undress(sys.stdin.read(_MOST_BYTES))
    except NoValue as wrong:
        what = f"--value-stdin: the value {wrong}"
    except (OSError, UnicodeDecodeError):
        what = "--value-stdin: standard input has no value."
    raise CommandFailed(Exit.USAGE, what, next="Nothing was sent.")
