"""What leads from here to Contentstack's hosts: certificates and proxies."""

from __future__ import annotations

import os

from tui.config.settings import Settings
from tui.contentstack.certificates import trusted
from tui.contentstack.errors import Unreachable
from tui.contentstack.proxies import proxy_to, unread_exceptions
from tui.contentstack.regions import Region, host_of, is_loopback
from tui.doctor.report import CheckResult

_UNNEEDED = "NO_PROXY names hosts that need no proxy."
_FILES = {"SSL_CERT_FILE": "ca_file", "SSL_CERT_DIR": ""}


def way_out(region: Region, settings: Settings) -> tuple[CheckResult, ...]:
    """Say which certificates are trusted, and which proxies lead to which hosts."""
    urls = tuple(filter(None, (region.cma, region.cda, region.preview)))
    return _certificates(urls, settings), *_proxies(urls)


def not_asked(base: str, found: tuple[CheckResult, ...]) -> str | None:
    """Return the subject that keeps a host from being asked, None if nothing does."""
    failed = {result.subject for result in found if result.verdict == "fail"}
    if "Certificates" in failed and not is_loopback(base):
        return "Certificates"
    try:
        proxy_to(base)
    except Unreachable:
        return "Proxy"
    return None


def _certificates(urls: tuple[str, ...], settings: Settings) -> CheckResult:
    named = []
    for variable, setting in _FILES.items():
        if path := os.environ.get(variable):
            named.append(f"{settings.sources.get(setting, variable)} {path}")
    words = ", ".join(named) or "those of the operating system"
    if all(map(is_loopback, urls)):
        return CheckResult("Certificates", words)
    try:
        trusted()
    except Unreachable as error:
        cure = f"Name a file of certificates in PEM form, or unset it: {words}."
        return CheckResult("Certificates", str(error), cure, "fail")
    return CheckResult("Certificates", words)


def _proxies(urls: tuple[str, ...]) -> tuple[CheckResult, ...]:
    """Return a line for all proxies, and one for each that can't be used."""
    hosts: dict[str, list[str]] = {}
    troubles: dict[str, Unreachable] = {}
    for url in urls:
        try:
            proxy = proxy_to(url)
        except Unreachable as error:
            troubles[str(error)] = error
        else:
            hosts.setdefault(proxy.label if proxy else "none", []).append(host_of(url))
    results = [
        CheckResult("Proxy", str(error), _UNNEEDED, "fail")
        for error in troubles.values()
    ]
    if hosts:
        several = len(hosts) + len(troubles) > 1
        words = "; ".join(
            f"{label} for {', '.join(named)}" if several else label
            for label, named in hosts.items()
        )
        results.insert(0, CheckResult("Proxy", words))
    unread = unread_exceptions()
    if unread and (troubles or set(hosts) != {"none"}):
        cure = "An entry is a host, .domain, address or network, with or without port."
        results.append(CheckResult("Proxy", unread, cure, "warn"))
    return tuple(results)
