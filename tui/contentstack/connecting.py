"""What failed while connecting: the proxy, the host behind it, or neither.

httpx raises the same error whether the proxy or the host is unreachable, so we keep
track of the steps that it reports.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar, runtime_checkable

from tui.contentstack import errors
from tui.contentstack.errors import ContentstackError, Unreachable
from tui.contentstack.exchange import Call
from tui.contentstack.proxies import Proxy

BROKEN = "The connection broke before the whole answer arrived"

_CLOCK = "or this machine's clock is wrong"
_STRANGER = (
    "the server's certificate isn't trusted. If a proxy intercepts TLS, set `ca_file`"
)
_OTHER_HOST = "the server's certificate is for another host"
_OBJECTIONS = {
    9: f"the server's certificate isn't valid yet, {_CLOCK}",
    10: f"the server's certificate has expired, {_CLOCK}",
    18: _STRANGER,
    19: _STRANGER,
    20: _STRANGER,
    21: _STRANGER,
    62: _OTHER_HOST,
    64: _OTHER_HOST,
}
"""By OpenSSL's number (X509_V_ERR_…)."""

_PLAIN_TEXT = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST"}
"""OpenSSL's reasons if the other end doesn't speak TLS."""
_NO_TLS = "there is no TLS on this port"

_REFUSALS = {
    403: "it blocks connections to this host",
    407: "it asks for a user name and password",
    502: "it couldn't reach the host",
    503: "it can't reach the host now",
    504: "the host didn't answer it in time",
}
_LASTING = {401, 403, 405, 407}

_Cause = TypeVar("_Cause", bound=BaseException)


@runtime_checkable
class _Closable(Protocol):
    async def aclose(self) -> None: ...


@dataclass
class Steps:
    """How far a request has got, according to httpcore.

    Attributes:
        proxy: the proxy it goes through.
        tunnelled: whether the proxy only passes on what it can't read.
        at: the current step: reaching the proxy, asking it, or reaching the host; None
            once connected, which a reused connection is from the start.
    """

    proxy: Proxy | None = None
    tunnelled: bool = True
    at: Literal["proxy", "asking", "host"] | None = None
    _to_close: _Closable | None = None

    async def note(self, event: str, info: Mapping[str, object]) -> None:
        """Note an event from httpcore."""
        source, _, step = event.partition(".")
        opened = info.get("return_value")
        if event == "socks.connect_tcp.complete" and isinstance(opened, _Closable):
            self._to_close = opened
        if step == "connect_tcp.started":
            self.at = "proxy" if self.proxy else "host"
        elif step == "connect_tcp.complete" and self.proxy:
            self.at = "asking"
        elif source in ("proxy", "socks") and step == "start_tls.started":
            self.at = "host"
        elif event == "http11.send_request_headers.started" and not self._asks:
            self.at = None

    async def close(self) -> None:
        """Close a failed connection to a SOCKS proxy, since httpcore doesn't."""
        if self._to_close is not None and self.at is not None:
            await self._to_close.aclose()

    @property
    def _asks(self) -> bool:
        """Whether the next request only asks the proxy to let this one through."""
        return self.at == "asking" and self.tunnelled


def failure(
    call: Call,
    error: Exception,
    steps: Steps,
    *,
    late: bool = False,
    unconnected: bool = False,
) -> ContentstackError:
    """Return the error for an answer that never came.

    `late` means that it timed out, `unconnected` that httpx itself reports that there
    was no connection.
    """
    if steps.at is None and not unconnected:
        if late:
            return call.lost(errors.TimedOut, "No answer in time")
        return call.lost(errors.Interrupted, BROKEN)
    if steps.proxy is not None and steps.at != "host":
        return _proxy_failure(call, error, steps.proxy, steps, late=late)
    return _host_failure(call, error, steps.proxy)


