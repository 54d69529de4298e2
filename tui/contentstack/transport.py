"""One HTTP connection pool to one region: headers, limits, deadlines, retries.

The only module that imports httpx, and only once a `Transport` is created: importing
httpx and reading the system's certificates takes about 100 ms, which no first paint
waits for. Create a `Transport` in a thread.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
import sys
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from tui.contentstack import errors
from tui.contentstack.errors import ContentstackError
from tui.contentstack.exchange import Answer, Call, judged, prepare
from tui.contentstack.pace import (
    PER_SECOND,
    READ_TRIES,
    Pacer,
    Sleep,
    Tries,
    retry_after,
)
from tui.contentstack.regions import Region, host_of, is_loopback
from tui.contentstack.server_clock import ServerClock
from tui.secret import Secret

if TYPE_CHECKING:
    import httpx

ASGIApp = Callable[
    [Any, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]],
    Awaitable[None],
]

LARGEST_ANSWER = 16 * 1024 * 1024
DEADLINE = 30.0
# Shorter than the deadline, so that a connection that was never made is told from an
# answer that never came.
_CONNECT = 10.0
_UNPACED = 10_000

# Signing in and out changes nothing of a stack.
_SESSION = {
    ("POST", "/user-session"),
    ("POST", "/user/request_token_sms"),
    ("DELETE", "/user-session"),
}

_BROKEN = "The connection broke before the whole answer was here"

_CLOCK = "or this machine's clock is wrong"
_STRANGER = (
    "nobody whom this machine trusts vouches for the server's certificate."
    " Where a proxy opens TLS, `ca_file` can name its certificate authority"
)
_OTHER_HOST = "the server's certificate is for another host"
_OBJECTIONS = {
    9: f"the server's certificate is not valid yet, {_CLOCK}",
    10: f"the server's certificate has expired, {_CLOCK}",
    18: _STRANGER,
    19: _STRANGER,
    20: _STRANGER,
    21: _STRANGER,
    62: _OTHER_HOST,
    64: _OTHER_HOST,
}
"""By OpenSSL's number (X509_V_ERR_…)."""

_Cause = TypeVar("_Cause", bound=BaseException)


