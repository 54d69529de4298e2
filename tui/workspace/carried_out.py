"""What a run changed in the stack, for reporting it later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tui.contentstack.models import Token, TokenKind

Change = Literal["created", "changed", "deleted"]
"""What happened to a token."""

ChangeListener = Callable[[Change, Token], None]


@dataclass(frozen=True)
class CarriedOut:
    """A write that Contentstack carried out.

    Attributes:
        verb: what was done: "created", "changed", "deleted", or one of these with the
            preview token.
    """

    verb: str
    kind: TokenKind
    name: str
    uid: str

    @classmethod
    def of(cls, verb: str, token: Token) -> CarriedOut:
        """Return a record of what was done to a token, without its value."""
        return cls(verb, token.kind, token.name, token.uid)

    @property
    def words(self) -> str:
        """Say what was done, without a full stop."""
        return f"{self.verb} the {self.kind} token {self.name} ({self.uid})"
