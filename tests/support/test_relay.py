"""The relay takes as long as a line of that length."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from time import monotonic

from tests.support.relay import relay

_ROUND_TRIP = 0.08


def echo(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        while data := connection.recv(100):
            connection.sendall(data)


def test_connecting_takes_a_round_trip_and_each_answer_another() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        echoing = threading.Thread(target=echo, args=(server,))
        echoing.start()
        with relay(server.getsockname()[1], _ROUND_TRIP) as port:
            took = []
            began = monotonic()
            with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
                for _ in range(2):
                    client.sendall(b"hello")
                    assert client.recv(100) == b"hello"
                    took.append(monotonic() - began)
                    began = monotonic()
        echoing.join()
    # Not less; a busy machine may take more.
    assert took[0] >= 2 * _ROUND_TRIP
    assert took[1] >= _ROUND_TRIP
