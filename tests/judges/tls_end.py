"""A TLS end in front of a plain HTTP port, for clients that only speak https."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeAlias

import trustme

_CHUNK = 65536


@contextmanager
def tls_end(
    authority: trustme.CA,
    *ports: int,
    names: Sequence[str] = ("localhost", "127.0.0.1"),
) -> Generator[list[int]]:
    """Listen on 127.0.0.1, one new port for each of `ports`.

    `authority` certifies the names.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    ready: threading.Event = threading.Event()
    own: list[int] = []
    loop = asyncio.new_event_loop()
    finished = asyncio.Event()

    async def serve() -> None:
        servers = [
            await asyncio.start_server(_to(port), "127.0.0.1", 0, ssl=context)
            for port in ports
        ]
        own.extend(server.sockets[0].getsockname()[1] for server in servers)
        ready.set()
        await finished.wait()
        for server in servers:
            server.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(timeout=20)
        yield own
    finally:
        loop.call_soon_threadsafe(finished.set)
        thread.join()
        loop.close()


Handler: TypeAlias = Callable[
    [asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]
]


def _to(port: int) -> Handler:
    async def pass_on(
        client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter
    ) -> None:
        server_in, server_out = await asyncio.open_connection("127.0.0.1", port)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(
                _pump(client_in, server_out), _pump(server_in, client_out)
            )
        for side in (server_out, client_out):
            # Not `close`: TLS's closing handshake would wait for the client's.
            side.transport.abort()
        await asyncio.sleep(0)

    return pass_on


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
    sink.close()
