"""A request ready to be sent, and the errors that speak about it when no whole answer came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from tui.contentstack.answers import IN_DOUBT, Answer
from tui.contentstack.errors import ContentstackError, Invalid
from tui.secret import Secret

_Error = TypeVar("_Error", bound=ContentstackError)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as often as it is tried; `place` and `secrets` are for its errors."""

    method: str
    url: str
    place: str
    headers: dict[str, str] = field(repr=False)
    query: dict[str, str]
    content: bytes | None = field(repr=False)
    secrets: tuple[Secret, ...]

    @property
    def write(self) -> bool:
        """Whether it could change something."""
        return self.method != "GET"

    def answered(self, status: int, body: bytes = b"") -> Answer:
        """The answer that came."""
        return Answer(status, body, self.place, self.write, self.secrets)

    def lost(self, kind: type[_Error], told: str, *, sent: bool = True, status: int | None = None) -> _Error:
        """The error for an answer that never came whole; `sent` says whether the request may have arrived."""
        in_doubt = self.write and sent
        sentence = f"{told} ({self.place}).{IN_DOUBT if in_doubt else ''}"
        return kind(sentence, place=self.place, status=status, may_have_happened=in_doubt)


def prepare(
    method: str,
    url: str,
    place: str,
    *,
    headers: Mapping[str, str | Secret],
    query: Mapping[str, str],
    body: object,
) -> Call:
    """The request with its secrets revealed, and noted so that no error repeats them.

    Raises:
        Invalid: if a header's value cannot be sent.
    """
    secrets: list[Secret] = []

    def revealed(value: object) -> str:
        if not isinstance(value, Secret):
            raise TypeError(f"{type(value).__name__} is no JSON")
        secrets.append(value)
        return value.reveal()

    sent = {} if body is None else {"content-type": "application/json"}
    for name, value in headers.items():
        text = revealed(value) if isinstance(value, Secret) else value
        if not (text.isascii() and text.isprintable()):
            raise Invalid(
                f"The value for {name} holds characters that cannot be sent ({place}).", place=place
            )
        sent[name] = text
    # ASCII with escapes: a name that came with half a surrogate pair goes back as it came.
    content = (
        None if body is None else json.dumps(body, default=revealed, separators=(",", ":")).encode("ascii")
    )
    return Call(method, url, place, sent, dict(query), content, tuple(secrets))
