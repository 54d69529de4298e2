"""The connection pool to one region's hosts: certificates, proxies, connections.

With `transport`, one of the two modules that import httpx, and only for the first
request: importing httpx and reading the system's certificates takes about 100 ms, and
the first paint shouldn't wait for that.
"""

from __future__ import annotations

import copy
import logging
import ssl
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from tui.contentstack import errors
from tui.contentstack.certificates import trusted
from tui.contentstack.line_ahead import KEPT_OPEN, LineAhead
from tui.contentstack.proxies import Proxy, proxy_to
from tui.contentstack.regions import Region

if TYPE_CHECKING:
    import httpx

ASGIApp = Callable[
    [Any, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]],
    Awaitable[None],
]
Pool: TypeAlias = "httpx.AsyncClient"

_MOST_CONNECTIONS = 100
"""Enough to read twenty organizations at the same time, each at its own pace."""


def open_pool(
    region: Region,
    apps: Mapping[str, ASGIApp],
    ahead: LineAhead | None,
    *,
    connect: float,
) -> Pool:
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
) -> Pool:
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
