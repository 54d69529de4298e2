"""@contentstack/management (npm) against the served sandbox."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.served import ROOT, Served

pytestmark = pytest.mark.judge

_SCRIPT = Path(__file__).with_name("management.mjs")
_MODULES = ROOT / ".cache" / "npm" / "node_modules"


def test_the_javascript_client_agrees(served: Served) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed (make system-deps)")
    if not (_MODULES / "@contentstack" / "management").is_dir():
        pytest.skip("@contentstack/management is not fetched (make setup, where npm can reach its registry)")
    arguments = [node, str(_SCRIPT), str(_MODULES), served.info["cma"], json.dumps(served.info)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.strip().splitlines()[-1:]) == (0, ["agreed"]), (
        done.stdout + done.stderr
    )
