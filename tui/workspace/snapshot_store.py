"""The snapshot that everything shares, and notifications of each change to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import Token
from tui.workspace.snapshot import Snapshot, Trouble

_WAIT_WORTH_SAYING = 10.0

Listener = Callable[[Snapshot], None]
AnyToken = TypeVar("AnyToken", bound=Token)


class SnapshotStore:
    """Holds the snapshot, and tells listeners about each change."""

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` about every new snapshot, on the event loop.

        Returns:
            A function that stops that.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def change(self, **fields: Any) -> None:
        """Replace fields of the snapshot."""
        self.snapshot = replace(self.snapshot, **fields)
        for listener in tuple(self._listeners):
            listener(self.snapshot)

    def put(self, token: AnyToken) -> AnyToken:
        """Show a token as the server has it now.

        It stays in its place; a new one comes first.
        """
        listing = self.snapshot.listing(token.kind)
        items = [token if item.uid == token.uid else item for item in listing.items]
        if token not in items:
            items.insert(0, token)
        odd = tuple(row for row in listing.odd if row.uid != token.uid)
        self.change(**{token.kind: replace(listing, items=tuple(items), odd=odd)})
        return token

    def remove(self, token: Token) -> None:
        """Stop showing a token."""
        listing = self.snapshot.listing(token.kind)
        left = tuple(item for item in listing.items if item.uid != token.uid)
        self.change(**{token.kind: replace(listing, items=left)})

    def begin(self) -> None:
        """Forget why the last reading failed."""
        self.change(trouble=None, remedy=None, reading=())

    @contextmanager
    def reading(self, words: str) -> Iterator[None]:
        """Say what is being read, or why it couldn't be.

        If several things go wrong, the first is reported.
        """
        self.change(reading=tuple(sorted({*self.snapshot.reading, words})))
        try:
            yield
        except ContentstackError as error:
            if self.snapshot.trouble is None:
                self.change(trouble=error, remedy=error.remedy)
        left = tuple(other for other in self.snapshot.reading if other != words)
        waiting = self.snapshot.waiting if left else 0.0
        self.change(reading=left, waiting=waiting)

    def wait(self, seconds: float) -> None:
        """Say that Contentstack asked for a pause, if people would notice it."""
        if seconds > _WAIT_WORTH_SAYING:
            self.change(waiting=seconds)

    def stop(self, trouble: Trouble, remedy: str | None = None) -> None:
        """Say why reading has stopped, and the id of the command that helps."""
        self.change(trouble=trouble, remedy=remedy, reading=(), waiting=0.0)
