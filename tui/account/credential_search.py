"""Finding the credential: the first place that answers, in a fixed order.

1. `--auth-file`, TOKENDECK_AUTH_FILE, or the profile's `auth_file` or `auth_command`
2. CONTENTSTACK_AUTHTOKEN
3. the file `tokendeck` in $CREDENTIALS_DIRECTORY, as systemd hands credentials to a service
4. the system's keyring, then the file of 0600: a sign-in that was kept
5. csdx's session, once that was allowed

Where somebody named a place, and it has no usable credential, nothing further is tried: going on as somebody
else would be worse than stopping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tui.account.credential_command import credential_from_command
from tui.account.credential_reading import (
    CredentialAbsent,
    CredentialRefused,
    credential_in,
    credential_in_file,
)
from tui.account.credential_store import kept, name_of
from tui.account.csdx import CsdxUnreadable, csdx_session
from tui.account.private_files import HANDED_OVER, PRIVATE
from tui.account.settings import Settings
from tui.account.state import read_state
from tui.clock import Clock, utc_now
from tui.contentstack.credentials import Credential
from tui.contentstack.regions import Region
from tui.display import visible
from tui.secret import Secret

AUTHTOKEN_VARIABLE = "CONTENTSTACK_AUTHTOKEN"


@dataclass(frozen=True)
class Found:
    """A credential and the place it came from; `region` where the place knows it and nobody named one."""

    credential: Credential
    source: str
    region: Region | None = None


@dataclass(frozen=True)
class Search:
    """What came of looking; `tried` has each place that was asked in vain, and why."""

    found: Found | None
    tried: tuple[tuple[str, str], ...]

    def explain(self) -> tuple[str, ...]:
        """One line for each place that was asked, in this order."""
        lines = tuple(f"{source}: {why}" for source, why in self.tried)
        return (*lines, f"{self.found.source}: found") if self.found else lines


def find_credential(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    piped: Secret | None = None,
    clock: Clock = utc_now,
) -> Search:
    """Look in every place, and stop at the first that answers. Not for the event loop: it may wait.

    Args:
        settings: says where to look first, and for which region and profile.
        environ: the environment.
        piped: what `piped_credential` read, for `--auth-file -`.
        clock: tells whether csdx's session has run out.

    Raises:
        CredentialRefused: where a place that somebody named has no usable credential.
    """
    tried: list[tuple[str, str]] = []
    for source, ask in _places(settings, environ, piped, clock):
        try:
            found = ask()
        except CredentialAbsent as absent:
            tried.append((source, str(absent)))
            continue
        return Search(found if isinstance(found, Found) else Found(found, source), tuple(tried))
    return Search(None, tuple(tried))


def _places(
    settings: Settings, environ: Mapping[str, str], piped: Secret | None, clock: Clock
) -> Iterator[tuple[str, Callable[[], Credential | Found]]]:
    if settings.auth_file or settings.auth_command:
        yield _named(settings, piped)
    yield AUTHTOKEN_VARIABLE, partial(_variable, environ)
    yield "$CREDENTIALS_DIRECTORY/tokendeck", partial(_handed_over, environ)
    name = name_of(settings.region, settings.profile)
    yield "the keyring", partial(kept, "keyring", environ, name)
    yield "the kept sign-in", partial(kept, "file", environ, name)
    yield "csdx", partial(_csdx, settings, environ, clock)


def _named(settings: Settings, piped: Secret | None) -> tuple[str, Callable[[], Credential]]:
    if settings.auth_command:
        return f"auth_command {visible(settings.auth_command[0])}", partial(
            credential_from_command, settings.auth_command
        )
    origin = settings.sources.get("auth_file", "auth_file")
    return origin, partial(_file, settings.auth_file or "", origin, piped)


def _file(path: str, origin: str, piped: Secret | None) -> Credential:
    if path == "-":
        return credential_in(piped.reveal() if piped else "", f"{origin} -")
    try:
        return credential_in_file(Path(path).expanduser(), PRIVATE, origin)
    except CredentialAbsent as absent:
        raise CredentialRefused(str(absent)) from None
    except RuntimeError:
        raise CredentialRefused(f"{origin}: there is no home directory for ~ to mean.") from None


def _variable(environ: Mapping[str, str]) -> Credential:
    text = environ.get(AUTHTOKEN_VARIABLE, "")
    if not text.strip():
        raise CredentialAbsent("not set")
    return credential_in(text, AUTHTOKEN_VARIABLE)


def _handed_over(environ: Mapping[str, str]) -> Credential:
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise CredentialAbsent("not set")
    return credential_in_file(Path(folder) / "tokendeck", HANDED_OVER, "$CREDENTIALS_DIRECTORY/tokendeck")


def _csdx(settings: Settings, environ: Mapping[str, str], clock: Clock) -> Found:
    allowed = read_state(environ)[0].use_csdx
    if not allowed:
        raise CredentialAbsent("not allowed" if allowed is False else "not asked yet whether it may be used")
    try:
        session = csdx_session(environ, clock=clock)
    except CsdxUnreadable as trouble:
        raise CredentialAbsent(str(trouble).removeprefix("csdx: ")) from None
    if session is None:
        raise CredentialAbsent("not signed in")
    if session.expired:
        raise CredentialAbsent(session.sentence)
    chosen = "region" in settings.sources
    if chosen and session.region.cma != settings.region.cma:
        raise CredentialAbsent(f"signed in to {session.region.name}, not to {settings.region.name}")
    return Found(session.credential, "csdx", None if chosen else session.region)
