"""`tokendeck logout`: end the session on Contentstack's side, and keep its login no longer."""

from __future__ import annotations

import asyncio
import os
import sys

import click

from tui.account.account import Account
from tui.account.config_reading import ConfigWrong
from tui.account.connection import Connection
from tui.account.credential_reading import CredentialRefused
from tui.account.credential_search import find_credential
from tui.account.credential_store import Place
from tui.account.memory import Memory
from tui.account.settings import Flags, settings_from
from tui.account.settings_connection import trust_ca_file
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import ContentstackError, SignedOut
from tui.contentstack.regions import Region
from tui.headless.keymap import check_keys

_KEPT: dict[str, Place] = {"the keyring": "keyring", "the kept sign-in": "file"}


@click.command()
@click.pass_context
def logout(context: click.Context) -> None:
    """End a session that Tokendeck opened; any other only after a typed yes."""
    try:
        settings = settings_from(os.environ, context.find_object(Flags) or Flags(), check_keys=check_keys)
        trust_ca_file(settings, os.environ)
        found = find_credential(settings, os.environ).found
        if found is None:
            click.echo("Nobody is signed in.")
            return
        region, place = found.region or settings.region, _KEPT.get(found.source)
        if place is None and not _typed_yes(found.source):
            click.echo("Nothing was ended.")
            return
        told = asyncio.run(_end(region, found.credential))
        if place is not None:
            Memory(os.environ, settings.profile).forget_login(region, place)
    except (ConfigWrong, CredentialRefused, ContentstackError) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    click.echo(told)


def _typed_yes(source: str) -> bool:
    """A session that came from elsewhere may be a CI job's."""
    click.echo(f"This session comes from {source}, and others may be using it.", err=True)
    try:
        return str(click.prompt("Type yes to end it", default="no", err=True)) == "yes"
    except click.Abort:
        return False


async def _end(region: Region, credential: Credential) -> str:
    connection = Connection(region, credential, None)
    account = Account(lambda: connection, on_wait=lambda _seconds: None)
    try:
        return await (await account.client()).log_out() or "The session is ended."
    except SignedOut:
        return "The session had ended already."
    finally:
        await account.close()
