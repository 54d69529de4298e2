from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.headless import Headless, no_secret
from tui.cli.exit_codes import Exit


def values_of(shell: Headless, name: str) -> tuple[str, str | None]:
    """Return a token's value and its preview token's, as the stack has them."""
    stack = shell.sandbox.stacks[0]
    records = (*stack.delivery_tokens.values(), *stack.management_tokens.values())
    record = next(record for record in records if record.name == name)
    return record.value, record.preview


def test_create_makes_a_token_for_each_environment(shell: Headless) -> None:
    words = ("--env", "qa", "--env", "staging", "--preview", "--description", "why")
    done = shell("create", "web2", *words, "--json")
    assert done.code == Exit.DONE
    made = {row["name"]: row for row in done.json["tokens"]}
    assert [*made] == ["web2-qa", "web2-staging"]
    for row in made.values():
        assert (row["branches"], row["description"]) == (["main"], "why")
        assert row["preview"]
    no_secret(shell, [done.stdout, done.stderr])


def test_create_like_another_keeps_all_that_no_option_names(shell: Headless) -> None:
    model = shell.tokens("--management")["translation-sync"]
    done = shell("create", "copy", "--like", model["uid"], "--reveal")
    assert done.code == Exit.DONE
    assert done.stdout.strip() == values_of(shell, "copy")[0]
    copy = shell.tokens("--management")["copy"]
    same = ("rights", "branches", "aliases", "expires_on", "description")
    assert [copy[field] for field in same] == [model[field] for field in same]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("web-production", "--env", "qa"), Exit.CONFLICT, "names are unique"),
        (("web2",), Exit.USAGE, "needs an environment"),
        (("web2", "--env", "prodction"), Exit.NOT_FOUND, "Did you mean production?"),
        (("web2", "--env", "qa", "--branch", "nix"), Exit.NOT_FOUND, "no branch nix"),
        (("web2", "--env", "qa", "--alias", "nix"), Exit.NOT_FOUND, "no alias nix"),
        (("web2", "--env", "qa", "--write"), Exit.USAGE, "--write doesn't apply"),
        (
            ("web2", "--env", "qa", "--expires", "9d"),
            Exit.USAGE,
            "--expires doesn't apply",
        ),
        (("ci", "--management", "--env", "qa"), Exit.USAGE, "--env doesn't apply"),
        (
            ("ci", "--management", "--expires", "soon", "--reveal"),
            Exit.USAGE,
            "90d, 2026-10-31 or never",
        ),
        (
            ("ci", "--management", "--expires", "2020-01-01", "--reveal"),
            Exit.USAGE,
            "already have expired",
        ),
        (("", "--env", "qa"), Exit.USAGE, "name is required"),
        (("web2", "--env", "qa", "--like", "nix"), Exit.NOT_FOUND, "no delivery or"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_sent(
    shell: Headless, words: tuple[str, ...], code: Exit, said: str
) -> None:
    done = shell("create", *words)
    assert (done.code, done.stdout) == (code, "")
    assert said in done.stderr
    assert shell.writes == []


def test_a_management_value_that_would_be_lost_is_refused_before_the_call(
    shell: Headless,
) -> None:
    for command in ("create", "ensure"):
        done = shell(command, "ci", "--management", "--json")
        assert done.error["code"] == Exit.USAGE
        assert "--env-file" in done.error["next"]
    assert shell.writes == []


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("no/folder/.env", "no folder"),
        (".", "is a folder"),
        ("broken.env", "UTF-16"),
        ("/dev/full", "regular file"),
    ],
)
def test_a_file_that_could_not_take_the_value_is_found_before_the_call(
    shell: Headless, tmp_path: Path, file: str, said: str
) -> None:
    (tmp_path / "broken.env").write_bytes("A=1\n".encode("utf-16"))
    path = str(tmp_path / file)
    done = shell("create", "ci", "--management", "--env-file", path)
    assert done.code == Exit.FAILED
    assert said in done.stderr
    assert shell.writes == []


