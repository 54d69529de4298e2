"""The wheel as pipx and uv install it: built, installed by itself, started."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

ROOT = Path(__file__).parents[2]
WHEELHOUSE = ROOT / ".cache" / "wheelhouse"

pytestmark = [
    pytest.mark.install,
    pytest.mark.long,
    # One process builds and installs for all tests.
    pytest.mark.xdist_group("install"),
    pytest.mark.skipif(
        not (WHEELHOUSE / ".stamp").exists(),
        reason="there is no .cache/wheelhouse; `make setup` fetches it",
    ),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build"]
    _run([*build, "--target", "wheel", "--directory", str(target)])
    return next(target.glob("tokendeck-*.whl"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install `tokendeck` by itself, without network, and return the command."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    offline = ["--no-index", "--find-links", str(WHEELHOUSE)]
    offline += ["--isolated", "--no-cache-dir", "--quiet"]
    _run([str(python), "-m", "pip", "install", *offline, str(wheel)])
    return home / "bin" / "tokendeck"


def test_the_wheel_carries_the_styles_and_the_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    styles = {f"tui/styles/{style.name}" for style in (ROOT / "styles").glob("*.tcss")}
    assert styles
    sources = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "tui").rglob("*.py")
    }
    assert styles | sources | {"tui/py.typed", "tui/sandbox/demo.toml"} <= names
    assert not [name for name in names if name.startswith(("tests/", "tools/"))]


def test_the_installed_command_says_its_version(command: Path, wheel: Path) -> None:
    version = wheel.name.split("-")[1]
    assert version in _run([str(command), "--version"])


def test_the_installed_dashboard_starts_and_quits(
    command: Path, tmp_path: Path
) -> None:
    with Terminal([str(command), "--demo"], cwd=tmp_path) as terminal:
        terminal.wait_for("Delivery", timeout=60)
        terminal.wait_for("web-production")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert terminal.not_restored == []


def _run(command: list[str]) -> str:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
