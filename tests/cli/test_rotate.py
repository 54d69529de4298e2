from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.cli.headless import Headless, no_secret
from tests.cli.test_creating import values_of
from tui.cli.exit_codes import Exit
from tui.state.rotations import RotationStore
from tui.workspace.workspace import Workspace


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RotationStore:
    """Use the rotations on disk, even though the command runs the demo."""
    found = RotationStore({"XDG_STATE_HOME": str(tmp_path / "state")})
    monkeypatch.setattr("tui.cli.run.RotationStore", lambda _environ: found)
    return found


def steps(document: dict[str, object]) -> list[str]:
    listed: list[dict[str, object]] = document["steps"]  # type: ignore[assignment]
    return [str(step["step"]) for step in listed if step["done"]]


def test_a_rotation_goes_on_where_the_last_run_stopped(
    shell: Headless, store: RotationStore, tmp_path: Path
) -> None:
    old, _ = values_of(shell, "web-production")
    first = shell("rotate", "web-production", "--json").json
    assert steps(first) == ["created", "verified"]
    shell.requests.clear()
    assert shell("rotate", "web-production", "--json").json["next"] == "exported"
    assert shell.writes == []
    file = tmp_path / ".env"
    words = ("rotate", "web-production", "--env-file", str(file), "--until")
    second = shell(*words, "handed-out", "--json").json
    assert steps(second) == ["created", "verified", "exported"]
    assert old not in file.read_text()
    end = ("rotate", "web-production", "--until", "deleted")
    last = shell(*end, "--confirm", "web-production", "--json").json
    assert (last["next"], last["old"]) == ("", None)
    assert last["replacement"]["name"] == "web-production"
    value, _ = values_of(shell, "web-production")
    assert f"CONTENTSTACK_DELIVERY_TOKEN={value}\n" in file.read_text()
    assert store.unfinished(shell.sandbox.stacks[0].uid) == ()


def test_the_dashboards_rotation_is_the_same(
    shell: Headless, store: RotationStore
) -> None:
    shell("rotate", "web-staging")
    (kept,) = store.unfinished(shell.sandbox.stacks[0].uid)
    assert (kept.old_name, kept.verified, kept.exported) == ("web-staging", True, False)
    by_replacement = shell("rotate", "web-staging-next", "--json").json
    assert by_replacement["name"] == "web-staging"


@pytest.mark.usefixtures("store")
def test_a_management_value_is_exported_by_the_run_that_creates_it(
    shell: Headless, tmp_path: Path
) -> None:
    refused = shell("rotate", "ci-deploy")
    assert refused.code == Exit.USAGE
    assert shell.writes == []
    file = tmp_path / "ci.env"
    done = shell("rotate", "ci-deploy", "--env-file", str(file), "--json")
    assert steps(done.json) == ["created", "verified", "exported"]
    value, _ = values_of(shell, "ci-deploy-next")
    assert str(value) in file.read_text()
    no_secret(shell, [done.stdout, done.stderr])


