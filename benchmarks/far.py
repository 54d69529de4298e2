"""Measures how long users wait if Contentstack is a 150 ms round trip away."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import sleep

import trustme

from benchmarks.line import Line
from benchmarks.measure import Unseen
from tests.judges.tls_end import tls_end
from tests.sandbox.served import serving
from tests.support.relay import relay

_ROUND_TRIP = 150.0
_STARTS = 5
_FRAME, _ROWS, _ROLE = b"help", b"web-production", b"Admin"
_STACKS, _ENTER = "w", "\r"
_OTHER, _OTHER_ROWS = b"Press", b"press-staging"


def distance_lines(*, secure: bool) -> Iterator[Line]:
    """Measure the time to the rows, at the start and for another stack.

    A start may take a round trip to connect, one for TLS and one for the rows; the
    first overlaps with loading the program. Another stack takes one: less than two.
    """
    trips, words = (3.3, "TLS 1.3") if secure else (2.3, "plain HTTP")
    rows, everything, others = [], [], []
    with _far_sandbox(secure=secure) as (command, env):
        for _ in range(_STARTS):
            with closing(Unseen(command, env)) as program:
                frame = program.milliseconds_to(_FRAME)
                rows.append(program.milliseconds_to(_ROWS) - frame)
                everything.append(program.milliseconds_to(_ROLE) - frame)
                others.append(_another_stack(program))
    of = f"{_ROUND_TRIP:.0f} ms away, {words}, median of {_STARTS}"
    lines = (
        (f"first frame to the rows, {of}", rows, trips),
        (f"first frame to the role, which comes last, {of}", everything, trips + 1),
        (f"another stack chosen, to its rows, {of}", others, 2),
    )
    for what, times, most in lines:
        median = statistics.median(times)
        yield Line(what, median, None, most * _ROUND_TRIP, "ms")


def _another_stack(program: Unseen) -> float:
    # The start has used up the organization's rate limit for this second.
    sleep(1)
    program.press(_STACKS)
    program.milliseconds_to(_OTHER)
    program.press(_OTHER.decode())
    program.press(_ENTER)
    return program.milliseconds_to(_OTHER_ROWS)


@contextmanager
def _far_sandbox(*, secure: bool) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Serve a sandbox; yield a command that opens it, and its environment."""
    with ExitStack() as stack:
        served = stack.enter_context(serving())
        scheme, port = "http", _port_of(served.info["cma"])
        env = {"CONTENTSTACK_AUTHTOKEN": served.user()["authtoken"]}
        if secure:
            authority = trustme.CA()
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            trusted = Path(folder) / "ca.pem"
            authority.cert_pem.write_to_path(str(trusted))
            env["SSL_CERT_FILE"] = str(trusted)
            scheme, (port,) = "https", stack.enter_context(tls_end(authority, port))
        port = stack.enter_context(relay(port, _ROUND_TRIP / 1000))
        program = str(Path(sys.executable).with_name("tokendeck"))
        cma, cda = f"{scheme}://127.0.0.1:{port}", served.info["cda"]
        yield (
            [program, "--cma", cma, "--cda", cda, "--stack", served.api_key],
            env,
        )


def _port_of(url: str) -> int:
    return int(url.rpartition(":")[2])
