"""One HTTP connection pool to one region: headers, limits, deadlines, retries.

The only module that imports httpx, and only for the first request: importing httpx and
reading the system's certificates takes about 100 ms, and the first paint shouldn't wait
for that.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tui.contentstack import errors
from tui.contentstack.certificates import trusted
from tui.contentstack.connecting import Steps, failure
from tui.contentstack.errors import ContentstackError
from tui.contentstack.exchange import Answer, Call, judged, prepare
from tui.contentstack.in_flight import InFlight
from tui.contentstack.inflating import inflated
from tui.contentstack.line_ahead import KEPT_OPEN, LineAhead
from tui.contentstack.pace import (
    PER_SECOND,
    READ_TRIES,
    Pacer,
    Sleep,
    Tries,
    retry_after,
    whole_number,
)
from tui.contentstack.proxies import Proxy, proxy_to
from tui.contentstack.regions import Region, host_of
from tui.contentstack.retrying import asks_for_less, is_worth_a_try
from tui.contentstack.server_clock import ServerClock
from tui.contentstack.write_guard import WriteGuard
from tui.secret import Secret

if TYPE_CHECKING:
    import httpx

ASGIApp = Callable[
    [Any, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]],
    Awaitable[None],
]

LARGEST_ANSWER = 16 * 1024 * 1024
DEADLINE = 30.0
# Shorter than the deadline, to tell a connection that was never made from an answer
# that never came.
_CONNECT = 10.0
_UNPACED = 10_000
_CLOSED = "The connection is closed"

_MOST_CONNECTIONS = 100
"""Enough to read twenty organizations at the same time, each at its own pace."""
_RATE_LIMIT = ("x-ratelimit-limit", "x-ratelimit-remaining")


class Transport:
    """Sends requests to one region; an error is always a `ContentstackError`.

    Reads are retried after any failure that may pass, writes only if Contentstack says
    that it didn't carry them out (status 429). It doesn't follow redirects, keep
    cookies or read `.netrc`. Proxies come from the environment, except for this
    machine's own addresses.

    Cancelling the task that makes a request ends its waits at once. A write that is
    cancelled in flight may still be carried out.

    Args:
        region: where to send.
        apps: ASGI applications that answer in this process, without a port, by base
            URL.
        on_wait: called with the seconds to wait each time a request starts waiting
            because of status 429.
        read_only: refuse every write except signing in and out, before anything is
            sent.
        dry_run: raise `DryRun` instead of each such write, even if it's read-only.
        pacer: for tests, which also pass their own `sleep`.
        deadline: seconds for one request with its retries, not counting waits for the
            limit.
        largest: the most octets of an answer, decompressed.

    Attributes:
        ahead: a connection that was started early, for the first request.

    Creating one opens nothing and can't fail. The first request opens the connections,
    in a thread. If the certificates or proxy in the environment can't be used, that
    request fails with the error, and the next one tries again.
    """

    def __init__(
        self,
        region: Region,
        *,
        apps: Mapping[str, ASGIApp] | None = None,
        on_wait: Callable[[float], None] | None = None,
        read_only: bool = False,
        dry_run: bool = False,
        pacer: Pacer | None = None,
        sleep: Sleep = asyncio.sleep,
        deadline: float = DEADLINE,
        largest: int = LARGEST_ANSWER,
    ) -> None:
        self.region = region
        self._guard = WriteGuard(read_only, dry_run)
        self._on_wait = on_wait
        # Applications in this process have no limit that others share.
        self.pacer = pacer or Pacer(_UNPACED if apps else PER_SECOND)
        self._sleep = sleep
        self._deadline = deadline
        self._largest = largest
        self.server_clock = ServerClock()
        self._apps = apps or {}
        self.ahead: LineAhead | None = None
        self._http: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._in_flight = InFlight()
        self._closed = False

    async def aclose(self) -> None:
        """End the requests that are under way, and close the connections."""
        self._closed = True
        if self.ahead is not None:
            self.ahead.close()
        await self._in_flight.end()
        if self._http is not None:
            await self._http.aclose()

    async def opened(self) -> httpx.AsyncClient:
        """Return the pool; the first call opens it.

        Raises:
            Unreachable: if the environment's certificates or proxy can't be used.
        """
        async with self._opening:
            if self._http is None:
                connect = min(_CONNECT, self._deadline / READ_TRIES)
                self._http = await asyncio.to_thread(
                    _open, self.region, self._apps, self.ahead, connect=connect
                )
            return self._http

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
        """Send a request and return its answer if the status is 2xx.

        Everything except "GET" is a write. `path` is below `/v3`, already quoted, and
        in the management API unless `base` is another API's URL. A `Secret` in the
        headers or the body is sent revealed. `bucket` is the uid of the organization
        whose limit this counts against; if that isn't known, the stack's API key, or
        "".
        """
        base = self.region.cma if base is None else base
        if not base:
            what = f"The region {self.region.name} has no URL for this API"
            raise errors.Invalid(what)
        place = f"{self.region.name}, {host_of(base)}"
        query = query or {}
        self._guard.check(
            errors.DryRun(
                place=place, method=method, path=f"/v3{path}", query=query, body=body
            )
        )
        headers = {**(headers or {}), **({"api_key": api_key} if api_key else {})}
        call = prepare(method, f"{base}/v3{path}", place, headers, query, body)
        return await self._carry_out(call, bucket)

    async def _carry_out(self, call: Call, bucket: str) -> Answer:
        """Try until there's an answer, or an error that isn't worth retrying."""
        http = await self._ready(call)
        if isinstance(http, ContentstackError):
            raise http
        tries = Tries(self._deadline)
        while True:
            await self.pacer.turn(bucket, write=call.write)
            started = time.monotonic()
            outcome = await self._attempt(http, call, bucket, tries.seconds_left)
            if isinstance(outcome, Answer):
                return outcome
            limited = asks_for_less(outcome, call)
            if limited:
                pause = tries.wait_for_limit(limited.retry_after)
            elif is_worth_a_try(outcome, call) and not self._closed:
                pause = tries.wait_after_failure(time.monotonic() - started)
            else:
                pause = None
            if pause is None:
                raise outcome
            if limited:
                self.pacer.hold(bucket, pause, write=call.write)
            if limited and self._on_wait:
                self._on_wait(pause)
            await self._sleep(pause)

    async def _ready(self, call: Call) -> httpx.AsyncClient | ContentstackError:
        """Return the pool once it's open; it takes time, so do it before taking a turn.

        A returned error isn't worth retrying.
        """
        try:
            async with asyncio.timeout(self._deadline):
                return await self.opened()
        except errors.Unreachable as error:
            error.place = call.place
            return error
        except TimeoutError:
            what = "Couldn't read the certificates in time"
            return call.lost(errors.TimedOut, what, sent=False)

    async def _attempt(
        self, http: httpx.AsyncClient, call: Call, bucket: str, seconds: float
    ) -> Answer | ContentstackError:
        """Try once.

        Errors are returned, so that the one raised has no httpx request in its context.
        """
        import httpx  # noqa: PLC0415 - loaded as the pool was opened

        if self._closed:
            raise call.lost(errors.Interrupted, _CLOSED, sent=False)
        steps = Steps(tunnelled=call.url.startswith("https:"))
        request = http.stream(
            call.method,
            call.url,
            headers=call.headers,
            params=call.query,
            content=call.content,
            extensions={"trace": steps.note, "steps": steps},
        )
        try:
            async with self._in_flight.at_most(seconds), request as response:
                return await self._judge(call, bucket, response)
        except TimeoutError as error:
            if self._closed:
                sent = steps.at is None
                return call.lost(errors.Interrupted, _CLOSED, sent=sent)
            if steps.at is not None:
                return failure(call, error, steps, late=True)
            what = f"No answer within {self._deadline:.0f} seconds"
            return call.lost(errors.TimedOut, what)
        except ContentstackError as error:
            error.place = call.place
            return error
        except httpx.PoolTimeout:
            return call.lost(errors.TimedOut, "No answer in time", sent=False)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            late = isinstance(error, httpx.TimeoutException)
            return failure(call, error, steps, late=late, unconnected=True)
        except httpx.HTTPError as error:
            late = isinstance(error, httpx.TimeoutException)
            return failure(call, error, steps, late=late)
        finally:
            await steps.close()

    async def _judge(
        self, call: Call, bucket: str, response: httpx.Response
    ) -> Answer | ContentstackError:
        # All that matters in a redirect is in its headers, and its body may be endless.
        body = b"" if response.is_redirect else await self._read(call, response)
        headers = response.headers
        server, location = headers.get("server", ""), headers.get("location", "")
        outcome = judged(Answer(call, response.status_code, body, server, location))
        now = datetime.now(UTC)
        # A CDN may answer with a page, and a date, from hours ago.
        is_ours = self.region.cma and call.url.startswith(self.region.cma)
        if is_ours and not isinstance(outcome, errors.NotContentstack):
            self.server_clock.hear(headers.get("date"), now)
            limit, left = (whole_number(headers.get(name)) for name in _RATE_LIMIT)
            if limit is not None and left is not None:
                self.pacer.hear(bucket, limit, left, write=call.write)
        if isinstance(outcome, errors.RateLimited | errors.NotContentstack):
            there = now + self.server_clock.ahead
            outcome.retry_after = retry_after(headers.get("retry-after"), there)
        return outcome

    async def _read(self, call: Call, response: httpx.Response) -> bytes:
        answer = Answer(call, response.status_code)
        encoding = response.headers.get("content-encoding", "")
        return await inflated(answer, encoding, response.aiter_raw(), self._largest)


def _open(
    region: Region,
    apps: Mapping[str, ASGIApp],
    ahead: LineAhead | None,
    *,
    connect: float,
) -> httpx.AsyncClient:
    """Open the pool for a region's hosts; it refuses all others.

    Raises:
        Unreachable: if it can't be opened.
    """
    _load_httpx()
    import httpx  # noqa: PLC0415 - loaded just above

    try:
        if not apps:
            # Otherwise the first request would load it, on the event loop.
            import_module("anyio._backends._asyncio")
        return _pool(region, apps, ahead, connect)
    except (httpx.InvalidURL, ValueError, OSError, ImportError) as error:
        why = errors.cleaned(str(error), limit=120).rstrip(".")
    what = "Couldn't open a connection with these settings"
    raise errors.Unreachable(what, why=why, lasting=True)


def _pool(
    region: Region,
    apps: Mapping[str, ASGIApp],
    ahead: LineAhead | None,
    connect: float,
) -> httpx.AsyncClient:
    from http.cookiejar import CookieJar, DefaultCookiePolicy  # noqa: PLC0415 - httpx has loaded it

    import httpx  # noqa: PLC0415 - loaded before

    bases = (region.cma, region.cda, region.preview)
    outside = [url for url in bases if url and url not in apps]
    mounts: dict[str, httpx.AsyncBaseTransport | None] = {
        url: _inside(app) for url, app in apps.items()
    }
    mounts.update(_lines(outside, ahead))
    return httpx.AsyncClient(
        headers={
            "accept": "application/json",
            "accept-encoding": "gzip",
            "user-agent": "tokendeck",
        },
        # A jar that accepts no domains, because httpx keeps cookies otherwise.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=httpx.Timeout(connect=connect, read=20.0, write=20.0, pool=30.0),
        # `proxies` and `certificates` read the environment.
        trust_env=False,
        transport=_no_way(errors.Unreachable("No such host in this region")),
        mounts=mounts,
        follow_redirects=False,
    )


def _lines(
    urls: Iterable[str], ahead: LineAhead | None
) -> dict[str, httpx.AsyncBaseTransport]:
    """Return the transport for each URL; with an unusable proxy, it refuses all."""
    is_secure = any(url.startswith("https:") for url in urls)
    trust = trusted() if is_secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ways: dict[Proxy | None, httpx.AsyncBaseTransport] = {}
    lines = {}
    for url in urls:
        try:
            proxy = proxy_to(url)
        except errors.Unreachable as error:
            lines[url] = _no_way(error)
        else:
            if proxy not in ways:
                ways[proxy] = _line(proxy, trust, ahead)
            lines[url] = ways[proxy]
    return lines


def _no_way(why: errors.Unreachable) -> httpx.AsyncBaseTransport:
    """Return a transport that refuses every request."""
    import httpx  # noqa: PLC0415 - loaded as the pool is opened

    def refuse(_request: httpx.Request) -> httpx.Response:
        # A copy for each request, which gets that request's place.
        raise copy.copy(why)

    return httpx.MockTransport(refuse)


def _line(
    proxy: Proxy | None, trust: ssl.SSLContext, ahead: LineAhead | None
) -> httpx.AsyncHTTPTransport:
    """Return a transport, maybe through a proxy; it raises only httpx's errors."""
    import httpx  # noqa: PLC0415 - loaded as the pool is opened

    class Line(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            # The proxy it was opened with, whatever the environment says by now.
            request.extensions["steps"].proxy = proxy
            try:
                return await super().handle_async_request(request)
            except httpx.HTTPError:
                raise
            except Exception as error:
                # httpx lets some through: an impossible name, a SOCKS proxy's garbage.
                raise httpx.RemoteProtocolError("the line broke") from error

    by = None
    if proxy is not None:
        url = f"{proxy.scheme}://{proxy.address}"
        password = proxy.password
        auth = (proxy.user, password.reveal()) if password is not None else None
        context = trust if proxy.scheme == "https" else None
        by = httpx.Proxy(url, auth=auth, ssl_context=context)
    limits = httpx.Limits(
        max_connections=_MOST_CONNECTIONS,
        max_keepalive_connections=_MOST_CONNECTIONS,
        keepalive_expiry=KEPT_OPEN,
    )
    line = Line(verify=trust, trust_env=False, limits=limits, proxy=by)
    if ahead is not None:
        # A later httpcore may lack these parts; then the request connects by itself.
        with suppress(ImportError, AttributeError):
            _connect_by(ahead, line)
    return line


def _connect_by(ahead: LineAhead, line: httpx.AsyncHTTPTransport) -> None:
    """Use the connection that was started early as the first one, if it's open."""
    from anyio.abc import SocketStream  # noqa: PLC0415 - httpx has loaded them
    from httpcore import AnyIOBackend, AsyncNetworkStream  # noqa: PLC0415
    from httpcore._backends.anyio import AnyIOStream  # noqa: PLC0415

    class Begun(AnyIOBackend):
        async def connect_tcp(
            self, host: str, port: int, *more: object, **options: object
        ) -> AsyncNetworkStream:
            if begun := await ahead.take(host, port):
                # It may have been reset just now.
                with suppress(OSError, ValueError):
                    return AnyIOStream(await SocketStream.from_socket(begun))
            return await super().connect_tcp(host, port, *more, **options)  # type: ignore[arg-type]

    # httpx can't pass a backend on, see docs/decisions.md, Connections.
    line._pool._network_backend = Begun()


def _load_httpx() -> None:
    """Import httpx without its command line, and silence its log.

    `httpx._main` would load rich's console for nothing. If it's absent, httpx assumes
    that an extra is missing, and a command without a screen loads in 216 ms instead of
    252 (medians of 15 alternating starts). httpx logs URLs, and httpcore the headers of
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
        # If it already has a handler, that one hides secrets and wants the records.
        if not logger.handlers:
            logger.setLevel(logging.CRITICAL)
            logger.propagate = False


def _inside(app: ASGIApp) -> httpx.ASGITransport:
    """Return the transport to an application; if it fails, the connection drops."""
    import httpx  # noqa: PLC0415 - loaded with the first Transport

    class Inside(httpx.ASGITransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            try:
                return await super().handle_async_request(request)
            except Exception:
                # Another program's bug must not become ours, whatever it is.
                raise httpx.RemoteProtocolError("the application broke off") from None

    return Inside(app)
