"""Refuses arguments and variables that aren't valid text, before they're read."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping

from tui.display import flaw, visible

# The prefixes of variables that say which files, hosts and credentials are used, and
# whose. These aren't ignored if they can't be read.
_STEERING = (
    "TOKENDECK_",
    "CONTENTSTACK_",
    "XDG_",
    "SSL_CERT_",
    "CS_CLI_",
    "CONFIG_NAME",
    "ENC_CONFIG_NAME",
    "CREDENTIALS_DIRECTORY",
    "HOME",
    "APPDATA",
)


def take_words(words: Iterable[str], environ: MutableMapping[str, str]) -> None:
    """Refuse command-line arguments and variables that aren't valid text.

    A variable that doesn't matter is removed from the environment instead, except for
    the path to programs, which may have any name.
    """
    for word in words:
        if reason := flaw(word):
            _refuse(f"{visible(word)}: this argument {reason}.")
    for name, value in tuple(environ.items()):
        reason = flaw(name) or flaw(value)
        if reason and name.startswith(_STEERING):
            _refuse(f"{visible(name)} {reason}.")
        if reason and name != "PATH":
            del environ[name]


def _refuse(sentence: str) -> None:
    # The module that reads configurations is slow to load, and only needed here.
    from tui.config.reading import ConfigWrong  # noqa: PLC0415

    raise ConfigWrong(sentence)
