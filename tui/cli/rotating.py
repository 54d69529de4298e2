"""Carries a rotation to the requested step, and saves its progress."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from tui.cli.confirming import Consent
from tui.cli.creating import refuse_changing, refuse_lost
from tui.cli.delivering import check_targets
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.rotation_steps import RotationSteps
from tui.cli.run import CommandRun
from tui.cli.values import Ways, check_new
from tui.contentstack.models import Token, TokenKind
from tui.files.lock import Held
from tui.messages.rotation import doubt_words, rotated_words
from tui.state.rotations import Rotation
from tui.workspace.finding import find_tokens
from tui.workspace.likely_rotation import likely_rotation
from tui.workspace.rotation import (
    Rotated,
    RotationState,
    StateUnknown,
    ToCreate,
    ToDelete,
    ToDeliver,
    ToDiscard,
    ToExport,
    ToRename,
    ToVerify,
    begun,
    known,
    progress,
)

_WAYS = "Give --env-file PATH, --out PATH, --reveal, --exec, --to, or --skip exported."


@dataclass(frozen=True, kw_only=True)
class Rotating:
    """What `tokendeck rotate` was asked to do; call it to do that.

    Attributes:
        until: the step to stop after: "verified", "exported" or "deleted".
        skip: steps to skip.
        record: the new file to write a record to.
        trust: targets that count as delivered although they can't be read back.
    """

    wanted: str
    kind: TokenKind | None
    until: str
    skip: tuple[str, ...]
    trust: tuple[str, ...]
    record: str | None
    resume: bool
    restart: bool
    consent: Consent
    dry_run: bool
    ways: Ways

    async def __call__(self, run: CommandRun) -> Exit:
        """Continue the rotation, and print its progress.

        Raises:
            CommandFailed: if a step can't be done, or isn't allowed.
        """
        self.ways.check_words(run.output)
        check_targets(run, self.ways.targets)
        if self.record:
            check_new("--record", self.record)
        if self.until == "deleted" and not self.dry_run:
            self.consent.check()
        parts = ("identity", "environments", "branches", "aliases")
        await run.read("delivery", "management", *parts)  # type: ignore[arg-type]
        rotation = self._with_targets(self._rotation(run))
        self._check(run, rotation)
        try:
            with run.rotations.alone(rotation.old_uid):
                steps = RotationSteps(
                    run, rotation, self.ways, self.consent, self.trust
                )
                steps.before = run.snapshot.token(rotation.old_uid)
                try:
                    with run.trying():
                        await self._carry_on(steps)
                finally:
                    if self.record and not self.dry_run:
                        steps.record(self.record)
        except Held:
            what = f"Another Tokendeck on this machine is rotating {self.wanted}."
            raise CommandFailed(Exit.CONFLICT, what) from None
        if run.unsent and steps.state.replacement is None:
            run.output.say(
                "The other steps need the replacement, so they aren't listed."
            )
        steps.report()
        return Exit.DONE

    def _rotation(self, run: CommandRun) -> Rotation:
        """Return the rotation in progress, or a new one.

        Raises:
            CommandFailed: if it's ambiguous.
        """
        snapshot, store = run.snapshot, run.rotations
        found = find_tokens(self.wanted, snapshot, self.kind)
        if not found:
            stack = snapshot.stack.uid if snapshot.stack else ""
            for rotation in store.unfinished(stack):
                if self.wanted in (rotation.old_name, rotation.old_uid):
                    return rotation
        token = run.pick(self.wanted, self.kind)
        if under_way := known(token, snapshot, store):
            return under_way
        likely = None if self.restart else likely_rotation(token, snapshot)
        if likely is None:
            targets = run.deliveries.targets_of(token.uid)
            return begun(token, snapshot, store, targets)
        if self.resume:
            return likely
        what = (
            f"{likely.replacement_name} looks like {likely.old_name}'s replacement:"
            " name and scope match."
        )
        next = "--resume continues with it, --restart creates another."
        raise CommandFailed(Exit.CONFLICT, what, next=next)

    def _with_targets(self, rotation: Rotation) -> Rotation:
        """Return the rotation with this run's targets added."""
        targets = (*rotation.targets, *self.ways.targets)
        together: Rotation = msgspec.structs.replace(
            rotation, targets=tuple(dict.fromkeys(targets))
        )
        return together

    def _check(self, run: CommandRun, rotation: Rotation) -> None:
        """Refuse a run that would stop halfway because an option is missing.

        Raises:
            CommandFailed: saying which option is missing, or that there is nothing to
                rotate any more.
        """
        state = progress(rotation, run.snapshot)
        token: Token | None = state.old or state.replacement
        if token is None:
            if state.unclear is None:
                # The stack has neither token, so there's nothing to continue.
                run.rotations.forget(rotation)
                raise CommandFailed(Exit.NOT_FOUND, rotated_words(state))
            return
        refuse_changing(run, token, dry_run=self.dry_run)
        if state.replacement is None:
            refuse_lost(token.kind, self.ways, dry_run=self.dry_run)
            request = token.as_request().renamed(rotation.replacement_name)
            self.ways.check_format(request, run.snapshot)
        exports = self.until != "verified"
        done = rotation.exported or "exported" in self.skip or self.dry_run
        if exports and not done and not self.ways.takes_value:
            raise CommandFailed(
                Exit.USAGE, "Say where to export the value.", next=_WAYS
            )
        if self.ways.any and not exports and token.kind == "delivery":
            what = "--until verified exports nothing."
            raise CommandFailed(Exit.USAGE, what, next="Add --until exported.")

    async def _carry_on(self, steps: RotationSteps) -> None:
        while not steps.run.stopped and not self._is_reached(steps.rotation):
            if await self._carry_out_step(steps, steps.state):
                return

    def _is_reached(self, rotation: Rotation) -> bool:
        if self.until == "deleted" or not rotation.verified:
            return False
        return self.until == "verified" or rotation.exported

    async def _carry_out_step(self, steps: RotationSteps, state: RotationState) -> bool:
        """Carry out the next step; return whether it was the last."""
        match state.next_step:
            case StateUnknown(why):
                raise CommandFailed(Exit.NOT_FOUND, doubt_words(why))
            case ToDiscard(replacement):
                await steps.discard(replacement)
            case ToCreate(old):
                await steps.create(old)
            case ToVerify() if self._passes("verified"):
                steps.keep(verified=True)
            case ToVerify(replacement):
                await steps.verify(replacement)
            case ToDeliver() | ToExport() if self._passes("exported"):
                steps.keep(exported=True, delivered=steps.rotation.targets)
            case ToDeliver(replacement, old):
                self._check_delivery(steps.run, steps.rotation)
                await steps.deliver(replacement, old)
            case ToExport(replacement):
                await steps.export(replacement)
            case ToDelete(old, replacement) if self.dry_run:
                await self._try_ending(steps, old, replacement)
                return True
            case ToDelete(old):
                await steps.delete(old)
            case ToRename(replacement) if "renamed" not in self.skip:
                await steps.rename(replacement)
            case ToRename() | Rotated():
                steps.finish()
                return True
        return False

    def _check_delivery(self, run: CommandRun, rotation: Rotation) -> None:
        """Refuse to write to targets that this run didn't name.

        Raises:
            CommandFailed: naming them.
        """
        left = [name for name in rotation.pending if name not in self.ways.targets]
        if left:
            what = f"{rotation.old_name} was delivered to {', '.join(left)} earlier."
            gone = [name for name in left if name not in run.settings.targets]
            if gone:
                lost = f"Your configuration no longer has {', '.join(gone)}."
                next = f"{lost} Restore it, or --skip exported."
                raise CommandFailed(Exit.USAGE, what, next=next)
            words = " ".join(f"--to {name}" for name in left)
            next = f"Add {words} to deliver the replacement, or --skip exported."
            raise CommandFailed(Exit.USAGE, what, next=next)

    def _passes(self, step: str) -> bool:
        """Return whether this run sends nothing for this step."""
        return self.dry_run or step in self.skip

    async def _try_ending(
        self, steps: RotationSteps, old: Token, replacement: Token
    ) -> None:
        """Show the last two requests, which a dry run doesn't send."""
        with steps.run.trying():
            await steps.delete(old)
        if "renamed" not in self.skip:
            with steps.run.trying():
                await steps.rename(replacement)
