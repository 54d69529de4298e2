"""The checklist of a rotation: a twin is made, proved and handed out; then the old token ends."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from typing import Any

from msgspec.structs import replace
from textual import on
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from tui.account.private_files import ELSEWHERE
from tui.account.rotations import Rotation
from tui.commands import Place
from tui.conditions import Facts
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import DeliveryToken, ManagementToken, Token
from tui.display import visible
from tui.files import FileRefused
from tui.screens import doors, management_words, outcomes, presentation
from tui.screens.base import Deck, DeckScreen
from tui.screens.confirm import Confirm
from tui.screens.delete import DeleteScreen
from tui.secret import Secret
from tui.widgets.facts_card import FactsCard
from tui.widgets.text_field import TextField
from tui.workspace.confirmation import confirmation
from tui.workspace.making import OldestUnnamed, at_risk
from tui.workspace.rotation import Progress, Step, progress
from tui.workspace.snapshot import Listing
from tui.workspace.verifying import Verification
from tui.workspace.writing import ChangedSince


class RotationScreen(DeckScreen[str], place=Place.ROTATION):
    """One step a key; nothing is made before Enter. Answers with how far it came, in words.

    `alone` holds the lock of the rotation for as long as the screen stands.
    """

    def __init__(self, deck: Deck, rotation: Rotation, alone: ExitStack) -> None:
        super().__init__(deck)
        self._rotation = rotation
        self._alone = alone
        self._work: Worker[Token] | Worker[Verification] | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The steps, what Enter does now, and the name to type where one more token may end another."""
        with Vertical(id="rotating"):
            yield FactsCard(id="steps", glyphs=self.deck.glyphs)
            yield Static(id="next", markup=False)
            yield TextField(id="word", glyphs=self.deck.glyphs)

    @property
    def progress(self) -> Progress:
        """How far it has come; the value of a new management token is in no reading."""
        found = progress(self._rotation, self.snapshot)
        untaken = self.deck.workspace.untaken
        if untaken is not None and found.twin is not None and found.twin.uid == untaken.uid:
            return Progress(found.rotation, found.old, untaken)
        return found

    @property
    def at_risk(self) -> ManagementToken | None:
        """The token that the twin may end, where the stack is full."""
        now = self.progress
        makes = now.step is Step.MAKE and isinstance(now.old, ManagementToken)
        return at_risk(self.snapshot.management.items) if makes else None

    def facts(self) -> Facts:
        """The present moment, with the twin."""
        now = self.progress
        busy = self._work is not None and self._work.is_running
        return Facts(snapshot=self.snapshot, token=now.twin, busy=busy, step=now.step.value)

    def on_unmount(self) -> None:
        """Let another Tokendeck go on with it."""
        self._alone.close()

    def draw(self) -> None:
        """Show what is done, and what comes next."""
        now = self.progress
        facts = outcomes.step_facts(now, self.deck.key("skip_step"))
        if now.twin is not None:
            facts += presentation.value_facts(now.twin, self.deck.key, revealed=self.revealed)
        self.query_one(FactsCard).set_facts(f"Rotate {self._rotation.old_name}", facts)
        words = outcomes.next_words(now, self.deck.workspace.clock(), self.deck.key("next_step"))
        oldest, field = self.at_risk, self.query_one(TextField)
        if oldest is not None:
            risk = management_words.risk_fact(oldest, len(self.snapshot.management.items))
            words += (
                f"\n{risk.label}: {risk.value}\nTo go on all the same, type {confirmation((oldest,)).ask}:"
            )
        self.query_one("#next", Static).update(
            self.deck.glyphs.plain("\n".join(map(visible, words.splitlines())))
        )
        field.display = oldest is not None
        self.set_focus(field if oldest is not None else None)

    async def do_next_step(self) -> None:
        """Carry out the step that comes next."""
        now = self.progress
        if now.step is Step.MAKE and now.old is not None:
            self._make(now.old)
        elif now.value_lost and now.twin is not None:
            await self.app.push_screen(DeleteScreen(self.deck, (now.twin,)), self._twin_deleted)
        elif now.step is Step.VERIFY and now.twin is not None:
            self._work = self.run_worker(partial(self.deck.workspace.verify, [now.twin], fresh=True))
            self.say("Verifying the twin …")
        elif now.step is Step.HAND_OUT and now.twin is not None:
            await doors.open_hand_out(self, now.twin, self._handed_out)
        elif now.step is Step.DELETE and now.old is not None:
            await self.app.push_screen(DeleteScreen(self.deck, (now.old,)), self._old_deleted)
        elif now.step is Step.RENAME and now.twin is not None:
            self._work = self.run_worker(
                partial(self.deck.workspace.rename_twin, now.twin, self._rotation), exit_on_error=False
            )
            self.say("Giving the twin the old name …")
        else:
            self._finish()
        self.draw_hints()

    def _make(self, old: Token) -> None:
        oldest = self.at_risk
        if oldest is not None and self.query_one(TextField).value != confirmation((oldest,)).word:
            self.say(
                f"Nothing was made: type {confirmation((oldest,)).ask}, since the twin may end it.", "warn"
            )
            return
        delivery = isinstance(old, DeliveryToken)
        listed: Listing[Any] = self.snapshot.delivery if delivery else self.snapshot.management
        if refused := self._keep(before=tuple(token.uid for token in listed.items)):
            self._rotation = replace(self._rotation, before=())
            self.call_later(self.say, f"Nothing was made. {refused}", "warn")
            return
        named = oldest.uid if oldest else ""
        twin = partial(self.deck.workspace.make_twin, old, self._rotation, named)
        self._work = self.run_worker(twin, exit_on_error=False)
        self.say(f"Making {self._rotation.twin_name} …")

    async def do_skip_step(self) -> None:
        """Leave out a step that is not needed: verifying, handing out, renaming."""
        step = self.progress.step
        if step is Step.VERIFY:
            self._keep(verified=True)
        elif step is Step.HAND_OUT:
            self._keep(handed_out=True)
        else:
            self._finish()
            return
        self.draw_all()

    async def do_close(self) -> None:
        """Leave; what was begun goes on another time."""
        if self.facts().busy and self._work is not None:
            self._work.cancel()
            return
        if self.deck.workspace.untaken is not None:
            question = f"{self.deck.workspace.at_stake} Leave all the same?"
            await self.app.push_screen(Confirm(question), self._leave_if)
        else:
            self._leave()

    def _leave_if(self, answer: bool | None) -> None:
        if answer:
            self.deck.workspace.untaken = None
            self._leave()

    def _leave(self) -> None:
        if self.progress.step is Step.DONE or (self.progress.twin is None and not self._rotation.before):
            self._finish()
        else:
            key = self.deck.key("rotate")
            self.dismiss(f"The rotation of {self._rotation.old_name} is kept; {key} goes on with it.")

    async def copy(self, secret: Secret, what: str) -> bool:
        """A copy hands the twin out as well as a file does."""
        sent = await super().copy(secret, what)
        twin = self.progress.twin
        if sent and twin is not None and secret == twin.value and self.progress.step is Step.HAND_OUT:
            self._keep(handed_out=True)
            self.draw_all()
        return sent

    @on(Worker.StateChanged)
    def _worked(self, event: Worker.StateChanged) -> None:
        if event.worker is not self._work:
            return
        result, error = event.worker.result, event.worker.error
        if event.state is WorkerState.SUCCESS and isinstance(result, Verification):
            self._keep(verified=result.all_work)
            self.say(result.words, "good" if result.all_work else "error")
        elif event.state is WorkerState.SUCCESS and isinstance(result, Token):
            renamed = bool(self._rotation.twin_uid)
            self._keep(twin_uid=result.uid)
            self.say(f"The twin is called {result.name}." if renamed else f"{result.name} is made.", "good")
        elif event.state is WorkerState.ERROR and isinstance(error, ContentstackError):
            self.say(str(error), "error")
            if error.remedy == "sign_in":
                self.call_later(self.action_command, "sign_in")
        elif event.state is WorkerState.ERROR and isinstance(error, OldestUnnamed | ChangedSince):
            self.say("Somebody changed the stack meanwhile, so nothing was done; try again.", "warn")
            self.read_anew()
        elif event.state is WorkerState.ERROR and error is not None:
            raise error
        elif event.state is WorkerState.CANCELLED:
            self.say("Stopped waiting. What came of it is read from the stack now.", "warn")
            self.read_anew()
        self.draw_all()

    def _handed_out(self, words: str | None) -> None:
        if words:
            self._keep(handed_out=True)
            self.say(words, "good")
        self.draw_all()

    def _twin_deleted(self, words: str | None) -> None:
        if self.progress.twin is None:
            self._keep(twin_uid="", verified=False)
        self.hear_of(words)
        self.draw_all()

    def _old_deleted(self, words: str | None) -> None:
        # The recipe of what was replaced has no use.
        self.deck.workspace.recipe = None
        self.hear_of(words.split(". ")[0] + "." if words else words)
        self.draw_all()

    def _keep(self, **entries: object) -> str:
        """Write down how far it has come. Where that fails, the words for it are said after all others."""
        self._rotation = replace(self._rotation, **entries)
        if self._rotation.handed_out:
            self.deck.workspace.untaken = None
        try:
            self.deck.rotations.keep(self._rotation)
        except FileRefused as refusal:
            words = (
                f"This rotation can't be written down, so it would not survive a cut: {refusal} {ELSEWHERE}"
            )
            self.call_later(self.say, words, "warn")
            return words
        return ""

    def _finish(self) -> None:
        done = self.progress
        self.deck.rotations.forget(self._rotation)
        self.dismiss(outcomes.rotated_words(done))
