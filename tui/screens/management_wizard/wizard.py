"""The wizard for management tokens, whose values are in one answer alone."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from tui.account.state import Untaken
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import ManagementDraft, ManagementToken
from tui.screens.base import Deck
from tui.screens.management_wizard.steps import AccessStep, ManagementReview
from tui.screens.wizard.frame import Wizard
from tui.screens.wizard.steps import DetailsStep, ScopeStep
from tui.workspace.making_management import ManagementMade, OldestUnnamed
from tui.workspace.management_plan import ManagementEdit


class ManagementWizard(Wizard[ManagementMade]):
    """Makes a management token, or changes one."""

    STEPS = (DetailsStep, ScopeStep, AccessStep, ManagementReview)
    WHAT = "New management token"
    KIND = ManagementToken

    def __init__(self, deck: Deck, edit: ManagementEdit | None = None) -> None:
        super().__init__(deck, edit or deck.workspace.new_management)
        self._looking = False

    def save(self, seen: ManagementToken, draft: ManagementDraft) -> Coroutine[Any, Any, ManagementToken]:
        """Change the token."""
        return self.deck.workspace.update_management_token(seen, draft)

    async def make(self) -> ManagementMade:
        """Make the token, and have it remembered until somebody takes its value."""
        self._looking = False
        self.say("Generating the token …")
        oldest = self.query_one(ManagementReview).oldest
        return self._remembered(await self.deck.workspace.make_management_token(oldest.uid if oldest else ""))

    def failed(self, error: BaseException) -> bool:
        """The oldest token may be another one by now."""
        if not isinstance(error, OldestUnnamed):
            return super().failed(error)
        self.step.enter()
        self.say(f"Nothing was made: by now the stack holds {len(error.listed)} management tokens.", "warn")
        return True

    def stopped(self) -> None:
        """What was sent may still be carried out, and its value lost: the stack tells."""
        if self._edit is not None or self._looking:
            super().stopped()
            return
        self._looking = True
        self.say("Stopped; looking at what came of it …", "warn")
        self._work = self.run_worker(self._look, group="make", exit_on_error=False)
        self.draw_hints()

    async def _look(self) -> ManagementMade | None:
        try:
            made = await self.deck.workspace.look_for_management_token()
        except ContentstackError as error:
            self._resume(f"Whether the token was made is not known: {error}")
            return None
        if made is None:
            self._resume("Stopped. The stack shows no new token.")
            return None
        return self._remembered(made)

    def _resume(self, words: str) -> None:
        self._work = None
        self.draw_hints()
        self.say(words, "warn")

    def _remembered(self, made: ManagementMade) -> ManagementMade:
        memory, stack = self.deck.memory, self.snapshot.stack
        if memory is not None and stack is not None:
            memory.remember_untaken(Untaken(made.token.uid, made.token.name, stack.uid))
        return made
