from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sandbox.caller import (
    BRANCH,
    DELIVERY,
    ENVIRONMENT,
    INVALID,
    MANAGEMENT,
    NO_BRANCH,
    NO_ENVIRONMENT,
    NOT_LOGGED_IN,
    STACK_NOT_FOUND,
    Api,
    Caller,
    as_role,
    created,
    delivery_body,
    management_body,
    reader,
    refusal,
)
from tests.support.clock import MovingClock, clock
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox

ENTRIES = "/v3/content_types/page/entries"
ALL_READS = ["/v3/content_types", "/v3/content_types/page", ENTRIES, "/v3/assets"]


async def pair(admin: Caller, **fields: object) -> tuple[str, str]:
    """Create a delivery token; return its value and its preview token's."""
    with_preview = {"create_with_preview_token": "true"}
    token = await created(admin, delivery_body(**fields), params=with_preview)
    return token["token"], token["preview_token"]


async def test_a_delivery_token_reads_its_own_environment(
    sandbox: Sandbox, admin: Caller
) -> None:
    delivery = reader(sandbox, "delivery", access_token=(await pair(admin))[0])
    for path in ALL_READS:
        assert (await delivery.get(f"{path}?environment=production")).status_code == 200
    here = {"environment": "production"}
    counted = here | {"include_count": "true"}
    listed = (await delivery.get(ENTRIES, params=counted)).json()
    assert listed["count"] == 1
    [entry] = listed["entries"]
    fetched = await delivery.get(f"{ENTRIES}/{entry['uid']}", params=here)
    assert fetched.json()["entry"] == entry
    environment = (await admin.get("/v3/environments/production")).json()["environment"]
    assert entry["publish_details"]["environment"] == environment["uid"]
    [asset] = (await delivery.get("/v3/assets", params=here)).json()["assets"]
    fetched = await delivery.get(f"/v3/assets/{asset['uid']}", params=here)
    assert fetched.json()["asset"] == asset


@pytest.mark.parametrize("stack", [0, 1])
async def test_every_environment_of_every_stack_holds_an_entry(
    sandbox: Sandbox, stack: int
) -> None:
    admin = as_role(sandbox, stack=stack)
    names = list(sandbox.stacks[stack].environments)
    scope = [{**ENVIRONMENT, "environments": names}]
    if sandbox.stacks[stack].branches:
        scope.append(BRANCH)
    value, _ = await pair(admin, scope=scope)
    delivery = reader(sandbox, "delivery", stack, access_token=value)
    for name in names:
        response = await delivery.get(f"{ENTRIES}?environment={name}")
        assert len(response.json()["entries"]) == 1


async def test_the_python_client_names_the_environment_in_a_header(
    sandbox: Sandbox, admin: Caller
) -> None:
    value, _ = await pair(admin)
    delivery = reader(sandbox, "delivery", access_token=value, environment="production")
    assert (await delivery.get("/v3/assets")).status_code == 200


@pytest.mark.parametrize("name", ["staging", "nowhere", "PRODUCTION"])
@pytest.mark.parametrize("path", [ENTRIES, "/v3/assets", "/v3/stacks/sync?init=true"])
async def test_another_environment_is_refused(
    sandbox: Sandbox, admin: Caller, path: str, name: str
) -> None:
    delivery = reader(sandbox, "delivery", access_token=(await pair(admin))[0])
    response = await delivery.get(path, params={"environment": name, "init": "true"})
    assert refusal(response) == NO_ENVIRONMENT
    message = "Environment doesn't exists or insufficient permission to access it."
    assert response.json()["error_message"] == message


async def test_a_missing_environment_is_asked_for_but_by_content_types(
    sandbox: Sandbox, admin: Caller
) -> None:
    delivery = reader(sandbox, "delivery", access_token=(await pair(admin))[0])
    response = await delivery.get(ENTRIES)
    assert (refusal(response), response.json()["errors"]) == (
        INVALID,
        {"environment": ["is required."]},
    )
    elsewhere = await delivery.get("/v3/content_types?environment=staging")
    assert elsewhere.status_code == 200