class Transport:
    """Sends requests to one region; an error is always a `ContentstackError`.

    Reads are tried again after any failure that may pass; writes only where
    Contentstack says that it did not execute them (status 429). Redirects are not
    followed, cookies not kept, `.netrc` not read. Proxies are taken from the
    environment, except for this machine's own addresses.

    Cancelling the task that makes a request ends its waits at once. A write that is
    cancelled on its way may still be carried out.

    Args:
        region: where to send.
        apps: base URL to an ASGI application that answers for it in this process,
            without a port.
        on_wait: called with the seconds ahead each time a request starts waiting
            because of status 429.
        read_only: refuse every write but those of signing in and out, before anything
            is sent.
        pacer: tests have their own, and their own `sleep`.
        deadline: seconds for one request with its retries, waits for the limit left
            out.
        largest: octets of an answer, decompressed.

    Raises:
        Unreachable: if the certificates or the proxy that the environment names can't
            be used.
    """

    def __init__(
        self,
        region: Region,
        *,
        apps: Mapping[str, ASGIApp] | None = None,
        on_wait: Callable[[float], None] | None = None,
        read_only: bool = False,
        pacer: Pacer | None = None,
        sleep: Sleep = asyncio.sleep,
        deadline: float = DEADLINE,
        largest: int = LARGEST_ANSWER,
    ) -> None:
        self.region = region
        self.read_only = read_only
        self._on_wait = on_wait
        # What answers in this process has no limit that is shared with others.
        self._pacer = pacer or Pacer(_UNPACED if apps else PER_SECOND)
        self._sleep = sleep
        self._deadline = deadline
        self._largest = largest
        self.server_clock = ServerClock()
        connect = min(_CONNECT, deadline / READ_TRIES)
        self._http = _open(region, apps or {}, connect=connect)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def request(
        self,
        method: str,
        path: str,
        *,
        api_key: str = "",
        headers: Mapping[str, str | Secret] | None = None,
        query: Mapping[str, str] | None = None,
        body: object = None,
        bucket: str = "",
        base: str | None = None,
    ) -> Answer:
        """Send a request and return its answer, the status being 2xx.

        All but "GET" is a write. `path` is below `/v3`, its parts already quoted, and
        of the management API unless `base` is the URL of another one. A `Secret` in the
        headers or the body is sent revealed. `bucket` is the uid of the organization
        whose limit this counts against, "" where it is not known.
        """
        base = self.region.cma if base is None else base
        if not base:
            what = f"The region {self.region.name} has no URL for this API"
            raise errors.Invalid(what)
        place = f"{self.region.name}, {host_of(base)}"
        if self.read_only and method != "GET" and (method, path) not in _SESSION:
            what = "Tokendeck is read-only here, so nothing was sent"
            raise errors.ReadOnly(what, place=place)
        headers = {**(headers or {}), **({"api_key": api_key} if api_key else {})}
        call = prepare(method, f"{base}/v3{path}", place, headers, query or {}, body)
        return await self._carry_out(call, bucket)

    async def _carry_out(self, call: Call, bucket: str) -> Answer:
        """Try until there is an answer, or an error that no other try may change."""
        tries = Tries(self._deadline)
        while True:
            await self._pacer.turn(bucket, write=call.write)
            started = time.monotonic()
            outcome = await self._attempt(call, tries.seconds_left)
            if isinstance(outcome, Answer):
                return outcome
            limited = _asks_for_less(outcome, call)
            if limited:
                pause = tries.wait_for_limit(limited.retry_after)
            elif _is_worth_a_try(outcome, call):
                pause = tries.wait_after_failure(time.monotonic() - started)
            else:
                pause = None
            if pause is None:
                raise outcome
            if limited and self._on_wait:
                self._on_wait(pause)
            await self._sleep(pause)

    async def _attempt(self, call: Call, seconds: float) -> Answer | ContentstackError:
        """Try once.

        Errors are returned, so that what is raised has no httpx request in its context.
        """
        import httpx  # noqa: PLC0415 - loaded with the first Transport

        if self._http.is_closed:
            raise call.lost(errors.Interrupted, "The connection is closed", sent=False)
        request = self._http.stream(
            call.method,
            call.url,
            headers=call.headers,
            params=call.query,
            content=call.content,
        )
        try:
            async with asyncio.timeout(seconds), request as response:
                return await self._judge(call, response)
        except TimeoutError:
            what = f"No answer within {self._deadline:.0f} seconds"
            return call.lost(errors.TimedOut, what)
        except ContentstackError as error:
            return error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return _unreachable(call, error)
        except httpx.ProxyError as error:
            return _unreachable(call, error, by_proxy=True)
        except httpx.TimeoutException as error:
            sent = not isinstance(error, httpx.PoolTimeout)
            return call.lost(errors.TimedOut, "No answer in time", sent=sent)
        except httpx.HTTPError:
            return call.lost(errors.Interrupted, _BROKEN)

    async def _judge(
        self, call: Call, response: httpx.Response
    ) -> Answer | ContentstackError:
        # What a redirection says is in its headers, and its body may be endless.
        body = b"" if response.is_redirect else await self._read(call, response)
        headers = response.headers
        server, location = headers.get("server", ""), headers.get("location", "")
        outcome = judged(Answer(call, response.status_code, body, server, location))
        now = datetime.now(UTC)
        # A delivery network may answer with a page, and a date, of hours ago.
        is_ours = self.region.cma and call.url.startswith(self.region.cma)
        if is_ours and not isinstance(outcome, errors.NotContentstack):
            self.server_clock.hear(headers.get("date"), now)
        if isinstance(outcome, errors.RateLimited | errors.NotContentstack):
            there = now + self.server_clock.ahead
            outcome.retry_after = retry_after(headers.get("retry-after"), there)
        return outcome

    async def _read(self, call: Call, response: httpx.Response) -> bytes:
        """Read the body, decompressed no further than the cap.

        httpx would inflate each chunk whole.
        """
        inflater = _inflater(call, response)
        body = bytearray()
        try:
            async for chunk in response.aiter_raw():
                room = self._largest - len(body) + 1
                body += inflater.decompress(chunk, room) if inflater else chunk
                if len(body) > self._largest:
                    raise self._too_large(call, response.status_code)
        except zlib.error:
            raise call.lost(errors.Interrupted, _BROKEN) from None
        if body and inflater and not inflater.eof:
            raise call.lost(errors.Interrupted, _BROKEN)
        return bytes(body)

    def _too_large(self, call: Call, status: int) -> errors.BadAnswer:
        return errors.BadAnswer(
            f"The answer is larger than {self._largest:,} bytes",
            place=call.place,
            status=status,
            may_have_happened=call.write,
        )


def _inflater(call: Call, response: httpx.Response) -> zlib._Decompress | None:
    """Return what decompresses the body; None for a body that comes as it is."""
    named = response.headers.get("content-encoding", "identity")
    encoding = named.strip().casefold()
    if encoding in ("", "identity"):
        return None
    if encoding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(zlib.MAX_WBITS | 32)
    told = f"compressed as {encoding}, which was not asked for"
    raise Answer(call, response.status_code).bad("$", told)


def _unreachable(
    call: Call, error: httpx.TransportError, *, by_proxy: bool = False
) -> errors.Unreachable:
    tls = _cause(error, ssl.SSLError)
    if tls:
        kind, what = "tls", f"The connection is not secure, {_objection(tls)}"
    elif _cause(error, socket.gaierror):
        kind, what = "dns", "No connection, the host's name could not be looked up"
    elif by_proxy:
        kind, what = "proxy", "No connection, the proxy did not make it"
    else:
        kind, what = "connect", "No connection, nothing answered"
    return errors.Unreachable(what, place=call.place, cause_kind=kind)


