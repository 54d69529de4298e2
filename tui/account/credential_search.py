"""Finds the credential to use: from the first place that has one.

1. `--auth-file`, TOKENDECK_AUTH_FILE, or the profile's `auth_file` or `auth_command`
2. CONTENTSTACK_AUTHTOKEN
3. the file `tokendeck` in $CREDENTIALS_DIRECTORY, where systemd puts credentials
4. the system's keyring, then the file with mode 0600: a saved sign-in
5. csdx's session, if the user allowed that

If the user named a place and it has no usable credential, nothing else is tried:
continuing as someone else would be worse than stopping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.account.credential_reading import (
    CredentialAbsent,
    CredentialRefused,
    credential_from_command,
    credential_in,
    piped_credential,
)
from tui.account.credential_store import kept, name_of
from tui.clock import Clock, utc_now
from tui.config.settings import Settings
from tui.connection.connection import Connection, ConnectionMissing
from tui.connection.demo import demo_connection
from tui.connection.stack_lookup import named_stack
from tui.contentstack.credentials import Credential
from tui.display import visible
from tui.files.checked import HANDED_OVER, PRIVATE, read_checked
from tui.files.refusal import FileAbsent, FileRefused, Refused
from tui.secret import Secret
from tui.state.memory import read_state

if TYPE_CHECKING:
    from tui.account.csdx import CsdxSession

_VARIABLE = "CONTENTSTACK_AUTHTOKEN"
_OF_SYSTEMD = "$CREDENTIALS_DIRECTORY/tokendeck"


def connection_of(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    piped: Secret | None = None,
    clock: Clock = utc_now,
) -> Connection:
    """Return the connection that the settings describe; it may block, so use a thread.

    It has no credential if none was found. `piped` is what was read for `--auth-file
    -`; without it, standard input is read now.

    Raises:
        ConnectionMissing: if a place that the user named has no usable credential.
    """
    if settings.demo:
        return replace(demo_connection(settings.stack), read_only=settings.read_only)
    stack, removed = named_stack(settings.stack)
    signed_out = Connection(
        settings.region,
        None,
        stack,
        read_only=settings.read_only,
        stack_removed=removed,
    )
    looked_in: list[str] = []
    try:
        for source, find in _places(settings, environ, piped, clock):
            try:
                found = find()
            except CredentialAbsent as absent:
                looked_in.append(f"{source}: {absent}")
                continue
            looked_in.append(f"{source}: found")
            signed_in = _sign_in(signed_out, found, settings)
            return replace(signed_in, source=source, looked_in=tuple(looked_in))
    except Refused as refusal:
        raise ConnectionMissing(str(refusal)) from None
    return replace(signed_out, looked_in=tuple(looked_in))


def _sign_in(
    connection: Connection, found: Credential | CsdxSession, settings: Settings
) -> Connection:
    if isinstance(found, Credential):
        return replace(connection, credential=found)
    region = settings.region if "region" in settings.sources else found.region
    return replace(connection, region=region, credential=found.credential)


def _places(
    settings: Settings, environ: Mapping[str, str], piped: Secret | None, clock: Clock
) -> Iterator[tuple[str, Callable[[], Credential | CsdxSession]]]:
    """Yield each place's name, and a function that finds its credential."""
    if settings.auth_command:
        words = settings.auth_command
        find = partial(credential_from_command, words)
        yield f"auth_command {visible(words[0])}", find
    elif settings.auth_file:
        origin = settings.sources.get("auth_file", "auth_file")
        yield origin, partial(_file, settings.auth_file, origin, piped)
    yield _VARIABLE, partial(_variable, environ)
    yield _OF_SYSTEMD, partial(_handed_over, environ)
    name = name_of(settings.region, settings.profile)
    yield "the keyring", partial(kept, "keyring", environ, name)
    yield "the saved session", partial(kept, "file", environ, name)
    yield "csdx", partial(_csdx, settings, environ, clock)


def _file(path: str, origin: str, piped: Secret | None) -> Credential:
    if path == "-":
        secret = piped_credential() if piped is None else piped
        return credential_in(secret.reveal(), f"{origin} -")
    try:
        return credential_in(read_checked(Path(path).expanduser(), PRIVATE), origin)
    except FileRefused as refusal:
        raise CredentialRefused(f"{origin}: {refusal}") from None
    except RuntimeError:
        raise CredentialRefused(
            f"{origin}: there's no home directory, so Tokendeck can't expand ~."
        ) from None


def _variable(environ: Mapping[str, str]) -> Credential:
    text = environ.get(_VARIABLE, "")
    if not text.strip():
        raise CredentialAbsent("not set")
    return credential_in(text, _VARIABLE)


def _handed_over(environ: Mapping[str, str]) -> Credential:
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise CredentialAbsent("not set")
    try:
        content = read_checked(Path(folder) / "tokendeck", HANDED_OVER)
    except FileAbsent as absent:
        raise CredentialAbsent(str(absent)) from None
    return credential_in(content, _OF_SYSTEMD)


def _csdx(settings: Settings, environ: Mapping[str, str], clock: Clock) -> CsdxSession:
    allowed = read_state(environ).use_csdx
    if allowed is None:
        raise CredentialAbsent("Tokendeck hasn't asked you yet whether it may use it")
    if not allowed:
        raise CredentialAbsent("not allowed")
    # It brings hashing along, so import it only if there's no session of ours.
    from tui.account.csdx import csdx_session  # noqa: PLC0415

    session = csdx_session(environ, clock=clock)
    if session.expired:
        raise CredentialAbsent(session.sentence)
    if "region" in settings.sources and session.region.cma != settings.region.cma:
        raise CredentialAbsent(
            f"signed in to {session.region.name}, not to {settings.region.name}"
        )
    return session
