"""The transport against applications in this process."""

from __future__ import annotations

import asyncio
import gzip
import logging
import subprocess
import sys
import zlib
from typing import Any

import pytest

from tests.contentstack.fakes import (
    API_KEY,
    AUTHTOKEN,
    CREDENTIAL,
    REGION,
    Api,
    Clock,
    line,
)
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import (
    BadAnswer,
    ContentstackError,
    Interrupted,
    Invalid,
    NotAllowed,
    NotContentstack,
    RateLimited,
    ReadOnly,
    ServerFailed,
    Unreachable,
)
from tui.contentstack.pace import LIMIT_TRIES, Pacer
from tui.contentstack.transport import Transport
from tui.secret import Secret

OK: tuple[int, object] = (200, {"ok": True})
FAILED = (500, {"error_message": "Bad gateway", "error_code": 502})
PAGE = (502, b"<html><title>502 Bad Gateway</title>")


def api(method: str = "GET", *replies: Any) -> Api:
    return Api().on(f"{method} /thing", *(replies or (OK,)))


async def test_headers_come_from_one_place() -> None:
    app = api("PUT")
    transport = line(app).transport
    await transport.request(
        "PUT",
        "/thing",
        api_key=API_KEY,
        headers={**CREDENTIAL.headers(), "organization_uid": "bltorg"},
        query={"a": "x y&z"},
        body={"name": "né\ud800"},
    )
    seen = app.seen[0]
    assert seen.headers["authtoken"] == AUTHTOKEN
    assert seen.headers["api_key"] == API_KEY
    assert seen.headers["organization_uid"] == "bltorg"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["user-agent"].startswith("tokendeck")
    assert "authorization" not in seen.headers
    assert seen.query == {"a": "x y&z"}
    assert seen.body == {"name": "né\ud800"}


async def test_a_read_says_nothing_of_content() -> None:
    app = api()
    await line(app).transport.request(
        "GET", "/thing", headers=Credential("bearer", Secret("abc.def")).headers()
    )
    assert app.seen[0].headers["authorization"] == "Bearer abc.def"
    assert not {"content-type", "authtoken"} & set(app.seen[0].headers)


async def test_further_headers_and_hosts_for_the_delivery_api() -> None:
    app = Api().on("GET /content_types", OK)
    transport = Transport(REGION, apps={REGION.cda: app})
    await transport.request(
        "GET",
        "/content_types",
        headers={"access_token": Secret("cs1")},
        base=REGION.cda,
    )
    assert app.seen[0].headers["access_token"] == "cs1"
    assert app.seen[0].headers["host"] == "cda.demo.invalid"


async def test_an_api_without_a_host_is_not_another_one() -> None:
    app = api()
    with pytest.raises(Invalid, match="no URL"):
        await line(app).transport.request(
            "GET", "/thing", headers={"access_token": Secret("cs1")}, base=""
        )
    assert app.seen == []


async def test_a_secret_in_a_body_is_sent_and_never_told() -> None:
    app = api(
        "POST", (422, {"error_message": "no hunter22 for you", "error_code": 141})
    )
    with pytest.raises(Invalid) as caught:
        await line(app).transport.request(
            "POST", "/thing", body={"password": Secret("hunter22")}
        )
    assert app.seen[0].body == {"password": "hunter22"}
    assert "hunter22" not in str(caught.value)


async def test_what_no_header_can_carry_is_refused_before_sending() -> None:
    app = api()
    for value in ("a\r\nx: y", "ä", "\x00"):
        with pytest.raises(Invalid, match="value for api_key"):
            await line(app).transport.request("GET", "/thing", api_key=value)
    assert app.seen == []


async def test_what_is_no_json_is_a_bug_and_says_so() -> None:
    with pytest.raises(TypeError, match="set isn't JSON"):
        await line(api("POST")).transport.request("POST", "/thing", body={"x": {1}})


