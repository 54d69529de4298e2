"""How far Contentstack's clock is ahead of ours, from the date of its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# Anything less may be the time that an answer took, and doesn't matter.
_LEAST = timedelta(minutes=2)


class ServerClock:
    """The time on the server's clock.

    Attributes:
        ahead: how far its clock is ahead of this machine's, negative if it's behind;
            zero until an answer says.
    """

    def __init__(self) -> None:
        self.ahead = timedelta()

    def hear(self, date: str | None, now: datetime) -> None:
        """Note the `Date` of an answer that came at `now`, if it can be parsed."""
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 - not before the first answer

        try:
            said = parsedate_to_datetime(date or "")
            if said.tzinfo is None:
                said = said.replace(tzinfo=UTC)
            apart = said - now
        except (ValueError, TypeError, OverflowError):
            return
        self.ahead = apart if abs(apart) >= _LEAST else timedelta()
