"""uvicorn, serving three applications at once and closing connections on demand.

Only this module imports uvicorn, and only serving imports this module.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Sequence

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tui.sandbox.gateway import CLOSE_EXTENSION, ASGIApp, ASGIScope, Receive, Send


def run(
    apps: Sequence[ASGIApp],
    sockets: Sequence[socket.socket],
    on_ready: Callable[[], None],
) -> None:
    """Serve each application on its socket until a signal ends the process.

    SIGINT and SIGTERM end it with 0. `on_ready` is called once, when all sockets accept
    connections.
    """
    by_port = {
        each.getsockname()[1]: app for each, app in zip(sockets, apps, strict=True)
    }

    async def by_socket(scope: ASGIScope, receive: Receive, send: Send) -> None:
        await by_port[scope["server"][1]](scope, receive, send)

    # uvicorn raises the signal that ended it again when it's done, but being stopped
    # isn't a failure.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        by_socket,
        http=_ClosableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        # As load balancers do; by default, uvicorn closes idle connections after 5 s.
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    _Server(config, on_ready).run(sockets=list(sockets))


class _Server(uvicorn.Server):
    """A server that says when it's ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


class _ClosableProtocol(H11Protocol):
    """Gives each request a way to close its connection, which ASGI lacks."""

    # The type is uvicorn's, which narrows it, too.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        app = self.app

        async def closable(scope: ASGIScope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[CLOSE_EXTENSION] = transport.close
            await app(scope, receive, send)

        self.app = closable