async def test_cookies_are_not_kept() -> None:
    app = api("GET", (200, {}, {"set-cookie": "session=1; Path=/"}))
    transport = line(app).transport
    await transport.request("GET", "/thing")
    await transport.request("GET", "/thing")
    assert "cookie" not in app.seen[1].headers


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_429_is_waited_out_for_reads_and_writes(method: str) -> None:
    limited = (
        429,
        {"error_message": "Too many requests", "error_code": 429},
        {"retry-after": "12"},
    )
    app = api(method, limited, limited, OK)
    wire = line(app)
    answer = await wire.transport.request(method, "/thing")
    assert answer.object() == {"ok": True}
    assert wire.announced == [12.0, 12.0]
    assert wire.clock.naps == [12.0, 12.0]
    assert len(app.seen) == 3


async def test_a_429_that_says_nothing_is_backed_off_from_and_in_the_end_told() -> None:
    app = api("POST", (429, {"error_message": "Too many requests"}))
    wire = line(app)
    with pytest.raises(RateLimited) as caught:
        await wire.transport.request("POST", "/thing", body={})
    assert len(app.seen) == LIMIT_TRIES
    assert len(wire.announced) == LIMIT_TRIES - 1
    assert all(0.5 <= seconds <= 8.0 for seconds in wire.announced)
    assert wire.announced[:4] == sorted(wire.announced[:4])
    assert not caught.value.may_have_happened


async def test_a_wait_beyond_all_patience_is_not_begun() -> None:
    reply = (429, {"error_message": "Too many requests"}, {"retry-after": "3600"})
    app = api("GET", reply)
    wire = line(app)
    with pytest.raises(RateLimited) as caught:
        await wire.transport.request("GET", "/thing")
    assert caught.value.retry_after == 3600.0
    assert wire.announced == []


async def test_a_wait_ends_with_its_task() -> None:
    waiting = asyncio.Event()

    async def forever(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    app = api("GET", (429, b"", {"retry-after": "60"}))
    transport = Transport(REGION, apps={REGION.cma: app}, sleep=forever)
    task = asyncio.create_task(transport.request("GET", "/thing"))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    app.on("GET /thing", OK)
    assert (await transport.request("GET", "/thing")).status == 200


async def test_other_failures_are_tried_again_for_reads() -> None:
    app = api("GET", (502, b"<html>"), (503, b""), OK)
    wire = line(app)
    assert (await wire.transport.request("GET", "/thing")).object() == {"ok": True}
    assert len(wire.clock.naps) == 2
    assert 0.2 <= wire.clock.naps[0] <= 0.3
    assert 0.4 <= wire.clock.naps[1] <= 0.6
    assert wire.announced == []


@pytest.mark.parametrize(
    ("reply", "kind"), [(FAILED, ServerFailed), (PAGE, NotContentstack)]
)
async def test_but_not_for_ever(reply: Any, kind: type[ContentstackError]) -> None:
    app = api("GET", reply)
    with pytest.raises(kind) as caught:
        await line(app).transport.request("GET", "/thing")
    assert len(app.seen) == 3
    assert not caught.value.may_have_happened


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("reply", "kind"), [(FAILED, ServerFailed), (PAGE, NotContentstack)]
)
async def test_and_never_for_writes(
    method: str, reply: Any, kind: type[ContentstackError]
) -> None:
    app = api(method, reply, OK)
    with pytest.raises(kind) as caught:
        await line(app).transport.request(method, "/thing")
    assert len(app.seen) == 1
    assert caught.value.may_have_happened


async def test_a_refusal_is_final() -> None:
    app = api("GET", (403, {"error_code": 316, "error_message": "No."}))
    with pytest.raises(NotAllowed):
        await line(app).transport.request("GET", "/thing")
    assert len(app.seen) == 1


async def _raises(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError(AUTHTOKEN)


async def _says_nothing(scope: Any, receive: Any, send: Any) -> None:
    return


async def _stops_in_the_middle(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b'{"a"', "more_body": True})
    raise ValueError(AUTHTOKEN)


