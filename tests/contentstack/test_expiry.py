"""Sending a management token's expiry in the only form that Contentstack accepts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.contentstack.fakes import Api
from tests.contentstack.test_client import MANAGEMENT, stack, token
from tui.contentstack.errors import Invalid
from tui.contentstack.models import ManagementTokenRequest

NEVER = {"is_never_expires": True}
NULL = {"expires_on": None}


def ends(app: Api) -> list[dict[str, Any]]:
    """Return what each request said about the expiry."""
    bodies = [seen.body["token"] for seen in app.seen if seen.method != "GET"]
    names = ("is_never_expires", "expires_on")
    return [{name: body[name] for name in names if name in body} for body in bodies]


REFUSALS = [
    {"errors": {"is_never_expires": ["is not allowed."]}},
    {"errors": {"token.expires_on": ["is a required field"]}},
    {"error_message": "Exactly one of expires_on and is_never_expires is required."},
]


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_never_is_said_the_other_way_where_the_one_is_refused(
    method: str, refusal: dict[str, Any]
) -> None:
    path = MANAGEMENT if method == "POST" else f"{MANAGEMENT}/blt1"
    refused = {"error_message": "Failed.", "error_code": 141, **refusal}
    app = Api().on(f"{method} {path}", (422, refused), (200, {"token": token()}))
    calls, request = stack(app), ManagementTokenRequest("ci")
    if method == "POST":
        await calls.create_management_token(request)
    else:
        await calls.update_management_token("blt1", request)
    assert ends(app) == [NEVER, NULL]


@pytest.mark.parametrize(
    ("token_request", "refusal"),
    [
        (ManagementTokenRequest("ci"), {"errors": {"name": ["is not unique."]}}),
        (ManagementTokenRequest("ci", expires_on=date(2035, 1, 1)), REFUSALS[1]),
    ],
)
async def test_other_refusals_are_not_tried_again(
    token_request: ManagementTokenRequest, refusal: dict[str, Any]
) -> None:
    refused = {"error_message": "Failed.", "error_code": 141, **refusal}
    app = Api().on(f"POST {MANAGEMENT}", (422, refused))
    with pytest.raises(Invalid):
        await stack(app).create_management_token(token_request)
    assert len(app.seen) == 1


async def test_never_that_was_passed_over_is_said_the_other_way() -> None:
    still = token(expires_on="2035-01-01")
    app = Api().on(
        f"PUT {MANAGEMENT}/blt1", (200, {"token": still}), (200, {"token": token()})
    )
    told = await stack(app).update_management_token(
        "blt1", ManagementTokenRequest("ci")
    )
    assert told.expires_on is None
    assert ends(app) == [NEVER, NULL]


async def test_a_date_is_said_once() -> None:
    came = token(expires_on="2035-01-01", is_never_expires=False)
    app = Api().on(f"GET {MANAGEMENT}/blt1", (200, {"token": came}))
    app.on(f"PUT {MANAGEMENT}/blt1", (200, {"token": came}))
    calls = stack(app)
    read = await calls.management_token("blt1")
    request = ManagementTokenRequest("ci", expires_on=read.expires_on, extra=read.extra)
    await calls.update_management_token("blt1", request)
    assert ends(app) == [{"expires_on": "2035-01-01T00:00:00.000Z"}]