@pytest.mark.parametrize("token", ["", "cs00", "blt00"])
async def test_a_wrong_token_is_refused(sandbox: Sandbox, token: str) -> None:
    for caller, field in (
        (reader(sandbox, "delivery", access_token=token), "access_token"),
        (reader(sandbox, "preview", preview_token=token), "preview_token"),
    ):
        for path in ALL_READS:
            response = await caller.get(f"{path}?environment=production")
            assert (refusal(response), response.json()["errors"]) == (
                NOT_LOGGED_IN,
                {field: ["is not valid."]},
            )


async def test_a_token_of_another_kind_is_refused_like_a_wrong_stack(
    sandbox: Sandbox, admin: Caller
) -> None:
    value, preview = await pair(admin)
    management = (await created(admin, management_body(), MANAGEMENT))["token"]
    for caller in (
        reader(sandbox, "delivery", access_token=preview),
        reader(sandbox, "delivery", access_token=management),
        reader(sandbox, "preview", preview_token=value),
        reader(sandbox, "preview", preview_token=management),
    ):
        assert (
            refusal(await caller.get("/v3/assets?environment=production"))
            == STACK_NOT_FOUND
        )


async def test_a_token_on_the_wrong_host_is_refused(
    sandbox: Sandbox, admin: Caller
) -> None:
    value, preview = await pair(admin)
    on_preview = reader(sandbox, "preview", access_token=value)
    on_delivery = reader(sandbox, "delivery", preview_token=preview)
    on_management = reader(
        sandbox, "management", access_token=value, preview_token=preview
    )
    for caller in (on_preview, on_delivery, on_management):
        assert (
            refusal(await caller.get("/v3/assets?environment=production"))
            == NOT_LOGGED_IN
        )


async def test_a_token_of_another_stack_or_a_wrong_key_is_refused(
    sandbox: Sandbox, admin: Caller
) -> None:
    value = (await pair(admin))[0]
    other = reader(sandbox, "delivery", 1, access_token=value)
    assert refusal(await other.get("/v3/content_types")) == NOT_LOGGED_IN
    unknown = Caller(sandbox, {"api_key": "blt00", "access_token": value}, "delivery")
    assert refusal(await unknown.get("/v3/content_types")) == STACK_NOT_FOUND


async def test_a_deleted_token_is_refused_at_once(
    sandbox: Sandbox, admin: Caller
) -> None:
    with_preview = {"create_with_preview_token": "true"}
    token = await created(admin, delivery_body(), params=with_preview)
    delivery = reader(sandbox, "delivery", access_token=token["token"])
    preview = reader(sandbox, "preview", preview_token=token["preview_token"])
    await admin.delete(f"{DELIVERY}/{token['uid']}")
    for caller in (delivery, preview):
        assert (
            refusal(await caller.get("/v3/assets?environment=production"))
            == NOT_LOGGED_IN
        )


@pytest.mark.parametrize(
    ("scope", "header", "works"),
    [
        ({"branches": ["main"]}, None, True),
        ({"branches": ["main"]}, "main", True),
        ({"branches": ["main"]}, "deploy", True),
        ({"branches": ["main"]}, "development", False),
        ({"branches": ["main"]}, "nowhere", False),
        ({"branches": ["development"]}, None, False),
        ({"branches": ["development"]}, "dev", True),
        ({"branches": ["$all"]}, "release", True),
        ({"branch_aliases": ["release"]}, "release", True),
        ({"branch_aliases": ["release"]}, "release_7", True),
        ({"branch_aliases": ["release"]}, "main", False),
        ({"branch_aliases": ["$all"]}, "development", True),
    ],
)
async def test_a_token_reads_the_branches_of_its_scope(
    sandbox: Sandbox,
    admin: Caller,
    scope: dict[str, list[str]],
    header: str | None,
    works: bool,
) -> None:
    module = "branch" if "branches" in scope else "branch_alias"
    item = {"module": module, "acl": {"read": True}, **scope}
    value, preview = await pair(admin, scope=[ENVIRONMENT, item])
    headers = {"branch": header}
    for caller in (
        reader(sandbox, "delivery", access_token=value),
        reader(sandbox, "preview", preview_token=preview),
    ):
        path = f"{ENTRIES}?environment=production&include_branch=true"
        response = await caller.get(path, headers=headers)
        if works:
            expected = {
                "dev": "development",
                "release": "release_7",
                "deploy": "main",
            }.get(header or "main", header or "main")
            assert response.json()["entries"][0]["_branch"] == expected
        else:
            assert refusal(response) == NO_BRANCH
            assert f"'{header or 'main'}'" in response.json()["error_message"]


