"""The doctor's checks, each of which returns one or more results."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version

from tui.account.account import Account
from tui.account.permissions import permissions_of
from tui.clipboard.situation import describe, look
from tui.config.settings import Settings, unknown_variables
from tui.connection.connection import Connection, ConnectionMissing
from tui.connection.stack_lookup import StackUnclear, find_stack
from tui.contentstack.client import Client
from tui.contentstack.errors import (
    BadAnswer,
    ContentstackError,
    NotContentstack,
    StackNotFound,
    Unreachable,
)
from tui.contentstack.models import TOKEN_KINDS, Role, User
from tui.contentstack.proxies import proxy_to
from tui.contentstack.reach import reach
from tui.contentstack.regions import host_of
from tui.contentstack.transport import Transport
from tui.doctor.report import CheckResult
from tui.doctor.way_out import Outcomes, certificates, not_asked, proxy_lines
from tui.messages.permissions import refusal_of
from tui.terminal import capabilities

HOST_SECONDS = 5.0
LOGIN_SECONDS = 10.0

_CURES = {
    "dns": ("Check the name. Does `getent hosts {host}` find it?"),
    "connect": (
        "Check your network. If you're behind a firewall, you may need HTTPS_PROXY."
    ),
    "tls": (
        "If your proxy intercepts TLS, set SSL_CERT_FILE to its certificate authority."
    ),
}
_OTHERWISE = "Check your network, HTTPS_PROXY and https://status.contentstack.com."
_NOT_THEIRS = (
    "Open the host in a browser to see what answers. Sign in to your network there, ask"
    " for the host to be allowed, or set HTTPS_PROXY to your proxy."
)
_LEAST_COLUMNS, _LEAST_ROWS = 40, 10
_AROUND = {"TMUX": "in tmux", "STY": "in GNU screen", "SSH_CONNECTION": "over SSH"}


def program() -> CheckResult:
    """Say what versions are running, and on what system."""
    parts = [f"{name} {version(name)}" for name in ("tokendeck", "textual", "httpx")]
    python = f"Python {platform.python_version()}"
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return CheckResult("Versions", ", ".join([*parts, python, system]))


def configuration(
    settings: Settings, environ: Mapping[str, str]
) -> tuple[CheckResult, ...]:
    """Say what was read, and which variables look meant for us but aren't read."""
    profile, changes = "none", "allowed"
    if settings.profile:
        profile = f"{settings.profile} ({settings.sources['profile']})"
    if settings.read_only:
        changes = f"refused ({settings.sources['read_only']})"
    unread = [
        CheckResult(
            "Variable",
            f"{name} is set, but Tokendeck doesn't use it.",
            "Check its spelling, or unset it.",
            "warn",
        )
        for name in unknown_variables(environ)
    ]
    return (
        CheckResult("Configuration", settings.placed),
        CheckResult("Profile", profile),
        CheckResult("Changes", changes),
        *unread,
    )


async def surroundings(account: Account, settings: Settings) -> tuple[CheckResult, ...]:
    """Check region, hosts, certificates, proxy, sign-in, user, stack and role.

    It stops waiting after a few seconds.
    """
    try:
        connection = await account.connection()
    except ConnectionMissing as missing:
        cure = "Fix it, or remove the setting: Tokendeck then asks you to sign in."
        hosts = await _region(Connection(settings.region, None, None), settings)
        return (*hosts, CheckResult("Credential", str(missing), cure, "fail"))
    hosts = await _region(connection, settings)
    if connection.credential is None:
        return (*hosts, *_signed_out(connection))
    bearer = connection.credential.kind == "bearer"
    kind = "an OAuth token" if bearer else "an authtoken"
    login = _login(f"{kind} from {connection.source}", connection)
    verdicts = {result.subject: result.verdict for result in hosts}
    if verdicts.get("Management API") == "ok":
        return (*hosts, login, *await _user(account, connection))
    hindered = not connection.apps and not_asked(connection.region.cma, hosts)
    reason = "wasn't called" if hindered else "didn't answer"
    unasked = f"not checked, because the management API {reason}"
    return (*hosts, login, CheckResult("User", unasked, verdict="warn"))


