"""Which calls verify a token, and what each answer means."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.contentstack.fakes import (
    API_KEY,
    AUTHTOKEN,
    CREDENTIAL,
    Api,
    line,
    raw_server,
    token_value,
)
from tui.contentstack.client import Client
from tui.contentstack.regions import custom_region
from tui.contentstack.transport import Transport
from tui.contentstack.verify import Probe, ProbeResult, ValueKind, Verdict, carry_out
from tui.secret import Secret

VALUE = token_value("9")
NOT_LOGGED_IN = "You're not allowed in here unless you're logged in."
NO_STACK = "We can't find that Stack. Please try again."
NO_ENVIRONMENT = "Environment doesn't exists or insufficient permission to access it."
NO_BRANCH = (
    "Access denied. You have insufficient permissions to perform operation on this"
    " branch 'main'."
)


def probe(
    kind: ValueKind = "delivery", environment: str = "production", branch: str = "main"
) -> Probe:
    return Probe(kind, Secret(VALUE), environment, branch)


def api(status: int = 200, body: object = None, key: str = "assets") -> Api:
    told = {key: []} if body is None else body
    return Api(
        {
            f"GET /{name}": [(status, told)]
            for name in ("assets", "content_types", "environments")
        }
    )


async def proved(app: Api, asked: Probe) -> ProbeResult:
    return await carry_out(line(app).transport, API_KEY, asked)


@pytest.mark.parametrize(
    ("kind", "host", "header"),
    [("delivery", "cda", "access_token"), ("preview", "preview", "preview_token")],
)
async def test_content_is_asked_for_on_the_host_of_the_kind(
    kind: ValueKind, host: str, header: str
) -> None:
    app = api()
    verdict = await proved(app, probe(kind, "qa", "release"))
    assert (verdict.finding, verdict.place) == (
        Verdict.WORKS,
        f"Demo, {host}.demo.invalid",
    )
    (seen,) = app.seen
    assert (seen.path, seen.query["environment"], seen.query["limit"]) == (
        "/v3/assets",
        "qa",
        "1",
    )
    assert (seen.headers[header], seen.headers["branch"]) == (VALUE, "release")
    assert (seen.headers["host"], seen.headers["api_key"]) == (
        f"{host}.demo.invalid",
        API_KEY,
    )
    assert seen.headers.get("live_preview") == ("init" if kind == "preview" else None)


@pytest.mark.parametrize(
    ("branch", "key"), [("", "environments"), ("main", "content_types")]
)
async def test_a_management_token_travels_bare_to_the_management_host(
    branch: str, key: str
) -> None:
    app = api(key=key)
    verdict = await proved(app, probe("management", "", branch))
    assert (verdict.finding, verdict.place) == (Verdict.WORKS, "Demo, cma.demo.invalid")
    (seen,) = app.seen
    assert (seen.path, seen.query) == (f"/v3/{key}", {"limit": "1"})
    assert (seen.headers["authorization"], seen.headers.get("branch", "")) == (
        VALUE,
        branch,
    )


async def test_the_sign_in_is_not_sent_along_and_no_branch_where_there_are_none() -> (
    None
):
    app = api()
    stack = Client(line(app).transport, CREDENTIAL).stack(API_KEY, "org")
    assert (await stack.prove(probe(branch=""))).finding is Verdict.WORKS
    assert AUTHTOKEN not in str(app.seen)
    assert "branch" not in app.seen[0].headers


async def test_no_call_can_be_answered_from_the_cache_of_another() -> None:
    app = api()
    asked = line(app).transport
    for _ in range(12):
        await carry_out(asked, API_KEY, probe())
    assert len({seen.query["skip"] for seen in app.seen}) > 1
    assert {seen.headers["cache-control"] for seen in app.seen} == {"no-cache"}


@pytest.mark.parametrize(
    ("status", "code", "message", "fields", "finding"),
    [
        (401, 105, NOT_LOGGED_IN, {"access_token": ["is not valid."]}, Verdict.UNKNOWN),
        (401, 0, NOT_LOGGED_IN, {}, Verdict.UNKNOWN),
        (412, 109, NO_STACK, {"api_key": ["is not valid."]}, Verdict.WRONG_STACK),
        (412, 412, "Precondition Failed", [], Verdict.WRONG_STACK),
        (422, 21, "Stack not found", {}, Verdict.WRONG_STACK),
        (401, 161, NO_ENVIRONMENT, {}, Verdict.WRONG_ENVIRONMENT),
        (
            422,
            141,
            "Please try again.",
            {"environment": ["is required."]},
            Verdict.WRONG_ENVIRONMENT,
        ),
        (
            422,
            141,
            "Please try again.",
            {"environment": ["is not valid."]},
            Verdict.WRONG_ENVIRONMENT,
        ),
        (422, 901, NO_BRANCH, {}, Verdict.WRONG_BRANCH),
        (403, 901, NO_BRANCH, {}, Verdict.WRONG_BRANCH),
        (
            422,
            141,
            "Please try again.",
            {"branch": ["is not valid."]},
            Verdict.WRONG_BRANCH,
        ),
        (422, 141, "The requested object doesn't exist.", {}, Verdict.REFUSED),
        (
            403,
            316,
            "You don't have the permission to do this operation.",
            {},
            Verdict.REFUSED,
        ),
        (429, 429, "Too many requests", {}, Verdict.RATE_LIMITED),
        (503, 503, "Service Unavailable", {}, Verdict.UNREACHABLE),
    ],
)
async def test_each_refusal_is_taken_for_what_it_means(
    status: int, code: int, message: str, fields: Any, finding: Verdict
) -> None:
    body = {"error_message": message, "error_code": code, "errors": fields}
    verdict = await proved(api(status, body), probe())
    assert verdict.finding is finding
    assert message.rstrip(".") in verdict.said
    assert VALUE not in verdict.said


@pytest.mark.parametrize("status", [400, 401, 403, 404, 412, 422])
@pytest.mark.parametrize("code", [105, 109])
async def test_on_the_host_that_lists_the_stack_a_management_token_is_only_not_known(
    status: int, code: int
) -> None:
    fields = {"api_key" if code == 109 else "authtoken": ["is not valid."]}
    body = {"error_message": NO_STACK, "error_code": code, "errors": fields}
    verdict = await proved(api(status, body), probe("management"))
    assert verdict.finding is Verdict.UNKNOWN
    expected = Verdict.WRONG_STACK if code == 109 else Verdict.UNKNOWN
    assert (await proved(api(status, body), probe())).finding is expected


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("delivery", "access_token"),
        ("preview", "preview_token"),
        ("management", "authorization"),
    ],
)
@pytest.mark.parametrize(
    ("status", "code"),
    [(401, 105), (412, 109), (422, 141), (403, 316), (400, 109), (401, 161)],
)
async def test_a_refusal_that_names_the_tokens_own_header_is_about_the_token(
    kind: ValueKind, header: str, status: int, code: int
) -> None:
    fields = {header: ["is not valid."], "api_key": ["is not valid."]}
    body = {"error_message": "No.", "error_code": code, "errors": fields}
    assert (await proved(api(status, body), probe(kind))).finding is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "body", [b"<html>sign in first</html>", {"entries": []}, {"assets": [1]}, []]
)
async def test_an_answer_of_another_form_proves_nothing(body: object) -> None:
    verdict = await proved(api(200, body), probe())
    assert verdict.finding is Verdict.NO_VERDICT
    assert "cda.demo.invalid" in verdict.said


async def test_a_host_that_is_not_there_is_not_reachable() -> None:
    async def hang_up(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with raw_server(hang_up) as region:
        transport = Transport(custom_region(cma=region.cma, cda=region.cma))
        verdict = await carry_out(transport, API_KEY, probe())
        await transport.aclose()
    assert verdict.finding is Verdict.UNREACHABLE


async def test_a_region_without_that_host_says_so() -> None:
    transport = Transport(custom_region(cma="http://127.0.0.1:9", name="Ours"))
    verdict = await carry_out(transport, API_KEY, probe("preview"))
    await transport.aclose()
    assert (verdict.finding, verdict.place) == (Verdict.REFUSED, "Ours")
    assert "no URL" in verdict.said


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"live_preview": {"enabled": True, "default-env": "e"}}, True),
        ({"live_preview": {"enabled": False}}, False),
        ({"live_preview": {}}, None),
        ({"live_preview": {"enabled": "yes"}}, None),
        ({}, None),
        (None, None),
        ([], None),
    ],
)
async def test_live_preview_is_known_only_where_the_settings_tell(
    settings: object, told: object
) -> None:
    app = Api().on("GET /stacks/settings", (200, {"stack_settings": settings}))
    assert (
        await Client(line(app).transport, CREDENTIAL).stack(API_KEY).live_preview()
        is told
    )
