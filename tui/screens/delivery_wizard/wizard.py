"""The wizard for delivery tokens: one for each environment that is marked."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from tui.contentstack.models import DeliveryDraft, DeliveryToken
from tui.screens.base import Deck
from tui.screens.delivery_wizard.steps import DeliveryReview, EnvironmentsStep
from tui.screens.wizard.frame import Wizard
from tui.screens.wizard.steps import DetailsStep, ScopeStep
from tui.workspace.making import Batch
from tui.workspace.plan import DeliveryEdit


class DeliveryWizard(Wizard[Batch]):
    """Makes delivery tokens, or changes one."""

    STEPS = (DetailsStep, ScopeStep, EnvironmentsStep, DeliveryReview)
    WHAT = "New delivery token"
    KIND = DeliveryToken

    def __init__(self, deck: Deck, edit: DeliveryEdit | None = None) -> None:
        super().__init__(deck, edit or deck.workspace)

    def on_mount(self) -> None:
        """Find out what the review says of preview tokens."""
        self.run_worker(self.deck.workspace.read_live_preview, group="live preview")

    def save(self, seen: DeliveryToken, draft: DeliveryDraft) -> Coroutine[Any, Any, DeliveryToken]:
        """Change the token."""
        return self.deck.workspace.update_delivery_token(seen, draft)

    def make(self) -> Coroutine[Any, Any, Batch]:
        """Make one token after the other."""
        return self.deck.workspace.make_delivery_tokens(self._progress)

    def made(self, result: Batch) -> None:
        """Leave if at least one was made."""
        if result.made:
            self.dismiss(result)
        elif result.failed is not None:
            self.failed(result.failed.error)

    def _progress(self, number: int, count: int) -> None:
        self.say("Generating the token …" if count == 1 else f"Generating token {number} of {count} …")
