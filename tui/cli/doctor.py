"""`tokendeck doctor`: what works here, what doesn't, and what to do about it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import MutableMapping
from functools import partial

import click

from tui.account.account import Account
from tui.account.credential_search import connection_of
from tui.cli.decorators import pass_flags
from tui.config.flags import Flags
from tui.config.settings import settings_from, trust_ca_file
from tui.doctor.report import CheckResult, as_json, as_text, failed
from tui.files.refusal import Refused
from tui.keymap import check_keys


@click.command()
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object.")
@pass_flags
def doctor(flags: Flags, *, as_object: bool) -> None:
    """Check settings, hosts, session, terminal and clipboard.

    Exit code 0 if everything can work, 1 if not. The output has no secrets and no full
    API key, so you can paste it into a bug report.

    Example: tokendeck --region eu doctor --json
    """
    loop = asyncio.new_event_loop()
    try:
        results = loop.run_until_complete(_check(flags, os.environ))
    finally:
        # `asyncio.run` would wait here for a thread that's still looking up a name.
        loop.close()
    click.echo(as_json(results) if as_object else as_text(results))
    sys.exit(failed(results))


async def _check(
    flags: Flags, environ: MutableMapping[str, str]
) -> tuple[CheckResult, ...]:
    # Loaded here, since no other command needs the network or the system's proxies.
    from tui.doctor.checks import configuration, program, surroundings, terminal

    here = terminal(environ)
    try:
        settings = settings_from(environ, flags, check_keys=check_keys)
    except Refused as wrong:
        cure = "Fix what it names, then run `tokendeck config check`."
        refused = CheckResult("Configuration", str(wrong), cure, "fail")
        return (program(), refused, *here)
    trust_ca_file(settings, environ)
    account = Account(partial(connection_of, settings, environ))
    try:
        around = await surroundings(account, settings)
    finally:
        await account.close()
    return (program(), *configuration(settings, environ), *around, *here)
