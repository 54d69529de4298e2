"""The doctor's look at the program, its settings, the hosts and the login."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version

from tui.account.account import Account
from tui.account.connection import Connection, ConnectionMissing
from tui.account.settings import Settings, unknown_variables
from tui.account.stacks import StackUnclear, find_stack
from tui.account.standing import standing_of
from tui.contentstack.client import Client
from tui.contentstack.errors import ContentstackError, Unreachable
from tui.contentstack.models import Role, User
from tui.contentstack.reach import proxies_to, reach
from tui.contentstack.regions import Region, host_of
from tui.contentstack.transport import Transport
from tui.headless.findings import Finding, finding

HOST_SECONDS = 5.0
LOGIN_SECONDS = 10.0

_CURES = {
    "dns": "Check the host's name, and whether this machine looks up names: `getent hosts {host}`.",
    "connect": "Check the network, and whether a firewall wants you to name a proxy in HTTPS_PROXY.",
    "tls": "If a proxy of your own opens TLS, name its certificate authority's file in SSL_CERT_FILE.",
    "proxy": "Check HTTPS_PROXY; hosts that need no proxy are named in NO_PROXY.",
}
_OTHERWISE = "Check the network, a proxy (HTTPS_PROXY) and https://status.contentstack.com, then look again."


def program() -> Finding:
    """Which program this is, and what it stands on."""
    parts = [f"{name} {version(name)}" for name in ("tokendeck", "textual", "httpx")]
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return finding("Versions", ", ".join([*parts, f"Python {platform.python_version()}", system]))


def configuration(settings: Settings, environ: Mapping[str, str]) -> tuple[Finding, ...]:
    """What was read: the file, the profile, and which variables were meant for nobody."""
    profile = f"{settings.profile} ({settings.sources['profile']})" if settings.profile else "none"
    changes = f"refused ({settings.sources['read_only']})" if settings.read_only else "allowed"
    cure = "Look at its spelling, or unset it."
    unread = (
        finding("Variable", f"{name} is set, and nothing reads it.", cure, verdict="warn")
        for name in unknown_variables(environ)
    )
    return (
        finding("Configuration", settings.placed),
        finding("Profile", profile),
        finding("Changes", changes),
        *unread,
    )


async def surroundings(account: Account, settings: Settings) -> tuple[Finding, ...]:
    """Region, hosts, certificates, proxy, login, user, stack and role. Waits a while, and never for long."""
    try:
        connection = await account.connection()
    except ConnectionMissing as missing:
        cure = "Mend that, or take the setting away: Tokendeck then asks for a login."
        login = finding("Login", str(missing), cure, verdict="fail")
        hosts = await _region(Connection(settings.region, None, None), settings)
        return (*hosts, login)
    hosts = await _region(connection, settings)
    login = _login(connection)
    if connection.credential is None:
        looked = [finding("Looked at", words) for words in connection.looked_in]
        return (*hosts, login, *looked)
    if any(found.subject == "Management API" and found.verdict == "ok" for found in hosts):
        return (*hosts, login, *await _who(account, connection))
    return (*hosts, login, finding("User", "not asked for, since the management API did not answer"))


async def _region(connection: Connection, settings: Settings) -> tuple[Finding, ...]:
    region = connection.region
    source = settings.sources.get("region", "by default")
    source = source if region == settings.region else connection.source or "chosen in this run"
    named = finding("Region", f"{region.name} ({source})")
    way = () if connection.apps else _way_out(region)
    try:
        transport = await asyncio.to_thread(Transport, region, apps=connection.apps)
    except Unreachable as error:
        subject = "Proxy" if error.cause_kind == "proxy" else "Certificates"
        cure = _CURES[error.cause_kind]
        return (named, finding(subject, str(error), cure, verdict="fail"))
    bases = {"Management API": region.cma, "Delivery API": region.cda, "Preview API": region.preview}
    try:
        hosts = await asyncio.gather(*(_host(transport, *item) for item in bases.items()))
    finally:
        await transport.aclose()
    return (named, *hosts, *way)


def _way_out(region: Region) -> tuple[Finding, ...]:
    """Certificates and proxies as the transport takes them: from the environment, else from the system."""
    from os import environ  # noqa: PLC0415 - the transport knows no other

    named = [f"{name} {environ[name]}" for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if environ.get(name)]
    proxies = proxies_to(region.cma, region.cda, region.preview)
    return (
        finding("Certificates", ", ".join(named) or "those of the operating system"),
        finding("Proxy", ", ".join(proxies) or "none"),
    )


async def _host(transport: Transport, subject: str, base: str) -> Finding:
    if not base:
        cure = "Name the host by --preview or in the profile's hosts, if you work with such tokens."
        return finding(subject, "no host is known, so its tokens can't be verified", cure, verdict="warn")
    found = await reach(transport, base, within=HOST_SECONDS)
    if found.trouble is None:
        return finding(subject, f"{host_of(base)} answers in {found.seconds * 1000:.0f} ms")
    if found.trouble.status is not None:
        return finding(subject, str(found.trouble), _OTHERWISE, verdict="warn")
    kind = found.trouble.cause_kind if isinstance(found.trouble, Unreachable) else ""
    cure = _CURES.get(kind, _OTHERWISE).format(host=host_of(base).partition(":")[0])
    return finding(subject, str(found.trouble), cure, verdict="fail")


def _login(connection: Connection) -> Finding:
    if connection.credential is None:
        cure = "Start the dashboard, which asks for a login; or set CONTENTSTACK_AUTHTOKEN."
        return finding("Login", "Nobody is signed in.", cure, verdict="warn", remedy="sign_in")
    kind = "an OAuth token" if connection.credential.kind == "bearer" else "an authtoken"
    return finding("Login", f"{kind} from {connection.source}")


async def _who(account: Account, connection: Connection) -> tuple[Finding, ...]:
    client = await account.client()
    try:
        async with asyncio.timeout(LOGIN_SECONDS):
            user = await client.current_user()
            return (finding("User", user.email or user.uid), await _stack(client, user, connection.stack))
    except TimeoutError:
        words = f"No answer within {LOGIN_SECONDS:g} seconds."
        return (finding("User", words, _OTHERWISE, verdict="fail"),)
    except ContentstackError as error:
        cure = "Sign in anew." if error.remedy == "sign_in" else _OTHERWISE
        return (finding("User", str(error), cure, verdict="fail", remedy=error.remedy),)


async def _stack(client: Client, user: User, words: str | None) -> Finding:
    if words is None:
        cure = "Choose one in the dashboard, or name it by --stack or CONTENTSTACK_API_KEY."
        return finding("Stack", "none is chosen", cure, verdict="warn", remedy="stacks")
    try:
        stack = await find_stack(client, words)
    except StackUnclear as unclear:
        return finding("Stack", str(unclear), "Name another one.", verdict="fail", remedy="stacks")
    except ContentstackError as error:
        cure = "Look for the stack's region, or choose another stack."
        return finding("Stack", str(error), cure, verdict="fail", remedy="region")
    roles: tuple[Role, ...] = ()
    # Not everybody may read them, and then what the user and the stack say of the role has to do.
    with suppress(ContentstackError):
        roles = await client.stack(stack.api_key, stack.org_uid or None).roles()
    standing = standing_of(user, stack, roles)
    told = f"{stack.name}, API key {stack.api_key[:7]}…, your role: {standing.label or 'not known'}"
    refusal = standing.delivery_refusal or standing.management_refusal
    return finding("Stack", told, refusal or "", verdict="warn" if refusal else "ok")
