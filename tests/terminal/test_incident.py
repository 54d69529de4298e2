"""A leaked value: from the paste to the record, in one run of the real command.

In the meantime, readers use whichever value a target has.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.leaks.projects import Project
from tests.sandbox.served import ROOT, Served, serving
from tests.support.terminal import Terminal, environment_with
from tests.terminal.conftest import TOKENDECK
from tests.terminal.test_unfinished import signed_in

pytestmark = pytest.mark.terminal

OLD, NEW = "web-production", "web-production-next"
TARGETS = ("web", "worker")
MOST_KEYS = 8
ENOUGH_READS = 10
PAUSE = 0.02
# Using a replacement before it's verified would fail: the content hosts don't know
# it at once.
SEED = """
[[faults]]
fault = "unknown=2x"
method = "POST"
path = "*delivery_tokens*"
"""
STORE = """\
#!/bin/sh
# What reads the file meanwhile gets the old value or the new one.
cat > "$1.new" && mv "$1.new" "$1"
"""


class Reader(threading.Thread):
    """Reads content again and again, with the value that a file holds at that moment."""

    def __init__(self, served: Served, file: Path) -> None:
        super().__init__(daemon=True)
        self._url = f"{served.info['cda']}/v3/content_types?environment=production"
        self._api_key = served.api_key
        self._file = file
        self._over = threading.Event()
        self.reads: Counter[str] = Counter()
        self.failed: list[str] = []

    def run(self) -> None:
        while not self._over.wait(PAUSE):
            value = self._file.read_text()
            headers = {"api_key": self._api_key, "access_token": value}
            request = urllib.request.Request(self._url, headers=headers)
            try:
                with urllib.request.urlopen(request) as answer:
                    answer.read()
            except urllib.error.URLError as error:
                self.failed.append(str(error))
            else:
                self.reads[value] += 1

    def __enter__(self) -> Reader:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self.join()


@dataclass
class Fingers:
    """Presses keys and counts them, except for pasted and typed words."""

    terminal: Terminal
    pressed: list[str] = field(default_factory=list)

    def press(self, key: str, then: str) -> None:
        self.pressed.append(key)
        self.terminal.send(key)
        self.terminal.wait_for(then)

    def paste(self, text: str) -> None:
        self.terminal.send(f"\x1b[200~{text}\x1b[201~")

    def type(self, words: str) -> None:
        self.terminal.send(words)
        self.terminal.wait_for(lambda terminal: terminal.text.count(words) > 2)


@dataclass
class Scene:
    """A sandbox, a project in which a value was left, and the targets that have it."""

    served: Served
    folder: Path
    old: dict[str, Any]

    @property
    def env(self) -> dict[str, str]:
        preview = self.served.info["preview"]
        return {**signed_in(self.served), "TOKENDECK_PREVIEW": preview}

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def stored(self, target: str) -> Path:
        return self.folder / target

    def tokens(self) -> dict[str, dict[str, Any]]:
        """Return the delivery tokens as the server has them, by name."""
        return tokens_of(self.served)

    def values(self) -> list[str]:
        """Return every past and present secret."""
        tokens = [self.old, *self.tokens().values()]
        found = [
            token.get(kind) for token in tokens for kind in ("token", "preview_token")
        ]
        return [self.served.user()["authtoken"], *filter(None, found)]

    def leaks(self, data: bytes) -> list[str]:
        """The values of which a good part is in some bytes."""
        return [value for value in self.values() if value[3:11].encode() in data]


def tokens_of(served: Served) -> dict[str, dict[str, Any]]:
    url = f"{served.info['cma']}/v3/stacks/delivery_tokens"
    request = urllib.request.Request(url, headers=served.headers())
    with urllib.request.urlopen(request) as answer:
        return {token["name"]: token for token in json.load(answer)["tokens"]}


def plant(folder: Path, value: str) -> str:
    """Leave a value in a log, and in the history of a repository; return the commit."""
    project = Project.created(folder)
    settings = folder / ".env"
    settings.write_text(f"A=1\nTOKEN={value}\n")
    project.git("add", ".")
    project.git("commit", "-qm", "Add settings")
    settings.unlink()
    (folder / "app.log").write_text(f"GET /v3/entries?access_token={value}\n")
    return project.git("rev-parse", "HEAD")


def set_up_targets(folder: Path) -> None:
    """Configure targets that store a value in a file, and print what is in it."""
    store = folder / "store"
    store.write_text(STORE)
    store.chmod(0o755)
    config = Path(os.environ["XDG_CONFIG_HOME"], "tokendeck", "config.toml")
    config.parent.mkdir(parents=True)
    config.write_text(
        "\n".join(
            f'[targets.{name}]\nput = ["{store}", "{folder / name}"]\n'
            f'get = ["cat", "{folder / name}"]'
            for name in TARGETS
        )
    )


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    seed = tmp_path / "seed.toml"
    seed.write_text((ROOT / "tui/sandbox/demo.toml").read_text() + SEED)
    with serving("--seed", str(seed)) as served:
        old = tokens_of(served)[OLD]
        set_up_targets(tmp_path)
        to = [word for name in TARGETS for word in ("--to", name)]
        subprocess.run(
            [TOKENDECK, "export", OLD, *to],
            env=environment_with(signed_in(served)),
            check=True,
            capture_output=True,
        )
        yield Scene(served, tmp_path, old)


def test_a_value_that_turned_up_is_replaced_everywhere_and_no_read_fails(
    scene: Scene,
) -> None:
    commit = plant(scene.project, scene.old["token"])
    elsewhere = scene.folder / "elsewhere"
    elsewhere.write_text(scene.old["token"])
    with ExitStack() as running:
        readers = [
            running.enter_context(Reader(scene.served, scene.stored(name)))
            for name in TARGETS
        ]
        # Nobody delivers there: this one shows that a read can fail.
        forgotten = running.enter_context(Reader(scene.served, elsewhere))
        terminal = running.enter_context(
            Terminal([TOKENDECK], env=scene.env, cwd=scene.project)
        )
        fingers = Fingers(terminal)

        def wait_for_reads(value: str) -> None:
            """Wait until each reader has read some more with this value."""
            wanted = [reader.reads[value] + ENOUGH_READS for reader in readers]
            terminal.wait_for(
                lambda _: all(
                    reader.reads[value] >= least
                    for reader, least in zip(readers, wanted, strict=True)
                )
            )

        terminal.wait_for("tokens · read")
        wait_for_reads(scene.old["token"])
        fingers.press("I", "Whose is it?")
        fingers.paste(f'CONTENTSTACK_TOKEN="{scene.old["token"]}"\n')
        fingers.press("\r", f"This is the delivery token {OLD} of Storefront.")
        assert "live" in terminal.text
        fingers.press("F", f"Found {OLD} in 2 places.")
        assert "app.log" in terminal.text
        assert ".env" in terminal.text
        assert commit[:8] in terminal.text
        fingers.press("R", "1 Create the replacement")
        # It may continue on the next line.
        assert "web, worker" in " ".join(terminal.text.split())
        assert NEW not in scene.tokens()
        fingers.press("\r", "[x] 3 Deliver it")
        terminal.wait_for("Delivered to 2 targets and read back.")
        new = scene.tokens()[NEW]
        wait_for_reads(new["token"])
        assert forgotten.failed == []
        fingers.press("\r", f"Type its name, {OLD}")
        fingers.type(OLD)
        fingers.press("\r", "[x] 4")
        wait_for_reads(new["token"])
        terminal.wait_for(lambda _: bool(forgotten.failed))
        assert "w record" in terminal.screen[-1]
        fingers.press("w", "Recorded in")
        sent = terminal.bytes_seen

    assert [reader.failed for reader in readers] == [[], []]
    assert all(
        {*reader.reads} == {scene.old["token"], new["token"]} for reader in readers
    )
    assert len(fingers.pressed) <= MOST_KEYS
    assert {scene.stored(name).read_text() for name in TARGETS} == {new["token"]}
    assert OLD not in scene.tokens()
    assert scene.leaks(sent) == []
    assert_recorded(scene, new)


def assert_recorded(scene: Scene, new: dict[str, Any]) -> None:
    """The record tells all of the rotation, and no file but the targets' has a value."""
    (file,) = scene.project.glob("tokendeck-rotation-*.json")
    record = json.loads(file.read_text())
    assert record["old"]["uid"] == scene.old["uid"]
    assert record["old_deleted"]
    assert record["replacement"]["uid"] == new["uid"]
    prints = [record[which]["fingerprint"] for which in ("old", "replacement")]
    assert len({*prints, ""}) == 3
    assert record["deliveries"] == [
        {"target": name, "grade": "read back"} for name in TARGETS
    ]
    assert {proof["verdict"] for proof in record["proofs"]} == {"works"}
    assert record["by"] == "ana@example.com"
    assert scene.leaks(file.read_bytes()) == []
    state = Path(os.environ["XDG_STATE_HOME"])
    kept = [path for path in state.rglob("*") if path.is_file()]
    assert [path for path in kept if scene.leaks(path.read_bytes())] == []
