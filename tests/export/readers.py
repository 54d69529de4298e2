"""What the two readers of `.env` files make of texts."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections.abc import Sequence

import dotenv
import pytest

from tests.sandbox.served import ROOT

_SCRIPT = """
const { parse } = require("dotenv");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => parse(text))));
"""
_NPM = ROOT / ".cache" / "npm"


def by_python(text: str) -> dict[str, str | None]:
    return dict(dotenv.dotenv_values(stream=io.StringIO(text, newline=None)))


def by_node(texts: Sequence[str]) -> list[dict[str, str]]:
    """All texts in one process of node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed (make system-deps)")
    if not (_NPM / "node_modules" / "dotenv").is_dir():
        pytest.skip(
            "dotenv is not fetched (make setup, where npm can reach its registry)"
        )
    done = subprocess.run(
        [node, "-e", _SCRIPT],
        cwd=_NPM,
        input=json.dumps(texts).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    read: list[dict[str, str]] = json.loads(done.stdout)
    return read
