"""From the settings to the way to a stack: the credential is looked for here."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping

from tui.account.connection import Connection, ConnectionMissing
from tui.account.credential_reading import CredentialRefused
from tui.account.credential_search import find_credential
from tui.account.settings import Settings
from tui.clock import Clock, utc_now
from tui.secret import Secret


def trust_ca_file(settings: Settings, environ: MutableMapping[str, str]) -> None:
    """Put the profile's certificate authorities where the transport, and all it is used for, finds them."""
    if settings.ca_file:
        environ["SSL_CERT_FILE"] = os.path.expanduser(settings.ca_file)


def connection_of(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    piped: Secret | None = None,
    clock: Clock = utc_now,
) -> Connection:
    """The way that the settings describe; without a credential where none was found, so that it is asked for.

    Args:
        settings: what holds for this run.
        environ: the environment.
        piped: what `piped_credential` read, for `--auth-file -`.
        clock: tells whether csdx's session has run out.

    Raises:
        ConnectionMissing: where a place that somebody named has no usable credential.
    """
    try:
        search = find_credential(settings, environ, piped=piped, clock=clock)
    except CredentialRefused as refusal:
        raise ConnectionMissing(str(refusal)) from None
    found = search.found
    return Connection(
        region=(found.region if found else None) or settings.region,
        credential=found.credential if found else None,
        stack=settings.stack,
        read_only=settings.read_only,
        source=found.source if found else "",
        looked_in=search.explain(),
    )
