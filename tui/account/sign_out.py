"""Signing out: ends the session at Contentstack, and deletes saved copies of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from tui.account.account import Account
from tui.account.credential_store import CredentialPlace, forget, kept, name_of
from tui.connection.connection import Connection
from tui.contentstack.errors import SignedOut
from tui.files.refusal import Refused

PLACES: dict[str, CredentialPlace] = {
    "the keyring": "keyring",
    "the saved session": "file",
}
"""Where Tokendeck saves a sign-in, by what a connection calls it."""

_OWN = (*PLACES, "this run's sign-in")


def not_ours(connection: Connection) -> str:
    """Return why this session isn't Tokendeck's to end; "" if it is."""
    if connection.demo:
        return "The demo has no session to end."
    if connection.credential is None:
        return "You aren't signed in."
    if connection.source in _OWN:
        return ""
    source = connection.source or "elsewhere"
    return f"Tokendeck didn't open this session (it comes from {source}). End it there."


async def end_session(connection: Connection) -> str:
    """End a connection's session, and return what Contentstack says about it."""
    # Signing out doesn't change a stack, so read-only allows it.
    writable = replace(connection, read_only=False)
    account = Account(lambda: writable)
    try:
        return await (await account.client()).log_out() or "Signed out."
    except SignedOut:
        return "The session had already ended."
    finally:
        await account.close()


def forget_kept(
    connection: Connection, environ: Mapping[str, str], profile: str | None
) -> None:
    """Delete all saved copies of the connection's credential; the keyring may block."""
    name = name_of(connection.region, profile)
    for place in PLACES.values():
        with suppress(Refused):
            if kept(place, environ, name) == connection.credential:
                forget(place, environ, name)