@pytest.mark.parametrize("app", [_raises, _says_nothing, _stops_in_the_middle])
async def test_an_application_that_fails_is_a_broken_connection(app: Any) -> None:
    transport = line(app).transport
    with pytest.raises(Interrupted) as read:
        await transport.request("GET", "/thing", headers=CREDENTIAL.headers())
    with pytest.raises(Interrupted) as write:
        await transport.request("POST", "/thing", headers=CREDENTIAL.headers())
    assert not read.value.may_have_happened
    assert write.value.may_have_happened
    assert "may or may not" in str(write.value)
    assert AUTHTOKEN not in str(write.value)
    assert write.value.__context__ is None
    assert write.value.__cause__ is None


@pytest.mark.parametrize(
    "location",
    ["https://user:pw@other.example.com/v3/thing", "https://[bad", "", "/v3/else"],
)
async def test_a_redirect_is_told_and_not_followed(location: str) -> None:
    app = api("GET", (302, b"", {"location": location}))
    with pytest.raises(ContentstackError) as caught:
        await line(app).transport.request("GET", "/thing", headers=CREDENTIAL.headers())
    assert len(app.seen) <= 3
    assert {seen.headers["host"] for seen in app.seen} == {"cma.demo.invalid"}
    assert "pw" not in str(caught.value)


async def test_only_reads_wait_for_something_in_between_that_asks_for_less() -> None:
    wait = (429, b"<html>Slow down</html>", {"retry-after": "12"})
    wire = line(api("GET", wait, OK))
    assert (await wire.transport.request("GET", "/thing")).object() == {"ok": True}
    assert wire.clock.naps == [12.0]
    app = api("POST", wait, OK)
    with pytest.raises(NotContentstack) as caught:
        await line(app).transport.request("POST", "/thing", body={})
    assert len(app.seen) == 1
    assert caught.value.may_have_happened


@pytest.mark.parametrize("status", [401, 403, 404, 412, 451])
async def test_a_page_that_stays_is_asked_for_once(status: int) -> None:
    app = api("GET", (status, b"<html>"))
    with pytest.raises(NotContentstack):
        await line(app).transport.request("GET", "/thing")
    assert len(app.seen) == 1


async def test_a_redirect_names_the_other_host() -> None:
    app = api("POST", (307, b"", {"location": "https://other.example.com/v3/thing"}))
    told = r"a redirect to other\.example\.com, not followed, status 307"
    with pytest.raises(NotContentstack, match=told) as caught:
        await line(app).transport.request(
            "POST", "/thing", headers=CREDENTIAL.headers()
        )
    assert not caught.value.may_have_happened


async def test_where_applications_answer_nothing_else_is_reached() -> None:
    transport = line(api()).transport
    with pytest.raises(Unreachable):
        await transport.request("GET", "/thing", base="https://api.contentstack.io")


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
async def test_compressed_answers(compress: Any) -> None:
    encoding = {"content-encoding": "gzip" if compress is gzip.compress else "deflate"}
    app = api("GET", (200, compress(b'{"ok": true}'), encoding))
    assert (await line(app).transport.request("GET", "/thing")).object() == {"ok": True}


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"x" * 1001, {}),
        (gzip.compress(b"x" * 50_000_000), {"content-encoding": "gzip"}),
    ],
)
async def test_an_answer_too_large_is_not_taken(
    content: bytes, headers: dict[str, str]
) -> None:
    app = api("GET", (200, content, headers))
    with pytest.raises(BadAnswer, match="larger than 1,000 bytes"):
        await line(app, largest=1000).transport.request("GET", "/thing")
    assert len(app.seen) == 1


async def test_the_largest_answer_is_taken_whole() -> None:
    body = b'{"x":"' + b"x" * 992 + b'"}'
    for content, headers in (
        (body, {}),
        (gzip.compress(body), {"content-encoding": "gzip"}),
    ):
        answer = await line(
            api("GET", (200, content, headers)), largest=1000
        ).transport.request("GET", "/thing")
        assert answer.body == body


@pytest.mark.parametrize("content", [gzip.compress(b"x" * 99)[:-9], b"not gzip at all"])
async def test_a_compressed_answer_cut_short_is_an_interruption(content: bytes) -> None:
    app = api("GET", (200, content, {"content-encoding": "gzip"}), OK)
    assert (await line(app).transport.request("GET", "/thing")).object() == {"ok": True}
    assert len(app.seen) == 2


