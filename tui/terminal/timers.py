"""Timers that fire, however late."""

from __future__ import annotations

from textual.message_pump import MessagePump
from textual.timer import Timer, TimerCallback


class LateTimers(MessagePump):
    """Sets timers that fire once, even if their time has already come.

    Textual looks at the clock twice before it sleeps. If the machine is busy in between
    for longer than the delay, it skips the only time that the timer would fire.
    """

    def set_timer(
        self,
        delay: float,
        callback: TimerCallback | None = None,
        *,
        name: str | None = None,
        pause: bool = False,
    ) -> Timer:
        """Call a function after `delay` seconds, or as soon as possible after that."""
        timer = super().set_timer(delay, callback, name=name, pause=True)
        timer._skip = False
        if not pause:
            timer.resume()
        return timer
