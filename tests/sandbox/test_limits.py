from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.caller import (
    DELIVERY,
    Caller,
    as_role,
    created,
    delivery_body,
    reader,
    refusal,
)
from tests.support.clock import clock
from tui.sandbox.gateway import RateLimiter
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox

ENVIRONMENTS = "/v3/environments"


@given(
    st.lists(st.integers(0, 3000), min_size=1, max_size=80).map(sorted),
    st.integers(1, 10),
)
def test_no_second_holds_more_than_the_limit(times: list[int], limit: int) -> None:
    moment = 0.0
    limiter = RateLimiter(limit, lambda: moment)
    admitted: list[int] = []
    for each in times:
        moment = each / 1000
        if limiter.admit("org", write=False) is not None:
            admitted.append(each)
    for start in admitted:
        within_a_second = [each for each in admitted if start <= each < start + 1000]
        assert len(within_a_second) <= limit
    assert len(admitted) >= min(limit, len(times))


def test_reads_and_writes_and_organizations_count_apart() -> None:
    limiter = RateLimiter(1, lambda: 0.0)
    remaining = [
        limiter.admit(bucket, write=write)
        for bucket, write in (
            ("a", False),
            ("a", True),
            ("b", False),
            ("a", False),
            ("a", True),
        )
    ]
    assert remaining == [0, 0, 0, None, None]


def still() -> float:
    """Make all requests of a test arrive in the same second, on any machine."""
    return 0.0


async def test_over_the_limit_a_request_is_refused_and_not_executed() -> None:
    sandbox = Sandbox.demo(now=clock, rate_limit=10, ticks=still)
    admin = as_role(sandbox)
    reads = [await admin.get(ENVIRONMENTS) for _ in range(11)]
    assert [each.status_code for each in reads] == [200] * 10 + [429]
    remaining = [int(each.headers["x-ratelimit-remaining"]) for each in reads]
    assert remaining == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]
    assert {each.headers["x-ratelimit-limit"] for each in reads} == {"10"}
    assert refusal(reads[-1]) == (429, 429)
    assert reads[-1].json()["error_message"] == "Too many requests"
    assert "retry-after" not in reads[-1].headers
    writes = [
        await admin.post(DELIVERY, json=delivery_body(f"t{number}"))
        for number in range(11)
    ]
    assert [each.status_code for each in writes] == [201] * 10 + [429]
    assert len(next(iter(sandbox.world.stacks.values())).delivery_tokens) == 12 + 10


async def test_the_limit_is_one_for_everybody_in_the_organization() -> None:
    sandbox = Sandbox.demo(now=clock, rate_limit=1, ticks=still)
    assert (await as_role(sandbox, "Admin").get(ENVIRONMENTS)).status_code == 200
    colleague = as_role(sandbox, "Developer", stack=1)
    assert (await colleague.get(ENVIRONMENTS)).status_code == 429
    stackless = Caller(sandbox, {"authtoken": sandbox.user().authtoken})
    assert (await stackless.get("/v3/user")).status_code == 200


async def test_the_limit_is_off_unless_asked_for_and_the_seed_can_ask(
    admin: Caller,
) -> None:
    responses = [await admin.get(ENVIRONMENTS) for _ in range(30)]
    assert {each.status_code for each in responses} == {200}
    assert "x-ratelimit-limit" not in responses[0].headers
    seed = seed_from({"rate_limit": 1, "stacks": [{"name": "Shop"}]})
    for given_limit, expected in ((None, [200, 429]), (5, [200, 200])):
        sandbox = Sandbox.from_seed(seed, clock, rate_limit=given_limit, ticks=still)
        owner = as_role(sandbox, "Owner")
        responses = [await owner.get(ENVIRONMENTS) for _ in range(2)]
        assert [each.status_code for each in responses] == expected


async def test_the_delivery_host_has_no_such_limit() -> None:
    sandbox = Sandbox.demo(now=clock, rate_limit=2, ticks=still)
    value = (await created(as_role(sandbox), delivery_body()))["token"]
    delivery = reader(sandbox, "delivery", access_token=value)
    responses = [await delivery.get("/v3/content_types") for _ in range(5)]
    assert {each.status_code for each in responses} == {200}


async def test_an_organization_can_have_a_limit_of_its_own() -> None:
    organizations = [{"name": "Small"}, {"name": "Large", "rate_limit": 3}]
    stacks = [{"name": name, "organization": name} for name in ("Small", "Large")]
    seed = seed_from(
        {"rate_limit": 1, "organizations": organizations, "stacks": stacks}
    )
    sandbox = Sandbox.from_seed(seed, clock, ticks=still)
    statuses: dict[str, list[int]] = {}
    for stack in sandbox.stacks:
        owner = as_role(sandbox, "Owner")
        for _ in range(4):
            headers = {"api_key": stack.api_key}
            response = await owner.send("GET", "/v3/environments", headers=headers)
            statuses.setdefault(stack.name, []).append(response.status_code)
    assert statuses == {
        "Small": [200, 429, 429, 429],
        "Large": [200, 200, 200, 429],
    }
    assert response.headers["x-ratelimit-limit"] == "3"
