"""`tokendeck logout`: ends the session at Contentstack and forgets it here."""

from __future__ import annotations

import asyncio
import os
import sys

import click

from tui.account.credential_search import connection_of
from tui.account.credential_store import forget, name_of
from tui.account.sign_out import PLACES, end_session
from tui.cli.confirming import can_ask
from tui.cli.decorators import exit_on_error, pass_flags
from tui.cli.exit_codes import Exit
from tui.cli.failures import Failure, tell
from tui.config.flags import Flags
from tui.config.settings import settings_from, trust_ca_file
from tui.keymap import check_keys


@click.command()
@click.option("--yes", is_flag=True, help="End any session without asking.")
@pass_flags
@exit_on_error()
def logout(flags: Flags, /, *, yes: bool) -> None:
    """Sign out. Asks first if Tokendeck didn't open the session.

    Without a terminal, add --yes.

    Example: tokendeck --region eu logout
    """
    settings = settings_from(os.environ, flags, check_keys=check_keys)
    trust_ca_file(settings, os.environ)
    connection = connection_of(settings, os.environ)
    if connection.credential is None:
        click.echo("You aren't signed in.")
        return
    if connection.notice:
        click.echo(connection.notice, err=True)
    place = PLACES.get(connection.source)
    if place is None and not yes and not _typed_yes(connection.source):
        click.echo("You're still signed in.")
        return
    outcome = asyncio.run(end_session(connection))
    if place is not None:
        forget(place, os.environ, name_of(connection.region, settings.profile))
    click.echo(outcome)


def _typed_yes(source: str) -> bool:
    """Ask before ending a session that came from elsewhere: a CI job may use it."""
    warning = f"This session comes from {source}, and other programs may be using it."
    if not can_ask():
        failure = Failure(Exit.USAGE, warning, next="To end it, add --yes.")
        tell(failure, as_json=False)
        sys.exit(Exit.USAGE)
    click.echo(warning, err=True)
    try:
        answer = click.prompt("Type yes to end it", default="no", err=True)
    except click.Abort:
        return False
    return str(answer) == "yes"
