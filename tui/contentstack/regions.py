"""Where Contentstack lives: its seven regions, and hosts of one's own."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from tui.display import visible

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Region:
    """One set of hosts. URLs carry their scheme and no `/v3`; `app`, `cda` and `preview` may be empty."""

    id: str
    name: str
    aliases: tuple[str, ...]
    cma: str
    cda: str
    preview: str
    app: str = ""


class UnknownRegion(ValueError):
    """The text names none of the seven regions; the message lists their ids."""


def _vendor(region_id: str, name: str, *aliases: str) -> Region:
    host = f"https://{region_id}-{{}}.contentstack.com"
    return Region(
        region_id,
        name,
        (region_id, *aliases),
        cma=host.format("api"),
        cda=host.format("cdn"),
        preview=host.format("rest-preview"),
        app=host.format("app"),
    )


REGIONS: tuple[Region, ...] = (
    Region(
        "na",
        "AWS NA",
        ("na", "us", "aws-na"),
        cma="https://api.contentstack.io",
        cda="https://cdn.contentstack.io",
        preview="https://rest-preview.contentstack.com",
        app="https://app.contentstack.com",
    ),
    _vendor("eu", "AWS EU", "aws-eu"),
    _vendor("au", "AWS AU", "aws-au"),
    _vendor("azure-na", "Azure NA"),
    _vendor("azure-eu", "Azure EU"),
    _vendor("gcp-na", "GCP NA"),
    _vendor("gcp-eu", "GCP EU"),
)


def find_region(text: str) -> Region:
    """The region that `text` means: an id or alias in any case, with `_`, `-` or a space between its words.

    Raises:
        UnknownRegion: if it means none of the seven.
    """
    wanted = re.sub(r"[\s_-]+", "-", text.strip().casefold())
    for region in REGIONS:
        if wanted in region.aliases:
            return region
    ids = ", ".join(region.id for region in REGIONS)
    raise UnknownRegion(f"There is no region “{visible(text.strip()[:40])}”. The regions are {ids}.")


def custom_region(
    *, cma: str, cda: str = "", preview: str = "", app: str = "", name: str = "custom"
) -> Region:
    """A region on hosts of one's own.

    URLs are https, or http on a loopback host; a trailing slash or `/v3` is dropped. Hosts left empty are
    simply not known.

    Raises:
        ValueError: with a sentence that says which URL is refused and why.
    """
    if not cma.strip():
        raise ValueError("A custom region needs at least the URL of its management API.")
    return Region(
        "custom",
        name,
        (),
        cma=_base_url("management", cma),
        cda=_base_url("delivery", cda),
        preview=_base_url("preview", preview),
        app=_base_url("app", app),
    )


def is_loopback(url: str) -> bool:
    """Whether `url` points to this machine: 127.0.0.0/8, ::1 or localhost."""
    host = (urlsplit(url).hostname or "").casefold()
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """Host and port of a base URL, as shown to people."""
    return urlsplit(url).netloc


def _base_url(what: str, text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    # The URL is quoted only once it is known to carry no password.
    subject = f"The URL of the {what} API"
    parts, port = _split(subject, text)
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{subject} may not carry a user name or password.")
    subject = f"{subject}, {visible(text[:120])},"
    if parts.query or parts.fragment:
        raise ValueError(f"{subject} may not carry a query or a fragment.")
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"{subject} must begin with https://.")
    host = parts.hostname or ""
    if not _HOST.fullmatch(host):
        raise ValueError(f"{subject} has no valid host name.")
    if re.search(r"[^\w/.~-]", parts.path, re.ASCII) or "/.." in parts.path:
        raise ValueError(f"{subject} has a path that is not plain.")
    shown_host = f"[{host}]" if ":" in host else host
    path = re.sub(r"/v3$", "", parts.path.rstrip("/")).rstrip("/")
    url = f"{parts.scheme}://{shown_host}{'' if port is None else f':{port}'}{path}"
    if parts.scheme == "http" and not is_loopback(url):
        raise ValueError(f"{subject} must begin with https://; plain http is for this machine alone.")
    return url


def _split(subject: str, text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"{subject} is not a URL.") from None
    return parts, port
