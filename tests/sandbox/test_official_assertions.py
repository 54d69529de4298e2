"""What Contentstack's own tests assert about the real API, row by row.

The suites are those of contentstack-management-dotnet
(`Contentstack016_DeliveryTokenTest.cs`, suites 023 and 024), -javascript
(`token-test.js`, `previewToken-test.js`, `user-test.js`), -python (`tests/api`) and
-java (`TestStackContext`), and of contentstack-javascript, -python and -typescript for
the content hosts.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.caller import (
    ALIAS,
    ALL_MODULES,
    BRANCH,
    DELIVERY,
    ENVIRONMENT,
    INVALID,
    MANAGEMENT,
    NOT_FOUND,
    Caller,
    Json,
    as_role,
    created,
    delivery_body,
    management_body,
    refusal,
)
from tui.sandbox.service import Sandbox

TWO_ENVIRONMENTS = {**ENVIRONMENT, "environments": ["production", "staging"]}
TEXT_ACL = {"acl": {"read": "true"}}


@pytest.mark.parametrize(
    "body",
    [
        delivery_body(),
        delivery_body(
            scope=[ENVIRONMENT, {**BRANCH, "branches": ["main", "development"]}, ALIAS]
        ),
        delivery_body(scope=[TWO_ENVIRONMENTS, BRANCH]),
        delivery_body(scope=[ENVIRONMENT, ALIAS]),
        delivery_body(description="Token for the web"),
        delivery_body(name="   "),
        delivery_body(name="<script>alert('XSS')</script>"),
        delivery_body(scope=[{**ENVIRONMENT, **TEXT_ACL}, {**BRANCH, **TEXT_ACL}]),
        {"token": {"name": "no description", "scope": [ENVIRONMENT, BRANCH]}},
    ],
)
async def test_delivery_tokens_that_are_made(admin: Caller, body: Json) -> None:
    token = await created(admin, body)
    sent = body["token"]
    assert token["name"] == sent["name"]
    assert token["description"] == sent.get("description", "")
    assert token["token"].startswith("cs")
    assert len(token["token"]) == 26
    assert token["uid"].startswith("blt")
    assert [item["module"] for item in token["scope"]] == [
        item["module"] for item in sent["scope"]
    ]
    names = [each["name"] for each in token["scope"][0]["environments"]]
    assert names == sent["scope"][0]["environments"]
    assert all(item["acl"] == {"read": True} for item in token["scope"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (delivery_body(name=None), "name"),
        (delivery_body(name=""), "name"),
        (delivery_body(name="n" * 424), "name"),
        (delivery_body(name="n" * 10_000), "name"),
        (delivery_body(name=["web"]), "name"),
        (delivery_body(description=7), "description"),
        (delivery_body(scope=None), "scope"),
        (delivery_body(scope=[]), "scope"),
        (delivery_body(scope="production"), "scope"),
        (delivery_body(scope=["production"]), "scope.module"),
        (
            delivery_body(scope=[{**ENVIRONMENT, "module": "invalid_module"}, BRANCH]),
            "scope.module",
        ),
        (delivery_body(scope=[ENVIRONMENT]), "scope.branch_or_alias"),
        (
            delivery_body(scope=[{**ENVIRONMENT, "environments": []}]),
            "scope.branch_or_alias",
        ),
        (delivery_body(scope=[BRANCH]), "scope.environment"),
        (
            delivery_body(scope=[{**ENVIRONMENT, "environments": None}, BRANCH]),
            "scope.environments",
        ),
        (
            delivery_body(scope=[{**ENVIRONMENT, "environments": []}, BRANCH]),
            "scope.environments",
        ),
        (
            delivery_body(scope=[{**ENVIRONMENT, "environments": ["nowhere"]}, BRANCH]),
            "scope.environments",
        ),
        (
            delivery_body(scope=[ENVIRONMENT, {**BRANCH, "branches": None}]),
            "scope.branches",
        ),
        (
            delivery_body(scope=[ENVIRONMENT, {**BRANCH, "branches": ["nowhere"]}]),
            "scope.branches",
        ),
        (
            delivery_body(scope=[ENVIRONMENT, {**ALIAS, "branch_aliases": ["main"]}]),
            "scope.branch_aliases",
        ),
        (
            delivery_body(scope=[{**ENVIRONMENT, "acl": {"invalid": "true"}}, BRANCH]),
            "scope.acl",
        ),
        (
            delivery_body(scope=[{**ENVIRONMENT, "acl": {"read": "maybe"}}, BRANCH]),
            "scope.acl",
        ),
        (
            delivery_body(
                scope=[{**ENVIRONMENT, "acl": {"read": True, "write": True}}, BRANCH]
            ),
            "scope.acl",
        ),
        (delivery_body(scope=[{**ENVIRONMENT, "acl": None}, BRANCH]), "scope.acl"),
        ({"token": None}, "name"),
        ({}, "name"),
    ],
)
async def test_delivery_tokens_that_are_refused(
    admin: Caller, body: Json, field: str
) -> None:
    before = (await admin.get(DELIVERY)).json()
    response = await admin.post(DELIVERY, json=body)
    assert refusal(response) == INVALID
    said = response.json()
    assert said["error_message"] == "Delivery Token creation failed. Please try again."
    assert field in said["errors"]
    uid = before["tokens"][0]["uid"]
    changed = await admin.put(f"{DELIVERY}/{uid}", json=body)
    assert refusal(changed) == INVALID
    said = changed.json()
    assert said["error_message"] == "Delivery Token update failed. Please try again."
    assert field in said["errors"]
    assert (await admin.get(DELIVERY)).json() == before


async def test_the_known_refusal_is_word_for_word(admin: Caller) -> None:
    response = await admin.post(DELIVERY, json=delivery_body(scope=[ENVIRONMENT]))
    assert response.json() == {
        "error_message": "Delivery Token creation failed. Please try again.",
        "error_code": 141,
        "errors": {"scope.branch_or_alias": ["is a required field"]},
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [(DELIVERY, delivery_body), (MANAGEMENT, management_body)],
    ids=["delivery", "management"],
)
async def test_names_are_unique_among_their_kind(
    admin: Caller, path: str, body: Any
) -> None:
    await created(admin, body("one"), path)
    two = await created(admin, body("two"), path)
    for response in (
        await admin.post(path, json=body("one")),
        await admin.put(f"{path}/{two['uid']}", json=body("one")),
    ):
        assert refusal(response) == INVALID
        assert response.json()["errors"] == {"name": ["is not unique."]}
    unchanged = await admin.put(f"{path}/{two['uid']}", json=body("two"))
    assert unchanged.status_code == 200


async def test_a_delivery_and_a_management_token_may_share_a_name(
    admin: Caller,
) -> None:
    await created(admin, delivery_body("same"))
    assert (await created(admin, management_body("same"), MANAGEMENT))["name"] == "same"


@pytest.mark.parametrize(
    ("path", "body", "title"),
    [
        (DELIVERY, delivery_body, "Delivery"),
        (MANAGEMENT, management_body, "Management"),
    ],
    ids=["delivery", "management"],
)
async def test_the_life_of_a_token(
    admin: Caller, path: str, body: Any, title: str
) -> None:
    made = await admin.post(path, json=body("first"))
    uid = made.json()["token"]["uid"]
    assert made.json()["notice"] == f"{title} Token created successfully."
    fetched = (await admin.get(f"{path}/{uid}")).json()
    assert list(fetched) == ["token"]
    assert fetched["token"]["name"] == "first"
    changed = await admin.put(
        f"{path}/{uid}", json=body("second", description="changed")
    )
    assert changed.status_code == 200
    assert changed.json()["notice"] == f"{title} Token updated successfully."
    assert changed.json()["token"]["uid"] == uid
    listed = {token["uid"]: token for token in (await admin.get(path)).json()["tokens"]}
    assert (listed[uid]["name"], listed[uid]["description"]) == ("second", "changed")
    ended = await admin.delete(f"{path}/{uid}?force=true")
    assert (ended.status_code, ended.json()) == (
        200,
        {"notice": f"{title} Token deleted successfully."},
    )
    assert uid not in {
        token["uid"] for token in (await admin.get(path)).json()["tokens"]
    }
    for response in (
        await admin.get(f"{path}/{uid}"),
        await admin.put(f"{path}/{uid}", json=body("third")),
        await admin.delete(f"{path}/{uid}"),
    ):
        assert refusal(response) == NOT_FOUND


@pytest.mark.parametrize(
    "uid", ["blt0000000000000000", "invalid_token_uid", "not@a#uid", "%20", "üid"]
)
@pytest.mark.parametrize("path", [DELIVERY, MANAGEMENT])
async def test_an_unknown_uid_is_not_found(admin: Caller, path: str, uid: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        response = await admin.send(
            method, f"{path}/{uid.replace('#', '%23')}", json=delivery_body()
        )
        assert refusal(response)[0] == 404


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("limit=5", 5),
        ("limit=2", 2),
        ("limit=-1", 12),
        ("limit=10000", 12),
        ("limit=0", 12),
        ("skip=0", 12),
    ],
)
async def test_limits_of_lists(admin: Caller, query: str, count: int) -> None:
    response = await admin.get(f"{DELIVERY}?{query}")
    assert response.status_code == 200
    assert len(response.json()["tokens"]) == count


async def test_a_negative_skip_is_refused(admin: Caller) -> None:
    assert refusal(await admin.get(f"{DELIVERY}?skip=-1")) == INVALID


async def test_the_javascript_client_sends_the_whole_object_back(admin: Caller) -> None:
    made = await created(
        admin, delivery_body(), params={"create_with_preview_token": "true"}
    )
    sent = {
        key: value
        for key, value in made.items()
        if not key.startswith(("created", "updated", "uid"))
    }
    sent["name"] = "renamed"
    response = await admin.put(f"{DELIVERY}/{made['uid']}", json={"token": sent})
    assert refusal(response) == INVALID
    assert response.json()["errors"] == {"scope.environments": ["is not valid."]}
    sent["scope"][0]["environments"] = [
        each["name"] for each in sent["scope"][0]["environments"]
    ]
    response = await admin.put(
        f"{DELIVERY}/{made['uid']}", json={"token": {**sent, "token": "cs00"}}
    )
    token = response.json()["token"]
    assert (response.status_code, token["name"]) == (200, "renamed")
    assert (token["token"], token["preview_token"]) == (
        made["token"],
        made["preview_token"],
    )
    assert [item["_metadata"] for item in token["scope"]] == [
        item["_metadata"] for item in made["scope"]
    ]


async def test_a_preview_token_is_made_shown_and_deleted(admin: Caller) -> None:
    uid = (await created(admin, delivery_body()))["uid"]
    path = f"{DELIVERY}/{uid}/preview_token"
    form = {"content-type": "application/x-www-form-urlencoded"}
    made = await admin.post(path, headers=form)
    assert made.status_code == 201
    value = made.json()["token"]["preview_token"]
    assert len(value) == 26
    listed = {
        token["uid"]: token for token in (await admin.get(DELIVERY)).json()["tokens"]
    }
    fetched = (await admin.get(f"{DELIVERY}/{uid}?include_preview_token=true")).json()[
        "token"
    ]
    assert listed[uid]["preview_token"] == fetched["preview_token"] == value
    assert refusal(await admin.post(path, headers=form)) == INVALID
    ended = await admin.delete(path)
    assert (ended.status_code, ended.json()) == (
        200,
        {"notice": "Preview token deleted successfully."},
    )
    assert "preview_token" not in (await admin.get(f"{DELIVERY}/{uid}")).json()["token"]
    assert refusal(await admin.delete(path)) == INVALID


async def test_a_preview_token_needs_a_delivery_token(admin: Caller) -> None:
    for method in ("POST", "DELETE"):
        response = await admin.send(
            method, f"{DELIVERY}/blt0000000000000000/preview_token"
        )
        assert refusal(response) == NOT_FOUND


@pytest.mark.parametrize("expires_on", ["2035-12-10", "2035-12-10T09:30:00.000Z", None])
async def test_management_tokens_that_are_made(
    admin: Caller, expires_on: str | None
) -> None:
    modules = [
        {"module": each, "acl": {"read": True, "write": True}}
        for each in ("content_type", "entry")
    ]
    body = management_body(
        scope=[*modules, BRANCH],
        expires_on=expires_on,
        is_email_notification_enabled=True,
    )
    token = await created(admin, body, MANAGEMENT)
    assert token["token"].startswith("cs")
    assert (token["expires_on"], token["is_email_notification_enabled"]) == (
        expires_on,
        True,
    )
    assert [item["module"] for item in token["scope"]] == [
        "content_type",
        "entry",
        "branch",
    ]
    for path in (MANAGEMENT, f"{MANAGEMENT}/{token['uid']}"):
        assert token["token"] not in (await admin.get(path)).text
    changed = await admin.put(f"{MANAGEMENT}/{token['uid']}", json=body)
    assert token["token"] not in changed.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (management_body(scope=[ALL_MODULES]), "scope.branch_or_alias"),
        (management_body(name=""), "name"),
        (management_body(expires_on="tomorrow"), "expires_on"),
        (management_body(expires_on=7), "expires_on"),
        (management_body(expires_on="0001-01-01T00:00:00+14:00"), "expires_on"),
        (
            management_body(is_email_notification_enabled="yes"),
            "is_email_notification_enabled",
        ),
    ],
)
async def test_management_tokens_that_are_refused(
    admin: Caller, body: Json, field: str
) -> None:
    response = await admin.post(MANAGEMENT, json=body)
    assert refusal(response) == INVALID
    assert field in response.json()["errors"]


async def test_a_stack_without_branches_takes_no_branch_scope(sandbox: Sandbox) -> None:
    press = as_role(sandbox, stack=1)
    token = await created(press, delivery_body(scope=[ENVIRONMENT]))
    assert [item["module"] for item in token["scope"]] == ["environment"]
    assert (await created(press, management_body(scope=[ALL_MODULES]), MANAGEMENT))[
        "name"
    ] == "job"
    response = await press.post(DELIVERY, json=delivery_body("other"))
    assert refusal(response) == INVALID
    assert (await press.get("/v3/stacks/branches")).json() == {"branches": []}


async def test_branches_inside_a_module_are_a_branch_scope(admin: Caller) -> None:
    # .NET, suite 024, first test.
    acl = {"read": "true", "write": "true"}
    scope = [{"module": "content_type", "acl": acl, "branches": ["main"]}]
    token = await created(admin, management_body(scope=scope), MANAGEMENT)
    assert len(token["scope"]) == 1


async def test_an_alias_item_may_name_no_alias(admin: Caller) -> None:
    # The setups of the Java and JavaScript suites.
    aliases = {"module": "branch_alias", "branch_aliases": [], "acl": {"read": True}}
    token = await created(admin, management_body(scope=[BRANCH, aliases]), MANAGEMENT)
    assert token["scope"][1]["branch_aliases"] == []


async def test_a_preview_token_may_be_given_a_name(admin: Caller) -> None:
    # .NET, suite 023.
    for number, name in enumerate(("preview", "", None)):
        uid = (await created(admin, delivery_body(f"web {number}")))["uid"]
        body = {"token": {"name": name, "description": ""}}
        response = await admin.post(f"{DELIVERY}/{uid}/preview_token", json=body)
        assert response.status_code == 201


async def test_a_request_without_a_key_finds_no_stack(sandbox: Sandbox) -> None:
    # The JavaScript delivery suite, and the answer recorded in all regions.
    response = await Caller(sandbox, {}, "delivery").get("/v3/content_types")
    assert response.status_code == 412
    assert response.json() == {
        "error_message": "We can't find that Stack. Please try again.",
        "error_code": 109,
        "errors": {"api_key": ["is not valid."]},
    }
