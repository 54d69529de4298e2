"""`--to`: delivers a token to its targets from the shell."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tests.cli.headless import Headless, no_secret
from tests.cli.test_creating import values_of
from tests.targets.stubs import target
from tui.cli.exit_codes import Exit
from tui.config.editing import toml_value
from tui.secret import Secret
from tui.state.deliveries import DeliveryStore
from tui.state.rotations import RotationStore

SCOPE = ("--env", "production")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what targets store; what outlives a run is kept, too."""
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    monkeypatch.setattr(
        "tui.cli.run.RotationStore", lambda _environ: RotationStore(state)
    )
    monkeypatch.setattr(
        "tui.cli.run.DeliveryStore", lambda _environ: DeliveryStore(state)
    )
    return tmp_path


def configure(folder: Path, *lies: str, confirm: bool = False) -> None:
    """Write a configuration with a target for each lie; "blind" can't be read back."""
    lines = []
    for lie in lies:
        own = folder / lie
        own.mkdir(exist_ok=True)
        made = target(own, "honest" if lie == "blind" else lie, proves=lie != "blind")
        lines += [f'[targets."{lie}"]', f"put = {toml_value(made.put)}"]
        if made.get:
            lines.append(f"get = {toml_value(made.get)}")
        lines += ["timeout = 20", f"confirm = {str(confirm).lower()}"]
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "tokendeck" / "config.toml"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o600)


def stored(folder: Path, lie: str) -> str:
    return (folder / lie / "stored").read_text()


@pytest.mark.parametrize("command", ["create", "ensure"])
def test_a_new_token_is_delivered_and_read_back(
    shell: Headless, folder: Path, command: str
) -> None:
    configure(folder, "honest", "blind")
    words = (command, "kiosk", *SCOPE, "--to", "honest", "--to", "blind", "--json")
    done = shell(*words)
    assert done.code == Exit.DONE
    value, _ = values_of(shell, "kiosk")
    assert stored(folder, "honest") == stored(folder, "blind") == value
    grades = {each["target"]: each["grade"] for each in done.json["deliveries"]}
    assert grades == {"honest": "read back", "blind": "accepted"}
    no_secret(shell, (done.stdout, done.stderr))


def test_a_known_token_is_exported_to_a_target(shell: Headless, folder: Path) -> None:
    configure(folder, "honest")
    done = shell("export", "web-production", "--to", "honest")
    assert done.code == Exit.DONE
    assert "Delivered to honest and read back." in done.stderr
    value, _ = values_of(shell, "web-production")
    assert stored(folder, "honest") == value


def test_a_target_that_does_not_have_it_is_a_failure_of_the_command(
    shell: Headless, folder: Path
) -> None:
    configure(folder, "exit 0 and empty")
    done = shell("create", "kiosk", *SCOPE, "--to", "exit 0 and empty")
    assert done.code == Exit.FAILED
    assert "what it stored is empty" in done.stderr
    assert "Created kiosk." in done.stderr


@pytest.mark.parametrize("others", [(), ("honest",)])
def test_what_arrived_nowhere_is_not_called_exported(
    shell: Headless, folder: Path, others: tuple[str, ...]
) -> None:
    configure(folder, "exit 0 and empty", "honest")
    to = [word for name in ("exit 0 and empty", *others) for word in ("--to", name)]
    done = shell("export", "web-production", *to)
    assert done.code == Exit.FAILED
    assert ("Exported web-production." in done.stderr) == bool(others)


@pytest.mark.parametrize("command", ["create", "ensure", "rotate", "export"])
def test_a_target_that_is_not_there_is_refused_before_anything_is_sent(
    shell: Headless, folder: Path, command: str
) -> None:
    configure(folder, "honest")
    scope = SCOPE if command in ("create", "ensure") else ()
    done = shell(command, "web-production", *scope, "--to", "honset", "--json")
    assert done.code == Exit.USAGE
    assert done.error["next"] == "Did you mean honest?"
    assert shell.requests == []


def test_a_target_that_asks_first_is_refused_where_nobody_can_answer(
    shell: Headless, folder: Path
) -> None:
    configure(folder, "honest", confirm=True)
    done = shell("export", "web-production", "--to", "honest")
    assert done.code == Exit.USAGE
    assert not (folder / "honest" / "stored").exists()


