"""Changes a token to what the options of `tokendeck edit` say."""

from __future__ import annotations

from dataclasses import dataclass

from tui.cli.creating import Changes, refuse_changing
from tui.cli.ensuring import update_planned
from tui.cli.exit_codes import Exit
from tui.cli.reporting import report
from tui.cli.run import CommandRun
from tui.cli.wanted import Wanted, check_plan
from tui.contentstack.models import TokenKind


@dataclass(frozen=True)
class Editing:
    """What `tokendeck edit` was asked to do; call it to do that."""

    token: str
    kind: TokenKind | None
    wanted: Wanted
    dry_run: bool

    async def __call__(self, run: CommandRun) -> Exit:
        """Change the token.

        Raises:
            CommandFailed: if it can't be changed, or not to that.
            ContentstackError: if the server refuses it.
        """
        seen = await run.find(
            self.token, self.kind, "identity", "environments", "branches", "aliases"
        )
        self.wanted.check_words(seen.kind)
        refuse_changing(run, seen, dry_run=self.dry_run)
        now = run.workspace.clock()
        plan = self.wanted.changed(seen, run.snapshot, now)
        check_plan(plan, run.snapshot, now, seen)
        fields = self.wanted.differences(seen, plan, run.snapshot, now)
        done = await update_planned(run, seen, plan)
        changes = Changes(differences=fields)
        (changes.unchanged if done is seen else changes.updated).append(done)
        report(run, changes)
        return Exit.DONE
