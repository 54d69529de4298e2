"""Compares tokens with what they should be, and creates or changes them to match."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.cli.creating import (
    Changes,
    create_planned,
    each_alone,
    hand_over,
    refuse_changing,
    refuse_creating,
    refuse_lost,
    refuse_several,
    try_plans,
)
from tui.cli.delivering import check_targets
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.reporting import report
from tui.cli.run import CommandRun
from tui.cli.values import Ways, no_value
from tui.cli.wanted import Wanted, check_plan
from tui.contentstack.errors import Invalid
from tui.contentstack.models import Token, TokenKind
from tui.export.source import Uses
from tui.messages.differences import difference_words
from tui.workspace.plan import Plan
from tui.workspace.writing import Unclear


@dataclass(frozen=True)
class Ensuring:
    """What `tokendeck ensure` was asked to do; call it to do that."""

    wanted: Wanted
    kind: TokenKind | None
    ways: Ways
    update: bool
    confirm: str | None
    dry_run: bool

    async def __call__(self, run: CommandRun) -> Exit:
        """Make sure that the tokens exist as wanted.

        Raises:
            CommandFailed: if one is different and can't be changed.
        """
        self.ways.check_words(run.output)
        check_targets(run, self.ways.targets)
        kind = self.kind or "delivery"
        self.wanted.check_words(kind)
        await run.read("environments", "branches", "aliases", kind)
        plan = self.wanted.plan(kind, run.snapshot, run.workspace.clock())
        refuse_several(plan, self.ways)
        found = {each: self._found(run, each) for each in each_alone(plan)}
        different = self._different(run, found)
        if different and not self.update:
            raise self._refused(run, found, different)
        absent = [each for each, token in found.items() if token is None]
        changes = Changes()
        changes.unchanged += [
            token for token in found.values() if token and token.uid not in different
        ]
        if absent or different:
            # If a response gets lost, who is signed in tells whether a token is ours.
            await run.read("identity")
        return await self._act(run, found, different, absent, changes)

    async def _act(
        self,
        run: CommandRun,
        found: dict[Plan, Token | None],
        different: dict[str, tuple[str, ...]],
        absent: list[Plan],
        changes: Changes,
    ) -> Exit:
        updates = self._updates(run, found, different)
        if absent:
            self._check_absent(run, absent)
        for token, changed in updates:
            if not run.stopped:
                await self._update(run, token, changed, changes)
                changes.differences += different[token.uid]
        if self.dry_run:
            return await try_plans(run, absent)
        for each in absent:
            if not run.stopped:
                await self._create(run, each, changes)
        await self._hand_over(run, changes)
        report(run, changes, self.ways)
        return changes.given.exit

    async def _create(self, run: CommandRun, plan: Plan, changes: Changes) -> None:
        """Create a token, unless someone else does so at the same time.

        Raises:
            CommandFailed: if theirs is different.
            ContentstackError: as the server refuses it.
        """
        try:
            await create_planned(run, plan, changes, confirm=self.confirm)
        except Invalid as refusal:
            # If the name was just taken, it was most likely by another run of this.
            await run.read(plan.kind)
            token = self._found(run, plan)
            if token is None or isinstance(refusal, Unclear):
                raise
            theirs: dict[Plan, Token | None] = {plan: token}
            if different := self._different(run, theirs):
                raise self._refused(run, theirs, different) from None
            changes.unchanged.append(token)

    def _found(self, run: CommandRun, plan: Plan) -> Token | None:
        """Return the token with the plan's name.

        Raises:
            CommandFailed: if a row that isn't understood may be it.
        """
        listing = run.snapshot.listing(plan.kind)
        if listing.error is not None:
            raise listing.error
        named = [token for token in listing.items if token.name == plan.name]
        if len(named) == 1:
            return named[0]
        if named:
            run.pick(plan.name, plan.kind)
        hidden = [row.why for row in listing.odd if row.name in ("", plan.name)]
        if hidden or listing.cut:
            why = str(listing.cut or f"Tokendeck doesn't understand a row, {hidden[0]}")
            what = f"Tokendeck can't tell if the token {plan.name} exists."
            raise CommandFailed(Exit.NOT_FOUND, what, why=why)
        return None

    def _different(
        self, run: CommandRun, found: dict[Plan, Token | None]
    ) -> dict[str, tuple[str, ...]]:
        """Return the fields in which tokens differ from what is wanted, by uid."""
        different = {}
        for plan, token in found.items():
            if token is None:
                continue
            changed = self._plan_for(run, plan, token)
            now = run.workspace.clock()
            fields = self.wanted.differences(token, changed, run.snapshot, now)
            if fields:
                different[token.uid] = fields
        return different

    def _plan_for(self, run: CommandRun, plan: Plan, token: Token) -> Plan:
        """Return the plan that turns a token into what is wanted.

        If the options don't name branches or access, they're as for a new token.
        """
        wanted = replace(
            self.wanted,
            name=plan.name,
            environments=plan.environments,
            branches=plan.lanes[0],
            aliases=plan.lanes[1],
            write=plan.write if plan.kind == "management" else None,
        )
        return wanted.changed(token, run.snapshot, run.workspace.clock())

    def _refused(
        self,
        run: CommandRun,
        found: dict[Plan, Token | None],
        different: dict[str, tuple[str, ...]],
    ) -> CommandFailed:
        """Return why nothing was done: which tokens differ, and in what."""
        fields = tuple(dict.fromkeys(sum(different.values(), ())))
        names, whys = [], []
        for plan, token in found.items():
            if token is None or token.uid not in different:
                continue
            names.append(token.name)
            changed = self._plan_for(run, plan, token)
            request = changed.request(token, has_branches=run.snapshot.has_branches)
            whys += [
                difference_words(field, token, request)
                for field in different[token.uid]
            ]
        verbs = "exists, but differs" if len(names) == 1 else "exist, but differ"
        what = f"{', '.join(names)} {verbs} in {', '.join(fields)}."
        why = "; ".join(dict.fromkeys(filter(None, whys)))
        next = "--update changes it; --dry-run --update shows how."
        return CommandFailed(
            Exit.CONFLICT, what, why=why, next=next, differences=fields
        )

    def _updates(
        self,
        run: CommandRun,
        found: dict[Plan, Token | None],
        different: dict[str, tuple[str, ...]],
    ) -> list[tuple[Token, Plan]]:
        """Return the tokens that will change, each with the plan for it.

        Raises:
            CommandFailed: if one can't be changed, or not to that.
        """
        updates = []
        for plan, token in found.items():
            if token is None or token.uid not in different:
                continue
            refuse_changing(run, token, dry_run=self.dry_run)
            changed = self._plan_for(run, plan, token)
            check_plan(changed, run.snapshot, run.workspace.clock(), token)
            updates.append((token, changed))
        return updates

    async def _update(
        self, run: CommandRun, token: Token, plan: Plan, changes: Changes
    ) -> None:
        with run.trying():
            token = await update_planned(run, token, plan)
        if self.wanted.preview and token.kind == "delivery" and not token.preview:
            with run.trying():
                token = await run.workspace.create_preview_token(token)
        changes.updated.append(token)

    def _check_absent(self, run: CommandRun, absent: list[Plan]) -> None:
        kind = absent[0].kind
        refuse_lost(kind, self.ways, dry_run=self.dry_run)
        refuse_creating(run, kind, dry_run=self.dry_run)
        for plan in absent:
            check_plan(plan, run.snapshot, run.workspace.clock())
            request = plan.request(has_branches=run.snapshot.has_branches)
            self.ways.check_format(request, run.snapshot)

    async def _hand_over(self, run: CommandRun, changes: Changes) -> None:
        """Pass on the values if there's just one token and they're known."""
        tokens = [*changes.created, *changes.updated, *changes.unchanged]
        if not self.ways.any or len(tokens) != 1:
            return
        (token,) = tokens
        if token.value or not self.ways.takes_value:
            changes.given = await hand_over(run, token, self.ways)
            return
        if not self._has_value_from_then(run, token):
            raise no_value(token)

    def _has_value_from_then(self, run: CommandRun, token: Token) -> bool:
        """Return whether every place for a value shown only once already has one."""
        known = run.deliveries.targets_of(token.uid)
        if self.ways.needs_value_now or not set(self.ways.targets) <= set(known):
            return False
        source = run.snapshot.source(token, Uses(token)[0])
        return not self.ways.env_file or self.ways.holds_value(source)


async def update_planned(run: CommandRun, token: Token, plan: Plan) -> Token:
    """Change a token to what a plan says; send nothing if it already is.

    Raises:
        ChangedSince: if someone else has changed it since.
        ContentstackError: if the server refuses it.
    """
    request = plan.request(token, has_branches=run.snapshot.has_branches)
    if request == token.as_request():
        return token
    return await run.workspace.update_token(token, request)
