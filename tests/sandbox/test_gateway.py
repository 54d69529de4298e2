"""Sizes, formats, routes and methods: every request gets the API's envelope."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.caller import (
    DELIVERY,
    MANAGEMENT,
    Caller,
    as_role,
    delivery_body,
    reader,
    refusal,
)
from tests.support.clock import clock
from tui.sandbox.gateway import Gateway
from tui.sandbox.requests import Request
from tui.sandbox.responses import Response
from tui.sandbox.service import Sandbox

JSON_HEADER = {"content-type": "application/json"}
WRITES = [("POST", "/v3/user-session"), ("POST", DELIVERY), ("POST", MANAGEMENT)]


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b"NaN"]
)
async def test_a_body_that_is_no_object_is_refused(
    admin: Caller, method: str, path: str, content: bytes
) -> None:
    response = await admin.send(method, path, content=content, headers=JSON_HEADER)
    assert refusal(response) == (400, 400)


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/x-www-form-urlencoded"]
)
async def test_a_wrong_content_type_is_refused(
    admin: Caller, method: str, path: str, content_type: str | None
) -> None:
    body = json.dumps(delivery_body())
    response = await admin.send(
        method, path, content=body, headers={"content-type": content_type}
    )
    assert response.status_code == 400
    said = response.json()["error_message"]
    assert said == "Please set a valid 'Content-Type' header"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "Application/JSON"],
)
async def test_a_content_type_may_be_written_in_several_ways(
    admin: Caller, content_type: str
) -> None:
    body = json.dumps(delivery_body())
    response = await admin.post(
        DELIVERY, content=body, headers={"content-type": content_type}
    )
    assert response.status_code == 201


@pytest.mark.parametrize("path", [DELIVERY, "/v3/environments", "/v3/stacks"])
async def test_the_python_client_names_a_content_type_on_every_request(
    admin: Caller, path: str
) -> None:
    assert (await admin.get(path, headers=JSON_HEADER)).status_code == 200


@pytest.mark.parametrize("size", [1024 * 1024, 1024 * 1024 + 1, 5_000_000])
async def test_a_body_over_a_mebibyte_is_refused(admin: Caller, size: int) -> None:
    frame = len(json.dumps(delivery_body(description="")))
    body = json.dumps(delivery_body(description="d" * (size - frame)))
    assert len(body) == size
    response = await admin.post(DELIVERY, content=body, headers=JSON_HEADER)
    if size > 1024 * 1024:
        assert refusal(response) == (413, 413)
    else:
        assert response.status_code == 201


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v3",
        "/v3/nothing",
        "/v2/user",
        "/v3/environments/",
        "//v3/user",
        "/v3/stacks/x/y/z",
        "/%00",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_an_unknown_route_is_refused(
    admin: Caller, method: str, path: str
) -> None:
    assert refusal(await admin.send(method, path)) == (404, 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", DELIVERY),
        ("PATCH", f"{DELIVERY}/blt00"),
        ("POST", "/v3/environments"),
        ("DELETE", "/v3/user"),
        ("GET", f"{DELIVERY}/blt00/preview_token"),
        ("OPTIONS", DELIVERY),
        ("TRACE", "/v3/user"),
    ],
)
async def test_a_wrong_method_is_refused(admin: Caller, method: str, path: str) -> None:
    assert refusal(await admin.send(method, path)) == (404, 404)


async def test_content_is_not_written_on_the_reading_hosts(sandbox: Sandbox) -> None:
    for api in ("delivery", "preview"):
        caller = reader(sandbox, "delivery" if api == "delivery" else "preview")
        assert refusal(await caller.post("/v3/content_types", json={})) == (404, 404)
        assert refusal(await caller.get("/v3/stacks/delivery_tokens")) == (404, 404)


@pytest.mark.parametrize(
    "path", ["/v3/environments", "/v3/nothing", f"{DELIVERY}/blt00"]
)
async def test_head_is_like_get_without_the_body(admin: Caller, path: str) -> None:
    full, head = await admin.get(path), await admin.send("HEAD", path)
    assert (head.status_code, head.headers["content-length"]) == (
        full.status_code,
        full.headers["content-length"],
    )
    assert head.content == b""


async def test_responses_are_json(admin: Caller) -> None:
    for path in ("/v3/environments", "/v3/nothing"):
        assert (await admin.get(path)).headers["content-type"] == "application/json"


ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMED = st.sampled_from(
    ["module", "environments", "branches", "branch_aliases", "acl", "_metadata"]
)
SCOPE = st.lists(
    st.dictionaries(NAMED, ANY_JSON | st.sampled_from(["environment", "branch"])),
    max_size=3,
)
TOKEN = st.fixed_dictionaries(
    {},
    optional={
        "name": ANY_JSON,
        "description": ANY_JSON,
        "scope": SCOPE | ANY_JSON,
        "expires_on": ANY_JSON,
    },
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=60,
    deadline=None,
)
@given(body=st.fixed_dictionaries({"token": TOKEN | ANY_JSON, "user": ANY_JSON}))
async def test_any_json_gets_a_response(body: dict[str, Any]) -> None:
    admin = as_role(Sandbox.demo(now=clock))
    for method, path in (*WRITES, ("PUT", f"{DELIVERY}/{await first_uid(admin)}")):
        response = await admin.send(
            method, path, content=json.dumps(body), headers=JSON_HEADER
        )
        assert response.status_code in {200, 201, 400, 422}, response.text


async def first_uid(admin: Caller) -> str:
    uid: str = (await admin.get(f"{DELIVERY}?limit=1")).json()["tokens"][0]["uid"]
    return uid


async def test_a_defect_of_the_sandbox_gets_the_envelope_and_no_traceback() -> None:
    def defective(_: Request) -> Response:
        raise ZeroDivisionError("a secret of the sandbox")

    world = Sandbox.demo(now=clock).world
    gateway = Gateway("management", world, {"GET /v3/defect": defective}, faults=[])
    transport = httpx.ASGITransport(gateway, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox"
    ) as client:
        response = await client.get("/v3/defect")
    assert refusal(response) == (500, 500)
    assert "secret" not in response.text


async def test_it_speaks_http_alone(sandbox: Sandbox) -> None:
    async def never(*_: object) -> Any:
        raise AssertionError

    with pytest.raises(NotImplementedError, match="lifespan"):
        await sandbox.delivery({"type": "lifespan"}, never, never)


async def test_a_client_that_goes_away_gets_nothing() -> None:
    sandbox = Sandbox.demo(now=clock)
    scope = {
        "type": "http",
        "method": "POST",
        "path": DELIVERY,
        "headers": [],
        "query_string": b"",
    }
    parts = iter(
        [
            {"type": "http.request", "body": b"{", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[object] = []

    async def receive() -> Any:
        return next(parts)

    async def send(message: object) -> None:
        sent.append(message)

    await sandbox.management(scope, receive, send)
    assert sent == []
