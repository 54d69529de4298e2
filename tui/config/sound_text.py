"""Refuses words and variables that hold no valid text, before anything reads them."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping

from tui.display import flaw, visible

# By the beginnings of their names: variables that say whose and which files, hosts
# and credentials are used. They are not passed over where they can't be read.
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
    """Refuse words of the command line, and variables, that hold no valid text.

    A variable that steers nothing is taken out of the environment instead, but for the
    path to programs, which may have any name.
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
    # What reads configurations takes long to load, and is of use only now.
    from tui.config.reading import ConfigWrong  # noqa: PLC0415

    raise ConfigWrong(sentence)
