"""Copies the shell command that would do what a screen does."""

from __future__ import annotations

from collections.abc import Callable

from tui.command_line import NoCommand, command_for_form, command_for_token
from tui.screens.base import AnyScreen
from tui.secret import Secret
from tui.workspace.plan import Form


async def copy_for_token(screen: AnyScreen) -> None:
    """Copy the command that ensures the token under the cursor."""
    token = screen.token
    if token is not None:
        await _copy(screen, lambda: command_for_token(token, screen.snapshot))


async def copy_for_form(screen: AnyScreen, form: Form) -> None:
    """Copy the command that creates or saves what is in a form."""
    await _copy(screen, lambda: command_for_form(form, screen.snapshot))


async def _copy(screen: AnyScreen, command: Callable[[], str]) -> None:
    try:
        line = command()
    except NoCommand as reason:
        screen.say(str(reason), "warn")
    else:
        await screen.copy(Secret(line), "the command")
