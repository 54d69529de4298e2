"""What a person signs in with, and the header it travels in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui.secret import Secret


@dataclass(frozen=True, slots=True)
class Credential:
    """A user's authtoken, or the access token of an OAuth session (`bearer`)."""

    kind: Literal["authtoken", "bearer"]
    secret: Secret

    def headers(self) -> dict[str, Secret]:
        """Return the one header that carries this credential."""
        if self.kind == "bearer":
            return {"authorization": Secret(f"Bearer {self.secret.reveal()}")}
        return {"authtoken": self.secret}


def parse_credential(text: str) -> Credential:
    """Parse a credential as it was pasted or read from a file.

    `Bearer x` is an OAuth token, all else an authtoken.

    Raises:
        ValueError: if nothing is there, or something that no header can carry; the text
            is not quoted.
    """
    value = text.strip()
    word, _, rest = value.partition(" ")
    is_bearer = word.casefold() == "bearer"
    value = rest.strip() if is_bearer else value
    if not value:
        raise ValueError("The credential is empty.")
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise ValueError(
            "The credential holds a space, a line break or another character that no"
            " token has."
        )
    return Credential("bearer" if is_bearer else "authtoken", Secret(value))
