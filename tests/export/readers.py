"""How the original readers of `.env` files read texts, without any code of ours."""

from __future__ import annotations

import io
import json
import logging
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import dotenv
import pytest

from tests.sandbox.served import ROOT

# Each line of input is a list of texts; each line of output is what dotenv reads in
# them, or the environment once dotenv-expand has filled in variables.
_SCRIPT = """
const { parse } = require("dotenv");
const { expand } = require("dotenv-expand");
const expanded = (text) => expand({ parsed: parse(text), processEnv: {} }).parsed;
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { texts, expands } = JSON.parse(line);
  console.log(JSON.stringify(texts.map(expands ? expanded : parse)));
});
"""
_NPM = ROOT / ".cache" / "npm"

logging.getLogger("dotenv.main").setLevel(logging.CRITICAL)


def by_python(text: str) -> dict[str, str | None]:
    """Read as python-dotenv does, keeping line ends and filling in no variables."""
    read = dotenv.dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False)
    return dict(read)


def by_node(texts: Sequence[str], *, expands: bool = False) -> list[dict[str, str]]:
    """Read all texts in one node process for all tests."""
    node = _node()
    assert node.stdin is not None
    assert node.stdout is not None
    request = json.dumps({"texts": texts, "expands": expands})
    node.stdin.write(request.encode() + b"\n")
    node.stdin.flush()
    read: list[dict[str, str]] = json.loads(node.stdout.readline())
    return read


@cache
def _node() -> subprocess.Popen[bytes]:
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed (make system-deps)")
    for package in ("dotenv", "dotenv-expand"):
        if not (_NPM / "node_modules" / package).is_dir():
            pytest.skip(
                f"{package} is not fetched (make setup, where npm can reach its"
                " registry)"
            )
    # It ends when its input does, at the end of the tests.
    return subprocess.Popen(
        [program, "-e", _SCRIPT],
        cwd=_NPM,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def by_bash(path: Path, keys: Sequence[str]) -> dict[str, str]:
    """Return the values of these keys in a shell that sources the file."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    script = 'set -a; . "$1"; shift; for key; do printf "%s\\0" "${!key}"; done'
    done = subprocess.run(
        [bash, "--norc", "-euc", script, "bash", str(path), *keys],
        capture_output=True,
        check=True,
        env={},
        timeout=60,
    )
    return dict(zip(keys, done.stdout.decode().split("\0")[:-1], strict=True))


def by_docker(text: str) -> Mapping[str, str]:
    """Read as `docker run --env-file` does: no quotes, no comments after values."""
    lines = (line.lstrip() for line in text.removeprefix("\ufeff").splitlines())
    pairs = (line.split("=", 1) for line in lines if line and line[0] != "#")
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
