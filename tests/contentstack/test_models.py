from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.contentstack.fakes import token_value
from tui.contentstack.models import (
    DeliveryToken,
    DeliveryTokenRequest,
    ManagementToken,
    ManagementTokenRequest,
)
from tui.contentstack.scope import Scope
from tui.secret import Secret

ALL_READ = {"module": "$all", "acl": {"read": True}}


def test_a_delivery_request_is_the_whole_token_by_names() -> None:
    request = DeliveryTokenRequest(" web ", "", Scope.of(("qa",), aliases=("release",)))
    assert request.to_api() == {
        "name": " web ",
        "description": "",
        "scope": [
            {"module": "environment", "environments": ["qa"], "acl": {"read": True}},
            {
                "module": "branch_alias",
                "branch_aliases": ["release"],
                "acl": {"read": True},
            },
        ],
    }


def test_rights_are_sent_as_they_came() -> None:
    modules = (
        {"module": "entry", "acl": {"read": True, "write": True}, "new": 1},
        {"module": "environment", "acl": {}},
    )
    request = ManagementTokenRequest("ci", scope=Scope(modules))
    assert request.access == "read+write"
    assert request.to_api()["scope"] == list(modules)


def test_a_request_without_rights_asks_for_none() -> None:
    request = ManagementTokenRequest("ci", scope=Scope.of(branches=("main",)))
    item = {"module": "branch", "branches": ["main"], "acl": {"read": True}}
    assert request.to_api()["scope"] == [item]


def test_a_token_says_of_itself_what_differs_by_its_kind() -> None:
    modules = ({"module": "environment", "acl": {"read": True}},)
    named = Scope.of(("qa",))
    delivery = DeliveryToken("1", "web", "words", named)
    management = ManagementToken(
        "2", "ci", "words", Scope(modules), email_notice=True, extra={"limit": 3}
    )
    assert (delivery.kind, delivery.as_request().kind) == ("delivery", "delivery")
    assert (management.kind, management.as_request().kind) == ("management",) * 2
    assert delivery.as_request() == DeliveryTokenRequest("web", "words", named)
    assert management.as_request().renamed("new") == ManagementTokenRequest(
        "new", "words", Scope(modules), email_notice=True, extra={"limit": 3}
    )
    assert (delivery.rights, delivery.as_request().renamed("new").rights) == ((), ())
    assert management.rights == management.as_request().rights == modules


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"acl": None},
        {"acl": []},
        {"acl": {"write": False}},
        {"acl": {"read": True}},
    ],
)
def test_no_right_to_write_is_reading(item: dict[str, Any]) -> None:
    assert ManagementToken("blt1", "ci", scope=Scope((item,))).access == "read"


def test_a_module_of_branches_without_a_list_is_a_right() -> None:
    item = {"module": "branch_alias", "acl": {"read": True, "write": True}}
    assert ManagementToken("blt1", "ci", scope=Scope((item,))).access == "read+write"
    listed = item | {"branch_aliases": []}
    assert ManagementToken("blt1", "ci", scope=Scope((listed,))).access == "read"


@pytest.mark.parametrize("given", [True, False, None, "true"])
@pytest.mark.parametrize("end", [None, date(2035, 12, 10)])
def test_exactly_one_word_is_sent_on_when_it_ends(
    given: object, end: date | None
) -> None:
    extra = {"is_never_expires": given, "expires_on": "2030-01-01"}
    sent = ManagementTokenRequest("ci", expires_on=end, extra=extra).to_api()
    said = {key: sent[key] for key in ("is_never_expires", "expires_on") if key in sent}
    assert said == ({"expires_on": "2035-12-10"} if end else {"is_never_expires": True})


def test_extra_fields_go_back_and_never_override() -> None:
    extra = {
        "rate_limit_enabled": True,
        "rate_limit": {"read": 3},
        "name": "old",
        "scope": [1],
    }
    sent = ManagementTokenRequest("new", extra=extra, email_notice=True).to_api()
    assert sent["rate_limit_enabled"] is True
    assert sent["rate_limit"] == {"read": 3}
    assert sent["name"] == "new"
    assert sent["scope"] == []
    assert sent["is_email_notification_enabled"] is True


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (date(2035, 12, 10), "2035-12-10"),
        (datetime(2035, 12, 10, 13, 30, tzinfo=UTC), "2035-12-10T13:30:00.000Z"),
        (
            datetime(2035, 12, 10, 1, tzinfo=timezone(timedelta(hours=2))),
            "2035-12-09T23:00:00.000Z",
        ),
    ],
)
def test_expiry(moment: date, sent: str) -> None:
    assert ManagementTokenRequest("x", expires_on=moment).to_api()["expires_on"] == sent


def test_prints_no_secret() -> None:
    value = token_value("7")
    delivery = DeliveryToken("blt1", "web", value=Secret(value), preview=Secret(value))
    management = ManagementToken("blt1", "ci", value=Secret(value))
    assert value not in repr(delivery) + str(management)


def test_tokens_serve_as_keys_whatever_they_carry() -> None:
    odd = ManagementToken(
        "blt1", "ci", scope=Scope.of(rights=(ALL_READ,)), extra={"a": []}
    )
    assert (
        len(
            {
                odd,
                ManagementToken("blt1", "ci"),
                DeliveryToken("blt1", "web", scope=odd.scope),
            }
        )
        == 3
    )
