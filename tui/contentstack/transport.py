"""One HTTP connection pool to one region: headers, limits, deadlines, retries.

The only module that imports httpx, and only once a `Transport` is made: importing httpx and reading the
system's certificates takes about 100 ms, which no first paint waits for. Make a `Transport` in a thread.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import re
import socket
import ssl
import sys
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tui.contentstack.answers import Answer, refusal
from tui.contentstack.calling import Call, prepare
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import (
    BadAnswer,
    ContentstackError,
    Interrupted,
    Invalid,
    RateLimited,
    ServerFailed,
    TimedOut,
    TooLarge,
    Unreachable,
    cleaned,
)
from tui.contentstack.pace import Pacer, Sleep, backoff, retry_after
from tui.contentstack.regions import Region, host_of, is_loopback
from tui.secret import Secret

if TYPE_CHECKING:
    import httpx

_Message = MutableMapping[str, Any]
ASGIApp = Callable[
    [_Message, Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]], Awaitable[None]
]

LARGEST_ANSWER = 16 * 1024 * 1024
DEADLINE = 30.0
READ_TRIES = 3
LIMIT_TRIES = 8
LIMIT_PATIENCE = 120.0

_BROKEN = "The connection broke before the whole answer was here"


class Transport:
    """Sends requests to one region and answers with what came back, or raises a `ContentstackError`.

    Reads are tried again after any failure that may pass; writes only where Contentstack says that it did not
    execute them (status 429). Redirects are not followed, cookies not kept, `.netrc` not read; proxies are
    taken from the environment except for this machine's own addresses.

    Args:
        region: where to send.
        apps: base URL to an ASGI application in this process that answers for it, without a port.
        on_wait: called with the seconds ahead each time a request starts waiting because of status 429.
            Cancelling the task that made the request ends the wait.
        pacer: shared between transports of one region, or with a pace of one's own.
        sleep: waits between tries, for tests.
        deadline: seconds for one request with its retries, waits for the limit left out.
        largest: octets of an answer, decompressed.

    Raises:
        Unreachable: if the certificates or the proxy that the environment names cannot be used.
    """

    def __init__(
        self,
        region: Region,
        *,
        apps: Mapping[str, ASGIApp] | None = None,
        on_wait: Callable[[float], None] | None = None,
        pacer: Pacer | None = None,
        sleep: Sleep = asyncio.sleep,
        deadline: float = DEADLINE,
        largest: int = LARGEST_ANSWER,
    ) -> None:
        self.region = region
        self._on_wait = on_wait
        self._pacer = pacer or Pacer()
        self._sleep = sleep
        self._deadline = deadline
        self._largest = largest
        self._http = _open(region, apps or {})

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def request(  # noqa: PLR0913 - what a request can have
        self,
        method: str,
        path: str,
        *,
        credential: Credential | None = None,
        api_key: str = "",
        organization_uid: str = "",
        headers: Mapping[str, str | Secret] | None = None,
        query: Mapping[str, str] | None = None,
        body: object = None,
        bucket: str = "",
        base: str | None = None,
    ) -> Answer:
        """Send a request and return its answer, the status being 2xx.

        Args:
            method: "GET" is a read, everything else a write.
            path: below `/v3`, its parts already quoted.
            credential: signs the request.
            api_key: the stack's.
            organization_uid: the organization's, where it is to be sent.
            headers: further ones, for the delivery and preview APIs.
            query: parameters.
            body: JSON; a `Secret` within is sent revealed.
            bucket: uid of the organization whose limit this counts against, "" where it is not known.
            base: base URL of another API of the region instead of the management API's.

        Raises:
            ContentstackError: whatever went wrong.
        """
        base = self.region.cma if base is None else base
        if not base:
            raise Invalid(f"The region {self.region.name} has no URL for this API.", place=self.region.name)
        scoped = {"api_key": api_key, "organization_uid": organization_uid}
        call = prepare(
            method,
            f"{base}/v3{path}",
            f"{self.region.name}, {host_of(base)}",
            headers={name: value for name, value in scoped.items() if value}
            | (credential.headers() if credential else {})
            | dict(headers or {}),
            query=query or {},
            body=body,
        )
        return await self._carry_out(call, bucket)

    async def _carry_out(self, call: Call, bucket: str) -> Answer:
        waits, waited = 0, 0.0
        failures, left = 0, self._deadline
        while True:
            await self._pacer.turn(bucket, write=call.write)
            started = time.monotonic()
            outcome = await self._attempt(call, left)
            if isinstance(outcome, Answer):
                return outcome
            if isinstance(outcome, RateLimited):
                seconds = outcome.retry_after or backoff(waits, random.random())  # noqa: S311 - jitter
                if waits + 1 >= LIMIT_TRIES or waited + seconds > LIMIT_PATIENCE:
                    raise outcome
                if self._on_wait:
                    self._on_wait(seconds)
                await self._sleep(seconds)
                waits, waited, left = waits + 1, waited + seconds, self._deadline
                continue
            failures += 1
            pause = 0.1 * 2**failures * (1 + random.random() / 2)  # noqa: S311 - jitter
            left -= time.monotonic() - started + pause
            if call.write or failures >= READ_TRIES or left <= 0 or not _may_pass(outcome):
                raise outcome
            await self._sleep(pause)

    async def _attempt(self, call: Call, seconds: float) -> Answer | ContentstackError:
        """One try. Errors are returned, so that what is raised has no httpx request in its context."""
        import httpx  # noqa: PLC0415 - loaded with the first Transport

        if self._http.is_closed:
            raise call.lost(Interrupted, "The connection is closed", sent=False)
        try:
            async with (
                asyncio.timeout(seconds),
                self._http.stream(
                    call.method, call.url, headers=call.headers, params=call.query, content=call.content
                ) as response,
            ):
                return await self._judge(call, response)
        except TimeoutError:
            return call.lost(TimedOut, f"No answer within {self._deadline:.0f} seconds")
        except ContentstackError as error:
            return error
        except httpx.HTTPError as error:
            return _lost(call, error)

    async def _judge(self, call: Call, response: httpx.Response) -> Answer | ContentstackError:
        if 300 <= response.status_code < 400:
            return _redirected(call, response)
        body = await self._read(call, response)
        answer = call.answered(response.status_code, body)
        if response.is_success:
            return answer
        error = refusal(answer)
        if isinstance(error, RateLimited):
            error.retry_after = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
        return error

    async def _read(self, call: Call, response: httpx.Response) -> bytes:
        """The body, decompressed no further than the cap: httpx would inflate each chunk whole."""
        encoding = response.headers.get("content-encoding", "").strip().casefold()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            reason = f"compressed as {encoding}, which was not asked for"
            raise call.answered(response.status_code).bad("$", reason)
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 32) if encoding not in ("", "identity") else None
        body = bytearray()
        try:
            async for chunk in response.aiter_raw():
                room = self._largest - len(body) + 1
                body += inflater.decompress(chunk, room) if inflater else chunk
                if len(body) > self._largest:
                    told = f"The answer is larger than {self._largest:,} bytes"
                    raise call.lost(TooLarge, told, status=response.status_code)
        except zlib.error:
            complete = False
        else:
            complete = inflater is None or inflater.eof or not body
        if not complete:
            raise call.lost(Interrupted, _BROKEN)
        return bytes(body)


def _may_pass(error: ContentstackError) -> bool:
    """Whether trying again could help: a certificate that is not trusted stays so."""
    if isinstance(error, Unreachable):
        return error.cause_kind != "tls"
    return isinstance(error, TimedOut | Interrupted | ServerFailed)


def _lost(call: Call, error: httpx.HTTPError) -> ContentstackError:
    """The error for a request that brought no whole answer."""
    import httpx  # noqa: PLC0415 - loaded with the first Transport

    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return _unreachable(call, error, by_proxy=isinstance(error, httpx.ProxyError))
    if isinstance(error, httpx.TimeoutException):
        return call.lost(TimedOut, "No answer in time", sent=not isinstance(error, httpx.PoolTimeout))
    return call.lost(Interrupted, _BROKEN)


def _unreachable(call: Call, error: Exception, *, by_proxy: bool) -> Unreachable:
    causes = _causes(error)
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        reason = cleaned(getattr(tls, "verify_message", "") or tls.reason or "TLS failed", limit=120)
        kind, told = "tls", f"The connection is not secure, {reason}"
    elif any(isinstance(cause, socket.gaierror) for cause in causes):
        kind, told = "dns", "No connection, the host's name could not be looked up"
    elif by_proxy:
        kind, told = "proxy", "No connection, the proxy did not make it"
    else:
        kind, told = "connect", "No connection, nothing answered"
    found = call.lost(Unreachable, told, sent=False)
    found.cause_kind = kind
    return found


def _causes(error: BaseException) -> list[BaseException]:
    """The error and all it came from."""
    found: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        each = todo.pop()
        if each is None or each in found:
            continue
        found.append(each)
        todo += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            todo += each.exceptions
    return found


def _redirected(call: Call, response: httpx.Response) -> BadAnswer:
    location = response.headers.get("location", "")
    target = re.match(r"https?://(?:[^/?#]*@)?([^/?#@]+)", location, re.IGNORECASE)
    where = cleaned(target[1], call.secrets, limit=120) if target else "another address"
    told = f"The request was redirected to {where} and not followed: a sign-in goes to its own host alone"
    error = call.lost(BadAnswer, told, sent=False, status=response.status_code)
    error.path = "$"
    return error


def _open(region: Region, apps: Mapping[str, ASGIApp]) -> httpx.AsyncClient:
    """The connection pool for the hosts of a region, or none at all where applications answer for them."""
    _load_httpx()
    from http.cookiejar import CookieJar, DefaultCookiePolicy  # noqa: PLC0415 - httpx has loaded it

    import httpx  # noqa: PLC0415 - loaded just above

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("this transport has no network", request=request)

    outside = [url for url in (region.cma, region.cda, region.preview) if url and url not in apps]
    remote = [url for url in outside if not is_loopback(url)]
    mounts: dict[str, httpx.AsyncBaseTransport | None] = {
        url: httpx.ASGITransport(_guarded(app)) for url, app in apps.items()
    }
    mounts |= {url: None for url in outside if is_loopback(url)}
    needs_trust = any(url.startswith("https:") for url in outside)
    place = f"{region.name}, {host_of(region.cma)}"
    trust = _trust(place) if needs_trust else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return httpx.AsyncClient(
            headers={"accept": "application/json", "accept-encoding": "gzip", "user-agent": _user_agent()},
            # A jar that accepts no domain: httpx would keep cookies otherwise.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(connect=10.0, read=20.0, write=20.0, pool=30.0),
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=10),
            verify=trust,
            trust_env=bool(remote),
            transport=None if outside else httpx.MockTransport(refuse),
            mounts=mounts,
            follow_redirects=False,
        )
    except (ValueError, ImportError, httpx.InvalidURL):
        # The proxy's URL may hold a password, so neither it nor httpx's error about it is passed on.
        error = Unreachable("The environment names a proxy that cannot be used (HTTPS_PROXY, ALL_PROXY).")
    error.cause_kind, error.place = "proxy", place
    raise error


def _trust(place: str) -> ssl.SSLContext:
    """The certificates to trust: the files the environment names, else the operating system's."""
    import truststore  # noqa: PLC0415 - only for hosts outside this machine

    cafile, capath = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not cafile and not capath:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=cafile or None, capath=capath or None)
    except OSError:
        named = "SSL_CERT_FILE" if cafile else "SSL_CERT_DIR"
    error = Unreachable(f"{named} names certificates that cannot be read.", place=place)
    error.cause_kind = "tls"
    raise error


def _load_httpx() -> None:
    """Import httpx without its command line, and keep its log records to itself.

    `httpx._main` would bring click and rich's console along: 77 ms and 3 MB for nothing. httpx takes its
    absence for a missing extra. Its log names URLs, httpcore's prints the headers of answers.
    """
    modules: MutableMapping[str, Any] = sys.modules
    if "httpx" not in modules:
        modules["httpx._main"] = None
        try:
            import httpx  # noqa: F401, PLC0415 - the import is the purpose
        finally:
            del modules["httpx._main"]
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL)
        logger.propagate = False


def _user_agent() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - not for the first paint

    try:
        return f"tokendeck/{version('tokendeck')}"
    except PackageNotFoundError:
        return "tokendeck"


def _guarded(app: ASGIApp) -> ASGIApp:
    """The application, failing the way a server does: by a connection that breaks."""
    import httpx  # noqa: PLC0415 - loaded with the first Transport

    async def guarded(
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        complete = False

        async def noted(message: _Message) -> None:
            nonlocal complete
            complete = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await app(scope, receive, noted)
        except Exception:  # another program's bug, whatever it is, must not become ours
            complete = False
        if not complete:
            raise httpx.RemoteProtocolError("the application broke off")

    return guarded
