"""What the doctor looks at: the program, its settings, hosts and login, the terminal and the clipboard."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version

import tui.terminal
from tui.account.account import Account
from tui.account.connection import Connection, ConnectionMissing
from tui.account.settings import Settings, unknown_variables
from tui.account.stacks import StackUnclear, find_stack
from tui.account.standing import standing_of
from tui.clipboard.situation import describe, look
from tui.contentstack.client import Client
from tui.contentstack.errors import (
    BadAnswer,
    ContentstackError,
    NotContentstack,
    StackNotFound,
    Unreachable,
)
from tui.contentstack.models import Role, User
from tui.contentstack.reach import proxies_to, reach
from tui.contentstack.regions import Region, host_of
from tui.contentstack.transport import Transport
from tui.headless.findings import Finding

HOST_SECONDS = 5.0
LOGIN_SECONDS = 10.0

_CURES = {
    "dns": "Check the host's name, and whether this machine looks up names: `getent hosts {host}`.",
    "connect": "Check the network, and whether a firewall wants you to name a proxy in HTTPS_PROXY.",
    "tls": "If a proxy of your own opens TLS, name its certificate authority's file in SSL_CERT_FILE.",
    "proxy": "Check HTTPS_PROXY; hosts that need no proxy are named in NO_PROXY.",
}
_OTHERWISE = "Check the network, a proxy (HTTPS_PROXY) and https://status.contentstack.com, then look again."
_NOT_THEIRS = (
    "Open the host in a browser to see what answers. Sign in to your network there, ask"
    " for the host to be let through, or name your proxy in HTTPS_PROXY."
)
_LEAST_COLUMNS, _LEAST_ROWS = 40, 10
_AROUND = {"TMUX": "in tmux", "STY": "in GNU screen", "SSH_CONNECTION": "over SSH"}


def program() -> Finding:
    """Which program this is, and what it stands on."""
    parts = [f"{name} {version(name)}" for name in ("tokendeck", "textual", "httpx")]
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return Finding("Versions", ", ".join([*parts, f"Python {platform.python_version()}", system]))


def configuration(settings: Settings, environ: Mapping[str, str]) -> tuple[Finding, ...]:
    """What was read: the file, the profile, and which variables were meant for nobody."""
    profile = f"{settings.profile} ({settings.sources['profile']})" if settings.profile else "none"
    changes = f"refused ({settings.sources['read_only']})" if settings.read_only else "allowed"
    unread = (
        Finding(
            "Variable", f"{name} is set, and nothing reads it.", "Look at its spelling, or unset it.", "warn"
        )
        for name in unknown_variables(environ)
    )
    return (
        Finding("Configuration", settings.placed),
        Finding("Profile", profile),
        Finding("Changes", changes),
        *unread,
    )


async def surroundings(account: Account, settings: Settings) -> tuple[Finding, ...]:
    """Region, hosts, certificates, proxy, login, user, stack and role. Waits a while, and never for long."""
    try:
        connection = await account.connection()
    except ConnectionMissing as missing:
        cure = "Mend that, or take the setting away: Tokendeck then asks for a login."
        hosts = await _region(Connection(settings.region, None, None), settings)
        return (*hosts, Finding("Login", str(missing), cure, "fail"))
    hosts = await _region(connection, settings)
    if connection.credential is None:
        cure = "Start the dashboard, which asks for a login; or set CONTENTSTACK_AUTHTOKEN."
        login = Finding("Login", "Nobody is signed in.", cure, "warn", "sign_in")
        return (*hosts, login, *(Finding("Looked at", words) for words in connection.looked_in))
    kind = "an OAuth token" if connection.credential.kind == "bearer" else "an authtoken"
    login = Finding("Login", f"{kind} from {connection.source}")
    if any(found.subject == "Management API" and found.verdict == "ok" for found in hosts):
        return (*hosts, login, *await _who(account, connection))
    return (*hosts, login, Finding("User", "not asked for, since the management API did not answer"))


async def _region(connection: Connection, settings: Settings) -> tuple[Finding, ...]:
    region = connection.region
    source = settings.sources.get("region", "by default")
    source = source if region == settings.region else connection.source or "chosen in this run"
    named = Finding("Region", f"{region.name} ({source})")
    way = () if connection.apps else _way_out(region)
    try:
        transport = await asyncio.to_thread(Transport, region, apps=connection.apps)
    except Unreachable as error:
        subject = "Proxy" if error.cause_kind == "proxy" else "Certificates"
        return (named, Finding(subject, str(error), _CURES[error.cause_kind], "fail"))
    bases = {"Management API": region.cma, "Delivery API": region.cda, "Preview API": region.preview}
    try:
        hosts = await asyncio.gather(*(_host(transport, *item) for item in bases.items()))
    finally:
        await transport.aclose()
    return (named, *hosts, *way)


def _way_out(region: Region) -> tuple[Finding, ...]:
    """Certificates and proxies as the transport takes them: from the environment, else from the system."""
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    named = [f"{name} {os.environ[name]}" for name in names if os.environ.get(name)]
    proxies = proxies_to(region.cma, region.cda, region.preview)
    return (
        Finding("Certificates", ", ".join(named) or "those of the operating system"),
        Finding("Proxy", ", ".join(proxies) or "none"),
    )


async def _host(transport: Transport, subject: str, base: str) -> Finding:
    if not base:
        cure = "Name the host by --preview or in the profile's hosts, if you work with such tokens."
        return Finding(subject, "no host is known, so its tokens can't be verified", cure, "warn")
    found = await reach(transport, base, within=HOST_SECONDS)
    if found.trouble is None:
        return Finding(subject, f"{host_of(base)} answers in {found.seconds * 1000:.0f} ms")
    if isinstance(found.trouble, NotContentstack | BadAnswer):
        return Finding(subject, str(found.trouble), _NOT_THEIRS, "fail")
    if found.trouble.status is not None:
        return Finding(subject, str(found.trouble), _OTHERWISE, "warn")
    kind = found.trouble.cause_kind if isinstance(found.trouble, Unreachable) else ""
    cure = _CURES.get(kind, _OTHERWISE).format(host=host_of(base).partition(":")[0])
    return Finding(subject, str(found.trouble), cure, "fail")


async def _who(account: Account, connection: Connection) -> tuple[Finding, ...]:
    client = await account.client()
    try:
        async with asyncio.timeout(LOGIN_SECONDS):
            user = await client.current_user()
            return (Finding("User", user.email or user.uid), await _stack(client, user, connection.stack))
    except TimeoutError:
        return (Finding("User", f"No answer within {LOGIN_SECONDS:g} seconds.", _OTHERWISE, "fail"),)
    except ContentstackError as error:
        return (Finding("User", str(error), _cure(error), "fail", error.remedy),)


def _cure(error: ContentstackError) -> str:
    if isinstance(error, NotContentstack):
        return _NOT_THEIRS
    if isinstance(error, StackNotFound):
        return "Look for the stack's region, or choose another stack."
    return "Sign in anew." if error.remedy == "sign_in" else _OTHERWISE


async def _stack(client: Client, user: User, words: str | None) -> Finding:
    if words is None:
        cure = "Choose one in the dashboard, or name it by --stack or CONTENTSTACK_API_KEY."
        return Finding("Stack", "none is chosen", cure, "warn", "stacks")
    try:
        stack = await find_stack(client, words)
    except StackUnclear as unclear:
        return Finding("Stack", str(unclear), "Name another one.", "fail", "stacks")
    except ContentstackError as error:
        return Finding("Stack", str(error), _cure(error), "fail", error.remedy)
    roles: tuple[Role, ...] = ()
    # Not everybody may read them, and then what the user and the stack say of the role has to do.
    with suppress(ContentstackError):
        roles = await client.stack(stack.api_key, stack.org_uid or None).roles()
    standing = standing_of(user, stack, roles)
    told = f"{stack.name}, API key {stack.api_key[:7]}…, your role: {standing.label or 'not known'}"
    refusal = standing.delivery_refusal or standing.management_refusal
    return Finding("Stack", told, refusal or "", "warn" if refusal else "ok")


def terminal(environ: Mapping[str, str]) -> tuple[Finding, ...]:
    """The terminal on standard error, where the dashboard draws, and each way from it to a clipboard."""
    # Textual puts something of its own in the place of sys.stderr.
    screen = sys.__stderr__
    encoding = screen.encoding if screen is not None else "unknown"
    characters = Finding("Characters", encoding)
    if tui.terminal.ascii_only(environ, encoding):
        cure = "Lines and masks are drawn in ASCII. For all characters: export LC_ALL=C.UTF-8"
        characters = Finding("Characters", "ASCII, by the locale", cure, "warn")
    clipboard = (
        Finding("Clipboard", f"{route.name}: {'' if route.usable else 'no, '}{route.words}")
        for route in describe(look(environ))
    )
    return (_name(environ), Finding("Colours", colours(environ)), characters, *clipboard)


def colours(environ: Mapping[str, str]) -> str:
    """How many colours the dashboard draws with, and what says so."""
    if environ.get("NO_COLOR"):
        return "none, by NO_COLOR"
    count = tui.terminal.colours(environ)
    return f"{count}, by TERM" if count <= 256 else "16 million, by COLORTERM"


def _name(environ: Mapping[str, str]) -> Finding:
    term = environ.get("TERM", "")
    program = f"{environ.get('TERM_PROGRAM', '')} {environ.get('TERM_PROGRAM_VERSION', '')}".strip()
    parts = [f"TERM {term or 'not set'}", program]
    parts += [words for name, words in _AROUND.items() if environ.get(name)]
    try:
        columns, rows = os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else -1)
    except (OSError, ValueError):
        columns, rows = _LEAST_COLUMNS, _LEAST_ROWS
    else:
        parts.append(f"{columns} columns, {rows} rows")
    cure = ""
    if term == "dumb":
        cure = "Use a terminal that can place text: this one can't."
    elif columns < _LEAST_COLUMNS or rows < _LEAST_ROWS:
        cure = f"Make it at least {_LEAST_COLUMNS} columns wide and {_LEAST_ROWS} rows high."
    return Finding("Terminal", ", ".join(filter(None, parts)), cure, "fail" if cure else "ok")
