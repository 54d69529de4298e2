"""A relay that simulates a long distance by delaying what goes through it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress

_CHUNK = 65536


@contextmanager
def relay(port: int, round_trip: float) -> Generator[int]:
    """Listen on a port of 127.0.0.1 in front of another, `round_trip` seconds away.

    Each direction takes half of that, with unlimited throughput. Connecting takes a
    round trip as well: the system reports a connection at once, so what is sent on it
    waits here until it would really be open.
    """
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    finished = asyncio.Event()
    own: list[int] = []

    async def pass_on(
        client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter
    ) -> None:
        connected = loop.time() + round_trip
        server_in, server_out = await asyncio.open_connection("127.0.0.1", port)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(
                _pump(client_in, server_out, round_trip / 2, connected),
                _pump(server_in, client_out, round_trip / 2, connected),
            )
        for side in (server_out, client_out):
            side.transport.abort()
        await asyncio.sleep(0)

    async def serve() -> None:
        server = await asyncio.start_server(pass_on, "127.0.0.1", 0, backlog=100)
        own.append(server.sockets[0].getsockname()[1])
        ready.set()
        await finished.wait()
        server.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(timeout=20)
        yield own[0]
    finally:
        loop.call_soon_threadsafe(finished.set)
        thread.join()
        loop.close()


async def _pump(
    source: asyncio.StreamReader,
    sink: asyncio.StreamWriter,
    delay: float,
    connected: float,
) -> None:
    """Forward data, each piece with the same delay.

    Nothing is sent before `connected`, by the loop's clock.
    """
    loop = asyncio.get_running_loop()
    on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    def leaving() -> float:
        return max(loop.time(), connected)

    async def read() -> None:
        with suppress(ConnectionError):
            while data := await source.read(_CHUNK):
                on_the_way.put_nowait((leaving() + delay, data))
        on_the_way.put_nowait((leaving() + delay, b""))

    async def write() -> None:
        while True:
            due, data = await on_the_way.get()
            await asyncio.sleep(due - loop.time())
            if not data:
                break
            sink.write(data)
            await sink.drain()

    with suppress(ConnectionError):
        await asyncio.gather(read(), write())
    with suppress(ConnectionError, OSError):
        sink.write_eof()
