"""Untrusted certificates, and a proxy that intercepts TLS, on real sockets."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from tests.contentstack.fakes import CREDENTIAL, Clock, http, listening
from tui.contentstack.errors import ContentstackError, Unreachable
from tui.contentstack.regions import custom_region
from tui.contentstack.transport import Transport

PAST = (datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))
FUTURE = (datetime(2090, 1, 1, tzinfo=UTC), datetime(2091, 1, 1, tzinfo=UTC))


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> trustme.CA:
    """An authority that this machine trusts, by what `ca_file` of a profile sets."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def answer_of(host: str) -> bytes | ContentstackError:
    """The body that comes, or why none does.

    A write, since those must not be in doubt.
    """
    transport = Transport(custom_region(cma=host, name="Local"), sleep=Clock().sleep)
    try:
        return (
            await transport.request("POST", "/x", headers=CREDENTIAL.headers(), body={})
        ).body
    except ContentstackError as error:
        return error
    finally:
        await transport.aclose()


async def met(certificate: trustme.LeafCert, host: str = "localhost") -> Unreachable:
    """What is said of a server with this certificate, to which nothing is sent."""
    seen: list[bytes] = []

    async def connected(
        reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
    ) -> None:
        seen.append(await reader.read(100))

    async with listening(connected, context_of(certificate)) as port:
        error = await answer_of(f"https://{host}:{port}")
    assert isinstance(error, Unreachable)
    assert (error.cause_kind, error.may_have_happened) == ("tls", False)
    assert seen in ([], [b""])
    return error


@pytest.mark.parametrize(
    ("valid", "words"),
    [(PAST, "has expired"), (FUTURE, "isn't valid yet")],
    ids=["past", "future"],
)
async def test_a_certificate_of_another_time_may_be_the_clocks_fault(
    trusted: trustme.CA, valid: tuple[datetime, datetime], words: str
) -> None:
    error = await met(
        trusted.issue_cert("localhost", not_before=valid[0], not_after=valid[1])
    )
    assert str(error).startswith(
        f"The connection isn't secure: the server's certificate {words},"
        " or this machine's clock is wrong"
    )


@pytest.mark.parametrize(
    ("host", "names"), [("localhost", ["other.example"]), ("127.0.0.1", ["localhost"])]
)
async def test_a_certificate_for_another_host(
    trusted: trustme.CA, host: str, names: list[str]
) -> None:
    error = await met(trusted.issue_cert(*names), host)
    assert "the server's certificate is for another host (Local, " in str(error)


async def test_a_certificate_that_nobody_vouches_for(authority: trustme.CA) -> None:
    error = await met(authority.issue_cert("localhost"))
    assert "certificate isn't trusted" in str(error)
    assert "`ca_file`" in str(error)


async def test_a_port_without_tls_is_told_in_words() -> None:
    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read(100)
        writer.write(http(b"{}", status="400 Bad Request"))
        await writer.drain()

    async with listening(connected) as port:
        error = await answer_of(f"https://localhost:{port}")
    assert isinstance(error, Unreachable)
    assert "there is no TLS on this port" in str(error)
    assert not error.may_have_happened


@asynccontextmanager
async def opening_proxy(
    certificate: trustme.LeafCert, seen: list[bytes], cut: bool = False
) -> AsyncIterator[str]:
    """Run a proxy that terminates each tunnel itself and answers for the server."""
    context = context_of(certificate)

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        if cut:
            return
        try:
            await writer.start_tls(context)
        except (ssl.SSLError, ConnectionError):
            return
        seen.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(http(b'{"by": "proxy"}'))
        await writer.drain()

    async with listening(connected) as port:
        yield f"http://127.0.0.1:{port}"


async def test_a_proxy_that_opens_tls_sees_nothing_unless_it_is_trusted(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[bytes] = []
    async with opening_proxy(
        authority.issue_cert("cma.example.invalid"), seen
    ) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        error = await answer_of("https://cma.example.invalid")
        assert isinstance(error, Unreachable)
        assert error.cause_kind == "tls"
        assert not error.may_have_happened
        assert "If a proxy intercepts TLS, set `ca_file`" in str(error)
        assert seen == [b"CONNECT cma.example.invalid:443 HTTP/1.1"]

        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert await answer_of("https://cma.example.invalid") == b'{"by": "proxy"}'
        assert seen[-1] == b"POST /v3/x HTTP/1.1"


async def test_a_proxy_that_cuts_the_tunnel_has_carried_nothing_out(
    trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    async with opening_proxy(
        trusted.issue_cert("cma.example.invalid"), seen, cut=True
    ) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        error = await answer_of("https://cma.example.invalid")
    assert isinstance(error, Unreachable)
    assert not error.may_have_happened
