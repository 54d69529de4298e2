"""Each method of the client against a scripted API.

What it asks, and how it reads the answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.contentstack.fakes import (
    API_KEY,
    AUTHTOKEN,
    CREDENTIAL,
    Api,
    line,
    token_value,
)
from tui.contentstack.client import Client, StackClient
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import (
    BadAnswer,
    ContentstackError,
    EnvironmentRefused,
    Invalid,
    LoginRefused,
    NotAllowed,
    NotContentstack,
    NotFound,
    PlanLacks,
    SecondFactorNeeded,
    ServerFailed,
    SignedOut,
    StackNotFound,
)
from tui.contentstack.models import (
    Alias,
    Branch,
    DeliveryTokenRequest,
    Environment,
    ManagementTokenRequest,
    Organization,
    Person,
    Role,
    Stack,
)
from tui.contentstack.scope import Scope
from tui.secret import Secret

DELIVERY = "/stacks/delivery_tokens"
MANAGEMENT = "/stacks/management_tokens"
ALL_WRITE = {"module": "$all", "acl": {"read": True, "write": True}}
DRAFT = DeliveryTokenRequest("web", "", Scope.of(("qa",), ("main",)))
STACK = {"uid": "s", "name": "Storefront", "api_key": API_KEY}
NOT_ALLOWED = (
    403,
    {
        "error_message": "You don't have the permission to do this operation.",
        "error_code": 316,
    },
)


def client(app: Api) -> Client:
    return Client(line(app).transport, CREDENTIAL)


def stack(app: Api, organization: str | None = None) -> StackClient:
    return client(app).stack(API_KEY, organization)


def token(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "uid": f"blt{number}",
        "name": f"web-{number}",
        "token": token_value("1"),
        "scope": [],
    } | changes


def pages(
    rows: list[dict[str, Any]], key: str, *, size: int = 100, count: bool = True
) -> Callable[..., Any]:
    """Return an application that supports `skip` and sends `size` rows at a time."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        query = dict(
            pair.split("=") for pair in scope["query_string"].decode().split("&")
        )
        skip, limit = int(query["skip"]), min(int(query["limit"]), size)
        body: dict[str, Any] = {key: rows[skip : skip + limit]}
        if count:
            body["count"] = len(rows)
        api = Api().on(f"GET {scope['path'].removeprefix('/v3')}", (200, body))
        await api(scope, receive, send)

    return app


# Signing in and out


async def test_log_in_sends_no_credential_and_brings_one() -> None:
    app = Api().on(
        "POST /user-session", (200, {"user": {"uid": "blta", "authtoken": AUTHTOKEN}})
    )
    user = await client(app).log_in(
        "ana@example.com", Secret("hunter22"), Secret("123456")
    )
    assert user.authtoken == Secret(AUTHTOKEN)
    assert app.seen[0].body == {
        "user": {
            "email": "ana@example.com",
            "password": "hunter22",
            "tfa_token": "123456",
        }
    }
    assert not {"authtoken", "authorization", "api_key"} & set(app.seen[0].headers)


async def test_log_in_without_a_code_sends_none() -> None:
    body = {
        "error_message": "Second factor",
        "error_code": 294,
        "errors": [],
        "tfa_type": "sms",
    }
    app = Api().on("POST /user-session", (401, body), (422, body))
    for _ in range(2):
        with pytest.raises(SecondFactorNeeded):
            await client(app).log_in("ana@example.com", Secret("hunter22"))
    assert app.seen[0].body["user"] == {
        "email": "ana@example.com",
        "password": "hunter22",
    }


