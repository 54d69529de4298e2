from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.sandbox.caller import (
    LOGIN_FAILED,
    NOT_LOGGED_IN,
    Caller,
    as_role,
    log_in,
    refusal,
)
from tests.support.clock import MovingClock, clock
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox

WRONG = (
    "Looks like your email or password is invalid."
    " Please try again or reset your password."
)
LOCKED = (
    "Your account is temporarily locked after too many failed attempts."
    " Try again in 5 minutes."
)


async def authtoken_of_login(sandbox: Sandbox) -> str:
    """Log in as the first admin, and return the authtoken of the new session."""
    response = await log_in(sandbox, sandbox.user())
    return str(response.json()["user"]["authtoken"])


async def own_user(sandbox: Sandbox, authtoken: str) -> httpx.Response:
    """Ask for the current user."""
    return await Caller(sandbox, {"authtoken": authtoken}).get("/v3/user")


async def test_a_login_opens_a_session(sandbox: Sandbox) -> None:
    answer = (await log_in(sandbox, sandbox.user())).json()
    assert answer["notice"] == "Login Successful."
    user = answer["user"]
    assert (user["email"], user["first_name"], user["last_name"]) == (
        "ana@example.com",
        "Ana",
        "Lee",
    )
    assert {role["name"] for role in user["roles"]} == {"Admin"}
    assert {role["api_key"] for role in user["roles"]} == {
        stack.api_key for stack in sandbox.stacks
    }
    me = await Caller(sandbox, {"authtoken": user["authtoken"]}).get("/v3/user")
    assert me.json()["user"]["uid"] == user["uid"]
    assert me.json()["user"]["authtoken"] == user["authtoken"]


async def test_the_owner_is_told_by_the_stack_and_not_by_a_role(
    sandbox: Sandbox,
) -> None:
    owner = sandbox.user("Owner")
    user = (await log_in(sandbox, owner)).json()["user"]
    stack = (await as_role(sandbox, "Owner").get("/v3/stacks")).json()["stack"]
    assert user["roles"] == []
    assert stack["owner_uid"] == user["uid"]


@pytest.mark.parametrize(
    "body",
    [
        {"user": {"email": "ana@example.com", "password": "wrong"}},
        {"user": {"email": "nobody@example.com", "password": "wrong"}},
        {"user": {"email": "", "password": ""}},
        {"user": {"email": " ", "password": " "}},
        {"user": {"email": 7, "password": ["x"]}},
        {"user": "ana@example.com"},
        {},
    ],
)
async def test_a_wrong_login_is_refused(sandbox: Sandbox, body: dict[str, Any]) -> None:
    response = await Caller(sandbox, {}).post("/v3/user-session", json=body)
    assert refusal(response) == LOGIN_FAILED
    assert response.json()["error_message"] == WRONG


async def test_five_wrong_passwords_lock_an_account_and_more_prolong_it() -> None:
    time = MovingClock()
    sandbox = Sandbox.demo(now=time)
    user = sandbox.user()
    for _ in range(4):
        response = await log_in(sandbox, user, password="wrong")
        assert response.json()["error_message"] == WRONG
    for minutes in (0, 4, 4):
        time.moment += timedelta(minutes=minutes)
        response = await log_in(sandbox, user, password="wrong")
        assert refusal(response) == LOGIN_FAILED
        assert response.json()["error_message"] == LOCKED
    response = await log_in(sandbox, user)
    assert response.json()["error_message"] == LOCKED
    time.moment += timedelta(minutes=5)
    assert (await log_in(sandbox, user)).status_code == 200


async def test_a_good_login_forgets_the_wrong_ones(sandbox: Sandbox) -> None:
    user = sandbox.user()
    for password in ("wrong", "wrong", "wrong", "wrong", user.password, "wrong"):
        response = await log_in(sandbox, user, password=password)
    assert response.json()["error_message"] == WRONG


async def test_a_seed_can_lock_an_account() -> None:
    seed = seed_from({"users": [{"email": "ana@example.com", "locked": True}]})
    sandbox = Sandbox.from_seed(seed, clock)
    response = await log_in(sandbox, sandbox.users[0])
    assert response.json()["error_message"] == LOCKED


