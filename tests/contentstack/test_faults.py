"""Every fault met by every call.

Each ends with a sentence in time, and nothing leaks, repeats or hangs.

`make test` tries every fault once with each kind of call, `make soak` with every
call.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import socket
import time
import warnings
from collections.abc import Callable

import pytest

from tests.contentstack.fakes import API_KEY, CREDENTIAL, REGION, Clock, listening
from tests.contentstack.faults import ENDPOINTS, FAULTS, SECRETS, Endpoint, Fault, stage
from tui.contentstack.client import Client, StackClient
from tui.contentstack.errors import (
    ContentstackError,
    NotContentstack,
    ReadOnly,
)
from tui.contentstack.pace import READ_TRIES, Pacer
from tui.contentstack.transport import Transport
from tui.contentstack.verify import ProbeResult, Verdict

SHORT, LONG = 0.6, 10.0
LARGEST = 1_000_000


def cells(first: bool) -> list[object]:
    mark = () if first else (pytest.mark.soak,)
    return [
        pytest.param(fault, endpoint, marks=mark, id=f"{endpoint.name}: {fault.name}")
        for endpoint in ENDPOINTS
        if endpoint.first is first
        for fault in FAULTS
    ]


def test_the_table_holds_every_call_of_the_client_and_each_kind_once() -> None:
    public = {
        name
        for kind in (Client, StackClient)
        for name, member in vars(kind).items()
        if inspect.iscoroutinefunction(member) and not name.startswith("_")
    }
    assert {endpoint.name.partition(" ")[0] for endpoint in ENDPOINTS} == public
    kinds = [endpoint.kind for endpoint in ENDPOINTS if endpoint.first]
    assert sorted(kinds) == sorted({endpoint.kind for endpoint in ENDPOINTS})


@pytest.mark.short
@pytest.mark.parametrize(
    ("fault", "endpoint"), [*cells(first=True), *cells(first=False)]
)
async def test_a_fault_ends_in_a_sentence_and_in_nothing_else(
    fault: Fault,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    clock = Clock()
    deadline = SHORT if fault.hangs else LONG
    async with stage(fault, monkeypatch) as staged:
        pacer = Pacer(clock=clock, sleep=clock.sleep)
        transport = Transport(
            staged.region,
            pacer=pacer,
            sleep=clock.sleep,
            deadline=deadline,
            largest=LARGEST,
        )
        client = Client(transport, CREDENTIAL)
        started = time.monotonic()
        outcome = await outcome_of(endpoint, client)
        taken = time.monotonic() - started
        await transport.aclose()
    # Don't count time when other processes have the processor.
    assert taken < deadline + 5
    assert staged.elsewhere == []
    if isinstance(outcome, ContentstackError):
        sentence_is_clear(outcome)
        assert isinstance(outcome, NotContentstack) is fault.foreign
        assert all(type(each).__module__.startswith("tui.") for each in chain(outcome))
        write = endpoint.kind not in ("list", "get")
        assert outcome.may_have_happened is (write and fault.doubt)
        is_said = "It may or may not have happened" in str(outcome)
        assert is_said is outcome.may_have_happened
    elif isinstance(outcome, ProbeResult):
        assert outcome.finding is not Verdict.WORKS
        assert outcome.finding is Verdict.NO_VERDICT or not fault.foreign
        assert outcome.said.isprintable()
        assert not [secret for secret in SECRETS if secret in outcome.said]
    else:
        assert fault.lenient
    writes = [
        request
        for request in staged.seen
        if not request.startswith(b"GET ") and request
    ]
    assert len(writes) <= (8 if fault.waits else 1)
    assert len(staged.seen) <= (8 if fault.waits else READ_TRIES + 2)
    assert all(nap <= 120 for nap in clock.naps)
    record_property("faults met", 1)


async def outcome_of(endpoint: Endpoint, client: Client) -> object:
    """Return a call's result, or the error that it raises."""
    try:
        return await endpoint.call(client, client.stack(API_KEY))
    except ContentstackError as error:
        return error


def chain(error: BaseException | None) -> list[BaseException]:
    """Return the error and all its causes.

    An httpx exception among them would contain the request's headers.
    """
    return [error, *chain(error.__context__)] if error is not None else []


def sentence_is_clear(error: ContentstackError) -> None:
    told = f"{error} {vars(error)}"
    assert not [secret for secret in SECRETS if secret in told]
    assert str(error).isprintable()
    assert str(error).endswith((".", "?"))
    assert 20 < len(str(error)) < 1200
    assert error.place in str(error)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
async def test_read_only_sends_no_write_at_all(endpoint: Endpoint) -> None:
    sent: list[bytes] = []

    async def note(scope: object, _receive: object, _send: object) -> None:
        sent.append(scope["method"])  # type: ignore[index]  # an ASGI scope

    apps = dict.fromkeys((REGION.cma, REGION.cda, REGION.preview), note)
    transport = Transport(REGION, apps=apps, read_only=True, sleep=Clock().sleep)
    outcome = await outcome_of(endpoint, Client(transport, CREDENTIAL))
    await transport.aclose()
    changes = endpoint.kind in ("create", "update", "delete")
    assert isinstance(outcome, ReadOnly) is changes
    assert bool(sent) is not changes


async def test_a_cancelled_call_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = next(fault for fault in FAULTS if fault.name == "no answer in time")
    for endpoint in ENDPOINTS:
        async with stage(silent, monkeypatch) as staged:
            transport = Transport(staged.region, deadline=60)
            client = Client(transport, CREDENTIAL)
            task = asyncio.ensure_future(endpoint.call(client, client.stack(API_KEY)))
            while not staged.seen:  # noqa: ASYNC110 - the table's servers know no event
                await asyncio.sleep(0.005)
            started = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert time.monotonic() - started < 2
            await transport.aclose()


@pytest.mark.parametrize("turns", range(6))
async def test_the_servers_of_the_table_leave_no_connection_open(turns: int) -> None:
    async def connected(
        _reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
    ) -> None:
        await asyncio.sleep(60)

    with socket.socket() as late, warnings.catch_warnings():
        warnings.simplefilter("error")
        async with listening(connected) as port:
            late.connect(("127.0.0.1", port))
            for _ in range(turns):
                await asyncio.sleep(0)
        gc.collect()
