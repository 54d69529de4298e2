"""The checklist of a rotation: a twin is made, proved and handed out.

Then the old token ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import msgspec
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui.commands import Place
from tui.conditions import Moment
from tui.contentstack.models import ManagementToken, Token
from tui.files import FileRefused
from tui.private_files import ELSEWHERE
from tui.screens import navigation
from tui.screens.base import TokendeckScreen
from tui.screens.confirm import Confirm
from tui.screens.delete import DeleteScreen
from tui.screens.messages import management as management_words
from tui.screens.messages.details import value_facts
from tui.screens.messages.rotation import next_words, rotated_words, step_facts
from tui.screens.messages.status import again_words
from tui.screens.session import Session
from tui.secret import Secret
from tui.state.rotations import Rotation
from tui.widgets.facts_card import FactsCard
from tui.widgets.text_field import TextField
from tui.workspace.confirmation import confirmation
from tui.workspace.creation import OldestUnnamed, at_risk
from tui.workspace.rotation import RotationState, RotationStep, progress
from tui.workspace.verification import Check, Verification
from tui.workspace.writing import ChangedSince


class RotationScreen(TokendeckScreen[str], place=Place.ROTATION):
    """One step a key; nothing is made before Enter.

    Answers with how far it came, in words.

    `alone` holds the lock of the rotation for as long as the screen stands.
    """

    def __init__(self, session: Session, rotation: Rotation, alone: ExitStack) -> None:
        super().__init__(session)
        self._rotation = rotation
        self._alone = alone
        self._made: ManagementToken | None = None
        self._renaming = False

    def compose_body(self) -> Iterable[Widget]:
        """The steps, what Enter does now, and the name to type where one more token may end another."""
        with Vertical(id="rotating"):
            yield FactsCard(id="steps", glyphs=self.session.glyphs)
            yield Static(id="next", markup=False)
            yield TextField(id="word", glyphs=self.session.glyphs)

    @property
    def progress(self) -> RotationState:
        """How far it has come; the value of a new management token is in no reading."""
        found, made = progress(self._rotation, self.snapshot), self._made
        return (
            replace(found, replacement=made)
            if found.replacement and made and found.replacement.uid == made.uid
            else found
        )

    @property
    def at_risk(self) -> ManagementToken | None:
        """The token that the twin may end, where the stack is full."""
        now = self.progress
        makes = now.step is RotationStep.MAKE and isinstance(now.old, ManagementToken)
        listing = self.snapshot.management
        return at_risk(listing.items, len(listing.odd)) if makes else None

    @property
    def token(self) -> Token | None:
        """The twin."""
        return self.progress.replacement

    def facts(self) -> Moment:
        """The present moment, with the step that comes next."""
        now = self.progress
        return replace(super().facts(), step=now.step.value, unclear=now.unclear)

    def on_mount(self) -> None:
        """Keep the uid of a replacement whose creation was never answered."""
        if self.progress.replacement is not None and not self._rotation.replacement_uid:
            self._keep()

    def on_unmount(self) -> None:
        """Let another Tokendeck go on with it."""
        self._alone.close()

    def draw(self) -> None:
        """Show what is done, and what comes next."""
        now, key = self.progress, self.session.key
        facts = step_facts(now, key("skip_step"))
        if now.replacement is not None:
            facts += value_facts(now.replacement, key, revealed=self.revealed)
        self.query_one(FactsCard).set_facts(f"Rotate {self._rotation.old_name}", facts)
        words = next_words(now, self.session.workspace.clock(), key("next_step"))
        lines = [now.unclear or words]
        oldest, field = self.at_risk, self.query_one(TextField)
        if oldest is not None:
            risk = management_words.risk_fact(oldest, self.snapshot.management)
            ask = confirmation((oldest,)).ask
            lines += [
                f"{risk.label}: {risk.value}",
                f"To go on all the same, type {ask}:",
            ]
        self.query_one("#next", Static).update(
            "\n".join(map(self.session.clean, lines))
        )
        field.display = oldest is not None
        self.set_focus(field if oldest is not None else None)

    async def do_next_step(self) -> None:
        """Carry out the step that comes next."""
        now, workspace = self.progress, self.session.workspace
        old, replacement = now.old, now.replacement
        self._renaming = now.step is RotationStep.RENAME
        if replacement is None:
            if old is None:
                self._finish()
            else:
                self._make(old)
        elif now.value_lost:
            await self.app.push_screen(
                DeleteScreen(self.session, (replacement,)), self._replacement_deleted
            )
        elif now.step is RotationStep.VERIFY:
            self.ask(
                "Verifying the twin …",
                workspace.verifier.verify,
                [replacement],
                self._told,
                fresh=True,
            )
        elif now.step is RotationStep.HAND_OUT:
            await navigation.open_hand_out(self, replacement, self._handed_out)
        elif old is not None:
            await self.app.push_screen(
                DeleteScreen(self.session, (old,)), self._old_deleted
            )
        elif now.step is RotationStep.RENAME:
            draft = msgspec.structs.replace(
                replacement.as_request(), name=self._rotation.old_name
            )
            self.ask(
                "Giving the twin the old name …",
                workspace.update_token,
                replacement,
                draft,
            )
        else:
            self._finish()

    def _make(self, old: Token) -> None:
        oldest, listing = self.at_risk, self.snapshot.listing(self._rotation.kind)
        listed = (*listing.items, *listing.odd)
        if (
            oldest is not None
            and self.query_one(TextField).value != confirmation((oldest,)).word
        ):
            ask = confirmation((oldest,)).ask
            self.say(
                f"Nothing was made: type {ask}, since the twin may end it.", "warn"
            )
            return
        # What is kept of a replacement that is gone again would be taken for this
        # one's.
        begun = msgspec.structs.replace(
            self._rotation,
            replacement_uid="",
            replacement_name=self._free_name(),
            verified=False,
            handed_out=False,
        )
        self._rotation = begun
        if refused := self._keep(before=tuple(row.uid for row in listed if row.uid)):
            self._rotation = begun
            self.call_later(
                self.say,
                f"Nothing was made, since a cut would lose it: {refused}",
                "warn",
            )
            return
        name, named = self._rotation.replacement_name, oldest.uid if oldest else ""
        self.ask(
            f"Making {name} …",
            self.session.workspace.create_replacement,
            old,
            name,
            named,
        )

    def _told(self, checks: Sequence[Check]) -> None:
        """Say for how long a twin that is not known yet is tried again."""
        if again := again_words(checks):
            self.say(f"Verifying the twin{again}; {self.session.key('close')} stops.")

    def _free_name(self) -> str:
        """Return the replacement's name, another one if somebody has taken it meanwhile."""
        name, snapshot = self._rotation.replacement_name, self.snapshot
        taken = {token.name for token in snapshot.listing(self._rotation.kind).items}
        old = self._rotation.old_name
        return snapshot.free_name(old, "next") if name in taken else name

    async def do_skip_step(self) -> None:
        """Leave out a step that is not needed: verifying, handing out, renaming."""
        skipped = {
            RotationStep.VERIFY: "verified",
            RotationStep.HAND_OUT: "handed_out",
        }.get(self.progress.step)
        if skipped:
            self._keep(**{skipped: True})
            self.draw_all()
        else:
            self._finish()

    async def do_close(self) -> None:
        """Stop waiting; else leave, and go on another time.

        A value that would be lost is asked about.
        """
        if self.asking:
            await super().do_close()
        elif self.session.workspace.uncollected is not None:
            question = f"{self.session.workspace.at_stake} Leave all the same?"
            await self.app.push_screen(Confirm(question), self._leave_if)
        else:
            self._leave()

    def _leave_if(self, answer: bool | None) -> None:
        if answer and self._made is not None:
            self.session.let_go(self._made)
            self._leave()

    def _leave(self) -> None:
        now = self.progress
        begun = now.replacement is not None or self._rotation.before
        if not now.unclear and (now.step is RotationStep.DONE or not begun):
            self._finish()
        else:
            key = self.session.key("rotate")
            self.dismiss(
                f"The rotation of {self._rotation.old_name} is kept; {key} goes on with it."
            )

    async def copy(self, secret: Secret, what: str) -> bool:
        """A copy hands the twin out as well as a file does."""
        sent, replacement = await super().copy(secret, what), self.token
        if sent and replacement is not None and secret == replacement.value:
            self._keep(handed_out=True)
            self.draw_all()
        return sent

    def answered(self, answer: Any) -> None:
        """Write down how far it came."""
        if isinstance(answer, Verification):
            self._keep(verified=answer.all_work)
            self.say(answer.words, "good" if answer.all_work else "error")
        else:
            renamed = self._renaming
            self._made = answer if isinstance(answer, ManagementToken) else None
            self._keep(replacement_uid=answer.uid)
            if self._made is not None and not renamed:
                self.session.hold(self._made)
            self.say(
                f"The twin is called {answer.name}."
                if renamed
                else f"{answer.name} is made.",
                "good",
            )
        self.draw_all()

    def unanswered(self, error: BaseException) -> None:
        """Somebody else may have been at work."""
        if isinstance(error, OldestUnnamed | ChangedSince):
            self.given_up()
            self.say(
                "Somebody changed the stack meanwhile, so nothing was done; try again.",
                "warn",
            )
        else:
            super().unanswered(error)

    def _handed_out(self, words: str | None) -> None:
        if words:
            self._keep(handed_out=True)
            self.say(words, "good")
        self.draw_all()

    def _replacement_deleted(self, words: str | None) -> None:
        if self.token is None:
            self._keep(replacement_uid="", verified=False)
        self.hear_of(words)
        self.draw_all()

    def _old_deleted(self, words: str | None) -> None:
        # The recipe of what was replaced has no use.
        self.session.workspace.last_deleted = None
        self.hear_of(words.split(". ")[0] + "." if words else words)
        self.draw_all()

    def _keep(self, **entries: object) -> str:
        """Write down how far it has come; why that failed.

        It is said after all others then.
        """
        self._rotation = msgspec.structs.replace(self._rotation, **entries)
        found = progress(self._rotation, self.snapshot).replacement
        if found is not None:
            self._rotation = msgspec.structs.replace(
                self._rotation, replacement_uid=found.uid
            )
        if self._rotation.handed_out and self.token is not None:
            self.session.let_go(self.token)
        try:
            self.session.rotations.keep(self._rotation)
        except FileRefused as refusal:
            trouble = f"{refusal} {ELSEWHERE}"
            words = f"This rotation can't be kept, so a cut would lose it: {trouble}"
            self.call_later(self.say, words, "warn")
            return trouble
        return ""

    def _finish(self) -> None:
        done = self.progress
        self.session.rotations.forget(self._rotation)
        self.dismiss(rotated_words(done))
