from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.headless import Headless
from tui.cli.exit_codes import Exit

WEB = ("ensure", "web2", "--env", "qa", "--branch", "main", "--preview")


def test_a_second_ensure_writes_nothing(shell: Headless) -> None:
    first = shell(*WEB, "--json").json
    assert first["outcome"] == "created"
    shell.requests.clear()
    second = shell(*WEB, "--json").json
    assert second["outcome"] == "unchanged"
    assert second["tokens"][0]["uid"] == first["tokens"][0]["uid"]
    assert shell.writes == []


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--env", "staging"), "environments"),
        (("--env", "qa", "--branch", "development"), "branches"),
        (("--env", "qa", "--alias", "release"), "branches"),
        (("--env", "qa", "--description", "other"), "description"),
    ],
)
def test_what_is_different_is_named_and_changed_only_when_asked(
    shell: Headless, words: tuple[str, ...], field: str
) -> None:
    uid = shell(*WEB, "--json").json["tokens"][0]["uid"]
    shell.requests.clear()
    done = shell("ensure", "web2", *words, "--json")
    assert done.error["code"] == Exit.CONFLICT
    assert field in done.error["differences"]
    assert shell.writes == []
    updated = shell("ensure", "web2", *words, "--update", "--json").json
    assert (updated["outcome"], updated["tokens"][0]["uid"]) == ("updated", uid)
    shell.requests.clear()
    assert shell("ensure", "web2", *words, "--json").json["outcome"] == "unchanged"
    assert shell.writes == []


def test_a_missing_preview_token_is_a_difference(shell: Headless) -> None:
    assert shell("ensure", "web2", "--env", "qa").code == Exit.DONE
    assert shell(*WEB, "--json").error["differences"] == ["preview token"]
    assert shell(*WEB, "--update", "--json").json["tokens"][0]["preview"]


def test_what_is_not_named_is_not_compared(shell: Headless) -> None:
    words = ("--env", "production", "--branch", "main")
    done = shell("ensure", "web-production", *words, "--json")
    assert done.json["outcome"] == "unchanged"
    assert done.json["tokens"][0]["preview"]


def test_access_is_always_compared(shell: Headless, tmp_path: Path) -> None:
    words = ("ensure", "robot", "--management")
    file = ("--env-file", str(tmp_path / ".env"))
    assert shell(*words, "--write", *file).code == Exit.DONE
    assert shell(*words, *file, "--json").error["differences"] == ["access"]
    assert shell(*words, "--write", *file, "--json").json["outcome"] == "unchanged"


