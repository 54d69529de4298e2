"""Copying and showing the values of the current token."""

from __future__ import annotations

from tui.contentstack.models import Odd
from tui.display import shortened
from tui.screens.base import AnyScreen
from tui.secret import Secret

REVEALED_SECONDS = 20.0


async def copy_token(screen: AnyScreen) -> None:
    """Copy the token's value."""
    token = screen.token
    if token is not None and token.value is not None:
        await screen.copy(token.value, shortened(token.name))


async def copy_preview(screen: AnyScreen) -> None:
    """Copy the preview token's value."""
    token = screen.token
    if token is not None and token.preview is not None:
        name = shortened(token.name)
        await screen.copy(token.preview, f"the preview token of {name}")


async def copy_api_key(screen: AnyScreen) -> None:
    """Copy the stack's API key."""
    stack = screen.snapshot.stack
    if stack is not None:
        await screen.copy(Secret(stack.api_key), f"the API key of {stack.name}")


async def copy_uid(screen: AnyScreen) -> None:
    """Copy the uid of the row."""
    if row := screen.token or screen.odd:
        name = row.title if isinstance(row, Odd) else row.name
        await screen.copy(Secret(row.uid), f"the uid of {shortened(name)}")


async def reveal(screen: AnyScreen) -> None:
    """Reveal the values for a while, or hide them.

    They don't stay revealed, since other people may see the screen.
    """
    screen.revealed = not screen.revealed
    screen.draw_all()
    if screen.masking is not None:
        screen.masking.stop()
    screen.masking = screen.set_timer(REVEALED_SECONDS, screen.mask)
