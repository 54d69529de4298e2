"""Real proxies that refuse, disconnect, hang or lie: errors say which part failed."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from tests.contentstack.fakes import CREDENTIAL, Clock, Connected, http, listening
from tui.contentstack import proxies
from tui.contentstack.errors import ContentstackError, Unreachable
from tui.contentstack.regions import custom_region
from tui.contentstack.transport import Transport

HOST = "cma.example.invalid"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Return a certificate authority that this machine trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


def context_of(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


async def met(
    *, method: str = "POST", deadline: float = 30.0, clock: Clock | None = None
) -> ContentstackError | bytes:
    """Return the outcome of a request through the environment's proxy."""
    clock = clock or Clock()
    region = custom_region(cma=f"https://{HOST}", name="Ours")
    transport = Transport(region, sleep=clock.sleep, deadline=deadline)
    body: dict[str, str] | None = {} if method == "POST" else None
    try:
        sent = transport.request(method, "/x", headers=CREDENTIAL.headers(), body=body)
        return (await sent).body
    except ContentstackError as error:
        return error
    finally:
        await transport.aclose()


def said(outcome: ContentstackError | bytes) -> str:
    """What is said of a write that surely was not carried out."""
    assert isinstance(outcome, Unreachable), outcome
    assert outcome.cause_kind == "proxy"
    assert not outcome.may_have_happened
    assert "hunter22" not in str(outcome)
    return str(outcome)


def answering(reply: bytes, seen: list[bytes] | None = None) -> Connected:
    """Return a proxy that sends everyone the same answer, and closes."""

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if seen is not None:
            seen.append(head)
        writer.write(reply)
        await writer.drain()

    return connected


