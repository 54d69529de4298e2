"""Updates what is kept on disk about values as tokens come and go.

A deleted token's targets are forgotten. A new one's fingerprint is added to those that
were kept on request: for a management token, this is the only chance.
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
    """Keep the files up to date with what is done in a stack.

    Without `environ`, no fingerprint is kept.
    """

    def follow(change: Change, token: Token) -> None:
        if change == "deleted":
            deliveries.forget(token.uid)
            return
        stack = workspace.snapshot.stack
        if environ is None or stack is None:
            return
        # Loaded only if something is created or changed.
        from tui.leaks.fingerprints import note_token  # noqa: PLC0415

        # The token exists, whether or not this can be kept.
        with suppress(FileRefused):
            note_token(environ, stack.api_key, stack.name, token)

    workspace.listen(follow)
