"""Reads a credential from a file, a program or standard input."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import BinaryIO

from tui.contentstack.credentials import Credential, parse_credential
from tui.display import visible
from tui.files.refusal import Refused
from tui.programs import NotFinished, run_quietly
from tui.secret import Secret

_SECONDS = 10.0
_MOST_BYTES = 64 * 1024
_OF_A_STACK = re.compile(r"cs[0-9a-f]{20,}", re.IGNORECASE)


class CredentialRefused(Refused):
    """The given credential can't be used; the message never quotes it."""


class CredentialAbsent(CredentialRefused):
    """This place has no credential that can be used now; the next one may."""


def credential_in(content: str | bytes, where: str) -> Credential:
    """Return the credential in the first line that isn't blank.

    Other lines are ignored: password stores keep notes below a password. `where` names
    the source in errors.
    """
    text = content if isinstance(content, str) else _decoded(content, where)
    try:
        credential = parse_credential(text)
    except ValueError as error:
        raise CredentialRefused(f"{where}: {error}") from None
    value = credential.secret.reveal()
    if credential.kind == "authtoken" and _OF_A_STACK.fullmatch(value):
        raise CredentialRefused(
            f"{where}: this looks like a stack's own token, which can't manage tokens."
            " Use an authtoken (blt…) or an OAuth access token (Bearer …)."
        )
    return credential


def credential_from_command(
    words: Sequence[str], *, seconds: float = _SECONDS
) -> Credential:
    """Run a program, and return the credential in the first line that it prints.

    Errors name the program, but not its arguments or its output.
    """
    where = f"auth_command {visible(words[0])}"
    try:
        outcome = run_quietly(words, seconds=seconds)
    except NotFinished:
        raise CredentialRefused(
            f"{where} took longer than {seconds:g} seconds, so Tokendeck stopped it."
        ) from None
    except OSError as error:
        raise CredentialRefused(f"{where} can't be run: {error.strerror}.") from None
    except ValueError:
        why = "an argument has a character that isn't allowed"
        raise CredentialRefused(f"{where} can't be run: {why}.") from None
    status = outcome.status
    if status:
        ending = f"exit code {status}" if status > 0 else f"signal {-status}"
        raise CredentialRefused(
            f"{where} failed with {ending}. Run it yourself to see what it says."
        )
    return credential_in(outcome.printed, where)


def piped_credential(stdin: BinaryIO | None = None) -> Secret:
    """Read all of standard input, for `--auth-file -`."""
    stdin = stdin or sys.stdin.buffer
    if stdin.isatty():
        raise CredentialRefused(
            "--auth-file -: a terminal would show the credential. Pipe it in."
        )
    try:
        content = stdin.read(_MOST_BYTES + 1)
    except OSError as error:
        why = error.strerror or "it failed"
        raise CredentialRefused(
            f"--auth-file -: couldn't read standard input: {why}."
        ) from None
    if len(content) > _MOST_BYTES:
        raise CredentialRefused("--auth-file -: standard input is larger than 64 KiB.")
    return Secret(_decoded(content, "--auth-file -"))


def take_keys_from_terminal() -> None:
    """Make the terminal standard input, after piped input has been read."""
    # macOS can't wait for keys on /dev/tty, so try it last.
    devices = (_device_of(sys.stderr.fileno()), _device_of(sys.stdout.fileno()))
    for name in (*devices, "/dev/tty"):
        try:
            handle = os.open(name, os.O_RDWR)
        except OSError:
            continue
        os.dup2(handle, 0)
        os.close(handle)
        # The old stream has reached its end and wouldn't read any more.
        sys.stdin = open(0, encoding=sys.stdin.encoding, closefd=False)  # noqa: SIM115 - stays for the whole run
        return
    raise CredentialRefused(
        "--auth-file - used up standard input, and there's no terminal to read keys"
        " from."
    )


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise CredentialRefused(f"{where}: this isn't text.") from None


def _device_of(descriptor: int) -> str:
    try:
        return os.ttyname(descriptor)
    except (OSError, AttributeError):
        return ""
