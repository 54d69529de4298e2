from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contentstack.fakes import token_value
from tui.contentstack.decoding import Model, decode, many
from tui.contentstack.errors import BadAnswer
from tui.contentstack.exchange import Answer, Call
from tui.contentstack.models import (
    Alias,
    Branch,
    DeliveryToken,
    Environment,
    ManagementToken,
    Odd,
    Organization,
    OrganizationRole,
    Person,
    Role,
    Stack,
    StackRole,
    Thing,
    User,
)
from tui.contentstack.scope import Scope, ShapeError
from tui.secret import Secret

MODELS: list[type[Thing]] = [
    Alias,
    Branch,
    DeliveryToken,
    Environment,
    ManagementToken,
    Organization,
    Person,
    Role,
    Stack,
    User,
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "uid",
                    "name",
                    "scope",
                    "token",
                    "users",
                    "urls",
                    "created_at",
                    "roles",
                    "org_uid",
                    "settings",
                    "alias",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def rows_of(model: type[Model], rows: object, key: str) -> tuple[Model | Odd, ...]:
    body = json.dumps({key: rows}).encode()
    answer = Answer(Call("GET", "https://x.invalid", "here"), 200, body)
    return many(answer, {key: rows}, key, model)


def delivery(**changes: Any) -> dict[str, Any]:
    return {
        "uid": "blt1",
        "name": "web-prod",
        "description": "d",
        "scope": [
            {
                "module": "environment",
                "environments": [{"name": "production"}],
                "acl": {"read": True},
            }
        ],
        "created_by": "blta",
        "updated_by": "bltb",
        "created_at": "2026-01-05T10:00:00.000Z",
        "updated_at": "2026-01-06T12:30:00.500+02:00",
        "token": token_value("1"),
        "preview_token": token_value("2"),
        "type": "delivery",
        "brand_new_field": {"x": [1]},
    } | changes


def test_a_delivery_token_in_full() -> None:
    assert decode(DeliveryToken, delivery(), "$.token") == DeliveryToken(
        "blt1",
        "web-prod",
        "d",
        Scope.of(("production",)),
        Secret(token_value("1")),
        Secret(token_value("2")),
        "blta",
        datetime(2026, 1, 5, 10, tzinfo=UTC),
        datetime(2026, 1, 6, 10, 30, 0, 500_000, tzinfo=UTC),
    )


def test_missing_null_and_empty_mean_the_same() -> None:
    bare = DeliveryToken("blt1", "web")
    minimal = {"uid": "blt1", "name": "web"}
    optional = (
        "description",
        "scope",
        "created_by",
        "updated_by",
        "created_at",
        "updated_at",
        "token",
    )
    assert decode(DeliveryToken, minimal, "$") == bare
    assert (
        decode(
            DeliveryToken, minimal | dict.fromkeys((*optional, "preview_token")), "$"
        )
        == bare
    )
    empty = dict.fromkeys(
        ("description", "created_at", "updated_at", "token", "preview_token"), ""
    )
    assert decode(DeliveryToken, minimal | empty, "$") == bare
    assert not bare.value


@pytest.mark.parametrize(
    "name",
    [
        " padded ",
        "[/prod]",
        "\x1b]52;c;aGk=\x07",
        "می\u200cخواهم",
        "e\u0301",
        "x" * 300,
    ],
)
def test_names_are_kept_to_the_byte(name: str) -> None:
    assert (
        decode(DeliveryToken, delivery(name=name, description=name), "$").name == name
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-05T10:00:00.000Z", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("2026-01-05T10:00:00", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("2026-01-05", datetime(2026, 1, 5, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_times(text: str | None, moment: datetime | None) -> None:
    token = decode(
        ManagementToken,
        {"uid": "a", "name": "b", "expires_on": text, "created_at": text},
        "$",
    )
    assert token.expires_on == moment
    assert token.created_at == moment
    assert moment is None or (
        token.expires_on is not None and token.expires_on.tzinfo is UTC
    )


@pytest.mark.parametrize(
    ("row", "path"),
    [
        (delivery(name=3), "$.tokens[1].name"),
        (delivery(uid=None), "$.tokens[1]"),
        (delivery(token=["x"]), "$.tokens[1].token"),
        (delivery(preview_token=True), "$.tokens[1].preview_token"),
        (delivery(description=5), "$.tokens[1].description"),
        (delivery(name="a\ud800b"), "$.tokens[1].name"),
        (delivery(token="cs\0"), "$.tokens[1].token"),
        (delivery(uid=""), "$.tokens[1].uid"),
        (
            delivery(scope=[{"module": "x", "y": {"\ud800": 1}}]),
            "$.tokens[1].scope[0].y",
        ),
        (delivery(scope="all"), "$.tokens[1].scope"),
        (
            delivery(scope=[{"module": "branch", "branches": [1]}]),
            "$.tokens[1].scope[0].branches[0]",
        ),
        ("text", "$.tokens[1]"),
        (None, "$.tokens[1]"),
    ],
)
def test_a_wrong_field_makes_an_odd_row_that_names_its_path(
    row: object, path: str
) -> None:
    good, odd = rows_of(DeliveryToken, [delivery(), row], "tokens")
    assert good == decode(DeliveryToken, delivery(), "$")
    assert isinstance(odd, Odd)
    assert (odd.place, odd.index) == (path, 1)
    assert token_value("1") not in odd.why
    odd.title.encode()


@pytest.mark.parametrize(
    "harmless",
    [
        {"created_at": "yesterday"},
        {"created_at": 1700000000},
        {"updated_at": {}},
        {"created_by": 7},
        {"created_by": "a\ud800"},
        {"brand_new_field": "\0"},
        {"updated_by": "\ud800"},
    ],
)
def test_what_is_only_shown_spoils_no_row(harmless: dict[str, Any]) -> None:
    (token,) = rows_of(DeliveryToken, [delivery(**harmless)], "tokens")
    assert isinstance(token, DeliveryToken)
    assert token.name == "web-prod"
    assert token.scope.environments == ("production",)


@pytest.mark.parametrize(
    ("row", "title", "uid"),
    [
        ({"uid": "blt9", "name": None}, "blt9", "blt9"),
        ({"_id": "blt9", "name": "web"}, "web", "blt9"),
        ({"uid": "a\ud800", "name": "a\ud800b"}, "a<U+D800>b", ""),
        ({"uid": 5}, "row 1", ""),
        (None, "row 1", ""),
        ("text", "row 1", ""),
    ],
)
def test_an_odd_row_is_called_by_what_it_has(row: object, title: str, uid: str) -> None:
    (odd,) = rows_of(DeliveryToken, [row], "tokens")
    assert isinstance(odd, Odd)
    assert (odd.title, odd.uid) == (title, uid)


def test_a_user_is_read_whatever_stands_in_the_lists_of_roles() -> None:
    roles = [
        None,
        3,
        {"name": 5},
        {"name": "\ud800"},
        {"name": "Admin", "api_key": "k"},
    ]
    user = decode(
        User,
        {"uid": "u", "email": 5, "roles": roles, "organizations": [None, {"uid": "o"}]},
        "$",
    )
    assert user.roles == (StackRole("Admin", "k"),)
    assert user.organizations == (OrganizationRole("o"),)
    assert user.email == ""


@pytest.mark.parametrize("rows", [None, {}, "x", 3])
def test_a_list_must_be_one(rows: object) -> None:
    with pytest.raises(BadAnswer) as caught:
        rows_of(Role, rows, "roles")
    assert caught.value.path == "$.roles"


@given(st.sampled_from(MODELS), JSON)
def test_any_json_is_a_model_or_a_path(model: type[Thing], raw: object) -> None:
    try:
        decoded = decode(model, raw, "$.x")
    except ShapeError as error:
        path = error.path
    else:
        assert isinstance(decoded, model)
        return
    assert path.startswith("$.x")


def test_a_key_that_is_no_unicode_is_a_wrong_shape() -> None:
    with pytest.raises(ShapeError, match="Unicode"):
        decode(Person, {"uid": "a", "\ud800": 1}, "$.user")


def test_a_management_token_in_full() -> None:
    raw = {
        "uid": "blt2",
        "name": "ci",
        "description": None,
        "scope": [
            {"module": "$all", "acl": {"read": True, "write": "true"}},
            {
                "module": "branch",
                "branches": ["main"],
                "acl": {"read": True, "write": True},
            },
        ],
        "expires_on": "2026-12-10",
        "is_email_notification_enabled": True,
        "rate_limit_enabled": True,
        "rate_limit": {"read": 5, "write": None},
        "type": "management",
        "_version": 4,
        "created_by": "blta",
    }
    token = decode(ManagementToken, raw, "$.token")
    assert token.access == "read+write"
    assert token.scope.branches == ("main",)
    assert token.expires_on == datetime(2026, 12, 10, tzinfo=UTC)
    assert token.email_notice is True
    assert token.value is None
    assert token.extra == {
        "rate_limit_enabled": True,
        "rate_limit": {"read": 5, "write": None},
    }


def test_writing_to_branches_alone_is_not_write_access() -> None:
    scope = [
        {"module": "branch", "branches": ["main"], "acl": {"write": True}},
        {"module": "$all", "acl": {"read": True}},
    ]
    assert (
        decode(ManagementToken, {"uid": "a", "name": "b", "scope": scope}, "$").access
        == "read"
    )


def test_a_user_in_full() -> None:
    raw: dict[str, Any] = {
        "uid": "blta",
        "email": "ana@example.com",
        "first_name": "Ana",
        "last_name": None,
        "org_uid": ["o1"],
        "shared_org_uid": ["o2", "o1"],
        "roles": [
            {
                "uid": "r1",
                "name": "Developer",
                "api_key": "k",
                "users": None,
                "rules": [],
            }
        ],
        "organizations": [
            {"uid": "o1", "name": "Acme", "is_owner": True},
            {
                "uid": "o2",
                "name": "Other",
                "org_roles": [{"admin": False}, {"admin": True}, None],
            },
        ],
        "authtoken": "blt" + "9" * 20,
        "tfa_status": "verified",
    }
    assert decode(User, raw, "$.user") == User(
        "blta",
        "ana@example.com",
        "Ana",
        "",
        (StackRole("Developer", "k"),),
        (OrganizationRole("o1", is_owner=True), OrganizationRole("o2", is_admin=True)),
        Secret("blt" + "9" * 20),
    )
    assert decode(User, {"uid": "a", "authtoken": ""}, "$").authtoken is None


@pytest.mark.parametrize(
    ("settings", "enabled"),
    [
        ({"branches": True}, True),
        ({"branches": False}, False),
        ({}, None),
        (None, None),
        ([], None),
    ],
)
def test_a_stack_says_whether_it_has_branches_or_does_not_say(
    settings: object, enabled: bool | None
) -> None:
    raw = {
        "uid": "s",
        "name": "Storefront",
        "api_key": "k",
        "org_uid": "o",
        "owner_uid": "u",
        "settings": settings,
    }
    assert decode(Stack, raw, "$.stack") == Stack(
        "s", "Storefront", "k", "o", "u", enabled
    )


def test_smaller_models() -> None:
    assert decode(
        Organization, {"uid": "o", "name": "Acme", "owner": True}, "$"
    ) == Organization("o", "Acme")
    assert decode(Organization, {"uid": "o", "name": None}, "$") == Organization("o")
    assert decode(
        Role, {"uid": "r", "name": "Admin", "users": ["a", "b"]}, "$"
    ).users == ("a", "b")
    assert (
        decode(
            Person, {"uid": "p", "email": "p@example.com", "first_name": None}, "$"
        ).first_name
        == ""
    )
    urls = [{"url": "https://a.example.com", "locale": "en"}, {"url": ""}, {}, None]
    assert decode(Environment, {"uid": "e", "name": "qa", "urls": urls}, "$").urls == (
        "https://a.example.com",
    )
    assert decode(Environment, {"uid": "e", "name": "qa", "urls": {}}, "$").urls == ()


def test_in_the_alias_list_uid_is_the_branch() -> None:
    rows = [
        {"uid": "main", "source": "", "alias": "release", "deleted_at": False},
        {"uid": "old", "alias": "gone", "deleted_at": "2026-01-01T00:00:00.000Z"},
        {"uid": "dev", "target_branch": "development"},
    ]
    assert rows_of(Alias, rows, "branch_aliases") == (
        Alias("release", "main"),
        Alias("dev", "development"),
    )


def test_deleted_branches_are_left_out() -> None:
    rows = [
        {
            "uid": "main",
            "source": "",
            "deleted_at": False,
            "alias": [{"uid": "release"}],
        },
        {"uid": "old", "source": "main", "deleted_at": "2026-01-01T00:00:00.000Z"},
        {"uid": "development", "source": "main"},
    ]
    assert rows_of(Branch, rows, "branches") == (
        Branch("main"),
        Branch("development", "main"),
    )
