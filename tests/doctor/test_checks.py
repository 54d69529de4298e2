from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.contentstack.fakes import http, listening, raw_server
from tests.support.clock import clock
from tui.account.account import Account
from tui.config.settings import Settings
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.contentstack.regions import custom_region
from tui.contentstack.transport import Transport
from tui.doctor import checks as checkup
from tui.doctor.checks import colours, surroundings, terminal
from tui.doctor.report import CheckResult, as_json, as_text
from tui.sandbox.service import Sandbox
from tui.terminal.capabilities import prepare

_DEPTHS = {"standard": "16", "256": "256", "truecolor": "16 million"}


def examined(
    sandbox: Sandbox, *, stack: str | None = None, role: str | None = None
) -> dict[str, CheckResult]:
    async def examine() -> tuple[CheckResult, ...]:
        account = Account(lambda: connection_to(sandbox, stack, role=role))
        try:
            return await surroundings(account, Settings())
        finally:
            await account.close()

    return {found.subject: found for found in asyncio.run(examine())}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox.demo(now=clock)


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("Content Manager", "Only Owners, Admins and Developers"),
        ("Developer", "Only Owners and Admins"),
    ],
)
def test_a_role_that_surely_does_not_do_is_worth_a_look(
    sandbox: Sandbox, role: str, words: str
) -> None:
    stack = examined(sandbox, role=role)["Stack"]
    assert stack.verdict == "warn"
    assert role in stack.words
    assert words in stack.cure


def test_a_stack_that_is_not_here_leads_to_the_regions(sandbox: Sandbox) -> None:
    stack = examined(sandbox, stack="blt" + "9" * 16)["Stack"]
    assert (stack.verdict, stack.remedy) == ("fail", "region")
    assert "9999999" not in stack.words


def test_a_name_that_no_stack_has_leads_to_the_stacks(sandbox: Sandbox) -> None:
    stack = examined(sandbox, stack="Nothing")["Stack"]
    assert (stack.verdict, stack.remedy) == ("fail", "stacks")


@pytest.mark.parametrize("fault", ["503", "429;retry-after=60"])
def test_a_host_that_answers_by_a_failure_is_worth_a_look(
    sandbox: Sandbox, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "HOST_SECONDS", 2.0)
    sandbox.fail(fault, method="GET", path="/v3/user", times=9)
    host = examined(sandbox)["Management API"]
    assert host.verdict != "ok"
    assert host.cure


@pytest.mark.parametrize("status", ["401", "403", "404", "412", "451", "502"])
@pytest.mark.parametrize(
    ("api", "subject"),
    [
        ("management", "Management API"),
        ("delivery", "Delivery API"),
        ("preview", "Preview API"),
    ],
)
def test_a_gateways_page_is_no_answer_of_a_host(
    sandbox: Sandbox, api: Any, subject: str, status: str
) -> None:
    sandbox.fail(f"{status}-html", api=api, times=99)
    found = examined(sandbox)
    assert found[subject].verdict == "fail"
    assert "The answer isn't from Contentstack" in found[subject].words
    assert f"status {status}" in found[subject].words
    assert "browser" in found[subject].cure
    assert {each.subject for each in found.values() if each.verdict == "fail"} == {
        subject
    }
    assert found["User"].words.startswith("not checked") is (api == "management")
    assert (found["User"].verdict == "warn") is (api == "management")


