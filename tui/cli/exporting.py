"""Exports a token: chooses the environment and branch, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass

from tui.cli.creating import hand_over_source
from tui.cli.delivering import check_targets
from tui.cli.documents import ChangeDocument, DeliveryDocument, TokenDocument
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.reporting import report_document
from tui.cli.run import CommandRun
from tui.cli.values import Ways
from tui.contentstack.models import Token, TokenKind
from tui.export.source import Source, Use, Uses

_MOST_LOOKED_AT = 100_000


@dataclass(frozen=True)
class Exporting:
    """What `tokendeck export` was asked to do; call it to do that."""

    wanted: str
    kind: TokenKind | None
    environment: str | None
    branch: str | None
    ways: Ways

    async def __call__(self, run: CommandRun) -> Exit:
        """Export the token.

        Raises:
            CommandFailed: if it's ambiguous, or its value isn't known.
        """
        self.ways.check_words(run.output)
        check_targets(run, self.ways.targets)
        token = await run.find(self.wanted, self.kind)
        use = self._use(token)
        source = run.snapshot.source(token, use)
        format = self.ways.format_for(token)
        if not self.ways.any and run.output.shape == "table":
            run.output.text(format.text(source, masked=True).rstrip("\n"))
            if format.syntax is not None:
                run.output.say("Values are hidden. --env-file writes them to a file.")
            return Exit.DONE
        given = await hand_over_source(run, source, self.ways)
        document = ChangeDocument(
            outcome="exported",
            tokens=(TokenDocument.of(token),),
            written=given.written,
            notes=given.notes,
            deliveries=tuple(map(DeliveryDocument.of, given.deliveries)),
        )
        report_document(run, document, self.ways)
        self._warn(run, token, source)
        return given.exit

    def _use(self, token: Token) -> Use:
        """Return the environment and branch that were asked for, else the first.

        Raises:
            CommandFailed: if the token doesn't serve them.
        """
        uses = Uses(token)
        for use in uses[:_MOST_LOOKED_AT]:
            fits = self.environment in (None, use.environment)
            if fits and self.branch in (None, use.branch):
                return use
        asked = " on ".join(filter(None, (self.environment, self.branch)))
        what = f"{token.name} doesn't serve {asked}."
        first = uses[0]
        serves = " on ".join(filter(None, (first.environment, first.branch)))
        next = f"It serves {serves or 'no named environment'}."
        raise CommandFailed(Exit.NOT_FOUND, what, next=next)

    def _warn(self, run: CommandRun, token: Token, source: Source) -> None:
        """Say which use was chosen if there are several and none was asked for."""
        if len(Uses(token)) == 1 or self.environment or self.branch:
            return
        use = source.use
        words = " on ".join(filter(None, (use.environment, use.branch)))
        run.output.say(f"Using {words}. --env and --branch choose another.")