async def test_a_stack_without_branches_takes_any_branch_header(
    sandbox: Sandbox,
) -> None:
    admin = as_role(sandbox, stack=1)
    value = (await pair(admin, scope=[ENVIRONMENT]))[0]
    delivery = reader(sandbox, "delivery", 1, access_token=value, branch="main")
    assert (await delivery.get(f"{ENTRIES}?environment=production")).status_code == 200


@pytest.mark.parametrize("prefix", ["/v3", ""])
async def test_the_preview_host_serves_paths_with_and_without_v3(
    sandbox: Sandbox, admin: Caller, prefix: str
) -> None:
    preview = reader(
        sandbox,
        "preview",
        preview_token=(await pair(admin))[1],
        access_token="cs00",
        live_preview="init",
        environment="production",
    )
    entries = (await preview.get(f"{prefix}/content_types/page/entries")).json()[
        "entries"
    ]
    one = await preview.get(
        f"{prefix}/content_types/page/entries/{entries[0]['uid']}?live_preview=init"
    )
    assert one.json()["entry"] == entries[0]
    refused = await preview.get(f"{prefix}/assets", headers={"environment": "staging"})
    assert refusal(refused) == NO_ENVIRONMENT


async def test_without_live_preview_a_preview_token_resolves_to_nothing() -> None:
    seed = seed_from(
        {
            "stacks": [
                {"name": "Shop", "environments": ["production"], "live_preview": False}
            ]
        }
    )
    sandbox = Sandbox.from_seed(seed, clock)
    owner = as_role(sandbox, "Owner")
    value, preview = await pair(owner, scope=[ENVIRONMENT])
    settings = (await owner.get("/v3/stacks/settings")).json()["stack_settings"]
    assert settings["live_preview"]["enabled"] is False
    path = f"{ENTRIES}?environment=production"
    on_delivery = reader(sandbox, "delivery", access_token=value)
    assert (await on_delivery.get(path)).status_code == 200
    on_preview = reader(sandbox, "preview", preview_token=preview)
    assert refusal(await on_preview.get(path)) == NOT_LOGGED_IN


@pytest.mark.parametrize(
    "path",
    [
        "/v3/content_types/nothing",
        "/v3/content_types/nothing/entries",
        f"{ENTRIES}/blt00",
        "/v3/assets/blt00",
    ],
)
async def test_content_that_is_not_there(
    sandbox: Sandbox, admin: Caller, path: str
) -> None:
    delivery = reader(sandbox, "delivery", access_token=(await pair(admin))[0])
    response = await delivery.get(f"{path}?environment=production")
    assert refusal(response) == INVALID
    assert response.json()["error_message"] == "The requested object doesn't exist."


async def test_a_synchronization_brings_everything_once(
    sandbox: Sandbox, admin: Caller
) -> None:
    delivery = reader(
        sandbox,
        "delivery",
        access_token=(await pair(admin))[0],
        environment="production",
    )
    first = (await delivery.get("/v3/stacks/sync?init=true")).json()
    assert [item["type"] for item in first["items"]] == [
        "entry_published",
        "asset_published",
    ]
    assert first["total_count"] == 2
    further = (
        await delivery.get(f"/v3/stacks/sync?sync_token={first['sync_token']}")
    ).json()
    assert (further["items"], further["sync_token"]) == ([], first["sync_token"])
    assert refusal(await delivery.get("/v3/stacks/sync")) == INVALID


