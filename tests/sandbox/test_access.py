from __future__ import annotations

import pytest

from tests.sandbox.caller import (
    DELIVERY,
    MANAGEMENT,
    NO_PERMISSION,
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
from tests.support.clock import clock
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox

STRUCTURE = [
    "/v3/environments",
    "/v3/stacks/branches",
    "/v3/stacks/branch_aliases",
    "/v3/roles",
]
TOKENS = [DELIVERY, MANAGEMENT]


@pytest.mark.parametrize(
    ("role", "delivery", "management"),
    [
        ("Owner", True, True),
        ("Admin", True, True),
        ("Developer", True, False),
        ("Content Manager", False, False),
    ],
)
async def test_a_role_may_what_the_guides_say(
    sandbox: Sandbox, role: str, delivery: bool, management: bool
) -> None:
    caller = as_role(sandbox, role)
    for path, body, allowed in (
        (DELIVERY, delivery_body(), delivery),
        (MANAGEMENT, management_body(), management),
    ):
        listed = await caller.get(path)
        posted = await caller.post(path, json=body)
        if allowed:
            assert [listed.status_code, posted.status_code] == [200, 201]
        else:
            assert refusal(listed) == refusal(posted) == NO_PERMISSION
            said = listed.json()["error_message"]
            assert said == "You don't have the permission to do this operation."
    for path in (*STRUCTURE, "/v3/stacks/users", "/v3/stacks/settings"):
        assert (await caller.get(path)).status_code == 200


@pytest.mark.parametrize(
    "path", [*STRUCTURE, *TOKENS, "/v3/stacks", "/v3/stacks/users"]
)
async def test_a_wrong_key_is_told_before_a_missing_login(
    sandbox: Sandbox, path: str
) -> None:
    api_key = sandbox.stacks[0].api_key
    for headers in (
        {"api_key": "blt00"},
        {"api_key": "blt00", "authtoken": sandbox.user().authtoken},
    ):
        response = await Caller(sandbox, headers).get(path)
        assert refusal(response) == STACK_NOT_FOUND
        assert response.json() == {
            "error_message": "We can't find that Stack. Please try again.",
            "error_code": 109,
            "errors": {"api_key": ["is not valid."]},
        }
    stranger = await Caller(sandbox, {"api_key": api_key}).get(path)
    assert refusal(stranger) == NOT_LOGGED_IN


@pytest.mark.parametrize("path", [*STRUCTURE, *TOKENS])
@pytest.mark.parametrize(
    ("api_key", "status", "reason"),
    [(None, 412, "is not valid."), ("", 400, "is required.")],
)
async def test_an_empty_or_missing_key_is_refused(
    sandbox: Sandbox, path: str, api_key: str | None, status: int, reason: str
) -> None:
    response = await as_role(sandbox).get(path, headers={"api_key": api_key})
    assert refusal(response) == (status, 109)
    assert response.json()["errors"] == {"api_key": [reason]}


async def test_somebody_elses_stack_is_refused() -> None:
    seed = seed_from(
        {
            "organizations": [{"name": "Acme"}, {"name": "Other"}],
            "users": [
                {"email": "ana@example.com", "roles": {"Shop": "Admin"}},
                {"email": "omar@example.com", "roles": {"Theirs": "Owner"}},
            ],
            "stacks": [{"name": "Shop"}, {"name": "Theirs", "organization": "Other"}],
        }
    )
    sandbox = Sandbox.from_seed(seed, clock)
    ana = sandbox.users[0]
    caller = Caller(
        sandbox, {"authtoken": ana.authtoken, "api_key": sandbox.stacks[1].api_key}
    )
    bearer = Caller(
        sandbox,
        {"authorization": f"Bearer {ana.bearer}", "api_key": sandbox.stacks[1].api_key},
    )
    foreign = next(
        uid for uid, each in sandbox.world.organizations.items() if each.name == "Other"
    )
    for path in (
        *STRUCTURE,
        *TOKENS,
        "/v3/stacks",
        f"/v3/organizations/{foreign}/stacks",
    ):
        assert refusal(await caller.get(path)) == NO_PERMISSION
        assert refusal(await bearer.get(path)) == NO_PERMISSION
    assert [
        each["name"]
        for each in (await caller.get("/v3/organizations")).json()["organizations"]
    ] == ["Acme"]


async def test_an_admin_of_the_organization_may_all_in_its_stacks() -> None:
    seed = seed_from(
        {
            "users": [
                {"email": "omar@example.com", "roles": {"*": "Owner"}},
                {"email": "ida@example.com", "organizations": {"Acme": "admin"}},
            ],
            "stacks": [{"name": "Shop"}],
        }
    )
    sandbox = Sandbox.from_seed(seed, clock)
    api_key = sandbox.stacks[0].api_key
    caller = Caller(
        sandbox, {"authtoken": sandbox.users[1].authtoken, "api_key": api_key}
    )
    user = (await caller.get("/v3/user?include_orgs_roles=true")).json()["user"]
    assert user["organizations"][0]["org_roles"][0]["admin"] is True
    assert (await caller.get(MANAGEMENT)).status_code == 200


async def test_a_custom_role_may_what_its_seed_says() -> None:
    seed = seed_from(
        {
            "users": [
                {"email": "omar@example.com", "roles": {"*": "Owner"}},
                {
                    "email": "vera@example.com",
                    "roles": {"Shop": ["Content Manager", "Keyholder"]},
                },
            ],
            "stacks": [{"name": "Shop", "custom_roles": {"Keyholder": ["management"]}}],
        }
    )
    sandbox = Sandbox.from_seed(seed, clock)
    api_key = sandbox.stacks[0].api_key
    caller = Caller(
        sandbox, {"authtoken": sandbox.users[1].authtoken, "api_key": api_key}
    )
    assert (await caller.get(MANAGEMENT)).status_code == 200
    assert refusal(await caller.get(DELIVERY)) == NO_PERMISSION


async def test_an_oauth_grant_does_what_a_session_does(sandbox: Sandbox) -> None:
    bearer = f"Bearer {sandbox.user().bearer}"
    caller = reader(sandbox, "management", authorization=bearer)
    for path in (*STRUCTURE, *TOKENS, "/v3/stacks", "/v3/user", "/v3/organizations"):
        assert (await caller.get(path)).status_code == 200
    token = await created(caller, delivery_body())
    path = f"{DELIVERY}/{token['uid']}"
    assert (await caller.post(f"{path}/preview_token", json={})).status_code == 201
    assert (await caller.delete(path)).status_code == 200
    assert "authtoken" not in (await caller.get("/v3/user")).json()["user"]


async def test_an_oauth_grant_names_the_organization_for_stacks_and_cannot_log_out(
    sandbox: Sandbox,
) -> None:
    caller = Caller(sandbox, {"authorization": f"Bearer {sandbox.user().bearer}"})
    uid = next(iter(sandbox.world.organizations))
    unnamed = await caller.get("/v3/stacks")
    assert refusal(unnamed) == (422, 21)
    assert unnamed.json()["error_message"] == "Stack not found"
    named = await caller.get("/v3/stacks", headers={"organization_uid": uid})
    assert len(named.json()["stacks"]) == 2
    assert refusal(await caller.delete("/v3/user-session")) == NOT_LOGGED_IN


async def test_an_oauth_token_is_no_authtoken_and_no_bearer_is_good_by_chance(
    sandbox: Sandbox,
) -> None:
    bearer = sandbox.user().bearer
    as_authtoken = await Caller(sandbox, {"authtoken": bearer}).get("/v3/user")
    assert refusal(as_authtoken) == NOT_LOGGED_IN
    wrong = await Caller(sandbox, {"authorization": "Bearer nothing"}).get("/v3/user")
    assert refusal(wrong) == NOT_LOGGED_IN
    assert wrong.json()["errors"] == {"access_token": ["is not valid."]}


async def test_a_management_token_reads_the_structure_of_its_stack_alone(
    sandbox: Sandbox, admin: Caller
) -> None:
    value = (await created(admin, management_body(), MANAGEMENT))["token"]
    caller = reader(sandbox, "management", authorization=value)
    for path in (
        *STRUCTURE,
        "/v3/environments?limit=1",
        "/v3/content_types?limit=1",
        "/v3/assets",
    ):
        assert (await caller.get(path)).status_code == 200
    for path in (*TOKENS, "/v3/stacks"):
        assert refusal(await caller.get(path)) == STACK_NOT_FOUND
    for path in (
        "/v3/user",
        "/v3/organizations",
        "/v3/stacks/users",
        "/v3/stacks/settings",
    ):
        assert refusal(await caller.get(path)) == NOT_LOGGED_IN
    uid = (await created(admin, delivery_body()))["uid"]
    refused = await caller.post(f"{DELIVERY}/{uid}/preview_token")
    assert refusal(refused) == STACK_NOT_FOUND


async def test_a_management_token_is_bare_and_of_its_own_stack(
    sandbox: Sandbox, admin: Caller
) -> None:
    value = (await created(admin, management_body(), MANAGEMENT))["token"]
    own, other = (stack.api_key for stack in sandbox.stacks)
    for headers in (
        {"authorization": f"Bearer {value}", "api_key": own},
        {"authorization": value, "api_key": other},
        {"authorization": "cs00", "api_key": own},
    ):
        response = await Caller(sandbox, headers).get("/v3/environments")
        assert refusal(response) == NOT_LOGGED_IN


@pytest.mark.parametrize(
    ("expires_on", "status"),
    [
        (None, 200),
        ("2026-10-16", 200),
        ("2026-10-15", 401),
        ("2026-10-15T23:59:00.000Z", 401),
        ("2026-10-16T00:00:00.000+02:00", 401),
        ("2020-01-01", 401),
    ],
)
async def test_a_management_token_expires_at_midnight_utc(
    sandbox: Sandbox, admin: Caller, expires_on: str | None, status: int
) -> None:
    token = await created(admin, management_body(expires_on=expires_on), MANAGEMENT)
    assert token["expires_on"] == expires_on
    caller = reader(sandbox, "management", authorization=token["token"])
    assert (await caller.get("/v3/environments")).status_code == status


async def test_the_demo_holds_one_expired_management_token_and_one_about_to_expire(
    admin: Caller,
) -> None:
    tokens = (await admin.get(MANAGEMENT)).json()["tokens"]
    expiry = sorted(token["expires_on"] for token in tokens if token["expires_on"])
    assert expiry[:2] == ["2026-10-04", "2026-10-21"]
