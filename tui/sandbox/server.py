"""uvicorn, made to serve three applications at once and to close connections on demand.

Only this module imports uvicorn, and only serving imports this module.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tui.sandbox.faults import CLOSE_EXTENSION

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(apps: Sequence[ASGIApp], sockets: Sequence[socket.socket], on_ready: Callable[[], None]) -> None:
    """Serve each application on the socket beside it until SIGINT or SIGTERM.

    Args:
        apps: the applications.
        sockets: a bound socket for each.
        on_ready: called once, when all of them accept connections.
    """
    by_port = {each.getsockname()[1]: app for each, app in zip(sockets, apps, strict=True)}

    async def by_socket(scope: Scope, receive: Receive, send: Send) -> None:
        await by_port[scope["server"][1]](scope, receive, send)

    config = uvicorn.Config(
        by_socket,
        http=_ClosableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    _Server(config, on_ready).run(sockets=list(sockets))


class _Server(uvicorn.Server):
    """Says when it is ready, and ends without handing the signal on: ending it is no failure."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        before = {each: signal.signal(each, self.handle_exit) for each in _SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


class _ClosableProtocol(H11Protocol):
    """Gives each request a way to close its connection, which ASGI has not."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        answer = self.app

        async def closable(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[CLOSE_EXTENSION] = transport.close
            await answer(scope, receive, send)

        self.app = closable
