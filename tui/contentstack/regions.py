"""Where Contentstack lives: its seven regions, and custom hosts."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from tui.display import visible

_URL = re.compile(
    r"(?P<base>https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[::1\])(:(?P<port>\d{1,5}))?)"
    r"(?P<path>(/[\w~-][\w.~-]*)*)/*",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Region:
    """One set of hosts. URLs have a scheme and no `/v3`.

    `app`, `cda` and `preview` may be empty.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    cma: str
    cda: str
    preview: str
    app: str = ""


class UnknownRegion(ValueError):
    """The text isn't one of the seven regions; the message lists their ids."""


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
    """Find the region that `text` names.

    It's an id or alias in any case, with `_`, `-` or a space between words.

    Raises:
        UnknownRegion: if it isn't one of the seven.
    """
    wanted = re.sub(r"[\s_-]+", "-", text.strip().casefold())
    for region in REGIONS:
        if wanted in region.aliases:
            return region
    ids = ", ".join(region.id for region in REGIONS)
    raise UnknownRegion(
        f"No region is called “{visible(text.strip()[:40])}”. The regions are {ids}."
    )


def custom_region(
    *, cma: str, cda: str = "", preview: str = "", app: str = "", name: str = "custom"
) -> Region:
    """Return a region with custom hosts; empty ones are unknown.

    URLs are https, or http on a loopback host; a trailing slash or `/v3` is dropped.

    Raises:
        ValueError: saying which URL is refused and why.
    """
    if not cma.strip():
        raise ValueError("A custom region needs at least a management API URL.")
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
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """Return a base URL's host and port for display."""
    return urlsplit(url).netloc


def _base_url(api: str, text: str) -> str:
    subject = f"The URL of the {api} API"
    text = text.strip()
    if not text:
        return ""
    # Not quoted, since what precedes an @ may be a password.
    if "@" in text:
        raise ValueError(f"{subject} can't contain a user name or password.")
    shown = visible(text[:120])
    if not text.casefold().startswith(("https://", "http://")):
        raise ValueError(f"{subject}, {shown}, must begin with https://.")
    found = _URL.fullmatch(text)
    if not found or int(found["port"] or 0) > 65535:
        raise ValueError(
            f"{subject}, {shown}, must be a host name, with at most a port and a plain"
            " path."
        )
    url = found["base"].casefold() + found["path"].removesuffix("/v3")
    if not url.startswith("https:") and not is_loopback(url):
        raise ValueError(
            f"{subject}, {shown}, must begin with https://; only this machine can use"
            " http."
        )
    return url
