"""Opens the dashboard: what `tokendeck` does without a command."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import click

from tui.account.account import Connect
from tui.account.credential_reading import piped_credential, take_keys_from_terminal
from tui.cli.decorators import exit_on_error
from tui.cli.exit_codes import Exit
from tui.cli.profiles import profiles_of
from tui.config.flags import Flags
from tui.config.settings import Settings, settings_from, trust_ca_file
from tui.connection.connection import Connection, ConnectionMissing, missing_from
from tui.contentstack.line_ahead import LineAhead
from tui.files.refusal import Refused
from tui.guards import guard
from tui.keymap import check_keys
from tui.loading import loading
from tui.secret import Secret
from tui.state.memory import Memory
from tui.terminal import capabilities as terminal

if TYPE_CHECKING:
    from tui.app import TokendeckApp

_SETTLED = 1.0
"""Seconds after the first frame by which most users have their rows."""


def open_dashboard(
    flags: Flags,
    *,
    mouse: bool,
    no_reveal: bool,
    log: str | None,
    plain: bool,
    plain_wire: bool,
) -> NoReturn:
    """Run the dashboard until the user leaves it, and exit."""
    with exit_on_error(Exit.USAGE):
        profiles = profiles_of(flags)
        flags = profiles.flags
        settings = settings_from(os.environ, flags, check_keys=check_keys)
        trust_ca_file(settings, os.environ)
        connect = _connect(settings)
        refusal = terminal.refusal(os.environ)
        if refusal:
            raise Refused(refusal)
        guard(log, os.environ, demo=flags.demo)
    connect = _with_line_ahead(connect, settings)
    terminal.prepare(os.environ)
    # Textual reads the environment when it's imported, so import it only now.
    with loading():
        from tui.app import TokendeckApp
        from tui.screens.stack_sessions import StackSessions

    app = TokendeckApp(
        connect,
        ascii_only=plain or terminal.ascii_only(os.environ, sys.stderr.encoding),
        settings=replace(settings, theme=terminal.theme(os.environ, settings.theme)),
        memory=None if flags.demo else Memory(os.environ),
        plain_wire=plain_wire,
        masked=no_reveal,
        stacks=StackSessions(profiles.connects, profiles.first),
    )
    # There's little garbage, and collecting it costs 6 ms before the first frame and
    # 9 ms from there to the rows.
    gc.disable()
    app.call_after_frame(partial(app.set_timer, _SETTLED, gc.enable))
    app.run(mouse=mouse)
    _say_goodbye(app)


def _say_goodbye(app: TokendeckApp) -> NoReturn:
    farewell = app.session.copier.farewell()
    if farewell:
        click.echo(farewell, err=True)
    sys.exit(app.return_code or 0)


def _connect(settings: Settings) -> Connect:
    """Return what finds the connection once the screen is drawn, as it may take long.

    A credential that is piped in is read at once, before the screen takes the terminal.
    """
    piped = None
    if settings.auth_file == "-" and not settings.demo:
        piped = piped_credential()
        take_keys_from_terminal()
    elif not terminal.has_terminal() and not settings.demo:
        missing = missing_from(_connection(settings, None))
        if missing:
            raise ConnectionMissing(missing)
    return lambda: _connection(settings, piped)


def _with_line_ahead(connect: Connect, settings: Settings) -> Connect:
    """Start connecting, so that the line is open once the program has loaded.

    If no stack is named, the user has to choose one first, so nothing is contacted.
    If the user has to sign in, or to another region, the line is closed.
    """
    if settings.demo or settings.stack is None:
        return connect
    ahead = LineAhead(settings.region.cma)

    def connected() -> Connection:
        taken = False
        try:
            connection = connect()
            taken = bool(connection.credential) and connection.region == settings.region
        finally:
            if not taken:
                ahead.close()
        return replace(connection, ahead=ahead) if taken else connection

    return connected


def _connection(settings: Settings, piped: Secret | None) -> Connection:
    # Not before the first frame.
    from tui.account.credential_search import connection_of

    return connection_of(settings, os.environ, piped=piped)
