"""The transport against real sockets on this machine.

What breaks, hangs or isn't trusted.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from tests.contentstack.fakes import CREDENTIAL, Clock, http, listening, raw_server
from tui.contentstack.errors import (
    ContentstackError,
    Interrupted,
    TimedOut,
    Unreachable,
)
from tui.contentstack.regions import REGIONS, Region, custom_region
from tui.contentstack.transport import Transport

REMOTE = "http://cma.example.invalid"


async def failure(transport: Transport, method: str) -> ContentstackError:
    with pytest.raises(ContentstackError) as caught:
        await transport.request(
            method,
            "/thing",
            headers=CREDENTIAL.headers(),
            body={} if method == "POST" else None,
        )
    await transport.aclose()
    assert caught.value.__context__ is None
    return caught.value


async def test_an_answer_over_a_socket() -> None:
    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        assert request.startswith(b"GET /v3/thing?a=1 HTTP/1.1\r\n")
        writer.write(http(b'{"ok": true}', headers="set-cookie: a=b\r\n"))

    async with raw_server(handle) as region:
        transport = Transport(region)
        answers = [
            await transport.request("GET", "/thing", query={"a": "1"}) for _ in range(2)
        ]
        await transport.aclose()
    assert [answer.object() for answer in answers] == [{"ok": True}] * 2


async def test_closing_ends_a_request_that_is_still_connecting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop, begun, goes_on = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    connect, accepted = loop.create_connection, []

    async def hanging(*args: Any, **options: Any) -> Any:
        begun.set()
        await goes_on.wait()
        return await connect(*args, **options)

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        accepted.append(request)
        writer.write(http(b"{}"))

    monkeypatch.setattr(loop, "create_connection", hanging)
    async with raw_server(handle) as region:
        transport = Transport(region)
        waiting = asyncio.create_task(transport.request("GET", "/thing"))
        await begun.wait()
        await transport.aclose()
        goes_on.set()
        with pytest.raises(Interrupted, match="The connection is closed"):
            await waiting
    assert not accepted


async def test_closing_waits_until_the_last_request_has_ended() -> None:
    arrived, ended = asyncio.Event(), asyncio.Event()

    async def connected(
        reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        arrived.set()
        await reader.read()
        ended.set()

    async with listening(connected) as port:
        transport = Transport(custom_region(cma=f"http://127.0.0.1:{port}"))
        waiting = asyncio.create_task(transport.request("POST", "/thing", body={}))
        await arrived.wait()
        await transport.aclose()
        await ended.wait()
        with pytest.raises(Interrupted) as caught:
            await waiting
    assert caught.value.may_have_happened


@pytest.mark.parametrize(
    "cut",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{",
        b"HTTP/1.1 2",
        b"nonsense\r\n\r\n",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_connection_that_breaks(method: str, cut: bytes) -> None:
    requests = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        requests.append(request)
        writer.write(cut)
        writer.close()

    async with raw_server(handle) as region:
        error = await failure(Transport(region, sleep=Clock().sleep), method)
    assert isinstance(error, Interrupted)
    assert len(requests) == (3 if method == "GET" else 1)
    assert error.may_have_happened is (method == "POST")


async def test_a_reset_connection() -> None:
    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        writer.transport.abort()

    async with raw_server(handle) as region:
        error = await failure(Transport(region), "POST")
    assert isinstance(error, Interrupted)
    assert error.may_have_happened


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("drip", [False, True])
async def test_the_deadline_is_over_the_whole_request(method: str, drip: bool) -> None:
    requests = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        requests.append(request)
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n" if drip else b""
        )
        while not writer.is_closing():
            writer.write(b" " if drip else b"")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with raw_server(handle) as region:
        error = await failure(Transport(region, deadline=0.2), method)
    assert isinstance(error, TimedOut)
    assert len(requests) == 1
    assert error.may_have_happened is (method == "POST")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_listens(method: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        region = custom_region(
            cma=f"http://127.0.0.1:{taken.getsockname()[1]}", name="Local"
        )
        clock = Clock()
        error = await failure(Transport(region, sleep=clock.sleep), method)
    assert isinstance(error, Unreachable)
    assert error.cause_kind == "connect"
    assert not error.may_have_happened
    assert "Local, 127.0.0.1:" in str(error)
    assert len(clock.naps) == (2 if method == "GET" else 0)


async def test_a_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    region = Region("x", "X", (), REMOTE, "", "")
    error = await failure(Transport(region, sleep=Clock().sleep), "POST")
    assert isinstance(error, Unreachable)
    assert error.cause_kind == "dns"
    assert not error.may_have_happened


async def test_proxies_are_used_and_netrc_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    requests = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        requests.append(request)
        writer.write(http(b"{}"))

    netrc = tmp_path / "netrc"
    netrc.write_text(
        "machine cma.example.invalid login ana password hunter22\n"
        "default login ana password hunter22\n"
    )
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    async with raw_server(handle) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.cma)
        transport = Transport(Region("x", "X", (), REMOTE, "", ""))
        await transport.request("GET", "/thing", headers=CREDENTIAL.headers())
        await transport.aclose()
    assert requests[0].startswith(
        b"GET http://cma.example.invalid/v3/thing HTTP/1.1\r\n"
    )
    assert b"authorization" not in requests[0].lower()


async def test_this_machine_is_reached_without_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request.split(b"\r\n")[0])
        writer.write(http(b"{}"))

    async with raw_server(handle) as local, raw_server(handle) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.cma)
        mixed = Region("x", "X", (), local.cma, "http://cda.example.invalid", "")
        for region in (local, mixed):
            transport = Transport(region)
            await transport.request("GET", "/thing")
            if region is mixed:
                await transport.request("GET", "/thing", base=region.cda)
            await transport.aclose()
    assert seen == [
        b"GET /v3/thing HTTP/1.1",
        b"GET /v3/thing HTTP/1.1",
        b"GET http://cda.example.invalid/v3/thing HTTP/1.1",
    ]


async def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(http(b"", status="403 Forbidden"))

    async with raw_server(handle) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.cma)
        region = custom_region(cma="https://cma.example.invalid")
        error = await failure(Transport(region, sleep=Clock().sleep), "POST")
    assert isinstance(error, Unreachable)
    assert error.cause_kind == "proxy"
    assert not error.may_have_happened


@pytest.mark.parametrize(
    "proxy",
    [
        "socks4://ana:hunter22@127.0.0.1:1",
        "gopher://ana:hunter22@x",
        "http://ana:hunter22@x:y",
    ],
)
async def test_a_proxy_that_cannot_be_used_is_not_quoted(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    clock = Clock()
    region = custom_region(cma="https://cma.example.invalid")
    error = await failure(Transport(region, sleep=clock.sleep), "GET")
    assert isinstance(error, Unreachable)
    assert error.cause_kind == "proxy"
    assert "hunter22" not in str(error)
    assert clock.naps == []


async def tls_failure_or_body(authority: trustme.CA) -> ContentstackError | bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(http(b"{}"))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    transport = Transport(
        custom_region(cma=f"https://localhost:{server.sockets[0].getsockname()[1]}")
    )
    try:
        return (await transport.request("GET", "/thing")).body
    except ContentstackError as error:
        return error
    finally:
        await transport.aclose()
        server.close()


async def test_a_certificate_nobody_vouches_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    error = await tls_failure_or_body(authority)
    assert isinstance(error, Unreachable)
    assert error.cause_kind == "tls"
    assert "certificate" in str(error)
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert await tls_failure_or_body(authority) == b"{}"


async def test_certificates_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    region = custom_region(cma="https://cma.example.invalid")
    for name, path in (
        ("SSL_CERT_FILE", tmp_path / "none.pem"),
        ("SSL_CERT_FILE", tmp_path),
    ):
        monkeypatch.setenv(name, str(path))
        error = await failure(Transport(region), "GET")
        assert isinstance(error, Unreachable)
        assert name in str(error)
        assert error.cause_kind == "certificates"


async def test_httpcore_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(http(b"{}", headers="set-cookie: a=b\r\n"))

    async with raw_server(handle) as region:
        transport = Transport(region)
        await transport.request("GET", "/thing", headers=CREDENTIAL.headers())
        await transport.aclose()
    assert [record for record in caplog.records if record.name.startswith("http")] == []


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.id)
async def test_nothing_in_the_environment_switches_off_the_check_of_certificates(
    monkeypatch: pytest.MonkeyPatch, region: Region
) -> None:
    for name in (
        "SSL_NO_VERIFY",
        "PYTHONHTTPSVERIFY",
        "CURL_CA_BUNDLE",
        "REQUESTS_CA_BUNDLE",
        "SSLKEYLOGFILE",
    ):
        monkeypatch.setenv(name, "" if name.endswith("BUNDLE") else "0")
    opened = await Transport(region).opened()
    pools = [opened._transport, *opened._mounts.values()]
    contexts = [
        pool._pool._ssl_context
        for pool in pools
        if isinstance(pool, httpx.AsyncHTTPTransport)
    ]
    assert contexts
    for context in contexts:
        assert context is not None
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname


@pytest.mark.parametrize("no_proxy", ["cma.example.invalid", ".example.invalid", "*"])
async def test_no_proxy_is_honoured(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str
) -> None:
    requests = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        requests.append(request)
        writer.write(http(b"{}"))

    async with raw_server(handle) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.cma)
        monkeypatch.setenv("NO_PROXY", no_proxy)
        error = await failure(
            Transport(Region("x", "X", (), REMOTE, "", ""), sleep=Clock().sleep), "POST"
        )
    assert isinstance(error, Unreachable)
    assert requests == []
