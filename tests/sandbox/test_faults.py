from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from tests.sandbox.caller import (
    ALL_MODULES,
    DELIVERY,
    MANAGEMENT,
    NOT_LOGGED_IN,
    STACK_NOT_FOUND,
    Caller,
    as_role,
    created,
    delivery_body,
    management_body,
    reader,
    refusal,
)
from tests.support.clock import MovingClock, clock
from tui.sandbox.faults import Fault, parse_fault
from tui.sandbox.gateway import ConnectionClosed
from tui.sandbox.organization import Lateness
from tui.sandbox.seed import SeedError, seed_from
from tui.sandbox.service import Sandbox

ENVIRONMENTS = "/v3/environments"


def asking(fault: str) -> dict[str, str]:
    return {"x-sandbox-fault": fault}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("delay=2", Fault(delay=2.0)),
        ("delay=0.25", Fault(delay=0.25)),
        ("429", Fault(status=429)),
        ("429;retry-after=5", Fault(status=429, retry_after=5)),
        ("500", Fault(status=500)),
        ("502-html", Fault(status=502, form="html")),
        ("cut", Fault(ending="cut")),
        ("wrong-types", Fault(ending="wrong-types")),
        ("odd-rows", Fault(ending="odd-rows")),
        ("close-before", Fault(ending="close-before")),
        ("Close-After, delay=1", Fault(ending="close-after", delay=1.0)),
        ("451-Text", Fault(status=451, form="text")),
        ("200-empty", Fault(status=200, form="empty")),
        (
            "403-html;title=Blocked here;Server=Acme Proxy;retry-after=1",
            Fault(
                status=403,
                form="html",
                title="Blocked here",
                server="Acme Proxy",
                retry_after=1,
            ),
        ),
        (
            "302-html;location=https://Login.example.com/?a=b",
            Fault(status=302, form="html", location="https://Login.example.com/?a=b"),
        ),
        ("unknown=30", Fault(lateness=Lateness(seconds=30.0))),
        ("unknown=3x;401", Fault(lateness=Lateness(requests=3, status=401))),
    ],
)
def test_faults_are_read(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "delay=",
        "delay=-1",
        "delay=nan",
        "200",
        "499",
        "cut,",
        "429;x=1",
        "302",
        "204-html",
        "403;title=x",
        "403-html;title",
        "403-pdf",
        "unknown=",
        "unknown=3;500",
    ],
)
def test_what_is_no_fault_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not a fault"):
        parse_fault(text)


async def test_a_wrong_header_is_refused(admin: Caller) -> None:
    response = await admin.get(ENVIRONMENTS, headers=asking("nonsense"))
    assert refusal(response) == (400, 400)
    assert "x-sandbox-fault" in response.json()["error_message"]


@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [
        ("429", 429, None),
        ("429;retry-after=5", 429, "5"),
        ("500", 500, None),
        ("503;retry-after=1", 503, "1"),
    ],
)
async def test_a_failure_is_sent_and_nothing_is_done(
    admin: Caller, fault: str, status: int, retry_after: str | None
) -> None:
    before = (await admin.get(DELIVERY)).json()
    response = await admin.post(DELIVERY, json=delivery_body(), headers=asking(fault))
    assert refusal(response) == (status, status)
    assert response.headers.get("retry-after") == retry_after
    assert (await admin.get(DELIVERY)).json() == before


async def test_a_gateway_answers_with_a_page(admin: Caller) -> None:
    response = await admin.get(ENVIRONMENTS, headers=asking("502-html"))
    assert response.status_code == 502
    assert response.headers["content-type"].startswith("text/html")
    assert response.text.startswith("<html>")