@pytest.mark.parametrize(
    "reply",
    [
        (
            422,
            {
                "error_message": "Looks like your email or password is invalid.",
                "error_code": 104,
            },
        ),
        (401, {"error_message": "Invalid verification code", "error_code": 295}),
        (
            422,
            {
                "error_message": "The current Totp has already been Used",
                "error_code": 1040,
            },
        ),
        (401, {"error_message": "No.", "error_code": 7}),
        (403, {"error_message": "No."}),
    ],
)
async def test_every_refusal_to_sign_in_is_one(reply: Any) -> None:
    with pytest.raises(LoginRefused, match="refused the sign-in") as caught:
        await client(Api().on("POST /user-session", reply)).log_in(
            "ana@example.com", Secret("hunter22")
        )
    assert caught.value.status == reply[0]
    assert "hunter22" not in str(caught.value)


async def test_a_sign_in_without_authtoken_points_to_single_sign_on() -> None:
    app = Api().on("POST /user-session", (200, {"user": {"uid": "blta"}}))
    with pytest.raises(LoginRefused, match="SSO"):
        await client(app).log_in("ana@example.com", Secret("hunter22"))


async def test_log_out_and_sms() -> None:
    app = Api().on(
        "DELETE /user-session", (200, {"notice": "You've logged out successfully!"})
    )
    app.on("POST /user/request_token_sms", (200, {}))
    assert await client(app).log_out() == "You've logged out successfully!"
    assert await client(app).request_sms("ana@example.com", Secret("hunter22")) == ""
    assert app.seen[0].headers["authtoken"] == AUTHTOKEN
    assert app.seen[1].body == {
        "user": {"email": "ana@example.com", "password": "hunter22"}
    }
    assert "authtoken" not in app.seen[1].headers


# Organizations, stacks, people


async def test_current_user_asks_for_organizations_and_roles() -> None:
    app = Api().on(
        "GET /user", (200, {"user": {"uid": "blta", "email": "ana@example.com"}})
    )
    assert (await client(app).current_user()).email == "ana@example.com"
    assert app.seen[0].query == {"include_orgs": "true", "include_orgs_roles": "true"}


async def test_organizations_and_stacks() -> None:
    app = Api().on(
        "GET /organizations",
        (
            200,
            {
                "organizations": [{"uid": "o", "name": "Acme", "owner": True}],
                "count": 1,
            },
        ),
    )
    app.on(
        "GET /stacks",
        (
            200,
            {
                "stacks": [{"uid": "s", "name": "Storefront", "api_key": "k"}],
                "count": 1,
            },
        ),
    )
    assert await client(app).organizations() == (Organization("o", "Acme"),)
    assert await client(app).stacks("o") == (Stack("s", "Storefront", "k"),)
    assert await client(app).stacks() == (Stack("s", "Storefront", "k"),)
    assert [seen.headers.get("organization_uid") for seen in app.seen] == [
        None,
        "o",
        None,
    ]
    assert all("api_key" not in seen.headers for seen in app.seen)


async def test_a_session_of_oauth_reads_the_stacks_of_its_organization() -> None:
    app = Api().on(
        "GET /organizations", (200, {"organizations": [{"uid": "o"}], "count": 1})
    )
    app.on("GET /stacks", (200, {"stacks": [STACK], "count": 1}))
    oauth = Client(line(app).transport, Credential("bearer", Secret("abc.def")))
    assert await oauth.stacks() == (Stack("s", "Storefront", API_KEY),)
    assert [seen.headers.get("organization_uid") for seen in app.seen] == [None, "o"]


async def test_one_stack_names_its_organization_where_that_is_known() -> None:
    app = Api().on(
        "GET /stacks",
        (200, {"stack": {"uid": "s", "name": "Storefront", "api_key": API_KEY}}),
    )
    assert (await stack(app, "o").stack()).name == "Storefront"
    assert app.seen[0].headers["api_key"] == API_KEY
    assert app.seen[0].headers["organization_uid"] == "o"


async def test_users() -> None:
    people = {
        "users": [{"uid": "blta", "email": "ana@example.com", "first_name": "Ana"}]
    }
    app = Api().on("GET /stacks/users", (200, people), (200, {"stack": 1}))
    assert await stack(app).users() == (Person("blta", "ana@example.com", "Ana"),)
    with pytest.raises(BadAnswer, match=r"\$\.users, missing"):
        await stack(app).users()


