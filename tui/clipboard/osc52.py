"""OSC 52: the sequence that asks a terminal to copy, wrapped for multiplexers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tui.secret import Secret

if TYPE_CHECKING:
    from tui.clipboard.situation import Situation

ASK_ATTRIBUTES = "\x1b[c"
"""DA1: the answer of a terminal that accepts copies may, but needn't, include 52."""

TAKES_COPIES = 52

_BEL = "\x07"
_ST = "\x1b\\"
_SCREENS_MOST = 240
"""Characters that GNU screen passes on in one piece."""


def sequence(secret: Secret, here: Situation) -> str:
    """Return OSC 52 with exactly these characters, wrapped for this multiplexer."""
    payload = base64.b64encode(secret.reveal().encode()).decode("ascii")
    plain = f"\x1b]52;c;{payload}{_BEL}"
    if here.tmux is not None:
        return f"\x1bPtmux;{plain.replace(chr(27), chr(27) * 2)}{_ST}"
    if here.screen:
        pieces = (
            plain[start : start + _SCREENS_MOST]
            for start in range(0, len(plain), _SCREENS_MOST)
        )
        return "".join(f"\x1bP{piece}{_ST}" for piece in pieces)
    return plain
