"""The real command if no connection can be opened: sentences, and no traceback."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import pytest

from tests.support.terminal import Terminal
from tests.terminal.conftest import TOKENDECK, Start

pytestmark = pytest.mark.terminal

BROKEN = {
    "socks5": (
        {"ALL_PROXY": "socks5h://127.0.0.1:1"},
        "ALL_PROXY=socks5h://…" if find_spec("socksio") else "(socks5h://)",
    ),
    "socks": ({"ALL_PROXY": "socks4://127.0.0.1:1080"}, "ALL_PROXY names a proxy"),
    "certificates": ({"SSL_CERT_FILE": "/nowhere/ca.pem"}, "/nowhere/ca.pem isn't"),
    "no_proxy": (
        {
            "HTTPS_PROXY": "http://127.0.0.1:1",
            "NO_PROXY": "localhost,fd07:b51a:cc66:f0::/64,[::1",
        },
        "Nothing is listening at the proxy",
    ),
}


def shows(words: str, *further: str) -> Callable[[Terminal], bool]:
    def holds(terminal: Terminal) -> bool:
        text = " ".join(terminal.text.split())
        return all(each in text for each in (words, *further))

    return holds


@pytest.mark.long
@pytest.mark.parametrize("broken", BROKEN)
def test_a_pasted_authtoken_ends_in_a_sentence_on_the_dashboard(
    start: Start, broken: str
) -> None:
    environ, words = BROKEN[broken]
    terminal = start(TOKENDECK, CONTENTSTACK_REGION="eu", **environ)
    terminal.wait_for("E-mail and password")
    terminal.settle()
    terminal.send("\t\t")
    terminal.send("blt1111111111111111")
    terminal.wait_for("•" * 19)
    terminal.send("\r")
    # The list's place has all of it, where the status line has the beginning.
    terminal.wait_for(shows(words, "Press r to retry, or L to sign in."))
    terminal.settle()
    terminal.send("L")
    terminal.wait_for("E-mail and password")
    terminal.settle()
    terminal.send("\x03")
    assert terminal.wait_for_exit() == 0
    assert "Traceback" not in terminal.bytes_seen.decode()
    assert terminal.not_restored == []


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("command", ["doctor", "logout"])
def test_a_command_ends_in_a_sentence(start: Start, command: str, broken: str) -> None:
    environ, words = BROKEN[broken]
    terminal = start(
        TOKENDECK,
        command,
        columns=200,
        lines=50,
        CONTENTSTACK_AUTHTOKEN="blt1111111111111111",
        CONTENTSTACK_REGION="eu",
        **environ,
    )
    if command == "logout":
        terminal.wait_for("Type yes to end it")
        terminal.send("yes\n")
    terminal.wait_for(shows(words))
    assert terminal.wait_for_exit() == 1
    assert "Traceback" not in terminal.text
