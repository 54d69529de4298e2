"""Creates the tokens that `tokendeck create` was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from tui.cli.creating import (
    Changes,
    create_planned,
    each_alone,
    hand_over,
    refuse_creating,
    refuse_lost,
    refuse_several,
    try_plans,
)
from tui.cli.delivering import check_targets
from tui.cli.exit_codes import Exit
from tui.cli.reporting import report
from tui.cli.run import CommandRun
from tui.cli.values import Ways
from tui.cli.wanted import Wanted, check_plan
from tui.contentstack.models import TokenKind
from tui.workspace.plan import Plan, plan_of


@dataclass(frozen=True)
class NewToken:
    """What `tokendeck create` was asked to do; call it to do that.

    Attributes:
        like: a token that the new one starts as a copy of.
        confirm: the name of the token that may be deleted to make room.
    """

    wanted: Wanted
    kind: TokenKind | None
    like: str | None
    ways: Ways
    confirm: str | None
    dry_run: bool

    async def __call__(self, run: CommandRun) -> Exit:
        """Create the tokens.

        Raises:
            CommandFailed: if they can't be created, or not all were.
            ContentstackError: if the server refuses it.
        """
        self.ways.check_words(run.output)
        check_targets(run, self.ways.targets)
        plan = await self._plan(run)
        refuse_creating(run, plan.kind, dry_run=self.dry_run)
        check_plan(plan, run.snapshot, run.workspace.clock())
        refuse_several(plan, self.ways)
        if self.dry_run:
            return await try_plans(run, each_alone(plan))
        request = plan.request(has_branches=run.snapshot.has_branches)
        self.ways.check_format(request, run.snapshot)
        changes = Changes()
        await create_planned(run, plan, changes, confirm=self.confirm)
        changes.given = await hand_over(run, changes.created[0], self.ways)
        report(run, changes, self.ways)
        return changes.given.exit

    async def _plan(self, run: CommandRun) -> Plan:
        kind = self.kind or "delivery"
        if self.like is None:
            self._check(kind)
            await run.read("identity", "environments", "branches", "aliases", kind)
            return self.wanted.plan(kind, run.snapshot, run.workspace.clock())
        model = await run.find(
            self.like, self.kind, "identity", "environments", "branches", "aliases"
        )
        self._check(model.kind)
        now = run.workspace.clock()
        return self.wanted.applied(plan_of(model), run.snapshot, now)

    def _check(self, kind: TokenKind) -> None:
        """Refuse wrong options, and a value that would be lost, as early as possible.

        Raises:
            CommandFailed: saying why.
        """
        self.wanted.check_words(kind)
        refuse_lost(kind, self.ways, dry_run=self.dry_run)
