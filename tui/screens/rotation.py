"""The checklist of a rotation.

A replacement is created, verified and exported, and then the old token is deleted.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui.commands import Command, Place
from tui.conditions import Moment
from tui.contentstack.models import ManagementToken, Token
from tui.display import shortened
from tui.files.folders import ELSEWHERE
from tui.files.refusal import FileRefused, shown
from tui.messages.deletion import confirmation_words, deletion_words
from tui.messages.leaving import uncopied_words
from tui.messages.rotation import doubt_words, rotated_words
from tui.messages.verification import verification_words
from tui.screens.base import TokendeckScreen
from tui.screens.confirm import Confirm
from tui.screens.delete import DeleteScreen
from tui.screens.export import ExportScreen, exported_words
from tui.screens.messages import management as management_words
from tui.screens.messages.details import value_facts
from tui.screens.messages.production import touched_by
from tui.screens.messages.rotation import next_words, step_facts
from tui.screens.messages.status import again_words
from tui.screens.rotation_deliveries import (
    deliver_replacement,
    goes_without,
    sure_of,
)
from tui.screens.session import Session
from tui.secret import Secret
from tui.state.rotations import Rotation
from tui.targets.delivering import arrived
from tui.widgets.facts_card import FactsCard
from tui.widgets.text_field import TextField
from tui.workspace.confirmation import confirmation
from tui.workspace.creation import OldestUnnamed, at_risk
from tui.workspace.rotation import (
    NextStep,
    Rotated,
    RotationState,
    RotationStep,
    StateUnknown,
    ToCreate,
    ToDelete,
    ToDeliver,
    ToDiscard,
    ToExport,
    ToRename,
    ToVerify,
    progress,
)
from tui.workspace.rotation_record import (
    RotationEvidence,
    path_here,
    record_of,
    write_record,
)
from tui.workspace.verify.verification import Check
from tui.workspace.writing import ChangedSince

_DOES = {
    RotationStep.CREATE: "create replacement",
    RotationStep.VERIFY: "verify",
    RotationStep.EXPORT: "export",
    RotationStep.DELETE: "delete the old one",
    RotationStep.RENAME: "rename",
    RotationStep.DONE: "done",
}
"""What Enter does, by the next step."""

_DOES_TO_TARGETS = {
    RotationStep.CREATE: "create and deliver",
    RotationStep.VERIFY: "verify and deliver",
    RotationStep.EXPORT: "deliver",
}
"""The same if the old token has targets: Enter continues by itself up to them."""


@dataclass(frozen=True)
class RotationEnd:
    """How far a rotation got, and whether it is kept to continue later."""

    state: RotationState
    kept: bool


class RotationScreen(TokendeckScreen[RotationEnd], place=Place.ROTATION):
    """One step per key press; nothing is created before Enter."""

    def __init__(self, session: Session, rotation: Rotation) -> None:
        super().__init__(session)
        self._rotation = rotation
        self._created: ManagementToken | None = None
        self._standing_on: RotationStep | None = None
        self._evidence = RotationEvidence(progress(rotation, self.snapshot).old)

    def compose_body(self) -> Iterable[Widget]:
        """Yield the steps, what Enter does next, and a field to confirm a name."""
        with Vertical(id="rotating"):
            yield FactsCard(id="steps", focusable=True, glyphs=self.session.glyphs)
            yield Static(id="next", markup=False)
            yield TextField(id="word", glyphs=self.session.glyphs)

    @property
    def progress(self) -> RotationState:
        """How far it is; adds the new management token's value, which reads lack."""
        found = progress(self._rotation, self.snapshot)
        created = self._created
        if found.replacement and created and found.replacement.uid == created.uid:
            return replace(found, replacement=created)
        return found

    @property
    def at_risk(self) -> ManagementToken | None:
        """The token that creating the replacement may delete, if the stack is full."""
        now, listing = self.progress, self.snapshot.management
        if now.step is RotationStep.CREATE and isinstance(now.old, ManagementToken):
            return at_risk(listing.items, len(listing.odd))
        return None

    @property
    def token(self) -> Token | None:
        """The replacement."""
        return self.progress.replacement

    @property
    def alarm(self) -> str:
        """PRODUCTION, if the old token or its replacement serves it."""
        now, settings = self.progress, self.session.settings
        tokens = [token for token in (now.old, now.replacement) if token]
        touched = touched_by(tokens, settings.production_environments)
        return "PRODUCTION" if touched else ""

    def moment(self) -> Moment:
        """The current moment, with the next step."""
        now = self.progress
        return replace(super().moment(), step=now.step.value, unclear=now.unclear)

    def on_mount(self) -> None:
        """Save the uid of a replacement if the answer to its creation was lost."""
        if self.progress.replacement is not None and not self._rotation.replacement_uid:
            self._keep()

    def draw(self) -> None:
        """Show what is done, and what comes next."""
        now, key = self.progress, self.session.key
        moment = self.session.workspace.clock()
        facts = step_facts(now, moment, key("skip_step"))
        if now.replacement is not None:
            facts += value_facts(now.replacement, key, revealed=self.revealed)
        card = self.query_one(FactsCard)
        name = self.session.named(self._rotation.old_name)
        card.set_facts(f"Rotate {name}", facts)
        if now.step is not self._standing_on:
            self._standing_on = now.step
            card.stand_on_fact(list(RotationStep).index(now.step))
        words = next_words(now, moment, key("next_step"))
        lines = [doubt_words(now.unclear) if now.unclear else words]
        oldest, field = self.at_risk, self.query_one(TextField)
        if oldest is not None:
            risk = management_words.risk_fact(oldest, self.snapshot.management)
            ask = confirmation_words(confirmation((oldest,)))
            lines += [
                f"{risk.label}: {risk.value}",
                f"To continue anyway, type {ask}:",
            ]
        self.query_one("#next", Static).update(
            "\n".join(map(self.session.clean, lines))
        )
        field.display = oldest is not None
        self.set_focus(field if oldest is not None else card)

    def hint_word(self, item: Command) -> str:
        """Return the word beside a key: what Enter does depends on the step."""
        now = self.progress
        if item.id == "next_step":
            to_targets = _DOES_TO_TARGETS if now.pending else {}
            return to_targets.get(now.step) or _DOES[now.step]
        # With no replacement yet, no step to skip, or too little to record, show only
        # what matters now.
        is_early = item.id == "record" and now.old is not None
        if is_early or self.reason_against(item):
            return ""
        return super().hint_word(item)

    async def do_next_step(self) -> None:
        """Carry out the next step."""
        try:
            await self._carry_out_steps()
        except (OldestUnnamed, ChangedSince):
            self.read_anew()
            key = self.session.key("next_step")
            words = (
                "Someone else changed the stack in the meantime, so nothing was done."
            )
            self.say(f"{words} Press {key} to retry.", "warn")

    async def _carry_out_steps(self) -> None:
        """Carry out the next step, and continue by itself up to the targets."""
        step = self.progress.next_step
        await self._carry_out_step(step)
        while (coming := self.progress.next_step) and self._leads_on(step, coming):
            step = coming
            await self._carry_out_step(step)

    def _leads_on(self, done: NextStep, coming: NextStep) -> bool:
        """Return whether a step continues with the next one without another key."""
        if type(coming) is type(done):
            # It wasn't done after all.
            return False
        return bool(self._rotation.pending) and isinstance(coming, ToVerify | ToDeliver)

    async def _carry_out_step(self, step: NextStep) -> None:
        match step:
            case ToCreate(old):
                await self._create(old)
            case ToDiscard(replacement):
                await self._delete_replacement(replacement)
            case ToVerify(replacement):
                await self._verify(replacement)
            case ToDeliver(replacement, old, targets):
                await self._deliver(replacement, old, targets)
            case ToExport(replacement):
                await self._export(replacement)
            case ToDelete(old):
                await self._delete_old(old)
            case ToRename(replacement):
                await self._rename(replacement)
            case Rotated():
                self._finish()
            case StateUnknown(why):
                self.say(doubt_words(why), "warn")

    async def _create(self, old: Token) -> None:
        """Create the replacement, saving its name first: the answer may get lost."""
        oldest, listing = self.at_risk, self.snapshot.listing(self._rotation.kind)
        listed = (*listing.items, *listing.odd)
        wanted = confirmation((oldest,)) if oldest else None
        if wanted and self.query_one(TextField).value != wanted.word:
            self.say(
                f"Nothing was created. Type {confirmation_words(wanted)}.", "error"
            )
            self.set_focus(self.query_one(TextField))
            return
        # What was saved about an earlier replacement that is gone would be taken for
        # this one's.
        begun = msgspec.structs.replace(
            self._rotation,
            replacement_uid="",
            replacement_name=self._free_name(),
            verified=False,
            exported=False,
            delivered=(),
        )
        self._rotation = begun
        if refused := self._keep(before=tuple(row.uid for row in listed if row.uid)):
            self._rotation = begun
            self.call_later(
                self.say,
                f"Nothing was created. Tokendeck can't save its progress: {refused}",
                "warn",
            )
            return
        name = self._rotation.replacement_name
        created = await self.waiting(
            f"Creating {shortened(name)} …",
            self.session.workspace.create_replacement,
            old,
            name,
            oldest.uid if oldest else "",
        )
        self._created = created if isinstance(created, ManagementToken) else None
        self._keep(replacement_uid=created.uid)
        if self._created is not None:
            self.session.hold(self._created)
        self.say(f"Created {shortened(created.name)}.", "good")
        self.draw_all()

    async def _delete_replacement(self, replacement: Token) -> None:
        """Delete one whose value is lost, so that another can be created."""
        deletion = await self.show(DeleteScreen(self.session, (replacement,)))
        if self.token is None:
            self._keep(replacement_uid="", verified=False)
        if deletion is not None:
            key = self.session.key("recreate")
            self.hear_of(deletion_words(deletion, key))
        self.draw_all()

    async def _verify(self, replacement: Token) -> None:
        done = await self.waiting(
            "Verifying the replacement …",
            self.session.workspace.verifier.verify,
            [replacement],
            self._on_checks,
            fresh=True,
        )
        self._keep(verified=done.all_work)
        self._evidence = replace(self._evidence, checks=tuple(done.checks))
        self.say(verification_words(done), "good" if done.all_work else "error")
        self.draw_all()

    async def _deliver(
        self, replacement: Token, old: Token | None, targets: tuple[str, ...]
    ) -> None:
        """Deliver the replacement, and save which targets have it."""
        deliveries = await deliver_replacement(self, replacement, old, targets)
        so_far = (*self._evidence.deliveries, *deliveries)
        self._evidence = replace(self._evidence, deliveries=so_far)
        there = await sure_of(self, deliveries, self._rotation.pending)
        if arrived(deliveries):
            delivered = {*self._rotation.delivered, *there}
            self._keep(exported=True, delivered=tuple(sorted(delivered)))
        self.draw_all()

    async def do_deliver(self) -> None:
        """Deliver the replacement to any target."""
        if replacement := self.token:
            await self._deliver(replacement, None, ())

    async def _export(self, replacement: Token) -> None:
        exported = await self.show(ExportScreen(self.session, replacement))
        if exported is not None:
            self._keep(exported=True)
            self.say(exported_words(exported), "good")
        self.draw_all()

    async def _delete_old(self, old: Token) -> None:
        deletion = await self.show(DeleteScreen(self.session, (old,)))
        # A replaced token doesn't need to be created again.
        self.session.workspace.forget_deleted(old.uid)
        if deletion is not None:
            self.hear_of(deletion_words(deletion))
        self.draw_all()

    async def _rename(self, replacement: Token) -> None:
        request = msgspec.structs.replace(
            replacement.as_request(), name=self._rotation.old_name
        )
        renamed = await self.waiting(
            "Renaming the replacement …",
            self.session.workspace.update_token,
            replacement,
            request,
        )
        self._created = renamed if isinstance(renamed, ManagementToken) else None
        self._keep(replacement_uid=renamed.uid)
        self.say(f"Renamed the replacement to {shortened(renamed.name)}.", "good")
        self.draw_all()

    def _on_checks(self, checks: Sequence[Check]) -> None:
        """Say how long a replacement that isn't known yet will be tried again."""
        if again := again_words(checks):
            key = self.session.key("close")
            self.say_for_now(f"Verifying the replacement{again}. {key} stops.")

    def _free_name(self) -> str:
        """Return the replacement's name, or another one if it has been taken."""
        name, snapshot = self._rotation.replacement_name, self.snapshot
        taken = {token.name for token in snapshot.listing(self._rotation.kind).items}
        old = self._rotation.old_name
        return snapshot.free_name(old, "next") if name in taken else name

    async def do_skip_step(self) -> None:
        """Skip an optional step: verify, export or rename."""
        if isinstance(self.progress.next_step, ToDeliver):
            await self._skip_delivery()
            return
        skipped = {
            RotationStep.VERIFY: "verified",
            RotationStep.EXPORT: "exported",
        }.get(self.progress.step)
        if skipped:
            self._keep(**{skipped: True})
            self.draw_all()
        else:
            self._finish()

    async def _skip_delivery(self) -> None:
        """Continue without the remaining targets, after a question."""
        pending = self._rotation.pending
        if await goes_without(self, pending):
            delivered = (*self._rotation.delivered, *pending)
            self._keep(exported=True, delivered=delivered)
            self.draw_all()

    async def do_record(self) -> None:
        """Write who rotated what, and the proofs, to a new file; never a value."""
        now = self.session.workspace.clock()
        record = record_of(self.progress, self._evidence, self.snapshot, now)
        path = path_here(self._rotation, now)
        try:
            await asyncio.to_thread(write_record, path, record)
        except FileRefused as refusal:
            self.say(str(refusal), "error")
        else:
            self.say(f"Recorded in {shown(path)}.", "good")

    async def do_close(self) -> None:
        """Stop waiting; else leave, after a question if a value would be lost."""
        if self.asking:
            await super().do_close()
            return
        left = self.session.workspace.uncollected
        if left is None:
            self._leave()
        else:
            question = Confirm(
                "Leave without the value?",
                uncopied_words(left),
                glyphs=self.session.glyphs,
            )
            if await self.show(question) and self._created is not None:
                self.session.let_go(self._created)
                self._leave()

    def _leave(self) -> None:
        now = self.progress
        begun = now.replacement is not None or self._rotation.before
        if not begun or (now.step is RotationStep.DONE and not now.unclear):
            self._finish()
        else:
            self.dismiss(RotationEnd(now, kept=True))

    async def copy(self, secret: Secret, what: str) -> bool:
        """Copy a value; copying the replacement's counts as exporting it."""
        sent, replacement = await super().copy(secret, what), self.token
        if sent and replacement is not None and secret == replacement.value:
            self._keep(exported=True)
            self.draw_all()
        return sent

    def _keep(self, **entries: object) -> str:
        """Save how far it is, and return why that failed.

        The reason is also shown, after everything else.
        """
        self._rotation = msgspec.structs.replace(self._rotation, **entries)
        found = progress(self._rotation, self.snapshot).replacement
        if found is not None:
            self._rotation = msgspec.structs.replace(
                self._rotation, replacement_uid=found.uid
            )
        if self._rotation.exported and self.token is not None:
            self.session.let_go(self.token)
        try:
            self.session.rotations.keep(self._rotation)
        except FileRefused as refusal:
            trouble = f"{refusal} {ELSEWHERE}"
            words = f"Tokendeck can't save this rotation: {trouble}"
            self.call_later(self.say, words, "warn")
            return trouble
        return ""

    def _hand_down(self, done: RotationState) -> None:
        """Make the replacement's own rotation deliver to the same targets."""
        if done.replacement is None or not self._rotation.delivered:
            return
        deliveries = self.session.deliveries
        with contextlib.suppress(FileRefused):
            deliveries.add(done.replacement.uid, self._rotation.delivered)
        if done.old is None:
            deliveries.forget(self._rotation.old_uid)

    def _finish(self) -> None:
        done = self.progress
        self._hand_down(done)
        self.session.rotations.forget(self._rotation)
        self.dismiss(RotationEnd(done, kept=False))


def rotation_words(end: RotationEnd, key: str) -> str:
    """Say how a rotation ended; `key` continues one that is kept."""
    if end.kept:
        now, name = end.state, shortened(end.state.rotation.old_name)
        where = "it"
        if now.old is None and now.replacement is not None:
            # The old one is gone, so the key can't be pressed on it.
            where = shortened(now.replacement.name)
        return f"Paused rotating {name}. Press {key} on {where} to continue."
    return rotated_words(end.state)
