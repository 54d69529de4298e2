"""`tokendeck logout`: end the session on Contentstack's side, and keep its login no longer."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace

import click

from tui.account.account import Account
from tui.account.connection import Connection
from tui.account.credential_search import connection_of
from tui.account.credential_store import CredentialPlace, forget, name_of
from tui.cli.exits import telling
from tui.config.settings import Flags, settings_from, trust_ca_file
from tui.contentstack.errors import SignedOut
from tui.keymap import check_keys

_KEPT: dict[str, CredentialPlace] = {
    "the keyring": "keyring",
    "the kept sign-in": "file",
}


@click.command()
@click.pass_context
@telling()
def logout(context: click.Context) -> None:
    """End a session that Tokendeck opened; any other only after a typed yes."""
    settings = settings_from(
        os.environ, context.find_object(Flags) or Flags(), check_keys=check_keys
    )
    trust_ca_file(settings, os.environ)
    connection = connection_of(settings, os.environ)
    if connection.credential is None:
        click.echo("Nobody is signed in.")
        return
    place = _KEPT.get(connection.source)
    if place is None and not _typed_yes(connection.source):
        click.echo("Nothing was ended.")
        return
    told = asyncio.run(_end(connection))
    if place is not None:
        forget(place, os.environ, name_of(connection.region, settings.profile))
    click.echo(told)


def _typed_yes(source: str) -> bool:
    """A session that came from elsewhere may be a CI job's."""
    click.echo(
        f"This session comes from {source}, and others may be using it.", err=True
    )
    try:
        return str(click.prompt("Type yes to end it", default="no", err=True)) == "yes"
    except click.Abort:
        return False


async def _end(connection: Connection) -> str:
    # Whoever may change no stack may leave it.
    way = replace(connection, read_only=False)
    account = Account(lambda: way)
    try:
        return await (await account.client()).log_out() or "The session is ended."
    except SignedOut:
        return "The session had ended already."
    finally:
        await account.close()
