"""Creates the tokens of a plan and passes on their values, for create and ensure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tui.cli.delivering import deliver_source
from tui.cli.documents import ChangeDocument, DeliveryDocument, TokenDocument
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed, failure_of
from tui.cli.run import CommandRun
from tui.cli.values import Given, Ways, run_program
from tui.conditions import Moment, cannot_change, cannot_create
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import TOKEN_KINDS, Token, TokenKind
from tui.export.source import Source, Uses
from tui.messages.creation import otherwise_words
from tui.messages.permissions import refusal_of
from tui.workspace.creation import Created, OldestUnnamed, at_risk
from tui.workspace.plan import Plan

LOST = "Contentstack shows this value only once, so it would be lost. Nothing was sent."
_WAYS = "Give --env-file PATH, --out PATH, --to TARGET, --reveal or --exec -- PROGRAM."


@dataclass
class Changes:
    """What a command has done so far.

    Attributes:
        given: the files that values were written to.
        gone: tokens that Contentstack deleted to make room.
    """

    created: list[Token] = field(default_factory=list)
    updated: list[Token] = field(default_factory=list)
    unchanged: list[Token] = field(default_factory=list)
    differences: tuple[str, ...] = ()
    given: Given = field(default_factory=Given)
    gone: tuple[str, ...] = ()

    @property
    def document(self) -> ChangeDocument:
        """Return the changes as they're printed."""
        tokens = (*self.created, *self.updated, *self.unchanged)
        outcome = "created" if self.created else "unchanged"
        if self.updated and not self.created:
            outcome = "updated"
        return ChangeDocument(
            outcome=outcome,  # type: ignore[arg-type]
            tokens=tuple(map(TokenDocument.of, tokens)),
            differences=self.differences,
            written=self.given.written,
            notes=self.given.notes,
            gone=self.gone,
            deliveries=tuple(map(DeliveryDocument.of, self.given.deliveries)),
        )


def refuse_lost(kind: TokenKind, ways: Ways, *, dry_run: bool) -> None:
    """Refuse a management token whose value would go nowhere, before any call.

    Raises:
        CommandFailed: saying where the value can go.
    """
    if kind == "management" and not ways.takes_value and not dry_run:
        raise CommandFailed(Exit.USAGE, LOST, next=_WAYS)


def refuse_several(plan: Plan, ways: Ways) -> None:
    """Refuse to send the values of several tokens to one place.

    Raises:
        CommandFailed: if there are several tokens, and a place for values.
    """
    if len(plan.token_names()) > 1 and ways.any:
        what = "You can't write several tokens to one place."
        raise CommandFailed(Exit.USAGE, what, next="Ask for one --env at a time.")


def refuse_creating(run: CommandRun, kind: TokenKind, *, dry_run: bool) -> None:
    """Refuse as the dashboard does, before anything is sent.

    Raises:
        CommandFailed: with the dashboard's reason.
    """
    _refuse(run, Moment(run.snapshot, kind), cannot_create, dry_run)


def refuse_changing(run: CommandRun, token: Token, *, dry_run: bool) -> None:
    """Refuse a change to a token as the dashboard does.

    Raises:
        CommandFailed: with the dashboard's reason.
    """
    moment = Moment(run.snapshot, token.kind, token)
    _refuse(run, moment, cannot_change, dry_run)


def _refuse(
    run: CommandRun,
    moment: Moment,
    condition: Callable[[Moment], str | None],
    dry_run: bool,
) -> None:
    if dry_run:
        moment = replace(moment, snapshot=replace(moment.snapshot, read_only=False))
    reason = condition(moment)
    if reason is None:
        return
    permissions = run.snapshot.permissions
    refusals = [refusal_of(permissions, kind) for kind in TOKEN_KINDS]
    refused = run.snapshot.read_only or reason in refusals
    raise CommandFailed(Exit.REFUSED if refused else Exit.NOT_FOUND, reason)


