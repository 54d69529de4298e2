"""The snapshot that everybody looks at, and the news of each change in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from tui.contentstack.models import DeliveryToken, Token
from tui.workspace.snapshot import Listing, Snapshot

_WAIT_WORTH_SAYING = 10.0

Listener = Callable[[Snapshot], None]
Some = TypeVar("Some", bound=Token)


class Board:
    """Holds the snapshot. Whoever changes it does so here, and all who listen are told."""

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self._listeners: list[Listener] = []
        self._reading: set[str] = set()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Be told of every new snapshot, on the event loop, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def change(self, **fields: Any) -> None:
        """Replace fields of the snapshot."""
        self.snapshot = replace(self.snapshot, **fields)
        for listener in tuple(self._listeners):
            listener(self.snapshot)

    def put(self, token: Some) -> Some:
        """Show a token as the server has it now: in its place, or first where it is new."""
        field = "delivery" if isinstance(token, DeliveryToken) else "management"
        listing: Listing[Any] = getattr(self.snapshot, field)
        places = {item.uid: place for place, item in enumerate(listing.items)}
        items = list(listing.items)
        if token.uid in places:
            items[places[token.uid]] = token
        else:
            items.insert(0, token)
        self.change(**{field: replace(listing, items=tuple(items))})
        return token

    def remove(self, token: Token) -> None:
        """Show a token no longer."""
        for field in ("delivery", "management"):
            listing: Listing[Any] = getattr(self.snapshot, field)
            left = tuple(item for item in listing.items if item.uid != token.uid)
            if len(left) < len(listing.items):
                self.change(**{field: replace(listing, items=left)})

    def begin(self, words: str = "") -> None:
        """Say that something is being read; without words, that a reading begins anew."""
        if words:
            self._reading.add(words)
            self.change(reading=tuple(sorted(self._reading)))
        else:
            self._reading.clear()
            self.change(trouble=None, remedy=None)

    def end(self, words: str) -> None:
        """Say that it has been read."""
        self._reading.discard(words)
        waiting = self.snapshot.waiting if self._reading else 0.0
        self.change(reading=tuple(sorted(self._reading)), waiting=waiting)

    def wait(self, seconds: float) -> None:
        """Say that Contentstack asked for a pause, where people would notice it."""
        if seconds > _WAIT_WORTH_SAYING:
            self.change(waiting=seconds)

    def stop(self, trouble: str, remedy: str | None) -> None:
        """Say why nothing is read any more, and the id of the command that helps."""
        self._reading.clear()
        self.change(trouble=trouble, remedy=remedy, reading=(), waiting=0.0)

    def fail(self, words: str, trouble: str, remedy: str | None) -> None:
        """Say why something could not be read; the first trouble stays, the next most likely is the same."""
        self._reading.discard(words)
        if self.snapshot.trouble is None:
            self.change(trouble=trouble, remedy=remedy, reading=tuple(sorted(self._reading)))