def _login(words: str, connection: Connection) -> CheckResult:
    """Say where the credential comes from, and what was removed from around it."""
    if not connection.notice:
        return CheckResult("Credential", words)
    cure = "Store only the value there."
    return CheckResult("Credential", f"{words}. {connection.notice}", cure, "warn")


def _signed_out(connection: Connection) -> list[CheckResult]:
    """Say that no one is signed in, and where we looked for a credential."""
    cure = "Start the dashboard to sign in, or set CONTENTSTACK_AUTHTOKEN."
    login = CheckResult("Credential", "You aren't signed in.", cure, "warn", "sign_in")
    return [login, *(CheckResult("Looked at", words) for words in connection.looked_in)]


async def _region(
    connection: Connection, settings: Settings
) -> tuple[CheckResult, ...]:
    region = connection.region
    source = settings.sources.get("region", "by default")
    if region != settings.region:
        source = connection.source or "chosen in this run"
    named = CheckResult("Region", f"{region.name} ({source})")
    ways: tuple[CheckResult, ...] = ()
    if not connection.apps:
        # Reading certificates takes a while.
        ways = (await asyncio.to_thread(certificates, region, settings),)
    transport = Transport(region, apps=connection.apps)
    found: Outcomes = {}
    try:
        hosts = await asyncio.gather(
            _host(transport, "Management API", region.cma, ways, found),
            _host(transport, "Delivery API", region.cda, ways, found),
            _host(transport, "Preview API", region.preview, ways, found),
        )
    finally:
        await transport.aclose()
    proxies = proxy_lines(region, found) if ways else ()
    return (named, *hosts, *ways, *proxies)


async def _host(
    transport: Transport,
    subject: str,
    base: str,
    ways: tuple[CheckResult, ...] = (),
    outcomes: Outcomes | None = None,
) -> CheckResult:
    """Send a request to a host, and note the outcome in `outcomes`."""
    if not base:
        words = "no host, so preview tokens can't be verified"
        cure = (
            "To use preview tokens, set the host with --preview or in the profile's"
            " hosts."
        )
        return CheckResult(subject, words, cure, "warn")
    hindrance = not_asked(base, ways) if ways else None
    if hindrance:
        words = f"{host_of(base)} wasn't checked; see {hindrance}"
        return CheckResult(subject, words, verdict="warn")
    found = await reach(transport, base, within=HOST_SECONDS)
    trouble, host = found.trouble, host_of(base)
    if outcomes is not None:
        outcomes[base] = trouble
    if trouble is None:
        milliseconds = f"{found.seconds * 1000:.0f} ms"
        return CheckResult(subject, f"{host} answers in {milliseconds}")
    if isinstance(trouble, NotContentstack | BadAnswer):
        return CheckResult(subject, str(trouble), _NOT_THEIRS, "fail")
    if trouble.status is not None:
        return CheckResult(subject, str(trouble), _OTHERWISE, "warn")
    kind = trouble.cause_kind if isinstance(trouble, Unreachable) else ""
    cure = _CURES.get(kind, _OTHERWISE).format(host=host.partition(":")[0])
    proxy = proxy_to(base) if kind == "proxy" else None
    if proxy is not None:
        cure = f"Check {proxy.variable}; NO_PROXY lists hosts that don't need a proxy."
    return CheckResult(subject, str(trouble), cure, "fail")


async def _user(account: Account, connection: Connection) -> tuple[CheckResult, ...]:
    try:
        client = await account.client()
        async with asyncio.timeout(LOGIN_SECONDS):
            user = await client.current_user()
            stack = await _stack(client, user, connection.stack)
    except TimeoutError:
        late = f"No answer within {LOGIN_SECONDS:g} seconds."
        return (CheckResult("User", late, _OTHERWISE, "fail"),)
    except ContentstackError as error:
        return (CheckResult("User", str(error), _cure(error), "fail", error.remedy),)
    return (CheckResult("User", user.email or user.uid), stack)