@asynccontextmanager
async def proxy(
    monkeypatch: pytest.MonkeyPatch,
    connected: Connected,
    *,
    variable: str = "HTTPS_PROXY",
    scheme: str = "http",
    user: str = "",
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[str]:
    """A proxy that the environment names; yields what it is called in sentences."""
    async with listening(connected, tls) as port:
        host = "localhost" if tls else "127.0.0.1"
        monkeypatch.setenv(variable, f"{scheme}://{user}{host}:{port}")
        if scheme.startswith("socks"):
            yield f"SOCKS proxy {host}:{port} ({variable}={scheme}://…)"
        else:
            yield f"proxy {host}:{port} ({variable})"


@pytest.mark.parametrize(
    ("status", "why", "tries"),
    [
        ("403 Forbidden", "status 403, it blocks connections to this host", 1),
        ("407 Proxy Authentication Required", "status 407, it asks for a user name", 1),
        ("502 Bad Gateway", "status 502, it couldn't reach the host", 3),
        ("503 No", "status 503, it can't reach the host now", 3),
        ("504 Gateway Timeout", "status 504, the host didn't answer it in time", 3),
        ("418 \x1b[31mblt0123456789abcdef01", "status 418.", 3),
        ("301 Moved", "status 301.", 3),
    ],
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_a_refusal_is_told_with_its_number_and_reason(
    monkeypatch: pytest.MonkeyPatch, status: str, why: str, tries: int, variable: str
) -> None:
    seen: list[bytes] = []
    reply = http(b"<html>", status=status)
    async with proxy(monkeypatch, answering(reply, seen), variable=variable) as label:
        told = said(await met())
        assert len(seen) == 1
        await met(method="GET")
    assert told.startswith(f"The {label} refused the connection (Ours, {HOST}): ")
    assert why in told
    assert told.isprintable()
    assert len(seen) == 1 + tries
    assert all(head.startswith(f"CONNECT {HOST}:443 ".encode()) for head in seen)
    assert all(b"blt" not in head for head in seen)


async def test_a_password_that_is_not_taken_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[bytes] = []
    refusing = answering(http(b"", status="407 No"), seen)
    async with proxy(monkeypatch, refusing, user="ana:hunter22@"):
        told = said(await met())
    assert "rejected the user name and password in HTTPS_PROXY" in told
    assert "USER:PASSWORD" not in told
    assert b"Proxy-Authorization: Basic YW5hOmh1bnRlcjIy" in seen[0]


async def test_a_password_that_is_missing_is_asked_for_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refusing = answering(http(b"", status="407 No"))
    async with proxy(monkeypatch, refusing, variable="https_proxy") as label:
        told = said(await met())
    address = label.split()[1]
    assert f"Write https_proxy=http://USER:PASSWORD@{address}." in told


async def test_the_proxys_name_is_told_from_the_hosts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://ana:hunter22@proxy.invalid:3128")
    told = said(await met())
    start = "The proxy's name, proxy.invalid (HTTPS_PROXY), couldn't be looked up"
    assert told.startswith(start)
    assert "the host's name" not in told


async def test_the_proxys_port_is_told_from_the_hosts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("ALL_PROXY", address)
        told = said(await met())
    assert told.startswith(f"Nothing is listening at the proxy {address} (ALL_PROXY)")


async def test_the_proxy_that_a_connection_was_opened_with_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    transport = Transport(
        custom_region(cma=f"https://{HOST}", name="Ours"), sleep=clock.sleep
    )
    monkeypatch.setenv("HTTPS_PROXY", "gopher://127.0.0.1:1")
    try:
        await transport.opened()
        # Too late: the pool has connected by now, or failed.
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:2")
        with pytest.raises(Unreachable, match="gopher") as told:
            await transport.request("GET", "/x", headers=CREDENTIAL.headers())
        assert HOST in str(told.value)
        assert clock.naps == []
    finally:
        await transport.aclose()


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks"])
async def test_a_socks_proxy_is_named_with_its_scheme(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    pytest.importorskip("socksio")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://ana:hunter22@{address}")
        told = said(await met())
    label = f"the SOCKS proxy {address} (ALL_PROXY={scheme}://…)"
    assert told.startswith(f"Nothing is listening at {label}")
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://proxy.invalid")
    start = "The SOCKS proxy's name, proxy.invalid "
    assert said(await met()).startswith(f"{start}(ALL_PROXY={scheme}://…), couldn't")
    monkeypatch.setattr(proxies, "find_spec", lambda name: None)
    told = said(await met())
    assert told.startswith("ALL_PROXY names a proxy that Tokendeck can't use")
    assert f"it is a SOCKS proxy ({scheme}://)" in told


@pytest.mark.parametrize(
    "reply",
    [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 2", b"\x15\x03\x01\x00\x02\x02\x16"],
)
async def test_what_is_no_proxy_is_said_to_be_none(
    monkeypatch: pytest.MonkeyPatch, reply: bytes
) -> None:
    async with proxy(monkeypatch, answering(reply)) as label:
        told = said(await met())
    assert told.startswith(
        f"The {label} dropped the connection, or doesn't answer like a proxy"
    )


async def test_a_proxy_that_resets_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        writer.transport.abort()

    async with proxy(monkeypatch, reset) as label:
        told = said(await met())
    assert told.startswith(f"The {label} dropped the connection")


async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_hangs_leaves_no_write_in_doubt(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    pytest.importorskip("socksio")
    async with proxy(monkeypatch, hang, scheme=scheme) as label:
        told = said(await met(deadline=0.3))
    assert told.startswith(f"The {label} didn't answer in time")


async def test_the_host_behind_a_proxy_is_told_from_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected = b"HTTP/1.1 200 Connection established\r\n\r\n"
    async with proxy(monkeypatch, answering(connected)) as label:
        told = said(await met())
    assert told.startswith(
        f"The {label} connected, but the host dropped the connection"
    )


async def test_a_proxy_by_tls_is_trusted_as_a_host_is(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA
) -> None:
    tls = context_of(authority, "localhost")
    refusing = answering(http(b"", status="403 No"))
    async with proxy(monkeypatch, refusing, scheme="https", tls=tls) as label:
        told = said(await met())
    assert told.startswith(f"The {label} refused the connection")


async def test_tls_to_the_proxy_is_told_from_tls_to_the_host(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA
) -> None:
    tls = context_of(trustme.CA(), "localhost")
    refusing = answering(http(b"", status="403 No"))
    async with proxy(monkeypatch, refusing, scheme="https", tls=tls) as label:
        told = said(await met())
    assert told.startswith(f"No secure connection to the {label}")
    assert "the proxy's certificate isn't trusted" in told


async def test_a_plain_proxy_named_by_https_is_told_so(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA
) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(http(b"", status="400 Bad Request"))
        await writer.drain()

    async with proxy(monkeypatch, plain, scheme="https") as label:
        told = said(await met())
    assert told.startswith(f"No secure connection to the {label}")
    assert "there is no TLS on this port" in told
    assert "Most proxies need http:// in HTTPS_PROXY." in told


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h", "socks"])
async def test_an_answer_comes_by_a_proxy_that_looks_the_name_up(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, scheme: str
) -> None:
    pytest.importorskip("socksio")
    tls, seen = context_of(authority, HOST), list[bytes]()

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if scheme == "http":
            seen.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 Yes\r\n\r\n")
        else:
            assert await reader.readexactly(3) == b"\x05\x01\x00"
            writer.write(b"\x05\x00")
            seen.append(await reader.readexactly(5 + len(HOST) + 2))
            writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await writer.drain()
        await writer.start_tls(tls)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(http(b'{"by": "proxy"}'))
        await writer.drain()

    async with proxy(monkeypatch, connected, scheme=scheme, variable="ALL_PROXY"):
        assert await met(method="GET") == b'{"by": "proxy"}'
    assert HOST.encode() in seen[0]


@pytest.mark.parametrize(
    ("replies", "user", "words"),
    [
        ([b"\x05\xff"], "", "asks for a user name and password. Write ALL_PROXY="),
        ([b"\x05\x02", b"\x01\x01"], "ana:hunter22@", "rejected the user name"),
        ([b"\x05\x00", b"\x05\x04" + b"\x00\x01" + bytes(6)], "", "Host unreachable"),
        ([b"HTTP/1.1 400 Bad Request\r\n"], "", "doesn't answer like a proxy"),
        ([b""], "", "doesn't answer like a proxy"),
        ([b"\x05\x00", b"nonsense"], "", "doesn't answer like a proxy"),
    ],
)
async def test_a_socks_proxy_fails_in_words_too(
    monkeypatch: pytest.MonkeyPatch, replies: list[bytes], user: str, words: str
) -> None:
    pytest.importorskip("socksio")

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        for reply in replies:
            await reader.read(500)
            writer.write(reply)
            await writer.drain()

    async with proxy(
        monkeypatch, connected, scheme="socks5h", variable="ALL_PROXY", user=user
    ) as label:
        told = said(await met())
    assert words in told
    assert f"The {label}" in told


async def test_without_socks_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxies, "find_spec", lambda name: None)
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:1080")
    clock = Clock()
    told = said(await met(method="GET", clock=clock))
    assert told.startswith(
        f"ALL_PROXY names a proxy that Tokendeck can't use (Ours, {HOST}): it is a"
        " SOCKS proxy"
    )
    assert clock.naps == []


async def test_a_pool_is_opened_once_the_certificates_are_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "ca.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    transport = Transport(custom_region(cma="https://127.0.0.2.invalid", name="Ours"))
    for content, words in (
        (None, "isn't there"),
        ("no certificate", "has no PEM certificate in it"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "PEM"),
    ):
        if content is not None:
            bundle.write_text(content)
        with pytest.raises(Unreachable, match=words) as caught:
            await transport.request("GET", "/user")
        assert caught.value.cause_kind == "certificates"
    trustme.CA().cert_pem.write_to_path(str(bundle))
    with pytest.raises(Unreachable, match="couldn't look up the host name"):
        await transport.request("POST", "/user")
    await transport.aclose()


@pytest.mark.parametrize(
    ("variable", "kind", "words"),
    [
        ("SSL_CERT_FILE", "folder", "is a folder"),
        ("SSL_CERT_FILE", "pipe", "isn't a regular file"),
        ("SSL_CERT_FILE", "unreadable", "Permission denied"),
        ("SSL_CERT_DIR", "missing", "isn't there"),
        ("SSL_CERT_DIR", "file", "isn't a folder"),
        ("SSL_CERT_DIR", "folder", "has no certificate named by its hash"),
    ],
)
async def test_each_way_that_certificates_fail_has_its_words(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
    kind: str,
    words: str,
) -> None:
    place = tmp_path / "place"
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "file":
        place.touch()
    elif kind == "unreadable":
        place.touch()

        def refuse(**_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(ssl, "create_default_context", refuse)
    monkeypatch.setenv(variable, str(place))
    transport = Transport(custom_region(cma="https://cma.example.invalid"))
    with pytest.raises(Unreachable) as caught:
        await transport.request("GET", "/user")
    assert caught.value.cause_kind == "certificates"
    assert words in str(caught.value)
    assert str(place) in str(caught.value)
    assert variable in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://999.1.1.1", "https://a..b", "https://" + "a" * 70 + ".com"]
)
async def test_a_host_that_none_can_be_is_a_sentence(url: str) -> None:
    transport = Transport(custom_region(cma=url), sleep=Clock().sleep)
    with pytest.raises(Unreachable):
        await transport.request("GET", "/user")
    await transport.aclose()
