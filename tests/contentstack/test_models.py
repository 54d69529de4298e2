from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.contentstack.fakes import token_value
from tui.contentstack.models import (
    Access,
    DeliveryDraft,
    DeliveryToken,
    ManagementDraft,
    ManagementToken,
    access_of,
    with_access,
)
from tui.contentstack.scope import Scope
from tui.secret import Secret

ALL_READ = {"module": "$all", "acl": {"read": True}}
ALL_WRITE = {"module": "$all", "acl": {"read": True, "write": True}}


def test_a_delivery_draft_is_the_whole_token_by_names() -> None:
    draft = DeliveryDraft(" web ", "", Scope(("qa",), aliases=("release",)))
    assert draft.to_api() == {
        "name": " web ",
        "description": "",
        "scope": [
            {"module": "environment", "environments": ["qa"], "acl": {"read": True}},
            {"module": "branch_alias", "branch_aliases": ["release"], "acl": {"read": True}},
        ],
    }


@pytest.mark.parametrize(("access", "item"), [("read", ALL_READ), ("read+write", ALL_WRITE)])
def test_a_management_draft_without_modules_asks_for_all(access: Access, item: dict[str, Any]) -> None:
    sent = ManagementDraft("ci", scope=Scope(branches=("main",)), access=access).to_api()
    assert sent["scope"] == [{"module": "branch", "branches": ["main"], "acl": {"read": True}}, item]
    assert sent["expires_on"] is None
    assert sent["is_email_notification_enabled"] is False


def test_modules_that_have_the_access_are_sent_back_unchanged() -> None:
    modules = (
        {"module": "entry", "acl": {"read": True, "write": True}, "new": 1},
        {"module": "asset", "acl": {}},
    )
    assert with_access(modules, "read+write") == modules
    draft = ManagementDraft("ci", scope=Scope(other=modules), access="read+write")
    assert draft.to_api()["scope"] == list(modules)


def test_a_change_of_access_reaches_every_module() -> None:
    modules = (
        {"module": "entry", "acl": {"read": True, "write": "true"}},
        {"module": "asset", "acl": {"read": True}},
    )
    assert access_of(modules) == "read+write"
    lowered = with_access(modules, "read")
    assert lowered == ({"module": "entry", "acl": {"read": True}}, {"module": "asset", "acl": {"read": True}})
    assert access_of(lowered) == "read"
    assert access_of(with_access(lowered, "read+write")) == "read+write"


@pytest.mark.parametrize(
    "item", [{}, {"acl": None}, {"acl": []}, {"acl": {"write": False}}, {"acl": {"read": True}}]
)
def test_no_right_to_write_is_reading(item: dict[str, Any]) -> None:
    assert access_of((item,)) == "read"


def test_extra_fields_go_back_and_never_override() -> None:
    extra = {"rate_limit_enabled": True, "rate_limit": {"read": 3}, "name": "old", "scope": []}
    sent = ManagementDraft("new", extra=extra, email_notice=True).to_api()
    assert sent["rate_limit_enabled"] is True
    assert sent["rate_limit"] == {"read": 3}
    assert sent["name"] == "new"
    assert sent["scope"] == [ALL_READ]
    assert sent["is_email_notification_enabled"] is True


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (None, None),
        (date(2035, 12, 10), "2035-12-10"),
        (datetime(2035, 12, 10, 13, 30, tzinfo=UTC), "2035-12-10T13:30:00.000Z"),
        (datetime(2035, 12, 10, 1, tzinfo=timezone(timedelta(hours=2))), "2035-12-09T23:00:00.000Z"),
    ],
)
def test_expiry(moment: date | None, sent: str | None) -> None:
    assert ManagementDraft("x", expires_on=moment).to_api()["expires_on"] == sent


def test_prints_no_secret() -> None:
    value = token_value("7")
    delivery = DeliveryToken("blt1", "web", value=Secret(value), preview=Secret(value))
    management = ManagementToken("blt1", "ci", value=Secret(value))
    assert value not in repr(delivery) + str(management)


def test_tokens_serve_as_keys_whatever_they_carry() -> None:
    odd = ManagementToken("blt1", "ci", scope=Scope(other=(ALL_READ,)), extra={"a": []})
    assert len({odd, ManagementToken("blt1", "ci"), DeliveryToken("blt1", "web", scope=odd.scope)}) == 3
