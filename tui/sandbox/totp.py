"""One-time passwords of RFC 6238: SHA-1, 6 digits, steps of 30 seconds."""

from __future__ import annotations

import base64
import hmac
import struct
from datetime import datetime

STEP_SECONDS = 30


def step_of(moment: datetime) -> int:
    """The number of the 30-second step that `moment` lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of a base32 secret in one step; a ValueError if the secret is none."""
    compact = secret.replace(" ", "").upper()
    key = base64.b32decode(compact + "=" * (-len(compact) % 8))
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def matching_step(secret: str, code: str, moment: datetime) -> int | None:
    """The step that `code` belongs to, if it is the present one or a neighbour.

    Else None.
    """
    present = step_of(moment)
    return next(
        (
            step
            for step in (present, present - 1, present + 1)
            if code_at(secret, step) == code
        ),
        None,
    )
