"""What the doctor looks at.

The program, its settings, hosts and login, the terminal and the clipboard.
"""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version

import tui.terminal.capabilities
from tui.account.account import Account
from tui.account.connection import Connection, ConnectionMissing
from tui.account.permissions import standing_of
from tui.account.stacks import StackUnclear, find_stack
from tui.clipboard.situation import describe, look
from tui.config.settings import Settings, unknown_variables
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
from tui.doctor.report import CheckResult

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


def program() -> CheckResult:
    """Which program this is, and what it stands on."""
    parts = [f"{name} {version(name)}" for name in ("tokendeck", "textual", "httpx")]
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return CheckResult(
        "Versions", ", ".join([*parts, f"Python {platform.python_version()}", system])
    )


def configuration(
    settings: Settings, environ: Mapping[str, str]
) -> tuple[CheckResult, ...]:
    """What was read: the file, the profile, and which variables were meant for nobody."""
    profile = (
        f"{settings.profile} ({settings.sources['profile']})"
        if settings.profile
        else "none"
    )
    changes = (
        f"refused ({settings.sources['read_only']})"
        if settings.read_only
        else "allowed"
    )
    unread = (
        CheckResult(
            "Variable",
            f"{name} is set, and nothing reads it.",
            "Look at its spelling, or unset it.",
            "warn",
        )
        for name in unknown_variables(environ)
    )
    return (
        CheckResult("Configuration", settings.placed),
        CheckResult("Profile", profile),
        CheckResult("Changes", changes),
        *unread,
    )


async def surroundings(account: Account, settings: Settings) -> tuple[CheckResult, ...]:
    """Region, hosts, certificates, proxy, login, user, stack and role.

    Waits a while, and never for long.
    """
    try:
        connection = await account.connection()
    except ConnectionMissing as missing:
        cure = "Mend that, or take the setting away: Tokendeck then asks for a login."
        hosts = await _region(Connection(settings.region, None, None), settings)
        return (*hosts, CheckResult("Login", str(missing), cure, "fail"))
    hosts = await _region(connection, settings)
    if connection.credential is None:
        cure = "Start the dashboard, which asks for a login; or set CONTENTSTACK_AUTHTOKEN."
        login = CheckResult("Login", "Nobody is signed in.", cure, "warn", "sign_in")
        return (
            *hosts,
            login,
            *(CheckResult("Looked at", words) for words in connection.looked_in),
        )
    kind = (
        "an OAuth token" if connection.credential.kind == "bearer" else "an authtoken"
    )
    login = CheckResult("Login", f"{kind} from {connection.source}")
    if any(
        found.subject == "Management API" and found.verdict == "ok" for found in hosts
    ):
        return (*hosts, login, *await _who(account, connection))
    return (
        *hosts,
        login,
        CheckResult("User", "not asked for, since the management API did not answer"),
    )


async def _region(
    connection: Connection, settings: Settings
) -> tuple[CheckResult, ...]:
    region = connection.region
    source = settings.sources.get("region", "by default")
    source = (
        source
        if region == settings.region
        else connection.source or "chosen in this run"
    )
    named = CheckResult("Region", f"{region.name} ({source})")
    way = () if connection.apps else _way_out(region)
    try:
        transport = await asyncio.to_thread(Transport, region, apps=connection.apps)
    except Unreachable as error:
        subject = "Proxy" if error.cause_kind == "proxy" else "Certificates"
        return (
            named,
            CheckResult(subject, str(error), _CURES[error.cause_kind], "fail"),
        )
    bases = {
        "Management API": region.cma,
        "Delivery API": region.cda,
        "Preview API": region.preview,
    }
    try:
        hosts = await asyncio.gather(
            *(_host(transport, *item) for item in bases.items())
        )
    finally:
        await transport.aclose()
    return (named, *hosts, *way)


def _way_out(region: Region) -> tuple[CheckResult, ...]:
    """Certificates and proxies as the transport takes them.

    From the environment, else from the system.
    """
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    named = [f"{name} {os.environ[name]}" for name in names if os.environ.get(name)]
    proxies = proxies_to(region.cma, region.cda, region.preview)
    return (
        CheckResult(
            "Certificates", ", ".join(named) or "those of the operating system"
        ),
        CheckResult("Proxy", ", ".join(proxies) or "none"),
    )


async def _host(transport: Transport, subject: str, base: str) -> CheckResult:
    if not base:
        cure = "Name the host by --preview or in the profile's hosts, if you work with such tokens."
        return CheckResult(
            subject, "no host is known, so its tokens can't be verified", cure, "warn"
        )
    found = await reach(transport, base, within=HOST_SECONDS)
    if found.trouble is None:
        return CheckResult(
            subject, f"{host_of(base)} answers in {found.seconds * 1000:.0f} ms"
        )
    if isinstance(found.trouble, NotContentstack | BadAnswer):
        return CheckResult(subject, str(found.trouble), _NOT_THEIRS, "fail")
    if found.trouble.status is not None:
        return CheckResult(subject, str(found.trouble), _OTHERWISE, "warn")
    kind = found.trouble.cause_kind if isinstance(found.trouble, Unreachable) else ""
    cure = _CURES.get(kind, _OTHERWISE).format(host=host_of(base).partition(":")[0])
    return CheckResult(subject, str(found.trouble), cure, "fail")


