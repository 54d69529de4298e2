"""The session of Contentstack's own CLI, csdx: read where the user said yes, never refreshed, never written.

csdx keeps its store obfuscated, by AES under a key that lies beside it. Refreshing its OAuth pair would end
its own session, since a refresh token is good once.
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
from typing import Literal

import msgspec

from tui.account.private_files import FOREIGN
from tui.clock import Clock, utc_now
from tui.contentstack.credentials import Credential, parse_credential
from tui.contentstack.regions import REGIONS, Region, custom_region
from tui.display import visible
from tui.files import FileAbsent, FileRefused, read_checked, shown

LOG_IN_AGAIN = "Type: csdx auth:login --oauth"
_LIFE = timedelta(minutes=60)
_FOLDER = Path("@contentstack") / "cli-utilities-nodejs"
_VECTOR_BYTES = 16
_ROUNDS = 10_000
_KEY_BYTES = 32


class CsdxUnreadable(ValueError):
    """csdx has a store, and it can't be read; the text says why."""


@dataclass(frozen=True)
class CsdxSession:
    """Who csdx is signed in as, and where."""

    kind: Literal["authtoken", "OAuth"]
    credential: Credential
    region: Region
    email: str = ""
    expired: bool = False

    @property
    def sentence(self) -> str:
        """The session in words, as for the question whether it may be used."""
        who = f" of {visible(self.email)}" if self.email else ""
        if self.expired:
            return f"csdx's OAuth session{who} has run out. {LOG_IN_AGAIN}"
        return f"csdx is signed in to {self.region.name}: an {self.kind} session{who}."


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


def csdx_session(environ: Mapping[str, str], *, clock: Clock = utc_now) -> CsdxSession | None:
    """The session that csdx holds; None where csdx was never here or is signed out.

    Raises:
        CsdxUnreadable: if there is a store that can't be read.
    """
    path = _store_file(environ)
    try:
        content = read_checked(path, FOREIGN)
    except FileAbsent:
        return None
    except FileRefused as refusal:
        raise CsdxUnreadable(f"csdx: {refusal}") from None
    store = _decoded(content)
    if store is None and content[_VECTOR_BYTES : _VECTOR_BYTES + 1] == b":":
        store = _decoded(_deciphered(content, _obfuscation_key(environ)))
    if store is None:
        raise CsdxUnreadable(f"csdx: {shown(path)} is not as csdx is known to write it.")
    return _session(store, clock())


def _session(store: _Store, now: datetime) -> CsdxSession | None:
    by_oauth = store.authorisation_type.upper() == "OAUTH"
    words = store.oauth_access_token if by_oauth else store.authtoken
    if not words:
        return None
    try:
        credential = parse_credential(f"Bearer {words}" if by_oauth else words)
        region = _region(store.region)
    except ValueError as error:
        raise CsdxUnreadable(f"csdx: {error}") from None
    if not by_oauth:
        return CsdxSession("authtoken", credential, region, email=store.email)
    since = store.oauth_date_time
    return CsdxSession(
        "OAuth",
        credential,
        region,
        email=store.email,
        expired=since is not None and now >= since.astimezone(UTC) + _LIFE,
    )


def _region(stored: _StoredRegion | None) -> Region:
    if stored is None:
        return REGIONS[0]
    known = next((region for region in REGIONS if region.cma == stored.cma.rstrip("/")), None)
    if known is not None:
        return known
    # csdx keeps no preview host, and makes it from the web page's in this way.
    preview = stored.ui.replace("app", "rest-preview", 1)
    return custom_region(
        cma=stored.cma, cda=stored.cda, preview=preview, app=stored.ui, name=visible(stored.name) or "custom"
    )


def _store_file(environ: Mapping[str, str]) -> Path:
    return _folder(environ) / f"{environ.get('CONFIG_NAME') or 'contentstack_cli'}.json"


def _folder(environ: Mapping[str, str]) -> Path:
    named = environ.get("CS_CLI_CONFIG_PATH")
    if named:
        return Path(named)
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Preferences" / _FOLDER
    if sys.platform == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / _FOLDER / "Config"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / _FOLDER


def _obfuscation_key(environ: Mapping[str, str]) -> str:
    path = _folder(environ) / f"{environ.get('ENC_CONFIG_NAME') or 'contentstack_cli_obfuscate'}.json"
    try:
        return msgspec.json.decode(read_checked(path, FOREIGN), type=_Obfuscation).obfuscation_key
    except FileRefused as refusal:
        raise CsdxUnreadable(f"csdx: {refusal}") from None
    except (msgspec.DecodeError, RecursionError):
        raise CsdxUnreadable(f"csdx: {shown(path)} is not as csdx is known to write it.") from None


def _decoded(content: bytes) -> _Store | None:
    try:
        return msgspec.json.decode(content, type=_Store)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _deciphered(content: bytes, obfuscation_key: str) -> bytes:
    """Undo what the npm package `conf` does: vector, colon, data. Empty if it is nothing of the kind."""
    if find_spec("cryptography") is None:
        raise CsdxUnreadable("csdx: its store can be read with the extra `csdx`: install tokendeck[csdx].")
    # Loaded only here, by those who use csdx.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415
    from cryptography.hazmat.primitives.padding import PKCS7  # noqa: PLC0415

    vector, data = content[:_VECTOR_BYTES], content[_VECTOR_BYTES + 1 :]
    # The salt is the vector taken for UTF-8: where it is none, replacement characters stand in it.
    salt = vector.decode("utf-8", "replace").encode()
    key = hashlib.pbkdf2_hmac("sha512", obfuscation_key.encode(), salt, _ROUNDS, _KEY_BYTES)
    try:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
        padded = decryptor.update(data) + decryptor.finalize()
        unpadder = PKCS7(algorithms.AES.block_size).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        return b""
