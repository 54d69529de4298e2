"""A credential as it is written somewhere: a file, standard input, the output of a program."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import BinaryIO

from tui.contentstack.credentials import Credential, parse_credential
from tui.files import FileAbsent, FileRefused, Rule, read_checked
from tui.secret import Secret

_MOST_BYTES = 64 * 1024
_OF_A_STACK = re.compile(r"cs[0-9a-f]{20,}", re.IGNORECASE)


class CredentialRefused(ValueError):
    """Something that was named as the credential can't be one, or can't be had; the text never quotes it."""


class CredentialAbsent(CredentialRefused):
    """Nothing is there to be read."""


def credential_in(text: str, where: str) -> Credential:
    """The credential in the first line of `text` that is not blank; `where` names its origin in errors.

    The first line alone, since password stores keep notes below a password.

    Raises:
        CredentialRefused: if it is none; a stack's own token is recognized, and refused with the reason.
    """
    lines = text.strip().splitlines()
    try:
        credential = parse_credential(lines[0] if lines else "")
    except ValueError as error:
        raise CredentialRefused(f"{where}: {error}") from None
    if credential.kind == "authtoken" and _OF_A_STACK.fullmatch(credential.secret.reveal()):
        raise CredentialRefused(
            f"{where}: this looks like a stack's own token (management, delivery or preview), and "
            "Contentstack keeps those out of its tokens module. What works is an authtoken, which begins "
            "with blt, or an OAuth access token, written as Bearer and the token."
        )
    return credential


def credential_in_file(path: Path, rule: Rule, where: str) -> Credential:
    """The credential in a file that keeps to `rule`.

    Raises:
        CredentialAbsent: if there is no such file.
        CredentialRefused: if it may not be read, or holds no credential.
    """
    try:
        return credential_in(decoded(read_checked(path, rule), where), where)
    except FileAbsent as absent:
        raise CredentialAbsent(f"{where}: {absent}") from None
    except FileRefused as refusal:
        raise CredentialRefused(f"{where}: {refusal}") from None


def decoded(content: bytes, where: str) -> str:
    """`content` as text.

    Raises:
        CredentialRefused: if it is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CredentialRefused(f"{where}: this is not text.") from None


def piped_credential(stdin: BinaryIO | None = None) -> Secret:
    """Read standard input to its end: what `--auth-file -` means, before the screen starts.

    Raises:
        CredentialRefused: if standard input is a terminal, where the credential would be seen as it is typed.
    """
    stdin = stdin or sys.stdin.buffer
    if stdin.isatty():
        raise CredentialRefused(
            "--auth-file - reads standard input; that is a terminal here, and would show it: pipe it in."
        )
    content = stdin.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise CredentialRefused("--auth-file -: standard input is larger than 64 KiB.")
    return Secret(decoded(content, "--auth-file -"))


def take_keys_from_terminal() -> None:
    """Make the terminal standard input, once what was piped in has been read.

    The terminal's own device is preferred to /dev/tty, on which macOS can't wait for keys.

    Raises:
        CredentialRefused: if there is no terminal.
    """
    for name in (_device_of(sys.stderr.fileno()), _device_of(sys.stdout.fileno()), "/dev/tty"):
        if name is None:
            continue
        try:
            handle = os.open(name, os.O_RDWR)
        except OSError:
            continue
        os.dup2(handle, 0)
        os.close(handle)
        # The object on top has seen its end, and would not look again.
        sys.stdin = open(0, encoding=sys.stdin.encoding, closefd=False)  # noqa: SIM115 - stays for the whole run
        return
    raise CredentialRefused("--auth-file - took standard input, and there is no terminal to take keys from.")


def _device_of(descriptor: int) -> str | None:
    try:
        return os.ttyname(descriptor)
    except (OSError, AttributeError):
        return None