def test_a_lifetime_in_days_is_the_one_that_the_token_was_given(
    shell: Headless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("ensure", "robot", "--management", "--expires", "90d")
    file = ("--env-file", str(tmp_path / ".env"))
    assert shell(*words, *file).code == Exit.DONE
    from tui.clock import utc_now

    later = utc_now() + timedelta(days=40)
    monkeypatch.setattr("tui.cli.run.now", lambda: later)
    assert shell(*words, *file, "--json").json["outcome"] == "unchanged"
    other = (*words[:-1], "30d")
    assert shell(*other, *file, "--json").error["differences"] == ["expiry"]
    over = utc_now() + timedelta(days=91)
    monkeypatch.setattr("tui.cli.run.now", lambda: over)
    found = shell(*words, *file, "--json").error["differences"]
    assert any("expired" in field for field in found)


def test_a_value_that_was_shown_once_is_in_its_file_or_missed(
    shell: Headless, tmp_path: Path
) -> None:
    words = ("ensure", "robot", "--management")
    file = tmp_path / ".env"
    assert shell(*words, "--env-file", str(file)).code == Exit.DONE
    before = file.read_text()
    again = shell(*words, "--env-file", str(file))
    assert (again.code, file.read_text()) == (Exit.DONE, before)
    for ways in (
        ("--env-file", str(tmp_path / "other.env")),
        ("--reveal",),
        ("--out", str(tmp_path / "new")),
    ):
        done = shell(*words, *ways)
        assert (done.code, done.stdout) == (Exit.CONFLICT, "")
        assert "rotate" in done.stderr
    assert not (tmp_path / "other.env").exists()


def test_several_environments_are_a_token_each(shell: Headless) -> None:
    words = ("ensure", "site", "--env", "qa", "--env", "staging")
    assert shell(*words, "--json").json["outcome"] == "created"
    shell("delete", "site-qa", "--yes")
    done = shell(*words, "--json").json
    assert done["outcome"] == "created"
    assert {row["name"] for row in done["tokens"]} == {"site-qa", "site-staging"}
    refused = shell(*words, "--reveal")
    assert refused.code == Exit.USAGE
    assert "one place" in refused.stderr


def test_dry_run_tells_what_update_would_send(shell: Headless) -> None:
    words = ("ensure", "web-production", "--env", "qa", "--update", "--dry-run")
    (request,) = shell(*words, "--json").json["requests"]
    assert request["method"] == "PUT"
    assert shell.writes == []


def test_a_name_in_a_row_that_is_not_understood_is_not_created_again(
    shell: Headless,
) -> None:
    row = {"uid": "blt0", "name": "web2", "scope": 7}
    shell.sandbox.add_row("delivery_tokens", row)
    done = shell(*WEB, "--json")
    assert done.error["code"] == Exit.NOT_FOUND
    assert shell.writes == []


def test_edit_changes_what_is_named_and_nothing_else(shell: Headless) -> None:
    before = shell.tokens()["web-staging"]
    done = shell("edit", "web-staging", "--name", "stage", "--description", "new")
    assert done.code == Exit.DONE
    after = shell.tokens()["stage"]
    changed = {field for field in before if before[field] != after[field]}
    assert changed == {"name", "description", "updated_at"}
    shell.requests.clear()
    same = shell("edit", "stage", "--description", "new", "--json").json
    assert same["outcome"] == "unchanged"
    assert shell.writes == []


def test_edit_keeps_the_rights_of_a_management_token(shell: Headless) -> None:
    before = shell.tokens("--management")["ci-deploy"]
    words = ("--expires", "2099-10-31", "--json")
    done = shell("edit", "ci-deploy", *words).json
    (after,) = done["tokens"]
    assert done["differences"] == ["expiry"]
    assert after["expires_on"] == "2099-10-31T00:00:00Z"
    assert after["rights"] == before["rights"]


@pytest.mark.parametrize(
    ("env", "code"), [("qa", Exit.DONE), ("staging", Exit.CONFLICT)]
)
def test_two_runs_at_once_make_one_token(shell: Headless, env: str, code: Exit) -> None:
    app = shell.sandbox.management

    async def twice(scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "POST":
            await app(scope, receive, send)
            return
        body = (await receive())["body"]

        async def ours() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def theirs() -> dict[str, object]:
            return {**await ours(), "body": body.replace(b'"qa"', f'"{env}"'.encode())}

        async def nobody(_message: object) -> None:
            """Discard their answer."""

        await app(scope, theirs, nobody)
        await app(scope, ours, send)

    shell.sandbox.management = twice
    done = shell("ensure", "web2", "--env", "qa", "--json")
    assert done.code == code
    if code is Exit.DONE:
        assert done.json["outcome"] == "unchanged"
    else:
        assert done.error["differences"] == ["environments"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--env", "qa"), "environments: production, not qa"),
        (("--branch", "development"), "branches: main, not development"),
        (("--alias", "dev"), "aliases: none, not dev"),
        (("--description", "x"), "storefront., not x"),
    ],
)
def test_the_difference_is_said_with_both_values(
    shell: Headless, words: tuple[str, ...], said: str
) -> None:
    given = words if "--env" in words else ("--env", "production", *words)
    done = shell("ensure", "web-production", *given)
    assert done.code == Exit.CONFLICT
    assert said in done.stderr
    assert said in shell("ensure", "web-production", *given, "--json").error["why"]


def test_the_difference_of_a_management_token_is_said_too(
    shell: Headless, tmp_path: Path
) -> None:
    words = ("ensure", "robot", "--management", "--write", "--expires")
    file = ("--env-file", str(tmp_path / ".env"))
    shell(*words, "2099-10-31", *file)
    done = shell(*words, "never", "--no-write", *file)
    assert "access: read+write, not read; expiry: 2099-10-31, not never" in done.stderr


def test_of_several_tokens_those_that_differ_are_named(shell: Headless) -> None:
    shell("ensure", "site", "--env", "qa", "--env", "staging")
    shell("edit", "site-qa", "--branch", "development")
    done = shell("ensure", "site", "--env", "qa", "--env", "staging")
    assert done.code == Exit.CONFLICT
    assert done.stderr.startswith("site-qa exists, but differs in branches:")


def test_an_environment_that_is_named_twice_is_one(shell: Headless) -> None:
    done = shell("ensure", "web2", "--env", "qa", "--env", "qa", "--plain", "name")
    assert done.stdout == "web2\n"


@pytest.mark.parametrize("command", ["create", "ensure"])
def test_a_blank_name_is_none(shell: Headless, command: str) -> None:
    done = shell(command, "  ", "--env", "qa")
    assert (done.code, shell.writes) == (Exit.USAGE, [])
