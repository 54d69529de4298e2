"""How far this machine's clock and Contentstack's are apart, by the date of its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_LEAST = timedelta(minutes=2)
"""Less is the time of an answer on its way, and changes nothing."""


class ServerClock:
    """What time it is for the server; nothing is apart until it has said so.

    Attributes:
        ahead: by how much its clock is ahead of this machine's; negative if it is
            behind.
    """

    def __init__(self) -> None:
        self.ahead = timedelta()

    def hear(self, date: str | None, now: datetime) -> None:
        """Take the `Date` of an answer that came at `now`.

        One that can't be read says nothing.
        """
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 - not before the first answer

        try:
            said = parsedate_to_datetime(date or "")
            apart = (said if said.tzinfo else said.replace(tzinfo=UTC)) - now
        except (ValueError, TypeError, OverflowError):
            return
        self.ahead = apart if abs(apart) >= _LEAST else timedelta()
