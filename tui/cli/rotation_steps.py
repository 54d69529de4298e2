"""The steps of a rotation, each saved to disk once it's done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui.cli.confirming import Consent
from tui.cli.creating import collected, full, hand_over, keep_in_mind
from tui.cli.delivering import deliver_source
from tui.cli.documents import DeliveryDocument, TokenDocument
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.rotation_documents import RotationDocument, StepDocument
from tui.cli.run import CommandRun
from tui.cli.values import Given, Ways, no_value
from tui.cli.verifying import exit_of_verification
from tui.contentstack.models import Token
from tui.export.source import Uses
from tui.files.folders import ELSEWHERE
from tui.files.refusal import FileRefused, shown
from tui.messages.rotation import rotated_words
from tui.messages.verification import verification_words
from tui.state.rotations import Rotation
from tui.workspace.creation import at_risk
from tui.workspace.rotation import RotationState, RotationStep, progress
from tui.workspace.rotation_record import RotationEvidence, record_of, write_record
from tui.workspace.verify.verification import Check

if TYPE_CHECKING:
    from tui.targets.delivering import Delivery

_STEPS = ("created", "verified", "exported", "deleted", "renamed")


@dataclass
class RotationSteps:
    """A rotation being carried out.

    Attributes:
        given: the files that the value was written to.
        made: the replacement as it was created, with the value that reads don't show.
        before: the old token as it was at the start of this run.
        checks: the calls that proved the replacement, or didn't.
        trusted: targets that can't be read back, and count as delivered all the same.
    """

    run: CommandRun
    rotation: Rotation
    ways: Ways
    consent: Consent
    trusted: tuple[str, ...] = ()
    given: Given = field(default_factory=Given)
    made: Token | None = field(default=None, repr=False)
    before: Token | None = field(default=None, repr=False)
    checks: tuple[Check, ...] = ()

    @property
    def state(self) -> RotationState:
        """Return its progress, according to what was last read."""
        found, made = progress(self.rotation, self.run.snapshot), self.made
        if found.replacement and made and found.replacement.uid == made.uid:
            return replace(found, replacement=made)
        return found

    async def create(self, old: Token) -> None:
        """Create the replacement, saving its name first: the response may get lost.

        Raises:
            CommandFailed: if it couldn't be saved, or may delete another token.
        """
        workspace, snapshot = self.run.workspace, self.run.snapshot
        oldest = None
        if old.kind == "management":
            listing = snapshot.management
            oldest = at_risk(listing.items, len(listing.odd))
            if oldest and not self.consent.yes and self.consent.name != oldest.name:
                raise full(len(listing.rows), oldest.name)
        listed = snapshot.listing(old.kind).rows
        name = self.rotation.replacement_name
        if name in snapshot.listing(old.kind).names():
            name = snapshot.free_name(old.name, "next")
        begun = msgspec.structs.replace(
            self.rotation,
            replacement_uid="",
            replacement_name=name,
            before=tuple(row.uid for row in listed if row.uid),
            verified=False,
            exported=False,
        )
        if refused := self._kept(begun):
            what = "Nothing was created, because Tokendeck couldn't save its progress."
            raise CommandFailed(Exit.FAILED, what, why=refused)
        named = oldest.uid if oldest else ""
        created = await workspace.create_replacement(old, name, named)
        self.keep(replacement_uid=created.uid)
        self.run.output.say(f"Created {created.name}.")
        if created.kind == "management":
            self.made = created
            keep_in_mind(self.run, created)
            if self.ways.takes_value_here:
                await self.export(created)

    async def discard(self, replacement: Token) -> None:
        """Delete a replacement whose value no one has.

        Raises:
            CommandFailed: if that isn't confirmed.
        """
        confirmed = self.consent.yes or self.consent.name == replacement.name
        if not confirmed and not self.run.dry_run:
            what = (
                f"You didn't export the value of {replacement.name}, which was shown"
                " only once."
            )
            advice = (
                f"`tokendeck delete {replacement.uid}`, then rotate again; or --yes."
            )
            raise CommandFailed(Exit.CONFLICT, what, next=advice)
        await self.run.workspace.delete_token(replacement)
        self.keep(replacement_uid="", verified=False)
        if self.run.memory is not None:
            self.run.memory.forget_uncollected(replacement.uid)

    async def verify(self, replacement: Token) -> None:
        """Prove the replacement.

        Raises:
            CommandFailed: if it doesn't work.
        """
        if not replacement.value:
            what = f"Tokendeck no longer knows the value of {replacement.name}."
            advice = "Verify it with --value-stdin, then add --skip verified."
            raise CommandFailed(Exit.NOT_VERIFIED, what, next=advice)
        done = await self.run.workspace.verifier.verify([replacement], fresh=True)
        self.checks = tuple(done.checks)
        self.keep(verified=done.all_work)
        if not done.all_work:
            what = f"{replacement.name} was created, but doesn't work yet."
            code = exit_of_verification(done)
            raise CommandFailed(
                code, what, why=verification_words(done), next="Rotate again."
            )
        self.run.output.say(verification_words(done))

    async def deliver(self, replacement: Token, old: Token | None) -> None:
        """Deliver the replacement to the remaining targets.

        Raises:
            CommandFailed: if its value isn't known any more, or a target doesn't have
                it for sure.
        """
        if not replacement.value:
            raise no_value(replacement)
        pending, snapshot = self.rotation.pending, self.run.snapshot
        use = Uses(replacement)[0]
        before = snapshot.source(old, use) if old and old.value else None
        source = snapshot.source(replacement, use)
        deliveries = await deliver_source(self.run, source, pending, before)
        self.given = self.given._replace(
            deliveries=(*self.given.deliveries, *deliveries)
        )
        there = [
            each.target
            for each in deliveries
            if each.proved or (each.arrived and each.target in self.trusted)
        ]
        if any(each.arrived for each in deliveries):
            collected(self.run, replacement)
            self.keep(exported=not self.ways.takes_value_here or self.rotation.exported)
        self.keep(delivered=(*self.rotation.delivered, *there))
        if left := self.rotation.pending:
            self.report()
            raise _unsure(left, deliveries)

    async def export(self, replacement: Token) -> None:
        """Give the value to the files, program or output that were named.

        Raises:
            CommandFailed: if it isn't known any more.
        """
        if not replacement.value:
            raise no_value(replacement)
        ways = replace(self.ways, targets=())
        given = await hand_over(self.run, replacement, ways)
        self.given = given._replace(deliveries=self.given.deliveries)
        self.keep(exported=True)

    async def delete(self, old: Token) -> None:
        """Delete the old token, once its name has been typed."""
        if not self.run.dry_run:
            lost = (
                f"This deletes {old.name}. Anything that still uses it stops working."
            )
            self.consent.ask([old], lost)
        await self.run.workspace.delete_token(old)
        # There's no need to offer to create again what was replaced.
        self.run.workspace.forget_deleted(old.uid)
        self.run.output.say(f"Deleted {old.name}.")

    async def rename(self, replacement: Token) -> None:
        """Give the replacement the old name."""
        request = replacement.as_request().renamed(self.rotation.old_name)
        renamed = await self.run.workspace.update_token(replacement, request)
        self.made = None
        self.keep(replacement_uid=renamed.uid)

    def finish(self) -> None:
        """Forget the rotation: there's nothing left to do."""
        self.run.rotations.forget(self.rotation)
        self.run.output.say(rotated_words(self.state))

    def keep(self, **entries: object) -> None:
        """Save the progress; if that fails, say so."""
        changed = msgspec.structs.replace(self.rotation, **entries)
        if refused := self._kept(changed):
            self.run.output.say(f"Tokendeck can't save this rotation: {refused}")

    def _kept(self, rotation: Rotation) -> str:
        """Save a rotation, and return why that failed; empty if it didn't."""
        self.rotation = rotation
        if self.run.dry_run:
            return ""
        try:
            self.run.rotations.keep(rotation)
        except FileRefused as refusal:
            return f"{refusal} {ELSEWHERE}"
        return ""

    def record(self, name: str) -> None:
        """Write what was done into a new file.

        Raises:
            FileRefused: if it can't be written.
        """
        evidence = RotationEvidence(self.before, self.checks, self.given.deliveries)
        now = self.run.workspace.clock()
        record = record_of(self.state, evidence, self.run.snapshot, now)
        path = Path(name).expanduser()
        write_record(path, record)
        self.run.output.say(f"Recorded in {shown(path)}.")

    def report(self) -> None:
        """Print the progress, unless standard output is for the value."""
        if self.run.dry_run or self.ways.takes_output:
            return
        state = self.state
        at = [*RotationStep].index(state.step)
        steps = [
            StepDocument(step=step, done=number < at)  # type: ignore[arg-type]
            for number, step in enumerate(_STEPS)
        ]
        done = state.step is RotationStep.DONE
        document = RotationDocument(
            name=self.rotation.old_name,
            next="" if done else _STEPS[at],
            steps=tuple(steps),
            old=_document(state.old),
            replacement=_document(state.replacement),
            written=self.given.written,
            notes=self.given.notes,
            deliveries=tuple(map(DeliveryDocument.of, self.given.deliveries)),
        )
        facts = [
            (step.step.capitalize(), "yes" if step.done else "-") for step in steps
        ]
        for note in self.given.notes:
            self.run.output.say(note)
        self.run.output.one(document, facts)


def _unsure(names: Sequence[str], deliveries: Sequence[Delivery]) -> CommandFailed:
    """Return why the rotation stops before the old token is deleted."""
    blind = [each.target for each in deliveries if each.arrived and not each.proved]
    what = (
        f"Not sure that {', '.join(names)} has the new value, so the old token stays."
    )
    next = "Rotate again to retry."
    if blind and set(names) <= set(blind):
        trust = " ".join(f"--trust {name}" for name in names)
        next = f"Check it yourself, then rotate again with {trust}."
    return CommandFailed(Exit.FAILED, what, next=next)


def _document(token: Token | None) -> TokenDocument | None:
    return None if token is None else TokenDocument.of(token)
