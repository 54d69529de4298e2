"""What it takes to reach one stack: a region, a credential, the stack's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.contentstack.credentials import Credential
from tui.contentstack.regions import Region
from tui.files.refusal import Refused

if TYPE_CHECKING:
    from tui.contentstack.dressing import Dressing
    from tui.contentstack.line_ahead import LineAhead
    from tui.contentstack.pace import Pacer
    from tui.contentstack.transport import ASGIApp


class ConnectionMissing(Refused):
    """What it takes to reach a stack is missing or wrong; the text says what."""


@dataclass(frozen=True)
class Connection:
    """What it takes to reach one stack."""

    region: Region

    credential: Credential | None
    """None if the user has to sign in."""

    stack: str | None
    """An API key, a uid or a name; None if one has to be chosen."""

    apps: Mapping[str, ASGIApp] | None = None
    """Applications that answer in this process, by base URL: the demo's."""

    demo: bool = False
    read_only: bool = False

    dry_run: bool = False
    """Whether writes are only shown."""

    source: str = ""
    """Where the credential came from, in words."""

    looked_in: tuple[str, ...] = ()
    """Each place that was searched for a credential, and what was there."""

    stack_removed: tuple[Dressing, ...] = ()
    """What was removed from around the stack's API key."""

    pacer: Pacer | None = None
    """The pace of a longer read that runs at the same time."""

    ahead: LineAhead | None = None
    """A connection that was started while the program loaded."""

    @property
    def notice(self) -> str:
        """What was removed from around the credential and API key, as sentences."""
        from tui.contentstack.dressing import told  # noqa: PLC0415 - not before the first frame

        around_credential = told(self.credential.removed) if self.credential else ""
        parts = (
            (self.source, around_credential),
            ("the stack's API key", told(self.stack_removed)),
        )
        return " ".join(f"{words} ({what})." for what, words in parts if words)


def missing_from(connection: Connection) -> str | None:
    """Say what is missing and where it can come from; None if nothing is."""
    missing = []
    if connection.stack is None:
        missing.append(
            "a stack (--stack with its API key, uid or name, or CONTENTSTACK_API_KEY)"
        )
    if connection.credential is None:
        missing.append("an authtoken (CONTENTSTACK_AUTHTOKEN, or --auth-file)")
    if not missing:
        return None
    return (
        f"Tokendeck needs {' and '.join(missing)}. To look around without either, run"
        " `tokendeck --demo`."
    )
