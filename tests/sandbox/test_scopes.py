"""The scopes of management tokens.

Rights to modules, with optional names.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.caller import (
    BRANCH,
    INVALID,
    MANAGEMENT,
    NO_BRANCH,
    Caller,
    Json,
    as_role,
    created,
    management_body,
    reader,
    refusal,
)
from tests.support.clock import clock
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox

READ: Json = {"acl": {"read": True}}
WRITE: Json = {"acl": {"read": True, "write": True}}
MEASURED = [
    "content_type",
    "entry",
    "asset",
    "environment",
    "locale",
    "global_field",
    "webhook",
    "workflow",
    "release",
    "label",
    "extension",
    "role",
]


def without_uids(scope: list[Json]) -> list[Json]:
    """Return a scope as it was sent: a response adds each item's uid."""
    return [
        {key: value for key, value in item.items() if key != "_metadata"}
        for item in scope
    ]


@pytest.mark.parametrize(
    "scope",
    [
        # As csdx's own automation has it.
        [*({"module": each, **WRITE} for each in (*MEASURED, "branch_alias")), BRANCH],
        [{"module": "environment", **WRITE}, BRANCH],
        [{"module": "branch_alias", "branch_aliases": [], **READ}, BRANCH],
        [{"module": "branch_alias", **READ}, BRANCH],
        [BRANCH, {"module": "entry", **READ}],
        [{"module": "content_type", "branches": ["main"], **WRITE}],
        [{"module": "entry", "branch_aliases": ["release"], **READ}],
        [
            {
                "module": "entry",
                "content_types": ["page"],
                "note": {"a": [None]},
                **READ,
            },
            BRANCH,
        ],
        [{"module": "entry", "acl": {"read": True, "publish": 3}}, BRANCH],
        [{**BRANCH, "branches": ["main", "development", "main"]}],
    ],
)
async def test_a_scope_is_kept_as_it_came(admin: Caller, scope: list[Json]) -> None:
    made = await created(admin, management_body(scope=scope), MANAGEMENT)
    assert without_uids(made["scope"]) == scope
    assert all(item["_metadata"]["uid"].startswith("cs") for item in made["scope"])
    fetched = await admin.get(f"{MANAGEMENT}/{made['uid']}")
    assert fetched.json()["token"]["scope"] == made["scope"]
    body = management_body("renamed", scope=made["scope"])
    changed = await admin.put(f"{MANAGEMENT}/{made['uid']}", json=body)
    assert changed.json()["token"]["scope"] == made["scope"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)
NOT_MEANT = {"module", "acl", "environments", "branches", "branch_aliases", "_metadata"}
UNKNOWN = st.dictionaries(
    st.text(max_size=8).filter(lambda key: key not in NOT_MEANT), VALUES, max_size=3
)


@st.composite
def items(draw: st.DrawFn) -> Json:
    """Return an item with any rights, unknown members, and lists in any module."""
    acl = draw(
        st.sampled_from(
            [{"read": True}, {"read": True, "write": True}, {"write": False}]
        )
    )
    lists = draw(
        st.dictionaries(
            st.sampled_from(["branches", "branch_aliases"]),
            st.sampled_from([[], ["$all"]]),
        )
    )
    return {
        "module": draw(st.sampled_from(MEASURED)),
        "acl": acl,
        **lists,
        **draw(UNKNOWN),
    }


@settings(max_examples=40, deadline=None)
@given(scope=st.lists(items(), max_size=5))
async def test_any_scope_is_kept_as_it_came(scope: list[Json]) -> None:
    admin = as_role(Sandbox.demo(now=clock))
    made = await created(admin, management_body(scope=[*scope, BRANCH]), MANAGEMENT)
    assert without_uids(made["scope"]) == [*scope, BRANCH]


async def test_names_of_environments_become_what_answers_show(admin: Caller) -> None:
    named = {"module": "environment", "environments": ["production"], **READ}
    made = await created(admin, management_body(scope=[named, BRANCH]), MANAGEMENT)
    environment = (await admin.get("/v3/environments/production")).json()["environment"]
    assert made["scope"][0]["environments"] == [environment]


@pytest.mark.parametrize("right", ["true", "True", True])
async def test_a_text_for_a_right_is_read_as_one(admin: Caller, right: Any) -> None:
    scope = [{"module": "content_type", "acl": {"read": right}, "branches": ["main"]}]
    made = await created(admin, management_body(scope=scope), MANAGEMENT)
    assert made["scope"][0]["acl"] == {"read": True}


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        *(
            ([{"module": each, **READ}, BRANCH], "scope.module")
            for each in (
                "taxonomy",
                "delivery_token",
                "audit_log",
                "publish_queue",
                "stack",
                "made_up",
            )
        ),
        ([{"module": "content_type", **READ}], "scope.branch_or_alias"),
        ([{"module": "branch_alias", **READ}], "scope.branch_or_alias"),
        ([{"module": "content_type", "branches": [], **READ}], "scope.branch_or_alias"),
        (
            [{"module": "content_type", "branches": ["nowhere"], **READ}],
            "scope.branches",
        ),
        ([{"module": "branch", **READ}], "scope.branches"),
        ([{"module": "branch", "branches": [], **READ}], "scope.branches"),
        ([{"module": "branch", "branches": ["*"], **READ}], "scope.branches"),
        (
            [{"module": "environment", "environments": ["nowhere"], **READ}, BRANCH],
            "scope.environments",
        ),
        ([{"module": "entry", "acl": {}}, BRANCH], "scope.acl"),
        ([{"module": "entry", "acl": {"read": "maybe"}}, BRANCH], "scope.acl"),
    ],
)
async def test_scopes_that_are_refused(
    admin: Caller, scope: list[Json], field: str
) -> None:
    response = await admin.post(MANAGEMENT, json=management_body(scope=scope))
    assert refusal(response) == INVALID
    assert field in response.json()["errors"]


