from __future__ import annotations

import asyncio

import pytest

from tests.sandbox.caller import DELIVERY, Caller, as_role, created, delivery_body, reader, refusal
from tests.support.clock import clock
from tui.sandbox.faults import Fault, parse_fault
from tui.sandbox.gateway import ConnectionClosed
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
        ("502-html", Fault(status=502, html=True)),
        ("cut", Fault(ending="cut")),
        ("wrong-types", Fault(ending="wrong-types")),
        ("close-before", Fault(ending="close-before")),
        ("Close-After, delay=1", Fault(ending="close-after", delay=1.0)),
    ],
)
def test_faults_are_read(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    "text", ["", "nonsense", "delay=", "delay=-1", "delay=nan", "200", "499", "cut,", "429;x=1"]
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
async def test_a_failure_is_answered_and_nothing_is_done(
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


async def test_a_closed_connection_leaves_the_write_undone_or_done(admin: Caller) -> None:
    for name, fault, count in (("undone", "close-before", 0), ("done", "close-after", 1)):
        with pytest.raises(ConnectionClosed):
            await admin.post(DELIVERY, json=delivery_body(name), headers=asking(fault))
        found = (await admin.get(DELIVERY, params={"query": f'{{"name":"{name}"}}'})).json()["tokens"]
        assert len(found) == count


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


async def test_a_delay_holds_the_answer_back(admin: Caller) -> None:
    slow = asyncio.create_task(admin.get(ENVIRONMENTS, headers=asking("delay=0.2")))
    assert (await admin.get(ENVIRONMENTS)).status_code == 200
    assert not slow.done()
    assert (await slow).status_code == 200


async def test_a_planned_fault_hits_what_fits_as_often_as_planned(sandbox: Sandbox, admin: Caller) -> None:
    sandbox.fail("500", method="POST", path="/v3/stacks/*", times=2)
    statuses = [
        (await admin.get(DELIVERY)).status_code,
        *[(await admin.post(DELIVERY, json=delivery_body())).status_code for _ in range(3)],
    ]
    assert statuses == [200, 500, 500, 201]


async def test_a_fault_without_an_end_goes_when_the_plan_is_cleared(sandbox: Sandbox, admin: Caller) -> None:
    sandbox.fail("503", times=None)
    assert [(await admin.get(ENVIRONMENTS)).status_code for _ in range(3)] == [503, 503, 503]
    sandbox.faults.clear()
    assert (await admin.get(ENVIRONMENTS)).status_code == 200


async def test_a_seed_plans_faults() -> None:
    seed = {
        "stacks": [{"name": "Shop", "environments": ["production"]}],
        "faults": [{"fault": "500", "api": "management", "path": ENVIRONMENTS, "after": 1, "times": 1}],
    }
    sandbox = Sandbox.from_seed(seed_from(seed), clock)
    owner = as_role(sandbox, "Owner")
    assert [(await owner.get(ENVIRONMENTS)).status_code for _ in range(3)] == [200, 500, 200]


def test_a_seed_with_a_wrong_fault_is_refused() -> None:
    with pytest.raises(SeedError, match=r"^faults\[0\]\.fault: 'nonsense' is not a fault$"):
        Sandbox.from_seed(seed_from({"faults": [{"fault": "nonsense"}]}), clock)


async def test_the_reading_hosts_fail_on_demand_too(sandbox: Sandbox, admin: Caller) -> None:
    value = (await created(admin, delivery_body()))["token"]
    delivery = reader(sandbox, "delivery", access_token=value)
    assert (await delivery.get("/v3/content_types", headers=asking("500"))).status_code == 500
