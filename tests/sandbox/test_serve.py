from __future__ import annotations

import errno
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.sandbox.caller import DELIVERY, delivery_body
from tests.sandbox.served import ROOT, Served, command, ended, serving
from tests.support.clock import clock
from tui.sandbox.seed import seed_from
from tui.sandbox.serve import serve
from tui.sandbox.service import Sandbox


@pytest.fixture(scope="module")
def served() -> Generator[Served]:
    with serving() as sandbox:
        yield sandbox


def refused(*options: str) -> tuple[int, str, str]:
    """Run a command that can't serve; return its exit code, stdout and stderr."""
    done = subprocess.run(
        command(*options),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_says_one_line_and_ends_without_a_word(how: signal.Signals) -> None:
    with serving() as sandbox:
        info = sandbox.info
        assert ended(sandbox.process, how) == (0, "", "")
    assert {"cma", "cda", "preview", "stacks", "users"} <= info.keys()
    assert len({info["cma"], info["cda"], info["preview"]}) == 3
    for name in ("cma", "cda", "preview"):
        assert info[name].startswith("http://127.0.0.1:")
        assert not info[name].endswith("/v3")
    assert {"name", "api_key", "branches", "environments"} <= info["stacks"][0].keys()
    fields = {"email", "password", "role", "authtoken", "tfa_secret"}
    assert fields <= info["users"][0].keys()
    assert [stack["branches"] for stack in info["stacks"]] == [True, False]
    assert [bool(user["tfa_secret"]) for user in info["users"]].count(True) == 1


def test_the_three_hosts_answer_for_themselves(served: Served) -> None:
    url = f"{served.info['cma']}{DELIVERY}?limit=1"
    [token] = httpx.get(url, headers=served.headers()).json()["tokens"]
    headers = {"api_key": served.api_key, "access_token": token["token"]}
    statuses = {}
    for host in ("cma", "cda", "preview"):
        response = httpx.get(f"{served.info[host]}/v3/content_types", headers=headers)
        statuses[host] = response.status_code
    assert statuses == {"cma": 401, "cda": 200, "preview": 401}


def test_a_gateway_s_page_names_its_own_server_alone(served: Served) -> None:
    headers = {"x-sandbox-fault": "403-html;title=Blocked;server=Acme Proxy"}
    answer = httpx.get(f"{served.info['cma']}/v3/environments", headers=headers)
    assert answer.headers.get_list("server") == ["Acme Proxy"]
    assert "<title>Blocked</title>" in answer.text
    plain = httpx.get(f"{served.info['cma']}/v3/environments", headers=served.headers())
    assert "server" not in plain.headers


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has a second loopback address"
)
def test_it_listens_on_one_address_alone(served: Served) -> None:
    port = int(served.info["cma"].rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5).close()


@pytest.mark.parametrize(
    ("fault", "is_created"),
    [("close-before", False), ("close-after", True), ("cut", True)],
)
def test_a_connection_is_really_closed(
    served: Served, fault: str, is_created: bool
) -> None:
    url = f"{served.info['cma']}{DELIVERY}"
    headers = {**served.headers(), "x-sandbox-fault": fault}
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(url, json=delivery_body(fault), headers=headers)
    query = {"query": json.dumps({"name": fault})}
    found = httpx.get(url, params=query, headers=served.headers())
    assert bool(found.json()["tokens"]) is is_created


def test_a_huge_body_gets_its_answer(served: Served) -> None:
    url = f"{served.info['cma']}/v3/user-session"
    response = httpx.post(
        url, content=b"x" * 8_000_000, headers={"content-type": "application/json"}
    )
    assert (response.status_code, response.json()["error_code"]) == (413, 413)


def test_forty_requests_at_once_are_answered(served: Served) -> None:
    url = f"{served.info['cma']}{DELIVERY}"
    with (
        httpx.Client(headers=served.headers()) as client,
        ThreadPoolExecutor(40) as pool,
    ):
        answers = list(pool.map(lambda _: client.get(url), range(40)))
    assert [answer.status_code for answer in answers] == [200] * 40


