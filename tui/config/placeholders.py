"""What stands for a fact about a token in the arguments of a target."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS = ("name", "environment", "branch", "api_key", "region", "stack")
"""None of them is secret: arguments can be read by everyone on the machine."""

# Two braces are a template of the program's own, as Docker and Go have them, and a dot
# or a blank behind one is kubectl's and jq's.
_WORD = re.compile(r"(?<!\{)\{([A-Za-z_]+)\}(?!\})")


def placeholders_in(argument: str) -> tuple[str, ...]:
    """Return the words between single braces, known or not."""
    return tuple(_WORD.findall(argument))


def filled(argument: str, facts: Mapping[str, str]) -> str:
    """Return the argument with each placeholder replaced; it stays one argument.

    What is filled in is not read again, so a name with braces in it is only a name.
    """
    return _WORD.sub(lambda found: facts[found[1]], argument)