async def create_planned(
    run: CommandRun, plan: Plan, changes: Changes, *, confirm: str | None = None
) -> None:
    """Create the tokens of a plan.

    Raises:
        CommandFailed: if not all of them were created.
        ContentstackError: if none were.
    """
    run.workspace.forms[plan.kind].plan = plan
    if plan.kind == "management":
        created = await _create_management(run, confirm)
    else:
        created = await run.workspace.create_delivery_tokens(_nobody_asks)
    changes.created += created.tokens
    changes.gone += tuple(token.name for token in created.gone)
    for fields in created.otherwise.values():
        changes.differences += fields
    if created.error is None:
        run.output.say(otherwise_words(created))
        return
    if not changes.created:
        raise created.error
    raise _partly(created, created.error, changes)


def _nobody_asks(_number: int, _count: int) -> None:
    """Ignore the progress: the command ends soon."""


def _partly(
    created: Created[Token], error: ContentstackError, changes: Changes
) -> CommandFailed:
    done = [
        {"uid": token.uid, "kind": token.kind, "name": token.name}
        for token in changes.created
    ]
    names = ", ".join(token.name for token in changes.created)
    failed = created.failed.name if created.failed else "the rest"
    failure = failure_of(error)
    code = failure.exit if failure else Exit.FAILED
    what = f"Created {names}, but not {failed}."
    return CommandFailed(code, what, why=str(error), created=done)


async def _create_management(run: CommandRun, confirm: str | None) -> Created[Token]:
    listing = run.snapshot.management
    oldest = at_risk(listing.items, len(listing.odd))
    if oldest is not None and confirm != oldest.name:
        raise full(len(listing.rows), oldest.name)
    try:
        created = await run.workspace.create_management_token(
            oldest.uid if oldest else ""
        )
    except OldestUnnamed as error:
        raise full(len(error.listed), "another token") from None
    keep_in_mind(run, created.tokens[0])
    return created


def full(count: int, name: str) -> CommandFailed:
    """Return why one more management token is refused: it may delete the oldest."""
    what = f"With {count} management tokens, one more may delete the oldest, {name}."
    next = f"Nothing was sent. Delete one, or add --confirm with the name {name}."
    return CommandFailed(Exit.CONFLICT, what, next=next)


def keep_in_mind(run: CommandRun, token: Token) -> None:
    """Make the dashboard's next start name the token, in case its value is lost."""
    stack = run.snapshot.stack
    if run.memory is not None and stack is not None and token.kind == "management":
        run.memory.remember_uncollected(token.uid, token.name, stack.uid)


async def hand_over(run: CommandRun, token: Token, ways: Ways) -> Given:
    """Pass on a token's values for its first use; see `hand_over_source`."""
    if not ways.any:
        return Given()
    source = run.snapshot.source(token, Uses(token)[0])
    return await hand_over_source(run, source, ways)


async def hand_over_source(run: CommandRun, source: Source, ways: Ways) -> Given:
    """Send a token's values everywhere they should go; return the result.

    The program runs once the command has ended.

    Raises:
        CommandFailed: if the token has no such value.
        FileRefused: if a file can't be written.
        Unfit: if a value can't be written in the format.
    """
    try:
        given = ways.give(source)
    except OSError:
        # Only printing fails like this, and the files have been written by then.
        if ways.env_file or ways.out:
            collected(run, source.token)
        raise
    if ways.program:
        variables = ways.environment(source)
        run.after = lambda: run_program(ways.program, variables)
    if ways.takes_value_here:
        collected(run, source.token)
    if not ways.targets:
        return given
    deliveries = await deliver_source(run, source, ways.targets)
    given = given._replace(deliveries=deliveries)
    if any(each.arrived for each in deliveries):
        collected(run, source.token)
    return given


def collected(run: CommandRun, token: Token) -> None:
    """Remember that someone has a token's value."""
    run.workspace.uncollected = None
    if run.memory is not None:
        run.memory.forget_uncollected(token.uid)


async def try_plans(run: CommandRun, plans: list[Plan]) -> Exit:
    """Collect what a real run would send: a request for each token."""
    for plan in plans:
        with run.trying():
            await create_planned(run, plan, Changes())
    return Exit.DONE


def each_alone(plan: Plan) -> list[Plan]:
    """Split a plan into one plan for each token."""
    names = plan.token_names()
    if len(names) == 1:
        return [plan]
    return [
        replace(plan, name=name, environments=(environment,))
        for name, environment in zip(names, plan.environments, strict=True)
    ]