async def test_the_management_host_shows_content_of_all_environments(
    sandbox: Sandbox, admin: Caller
) -> None:
    entry = (await admin.get(ENTRIES)).json()["entries"][0]
    assert "publish_details" not in entry
    asked = (await admin.get(f"{ENTRIES}?include_publish_details=true")).json()[
        "entries"
    ][0]
    assert len(asked["publish_details"]) == len(sandbox.stacks[0].environments)
    assert refusal(await admin.get(ENTRIES, headers={"branch": "nowhere"})) == NO_BRANCH
    on_development = await admin.get(
        f"{ENTRIES}?include_branch=true", headers={"branch": "dev"}
    )
    assert on_development.json()["entries"][0]["_branch"] == "development"


async def test_a_management_token_reads_the_branches_of_its_scope(
    sandbox: Sandbox, admin: Caller
) -> None:
    value = (await created(admin, management_body(), MANAGEMENT))["token"]
    caller = reader(sandbox, "management", authorization=value)
    assert (await caller.get(ENTRIES)).status_code == 200
    assert (
        refusal(await caller.get(ENTRIES, headers={"branch": "development"}))
        == NO_BRANCH
    )


def slow_network() -> tuple[Sandbox, MovingClock]:
    """Return a sandbox whose content hosts learn of tokens late, and its clock.

    They learn of new tokens after 5 seconds, and of deleted ones after 60.
    """
    network = {"lag": 5, "memory": 60}
    shop = {"name": "Shop", "environments": ["production"], "network": network}
    time = MovingClock()
    return Sandbox.from_seed(seed_from({"stacks": [shop]}), time), time


async def result_of_reading(
    sandbox: Sandbox, api: Api, value: str
) -> int | tuple[int, int]:
    header = "access_token" if api == "delivery" else "preview_token"
    caller = Caller(sandbox, {"api_key": sandbox.stacks[0].api_key, header: value}, api)
    response = await caller.get("/v3/assets?environment=production")
    return 200 if response.status_code == 200 else refusal(response)


async def test_the_content_hosts_hear_of_a_new_token_after_a_while() -> None:
    sandbox, time = slow_network()
    owner = as_role(sandbox, "Owner")
    token = await created(owner, delivery_body(scope=[ENVIRONMENT]))
    assert await result_of_reading(sandbox, "delivery", token["token"]) == NOT_LOGGED_IN
    time.moment += timedelta(seconds=5)
    assert await result_of_reading(sandbox, "delivery", token["token"]) == 200
    preview = (await owner.post(f"{DELIVERY}/{token['uid']}/preview_token")).json()[
        "token"
    ]["preview_token"]
    assert await result_of_reading(sandbox, "preview", preview) == NOT_LOGGED_IN
    assert await result_of_reading(sandbox, "delivery", token["token"]) == 200
    time.moment += timedelta(seconds=5)
    assert await result_of_reading(sandbox, "preview", preview) == 200


async def test_the_content_hosts_take_a_deleted_token_for_a_while() -> None:
    sandbox, time = slow_network()
    owner = as_role(sandbox, "Owner")
    value, preview = await pair(owner, scope=[ENVIRONMENT])
    uid = next(iter(sandbox.world.stacks.values())).delivery_tokens.copy().popitem()[0]
    time.moment += timedelta(seconds=5)
    await owner.delete(f"{DELIVERY}/{uid}/preview_token")
    await owner.delete(f"{DELIVERY}/{uid}")
    assert (
        await result_of_reading(sandbox, "delivery", value)
        == await result_of_reading(sandbox, "preview", preview)
        == 200
    )
    assert await result_of_reading(sandbox, "preview", value) == NOT_LOGGED_IN
    time.moment += timedelta(seconds=60)
    assert (
        await result_of_reading(sandbox, "delivery", value)
        == await result_of_reading(sandbox, "preview", preview)
        == NOT_LOGGED_IN
    )