def test_a_management_value_may_go_to_a_target_alone(
    shell: Headless, folder: Path
) -> None:
    configure(folder, "honest")
    words = ("create", "nightly", "--management", "--branch", "main")
    done = shell(*words, "--to", "honest", "--json")
    assert done.code == Exit.DONE
    assert stored(folder, "honest").startswith("cs")
    no_secret(shell, (done.stdout, done.stderr))


def test_a_rotation_delivers_to_where_the_old_token_is_and_deletes_it_then(
    shell: Headless, folder: Path
) -> None:
    configure(folder, "honest")
    assert shell("export", "web-production", "--to", "honest").code == Exit.DONE
    old = stored(folder, "honest")
    end = ("--until", "deleted", "--yes", "--json")
    refused = shell("rotate", "web-production", *end, "--skip", "verified")
    assert refused.code == Exit.USAGE
    done = shell("rotate", "web-production", *end, "--to", "honest")
    assert done.code == Exit.DONE
    assert done.json["old"] is None
    value, _ = values_of(shell, "web-production")
    assert stored(folder, "honest") == value != old


def test_a_target_that_was_removed_is_said_to_be_gone(
    shell: Headless, folder: Path
) -> None:
    configure(folder, "honest", "slow")
    assert shell("export", "web-production", "--to", "honest").code == Exit.DONE
    rotate = ("rotate", "web-production", "--until", "deleted", "--yes")
    refused = shell(*rotate, "--to", "slow")
    assert "Add --to honest" in refused.stderr
    configure(folder, "slow")
    refused = shell(*rotate, "--to", "slow")
    assert refused.code == Exit.USAGE
    assert "Your configuration no longer has honest." in refused.stderr
    assert "--to" not in refused.stderr


def test_the_old_token_stays_while_a_target_can_not_be_trusted(
    shell: Headless, folder: Path
) -> None:
    configure(folder, "honest", "blind")
    words = ("rotate", "web-production", "--until", "deleted", "--yes")
    to = ("--to", "honest", "--to", "blind")
    first = shell(*words, *to)
    assert first.code == Exit.FAILED
    assert "--trust blind" in first.stderr
    assert "DELETE" not in {method for method, _ in shell.writes}
    last = shell(*words, *to, "--trust", "blind", "--json")
    assert last.code == Exit.DONE
    assert last.json["old"] is None


def test_a_rotation_is_recorded_without_a_value(shell: Headless, folder: Path) -> None:
    configure(folder, "honest")
    old_value, _ = values_of(shell, "web-production")
    file = folder / "record.json"
    words = ("rotate", "web-production", "--until", "deleted", "--yes")
    done = shell(*words, "--to", "honest", "--record", str(file))
    assert done.code == Exit.DONE
    value, _ = values_of(shell, "web-production")
    text = file.read_text()
    record = json.loads(text)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert record["old"]["fingerprint"] == Secret(old_value).fingerprint
    assert record["old_deleted"]
    assert record["replacement"]["fingerprint"] == Secret(value).fingerprint
    assert record["deliveries"] == [{"target": "honest", "grade": "read back"}]
    assert {proof["verdict"] for proof in record["proofs"]} == {"works"}
    assert record["by"] == "ana@example.com"
    no_secret(shell, [text])
    assert old_value not in text
    again = shell(*words, "--to", "honest", "--record", str(file))
    assert again.code != Exit.DONE
    assert file.read_text() == text


def test_a_rotation_that_stops_is_recorded_as_far_as_it_came(
    shell: Headless, folder: Path
) -> None:
    configure(folder, "exit 0 and empty")
    file = folder / "record.json"
    words = ("rotate", "web-production", "--until", "exported")
    done = shell(*words, "--to", "exit 0 and empty", "--record", str(file))
    assert done.code == Exit.FAILED
    record = json.loads(file.read_text())
    assert not record["old_deleted"]
    assert record["deliveries"][0]["grade"] == "not delivered"
    assert record["delivered"] == []


def test_a_second_ensure_needs_no_value_that_its_target_has(
    shell: Headless, folder: Path
) -> None:
    configure(folder, "honest", "slow")
    words = ("ensure", "nightly", "--management", "--branch", "main")
    assert shell(*words, "--to", "honest").code == Exit.DONE
    shell.requests.clear()
    assert shell(*words, "--to", "honest").code == Exit.DONE
    assert shell.writes == []
    other = shell(*words, "--to", "honest", "--to", "slow", "--json")
    assert other.code == Exit.CONFLICT
    assert "only once" in other.error["what"]