def test_an_env_file_gets_the_values_and_keeps_the_rest(
    shell: Headless, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\nOTHER=1\n")
    done = shell("ensure", "web2", "--env", "qa", "--preview", "--env-file", str(file))
    value, preview = values_of(shell, "web2")
    text = file.read_text()
    assert text.startswith("# mine\nOTHER=1\n")
    assert f"CONTENTSTACK_DELIVERY_TOKEN={value}\n" in text
    assert f"CONTENTSTACK_PREVIEW_TOKEN={preview}\n" in text
    no_secret(shell, [done.stdout, done.stderr])


def test_a_reference_is_not_replaced_by_plain_text_unasked(
    shell: Headless, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    text = "CONTENTSTACK_MANAGEMENT_TOKEN=op://vault/item\n"
    file.write_text(text)
    words = ("create", "ci", "--management", "--env-file", str(file))
    done = shell(*words, "--json")
    assert done.error["code"] == Exit.CONFLICT
    assert "--replace-references" in done.error["next"]
    assert (shell.writes, file.read_text()) == ([], text)
    assert shell(*words, "--replace-references").code == Exit.DONE
    assert str(values_of(shell, "ci")[0]) in file.read_text()


def test_an_old_value_that_stays_in_a_comment_is_told(
    shell: Headless, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("# CONTENTSTACK_DELIVERY_TOKEN=cs0123456789abcdef01234567\n")
    done = shell("export", "web-production", "--env-file", str(file), "--json")
    assert "Line 1 still has" in done.json["notes"][0]


def test_a_new_file_is_for_its_owner_alone_and_replaces_none(
    shell: Headless, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    words = ("--out", str(file), "--format", "value")
    done = shell("create", "ci", "--management", *words, "--json")
    assert file.read_text() == values_of(shell, "ci")[0] + "\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert done.json["written"] == [str(file)]
    again = shell("export", "web-production", *words)
    assert again.code == Exit.FAILED
    assert "exists" in again.stderr


def test_reveal_prints_one_value_alone(shell: Headless) -> None:
    value, preview = values_of(shell, "web-production")
    assert shell("export", "web-production", "--reveal").stdout == f"{value}\n"
    done = shell("export", "web-production", "--reveal-preview")
    assert done.stdout == f"{preview}\n"
    no_secret(shell, [done.stderr])
    refused = shell("export", "web-production", "--reveal", "--json")
    assert refused.code == Exit.USAGE


def test_reveal_on_a_terminal_needs_force(
    shell: Headless, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.cli.values._is_terminal", lambda: True)
    done = shell("export", "web-production", "--reveal")
    assert (done.code, done.stdout) == (Exit.USAGE, "")
    assert shell.requests == []
    assert shell("export", "web-production", "--reveal", "--force").code == Exit.DONE


def test_a_program_that_is_not_there_is_found_before_the_call(shell: Headless) -> None:
    words = ("--exec", "--", "no-such-program-here")
    done = shell("create", "ci", "--management", *words)
    assert done.code == Exit.USAGE
    assert shell.writes == []
    assert shell("create", "web2", "--env", "qa", "--exec").code == Exit.USAGE
    assert shell("create", "web2", "--env", "qa", "extra").code == Exit.USAGE


def test_dry_run_prints_each_request_and_sends_none(shell: Headless) -> None:
    words = ("--env", "qa", "--env", "staging", "--preview", "--dry-run")
    document = shell("create", "web2", *words, "--json").json
    assert document["dry_run"] is True
    bodies = [request["body"]["token"] for request in document["requests"]]
    assert [body["name"] for body in bodies] == ["web2-qa", "web2-staging"]
    assert document["requests"][0]["query"] == {"create_with_preview_token": "true"}
    text = shell("create", "web2", *words).stdout
    assert text.startswith("POST /v3/stacks/delivery_tokens?")
    assert shell.writes == []


def test_a_dry_run_is_what_is_sent_then(shell: Headless) -> None:
    words = ("ci", "--management", "--write", "--expires", "2099-10-31")
    planned = shell("create", *words, "--dry-run", "--json").json["requests"][0]
    seen: list[bytes] = []
    _record_bodies(shell, seen)
    assert shell("create", *words, "--reveal").code == Exit.DONE
    assert json.loads(seen[-1]) == planned["body"]


def _record_bodies(shell: Headless, seen: list[bytes]) -> None:
    app = shell.sandbox.management

    async def recording(scope: object, receive: object, send: object) -> None:
        async def received() -> object:
            message = await receive()  # type: ignore[operator]
            if message.get("body"):
                seen.append(message["body"])
            return message

        await app(scope, received, send)  # type: ignore[arg-type]

    shell.sandbox.management = recording


def test_one_more_management_token_than_ten_names_the_oldest(shell: Headless) -> None:
    for number in range(6):
        assert shell("create", f"m{number}", "--management", "--reveal").code == 0
    shell.requests.clear()
    done = shell("create", "m6", "--management", "--reveal")
    assert done.code == Exit.CONFLICT
    assert shell.writes == []
    oldest = done.stderr.partition("oldest, ")[2].partition(".")[0]
    again = shell("create", "m6", "--management", "--reveal", "--confirm", oldest)
    assert again.code == Exit.DONE


def test_of_several_tokens_those_that_were_created_are_told(shell: Headless) -> None:
    shell.sandbox.fail("422", method="POST", after=1)
    words = ("--env", "qa", "--env", "staging", "--json")
    error = shell("create", "web2", *words).error
    assert error["code"] == Exit.CONFLICT
    assert [made["name"] for made in error["created"]] == ["web2-qa"]
    assert "not web2-staging" in error["what"]


def test_a_cut_answer_is_looked_up(shell: Headless) -> None:
    for fault in ("cut", "close-after"):
        shell.sandbox.fail(fault, method="POST")
        name = f"web-{fault}"
        assert shell("create", name, "--env", "qa", "--json").code == Exit.DONE
        assert shell.tokens()[name]["environments"] == ["qa"]


def test_a_management_value_that_got_lost_with_the_answer_is_told(
    shell: Headless, tmp_path: Path
) -> None:
    shell.sandbox.fail("close-after", method="POST")
    file = tmp_path / ".env"
    done = shell("create", "ci", "--management", "--env-file", str(file), "--json")
    assert done.error["code"] == Exit.CONFLICT
    assert "rotate" in done.error["next"]
    assert not file.exists()


@pytest.mark.parametrize("format", ["nope", "next", "curl"])
@pytest.mark.parametrize("words", [("create", "robot"), ("rotate", "ci-deploy")])
def test_a_format_that_would_lose_the_value_is_refused_before_the_call(
    shell: Headless, words: tuple[str, ...], format: str, tmp_path: Path
) -> None:
    file = tmp_path / "robot"
    ways = ("--out", str(file), "--format", format)
    done = shell(*words, "--management", *ways, "--json")
    assert done.error["code"] == Exit.USAGE
    assert (shell.writes, file.exists()) == ([], False)


def test_the_value_by_itself_goes_to_a_new_file(
    shell: Headless, tmp_path: Path
) -> None:
    file = tmp_path / "robot"
    words = ("create", "robot", "--management", "--out", str(file))
    assert shell(*words, "--format", "value").code == Exit.DONE
    assert file.read_text().startswith("cs")
