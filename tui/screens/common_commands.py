"""The commands that every screen carries out alike."""

from __future__ import annotations

from collections.abc import Mapping

from tui.screens.base import AnyScreen
from tui.screens.clipboard import clear_clipboard, show_plain, try_clipboard
from tui.screens.navigation import OPENERS
from tui.screens.preview import create_preview
from tui.screens.session import CommonCommand
from tui.screens.token_values import (
    copy_api_key,
    copy_preview,
    copy_token,
    copy_uid,
    reveal,
)


async def copy_command(screen: AnyScreen) -> None:
    """Copy the command of the shell that would do the same."""
    from tui.screens.copy_command import copy_for_token  # noqa: PLC0415 - not before the first frame

    await copy_for_token(screen)


COMMON_COMMANDS: Mapping[str, CommonCommand] = {
    **OPENERS,
    "copy": copy_token,
    "copy_preview": copy_preview,
    "copy_api_key": copy_api_key,
    "copy_uid": copy_uid,
    "copy_command": copy_command,
    "reveal": reveal,
    "create_preview": create_preview,
    "plain": show_plain,
    "clipboard_test": try_clipboard,
    "clipboard_clear": clear_clipboard,
}
"""By the id of the command; a screen that does one otherwise has a method for it."""