async def _who(account: Account, connection: Connection) -> tuple[CheckResult, ...]:
    client = await account.client()
    try:
        async with asyncio.timeout(LOGIN_SECONDS):
            user = await client.current_user()
            return (
                CheckResult("User", user.email or user.uid),
                await _stack(client, user, connection.stack),
            )
    except TimeoutError:
        return (
            CheckResult(
                "User",
                f"No answer within {LOGIN_SECONDS:g} seconds.",
                _OTHERWISE,
                "fail",
            ),
        )
    except ContentstackError as error:
        return (CheckResult("User", str(error), _cure(error), "fail", error.remedy),)


def _cure(error: ContentstackError) -> str:
    if isinstance(error, NotContentstack):
        return _NOT_THEIRS
    if isinstance(error, StackNotFound):
        return "Look for the stack's region, or choose another stack."
    return "Sign in anew." if error.remedy == "sign_in" else _OTHERWISE


async def _stack(client: Client, user: User, words: str | None) -> CheckResult:
    if words is None:
        cure = "Choose one in the dashboard, or name it by --stack or CONTENTSTACK_API_KEY."
        return CheckResult("Stack", "none is chosen", cure, "warn", "stacks")
    try:
        stack = await find_stack(client, words)
    except StackUnclear as unclear:
        return CheckResult("Stack", str(unclear), "Name another one.", "fail", "stacks")
    except ContentstackError as error:
        return CheckResult("Stack", str(error), _cure(error), "fail", error.remedy)
    roles: tuple[Role, ...] = ()
    # Not everybody may read them, and then what the user and the stack say of the role
    # has to do.
    with suppress(ContentstackError):
        roles = await client.stack(stack.api_key, stack.org_uid or None).roles()
    permissions = standing_of(user, stack, roles)
    told = f"{stack.name}, API key {stack.api_key[:7]}…, your role: {permissions.label or 'not known'}"
    refusal = permissions.delivery_refusal or permissions.management_refusal
    return CheckResult("Stack", told, refusal or "", "warn" if refusal else "ok")


def terminal(environ: Mapping[str, str]) -> tuple[CheckResult, ...]:
    """The terminal on standard error, where the dashboard draws, and each way from it to a clipboard."""
    # Textual puts something of its own in the place of sys.stderr.
    screen = sys.__stderr__
    encoding = screen.encoding if screen is not None else "unknown"
    characters = CheckResult("Characters", encoding)
    if tui.terminal.capabilities.ascii_only(environ, encoding):
        cure = "Lines and masks are drawn in ASCII. For all characters: export LC_ALL=C.UTF-8"
        characters = CheckResult("Characters", "ASCII, by the locale", cure, "warn")
    clipboard = (
        CheckResult(
            "Clipboard", f"{route.name}: {'' if route.usable else 'no, '}{route.words}"
        )
        for route in describe(look(environ))
    )
    return (
        _name(environ),
        CheckResult("Colours", colours(environ)),
        characters,
        *clipboard,
    )


def colours(environ: Mapping[str, str]) -> str:
    """How many colours the dashboard draws with, and what says so."""
    if environ.get("NO_COLOR"):
        return "none, by NO_COLOR"
    count = tui.terminal.capabilities.colours(environ)
    return f"{count}, by TERM" if count <= 256 else "16 million, by COLORTERM"


def _name(environ: Mapping[str, str]) -> CheckResult:
    term = environ.get("TERM", "")
    program = f"{environ.get('TERM_PROGRAM', '')} {environ.get('TERM_PROGRAM_VERSION', '')}".strip()
    parts = [f"TERM {term or 'not set'}", program]
    parts += [words for name, words in _AROUND.items() if environ.get(name)]
    try:
        columns, rows = os.get_terminal_size(
            sys.__stderr__.fileno() if sys.__stderr__ else -1
        )
    except (OSError, ValueError):
        columns, rows = _LEAST_COLUMNS, _LEAST_ROWS
    else:
        parts.append(f"{columns} columns, {rows} rows")
    cure = ""
    if term == "dumb":
        cure = "Use a terminal that can place text: this one can't."
    elif columns < _LEAST_COLUMNS or rows < _LEAST_ROWS:
        cure = f"Make it at least {_LEAST_COLUMNS} columns wide and {_LEAST_ROWS} rows high."
    return CheckResult(
        "Terminal", ", ".join(filter(None, parts)), cure, "fail" if cure else "ok"
    )
