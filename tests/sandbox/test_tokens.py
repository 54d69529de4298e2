from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.caller import (
    ALIAS,
    BRANCH,
    DELIVERY,
    ENVIRONMENT,
    INVALID,
    MANAGEMENT,
    NOT_FOUND,
    Caller,
    as_role,
    created,
    delivery_body,
    management_body,
    refusal,
)
from tests.support.clock import NOW, MovingClock, clock
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox

WITH_PREVIEW = {"create_with_preview_token": "true"}


def shop(**fields: Any) -> Sandbox:
    """Return a sandbox of one stack with one environment."""
    stack = {
        "name": "Shop",
        "environments": ["production"],
        "branches": ["main"],
        **fields,
    }
    return Sandbox.from_seed(seed_from({"stacks": [stack]}), clock)


async def test_the_preview_token_is_asked_for_in_the_query_and_nowhere_else(
    admin: Caller,
) -> None:
    asked = await created(admin, delivery_body("a"), params=WITH_PREVIEW)
    assert "preview_token" in asked
    plain = await created(admin, delivery_body("b"))
    without = {"create_with_preview_token": "false"}
    refused = await created(admin, delivery_body("c"), params=without)
    in_body = await created(admin, delivery_body("d", create_with_preview_token=True))
    for token in (plain, refused, in_body):
        assert "preview_token" not in token


async def test_a_plan_without_preview_tokens_refuses_them_only_when_asked() -> None:
    seed = seed_from(
        {
            "organizations": [{"name": "Acme", "preview_tokens": False}],
            "stacks": [{"name": "Shop", "environments": ["production"]}],
        }
    )
    owner = as_role(Sandbox.from_seed(seed, clock), "Owner")
    body = delivery_body(scope=[ENVIRONMENT])
    token = await created(owner, body, params=WITH_PREVIEW)
    assert "preview_token" not in token
    response = await owner.post(f"{DELIVERY}/{token['uid']}/preview_token")
    assert refusal(response) == (422, 600)
    assert "not included in your plan" in response.json()["error_message"]


async def test_responses_hold_whole_environments(admin: Caller) -> None:
    token = await created(admin, delivery_body())
    environment = (await admin.get("/v3/environments/production")).json()["environment"]
    assert token["scope"][0]["environments"] == [environment]
    assert environment["urls"] == [
        {"url": "https://production.example.com", "locale": "en-us"}
    ]
    assert all(item["_metadata"]["uid"].startswith("cs") for item in token["scope"])
    assert token["type"] == "delivery"


async def test_a_token_says_who_created_and_updated_it_and_when() -> None:
    now = MovingClock()
    sandbox = Sandbox.demo(now=now)
    admin, developer = as_role(sandbox), as_role(sandbox, "Developer")
    uid = (await created(admin, delivery_body()))["uid"]
    now.moment += timedelta(hours=1)
    response = await developer.put(f"{DELIVERY}/{uid}", json=delivery_body())
    token = response.json()["token"]
    assert token["created_by"] == sandbox.user("Admin").uid
    assert token["updated_by"] == sandbox.user("Developer").uid
    assert token["created_at"] == "2026-10-15T09:30:00.000Z"
    assert token["updated_at"] == "2026-10-15T10:30:00.000Z"


async def test_all_branches_and_all_aliases_may_be_named(admin: Caller) -> None:
    scope = [
        ENVIRONMENT,
        {**BRANCH, "branches": ["$all"]},
        {**ALIAS, "branch_aliases": ["$all"]},
    ]
    token = await created(admin, delivery_body(scope=scope))
    assert token["scope"][1]["branches"] == ["$all"]
    assert token["scope"][2]["branch_aliases"] == ["$all"]


@pytest.mark.parametrize(
    "name",
    [
        "[/prod]",
        "[bold]x",
        "\x1b]52;c;AAAA\x07",
        "n" * 300,
        "رمز\u200cها",
        "令牌",
        "e\u0301",
        "\u202ex",
        "\x00",
    ],
)
async def test_names_are_kept_exactly(admin: Caller, name: str) -> None:
    token = await created(admin, delivery_body(name))
    fetched = await admin.get(f"{DELIVERY}/{token['uid']}")
    assert fetched.json()["token"]["name"] == name


