"""`tokendeck logout`: ends the session at Contentstack and forgets it here."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace

import click

from tui.account.account import Account
from tui.account.connection import Connection
from tui.account.credential_search import connection_of
from tui.account.credential_store import CredentialPlace, forget, name_of
from tui.cli.decorators import exit_on_error, pass_flags
from tui.config.flags import Flags
from tui.config.settings import settings_from, trust_ca_file
from tui.contentstack.errors import SignedOut
from tui.keymap import check_keys

_KEPT: dict[str, CredentialPlace] = {
    "the keyring": "keyring",
    "the kept sign-in": "file",
}


@click.command()
@pass_flags
@exit_on_error()
def logout(flags: Flags) -> None:
    """End a session that Tokendeck opened; any other only after a typed yes.

    Example: tokendeck --region eu logout
    """
    settings = settings_from(os.environ, flags, check_keys=check_keys)
    trust_ca_file(settings, os.environ)
    connection = connection_of(settings, os.environ)
    if connection.credential is None:
        click.echo("Nobody is signed in.")
        return
    if connection.notice:
        click.echo(connection.notice, err=True)
    place = _KEPT.get(connection.source)
    if place is None and not _typed_yes(connection.source):
        click.echo("Nothing was ended.")
        return
    outcome = asyncio.run(_end(connection))
    if place is not None:
        forget(place, os.environ, name_of(connection.region, settings.profile))
    click.echo(outcome)


def _typed_yes(source: str) -> bool:
    """Ask before ending a session that came from elsewhere: it may be a CI job's."""
    warning = f"This session comes from {source}, and others may be using it."
    click.echo(warning, err=True)
    try:
        answer = click.prompt("Type yes to end it", default="no", err=True)
    except click.Abort:
        return False
    return str(answer) == "yes"


async def _end(connection: Connection) -> str:
    # Signing out changes no stack, so read-only doesn't forbid it.
    writable = replace(connection, read_only=False)
    account = Account(lambda: writable)
    try:
        return await (await account.client()).log_out() or "The session is ended."
    except SignedOut:
        return "The session had ended already."
    finally:
        await account.close()