async def test_the_21st_login_ends_the_oldest_session_and_not_the_printed_one(
    sandbox: Sandbox,
) -> None:
    sessions = [await authtoken_of_login(sandbox) for _ in range(21)]
    assert len(set(sessions)) == 21
    assert refusal(await own_user(sandbox, sessions[0])) == NOT_LOGGED_IN
    for authtoken in (sandbox.user().authtoken, sessions[1], sessions[-1]):
        assert (await own_user(sandbox, authtoken)).status_code == 200


async def test_a_logout_ends_one_session(sandbox: Sandbox) -> None:
    first, second = [await authtoken_of_login(sandbox) for _ in range(2)]
    response = await Caller(sandbox, {"authtoken": first}).delete("/v3/user-session")
    assert response.json() == {"notice": "You've logged out successfully!"}
    assert refusal(await own_user(sandbox, first)) == NOT_LOGGED_IN
    assert (await own_user(sandbox, second)).status_code == 200


async def test_the_printed_session_can_be_ended_too(sandbox: Sandbox) -> None:
    caller = Caller(sandbox, {"authtoken": sandbox.user().authtoken})
    assert (await caller.delete("/v3/user-session")).status_code == 200
    assert refusal(await caller.get("/v3/user")) == NOT_LOGGED_IN
    assert sandbox.user().authtoken == ""


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authtoken": ""},
        {"authtoken": "invalid_token_format"},
        {"authorization": "Bearer "},
    ],
)
async def test_without_a_session_there_is_no_user(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    for method, path in (
        ("GET", "/v3/user"),
        ("DELETE", "/v3/user-session"),
        ("GET", "/v3/stacks"),
    ):
        response = await Caller(sandbox, headers).send(method, path)
        assert refusal(response) == NOT_LOGGED_IN
        message = response.json()["error_message"]
        assert message == "You're not allowed in here unless you're logged in."
        assert list(response.json()["errors"].values()) == [["is not valid."]]


async def test_organizations_and_roles_come_with_the_user_when_asked_for(
    sandbox: Sandbox,
) -> None:
    caller = as_role(sandbox, "Owner")
    plain = (await caller.get("/v3/user")).json()["user"]
    some = (await caller.get("/v3/user?include_orgs=true")).json()["user"]
    full = (await caller.get("/v3/user?include_orgs_roles=true")).json()["user"]
    assert "organizations" not in plain
    [organization] = some["organizations"]
    assert (organization["name"], organization["is_owner"]) == ("Acme", True)
    assert "org_roles" not in organization
    [organization] = full["organizations"]
    assert [role["admin"] for role in organization["org_roles"]] == [False]


SSO = {
    "organizations": [{"name": "Acme", "sso": True}],
    "users": [
        {"email": "omar@example.com", "roles": {"*": "Owner"}},
        {"email": "ana@example.com", "roles": {"*": "Admin"}},
        {"email": "dana@example.com", "roles": {"*": "Developer"}, "sso_exempt": True},
    ],
    "stacks": [{"name": "Shop"}],
}


async def test_single_sign_on_spares_the_owner_and_the_exempt_alone() -> None:
    sandbox = Sandbox.from_seed(seed_from(SSO), clock)
    responses = [await log_in(sandbox, user) for user in sandbox.users]
    users = [each.json()["user"] for each in responses]
    assert ["authtoken" in user for user in users] == [True, False, True]


async def test_single_sign_on_needs_the_organization_named_for_stacks() -> None:
    sandbox = Sandbox.from_seed(seed_from(SSO), clock)
    caller = as_role(sandbox)
    unnamed = await caller.get("/v3/stacks", headers={"api_key": None})
    assert unnamed.json() == {"stacks": []}
    uid = next(iter(sandbox.world.organizations))
    headers = {"api_key": None, "organization_uid": uid}
    named = (await caller.get("/v3/stacks", headers=headers)).json()["stacks"]
    assert [stack["name"] for stack in named] == ["Shop"]
