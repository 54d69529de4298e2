"""The certificate authorities that a connection trusts."""

from __future__ import annotations

import os
import re
import ssl
import stat
from collections.abc import Mapping
from pathlib import Path

from tui.contentstack.errors import Unreachable, cleaned

_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")


def trusted(environ: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Trust the files that the environment names, else what the system trusts.

    Raises:
        Unreachable: if those files have no certificates.
    """
    file, folders = environ.get("SSL_CERT_FILE"), environ.get("SSL_CERT_DIR")
    if not file and not folders:
        import truststore  # noqa: PLC0415 - only where the system's are asked for

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    why = _file_trouble(file) if file else _folder_trouble(folders or "")
    context = None
    if not why:
        context, why = _context(file or None, folders or None)
    if context is not None:
        return context
    named = "SSL_CERT_FILE, or the profile's ca_file," if file else "SSL_CERT_DIR"
    what = f"{named} names certificates that Tokendeck can't use"
    place = cleaned(file or folders or "", limit=120)
    raise Unreachable(
        what, why=f"{place} {why}", cause_kind="certificates", lasting=True
    )


def _context(
    file: str | None, folders: str | None
) -> tuple[ssl.SSLContext | None, str]:
    """Return a context that trusts them, or the reason why there isn't one."""
    try:
        return ssl.create_default_context(cafile=file, capath=folders), ""
    except ssl.SSLError:
        return None, "has no PEM certificate in it"
    except (OSError, ValueError) as error:
        return None, _words(error)


def _file_trouble(name: str) -> str:
    """Say why a file can't be read as certificates; empty if it may be readable."""
    try:
        mode = os.stat(name).st_mode
    except (OSError, ValueError) as error:
        return _words(error)
    if stat.S_ISDIR(mode):
        return "is a folder: use SSL_CERT_DIR for folders"
    # Reading a pipe or a device may never end.
    return "" if stat.S_ISREG(mode) else "isn't a regular file"


def _folder_trouble(names: str) -> str:
    """Say why OpenSSL finds no certificates in a list of folders."""
    why = "isn't a folder"
    for name in filter(None, names.split(os.pathsep)):
        try:
            found = [path.name for path in Path(name).iterdir()]
        except (OSError, ValueError) as error:
            why = _words(error)
            continue
        if any(map(_HASHED.fullmatch, found)):
            return ""
        why = (
            "has no certificate named by its hash (`openssl rehash` creates the names)"
        )
    return why


def _words(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "isn't there"
    if isinstance(error, NotADirectoryError):
        return "isn't a folder"
    reason = getattr(error, "strerror", None) or "it isn't a path"
    return f"can't be read ({reason})"