@pytest.mark.parametrize(
    ("form", "content_type", "body"),
    [
        (
            "html",
            "text/html; charset=utf-8",
            "<html><head><title>Blocked</title></head><body>Forbidden</body></html>",
        ),
        ("json", "application/json", '{"message":"Blocked"}'),
        ("text", "text/plain; charset=utf-8", "Blocked\n"),
        ("empty", "text/plain", ""),
    ],
)
async def test_a_gateway_says_who_it_is(
    admin: Caller, form: str, content_type: str, body: str
) -> None:
    where = "server=Acme Proxy;location=https://login.example.com/"
    fault = f"403-{form};title=Blocked;{where}"
    response = await admin.get(ENVIRONMENTS, headers=asking(fault))
    assert (response.status_code, response.text) == (403, body)
    expected = {
        "content-type": content_type,
        "server": "Acme Proxy",
        "location": "https://login.example.com/",
    }
    assert {name: response.headers[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("status", "code"),
    [("", STACK_NOT_FOUND), (";412", STACK_NOT_FOUND), (";401", NOT_LOGGED_IN)],
)
async def test_a_new_management_token_is_not_known_yet(
    sandbox: Sandbox, admin: Caller, status: str, code: tuple[int, int]
) -> None:
    fault = asking(f"unknown=2x{status}")
    token = await created(admin, management_body(), MANAGEMENT, headers=fault)
    caller = reader(sandbox, "management", authorization=token["token"])
    first, second, third = [await caller.get(ENVIRONMENTS) for _ in range(3)]
    assert refusal(first) == refusal(second) == code
    field = "authorization" if code == NOT_LOGGED_IN else "api_key"
    assert first.json()["errors"] == {field: ["is not valid."]}
    assert third.status_code == 200


async def test_a_new_token_becomes_known_after_seconds() -> None:
    time = MovingClock()
    sandbox = Sandbox.demo(now=time)
    admin = as_role(sandbox)
    sandbox.fail("unknown=30", method="POST", path=MANAGEMENT)
    value = (await created(admin, management_body(), MANAGEMENT))["token"]
    caller = reader(sandbox, "management", authorization=value)
    assert refusal(await caller.get(ENVIRONMENTS)) == STACK_NOT_FOUND
    time.moment += timedelta(seconds=30)
    assert (await caller.get(ENVIRONMENTS)).status_code == 200
    again = (await created(admin, management_body("again"), MANAGEMENT))["token"]
    caller = reader(sandbox, "management", authorization=again)
    assert (await caller.get(ENVIRONMENTS)).status_code == 200


async def test_a_seed_can_have_the_management_host_hear_late() -> None:
    time = MovingClock()
    shop = {"name": "Shop", "network": {"management_lag": 30}}
    sandbox = Sandbox.from_seed(seed_from({"stacks": [shop]}), time)
    body = management_body(scope=[ALL_MODULES])
    value = (await created(as_role(sandbox, "Owner"), body, MANAGEMENT))["token"]
    caller = reader(sandbox, "management", authorization=value)
    assert refusal(await caller.get(ENVIRONMENTS)) == STACK_NOT_FOUND
    time.moment += timedelta(seconds=30)
    assert (await caller.get(ENVIRONMENTS)).status_code == 200


@pytest.mark.parametrize(
    ("status", "code"), [("", NOT_LOGGED_IN), (";412", STACK_NOT_FOUND)]
)
async def test_new_delivery_and_preview_tokens_are_not_known_yet(
    sandbox: Sandbox, admin: Caller, status: str, code: tuple[int, int]
) -> None:
    fault = asking(f"unknown=1x{status}")
    both = {"create_with_preview_token": "true"}
    token = await created(admin, delivery_body(), params=both, headers=fault)
    alone = await created(admin, delivery_body("alone"))
    path = f"{DELIVERY}/{alone['uid']}/preview_token"
    later = (await admin.post(path, headers=fault)).json()["token"]
    query = "/v3/assets?environment=production"
    for caller in (
        reader(sandbox, "delivery", access_token=token["token"]),
        reader(sandbox, "preview", preview_token=token["preview_token"]),
        reader(sandbox, "preview", preview_token=later["preview_token"]),
    ):
        assert refusal(await caller.get(query)) == code
        assert (await caller.get(query)).status_code == 200
    # Only its preview token was new.
    delivery = reader(sandbox, "delivery", access_token=later["token"])
    assert (await delivery.get(query)).status_code == 200


async def test_a_closed_connection_leaves_the_write_undone_or_done(
    admin: Caller,
) -> None:
    for name, fault, count in (
        ("undone", "close-before", 0),
        ("done", "close-after", 1),
    ):
        with pytest.raises(ConnectionClosed):
            await admin.post(DELIVERY, json=delivery_body(name), headers=asking(fault))
        query = json.dumps({"name": name})
        found = await admin.get(DELIVERY, params={"query": query})
        assert len(found.json()["tokens"]) == count


async def test_a_cut_answer_ends_in_a_closed_connection(admin: Caller) -> None:
    with pytest.raises(ConnectionError):
        await admin.get(ENVIRONMENTS, headers=asking("cut"))


async def test_wrong_types_keep_the_shape(admin: Caller) -> None:
    right = (await admin.get(DELIVERY)).json()["tokens"][0]
    response = await admin.get(DELIVERY, headers=asking("wrong-types"))
    wrong = response.json()["tokens"][0]
    assert response.status_code == 200
    assert set(wrong) == set(right)
    assert isinstance(wrong["name"], int)
    assert isinstance(wrong["scope"][0]["acl"]["read"], str)


async def test_a_delay_holds_back_one_response_and_no_other(
    admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    delayed, over = asyncio.Event(), asyncio.Event()
    seconds: list[float] = []

    async def sleep(delay: float) -> None:
        seconds.append(delay)
        delayed.set()
        await over.wait()

    monkeypatch.setattr("tui.sandbox.gateway.asyncio.sleep", sleep)
    slow = asyncio.create_task(admin.get(ENVIRONMENTS, headers=asking("delay=0.2")))
    await delayed.wait()
    assert (await admin.get(ENVIRONMENTS)).status_code == 200
    assert not slow.done()
    over.set()
    assert (await slow).status_code == 200
    assert seconds == [0.2]


async def test_a_planned_fault_hits_what_fits_as_often_as_planned(
    sandbox: Sandbox, admin: Caller
) -> None:
    sandbox.fail("500", method="POST", path="/v3/stacks/*", times=2)
    responses = [await admin.get(DELIVERY)]
    responses += [await admin.post(DELIVERY, json=delivery_body()) for _ in range(3)]
    assert [each.status_code for each in responses] == [200, 500, 500, 201]


async def test_a_fault_without_an_end_goes_when_the_plan_is_cleared(
    sandbox: Sandbox, admin: Caller
) -> None:
    sandbox.fail("503", times=None)
    responses = [await admin.get(ENVIRONMENTS) for _ in range(3)]
    assert [each.status_code for each in responses] == [503, 503, 503]
    sandbox.faults.clear()
    assert (await admin.get(ENVIRONMENTS)).status_code == 200


async def test_a_seed_plans_faults() -> None:
    seed = {
        "stacks": [{"name": "Shop", "environments": ["production"]}],
        "faults": [
            {
                "fault": "500",
                "api": "management",
                "path": ENVIRONMENTS,
                "after": 1,
                "times": 1,
            }
        ],
    }
    sandbox = Sandbox.from_seed(seed_from(seed), clock)
    owner = as_role(sandbox, "Owner")
    responses = [await owner.get(ENVIRONMENTS) for _ in range(3)]
    assert [each.status_code for each in responses] == [200, 500, 200]


def test_a_seed_with_a_wrong_fault_is_refused() -> None:
    with pytest.raises(
        SeedError, match=r"^faults\[0\]\.fault: 'nonsense' is not a fault$"
    ):
        Sandbox.from_seed(seed_from({"faults": [{"fault": "nonsense"}]}), clock)


async def test_the_reading_hosts_fail_on_demand_too(
    sandbox: Sandbox, admin: Caller
) -> None:
    value = (await created(admin, delivery_body()))["token"]
    delivery = reader(sandbox, "delivery", access_token=value)
    response = await delivery.get("/v3/content_types", headers=asking("500"))
    assert response.status_code == 500