def _objection(error: ssl.SSLError) -> str:
    """Return what is wrong with a certificate, in our words or else in those of TLS."""
    known = _OBJECTIONS.get(getattr(error, "verify_code", 0))
    said = getattr(error, "verify_message", "") or error.reason or "TLS failed"
    return known or errors.cleaned(said, limit=120)


def _cause(error: BaseException | None, kind: type[_Cause]) -> _Cause | None:
    """Return the error of that kind which this one came from."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error


def _is_worth_a_try(outcome: ContentstackError, call: Call) -> bool:
    """Whether a failure may pass, and what failed is no write."""
    may_pass = isinstance(outcome, errors.MayPass) and outcome.tried_again
    return may_pass and not call.write


def _asks_for_less(
    outcome: ContentstackError, call: Call
) -> errors.RateLimited | errors.NotContentstack | None:
    """Return the outcome if it is a wish for fewer requests, and may be tried again.

    Only Contentstack's own says of a write that it was not carried out.
    """
    if isinstance(outcome, errors.RateLimited):
        return outcome
    if isinstance(outcome, errors.NotContentstack) and outcome.status == 429:
        return None if call.write else outcome
    return None


def _open(
    region: Region, apps: Mapping[str, ASGIApp], *, connect: float
) -> httpx.AsyncClient:
    """Open the pool for those hosts of a region that no application answers for."""
    _load_httpx()
    from http.cookiejar import CookieJar, DefaultCookiePolicy  # noqa: PLC0415 - httpx has loaded it

    import httpx  # noqa: PLC0415 - loaded just above

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("this transport has no network", request=request)

    bases = (region.cma, region.cda, region.preview)
    outside = [url for url in bases if url and url not in apps]
    local = [url for url in outside if is_loopback(url)]
    mounts: dict[str, httpx.AsyncBaseTransport | None] = {
        url: _inside(app) for url, app in apps.items()
    }
    # None stands for the network without a proxy.
    mounts.update(dict.fromkeys(local))
    secure = any(url.startswith("https:") for url in outside)
    trust = _trust() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return httpx.AsyncClient(
            headers={
                "accept": "application/json",
                "accept-encoding": "gzip",
                "user-agent": "tokendeck",
            },
            # A jar that accepts no domain: httpx would keep cookies otherwise.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(connect=connect, read=20.0, write=20.0, pool=30.0),
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=10),
            verify=trust,
            trust_env=local != outside,
            transport=None if outside else httpx.MockTransport(refuse),
            mounts=mounts,
            follow_redirects=False,
        )
    except (ValueError, ImportError, httpx.InvalidURL):
        # The proxy's URL may hold a password, so neither it nor httpx's error about it
        # is passed on.
        variables = "(HTTPS_PROXY, ALL_PROXY)"
    what = f"The environment names a proxy that cannot be used {variables}"
    raise errors.Unreachable(what, cause_kind="proxy")


def _trust() -> ssl.SSLContext:
    """Trust the files that the environment names, else what the system trusts."""
    import truststore  # noqa: PLC0415 - only for hosts outside this machine

    cafile, capath = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not cafile and not capath:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=cafile or None, capath=capath or None)
    except OSError:
        named = "SSL_CERT_FILE, or the profile's ca_file," if cafile else "SSL_CERT_DIR"
    what = f"{named} names certificates that cannot be read"
    raise errors.Unreachable(what, cause_kind="tls")


def _load_httpx() -> None:
    """Import httpx without its command line, and keep its log records to itself.

    `httpx._main` would load rich's console for nothing. httpx takes its absence for a
    missing extra, and a command without a screen has loaded after 216 ms instead of 252
    (medians of 15 starts in turn). Its log names URLs, httpcore's prints the headers of
    answers.
    """
    modules: MutableMapping[str, Any] = sys.modules
    if "httpx" not in modules:
        modules["httpx._main"] = None
        try:
            import httpx  # noqa: F401, PLC0415 - the import is the purpose
        finally:
            # Another thread may have been here first.
            modules.pop("httpx._main", None)
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        # Whoever gave it a handler before hides secrets, and wants to know.
        if not logger.handlers:
            logger.setLevel(logging.CRITICAL)
            logger.propagate = False


def _inside(app: ASGIApp) -> httpx.ASGITransport:
    """Return the way to an application, which fails by breaking off, as servers do."""
    import httpx  # noqa: PLC0415 - loaded with the first Transport

    class Inside(httpx.ASGITransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            try:
                return await super().handle_async_request(request)
            except Exception:
                # Another program's bug, whatever it is, must not become ours.
                raise httpx.RemoteProtocolError("the application broke off") from None

    return Inside(app)
