"""Contentstack's JavaScript clients, from npm, run by node."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.served import ROOT

_HERE = Path(__file__).parent
_CACHE = ROOT / ".cache"
_SECONDS = 120


def program(name: str) -> str:
    """Return the path of a program, or skip the test if it isn't installed."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (make system-deps)")
    return found


def modules(package: str, folder: str = "npm", brought_by: str = "make setup") -> Path:
    """Return the node_modules that hold a package, or skip the test without it."""
    found = _CACHE / folder / "node_modules"
    if not (found / package).is_dir():
        pytest.skip(
            f"{package} is not fetched ({brought_by}, where npm can reach its registry)"
        )
    return found


def judge(script: str, package: str, *values: str | Mapping[str, Any]) -> None:
    """Run a script that ends by printing `agreed`.

    It gets the folder of its package, and the values.
    """
    node, found = program("node"), modules(package)
    given = [each if isinstance(each, str) else json.dumps(each) for each in values]
    arguments = [node, str(_HERE / script), str(found), *given]
    done = subprocess.run(
        arguments, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    last = done.stdout.strip().splitlines()[-1:]
    assert (done.returncode, last) == (0, ["agreed"]), done.stdout + done.stderr
