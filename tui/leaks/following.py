"""What is kept on disk about where values are, as tokens come and go.

A deleted token is in no target any more. A new one's fingerprint joins those that were
kept on request: of a management token, it can be had at no other time.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.files.refusal import FileRefused

if TYPE_CHECKING:
    from tui.contentstack.models import Token
    from tui.state.deliveries import DeliveryStore
    from tui.workspace.carried_out import Change
    from tui.workspace.workspace import Workspace


def follow_changes(
    workspace: Workspace,
    deliveries: DeliveryStore,
    environ: Mapping[str, str] | None,
) -> None:
    """Have what is kept follow what is done in a stack.

    Without `environ`, no fingerprint is kept.
    """

    def follow(change: Change, token: Token) -> None:
        if change == "deleted":
            deliveries.forget(token.uid)
            return
        stack = workspace.snapshot.stack
        if environ is None or stack is None:
            return
        # Loaded by those who create or change something.
        from tui.leaks.fingerprints import note_token  # noqa: PLC0415

        # The token is there, whether this can be kept or not.
        with suppress(FileRefused):
            note_token(environ, stack.api_key, stack.name, token)

    workspace.listen(follow)
