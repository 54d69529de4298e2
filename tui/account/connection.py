"""The way to one stack: region, credential, and the words by which the stack was named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.contentstack.credentials import Credential
from tui.contentstack.regions import Region
from tui.files import Refused

if TYPE_CHECKING:
    from tui.contentstack.transport import ASGIApp


class ConnectionMissing(Refused):
    """Something that leads to a stack is missing or wrong.

    The text says what, and where it can come from.
    """


@dataclass(frozen=True)
class Connection:
    """What is needed to reach one stack.

    Without `credential` somebody has to sign in; `stack` is an API key, a uid or a
    name, None to be chosen. `source` is the place that the credential came from,
    `looked_in` has each place and why it had none. `apps` maps base URLs to ASGI
    applications that answer in this process instead of the network; only the demo has
    any.
    """

    region: Region
    credential: Credential | None
    stack: str | None
    apps: Mapping[str, ASGIApp] | None = None
    demo: bool = False
    read_only: bool = False
    source: str = ""
    looked_in: tuple[str, ...] = ()


def missing_from(connection: Connection) -> str | None:
    """One sentence on what is missing and where it can come from.

    None if nothing is.
    """
    missing = []
    if connection.stack is None:
        missing.append(
            "a stack (--stack with its API key, uid or name, or CONTENTSTACK_API_KEY)"
        )
    if connection.credential is None:
        missing.append("an authtoken (CONTENTSTACK_AUTHTOKEN, or --auth-file)")
    if not missing:
        return None
    return f"Tokendeck needs {' and '.join(missing)}; `tokendeck --demo` needs nothing and shows it all."
