"""Finds the proxy for a host in the environment.

httpx doesn't read it, because one NO_PROXY entry that it can't parse stops it
altogether. No text here contains a proxy's user name or password.
"""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from tui.contentstack.errors import Unreachable, cleaned
from tui.contentstack.regions import is_loopback
from tui.secret import Secret

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
# What desktops write for a SOCKS proxy of any version.
_ALIASES = {"socks": "socks5h"}
_SETTINGS = "the system's settings"
_ENTRY = re.compile(
    r"((?P<scheme>https?)://)?"
    r"(?P<host>\[[^\]]*\]|[^\s/:\[\]]+|[0-9a-f:.]*:[0-9a-f:.]*(%\w+)?)"
    r"(/(?P<prefix>\d{1,3}))?(:(?P<port>\d{1,5}))?/?",
    re.IGNORECASE,
)
_NAME = re.compile(r"(\*?\.)?[a-z0-9_]([a-z0-9_-]*)(\.[a-z0-9_-]+)*\.?", re.IGNORECASE)

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and the variable that names it."""

    variable: str
    scheme: str
    host: str
    port: int
    user: str = ""
    password: Secret | None = None
    """None if the variable has neither a user name nor a password."""
    written: str = ""
    """The scheme as the variable has it, if it differs from `scheme`."""

    @property
    def address(self) -> str:
        """Host and port, as in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def label(self) -> str:
        """The address and the variable; for SOCKS also the scheme, which few intend."""
        if not self.is_socks:
            return f"{self.address} ({self.variable})"
        scheme = self.written or self.scheme
        return f"{self.address} ({self.variable}={scheme}://…)"

    @property
    def title(self) -> str:
        """The proxy in a sentence, after an article."""
        return f"{self.kind} {self.label}"

    @property
    def kind(self) -> str:
        """What it is, in a sentence."""
        return "SOCKS proxy" if self.is_socks else "proxy"

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS and not HTTP."""
        return self.scheme.startswith("socks")


def proxy_to(url: str, environ: Mapping[str, str] = os.environ) -> Proxy | None:
    """Return the proxy for a URL; None if it's reached without one.

    Raises:
        Unreachable: if the configured proxy can't be used.
    """
    target = urlsplit(url)
    if is_loopback(url):
        return None
    variable, value = _named_for(target, environ)
    if not value or _is_excepted(target, environ):
        return None
    return _parsed(variable, value)


def unread_exceptions(environ: Mapping[str, str] = os.environ) -> str:
    """Say which NO_PROXY entries are skipped; empty if none are."""
    variable, value = _variable("no", environ)
    odd = [entry for entry in _entries(value) if entry != "*" and not _Entry.of(entry)]
    if not odd:
        return ""
    shown = ", ".join(cleaned(entry, limit=60) for entry in odd[:3])
    more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
    return f"{variable}: skipped, because Tokendeck can't read it: {shown}{more}"


def _variable(kind: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable that counts, and its value.

    The lower-case one wins, as in curl, even if it's empty, as in Python.
    """
    for name in (f"{kind}_proxy", f"{kind}_proxy".upper()):
        if name in environ:
            return name, environ[name].strip()
    return "", ""


