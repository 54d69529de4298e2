"""Where a sign-in is kept between runs, and only if somebody said yes to it.

The system's keyring, or a file.

Each profile has its own in each region, since a credential is good in its own region
alone, and two profiles may well be two people's. The keyring is asked in a process of
its own: its back ends are many, raise what they like, can wait for ever on a dead
session bus, and cost memory that nothing else needs.
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
from tui.files import FileAbsent, Refused
from tui.private_files import change_json, read_json, state_folder
from tui.programs import NotFinished, run_quietly

CredentialPlace = Literal["keyring", "file"]

_SERVICE = "tokendeck"
_KEYRING_SECONDS = 30.0
"""Long enough to unlock it: a desktop asks for the password then."""


def name_of(region: Region, profile: str | None) -> str:
    """The name under which a profile's sign-in to a region is kept: "work@eu-api.contentstack.com"."""
    return f"{profile}@{host_of(region.cma)}" if profile else host_of(region.cma)


def keyring_installed() -> bool:
    """Whether the extra `keyring` is there.

    Whether it works shows only when it is asked.
    """
    return find_spec("keyring") is not None


def kept(place: CredentialPlace, environ: Mapping[str, str], name: str) -> Credential:
    """What is kept under `name`.

    `CredentialAbsent` if nothing is, or `Refused` if it can't be used.
    """
    if place == "keyring":
        return credential_in(_ask_keyring("get", name), "the keyring")
    text = _read(environ).get(name)
    if text is None:
        raise CredentialAbsent(f"No sign-in is kept for {name}.")
    return credential_in(text, "the kept sign-in")


def keep(
    place: CredentialPlace,
    environ: Mapping[str, str],
    name: str,
    credential: Credential,
) -> None:
    """Keep `credential` under `name`, or raise `Refused`.

    Only after a plain question was answered yes.
    """
    words = (
        "Bearer " if credential.kind == "bearer" else ""
    ) + credential.secret.reveal()
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
    """Keep a sign-in for the next run: in the keyring if that works, else in a file.

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
    """Keep nothing under `name` any more, or raise `Refused`.

    Nothing kept is no error.
    """
    if place == "keyring":
        with suppress(CredentialAbsent):
            _ask_keyring("delete", name)
    elif name in _read(environ):
        _change(
            environ,
            lambda kept: {
                other: words for other, words in kept.items() if other != name
            },
        )


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


def _ask_keyring(action: str, name: str, value: str = "") -> bytes:
    if not keyring_installed():
        raise CredentialAbsent("The extra `keyring` is not installed.")
    # By path, and with -P: nothing that lies in the folder where the user stands is
    # imported.
    program = (
        sys.executable,
        "-P",
        str(Path(__file__).with_name("credential_keyring.py")),
    )
    try:
        outcome = run_quietly(
            (*program, action, _SERVICE, name),
            seconds=_KEYRING_SECONDS,
            given=value.encode(),
        )
    except NotFinished:
        raise CredentialAbsent(
            f"The keyring did not answer within {_KEYRING_SECONDS:g} seconds."
        ) from None
    except (OSError, ValueError):
        raise CredentialAbsent("The keyring could not be asked.") from None
    if outcome.status == NOTHING_KEPT:
        raise CredentialAbsent(
            f"The keyring holds nothing for {_SERVICE}, {visible(name)}."
        )
    if outcome.status:
        trouble = (
            "has no working back end" if outcome.status == NO_KEYRING else "failed"
        )
        raise CredentialAbsent(f"The keyring {trouble} here.")
    return outcome.printed
