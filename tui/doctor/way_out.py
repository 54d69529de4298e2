"""The way from here to Contentstack's hosts: certificates and proxies."""

from __future__ import annotations

import os

from tui.config.settings import Settings
from tui.contentstack.certificates import trusted
from tui.contentstack.errors import ContentstackError, TimedOut, Unreachable
from tui.contentstack.proxies import Proxy, proxy_to, unread_exceptions
from tui.contentstack.regions import Region, host_of, is_loopback
from tui.doctor.report import CheckResult

Outcomes = dict[str, ContentstackError | None]
"""How each host that was checked failed, by base URL; None if it answered."""

_UNNEEDED = "NO_PROXY lists hosts that don't need a proxy."
_FILES = {"SSL_CERT_FILE": "ca_file", "SSL_CERT_DIR": ""}


def not_asked(base: str, found: tuple[CheckResult, ...]) -> str | None:
    """Return which check's failure keeps us from asking a host; None if none does."""
    failed = {result.subject for result in found if result.verdict == "fail"}
    if "Certificates" in failed and not is_loopback(base):
        return "Certificates"
    try:
        proxy_to(base)
    except Unreachable:
        return "Proxy"
    return None


def certificates(region: Region, settings: Settings) -> CheckResult:
    """Say which certificates are trusted."""
    urls = _urls(region)
    named = []
    for variable, setting in _FILES.items():
        if path := os.environ.get(variable):
            named.append(f"{settings.sources.get(setting, variable)} {path}")
    words = ", ".join(named) or "the operating system's"
    if all(map(is_loopback, urls)):
        return CheckResult("Certificates", words)
    try:
        trusted()
    except Unreachable as error:
        cure = f"Set it to a PEM file of certificates, or unset it: {words}."
        return CheckResult("Certificates", str(error), cure, "fail")
    return CheckResult("Certificates", words)


def proxy_lines(region: Region, outcomes: Outcomes) -> tuple[CheckResult, ...]:
    """Say which proxies lead to which hosts, and which of them don't work.

    Args:
        region: the region with the hosts.
        outcomes: what came of asking the hosts; these lines agree with it.
    """
    hosts: dict[str, list[str]] = {}
    failures: dict[str, CheckResult] = {}
    for url in _urls(region):
        try:
            proxy = proxy_to(url)
        except Unreachable as error:
            failures[str(error)] = CheckResult("Proxy", str(error), _UNNEEDED, "fail")
            continue
        broken = _broken(proxy, url, outcomes) if proxy else None
        if broken:
            failures[broken.words] = broken
        else:
            hosts.setdefault(proxy.label if proxy else "none", []).append(host_of(url))
    results = list(failures.values())
    if hosts:
        several = len(hosts) + len(failures) > 1
        words = "; ".join(
            f"{label} for {', '.join(named)}" if several else label
            for label, named in hosts.items()
        )
        results.insert(0, CheckResult("Proxy", words))
    unread = unread_exceptions()
    if unread and (failures or set(hosts) != {"none"}):
        cure = (
            "An entry is a host, .domain, address or network, with or without a port."
        )
        results.append(CheckResult("Proxy", unread, cure, "warn"))
    return tuple(results)


def _broken(proxy: Proxy, url: str, outcomes: Outcomes) -> CheckResult | None:
    """Say what keeps a host from answering through its proxy; None if nothing does."""
    if url not in outcomes:
        return CheckResult("Proxy", f"{proxy.label} wasn't used", verdict="warn")
    trouble = outcomes[url]
    cure = f"Check {proxy.variable}; {_UNNEEDED}"
    if isinstance(trouble, TimedOut):
        return CheckResult("Proxy", f"No answer through {proxy.label}", cure, "warn")
    if not isinstance(trouble, Unreachable) or trouble.cause_kind != "proxy":
        return None
    if trouble.behind_proxy:
        return None
    why = f": {trouble.why}" if trouble.why else ""
    return CheckResult("Proxy", f"{trouble.what}{why}.", cure, "fail")


def _urls(region: Region) -> tuple[str, ...]:
    return tuple(filter(None, (region.cma, region.cda, region.preview)))
