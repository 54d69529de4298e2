"""What the screens have said in this run, to read later or in full."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.guards import hidden
from tui.widgets.status_line import Tone

_MOST = 200


@dataclass(frozen=True)
class Said:
    """One message: when it was said, what, and how."""

    at: datetime
    text: str
    kind: Tone = "info"


class MessageHistory:
    """The latest messages. They contain no secrets, and don't outlive the run."""

    def __init__(self) -> None:
        self._said: deque[Said] = deque(maxlen=_MOST)

    @property
    def newest_first(self) -> Sequence[Said]:
        """The messages, the latest one first."""
        return tuple(reversed(self._said))

    def add(self, text: str, kind: Tone, at: datetime) -> None:
        """Remember a message; a repeated one is kept once, with its latest time."""
        said = Said(at, hidden(text), kind)
        if self._said and self._said[-1].text == said.text:
            self._said.pop()
        self._said.append(said)
