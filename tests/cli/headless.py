"""Runs commands in this process, on an embedded stack that a test can inspect."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from click.testing import CliRunner

from tui.cli.main import tokendeck
from tui.clock import Clock
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.sandbox.seed import demo_seed
from tui.sandbox.service import Sandbox


@dataclass
class Done:
    """The result of a command."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """Return the only document on standard output."""
        return json.loads(self.stdout)

    @property
    def error(self) -> Any:
        """Return the only object on standard error; standard output must be empty."""
        assert self.stdout == ""
        assert self.stderr.count("\n") == 1
        return json.loads(self.stderr)


@dataclass(repr=False)
class Headless:
    """The command line on its own sandbox.

    Attributes:
        writes: method and path of each request that isn't a read, in order.
    """

    sandbox: Sandbox
    role: str | None = None
    signed_out: bool = False
    requests: list[tuple[str, str]] = field(default_factory=list)

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Return the requests that could change something."""
        return [request for request in self.requests if request[0] != "GET"]

    def __call__(self, *words: str, typed: str | None = None) -> Done:
        """Run `tokendeck --demo WORDS`, without a terminal."""
        result = CliRunner().invoke(tokendeck, ["--demo", *words], input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    def connect(
        self, stack: str | None = None, *, clock: Clock | None = None
    ) -> Connection:
        """Stand in for the connection to the demo."""
        connection = connection_to(self.sandbox, stack, role=self.role)
        apps = {url: self._counted(app) for url, app in (connection.apps or {}).items()}
        connection = replace(connection, apps=apps)
        return replace(connection, credential=None) if self.signed_out else connection

    def _counted(self, app: Any) -> Any:
        async def counted(scope: Any, receive: Any, send: Any) -> None:
            self.requests.append((scope["method"], scope["path"]))
            await app(scope, receive, send)

        return counted

    def tokens(self, *kind: str) -> dict[str, Any]:
        """Return the tokens of a kind by name, as `list` prints them."""
        rows = self("list", *kind, "--json").json["tokens"]
        return {row["name"]: row for row in rows}


def headless(monkeypatch: pytest.MonkeyPatch) -> Headless:
    """The command line on the demo's organization."""
    shell = Headless(Sandbox.from_seed(demo_seed()))
    monkeypatch.setattr("tui.account.credential_search.demo_connection", shell.connect)
    # They're for a process that ends with its command.
    monkeypatch.setattr("tui.cli.run.guard_output", lambda _log: None)
    monkeypatch.setattr("tui.cli.run.forbid_dumps", lambda: None)
    return shell


def secrets_of(shell: Headless) -> list[str]:
    """Return every value that no output may contain unless asked for."""
    values: list[str | None] = [user.authtoken for user in shell.sandbox.users]
    for stack in shell.sandbox.stacks:
        records = (*stack.delivery_tokens.values(), *stack.management_tokens.values())
        for record in records:
            values += [record.value, record.preview]
    return [value for value in values if value]


def no_secret(shell: Headless, texts: Sequence[str]) -> None:
    """Assert that no text contains a value."""
    for text in texts:
        for value in secrets_of(shell):
            assert value not in text
