"""Reads the session of Contentstack's own CLI, csdx, if the user agreed.

It never writes or refreshes the session: a refresh token only works once, so that would
end csdx's own session. csdx obfuscates its store with AES, and keeps the key next to
it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import msgspec

from tui.account.credential_reading import CredentialAbsent
from tui.clock import Clock, utc_now
from tui.contentstack.credentials import Credential, parse_credential
from tui.contentstack.regions import REGIONS, Region, custom_region
from tui.display import visible
from tui.files.checked import FOREIGN, read_checked
from tui.files.json_files import DAMAGED
from tui.files.refusal import FileRefused, shown

_LIFE = timedelta(minutes=60)
_FOLDER = Path("@contentstack") / "cli-utilities-nodejs"
_VECTOR_BYTES = 16
_ROUNDS = 10_000
_KEY_BYTES = 32


@dataclass(frozen=True)
class CsdxSession:
    """Who csdx is signed in as, and where."""

    credential: Credential
    region: Region
    email: str = ""
    expired: bool = False

    @property
    def sentence(self) -> str:
        """The session in words, such as when asking whether to use it."""
        who = f" of {visible(self.email)}" if self.email else ""
        if self.expired:
            return (
                f"csdx's OAuth session{who} has expired. Run: csdx auth:login --oauth"
            )
        kind = "OAuth" if self.credential.kind == "bearer" else "authtoken"
        return f"csdx is signed in to {self.region.name}: an {kind} session{who}."


class _StoredRegion(msgspec.Struct):
    name: str = ""
    cma: str = ""
    cda: str = ""
    ui: str = msgspec.field(name="uiHost", default="")


class _Obfuscation(msgspec.Struct):
    obfuscation_key: str


class _Store(msgspec.Struct, rename="camel"):
    authorisation_type: str = ""
    authtoken: str = ""
    email: str = ""
    region: _StoredRegion | None = None
    oauth_access_token: str = ""
    oauth_date_time: datetime | None = None


_Stored = TypeVar("_Stored")


def csdx_session(environ: Mapping[str, str], *, clock: Clock = utc_now) -> CsdxSession:
    """Return csdx's session, expired or not.

    Raises `CredentialAbsent` with the reason if there is none.
    """
    store = _store(environ)
    by_oauth = store.authorisation_type.upper() == "OAUTH"
    token = store.oauth_access_token if by_oauth else store.authtoken
    if not token:
        raise CredentialAbsent("not signed in")
    try:
        credential = parse_credential(f"Bearer {token}" if by_oauth else token)
        region = _region(store.region)
    except ValueError as error:
        raise CredentialAbsent(str(error)) from None
    since = store.oauth_date_time if by_oauth else None
    expired = since is not None and clock() >= since.astimezone(UTC) + _LIFE
    return CsdxSession(credential, region, store.email, expired)


def _store(environ: Mapping[str, str]) -> _Store:
    """Read csdx's store, deciphering it if it's obfuscated."""
    folder = _folder(environ)
    path = folder / f"{environ.get('CONFIG_NAME') or 'contentstack_cli'}.json"
    content = _content(path)
    store = _decoded(content, _Store)
    if store is None and content[_VECTOR_BYTES : _VECTOR_BYTES + 1] == b":":
        name = environ.get("ENC_CONFIG_NAME") or "contentstack_cli_obfuscate"
        key_path = folder / f"{name}.json"
        key = _decoded(_content(key_path), _Obfuscation)
        if key is None:
            raise _unknown(key_path)
        store = _decoded(_deciphered(content, key.obfuscation_key), _Store)
    if store is None:
        raise _unknown(path)
    return store


def _region(stored: _StoredRegion | None) -> Region:
    if stored is None:
        return REGIONS[0]
    for region in REGIONS:
        if region.cma == stored.cma.rstrip("/"):
            return region
    # csdx doesn't store a preview host, but derives it from the web app's like this.
    preview = stored.ui.replace("app", "rest-preview", 1)
    return custom_region(
        cma=stored.cma,
        cda=stored.cda,
        preview=preview,
        app=stored.ui,
        name=visible(stored.name) or "custom",
    )


def session_to_offer(
    environ: Mapping[str, str], current: Credential | None
) -> CsdxSession | None:
    """Return csdx's session if there is one and it isn't the `current` one."""
    try:
        session = csdx_session(environ)
    except CredentialAbsent:
        return None
    return session if session.expired or session.credential != current else None


def _folder(environ: Mapping[str, str]) -> Path:
    named = environ.get("CS_CLI_CONFIG_PATH")
    if named:
        return Path(named)
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Preferences" / _FOLDER
    if sys.platform == "win32":
        roaming = Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
        return roaming / _FOLDER / "Config"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / _FOLDER


def _content(path: Path) -> bytes:
    try:
        return read_checked(path, FOREIGN)
    except FileRefused as refusal:
        raise CredentialAbsent(str(refusal)) from None


def _decoded(content: bytes, kind: type[_Stored]) -> _Stored | None:
    try:
        return msgspec.json.decode(content, type=kind)
    except DAMAGED:
        return None


def _unknown(path: Path) -> CredentialAbsent:
    return CredentialAbsent(
        f"{shown(path)} isn't in a format that csdx is known to write."
    )


def _deciphered(content: bytes, obfuscation_key: str) -> bytes:
    """Decrypt what the npm package `conf` writes: vector, colon and data.

    Returns nothing if the content isn't in that format.
    """
    if find_spec("cryptography") is None:
        raise CredentialAbsent("to read its store, install tokendeck[csdx].")
    # Loaded only here, for csdx users.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415
    from cryptography.hazmat.primitives.padding import PKCS7  # noqa: PLC0415

    vector, data = content[:_VECTOR_BYTES], content[_VECTOR_BYTES + 1 :]
    # `conf` decodes the vector as UTF-8, with replacement characters.
    salt = vector.decode("utf-8", "replace").encode()
    key = hashlib.pbkdf2_hmac(
        "sha512", obfuscation_key.encode(), salt, _ROUNDS, _KEY_BYTES
    )
    try:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
        padded = decryptor.update(data) + decryptor.finalize()
        unpadder = PKCS7(algorithms.AES.block_size).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        return b""