def _named_for(target: SplitResult, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable that names a proxy for this target, and its value."""
    named = [_variable(kind, environ) for kind in (target.scheme, "all")]
    for variable, value in named:
        if value:
            return variable, value
    nothing_said = not any(variable for variable, _ in named)
    if nothing_said and sys.platform in ("darwin", "win32"):
        return _of_system(target)
    return "", ""


def _of_system(target: SplitResult) -> tuple[str, str]:
    """Return the proxy from macOS's or Windows' settings."""
    host = target.hostname or ""
    proxies = getproxies()
    proxy = proxies.get(target.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(host):
        return "", ""
    return _SETTINGS, proxy


def _unusable(variable: str, why: str, advice: str = "") -> Unreachable:
    return Unreachable(
        f"{variable} names a proxy that Tokendeck can't use",
        why=why,
        advice=advice or f"Write it as http://HOST:PORT in {variable}.",
        cause_kind="proxy",
        lasting=True,
    )


def _parsed(variable: str, value: str) -> Proxy:
    """Return the proxy that a variable's value names."""
    if value[0] in "\"'":
        raise _unusable(variable, "its value is in quotes", "Remove the quotes.")
    address = _split(value if "://" in value else f"http://{value}")
    if address is None:
        raise _unusable(variable, "its URL has no valid host and port")
    named = address.scheme.casefold()
    scheme = _ALIASES.get(named, named)
    if scheme not in _PORTS:
        raise _unknown_scheme(variable, named)
    if scheme.startswith("socks") and find_spec("socksio") is None:
        raise _without_socks(variable, named)
    if "@" in f"{address.path}{address.query}{address.fragment}":
        why = "a character in its user name or password must be escaped"
        advice = "Write / as %2F, ? as %3F and # as %23."
        raise _unusable(variable, why, advice)
    host = _host(address)
    if host is None:
        raise _unusable(variable, "it names no valid host")
    if address.port == 0:
        raise _unusable(variable, "its port is 0")
    port, user = address.port or _PORTS[scheme], unquote(address.username or "")
    password = Secret(unquote(address.password or ""))
    signed = bool(user or password)
    written = named if named != scheme else ""
    return Proxy(
        variable, scheme, host, port, user, password if signed else None, written
    )


def _split(text: str) -> SplitResult | None:
    """Return the parts of a URL; None if it can't be parsed.

    Python's error quotes what it can't parse, which may be part of a password.
    """
    try:
        address = urlsplit(text)
        _ = address.port
    except ValueError:
        return None
    return address


def _unknown_scheme(variable: str, scheme: str) -> Unreachable:
    if scheme.startswith("socks4"):
        why = f"it is a SOCKS 4 proxy ({scheme}://)"
        advice = "Use an HTTP proxy, or install tokendeck[socks] and use SOCKS 5."
        return _unusable(variable, why, advice)
    why = f"Tokendeck doesn't know {cleaned(scheme, limit=20)}://"
    return _unusable(variable, why)


def _without_socks(variable: str, scheme: str) -> Unreachable:
    return _unusable(
        variable,
        f"it is a SOCKS proxy ({scheme}://), and SOCKS isn't built in",
        "Install tokendeck[socks], or name an HTTP proxy:"
        " HTTPS_PROXY=http://HOST:PORT.",
    )


def _host(address: SplitResult) -> str | None:
    """Return the host in a form that can be looked up; None if it isn't valid."""
    host = address.hostname or ""
    if ":" in host:
        return host if "%" not in host and _network(host) else None
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return host if _NAME.fullmatch(host) and not host.startswith(("*", ".")) else None


@dataclass(frozen=True, slots=True)
class _Entry:
    """One NO_PROXY entry: a domain with its subdomains, or a network."""

    host: str
    network: _Network | None
    scheme: str
    port: int | None

    @classmethod
    def of(cls, text: str) -> _Entry | None:
        """Parse an entry; return None if it can't be read."""
        found = _ENTRY.fullmatch(text)
        if not found:
            return None
        host, prefix = found["host"].strip("[]"), found["prefix"]
        port = int(found["port"]) if found["port"] else None
        scheme = (found["scheme"] or "").casefold()
        network = _network(f"{host}/{prefix}" if prefix else host)
        if network is None and (prefix or not _NAME.fullmatch(host)):
            return None
        host = host.casefold().removeprefix("*").strip(".")
        return cls(host, network, scheme, port)

    def covers(self, target: SplitResult) -> bool:
        """Whether this entry exempts a URL from the proxy."""
        host = (target.hostname or "").casefold().rstrip(".")
        port = target.port or _PORTS[target.scheme]
        if self.scheme not in ("", target.scheme) or self.port not in (None, port):
            return False
        if self.network is not None:
            there = _network(host)
            return there is not None and there[0] in self.network
        return host == self.host or host.endswith(f".{self.host}")


def _network(text: str) -> _Network | None:
    """Return an address, or a network, as a network."""
    # The zone is this machine's own interface, and says nothing about other hosts.
    address, zone, _ = text.partition("%")
    try:
        return ipaddress.ip_network(address if zone else text, strict=False)
    except ValueError:
        return None


def _entries(value: str) -> Iterator[str]:
    return (entry for entry in re.split(r"[\s,;]+", value) if entry)


def _is_excepted(target: SplitResult, environ: Mapping[str, str]) -> bool:
    """Whether NO_PROXY covers the target; entries that can't be read are skipped."""
    _, value = _variable("no", environ)
    for text in _entries(value):
        entry = _Entry.of(text)
        if text == "*" or (entry and entry.covers(target)):
            return True
    return False
