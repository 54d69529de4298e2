"""Connects to the embedded stack; it opens no port and keeps nothing after exit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.clock import Clock, utc_now
from tui.connection.connection import Connection
from tui.contentstack.credentials import Credential
from tui.contentstack.regions import Region
from tui.secret import Secret

if TYPE_CHECKING:
    from tui.sandbox.service import Sandbox

# Names under `.invalid` never resolve, in case a request ever leaves this process.
_CMA = "https://cma.demo.invalid"
_CDA = "https://cda.demo.invalid"
_PREVIEW = "https://preview.demo.invalid"


def demo_connection(stack: str | None = None, *, clock: Clock = utc_now) -> Connection:
    """Start the embedded Contentstack, and return the connection to it."""
    # Loaded here, after the first paint, and only for the demo.
    from tui.sandbox.service import Sandbox  # noqa: PLC0415

    return connection_to(Sandbox.demo(now=clock), stack)


def connection_to(
    sandbox: Sandbox, stack: str | None = None, *, role: str | None = None
) -> Connection:
    """Return a connection to a sandbox in this process, as its user with `role`.

    By default it's for the first user and the first stack.
    """
    user = next(user for user in sandbox.users if role in (None, user.role))
    apps = {
        _CMA: sandbox.management,
        _CDA: sandbox.delivery,
        _PREVIEW: sandbox.preview,
    }
    return Connection(
        region=Region(
            id="demo", name="demo", aliases=(), cma=_CMA, cda=_CDA, preview=_PREVIEW
        ),
        credential=Credential(kind="authtoken", secret=Secret(user.authtoken)),
        stack=stack or sandbox.stacks[0].api_key,
        apps=apps,
        demo=True,
        source="the demo",
    )
