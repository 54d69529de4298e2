"""Saves a sign-in for the next run, if the user agreed: in the keyring, or a file.

Each profile has one per region, since a credential only works in its own region, and
two profiles may belong to two people. The keyring runs in a separate process: its back
ends raise what they like, can wait forever on a dead session bus, and cost memory that
nothing else needs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from tui.account.credential_keyring import NO_KEYRING, NOTHING_KEPT
from tui.account.credential_reading import CredentialAbsent, credential_in
from tui.contentstack.credentials import Credential
from tui.contentstack.regions import Region, host_of
from tui.display import visible
from tui.files.folders import state_folder
from tui.files.json_files import change_json, read_json
from tui.files.refusal import FileAbsent, Refused
from tui.programs import NotFinished, run_quietly

CredentialPlace = Literal["keyring", "file"]

_SERVICE = "tokendeck"
_KEYRING_SECONDS = 30.0
"""Long enough to type the password that unlocks it on a desktop."""


def name_of(region: Region, profile: str | None) -> str:
    """Return the name of a profile's sign-in: "work@eu-api.contentstack.com"."""
    host = host_of(region.cma)
    return f"{profile}@{host}" if profile else host


def keyring_installed() -> bool:
    """Return whether the `keyring` extra is installed; it may still not work."""
    return find_spec("keyring") is not None


def kept(place: CredentialPlace, environ: Mapping[str, str], name: str) -> Credential:
    """Return the credential that is saved under `name`.

    Raises `CredentialAbsent` if there's none, or `Refused` if it can't be used.
    """
    if place == "keyring":
        return credential_in(_ask_keyring("get", name), "the keyring")
    text = _read(environ).get(name)
    if text is None:
        raise CredentialAbsent(f"No session is saved for {name}.")
    return credential_in(text, "the saved session")


def keep(
    place: CredentialPlace,
    environ: Mapping[str, str],
    name: str,
    credential: Credential,
) -> None:
    """Save `credential` under `name`, or raise `Refused`."""
    prefix = "Bearer " if credential.kind == "bearer" else ""
    words = prefix + credential.secret.reveal()
    if place == "keyring":
        _ask_keyring("set", name, words)
    else:
        _change(environ, lambda kept: {**kept, name: words})


def keep_sign_in(
    environ: Mapping[str, str],
    profile: str | None,
    region: Region,
    credential: Credential,
) -> CredentialPlace:
    """Save a sign-in in the keyring if that works, else in a file; return which.

    Raises:
        Refused: if neither can be written.
    """
    name = name_of(region, profile)
    if keyring_installed():
        with suppress(Refused):
            keep("keyring", environ, name, credential)
            return "keyring"
    keep("file", environ, name, credential)
    return "file"


def forget(place: CredentialPlace, environ: Mapping[str, str], name: str) -> None:
    """Delete what is saved under `name`, if anything, or raise `Refused`."""
    if place == "keyring":
        with suppress(CredentialAbsent):
            _ask_keyring("delete", name)
    elif name in _read(environ):
        _change(environ, partial(_without, name))


def _path(environ: Mapping[str, str]) -> Path:
    return state_folder(environ) / "credentials.json"


def _read(environ: Mapping[str, str]) -> dict[str, str]:
    try:
        return read_json(_path(environ), dict[str, str], {})
    except FileAbsent as homeless:
        raise CredentialAbsent(str(homeless)) from None


def _change(
    environ: Mapping[str, str], change: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    change_json(_path(environ), partial(_read, environ), change)


def _without(name: str, kept: Mapping[str, str]) -> dict[str, str]:
    return {other: words for other, words in kept.items() if other != name}


def _ask_keyring(action: str, name: str, value: str = "") -> bytes:
    if not keyring_installed():
        raise CredentialAbsent("The extra `keyring` isn't installed.")
    # By path, and with -P: nothing in the current folder is imported.
    script = str(Path(__file__).with_name("credential_keyring.py"))
    command = (sys.executable, "-P", script, action, _SERVICE, name)
    try:
        outcome = run_quietly(command, seconds=_KEYRING_SECONDS, given=value.encode())
    except NotFinished:
        raise CredentialAbsent(
            f"The keyring didn't answer within {_KEYRING_SECONDS:g} seconds."
        ) from None
    except (OSError, ValueError):
        raise CredentialAbsent("Couldn't reach the keyring.") from None
    if outcome.status == NOTHING_KEPT:
        raise CredentialAbsent(
            f"The keyring has nothing for {_SERVICE}, {visible(name)}."
        )
    if outcome.status:
        no_keyring = outcome.status == NO_KEYRING
        trouble = "has no working backend" if no_keyring else "failed"
        raise CredentialAbsent(f"The keyring {trouble} here.")
    return outcome.printed