async def test_rate_limit_fields_are_kept_and_others_are_not(admin: Caller) -> None:
    extra = {"rate_limit_enabled": True, "rate_limit": {"read": 5, "write": 2}}
    body = management_body(**extra, token="cs00", nonsense=1)
    token = await created(admin, body, MANAGEMENT)
    fetched = (await admin.get(f"{MANAGEMENT}/{token['uid']}")).json()["token"]
    assert {key: fetched[key] for key in extra} == extra
    assert "nonsense" not in fetched
    assert token["token"] != "cs00"


async def test_a_full_stack_takes_no_more_tokens() -> None:
    owner = as_role(
        shop(limits={"delivery_tokens": 1, "management_tokens": 1}), "Owner"
    )
    for path, body in ((DELIVERY, delivery_body), (MANAGEMENT, management_body)):
        first = await created(owner, body("one"), path)
        response = await owner.post(path, json=body("two"))
        assert refusal(response) == INVALID
        assert response.json()["errors"]["token"][0].startswith("limit of 1 ")
        await owner.delete(f"{path}/{first['uid']}")
        assert (await created(owner, body("two"), path))["name"] == "two"


async def test_thirty_management_tokens_are_the_default() -> None:
    owner = as_role(shop(fill_management_tokens=29), "Owner")
    await created(owner, management_body("the thirtieth"), MANAGEMENT)
    response = await owner.post(MANAGEMENT, json=management_body("one more"))
    assert refusal(response) == INVALID


async def test_the_oldest_management_token_can_be_deleted_instead() -> None:
    tokens = [
        {"name": "old", "branches": ["main"], "created_days_ago": 9},
        {"name": "older", "branches": ["main"], "created_days_ago": 10},
    ]
    limits = {"management_tokens": 2, "evict_oldest": True}
    owner = as_role(shop(management_tokens=tokens, limits=limits), "Owner")
    await created(owner, management_body("new"), MANAGEMENT)
    names = [token["name"] for token in (await owner.get(MANAGEMENT)).json()["tokens"]]
    assert names == ["new", "old"]


async def test_the_demo_is_the_organization_that_others_rely_on(
    sandbox: Sandbox,
) -> None:
    assert [stack.name for stack in sandbox.stacks] == ["Storefront", "Press"]
    assert [bool(stack.branches) for stack in sandbox.stacks] == [True, False]
    names = ["production", "staging", "qa", "development", "preview-eu"]
    assert list(sandbox.stacks[0].environments) == names
    assert {user.role for user in sandbox.users} == {
        "Owner",
        "Admin",
        "Developer",
        "Content Manager",
    }
    tokens = (await as_role(sandbox).get(DELIVERY)).json()["tokens"]
    assert len(tokens) == 12
    assert any("preview_token" in token for token in tokens)
    assert any(
        item["module"] == "branch_alias" for token in tokens for item in token["scope"]
    )


def test_the_same_demo_has_the_same_identifiers_and_another_day_other_dates() -> None:
    one, same = Sandbox.demo(now=clock), Sandbox.demo(now=clock)
    assert one.users == same.users
    assert one.stacks == same.stacks
    later = Sandbox.demo(now=MovingClock(NOW + timedelta(days=1)))
    assert one.users == later.users
    tokens = one.stacks[0].delivery_tokens, later.stacks[0].delivery_tokens
    assert tokens[0].keys() == tokens[1].keys()
    dates = [[each.stamps.created_at for each in held.values()] for held in tokens]
    assert [date + timedelta(days=1) for date in dates[0]] == dates[1]


def test_no_secret_is_in_a_repr(sandbox: Sandbox) -> None:
    stack = sandbox.stacks[0]
    text = f"{stack} {list(stack.delivery_tokens.values())} {sandbox.users}"
    secrets = [token.value for token in stack.delivery_tokens.values()]
    secrets += [user.password for user in sandbox.users]
    secrets += [user.authtoken for user in sandbox.users]
    assert not [secret for secret in secrets if secret in text]


async def test_sandboxes_do_not_share_anything() -> None:
    one, two = Sandbox.demo(now=clock), Sandbox.demo(now=clock)
    uid = (await created(as_role(one), delivery_body()))["uid"]
    assert refusal(await as_role(two).get(f"{DELIVERY}/{uid}")) == NOT_FOUND


def test_a_role_nobody_has_is_not_found(sandbox: Sandbox) -> None:
    with pytest.raises(LookupError, match="Gardener"):
        sandbox.user("Gardener")
