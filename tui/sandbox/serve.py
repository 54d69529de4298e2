"""The sandbox on 127.0.0.1: a port for each API, until Ctrl+C or SIGTERM."""

from __future__ import annotations

import json
import os
import socket
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import click

from tui.sandbox.fleet_seeds import fleet_seeds
from tui.sandbox.gateway import ASGIApp
from tui.sandbox.seed import Seed, SeedError, demo_seed, read_seed
from tui.sandbox.service import Sandbox

_HOST = "127.0.0.1"
_HIGHEST_PORT = 65535
_APIS = ("management", "delivery", "preview")
_USER_FIELDS = (
    "uid",
    "email",
    "password",
    "role",
    "authtoken",
    "tfa_secret",
    "sms_code",
    "bearer",
)
_NO_UVICORN = "Serving the sandbox needs uvicorn: pip install 'tokendeck[sandbox]'"
_READY = (
    "The sandbox is ready, only on this machine. Ctrl+C stops it. Nothing is saved."
)
_MOST_STACKS = 20
_FAILED = 1
_USAGE = 2

FLEET = "fleet"
"""The seed that isn't a file; for a file of that name, use `./fleet`."""


class ServedRegion(NamedTuple):
    """A sandbox, and the URLs of its APIs."""

    name: str
    sandbox: Sandbox
    cma: str
    cda: str
    preview: str


def serve(
    *, port: int, seed: Path | None, rate_limit: int | None, as_json: bool
) -> int:
    """Serve until a signal ends the process with 0, and say when it is ready.

    Args:
        port: the management API's; the others take the next free ones. 0 takes any.
        seed: the seed file, "fleet" for 500 stacks in three regions, or None for the
            demo.
        rate_limit: requests per second, instead of the seed's.
        as_json: whether to say so in JSON or for people.

    Returns:
        Why it can't be served, as an exit code: 1 if the port is taken, 2 for a bad
        seed or without uvicorn.
    """
    try:
        from tui.sandbox.server import run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "uvicorn":
            raise
        click.echo(_NO_UVICORN, err=True)
        return _USAGE
    try:
        sandboxes = {
            region: Sandbox.from_seed(each, rate_limit=rate_limit)
            for region, each in _seeds(seed).items()
        }
        sockets = _listen(port, len(_APIS) * len(sandboxes))
    except SeedError as error:
        click.echo(f"Tokendeck can't use this seed. {error}", err=True)
        return _USAGE
    except OSError as error:
        click.echo(f"Couldn't use port {port} on {_HOST}: {error.strerror}.", err=True)
        return _FAILED
    urls = [f"http://{_HOST}:{each.getsockname()[1]}" for each in sockets]
    regions = [
        ServedRegion(name, sandbox, *urls[3 * place : 3 * place + 3])
        for place, (name, sandbox) in enumerate(sandboxes.items())
    ]
    ready = _ready_line(regions) if as_json else _summary(regions)
    run(
        list(chain(*map(_apps, sandboxes.values()))), sockets, lambda: click.echo(ready)
    )
    return 0


def _seeds(seed: Path | None) -> dict[str, Seed]:
    """Return the seeds to serve by region, "" if there's only one."""
    if seed is None:
        return {"": demo_seed()}
    return fleet_seeds() if str(seed) == FLEET else {"": read_seed(seed)}


def _apps(sandbox: Sandbox) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
    return sandbox.management, sandbox.delivery, sandbox.preview


def _listen(port: int, count: int) -> list[socket.socket]:
    """Open `count` listening sockets, the first on `port` itself.

    An OSError says that it's taken, or that all ports above it are.
    """
    sockets = [_bound(port)]
    number = port
    while len(sockets) < count:
        number = number + 1 if port else 0
        try:
            sockets.append(_bound(number))
        except OSError:
            if not port or number >= _HIGHEST_PORT:
                raise
    return sockets


def _bound(port: int) -> socket.socket:
    if not 0 <= port <= _HIGHEST_PORT:
        raise OSError(0, "there is no such port")
    try:
        return socket.create_server((_HOST, port), backlog=512)
    except OSError as error:
        # The error's own text repeats the address.
        raise OSError(error.errno, os.strerror(error.errno or 0)) from None


def _ready_line(regions: list[ServedRegion]) -> str:
    """Return what is served as one line of JSON: the first region, and all of them."""
    first = _told(regions[0])
    if len(regions) == 1:
        return json.dumps(first)
    told = [{"name": region.name, **_told(region)} for region in regions]
    return json.dumps({**first, "regions": told})


def _told(region: ServedRegion) -> dict[str, object]:
    sandbox = region.sandbox
    stacks = [
        {
            "name": stack.name,
            "api_key": stack.api_key,
            "branches": bool(stack.branches),
            "environments": list(stack.environments),
        }
        for stack in sandbox.stacks
    ]
    users = [
        {field: getattr(user, field) for field in _USER_FIELDS}
        for user in sandbox.users
    ]
    urls = {"cma": region.cma, "cda": region.cda, "preview": region.preview}
    return {**urls, "stacks": stacks, "users": users}


def _summary(regions: list[ServedRegion]) -> str:
    return "\n\n".join([_READY, *map(_summary_of, regions)])


def _summary_of(region: ServedRegion) -> str:
    name, sandbox, *urls = region
    lines = [f"  {api:<10}  {url}" for api, url in zip(_APIS, urls, strict=True)]
    if name:
        lines.insert(0, f"  region      {name}")
    shown = sandbox.stacks[:_MOST_STACKS]
    width = max(20, *(len(stack.name) for stack in shown), 0)
    lines += ["", f"  {'stack':<{width}}  API key"]
    lines += [f"  {stack.name:<{width}}  {stack.api_key}" for stack in shown]
    if len(sandbox.stacks) > len(shown):
        lines.append(f"  … and {len(sandbox.stacks) - len(shown)} more")
    titles = ("role", "e-mail", "password", "authtoken")
    lines += ["", _columns(*titles)]
    for user in sandbox.users:
        line = _columns(user.role, user.email, user.password, user.authtoken)
        if user.tfa_secret:
            line += f"  second factor: {user.tfa_secret}"
        lines.append(line)
    cma, cda, preview = urls
    options = f"--cma {cma} --cda {cda} --preview {preview}"
    lines += ["", f"  tokendeck {options} --stack NAME"]
    return "\n".join(lines)


def _columns(role: str, email: str, password: str, authtoken: str) -> str:
    return f"  {role:<15}  {email:<20}  {password:<16}  {authtoken}"
