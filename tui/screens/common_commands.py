"""The commands that work the same on every screen.

Modules that only a few of them need are imported on first use, so that the first frame
doesn't wait for them.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui.screens.base import AnyScreen
from tui.screens.navigation import OPENERS
from tui.screens.session import CommonCommand
from tui.screens.token_values import (
    copy_api_key,
    copy_preview,
    copy_token,
    copy_uid,
    reveal,
)


async def copy_command(screen: AnyScreen) -> None:
    """Copy the shell command that would do the same."""
    from tui.screens.copy_command import copy_for_token

    await copy_for_token(screen)


async def create_preview(screen: AnyScreen) -> None:
    """Create the preview token of the current token."""
    from tui.screens import preview

    await preview.create_preview(screen)


async def show_plain(screen: AnyScreen) -> None:
    """Show the values on the normal screen."""
    from tui.screens import clipboard

    await clipboard.show_plain(screen)


async def try_clipboard(screen: AnyScreen) -> None:
    """Find out whether copies arrive."""
    from tui.screens import clipboard

    await clipboard.try_clipboard(screen)


async def clear_clipboard(screen: AnyScreen) -> None:
    """Clear the last copy from the clipboard."""
    from tui.screens import clipboard

    await clipboard.clear_clipboard(screen)


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
"""By command id; a screen that does one differently has a method for it."""
