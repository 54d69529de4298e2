from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.contentstack.fakes import http, raw_server
from tests.sandbox.served import Served, serving
from tui.account.credential_store import keep, kept, name_of
from tui.cli.main import tokendeck
from tui.contentstack.credentials import parse_credential
from tui.contentstack.regions import custom_region


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}


def logout(
    served: Served,
    environ: dict[str, str],
    typed: str = "",
    options: tuple[str, ...] = (),
) -> Result:
    hosts = ["--cma", served.info["cma"], "--cda", served.info["cda"]]
    words = [*hosts, "logout", *options]
    return CliRunner().invoke(tokendeck, words, env=environ, input=typed)


def test_a_kept_login_is_ended_and_forgotten(environ: dict[str, str]) -> None:
    with serving() as served:
        region = custom_region(cma=served.info["cma"], cda=served.info["cda"])
        login = parse_credential(served.user()["authtoken"])
        keep("file", environ, name_of(region, None), login)
        first, second = logout(served, environ), logout(served, environ)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "logged out" in first.output
    assert "You aren't signed in" in second.output


def test_a_session_from_elsewhere_is_ended_only_after_a_typed_yes(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.cli.logout.can_ask", lambda: True)
    with serving() as served:
        environ["CONTENTSTACK_AUTHTOKEN"] = served.user()["authtoken"]
        kept_alive = logout(served, environ, "y\n")
        ended = logout(served, environ, "yes\n")
    assert "You're still signed in" in kept_alive.output
    assert "logged out" in ended.output
    assert environ["CONTENTSTACK_AUTHTOKEN"] not in kept_alive.output + ended.output


def test_without_a_terminal_only_an_option_ends_a_session_from_elsewhere(
    environ: dict[str, str],
) -> None:
    with serving() as served:
        environ["CONTENTSTACK_AUTHTOKEN"] = served.user()["authtoken"]
        for typed in ("", "yes\n"):
            refused = logout(served, environ, typed)
            assert refused.exit_code == 2
            assert "add --yes" in refused.stderr
            assert "Type yes" not in refused.output
        ended = logout(served, environ, options=("--yes",))
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert "logged out" in ended.output


def test_a_session_that_is_piped_in_is_not_ended_unasked(
    environ: dict[str, str],
) -> None:
    with serving() as served:
        hosts = ["--cma", served.info["cma"], "--cda", served.info["cda"]]
        words = [*hosts, "--auth-file", "-", "logout"]
        authtoken = served.user()["authtoken"]
        result = CliRunner().invoke(tokendeck, words, env=environ, input=authtoken)
    assert result.exit_code == 2
    assert "This session comes from --auth-file" in result.output


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404])
@pytest.mark.short(2)
async def test_a_gateways_page_ends_no_session_and_forgets_no_login(
    status: int, environ: dict[str, str]
) -> None:
    async def reply(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(http(b"<title>Blocked</title>", status=f"{status} Some"))

    async with raw_server(reply) as region:
        home = custom_region(cma=region.cma, cda=region.cma)
        login = parse_credential("blt" + "5" * 20)
        keep("file", environ, name_of(home, None), login)
        words = ["--cma", region.cma, "--cda", region.cma, "logout"]
        result = await asyncio.to_thread(
            CliRunner().invoke, tokendeck, words, env=environ
        )
    assert result.exit_code == 1
    assert result.output.startswith("The answer isn't from Contentstack")
    assert kept("file", environ, name_of(home, None)) == login


def test_without_a_login_there_is_nothing_to_end(environ: dict[str, str]) -> None:
    result = CliRunner().invoke(tokendeck, ["logout"], env=environ)
    assert (result.exit_code, result.output) == (0, "You aren't signed in.\n")
