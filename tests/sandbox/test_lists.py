"""What a stack consists of, and the parameters that every list takes."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.caller import DELIVERY, INVALID, NOT_FOUND, Caller, as_role, refusal
from tests.support.clock import clock
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox

LISTS = {
    "/v3/environments": "environments",
    "/v3/stacks/branches": "branches",
    "/v3/stacks/branch_aliases": "branch_aliases",
    "/v3/roles": "roles",
    "/v3/organizations": "organizations",
    "/v3/stacks/delivery_tokens": "tokens",
    "/v3/stacks/management_tokens": "tokens",
}


@pytest.mark.parametrize("path", LISTS)
async def test_every_list_pages_and_counts(admin: Caller, path: str) -> None:
    key = LISTS[path]
    whole = (await admin.get(path)).json()
    assert list(whole) == [key]
    total = len(whole[key])
    assert total > 0
    pages = []
    for skip in range(total + 1):
        query = {"limit": 1, "skip": skip, "include_count": "true"}
        pages.append((await admin.get(path, params=query)).json())
    assert [row for page in pages for row in page[key]] == whole[key]
    assert {page["count"] for page in pages} == {total}
    assert (await admin.get(f"{path}?count=true")).json()["count"] == total
    assert refusal(await admin.get(f"{path}?limit=many")) == INVALID


async def test_a_page_holds_a_hundred_at_most() -> None:
    stack = {
        "name": "Shop",
        "environments": ["production"],
        "fill_delivery_tokens": 250,
    }
    owner = as_role(Sandbox.from_seed(seed_from({"stacks": [stack]}), clock), "Owner")
    for query, count in (("", 100), ("limit=1000", 100), ("limit=100&skip=200", 50)):
        assert len((await owner.get(f"{DELIVERY}?{query}")).json()["tokens"]) == count


async def test_tokens_come_newest_first_or_as_asked(admin: Caller) -> None:
    for query, field, backwards in (
        ("", "created_at", True),
        ("asc=updated_at", "updated_at", False),
        ("desc=name", "name", True),
    ):
        values = [
            token[field]
            for token in (await admin.get(f"{DELIVERY}?{query}")).json()["tokens"]
        ]
        assert values == sorted(values, reverse=backwards)
        assert len(set(values)) > 1


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"name": "ios-app"}, {"ios-app"}),
        ({"name": {"$in": ["ios-app", "qa-bot"]}}, {"ios-app", "qa-bot"}),
        (
            {"$or": [{"name": "ios-app"}, {"description": "Android app."}]},
            {"ios-app", "android-app"},
        ),
        (
            {"$and": [{"name": {"$regex": "^web-"}}, {"name": {"$ne": "web-staging"}}]},
            {"web-production"},
        ),
        (
            {
                "preview_token": {"$exists": True},
                "name": {"$nin": ["web-production"]},
            },
            {"dev-sandbox", "preview-editors", "release-candidate", "web-staging"},
        ),
    ],
)
async def test_a_query_filters_and_counts(
    admin: Caller, query: object, names: set[str]
) -> None:
    parameters = {"query": json.dumps(query), "include_count": "true"}
    answer = (await admin.get(DELIVERY, params=parameters)).json()
    assert {token["name"] for token in answer["tokens"]} == names
    assert answer["count"] == len(names)


@pytest.mark.parametrize(
    "query",
    [
        "{",
        "[]",
        '{"$or": 1}',
        '{"name": {"$near": 1}}',
        '{"name": {"$regex": "("}}',
        '{"$and": ["x"]}',
    ],
)
async def test_a_query_that_is_none_is_refused(admin: Caller, query: str) -> None:
    response = await admin.get(DELIVERY, params={"query": query})
    assert refusal(response) == INVALID
    assert response.json()["errors"] == {"query": ["is not valid."]}


async def test_names_are_found_by_a_part_of_them(admin: Caller) -> None:
    answer = (await admin.get(f"{DELIVERY}?typeahead=WEB")).json()
    assert {token["name"] for token in answer["tokens"]} == {
        "web-production",
        "web-staging",
    }


async def test_in_the_list_of_aliases_the_uid_is_the_branch(admin: Caller) -> None:
    aliases = (await admin.get("/v3/stacks/branch_aliases")).json()["branch_aliases"]
    assert {row["alias"]: row["uid"] for row in aliases} == {
        "release": "release_7",
        "dev": "development",
        "deploy": "main",
    }
    one = (await admin.get("/v3/stacks/branch_aliases/release")).json()["branch_alias"]
    assert (one["alias"], one["uid"], one["source"]) == ("release", "release_7", "main")


async def test_a_branch_names_its_aliases(admin: Caller) -> None:
    one = (await admin.get("/v3/stacks/branches/release_7")).json()["branch"]
    assert (one["uid"], one["source"]) == ("release_7", "main")
    assert one["alias"] == [{"uid": "release"}]
    assert one["deleted_at"] is False
    main = (await admin.get("/v3/stacks/branches/main")).json()["branch"]
    assert main["source"] == ""


@pytest.mark.parametrize(
    "path",
    [
        "/v3/environments/nowhere",
        "/v3/stacks/branches/nowhere",
        "/v3/stacks/branch_aliases/main",
        "/v3/roles/nobody",
    ],
)
async def test_what_is_not_there_is_not_found(admin: Caller, path: str) -> None:
    assert refusal(await admin.get(path)) == NOT_FOUND


async def test_a_stack_is_listed_or_fetched_by_its_key(
    sandbox: Sandbox, admin: Caller
) -> None:
    one = (await admin.get("/v3/stacks")).json()["stack"]
    listed = (await admin.get("/v3/stacks", headers={"api_key": None})).json()["stacks"]
    uid = next(iter(sandbox.world.organizations))
    by_path = (await admin.get(f"/v3/organizations/{uid}/stacks")).json()["stacks"]
    assert one == listed[0] == by_path[0]
    assert one["org_uid"] == uid
    assert [stack["settings"].get("branches") for stack in listed] == [True, None]
    organization = (await admin.get(f"/v3/organizations/{uid}")).json()["organization"]
    assert organization["name"] == "Acme"


async def test_the_people_of_a_stack_come_with_their_roles(admin: Caller) -> None:
    users = (await admin.get("/v3/stacks/users")).json()["users"]
    roles = {user["email"]: [role["name"] for role in user["roles"]] for user in users}
    assert roles == {
        "omar@example.com": [],
        "ana@example.com": ["Admin"],
        "dana@example.com": ["Developer"],
        "tess@example.com": ["Developer"],
        "chen@example.com": ["Content Manager"],
    }
    owners = [user["email"] for user in users if user.get("is_owner")]
    assert owners == ["omar@example.com"]
    stack = (await admin.get("/v3/stacks?include_collaborators=true")).json()["stack"]
    assert stack["collaborators"] == users


async def test_a_role_lists_its_users(sandbox: Sandbox, admin: Caller) -> None:
    roles = {
        role["name"]: role for role in (await admin.get("/v3/roles")).json()["roles"]
    }
    assert set(roles) == {"Admin", "Developer", "Content Manager"}
    assert roles["Admin"]["users"] == [sandbox.user("Admin").uid]
    fetched = (await admin.get(f"/v3/roles/{roles['Admin']['uid']}")).json()["role"]
    assert fetched == roles["Admin"]


async def test_the_settings_say_whether_live_preview_is_on(admin: Caller) -> None:
    settings = (await admin.get("/v3/stacks/settings")).json()["stack_settings"]
    production = (await admin.get("/v3/environments/production")).json()["environment"]
    assert settings["live_preview"] == {
        "enabled": True,
        "default-env": production["uid"],
    }
