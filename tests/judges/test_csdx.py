"""csdx, Contentstack's own command line (npm), against the served sandbox."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from tests.judges.javascript import modules, program
from tests.judges.tls_end import tls_end
from tests.sandbox.caller import ALL_MODULES, BRANCH, MANAGEMENT, management_body
from tests.sandbox.served import Served

pytestmark = pytest.mark.judge

_NAMES = Path(__file__).parent / "csdx" / "names.cjs"
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Csdx:
    """csdx with its own home, set to the sandbox's region."""

    command: Path
    home: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> str:
        """Run a command that must succeed, and return its output."""
        done = subprocess.run(
            [self.command, *arguments],
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def csdx(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Generator[Csdx]:
    program("node")
    found = modules("@contentstack/cli", "csdx", "make judges")
    home = tmp_path_factory.mktemp("csdx")
    authority = trustme.CA()
    certificate = home / "authority.pem"
    authority.cert_pem.write_to_path(str(certificate))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "CS_CLI_CONFIG_PATH": str(home / "config"),
        "NODE_EXTRA_CA_CERTS": str(certificate),
        "NODE_OPTIONS": f"--require {_NAMES}",
    }
    plain = [int(served.info[name].rpartition(":")[2]) for name in ("cma", "cda")]
    names = ("cma.sandbox.test", "cda.sandbox.test")
    with tls_end(authority, *plain, names=names) as ports:
        cma, cda = (
            f"https://{name}:{port}" for name, port in zip(names, ports, strict=True)
        )
        command = Csdx(found / ".bin" / "csdx", home, environment)
        region = ("--cma", cma, "--cda", cda, "--ui-host", cma, "--name", "sandbox")
        command.run("config:set:region", *region)
        yield command


@pytest.fixture(scope="module")
def alias(served: Served, csdx: Csdx) -> str:
    """Give csdx a management token of the stack, and return its name there."""
    body = management_body("csdx", [ALL_MODULES, BRANCH], expires_on=None)
    url = f"{served.info['cma']}{MANAGEMENT}"
    token = httpx.post(url, json=body, headers=served.headers()).json()["token"]
    key = ("-k", served.api_key, "--token", token["token"], "-y")
    said = csdx.run("auth:tokens:add", "-a", "store", "--management", *key)
    assert "Successfully added the token" in said
    return "store"


def read(path: Path) -> Any:
    """Decode an exported file."""
    return json.loads(path.read_text(encoding="utf-8"))


def one_file(folder: Path, pattern: str) -> Path:
    """Return the only file in a folder that matches."""
    [found] = folder.glob(pattern)
    return found


def test_csdx_exports_the_storefront(served: Served, csdx: Csdx, alias: str) -> None:
    options = ("-a", alias, "-d", "out", "--branch", "main", "-y")
    said = csdx.run("cm:stacks:export", *options)
    content = f"The content of the stack {served.api_key}"
    assert f"{content} has been exported successfully!" in said
    # It checks npm for its newest version, but can't reach npm here.
    errors = [line for line in said.splitlines() if "ERROR" in line]
    assert not [line for line in errors if "latest version" not in line], said
    exported = csdx.home / "out" / "main"
    environments = read(exported / "environments" / "environments.json").values()
    names = [each["name"] for each in environments]
    assert names == served.info["stacks"][0]["environments"]
    assert read(exported / "content_types" / "schema.json")[0]["uid"] == "page"
    entries = one_file(exported / "entries" / "page" / "en-us", "*-entries.json")
    [entry] = read(entries).values()
    assert entry["title"] == "Welcome to Storefront"
    assert len(entry["publish_details"]) == len(environments)
    [asset] = read(one_file(exported / "assets", "*-assets.json")).values()
    assert (exported / "assets" / "files" / asset["uid"] / asset["filename"]).is_file()
    [locale] = read(exported / "locales" / "master-locale.json").values()
    assert locale["code"] == "en-us"


def test_csdx_signs_in(served: Served, csdx: Csdx) -> None:
    user = served.user()
    said = csdx.run("auth:login", "-u", user["email"], "-p", user["password"])
    assert "success" in said.lower()
    assert user["email"] in csdx.run("auth:whoami")