async def test_a_compression_not_asked_for_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer, match="compressed as br"):
        await line(
            api("GET", (200, b"x", {"content-encoding": "br"}))
        ).transport.request("GET", "/thing")


async def test_requests_start_at_the_pace_of_their_organization() -> None:
    clock = Clock()
    transport = Transport(
        REGION,
        apps={REGION.cma: api()},
        pacer=Pacer(2, clock=clock, sleep=clock.sleep),
        sleep=clock.sleep,
    )
    await asyncio.gather(
        *(transport.request("GET", "/thing", bucket="a") for _ in range(5))
    )
    assert clock.now == 1002.0
    await transport.request("GET", "/thing", bucket="b")
    assert clock.now == 1002.0


async def test_what_answers_in_this_process_is_not_paced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    transport = Transport(REGION, apps={REGION.cma: api()})
    naps: list[float] = []
    monkeypatch.setattr(transport.pacer, "_sleep", naps.append)
    await asyncio.gather(*(transport.request("GET", "/thing") for _ in range(50)))
    assert naps == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/stacks/delivery_tokens"),
        ("PUT", "/stacks/delivery_tokens/blt1"),
        ("DELETE", "/stacks/management_tokens/blt1"),
        ("PUT", "/user-session"),
        ("POST", "/user-session/"),
        ("DELETE", "/user/request_token_sms"),
        ("get", "/thing"),
    ],
)
async def test_read_only_refuses_a_write_before_anything_is_sent(
    method: str, path: str
) -> None:
    app = api()
    with pytest.raises(
        ReadOnly, match=r"^Tokendeck is read-only here.*\(Demo, cma\.demo\.invalid\)"
    ) as caught:
        await line(app, read_only=True).transport.request(method, path, body={})
    assert app.seen == []
    assert not caught.value.may_have_happened


async def test_read_only_reads_and_signs_in_and_out() -> None:
    routes = [
        ("GET", "/stacks/delivery_tokens"),
        ("POST", "/user-session"),
        ("POST", "/user/request_token_sms"),
        ("DELETE", "/user-session"),
    ]
    app = Api({f"{method} {path}": [OK] for method, path in routes})
    transport = line(app, read_only=True).transport
    for method, path in routes:
        assert (await transport.request(method, path)).status == 200
    assert [seen.method for seen in app.seen] == [method for method, _ in routes]


async def test_a_write_cancelled_on_its_way_is_not_sent_again() -> None:
    arrived = asyncio.Event()
    requests = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        requests.append(scope["method"])
        arrived.set()
        await asyncio.Event().wait()

    transport = line(app).transport
    task = asyncio.create_task(transport.request("POST", "/thing", body={}))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert requests == ["POST"]


async def test_a_closed_transport_says_so() -> None:
    transport = line(api()).transport
    await transport.aclose()
    with pytest.raises(Interrupted, match="closed") as caught:
        await transport.request("POST", "/thing")
    assert not caught.value.may_have_happened


async def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await line(api("GET", (200, {}, {"set-cookie": "session=1"}))).transport.request(
        "GET", "/thing", headers=CREDENTIAL.headers(), query={"q": "1"}
    )
    assert [record for record in caplog.records if record.name.startswith("http")] == []


CONNECT = """
import asyncio
from tui.contentstack.regions import REGIONS
from tui.contentstack.transport import Transport
asyncio.run(Transport(REGIONS[0]).opened())
assert "httpx" in __import__("sys").modules
"""


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import tui.contentstack.client", "httpx"),
        ("import tui.contentstack.client", "textual"),
        ("import tui.contentstack.client", "truststore"),
        (CONNECT, "httpx._main"),
        (CONNECT, "click"),
        (CONNECT, "rich"),
    ],
)
def test_what_is_not_imported(code: str, absent: str) -> None:
    check = f"{code}\nimport sys; sys.exit({absent!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
