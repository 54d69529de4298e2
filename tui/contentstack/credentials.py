"""What a person signs in with, and the header it travels in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tui.secret import Secret

if TYPE_CHECKING:
    from tui.contentstack.dressing import Dressing

CredentialKind = Literal["authtoken", "bearer"]

_API_KEY = re.compile(r"api_?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Credential:
    """A user's authtoken, or the access token of an OAuth session (`bearer`).

    `removed` is what surrounded it where it was found.
    """

    kind: CredentialKind
    secret: Secret
    removed: tuple[Dressing, ...] = field(default=(), compare=False)

    def headers(self) -> dict[str, Secret]:
        """Return the one header that carries this credential."""
        if self.kind == "bearer":
            return {"authorization": Secret(f"Bearer {self.secret.reveal()}")}
        return {"authtoken": self.secret}


def parse_credential(text: str) -> Credential:
    """Parse a credential that was pasted or read from a file.

    `Bearer x` is an OAuth token, anything else an authtoken.

    Raises:
        ValueError: if it can't be one; the message doesn't quote it.
    """
    from tui.contentstack.dressing import NoValue, undress  # noqa: PLC0415 - not before the first frame

    try:
        found = undress(text)
    except NoValue as wrong:
        why = str(wrong)
    else:
        why = ""
    if not why and _API_KEY.search(found.name):
        why = "is named as an API key, and isn't an authtoken."
    if why:
        raise ValueError(f"The credential {why}")
    return Credential(
        "bearer" if found.bearer else "authtoken", found.value, found.removed
    )
