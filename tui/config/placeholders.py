"""Placeholders for facts about a token in a target's arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS = ("name", "environment", "branch", "api_key", "region", "stack")
"""None of them is secret: everyone on the machine can read arguments."""

# Two braces are a template for the program itself, as in Docker and Go; a dot or a
# blank after one is kubectl's or jq's.
_WORD = re.compile(r"(?<!\{)\{([A-Za-z_]+)\}(?!\})")


def placeholders_in(argument: str) -> tuple[str, ...]:
    """Return the words between single braces, known or not."""
    return tuple(_WORD.findall(argument))


def filled(argument: str, facts: Mapping[str, str]) -> str:
    """Return the argument with each placeholder replaced; it stays one argument.

    What is filled in isn't parsed again, so a name with braces in it is just a name.
    """
    return _WORD.sub(lambda found: facts[found[1]], argument)
