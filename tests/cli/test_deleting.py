from __future__ import annotations

import re
import sys

import pexpect
import pytest

from tests.cli.headless import Headless
from tests.support.terminal import environment_with
from tui.cli.exit_codes import Exit


def test_nobody_is_asked_without_a_terminal(shell: Headless) -> None:
    for words in (
        ("delete", "kiosk-berlin"),
        ("preview", "delete", "web-staging"),
        ("rotate", "web-staging", "--until", "deleted", "--out", "/tmp/never"),
    ):
        done = shell(*words, typed="kiosk-berlin\n")
        assert (done.code, done.stdout) == (Exit.USAGE, "")
        assert "--confirm" in done.stderr
    assert shell.requests == []


@pytest.mark.parametrize("consent", [("--yes",), ("--confirm", "kiosk-berlin")])
def test_a_confirmed_token_is_deleted(
    shell: Headless, consent: tuple[str, ...]
) -> None:
    done = shell("delete", "kiosk-berlin", *consent, "--json")
    assert (done.code, done.json["outcome"]) == (Exit.DONE, "deleted")
    assert "kiosk-berlin" not in shell.tokens()


def test_another_name_deletes_nothing(shell: Headless) -> None:
    done = shell("delete", "kiosk-berlin", "--confirm", "kiosk")
    assert done.code == Exit.USAGE
    assert shell.writes == []


def test_several_are_confirmed_by_their_number(shell: Headless) -> None:
    words = ("delete", "kiosk-berlin", "web-staging", "kiosk-berlin")
    assert shell(*words, "--confirm", "kiosk-berlin").code == Exit.USAGE
    done = shell(*words, "--confirm", "2", "--json")
    assert len(done.json["tokens"]) == 2


def test_on_a_terminal_the_name_is_typed(
    shell: Headless, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.cli.confirming.can_ask", lambda: True)
    done = shell("delete", "kiosk-berlin", typed="something\n")
    assert done.code == Exit.USAGE
    assert shell.writes == []
    done = shell("delete", "kiosk-berlin", typed="kiosk-berlin\n")
    assert done.code == Exit.DONE
    assert "stops working" in done.stderr


def test_what_was_deleted_before_one_failed_is_told(shell: Headless) -> None:
    shell.sandbox.fail("500", method="DELETE", after=1)
    done = shell("delete", "kiosk-berlin", "web-staging", "--yes", "--json")
    assert done.error["code"] == Exit.NETWORK
    assert "Deleted kiosk-berlin" in done.error["what"]
    assert "Not deleted: web-staging" in done.error["what"]


def test_a_preview_token_is_created_once_and_deleted(shell: Headless) -> None:
    first = shell("preview", "create", "kiosk-berlin", "--json").json
    assert first["tokens"][0]["preview"]
    shell.requests.clear()
    second = shell("preview", "create", "kiosk-berlin", "--json").json
    assert second["outcome"] == "unchanged"
    assert shell.writes == []
    gone = shell("preview", "delete", "kiosk-berlin", "--yes", "--json").json
    assert gone["tokens"][0]["preview"] is None
    again = shell("preview", "delete", "kiosk-berlin", "--yes", "--json").json
    assert again["outcome"] == "unchanged"


def test_dry_runs_of_deletions_need_no_consent_and_send_nothing(
    shell: Headless,
) -> None:
    for words in (
        ("delete", "kiosk-berlin", "web-staging"),
        ("preview", "create", "kiosk-berlin"),
        ("preview", "delete", "web-staging"),
    ):
        document = shell(*words, "--dry-run", "--json").json
        assert document["requests"]
    assert shell.writes == []


def test_a_real_terminal_is_asked_and_ctrl_c_deletes_nothing() -> None:
    command = ["-m", "tui", "--demo", "delete", "kiosk-berlin"]
    for answer, code, said in (
        ("\x03", 1, "Stopped."),
        ("kiosk\r", 2, "Nothing was deleted."),
        ("kiosk-berlin\r", 0, "Deleted kiosk-berlin."),
    ):
        child = pexpect.spawn(
            sys.executable, command, env=environment_with({}), encoding="utf-8"
        )
        child.expect("Type its name, kiosk-berlin", timeout=30)
        child.send(answer)
        child.expect_exact(said, timeout=30)
        child.expect(pexpect.EOF, timeout=30)
        child.close()
        assert child.exitstatus == code


def test_a_terminal_is_shown_no_value_unless_forced() -> None:
    command = ["-m", "tui", "--demo", "export", "web-production", "--reveal"]
    for force, code in ((), 2), (("--force",), 0):
        child = pexpect.spawn(
            sys.executable,
            [*command, *force],
            env=environment_with({}),
            encoding="utf-8",
        )
        child.expect(pexpect.EOF, timeout=30)
        child.close()
        assert child.exitstatus == code
        assert bool(re.search("cs[0-9a-f]{24}", child.before or "")) == bool(force)