async def test_roles_environments_branches_aliases() -> None:
    app = Api().on(
        "GET /roles",
        (200, {"roles": [{"uid": "r", "name": "Admin", "users": ["blta"]}]}),
    )
    app.on(
        "GET /environments",
        (200, {"environments": [{"uid": "e", "name": "qa", "urls": []}]}),
    )
    app.on(
        "GET /stacks/branches", (200, {"branches": [{"uid": "dev", "source": "main"}]})
    )
    app.on(
        "GET /stacks/branch_aliases",
        (200, {"branch_aliases": [{"uid": "main", "alias": "live"}]}),
    )
    calls = stack(app)
    assert await calls.roles() == (Role("r", "Admin", ("blta",)),)
    assert await calls.environments() == (Environment("e", "qa"),)
    assert await calls.branches() == (Branch("dev", "main"),)
    assert await calls.aliases() == (Alias("live", "main"),)
    assert all(seen.headers["api_key"] == API_KEY for seen in app.seen)
    assert all("organization_uid" not in seen.headers for seen in app.seen)


@pytest.mark.parametrize(
    "reply",
    [
        (422, {"error_message": "Branches are not enabled.", "error_code": 141}),
        (404, {"error_message": "No."}),
        (400, {"error_message": "No."}),
        (422, {"error_message": "No.", "error_code": 600}),
        (200, {}),
        (200, {"branches": {}, "branch_aliases": "none"}),
        (200, {"branches": [], "branch_aliases": []}),
    ],
)
async def test_a_stack_without_branches_has_none(reply: Any) -> None:
    for settings in ({}, {"settings": {"branches": False}}):
        app = (
            Api()
            .on("GET /stacks/branches", reply)
            .on("GET /stacks/branch_aliases", reply)
        )
        app.on("GET /stacks", (200, {"stack": STACK | settings}))
        assert await stack(app).branches() == ()
        assert await stack(app).aliases() == ()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ((422, {"error_message": "No.", "error_code": 141}), Invalid),
        ((404, {"error_message": "No."}), NotFound),
        ((422, {"error_message": "No.", "error_code": 600}), PlanLacks),
        ((200, {}), BadAnswer),
    ],
)
async def test_where_the_stack_says_it_has_branches_a_refusal_is_one(
    reply: Any, kind: type[ContentstackError]
) -> None:
    app = Api().on("GET /stacks/branches", reply)
    app.on("GET /stacks", (200, {"stack": STACK | {"settings": {"branches": True}}}))
    with pytest.raises(kind):
        await stack(app).branches()


