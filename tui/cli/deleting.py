"""Deletes tokens one after the other, and reports the result of each."""

from __future__ import annotations

from dataclasses import dataclass

from tui.cli.confirming import Consent
from tui.cli.creating import refuse_changing
from tui.cli.documents import ChangeDocument, TokenDocument
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed, failure_of
from tui.cli.reporting import report_document
from tui.cli.run import CommandRun
from tui.contentstack.models import Token, TokenKind
from tui.messages.deletion import deletion_words
from tui.workspace.writing import Deletion, delete_each


@dataclass(frozen=True)
class Deleting:
    """What `tokendeck delete` was asked to do; call it to do that."""

    wanted: tuple[str, ...]
    kind: TokenKind | None
    consent: Consent
    dry_run: bool

    async def __call__(self, run: CommandRun) -> Exit:
        """Delete the tokens.

        Raises:
            CommandFailed: if any of them is still there.
        """
        if not self.dry_run:
            self.consent.check()
        await run.find(self.wanted[0], self.kind, "identity")
        found = [run.pick(each, self.kind) for each in self.wanted]
        tokens = tuple({token.uid: token for token in found}.values())
        for token in tokens:
            refuse_changing(run, token, dry_run=self.dry_run)
        if self.dry_run:
            return await _try(run, tokens)
        names = ", ".join(token.name for token in tokens)
        lost = f"This deletes {names}. Anything that uses it stops working."
        self.consent.ask(tokens, lost)
        deletion = await delete_each(
            run.workspace.delete_token,
            tokens,
            lambda _number, _count: None,
            lambda: run.stopped,
        )
        return _report(run, deletion)


async def _try(run: CommandRun, tokens: tuple[Token, ...]) -> Exit:
    for token in tokens:
        with run.trying():
            await run.workspace.delete_token(token)
    return Exit.DONE


def _report(run: CommandRun, deletion: Deletion) -> Exit:
    if run.memory is not None:
        run.memory.forget_uncollected(*(token.uid for token in deletion.done))
    if deletion.error is not None:
        failure = failure_of(deletion.error)
        code = failure.exit if failure else Exit.FAILED
        what = deletion_words(deletion)
        raise CommandFailed(code, what, why=str(deletion.error))
    if deletion.untried:
        raise CommandFailed(Exit.FAILED, f"Stopped. {deletion_words(deletion)}")
    document = ChangeDocument(
        outcome="deleted",
        tokens=tuple(map(TokenDocument.of, deletion.done)),
        gone=tuple(token.name for token in deletion.gone),
    )
    report_document(run, document)
    return Exit.DONE
