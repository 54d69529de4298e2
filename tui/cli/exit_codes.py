"""The exit codes of the commands, a contract with scripts: none changes meaning."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    SIGNED_OUT = 3
    NOT_FOUND = 4
    CONFLICT = 5
    NETWORK = 6
    REFUSED = 7
    NOT_VERIFIED = 8
    FOUND = 9
    STOPPED = 130


EXIT_CODES = (
    (Exit.DONE, "Done."),
    (Exit.FAILED, "Failed, or stopped by a signal."),
    (Exit.USAGE, "Wrong usage: an option, or a missing confirmation."),
    (Exit.SIGNED_OUT, "Not signed in."),
    (Exit.NOT_FOUND, "Not found, or several match."),
    (Exit.CONFLICT, "Conflict or limit: different, already taken, or too many."),
    (
        Exit.NETWORK,
        "No connection, or something else answered; may be temporary.",
    ),
    (Exit.REFUSED, "Refused: read-only, or your role doesn't allow it."),
    (Exit.NOT_VERIFIED, "Verification failed."),
    (Exit.FOUND, "Something was found (find, health --strict, due, drift)."),
    (Exit.STOPPED, "find was stopped by a signal, and printed what it had found."),
)
"""The meaning of each, for the help and the documentation."""