async def test_where_the_stack_cannot_be_read_nothing_is_concluded() -> None:
    app = Api().on(
        "GET /stacks/branches", (404, {"error_code": 141, "error_message": "No."})
    )
    app.on("GET /stacks", NOT_ALLOWED)
    with pytest.raises(NotAllowed):
        await stack(app).branches()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ((401, {"error_code": 105}), SignedOut),
        ((401, {"error_code": 161}), EnvironmentRefused),
        (NOT_ALLOWED, NotAllowed),
        ((412, {"error_code": 109}), StackNotFound),
        ((500, {"error_message": "No."}), ServerFailed),
        ((500, {}), NotContentstack),
        ((404, {}), NotContentstack),
        ((400, b""), NotContentstack),
        ((200, b"<html>"), NotContentstack),
    ],
)
async def test_but_other_errors_are_errors(reply: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await stack(Api().on("GET /stacks/branches", reply)).branches()


# Lists


@pytest.mark.parametrize("total", [0, 1, 99, 100, 101, 250, 300])
@pytest.mark.parametrize("count", [True, False])
async def test_lists_are_read_to_their_end(total: int, count: bool) -> None:
    rows = [token(number) for number in range(total)]
    wire = line(pages(rows, "tokens", count=count))
    found = await Client(wire.transport, CREDENTIAL).stack(API_KEY).delivery_tokens()
    assert [each.name for each in found] == [f"web-{number}" for number in range(total)]


async def test_a_smaller_page_than_asked_for_is_not_the_end_while_more_is_counted() -> (
    None
):
    wire = line(pages([token(number) for number in range(60)], "tokens", size=25))
    assert (
        len(await Client(wire.transport, CREDENTIAL).stack(API_KEY).management_tokens())
        == 60
    )


@pytest.mark.parametrize("total", [0, 1, 25, 60])
async def test_nor_where_nothing_is_counted(total: int) -> None:
    wire = line(
        pages(
            [token(number) for number in range(total)], "tokens", size=25, count=False
        )
    )
    assert (
        len(await Client(wire.transport, CREDENTIAL).stack(API_KEY).delivery_tokens())
        == total
    )


async def test_a_server_that_knows_no_skip_ends_the_list_too() -> None:
    rows = [token(number) for number in range(150)]
    app = Api().on(f"GET {DELIVERY}", (200, {"tokens": rows}))
    assert len(await stack(app).delivery_tokens()) == 150
    assert len(app.seen) == 2


@pytest.mark.parametrize("count", [10_000, -1, "many", None, True, 0])
async def test_a_count_that_is_wrong_neither_loops_nor_loses(count: object) -> None:
    rows = [token(number) for number in range(3)]
    app = Api().on(
        f"GET {DELIVERY}",
        (200, {"tokens": rows, "count": count}),
        (200, {"tokens": [], "count": count}),
    )
    assert len(await stack(app).delivery_tokens()) == 3
    assert len(app.seen) <= 2


async def test_what_a_page_of_tokens_is_asked_with() -> None:
    app = (
        Api()
        .on(f"GET {DELIVERY}", (200, {"tokens": []}))
        .on(f"GET {MANAGEMENT}", (200, {"tokens": []}))
    )
    await stack(app).delivery_tokens()
    await stack(app).management_tokens()
    paging = {"limit": "100", "skip": "0", "include_count": "true"}
    assert app.seen[0].query == paging | {"include_preview_token": "true"}
    assert app.seen[1].query == paging


async def test_an_odd_row_is_named_by_its_place_and_hides_no_other() -> None:
    rows = [token(1), token(2, name=7), None, token(4)]
    app = Api().on(f"GET {DELIVERY}", (200, {"tokens": rows, "count": 4}))
    found = await stack(app).delivery_tokens()
    assert [each.uid for each in found] == ["blt1", "blt4"]
    assert [(odd.uid, odd.place, odd.index) for odd in found.odd] == [
        ("blt2", "$.tokens[1].name", 1),
        ("", "$.tokens[2]", 2),
    ]
    assert found.odd[0].why == "expected `str`, got `int` (at $.tokens[1].name)"
    assert not found.cut


@pytest.mark.parametrize(
    "odd", [{"name": 5}, None, {"uid": "x", "deleted_at": "2026-01-05"}]
)
@pytest.mark.parametrize("count", [True, False])
async def test_pages_without_a_good_row_do_not_end_a_list(
    odd: Any, count: bool
) -> None:
    rows = [{**odd, "n": number} if odd else odd for number in range(250)]
    if not count:
        rows = [{"name": number} for number in range(250)]
    wire = line(pages([*rows, token(1)], "tokens", count=count))
    found = await Client(wire.transport, CREDENTIAL).stack(API_KEY).delivery_tokens()
    assert [each.uid for each in found] == ["blt1"]


async def test_odd_rows_of_a_server_that_knows_no_skip_are_taken_once() -> None:
    rows = [None, token(1), None, token(2, name=5), token(2, name=5)]
    app = Api().on(f"GET {DELIVERY}", (200, {"tokens": rows}))
    found = await stack(app).delivery_tokens()
    assert len(found) == 1
    assert [odd.uid for odd in found.odd] == ["", "", "blt2"]
    assert len(app.seen) == 2


async def test_a_uid_that_is_odd_on_one_page_and_good_on_another_is_good() -> None:
    rows = [token(1, name=5), *(token(number) for number in range(2, 120)), token(1)]
    found = await stack(pages(rows, "tokens")).delivery_tokens()  # type: ignore[arg-type]
    assert len(found) == 119
    assert found.odd == ()


def endless(key: str, calls: list[int]) -> Callable[..., Any]:
    """Return an application whose list never ends."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        query = dict(
            pair.split("=") for pair in scope["query_string"].decode().split("&")
        )
        start = int(query["skip"])
        calls.append(start)
        rows = [token(number) for number in range(start, start + 100)]
        api = Api().on(f"GET {DELIVERY}", (200, {key: rows, "count": 10**9}))
        await api(scope, receive, send)

    return app


async def test_a_list_that_never_ends_is_read_to_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.contentstack.client.MOST_ROWS", 500)
    calls: list[int] = []
    found = await stack(endless("tokens", calls)).delivery_tokens()  # type: ignore[arg-type]
    assert len(found) == 500
    assert str(found.cut) == "only the first 500 rows were read"
    assert calls == [0, 100, 200, 300, 400]


async def test_a_list_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.contentstack.client.MOST_SECONDS", 1.0)
    calls: list[int] = []
    app = endless("tokens", calls)

    async def stalls(scope: Any, receive: Any, send: Any) -> None:
        if len(calls) == 2:
            await asyncio.Event().wait()
        await app(scope, receive, send)

    found = await stack(stalls).delivery_tokens()  # type: ignore[arg-type]
    assert len(found) == 200
    assert "reading stopped" in str(found.cut)


# Delivery tokens


@pytest.mark.parametrize("body", [{"token": token()}, {"tokens": [token()]}])
async def test_one_token_in_either_envelope(body: object) -> None:
    app = Api().on(f"GET {DELIVERY}/blt1", (200, body))
    found = await stack(app).delivery_token("blt1")
    assert found.value == Secret(token_value("1"))
    assert app.seen[0].query == {"include_preview_token": "true"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": None},
        {"tokens": []},
        {"tokens": [token(), token(2)]},
        {"token": 3},
    ],
)
async def test_no_token_is_a_bad_answer(body: object) -> None:
    with pytest.raises(BadAnswer) as caught:
        await stack(Api().on(f"GET {DELIVERY}/blt1", (200, body))).delivery_token(
            "blt1"
        )
    assert caught.value.path == "$.token"


async def test_create_with_preview() -> None:
    app = Api().on(
        f"POST {DELIVERY}", (201, {"token": token(preview_token=token_value("2"))})
    )
    made = await stack(app).create_delivery_token(DRAFT, with_preview=True)
    assert made.preview == Secret(token_value("2"))
    assert app.seen[0].query == {"create_with_preview_token": "true"}
    assert app.seen[0].body == {"token": DRAFT.to_api()}
    assert len(app.seen) == 1


async def test_create_without_preview_reads_nothing_back() -> None:
    app = Api().on(f"POST {DELIVERY}", (201, {"token": token()}))
    made = await stack(app).create_delivery_token(DRAFT, with_preview=False)
    assert made.preview is None
    assert app.seen[0].query == {}
    assert len(app.seen) == 1


async def test_a_preview_token_that_the_create_keeps_back_is_read() -> None:
    app = Api().on(f"POST {DELIVERY}", (201, {"token": token()}))
    app.on(
        f"GET {DELIVERY}/blt1", (200, {"token": token(preview_token=token_value("2"))})
    )
    made = await stack(app).create_delivery_token(DRAFT, with_preview=True)
    assert made.preview == Secret(token_value("2"))


@pytest.mark.parametrize(
    "reply",
    [
        (200, {"token": token()}),
        (500, {}),
        (404, {}),
        (200, b"<html>"),
        (200, {"token": {"uid": 1}}),
        (401, {}),
    ],
)
async def test_a_token_made_is_not_lost_where_reading_it_back_fails(reply: Any) -> None:
    app = (
        Api()
        .on(f"POST {DELIVERY}", (201, {"token": token()}))
        .on(f"GET {DELIVERY}/blt1", reply)
    )
    made = await stack(app).create_delivery_token(DRAFT, with_preview=True)
    assert (made.uid, made.value, made.preview) == (
        "blt1",
        Secret(token_value("1")),
        None,
    )


async def test_a_create_that_tells_nothing_leaves_it_in_doubt() -> None:
    with pytest.raises(BadAnswer) as caught:
        await stack(
            Api().on(f"POST {DELIVERY}", (201, {"notice": "ok"}))
        ).create_delivery_token(DRAFT, with_preview=False)
    assert caught.value.may_have_happened


async def test_update_sends_the_whole_token_and_answers_with_the_servers() -> None:
    app = Api().on(
        f"PUT {DELIVERY}/blt1", (200, {"notice": "ok", "token": token(name="as kept")})
    )
    updated = await stack(app).update_delivery_token("blt1", DRAFT)
    assert updated.name == "as kept"
    assert app.seen[0].body == {"token": DRAFT.to_api()}


async def test_an_update_that_answers_with_a_notice_alone_is_read_back() -> None:
    app = (
        Api()
        .on(f"PUT {DELIVERY}/blt1", (200, {"notice:": "ok"}))
        .on(f"GET {DELIVERY}/blt1", (200, {"token": token()}))
    )
    assert (await stack(app).update_delivery_token("blt1", DRAFT)).name == "web-1"
    app = (
        Api()
        .on(f"PUT {MANAGEMENT}/blt1", (200, {}))
        .on(f"GET {MANAGEMENT}/blt1", (200, {"token": token()}))
    )
    assert (
        await stack(app).update_management_token("blt1", ManagementTokenRequest("x"))
    ).name == "web-1"


async def test_an_update_whose_reading_back_fails_is_in_doubt() -> None:
    app = (
        Api()
        .on(f"PUT {DELIVERY}/blt1", (200, {}))
        .on(f"GET {DELIVERY}/blt1", (500, {}))
    )
    app.on(f"POST {DELIVERY}/blt1/preview_token", (201, {}))
    for write in (
        stack(app).update_delivery_token("blt1", DRAFT),
        stack(app).create_preview_token("blt1"),
    ):
        with pytest.raises(BadAnswer) as caught:
            await write
        assert caught.value.may_have_happened


async def test_deletes() -> None:
    app = Api().on(f"DELETE {DELIVERY}/blt1", (200, {"notice": "Deleted."}))
    app.on(
        f"DELETE {DELIVERY}/blt1/preview_token",
        (200, {"notice:": "Preview token deleted."}),
    )
    app.on(f"DELETE {MANAGEMENT}/blt1", (200, {"notice": ""}))
    calls = stack(app)
    await calls.delete_delivery_token("blt1")
    await calls.delete_preview_token("blt1")
    await calls.delete_management_token("blt1")
    assert [(seen.method, seen.query, seen.raw) for seen in app.seen] == [
        ("DELETE", {}, b"")
    ] * 3


@pytest.mark.parametrize("body", [{}, {"error": "blocked"}, {"status": "ok"}])
async def test_success_that_tells_of_nothing_done_is_in_doubt(body: object) -> None:
    app = Api().on(f"DELETE {DELIVERY}/blt1", (200, body))
    app.on("DELETE /user-session", (200, body))
    writes = stack(app).delete_delivery_token("blt1"), client(app).log_out()
    for write in writes:
        with pytest.raises(BadAnswer, match="missing") as caught:
            await write
        assert caught.value.may_have_happened


async def test_a_delete_that_is_refused_with_a_good_status_is_refused() -> None:
    app = Api().on(
        f"DELETE {DELIVERY}/blt1", (200, {"error_code": 141, "error_message": "No."})
    )
    with pytest.raises(Invalid):
        await stack(app).delete_delivery_token("blt1")


async def test_create_preview_token_sends_an_empty_object() -> None:
    app = Api().on(
        f"POST {DELIVERY}/blt1/preview_token",
        (201, {"token": token(preview_token=token_value("2"))}),
    )
    assert (await stack(app).create_preview_token("blt1")).preview == Secret(
        token_value("2")
    )
    assert app.seen[0].body == {}
    assert app.seen[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize("body", [{"notice": "ok"}, {"token": token()}])
async def test_create_preview_token_reads_back_what_was_not_told(body: object) -> None:
    app = Api().on(f"POST {DELIVERY}/blt1/preview_token", (201, body))
    app.on(
        f"GET {DELIVERY}/blt1", (200, {"token": token(preview_token=token_value("2"))})
    )
    assert (await stack(app).create_preview_token("blt1")).preview == Secret(
        token_value("2")
    )


@pytest.mark.parametrize(
    "uid",
    [
        "",
        ".",
        "..",
        "../..",
        "a/b",
        "blt1?x",
        "blt1#",
        "blt 1",
        "blt1\n",
        "é",
        "%2e%2e",
    ],
)
async def test_a_uid_that_is_none_never_addresses_the_stack(uid: str) -> None:
    app = Api()
    calls = stack(app)
    for attempt in (
        calls.delete_delivery_token,
        calls.delete_management_token,
        calls.delete_preview_token,
    ):
        with pytest.raises(NotFound, match="nothing was sent"):
            await attempt(uid)
    assert app.seen == []


# Management tokens


async def test_management_tokens() -> None:
    written = token(
        scope=[{"module": "$all", "acl": {"read": True, "write": True}}],
        rate_limit_enabled=False,
    )
    unseen = {key: value for key, value in written.items() if key != "token"}
    app = Api().on(f"POST {MANAGEMENT}", (201, {"token": written}))
    app.on(f"GET {MANAGEMENT}", (200, {"tokens": [unseen]})).on(
        f"GET {MANAGEMENT}/blt1", (200, {"token": unseen})
    )
    app.on(f"PUT {MANAGEMENT}/blt1", (200, {"token": unseen}))
    calls = stack(app)
    made = await calls.create_management_token(
        ManagementTokenRequest("ci", scope=Scope((ALL_WRITE,)))
    )
    assert made.value == Secret(token_value("1"))
    (listed,) = await calls.management_tokens()
    assert listed == await calls.management_token("blt1")
    assert listed.value is None
    assert listed.access == "read+write"
    request = ManagementTokenRequest("ci", scope=listed.scope, extra=listed.extra)
    await calls.update_management_token("blt1", request)
    assert app.seen[-1].body["token"]["rate_limit_enabled"] is False
    assert app.seen[-1].body["token"]["scope"] == [
        {"module": "$all", "acl": {"read": True, "write": True}}
    ]


# Secrets


async def test_the_requests_and_answers_with_secrets_leave_no_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    app = Api().on(
        f"POST {MANAGEMENT}",
        (201, {"token": token()}),
        (422, {"error_message": f"no {AUTHTOKEN}"}),
    )
    calls = stack(app)
    made = await calls.create_management_token(ManagementTokenRequest("ci"))
    with pytest.raises(Exception, match="no ") as caught:
        await calls.create_management_token(ManagementTokenRequest("ci"))
    traces = f"{made!r} {caught.value!r} {caplog.text}"
    assert AUTHTOKEN not in traces
    assert token_value("1") not in traces


async def test_requests_side_by_side() -> None:
    app = Api().on(
        "GET /environments", (200, {"environments": [{"uid": "e", "name": "qa"}]})
    )
    calls = stack(app)
    answers = await asyncio.gather(*(calls.environments() for _ in range(20)))
    assert set(answers) == {(Environment("e", "qa"),)}
