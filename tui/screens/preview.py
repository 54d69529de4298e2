"""Creating the preview token of a delivery token."""

from __future__ import annotations

from functools import partial

from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import DeliveryToken
from tui.display import shortened
from tui.screens.base import AnyScreen
from tui.screens.messages.creation import preview_words


async def create_preview(screen: AnyScreen) -> None:
    """Create the preview token of the current token, one at a time."""
    token = screen.token
    writes = (each for each in screen.app.workers if each.group == "write")
    if any(worker.is_running for worker in writes):
        screen.say("Tokendeck is still waiting for the last command.", "warn")
    elif isinstance(token, DeliveryToken):
        screen.say_for_now(f"Creating the preview token of {shortened(token.name)} …")
        screen.run_in_app(partial(_create, screen, token), "write")


async def _create(screen: AnyScreen, token: DeliveryToken) -> None:
    try:
        created = await screen.session.workspace.create_preview_token(token)
    except ContentstackError as error:
        screen.front.say_error(error)
    else:
        words = preview_words(created, screen.session.key("copy_preview"))
        screen.front.say(words, "good")