@pytest.mark.parametrize(
    ("path", "subject"), [("/v3/user", "User"), ("/v3/stacks", "Stack")]
)
def test_nor_a_reason_to_sign_in_or_to_look_for_a_region(
    sandbox: Sandbox, path: str, subject: str
) -> None:
    # The first call for the user is the one without a sign-in.
    sandbox.fail(
        "401-html", path=path, times=None, after=1 if path == "/v3/user" else 0
    )
    line = examined(sandbox)[subject]
    assert (line.verdict, line.remedy) == ("fail", "refresh")
    assert "browser" in line.cure


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<title>Blocked</title>", ""),
        (b'{"error": "blocked"}', ""),
        (b'{"user": {"uid": "u"}}', ""),
        (b"", ""),
        (b"\x0b\x02", "content-encoding: br\r\n"),
        (b"no gzip", "content-encoding: gzip\r\n"),
    ],
)
async def test_no_success_is_right_for_whoever_has_not_signed_in(
    body: bytes, headers: str
) -> None:
    async def reply(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(http(body, headers=headers))

    async with raw_server(reply) as region:
        transport = Transport(region)
        line = await checkup._host(transport, "Management API", region.cma)
        await transport.aclose()
    assert line.verdict == "fail"


@pytest.mark.parametrize(
    ("reply", "verdict", "words"),
    [
        (b"HTTP/1.1 403 No\r\n\r\n", "fail", "refused the connection: status 403"),
        (b"HTTP/1.1 200 Yes\r\n\r\n", "ok", "(HTTPS_PROXY)"),
        (b"", "fail", "dropped the connection"),
        (None, "warn", "No answer through 127.0.0.1:"),
    ],
)
async def test_the_proxys_line_agrees_with_those_of_the_hosts(
    monkeypatch: pytest.MonkeyPatch, reply: bytes | None, verdict: str, words: str
) -> None:
    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if reply is None:
            await reader.read()
            return
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()

    monkeypatch.setattr(checkup, "HOST_SECONDS", 5.0 if reply is not None else 0.2)
    region = custom_region(cma="https://cma.invalid", cda="https://cda.invalid")
    async with listening(connected) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        lines = await checkup._region(Connection(region, None, None), Settings())
    found = {line.subject: line for line in lines}
    assert [line.subject for line in lines].count("Proxy") == 1
    assert found["Management API"].verdict == "fail"
    assert found["Proxy"].verdict == verdict
    assert words in found["Proxy"].words


def test_a_host_that_is_slow_is_not_waited_for(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "HOST_SECONDS", 0.1)
    sandbox.fail("delay=60", method="GET", path="/v3/user", times=9)
    found = examined(sandbox)
    assert (
        found["Management API"].words
        == "No answer within 0.1 seconds (cma.demo.invalid)."
    )
    assert found["User"].words.startswith("not checked")


def test_a_login_that_is_not_answered_is_not_waited_for(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "LOGIN_SECONDS", 0.1)
    sandbox.fail("delay=60", method="GET", path="/v3/stacks", times=9)
    assert examined(sandbox)["User"].words == "No answer within 0.1 seconds."


@pytest.mark.parametrize("colour", ["", "truecolor", "24bit", "TrueColor", "no"])
@pytest.mark.parametrize(
    "term", ["xterm", "xterm-256color", "xterm-kitty", "alacritty", "screen-16color"]
)
def test_colours_are_counted_as_they_are_drawn(colour: str, term: str) -> None:
    environ = {"TERM": term, "COLORTERM": colour}
    prepared = dict(environ)
    prepare(prepared)
    system: Any = prepared.get("TEXTUAL_COLOR_SYSTEM", "auto")
    drawn = Console(
        file=io.StringIO(), force_terminal=True, color_system=system, _environ=prepared
    ).color_system
    assert colours(environ).startswith(f"{_DEPTHS[drawn or '']}, by ")


def test_no_color_is_none() -> None:
    assert (
        colours({"NO_COLOR": "1", "TERM": "xterm-256color"})
        == "none, because of NO_COLOR"
    )


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (
            {"TERM": "tmux-256color", "TMUX": "/tmp/x", "SSH_CONNECTION": "1 2 3 4"},
            "in tmux, over SSH",
        ),
        (
            {"TERM": "xterm", "TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "3.5"},
            "WezTerm 3.5",
        ),
        ({}, "TERM not set"),
    ],
)
def test_the_terminal_is_named_with_what_stands_around_it(
    environ: Mapping[str, str], words: str
) -> None:
    assert words in terminal(environ)[0].words


def test_a_terminal_that_cannot_place_text_fails() -> None:
    assert terminal({"TERM": "dumb"})[0].verdict == "fail"


@given(
    st.text("0123456789abcdef", min_size=16, max_size=40),
    st.sampled_from(["blt", "cs"]),
)
def test_no_finding_holds_a_whole_key_or_token(digits: str, kind: str) -> None:
    token = kind + digits.ljust(20, "0")
    found = CheckResult("Stack", f"named {token}", f"not {token}")
    for printed in (as_text([found]), as_json([found])):
        assert token not in printed


def test_a_line_is_one_line_and_its_cure_another() -> None:
    printed = as_text(
        [
            CheckResult("One", "a\nb\x1b[31m"),
            CheckResult("Other", "c", "d", verdict="fail"),
        ]
    )
    assert len(printed.splitlines()) == 4
    assert re.search(r"^FAIL  Other  c\n {13}d$", printed, re.MULTILINE)
    assert "\x1b" not in printed
    assert json.loads(as_json([CheckResult("One", "a")]))["ok"] is True