def shop(**fields: Any) -> Caller:
    stack = {
        "name": "Shop",
        "environments": ["production"],
        "branches": ["main"],
        **fields,
    }
    return as_role(Sandbox.from_seed(seed_from({"stacks": [stack]}), clock), "Owner")


async def test_a_seeded_scope_is_shown_as_it_is_and_its_modules_are_known() -> None:
    scope = [
        {
            "module": "tomorrow",
            "acl": {"read": True, "sing": 1},
            "lists": [None, {"a": 1}],
        },
        {"module": "environment", "environments": ["production", "gone", 7], **READ},
        "an item as text",
    ]
    owner = shop(management_tokens=[{"name": "later", "scope": scope}])
    token = (await owner.get(MANAGEMENT)).json()["tokens"][0]
    environment = (await owner.get("/v3/environments/production")).json()["environment"]
    shown = {"module": "environment", "environments": [environment, "gone", 7], **READ}
    assert token["scope"] == [scope[0], shown, scope[2]]
    again = management_body(scope=[scope[0], BRANCH])
    token = await created(owner, again, MANAGEMENT)
    assert without_uids(token["scope"]) == again["token"]["scope"]


async def test_seeded_modules_have_no_lists() -> None:
    token = {
        "name": "ci",
        "modules": ["environment", "branch_alias"],
        "branches": ["main"],
    }
    shown = (await shop(management_tokens=[token]).get(MANAGEMENT)).json()["tokens"][0]
    assert without_uids(shown["scope"]) == [
        {"module": "environment", **READ},
        {"module": "branch_alias", **READ},
        {**BRANCH},
    ]


async def test_a_token_with_its_branches_inside_a_module_reads_them(
    sandbox: Sandbox, admin: Caller
) -> None:
    scope = [{"module": "content_type", "branches": ["development"], **READ}]
    value = (await created(admin, management_body(scope=scope), MANAGEMENT))["token"]
    caller = reader(sandbox, "management", authorization=value)
    path = "/v3/content_types/page/entries"
    own = await caller.get(path, headers={"branch": "development"})
    assert own.status_code == 200
    assert refusal(await caller.get(path)) == NO_BRANCH


NEVER = {"is_never_expires": True}


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        ({"expires_on": None}, True),
        ({"expires_on": "2030-01-01"}, True),
        (NEVER, True),
        ({"expires_on": None, **NEVER}, True),
        ({"expires_on": "2030-01-01", "is_never_expires": False}, True),
        ({"expires_on": "2030-01-01", **NEVER}, False),
        ({"is_never_expires": "yes"}, False),
    ],
)
@pytest.mark.parametrize("required", [False, True])
async def test_what_is_said_of_the_expiry(
    fields: Json, accepted: bool, required: bool
) -> None:
    owner = shop(limits={"expiry_required": required})
    response = await owner.post(MANAGEMENT, json=management_body(**fields))
    if not accepted:
        assert refusal(response) == INVALID
        assert "is_never_expires" in response.json()["errors"]
        return
    token = response.json()["token"]
    assert token["expires_on"] == fields.get("expires_on")
    assert token.get("is_never_expires") == fields.get("is_never_expires")


@pytest.mark.parametrize("fields", [{}, {"is_never_expires": False}])
async def test_saying_nothing_of_the_expiry_is_never_unless_it_is_required(
    fields: Json,
) -> None:
    body = management_body(**fields)
    assert (await created(shop(), body, MANAGEMENT))["expires_on"] is None
    response = await shop(limits={"expiry_required": True}).post(MANAGEMENT, json=body)
    assert refusal(response) == INVALID
    assert response.json()["errors"] == {"expires_on": ["is a required field"]}


async def test_the_demo_holds_a_token_with_rights_to_some_modules(
    admin: Caller,
) -> None:
    tokens = (await admin.get(MANAGEMENT)).json()["tokens"]
    scope = next(
        token["scope"] for token in tokens if token["name"] == "translation-sync"
    )
    modules = without_uids(scope)[:-1]
    assert {"module": "environment", **WRITE} in modules
    assert {"module": "branch_alias", **WRITE} in modules
    assert all(item.keys() == {"module", "acl"} for item in modules)
