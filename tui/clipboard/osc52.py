"""The sequence that asks a terminal to take a text onto its clipboard, as each multiplexer passes it on."""

from __future__ import annotations

import base64

from tui.clipboard.situation import Situation
from tui.secret import Secret

ASK_ATTRIBUTES = "\x1b[c"
"""DA1: a terminal that takes copies may answer with 52 among its numbers.

That it does not proves nothing.
"""

TAKES_COPIES = 52

_BEL = "\x07"
_ST = "\x1b\\"
_SCREENS_MOST = 240
"""Characters that GNU screen passes on in one piece."""


def sequence(secret: Secret, here: Situation) -> str:
    """OSC 52 with exactly these characters, for the terminal that is behind the multiplexers."""
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
