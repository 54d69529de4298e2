from __future__ import annotations

from datetime import timedelta
from typing import Any

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

WRONG = "Looks like your email or password is invalid. Please try again or reset your password."


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


async def test_five_wrong_passwords_lock_the_account_for_five_minutes_and_more_prolong_it() -> (
    None
):
    time = MovingClock()
    sandbox = Sandbox.demo(now=time)
    user = sandbox.user()
    for _ in range(4):
        assert (await log_in(sandbox, user, password="wrong")).json()[
            "error_message"
        ] == WRONG
    for wait in (timedelta(), timedelta(minutes=4), timedelta(minutes=4)):
        time.moment += wait
        response = await log_in(sandbox, user, password="wrong")
        assert refusal(response) == LOGIN_FAILED
        assert "temporarily locked" in response.json()["error_message"]
    assert "temporarily locked" in (await log_in(sandbox, user)).json()["error_message"]
    time.moment += timedelta(minutes=5)
    assert (await log_in(sandbox, user)).status_code == 200


async def test_a_good_login_forgets_the_wrong_ones(sandbox: Sandbox) -> None:
    user = sandbox.user()
    for password in ("wrong", "wrong", "wrong", "wrong", user.password, "wrong"):
        response = await log_in(sandbox, user, password=password)
    assert response.json()["error_message"] == WRONG


async def test_a_seed_can_lock_an_account() -> None:
    sandbox = Sandbox.from_seed(
        seed_from({"users": [{"email": "ana@example.com", "locked": True}]}), clock
    )
    response = await log_in(sandbox, sandbox.users[0])
    assert "temporarily locked" in response.json()["error_message"]


async def test_the_21st_login_ends_the_oldest_session_and_not_the_printed_one(
    sandbox: Sandbox,
) -> None:
    user = sandbox.user()
    opened = [
        (await log_in(sandbox, user)).json()["user"]["authtoken"] for _ in range(21)
    ]
    assert len(set(opened)) == 21
    statuses = [
        (await Caller(sandbox, {"authtoken": each}).get("/v3/user")).status_code
        for each in (user.authtoken, opened[0], opened[1], opened[-1])
    ]
    assert statuses == [200, 401, 200, 200]


async def test_a_logout_ends_one_session(sandbox: Sandbox) -> None:
    first, second = [
        (await log_in(sandbox, sandbox.user())).json()["user"]["authtoken"]
        for _ in range(2)
    ]
    response = await Caller(sandbox, {"authtoken": first}).delete("/v3/user-session")
    assert response.json() == {"notice": "You've logged out successfully!"}
    assert (
        refusal(await Caller(sandbox, {"authtoken": first}).get("/v3/user"))
        == NOT_LOGGED_IN
    )
    assert (
        await Caller(sandbox, {"authtoken": second}).get("/v3/user")
    ).status_code == 200


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
    some = (await caller.get("/v3/user?include_orgs=true")).json()["user"][
        "organizations"
    ]
    full = (await caller.get("/v3/user?include_orgs_roles=true")).json()["user"][
        "organizations"
    ]
    assert "organizations" not in plain
    assert [(each["name"], each["is_owner"], "org_roles" in each) for each in some] == [
        ("Acme", True, False)
    ]
    assert [role["admin"] for role in full[0]["org_roles"]] == [False]


SSO = {
    "organizations": [{"name": "Acme", "sso": True}],
    "users": [
        {"email": "omar@example.com", "roles": {"*": "Owner"}},
        {"email": "ana@example.com", "roles": {"*": "Admin"}},
        {"email": "dana@example.com", "roles": {"*": "Developer"}, "sso_exempt": True},
    ],
    "stacks": [{"name": "Shop"}],
}


async def test_single_sign_on_keeps_the_authtoken_back_but_from_the_owner_and_the_exempt() -> (
    None
):
    sandbox = Sandbox.from_seed(seed_from(SSO), clock)
    answers = [(await log_in(sandbox, user)).json()["user"] for user in sandbox.users]
    assert ["authtoken" in each for each in answers] == [True, False, True]


async def test_single_sign_on_needs_the_organization_named_for_stacks() -> None:
    sandbox = Sandbox.from_seed(seed_from(SSO), clock)
    caller = as_role(sandbox)
    headers = {
        "api_key": None,
        "organization_uid": next(iter(sandbox.world.organizations)),
    }
    assert (await caller.get("/v3/stacks", headers={"api_key": None})).json() == {
        "stacks": []
    }
    named = (await caller.get("/v3/stacks", headers=headers)).json()["stacks"]
    assert [stack["name"] for stack in named] == ["Shop"]
