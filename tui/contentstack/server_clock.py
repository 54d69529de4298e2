"""How far Contentstack's clock is ahead of ours, by the date of its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# Less may be the time that an answer took, and changes nothing.
_LEAST = timedelta(minutes=2)


class ServerClock:
    """What time it is for the server.

    Attributes:
        ahead: by how much its clock is ahead of this machine's, negative if it is
            behind; nothing until an answer has told.
    """

    def __init__(self) -> None:
        self.ahead = timedelta()

    def hear(self, date: str | None, now: datetime) -> None:
        """Take the `Date` of an answer that came at `now`, if it can be read."""
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 - not before the first answer

        try:
            said = parsedate_to_datetime(date or "")
            if said.tzinfo is None:
                said = said.replace(tzinfo=UTC)
            apart = said - now
        except (ValueError, TypeError, OverflowError):
            return
        self.ahead = apart if abs(apart) >= _LEAST else timedelta()