def test_it_ends_while_an_answer_is_held_back() -> None:
    with serving() as sandbox:
        lines = ("GET /v3/user HTTP/1.1", "host: x", "x-sandbox-fault: delay=60")
        request = "\r\n".join((*lines, "", "")).encode()
        port = int(sandbox.info["cma"].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as held:
            held.sendall(request)
            # It came first, so it's already being held back when another is served.
            assert httpx.get(f"{sandbox.info['cma']}/v3/user").status_code == 401
            assert ended(sandbox.process)[:2] == (0, "")


def test_a_port_that_is_given_is_the_management_apis(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving("--port", str(port)) as sandbox:
        assert sandbox.info["cma"] == f"http://127.0.0.1:{port}"
        ports = [
            int(sandbox.info[name].rpartition(":")[2]) for name in ("cda", "preview")
        ]
        assert port < ports[0] < ports[1]
        code, output, errors = refused("--port", str(port))
    assert (code, output) == (1, "")
    assert errors == f"Couldn't use port {port} on 127.0.0.1: Address already in use.\n"


def test_a_port_that_does_not_exist_is_refused() -> None:
    assert refused("--port", "70000") == (
        1,
        "",
        "Couldn't use port 70000 on 127.0.0.1: there is no such port.\n",
    )


def test_where_no_socket_is_left_it_says_so_and_does_not_try_for_ever(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[socket.socket] = []

    def one_and_no_more(*_: object, **__: object) -> socket.socket:
        if made:
            raise OSError(errno.EMFILE, "Too many open files")
        made.append(socket.socket())
        return made[0]

    monkeypatch.setattr(socket, "create_server", one_and_no_more)
    assert serve(port=0, seed=None, rate_limit=None, as_json=True) == 1
    made[0].close()
    said = capsys.readouterr().err
    assert said == "Couldn't use port 0 on 127.0.0.1: Too many open files.\n"


def test_a_seed_and_a_rate_limit_are_served(tmp_path: Path) -> None:
    seed = tmp_path / "seed.toml"
    seed.write_text(
        '[[stacks]]\nname = "Shop"\nenvironments = ["production"]\n', encoding="utf-8"
    )
    with serving("--seed", str(seed), "--rate-limit", "1") as sandbox:
        assert [stack["name"] for stack in sandbox.info["stacks"]] == ["Shop"]
        url = f"{sandbox.info['cma']}/v3/environments"
        # On a slow machine, two requests in a row may be a second apart.
        for _ in range(50):
            response = httpx.get(url, headers=sandbox.headers("Owner"))
            if response.status_code == 429:
                break
    assert response.status_code == 429


def test_a_bad_seed_is_refused_with_the_path(tmp_path: Path) -> None:
    seed = tmp_path / "seed.toml"
    seed.write_text(
        '[[stacks]]\nname = "Shop"\nenvironments = "production"\n', encoding="utf-8"
    )
    assert refused("--json", "--seed", str(seed)) == (
        2,
        "",
        "Tokendeck can't use this seed. stacks[0].environments: expected a"
        " list, got text\n",
    )


def test_people_get_a_summary_with_the_logins() -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command(), text=True, cwd=ROOT, **pipes) as process:  # type: ignore[call-overload]  # mypy can't follow `**` here
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        while "tokendeck --cma" not in lines[-1]:
            assert lines[-1], process.communicate()
            lines.append(process.stdout.readline())
        code, output, errors = ended(process)
    text = "".join(lines)
    assert (code, output, errors) == (0, "", "")
    for word in (
        "ana@example.com",
        "ana-sandbox",
        "Content Manager",
        "Storefront",
        "http://127.0.0.1:",
    ):
        assert word in text


def test_without_uvicorn_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "tui.sandbox.server", raising=False)
    assert serve(port=0, seed=None, rate_limit=None, as_json=True) == 2
    output, errors = capsys.readouterr()
    assert (output, errors) == (
        "",
        "Serving the sandbox needs uvicorn: pip install 'tokendeck[sandbox]'\n",
    )


def test_twice_as_many_tokens_are_no_more_than_twice_the_work() -> None:
    few, many = _calls_to_build(stacks=5), _calls_to_build(stacks=10)
    assert many < 2.1 * few


def _calls_to_build(stacks: int) -> int:
    """Count the calls it takes to build stacks of 20 tokens: work instead of time."""
    token = {"environments": ["production"], "branches": ["main"]}
    tokens = [{"name": f"token {number}", **token} for number in range(20)]
    structure = {"branches": ["main"], "environments": ["production"]}
    stack = {"delivery_tokens": tokens, **structure}
    named = [{"name": f"Stack {number}", **stack} for number in range(stacks)]
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        Sandbox.from_seed(seed_from({"stacks": named}), clock)
    finally:
        sys.setprofile(previous)
    return calls
