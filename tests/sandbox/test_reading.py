"""What readers of content ask for.

Languages, fields, conditions, synchronizations, counts.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.caller import (
    INVALID,
    NO_ENVIRONMENT,
    NOT_FOUND,
    NOT_LOGGED_IN,
    Caller,
    Json,
    created,
    delivery_body,
    reader,
    refusal,
)
from tui.sandbox.service import Sandbox

ENTRIES = "/v3/content_types/page/entries"
SYNC = "/v3/stacks/sync"


@pytest.fixture
async def token(admin: Caller) -> Json:
    return await created(
        admin, delivery_body(), params={"create_with_preview_token": "true"}
    )


@pytest.fixture
def delivery(sandbox: Sandbox, token: Json) -> Caller:
    return reader(
        sandbox, "delivery", access_token=token["token"], environment="production"
    )


@pytest.fixture
def preview(sandbox: Sandbox, token: Json) -> Caller:
    return reader(sandbox, "preview", preview_token=token["preview_token"])


@pytest.mark.parametrize(
    "path",
    ["/v3/content_types/", f"{ENTRIES}/", "/v3/assets/", "/v3/content_types/page/"],
)
async def test_the_content_hosts_take_a_slash_at_the_end(
    delivery: Caller, preview: Caller, path: str
) -> None:
    without = await delivery.get(path.rstrip("/"))
    assert (await delivery.get(path)).json() == without.json()
    assert (await preview.get(path)).status_code == 200
    assert (await preview.get(path.removeprefix("/v3"))).status_code == 200


async def test_the_management_host_takes_none(admin: Caller) -> None:
    assert refusal(await admin.get("/v3/content_types/")) == (404, 404)


async def test_a_preview_needs_no_environment(preview: Caller) -> None:
    entry = (await preview.get(ENTRIES)).json()["entries"][0]
    assert "publish_details" not in entry
    assert (await preview.get(f"{ENTRIES}/{entry['uid']}")).json()["entry"] == entry
    elsewhere = await preview.get(f"{ENTRIES}?environment=staging")
    assert refusal(elsewhere) == NO_ENVIRONMENT


@pytest.mark.parametrize("path", [ENTRIES, "/v3/assets"])
async def test_a_language_without_content(delivery: Caller, path: str) -> None:
    key = path.rpartition("/")[2]
    uid = (await delivery.get(f"{path}?locale=en-us")).json()[key][0]["uid"]
    none = (await delivery.get(f"{path}?locale=zz-zz&include_count=true")).json()
    assert none == {key: [], "count": 0}
    assert refusal(await delivery.get(f"{path}/{uid}?locale=zz-zz")) == INVALID
    for query in ("locale=en-us", "locale=zz-zz&include_fallback=true"):
        assert (await delivery.get(f"{path}/{uid}?{query}")).status_code == 200
        assert len((await delivery.get(f"{path}?{query}")).json()[key]) == 1


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("only[BASE][]=title", {"uid", "title"}),
        (
            "only[BASE][]=title&only[BASE][]=url&only[BASE][]=nonsense",
            {"uid", "title", "url"},
        ),
        ("only[BASE][]=title&only[BASE][]=url&except[BASE][]=url", {"uid", "title"}),
    ],
)
async def test_fields_that_are_asked_for(
    delivery: Caller, query: str, fields: set[str]
) -> None:
    entry = (await delivery.get(f"{ENTRIES}?{query}")).json()["entries"][0]
    assert set(entry) == fields
    one = (await delivery.get(f"{ENTRIES}/{entry['uid']}?{query}")).json()["entry"]
    assert one == entry
    asset = (await delivery.get("/v3/assets?only[BASE][]=filename")).json()["assets"][0]
    assert set(asset) == {"uid", "filename"}


async def test_fields_that_are_left_out(delivery: Caller) -> None:
    whole = (await delivery.get(ENTRIES)).json()["entries"][0]
    query = "except[BASE][]=url&except[BASE][]=locale&except[BASE][]=uid"
    rest = (await delivery.get(f"{ENTRIES}?{query}")).json()["entries"][0]
    assert set(whole) - set(rest) == {"url", "locale"}


@pytest.mark.parametrize(
    ("path", "flag", "field"),
    [
        (ENTRIES, "include_branch", "_branch"),
        (ENTRIES, "include_metadata", "_metadata"),
        ("/v3/assets", "include_branch", "_branch"),
        ("/v3/assets", "include_metadata", "_metadata"),
        ("/v3/assets", "include_dimension", "dimension"),
    ],
)
async def test_fields_that_come_on_demand(
    delivery: Caller, path: str, flag: str, field: str
) -> None:
    key = path.rpartition("/")[2]
    plain = (await delivery.get(path)).json()[key][0]
    asked = (await delivery.get(f"{path}?{flag}=true")).json()[key][0]
    assert set(asked) - set(plain) == {field}


async def test_the_schema_and_the_content_type_stand_beside_entries(
    delivery: Caller,
) -> None:
    kind = (await delivery.get("/v3/content_types/page")).json()["content_type"]
    query = "include_schema=true&include_content_type=true"
    uid = (await delivery.get(ENTRIES)).json()["entries"][0]["uid"]
    for path in (ENTRIES, f"{ENTRIES}/{uid}"):
        answer = (await delivery.get(f"{path}?{query}")).json()
        assert (answer["schema"], answer["content_type"]) == (kind["schema"], kind)
        assert not {"schema", "content_type"} & set((await delivery.get(path)).json())


@pytest.mark.parametrize(
    "parameter",
    [
        "include[]",
        "include_owner",
        "include_made_up",
        "only[author][]",
        "except[author][]",
        "tags",
        "version",
    ],
)
@pytest.mark.parametrize("path", [ENTRIES, "/v3/assets", "/v3/content_types"])
async def test_what_is_not_served_is_said(
    delivery: Caller, path: str, parameter: str
) -> None:
    response = await delivery.get(path, params={parameter: "true"})
    assert refusal(response) == INVALID
    assert response.json()["errors"] == {parameter: ["is not served by the sandbox."]}


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"title": {"$regex": "^WELCOME"}}, False),
        ({"title": {"$regex": "^WELCOME", "$options": "i"}}, True),
        ({"title": {"$options": "i", "$regex": "^WELCOME"}}, True),
        ({"_version": {"$lt": 2}}, True),
        ({"_version": {"$lt": 1}}, False),
        ({"_version": {"$lte": 1}}, True),
        ({"_version": {"$gt": 0.5, "$lt": 1.5}}, True),
        ({"_version": {"$gt": 1}}, False),
        ({"_version": {"$gte": 1}}, True),
        ({"created_at": {"$lt": "2999-01-01"}}, True),
        ({"created_at": {"$lt": 7}}, False),
        ({"nothing": {"$gte": 0}}, False),
        ({"publish_details.locale": "en-us"}, True),
        ({"publish_details.locale": "zz-zz"}, False),
    ],
)
async def test_conditions(delivery: Caller, conditions: Json, found: bool) -> None:
    answer = (
        await delivery.get(ENTRIES, params={"query": json.dumps(conditions)})
    ).json()
    assert len(answer["entries"]) == found


@pytest.mark.parametrize(
    "conditions",
    [
        {"title": {"$in_query": {}}},
        {"title": {"$nin_query": {}}},
        {"title": {"$made_up": 1}},
        {"title": {"$options": "i"}},
        {"title": {"$regex": "a", "$options": "q"}},
        {"title": {"$regex": "a", "$options": 1}},
        {"title": {"$regex": "("}},
        {"$made_up": []},
    ],
)
async def test_conditions_that_are_refused(delivery: Caller, conditions: Json) -> None:
    response = await delivery.get(ENTRIES, params={"query": json.dumps(conditions)})
    assert refusal(response) == INVALID


@pytest.mark.parametrize("skip", ["1e+100", "1e100", "1E2", "9" * 400, "100"])
async def test_a_list_ends_before_a_huge_skip(
    admin: Caller, delivery: Caller, skip: str
) -> None:
    for caller, path, key in (
        (admin, "/v3/environments", "environments"),
        (delivery, ENTRIES, "entries"),
    ):
        # An escaped plus, and one that arrives as a space.
        for written in (skip.replace("+", "%2B"), skip):
            answer = await caller.get(f"{path}?limit=1&skip={written}")
            assert answer.json() == {key: []}


@pytest.mark.parametrize(
    "skip", ["nan", "inf", "1e", "e5", "1.5", "1e-3", "0x10", "1_0"]
)
async def test_what_is_no_number_is_refused(admin: Caller, skip: str) -> None:
    assert refusal(await admin.get(f"/v3/environments?skip={skip}")) == INVALID


async def test_a_negative_skip_is_none_to_the_delivery_host(
    admin: Caller, delivery: Caller
) -> None:
    assert len((await delivery.get(f"{ENTRIES}?skip=-1")).json()["entries"]) == 1
    assert refusal(await admin.get(f"{ENTRIES}?skip=-1")) == INVALID


@pytest.mark.parametrize("path", [ENTRIES, "/v3/assets"])
async def test_a_count_is_a_number_in_place_of_a_list(admin: Caller, path: str) -> None:
    key = path.rpartition("/")[2]
    assert (await admin.get(f"{path}?limit=1&skip=1e%2B100&count=true")).json() == {
        key: 1
    }
    folders = {"query": '{"is_dir":true}', "count": "true"}
    assert (await admin.get("/v3/assets", params=folders)).json() == {"assets": 0}


async def test_the_file_of_the_asset_can_be_had(admin: Caller) -> None:
    asset = (await admin.get("/v3/assets")).json()["assets"][0]
    assert asset["url"].startswith("https://sandbox/v3/assets/")
    file = await admin.get(
        asset["url"].removeprefix("https://sandbox"), headers={"authtoken": None}
    )
    assert file.headers["content-type"] == "image/svg+xml"
    assert len(file.content) == int(asset["file_size"])
    assert refusal(await admin.get("/v3/assets/blt00/blt00/logo.svg")) == INVALID


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ("content_type_uid=page", ["entry_published"]),
        ("content_type_uid=nothing", []),
        ("type=asset_published", ["asset_published"]),
        (
            "type=entry_published,asset_published",
            ["entry_published", "asset_published"],
        ),
        ("type=entry_deleted", []),
        ("start_from=2020-01-01", ["entry_published", "asset_published"]),
        ("start_from=2020-01-01T00:00:00.000Z", ["entry_published", "asset_published"]),
        ("start_from=2999-01-01T00:00:00.000Z", []),
        ("locale=en-us", ["entry_published", "asset_published"]),
        ("locale=zz-zz", []),
    ],
)
async def test_a_synchronization_brings_what_is_asked_for(
    delivery: Caller, query: str, types: list[str]
) -> None:
    answer = (await delivery.get(f"{SYNC}?init=true&{query}")).json()
    assert [item["type"] for item in answer["items"]] == types
    assert answer["total_count"] == len(types)
    assert answer["sync_token"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sync_token=blt00", "sync_token"),
        ("sync_token=", "sync_token"),
        ("pagination_token=blt00", "pagination_token"),
        ("init=true&type=made_up", "type"),
        ("init=true&start_from=tomorrow", "start_from"),
    ],
)
async def test_what_a_synchronization_refuses(
    delivery: Caller, query: str, field: str
) -> None:
    response = await delivery.get(f"{SYNC}?{query}")
    assert refusal(response) == INVALID
    assert response.json()["errors"] == {field: ["is not valid."]}


async def test_a_further_synchronization_need_not_name_its_environment(
    delivery: Caller,
) -> None:
    token = (await delivery.get(f"{SYNC}?init=true")).json()["sync_token"]
    nowhere: dict[str, Any] = {"environment": None}
    answer = await delivery.get(f"{SYNC}?sync_token={token}", headers=nowhere)
    assert answer.json()["items"] == []
    elsewhere = await delivery.get(f"{SYNC}?sync_token={token}&environment=staging")
    assert refusal(elsewhere) == NO_ENVIRONMENT


@pytest.mark.parametrize(
    "name",
    ["extensions", "webhooks", "taxonomies", "global_fields", "workflows", "labels"],
)
async def test_modules_that_hold_nothing(admin: Caller, name: str) -> None:
    response = await admin.get(f"/v3/{name}?include_count=true&asc=updated_at")
    assert response.json() == {name: [], "count": 0}
    stranger = await admin.get(f"/v3/{name}", headers={"authtoken": "blt00"})
    assert refusal(stranger) == NOT_LOGGED_IN


async def test_the_language_of_a_stack(admin: Caller) -> None:
    locales = (await admin.get("/v3/locales?include_count=true")).json()
    assert (locales["count"], locales["locales"][0]["code"]) == (1, "en-us")
    assert locales["locales"][0]["fallback_locale"] is None
    assert (await admin.get("/v3/locales/en-us")).json()["locale"] == locales[
        "locales"
    ][0]
    assert refusal(await admin.get("/v3/locales/zz-zz")) == NOT_FOUND