@pytest.mark.usefixtures("store")
def test_a_replacement_that_does_not_work_stops_the_rotation(
    shell: Headless, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = Workspace.__init__.__kwdefaults__
    assert defaults

    async def at_once(_seconds: float) -> None:
        """Skip the half minute of retries, since hosts learn of tokens late."""

    monkeypatch.setitem(defaults, "sleep", at_once)
    shell.sandbox.fail("401", api="delivery", times=None)
    done = shell("rotate", "web-staging", "--json")
    assert done.error["code"] == Exit.NOT_VERIFIED
    assert "was created, but doesn't work yet" in done.error["what"]
    assert {"web-staging", "web-staging-next"} <= set(shell.tokens())


@pytest.fixture
def uncollected(shell: Headless, store: RotationStore, tmp_path: Path) -> str:
    """Return the file of a rotation that stopped before its value was exported."""
    file = tmp_path / "ci.env"
    shell("rotate", "ci-deploy", "--env-file", str(file))
    (kept,) = store.unfinished(shell.sandbox.stacks[0].uid)
    store.keep(msgspec.structs.replace(kept, verified=False, exported=False))
    file.unlink()
    return str(file)


def test_a_replacement_whose_value_is_lost_is_deleted_once_that_is_confirmed(
    shell: Headless, uncollected: str
) -> None:
    words = ("rotate", "ci-deploy", "--env-file", uncollected)
    shell.requests.clear()
    done = shell(*words, "--json")
    assert done.error["code"] == Exit.CONFLICT
    assert "shown only once" in done.error["what"]
    assert shell.writes == []
    lost = shell.tokens("--management")["ci-deploy-next"]["uid"]
    done = shell(*words, "--confirm", "ci-deploy-next", "--json")
    assert steps(done.json) == ["created", "verified", "exported"]
    assert shell.tokens("--management")["ci-deploy-next"]["uid"] != lost
    assert str(values_of(shell, "ci-deploy-next")[0]) in Path(uncollected).read_text()


def test_an_exported_replacement_whose_value_is_not_known_is_verified_by_hand(
    shell: Headless, store: RotationStore, uncollected: str
) -> None:
    (kept,) = store.unfinished(shell.sandbox.stacks[0].uid)
    store.keep(msgspec.structs.replace(kept, exported=True))
    words = ("rotate", "ci-deploy", "--env-file", uncollected)
    done = shell(*words, "--json")
    assert done.error["code"] == Exit.NOT_VERIFIED
    assert "--skip verified" in done.error["next"]
    done = shell(*words, "--skip", "verified", "--json")
    assert steps(done.json) == ["created", "verified", "exported"]
    assert not Path(uncollected).exists()


def test_a_rotation_whose_old_token_is_gone_is_known_by_its_name(
    shell: Headless, store: RotationStore
) -> None:
    shell("rotate", "web-staging")
    uid = shell.tokens()["web-staging"]["uid"]
    del shell.sandbox.stacks[0].delivery_tokens[uid]
    words = ("rotate", "web-staging", "--skip", "exported", "--until", "deleted")
    done = shell(*words, "--yes", "--json")
    assert done.json["replacement"]["name"] == "web-staging"
    assert store.unfinished(shell.sandbox.stacks[0].uid) == ()


def test_a_stack_that_lost_both_tokens_has_nothing_to_rotate(
    shell: Headless, store: RotationStore
) -> None:
    shell("rotate", "web-staging")
    (kept,) = store.unfinished(shell.sandbox.stacks[0].uid)
    for uid in (kept.old_uid, kept.replacement_uid):
        del shell.sandbox.stacks[0].delivery_tokens[uid]
    done = shell("rotate", "web-staging", "--json")
    assert done.error["code"] == Exit.NOT_FOUND
    assert "wasn't rotated" in done.error["what"]
    assert store.unfinished(shell.sandbox.stacks[0].uid) == ()


def test_what_exports_nothing_takes_no_way_to_export(
    shell: Headless, store: RotationStore, tmp_path: Path
) -> None:
    words = ("--env-file", str(tmp_path / "x"), "--until", "verified")
    done = shell("rotate", "web-staging", *words)
    assert done.code == Exit.USAGE
    assert "--until exported" in done.stderr
    assert shell.writes == []


def test_a_full_stack_asks_for_the_name_of_the_oldest(
    shell: Headless, store: RotationStore, tmp_path: Path
) -> None:
    words = ("rotate", "ci-deploy", "--env-file", str(tmp_path / "x"), "--json")
    while len(shell.sandbox.stacks[0].management_tokens) < 10:
        number = len(shell.sandbox.stacks[0].management_tokens)
        out = str(tmp_path / f"{number}")
        shell("create", f"robot-{number}", "--management", "--out", out)
    done = shell(*words)
    assert done.error["code"] == Exit.CONFLICT
    assert "--confirm" in done.error["next"]
    shell.requests.clear()
    assert shell(*words[:-1], "--confirm", "nobody").code == Exit.CONFLICT
    assert shell.writes == []


@pytest.mark.usefixtures("store")
def test_where_to_export_is_asked_before_anything_is_sent(shell: Headless) -> None:
    done = shell("rotate", "web-staging", "--until", "exported")
    assert done.code == Exit.USAGE
    assert shell.writes == []
    skipped = shell(
        "rotate", "web-staging", "--until", "exported", "--skip", "exported"
    )
    assert skipped.code == Exit.DONE


def test_another_tokendeck_at_it_is_a_conflict(
    shell: Headless, store: RotationStore
) -> None:
    uid = shell.tokens()["web-staging"]["uid"]
    with store.alone(uid):
        done = shell("rotate", "web-staging", "--json")
    assert done.error["code"] == Exit.CONFLICT
    assert shell.writes == []


def test_a_likely_replacement_of_a_lost_rotation_is_asked_about(
    shell: Headless, store: RotationStore
) -> None:
    shell("rotate", "web-staging")
    (kept,) = store.unfinished(shell.sandbox.stacks[0].uid)
    store.forget(kept)
    done = shell("rotate", "web-staging", "--json")
    assert done.error["code"] == Exit.CONFLICT
    resumed = shell("rotate", "web-staging", "--resume", "--json").json
    assert resumed["replacement"]["name"] == "web-staging-next"
    assert "web-staging-next-2" not in shell.tokens()


@pytest.mark.usefixtures("store")
def test_a_dry_run_keeps_no_rotation(shell: Headless, store: RotationStore) -> None:
    words = ("--until", "deleted", "--dry-run", "--json")
    (request,) = shell("rotate", "web-staging", *words).json["requests"]
    assert request["body"]["token"]["name"] == "web-staging-next"
    assert store.unfinished(shell.sandbox.stacks[0].uid) == ()


def test_a_rotation_that_can_not_be_kept_is_not_begun(
    shell: Headless, store: RotationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.files.refusal import FileRefused

    def refuse(_rotation: object) -> None:
        raise FileRefused("The disk is full.")

    monkeypatch.setattr(store, "keep", refuse)
    done = shell("rotate", "web-staging", "--json")
    assert done.error["code"] == Exit.FAILED
    assert shell.writes == []


@pytest.mark.usefixtures("store")
def test_a_scope_that_names_what_is_gone_is_refused_before_the_call(
    shell: Headless,
) -> None:
    stack = shell.sandbox.stacks[0]
    token = next(iter(stack.delivery_tokens.values()))
    for name in ("kiosk-berlin", token.name):
        shell.requests.clear()
        if name == token.name:
            for environment in [*stack.environments]:
                del stack.environments[environment]
        done = shell("rotate", name, "--json")
        assert done.error["code"] == Exit.NOT_FOUND
        assert "no longer exists" in done.error["what"]
        assert shell.writes == []


def test_a_rotation_that_has_its_replacement_goes_on_without_the_branch(
    shell: Headless, store: RotationStore
) -> None:
    shell("create", "web2", "--env", "qa", "--branch", "development")
    shell("rotate", "web2")
    assert store.unfinished(shell.sandbox.stacks[0].uid)
    stack = shell.sandbox.stacks[0]
    del stack.branches["development"]
    words = ("rotate", "web2", "--until", "deleted", "--skip", "handed-out")
    done = shell(*words, "--skip", "renamed", "--yes", "--json")
    assert done.json["old"] is None


@pytest.mark.usefixtures("store")
def test_a_question_ends_with_its_own_mark(shell: Headless) -> None:
    done = shell("rotate", "web-staging", "--until", "handed-out")
    assert done.stderr.startswith("Say where to export the value. Give ")
