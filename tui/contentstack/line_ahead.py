"""A connection that is started while the program still loads.

Connecting means waiting for a round trip. Started early, it costs nothing, and it's
ready for the first request.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from tui.contentstack.errors import Unreachable

KEPT_OPEN = 50.0
"""Seconds to keep an idle connection: less than load balancers do."""

_PORTS = {"http": 80, "https": 443}
_PATIENCE = 10.0
"""Seconds to wait for each of the host's addresses."""
_OVERDUE = 0.25
"""Seconds that a request waits for it, as browsers do before trying another way."""


class _Line(NamedTuple):
    place: tuple[str, int]
    socket: socket.socket
    since: float


class LineAhead:
    """Connects to a URL's host, or to the proxy for it.

    It sends nothing. If anything goes wrong, the first request finds no connection
    here, connects by itself and reports the error.

    Args:
        url: where the first request will go.
        environ: the environment, which may name proxies.
        clock: measures how long the connection has been idle, in seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._url = url
        self._clock = clock
        self._environ = environ
        self._is_taken = False
        self._line: Future[_Line | None] = Future()
        # Running, so that a waiter's cancellation doesn't cancel it.
        self._line.set_running_or_notify_cancel()
        # A thread, since looking up a name may take any amount of time.
        Thread(target=self._connect, name="line-ahead", daemon=True).start()

    async def take(self, host: str, port: int) -> socket.socket | None:
        """Return the connection if it leads there; None on every later call."""
        if self._is_taken:
            return None
        self._is_taken = True
        line = None
        try:
            async with asyncio.timeout(_OVERDUE):
                line = await asyncio.wrap_future(self._line)
        except TimeoutError:
            return None
        finally:
            if line is None:
                self.close()
        if line is None:
            return None
        is_young = self._clock() - line.since < KEPT_OPEN
        if line.place == (host, port) and is_young and _is_open(line.socket):
            return line.socket
        line.socket.close()
        return None

    def close(self) -> None:
        """Close the connection now or once it's open, unless it was taken."""
        self._is_taken = True
        self._line.add_done_callback(_close)

    def _connect(self) -> None:
        line = None
        try:
            with suppress(OSError, ValueError, Unreachable):
                place = self._place()
                begun = socket.create_connection(place, _PATIENCE)
                line = _Line(place, begun, self._clock())
        finally:
            self._line.set_result(line)

    def _place(self) -> tuple[str, int]:
        """Return the host and port to connect to.

        Raises:
            Unreachable: if the configured proxy can't be used.
            ValueError: if the URL has no host.
        """
        if _may_name_proxy(self._environ):
            # Only loaded if needed, since the first frame waits for it.
            from tui.contentstack.proxies import proxy_to  # noqa: PLC0415

            if proxy := proxy_to(self._url, self._environ):
                return proxy.host, proxy.port
        target = urlsplit(self._url)
        if target.scheme not in _PORTS or not target.hostname:
            raise ValueError("no host")
        return target.hostname, target.port or _PORTS[target.scheme]


def _may_name_proxy(environ: Mapping[str, str]) -> bool:
    """Return whether anything here could name a proxy; usually nothing does."""
    has_settings = sys.platform in ("darwin", "win32")
    return has_settings or any(name.lower().endswith("_proxy") for name in environ)


def _is_open(line: socket.socket) -> bool:
    """Return whether the other end has neither closed it nor sent anything unasked."""
    line.setblocking(False)
    try:
        line.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _close(line: Future[_Line | None]) -> None:
    begun = line.result()
    if begun is not None:
        begun.socket.close()
