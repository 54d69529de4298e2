"""Uses the system's keyring, in a separate process.

It's run by its path and imports nothing from Tokendeck. Its arguments are `get`, `set`
or `delete`, a service and a name; it reads the value from standard input and writes it
to standard output.
"""

from __future__ import annotations

import sys

NOTHING_KEPT = 3
NO_KEYRING = 4


def main(action: str, service: str, name: str) -> int:
    """Perform the action, and return the exit code.

    Anything else that a back end raises ends only this process.
    """
    import keyring  # noqa: PLC0415 - the parent imports this module for its numbers
    from keyring.errors import KeyringError, PasswordDeleteError  # noqa: PLC0415

    value = sys.stdin.read()
    try:
        if action == "delete":
            keyring.delete_password(service, name)
            return 0
        if action == "set":
            keyring.set_password(service, name, value)
        found = keyring.get_password(service, name)
    except PasswordDeleteError:
        return NOTHING_KEPT
    except KeyringError:
        return NO_KEYRING
    if action == "set":
        return 0 if found == value else NO_KEYRING
    sys.stdout.write(found or "")
    return NOTHING_KEPT if found is None else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