def _cure(error: ContentstackError) -> str:
    if isinstance(error, NotContentstack):
        return _NOT_THEIRS
    if isinstance(error, StackNotFound):
        return "Find the stack's region, or choose another stack."
    return "Sign in again." if error.remedy == "sign_in" else _OTHERWISE


async def _stack(client: Client, user: User, named: str | None) -> CheckResult:
    if named is None:
        cure = "Choose one in the dashboard, or with --stack or CONTENTSTACK_API_KEY."
        return CheckResult("Stack", "none chosen", cure, "warn", "stacks")
    try:
        stack = await find_stack(client, named)
    except StackUnclear as unclear:
        return CheckResult(
            "Stack", str(unclear), "Choose another one.", "fail", "stacks"
        )
    except ContentstackError as error:
        return CheckResult("Stack", str(error), _cure(error), "fail", error.remedy)
    roles: tuple[Role, ...] = ()
    # Not everyone may read them; then what the user and the stack say must do.
    with suppress(ContentstackError):
        roles = await client.stack(stack.api_key, stack.org_uid or None).roles()
    permissions = permissions_of(user, stack, roles)
    role = permissions.label or "unknown"
    words = f"{stack.name}, API key {stack.api_key[:7]}…, your role: {role}"
    refusals = [refusal_of(permissions, kind) for kind in TOKEN_KINDS]
    refusal = next(filter(None, refusals), None)
    return CheckResult("Stack", words, refusal or "", "warn" if refusal else "ok")


def terminal(environ: Mapping[str, str]) -> tuple[CheckResult, ...]:
    """Check the terminal on standard error, and each route from it to a clipboard."""
    return (
        _terminal(environ),
        CheckResult("Colours", colours(environ)),
        _characters(environ),
        *_clipboard(environ),
    )


def colours(environ: Mapping[str, str]) -> str:
    """Say how many colours the dashboard uses, and why."""
    if environ.get("NO_COLOR"):
        return "none, because of NO_COLOR"
    count = capabilities.colours(environ)
    return f"{count}, by TERM" if count <= 256 else "16 million, by COLORTERM"


def _characters(environ: Mapping[str, str]) -> CheckResult:
    # Textual replaces sys.stderr with its own object.
    screen = sys.__stderr__
    encoding = screen.encoding if screen is not None else "unknown"
    if not capabilities.ascii_only(environ, encoding):
        return CheckResult("Characters", encoding)
    cure = "Tokendeck draws in ASCII. For all characters: export LC_ALL=C.UTF-8"
    return CheckResult("Characters", "ASCII, because of the locale", cure, "warn")


def _clipboard(environ: Mapping[str, str]) -> list[CheckResult]:
    results = []
    for route in describe(look(environ)):
        words = route.words if route.usable else f"no ({route.words})"
        results.append(CheckResult("Clipboard", f"{route.name}: {words}"))
    return results


def _terminal(environ: Mapping[str, str]) -> CheckResult:
    term = environ.get("TERM", "")
    program = (environ.get("TERM_PROGRAM", ""), environ.get("TERM_PROGRAM_VERSION", ""))
    parts = [f"TERM {term or 'not set'}", " ".join(program).strip()]
    parts += [words for name, words in _AROUND.items() if environ.get(name)]
    size = _size()
    if size is not None:
        parts.append(f"{size.columns} columns, {size.lines} rows")
    cure = _terminal_cure(term, size)
    words = ", ".join(filter(None, parts))
    return CheckResult("Terminal", words, cure, "fail" if cure else "ok")


def _size() -> os.terminal_size | None:
    """Return the terminal's size; None if there's no terminal."""
    try:
        return os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else -1)
    except (OSError, ValueError):
        return None


def _terminal_cure(term: str, size: os.terminal_size | None) -> str:
    if term == "dumb":
        return "Use another terminal: this one can't move the cursor."
    if size is None or (size.columns >= _LEAST_COLUMNS and size.lines >= _LEAST_ROWS):
        return ""
    return (
        f"Make it at least {_LEAST_COLUMNS} columns wide and {_LEAST_ROWS} rows high."
    )
