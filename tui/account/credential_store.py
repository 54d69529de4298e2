"""Where a sign-in is kept between runs, and only if somebody said yes to it: the system's keyring, or a file.

Each profile has its own in each region, since a credential is good in its own region alone, and two profiles
may well be two people's. The keyring is asked in a process of its own: its back ends are many, raise what
they like, can wait for ever on a dead session bus, and cost memory that nothing else needs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import msgspec

from tui.account.credential_command import NotFinished, run_quietly
from tui.account.credential_keyring import NO_KEYRING, NOTHING_KEPT
from tui.account.credential_reading import CredentialAbsent, CredentialRefused, credential_in, decoded
from tui.account.private_files import PATIENCE, PRIVATE, locked, replace_own_file, state_folder
from tui.contentstack.credentials import Credential
from tui.contentstack.regions import Region, host_of
from tui.display import visible
from tui.files import FileAbsent, FileRefused, read_checked, shown

Place = Literal["keyring", "file"]

_SERVICE = "tokendeck"
_KEYRING_SECONDS = 30.0
"""Long enough to unlock it: a desktop asks for the password then."""


def name_of(region: Region, profile: str | None) -> str:
    """The name under which a profile's sign-in to a region is kept: "work@eu-api.contentstack.com"."""
    return f"{profile}@{host_of(region.cma)}" if profile else host_of(region.cma)


def keyring_installed() -> bool:
    """Whether the extra `keyring` is there; whether it works shows only when it is asked."""
    return find_spec("keyring") is not None


def kept(place: Place, environ: Mapping[str, str], name: str) -> Credential:
    """What is kept under `name`.

    Raises:
        CredentialAbsent: if nothing is, or there is no working keyring.
        CredentialRefused: if the file may not be read, or is damaged.
    """
    if place == "keyring":
        return credential_in(_ask_keyring("get", name), "the keyring")
    text = _read(environ).get(name)
    if text is None:
        raise CredentialAbsent(f"No sign-in is kept for {name}.")
    return credential_in(text, "the kept sign-in")


def keep(place: Place, environ: Mapping[str, str], name: str, credential: Credential) -> None:
    """Keep `credential` under `name`. To be called only after a plain question was answered yes.

    Raises:
        CredentialRefused: if it can't be kept there.
    """
    words = (
        f"Bearer {credential.secret.reveal()}" if credential.kind == "bearer" else credential.secret.reveal()
    )
    if place == "keyring":
        _ask_keyring("set", name, words)
    else:
        _change(environ, lambda kept: {**kept, name: words})


def forget(place: Place, environ: Mapping[str, str], name: str) -> None:
    """Keep nothing under `name` any more; nothing kept is no error.

    Raises:
        CredentialRefused: if it can't be taken away.
    """
    if place == "keyring":
        with suppress(CredentialAbsent):
            _ask_keyring("delete", name)
        return
    if name in _read(environ):
        _change(environ, lambda kept: {other: words for other, words in kept.items() if other != name})


def _file(environ: Mapping[str, str]) -> Path:
    try:
        return state_folder(environ) / "credentials.json"
    except FileRefused as homeless:
        raise CredentialAbsent(str(homeless)) from None


def _read(environ: Mapping[str, str]) -> dict[str, str]:
    path = _file(environ)
    try:
        return msgspec.json.decode(read_checked(path, PRIVATE), type=dict[str, str])
    except FileAbsent:
        return {}
    except FileRefused as refusal:
        raise CredentialRefused(str(refusal)) from None
    except msgspec.DecodeError:
        raise CredentialRefused(f"{shown(path)} is damaged; delete it, and sign in again.") from None


def _change(environ: Mapping[str, str], change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    path = _file(environ)
    try:
        with locked(path.with_suffix(".lock"), patience=PATIENCE):
            replace_own_file(path, msgspec.json.encode(change(_read(environ))))
    except FileRefused as refusal:
        raise CredentialRefused(str(refusal)) from None


def _ask_keyring(action: str, name: str, value: str = "") -> str:
    if not keyring_installed():
        raise CredentialAbsent("The extra `keyring` is not installed.")
    # By path, and with -P: nothing that lies in the folder where the user stands is imported.
    words = [
        sys.executable,
        "-P",
        str(Path(__file__).with_name("credential_keyring.py")),
        action,
        _SERVICE,
        name,
    ]
    try:
        outcome = run_quietly(words, seconds=_KEYRING_SECONDS, given=value.encode())
    except NotFinished:
        raise CredentialAbsent(f"The keyring did not answer within {_KEYRING_SECONDS:g} seconds.") from None
    except (OSError, ValueError):
        raise CredentialAbsent("The keyring could not be asked.") from None
    if outcome.status == NOTHING_KEPT:
        raise CredentialAbsent(f"The keyring holds nothing for {_SERVICE}, {visible(name)}.")
    if outcome.status:
        trouble = "has no working back end" if outcome.status == NO_KEYRING else "failed"
        raise CredentialAbsent(f"The keyring {trouble} here.")
    return decoded(outcome.printed, "the keyring")
