"""The sandbox on 127.0.0.1: three ports, one for each API, until Ctrl+C or SIGTERM."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import click

from tui.sandbox.seed import SeedError, demo_seed, read_seed
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
_FAILED = 1
_USAGE = 2


def serve(
    *, port: int, seed: Path | None, rate_limit: int | None, as_json: bool
) -> int:
    """Serve until a signal ends the process with 0, and say when it is ready.

    Args:
        port: the management API's; the others take the next that are free. 0 takes any.
        seed: the seed file, or None for the demo.
        rate_limit: requests a second, in place of the seed's.
        as_json: whether to say it in JSON or for people.

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
        world = demo_seed() if seed is None else read_seed(seed)
        sandbox = Sandbox.from_seed(world, rate_limit=rate_limit)
        sockets = _listen(port)
    except SeedError as error:
        click.echo(f"Tokendeck can't use this seed. {error}", err=True)
        return _USAGE
    except OSError as error:
        click.echo(f"Couldn't use port {port} on {_HOST}: {error.strerror}.", err=True)
        return _FAILED
    urls = [f"http://{_HOST}:{each.getsockname()[1]}" for each in sockets]
    ready = _ready_line(sandbox, urls) if as_json else _summary(sandbox, urls)
    apps = (sandbox.management, sandbox.delivery, sandbox.preview)
    run(apps, sockets, lambda: click.echo(ready))
    return 0


def _listen(port: int) -> list[socket.socket]:
    """Open three listening sockets, the first on `port` itself.

    An OSError says that it is taken, or all those above.
    """
    sockets = [_bound(port)]
    number = port
    while len(sockets) < len(_APIS):
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
        # Its own text repeats the address.
        raise OSError(error.errno, os.strerror(error.errno or 0)) from None


def _ready_line(sandbox: Sandbox, urls: list[str]) -> str:
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
    cma, cda, preview = urls
    addresses = {"cma": cma, "cda": cda, "preview": preview}
    return json.dumps({**addresses, "stacks": stacks, "users": users})


def _summary(sandbox: Sandbox, urls: list[str]) -> str:
    lines = [_READY, ""]
    lines += [f"  {name:<10}  {url}" for name, url in zip(_APIS, urls, strict=True)]
    lines += ["", "  stack                 API key"]
    lines += [f"  {stack.name:<20}  {stack.api_key}" for stack in sandbox.stacks]
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
