"""The way to one stack: region, credential, and the words by which the stack was named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.contentstack.credentials import Credential, parse_credential
from tui.contentstack.regions import Region, UnknownRegion, custom_region, find_region

if TYPE_CHECKING:
    from tui.contentstack.transport import ASGIApp

REGION_VARIABLE = "CONTENTSTACK_REGION"
API_KEY_VARIABLE = "CONTENTSTACK_API_KEY"
AUTHTOKEN_VARIABLE = "CONTENTSTACK_AUTHTOKEN"


class ConnectionMissing(ValueError):
    """Something that leads to a stack is missing or wrong; the text says what, and where it can come from."""


@dataclass(frozen=True)
class Connection:
    """What is needed to reach one stack.

    `stack` is an API key, a uid or a name. `apps` maps base URLs to ASGI applications that answer in this
    process instead of the network; only the demo has any.
    """

    region: Region
    credential: Credential
    stack: str
    apps: Mapping[str, ASGIApp] | None = None
    demo: bool = False


@dataclass(frozen=True)
class Hosts:
    """Base URLs of Contentstack's three APIs, in place of a region's."""

    cma: str | None = None
    cda: str | None = None
    preview: str | None = None

    def __bool__(self) -> bool:
        return bool(self.cma or self.cda or self.preview)


def connection_from(
    environ: Mapping[str, str],
    *,
    region: str | None = None,
    stack: str | None = None,
    hosts: Hosts | None = None,
) -> Connection:
    """Read the way to a stack from the command line's words and, below them, the environment.

    Raises:
        ConnectionMissing: with one sentence that names everything missing and where it can come from.
    """
    region = region or environ.get(REGION_VARIABLE) or "na"
    stack = stack or environ.get(API_KEY_VARIABLE)
    authtoken = environ.get(AUTHTOKEN_VARIABLE)
    missing = []
    if not stack:
        missing.append(f"a stack (--stack with its API key, uid or name, or {API_KEY_VARIABLE})")
    if not authtoken:
        missing.append(f"an authtoken ({AUTHTOKEN_VARIABLE})")
    if not stack or not authtoken:
        raise ConnectionMissing(
            f"Tokendeck needs {' and '.join(missing)}; `tokendeck --demo` needs nothing and shows it all."
        )
    return Connection(region=_region(region, hosts), credential=_credential(authtoken), stack=stack)


def _credential(text: str) -> Credential:
    try:
        return parse_credential(text)
    except ValueError as error:
        raise ConnectionMissing(f"{AUTHTOKEN_VARIABLE}: {error}") from None


def _region(name: str, hosts: Hosts | None) -> Region:
    if hosts and not (hosts.cma and hosts.cda):
        raise ConnectionMissing("Own hosts need both --cma and --cda (and --preview for preview tokens).")
    try:
        if hosts and hosts.cma and hosts.cda:
            return custom_region(cma=hosts.cma, cda=hosts.cda, preview=hosts.preview or "")
        return find_region(name)
    except UnknownRegion as error:
        raise ConnectionMissing(f"{error} Set it with --region or {REGION_VARIABLE}.") from None
    except ValueError as error:
        raise ConnectionMissing(str(error)) from None