def _host_failure(call: Call, error: Exception, proxy: Proxy | None) -> Unreachable:
    tls = _cause(error, ssl.SSLError)
    cut, behind = isinstance(tls, ssl.SSLEOFError), False
    if tls and not cut:
        kind, what = "tls", f"The connection isn't secure: {_objection(tls)}"
    elif _cause(error, socket.gaierror) or _cause(error, UnicodeError):
        kind, what = "dns", "No connection: couldn't look up the host name"
    elif proxy is not None:
        what = f"The {proxy.title} connected, but the host dropped the connection"
        kind, behind = "proxy", True
    elif cut:
        kind, what = "connect", "No connection: the host dropped it at the start"
    else:
        kind, what = "connect", "No connection: nothing answered"
    return Unreachable(what, place=call.place, cause_kind=kind, behind_proxy=behind)


def _proxy_failure(
    call: Call, error: Exception, proxy: Proxy, steps: Steps, *, late: bool
) -> Unreachable:
    """Say what is wrong between here and the proxy, or what the proxy said."""
    tls = _cause(error, ssl.SSLError)
    why, advice, lasting = "", "", False
    if tls:
        what = f"No secure connection to the {proxy.title}"
        why = _objection(tls).replace("the server's", "the proxy's")
        advice = f"Most proxies need http:// in {proxy.variable}."
    elif _cause(error, socket.gaierror) or _cause(error, UnicodeError):
        named = proxy.label.replace(proxy.address, proxy.host)
        what = f"The {proxy.kind}'s name, {named}, couldn't be looked up"
    elif late:
        what = f"The {proxy.title} didn't answer in time"
    elif _is_refusal(error):
        what = f"The {proxy.title} refused the connection"
        why, advice, lasting = _refusal(str(error), proxy)
    elif steps.at == "proxy":
        what = f"Nothing is listening at the {proxy.title}"
    else:
        what = (
            f"The {proxy.title} dropped the connection, or doesn't answer like a proxy"
        )
        advice = f"Is {proxy.scheme}:// right?"
    return Unreachable(
        what,
        place=call.place,
        why=why,
        advice=advice,
        cause_kind="proxy",
        lasting=lasting,
    )


def _is_refusal(error: Exception) -> bool:
    """Whether the proxy said no, and httpx understood it."""
    return type(error).__name__ == "ProxyError"


def _refusal(said: str, proxy: Proxy) -> tuple[str, str, bool]:
    """Return why a proxy refused, what helps, and whether it will again."""
    number = re.match(r"\d{3}\b", said)
    if not number:
        return _socks_refusal(said, proxy)
    status = int(number[0])
    known = _REFUSALS.get(status, "")
    if status == 407 and proxy.password is not None:
        known = f"it rejected the user name and password in {proxy.variable}"
    why = f"status {status}, {known}".removesuffix(", ")
    advice = ""
    if status == 407 and proxy.password is None:
        advice = (
            f"Write {proxy.variable}={proxy.scheme}://USER:PASSWORD@{proxy.address}."
        )
    return why, advice, status in _LASTING


def _socks_refusal(said: str, proxy: Proxy) -> tuple[str, str, bool]:
    _, connects, reason = said.partition("could not connect: ")
    if connects:
        return errors.cleaned(reason.rstrip("."), limit=80), "", False
    if proxy.password is not None:
        words = "it rejected the user name and password"
        return f"{words} in {proxy.variable}", "", True
    advice = f"Write {proxy.variable}={proxy.scheme}://USER:PASSWORD@{proxy.address}."
    return "it asks for a user name and password", advice, True


def _objection(error: ssl.SSLError) -> str:
    """Return what is wrong with a certificate, in our words or else in OpenSSL's."""
    if error.reason in _PLAIN_TEXT:
        return _NO_TLS
    known = _OBJECTIONS.get(getattr(error, "verify_code", 0))
    said = getattr(error, "verify_message", "") or error.reason or "TLS failed"
    return known or errors.cleaned(said, limit=120)


def _cause(error: BaseException | None, kind: type[_Cause]) -> _Cause | None:
    """Return the error of that kind that caused this one."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error
