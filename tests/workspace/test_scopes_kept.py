"""Unchanged parts of a token are sent as they came, whatever is in its scope."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.support.clock import NOW
from tests.support.scopes import SCOPES
from tui.connection.connection import Connection
from tui.contentstack.decoding import decode
from tui.contentstack.models import Branch, DeliveryToken, ManagementToken, Stack
from tui.messages.plan import environment_problem, scope_problem
from tui.state.drafts import Draft, DraftStore
from tui.workspace.comparison import changes, deviations, differences
from tui.workspace.forms import Forms
from tui.workspace.plan import (
    Plan,
    form_of,
    plan_of,
)
from tui.workspace.rotation import replacement_request
from tui.workspace.snapshot import Listing, Snapshot
from tui.workspace.writing import ChangedSince, update

Json = dict[str, Any]
SNAPSHOT = Snapshot(
    stack=Stack(uid="s", name="Shop", api_key="k", branches_enabled=True),
    branches=Listing((Branch(uid="main"),), read=True),
)
ENVIRONMENT = {"module": "environment", "acl": {"read": True, "write": True}}
CONTENT = {"module": "content_type", "acl": {"read": True, "write": True}, "new": [1]}
MAIN = {"module": "branch", "branches": ["main"], "acl": {"read": True}}
ENDS = st.none() | st.sampled_from(["2030-01-01", "2030-01-01T10:30:00.000Z"])


def unreached() -> Connection:
    raise AssertionError("nothing is to be reached")


def answer(scope: list[Json], **fields: object) -> Json:
    """A token as Contentstack tells it: with environments as whole objects."""
    shown = [
        {
            **item,
            "environments": [
                {"name": name, "uid": "e"} for name in item["environments"]
            ],
        }
        if item.get("environments")
        else item
        for item in scope
    ]
    return {"uid": "blt1", "name": "ci", "description": "d", "scope": shown, **fields}


def managing(scope: list[Json], **fields: object) -> ManagementToken:
    return decode(ManagementToken, answer(scope, **fields), "$")


def delivering(scope: list[Json]) -> DeliveryToken:
    return decode(DeliveryToken, answer(scope, token="cs1"), "$")


def anew(scope: list[Json]) -> str:
    """The scope for another token.

    Only what tells items apart is the server's to give.
    """
    kept = [
        {name: value for name, value in item.items() if name != "_metadata"}
        for item in scope
    ]
    return json.dumps(kept)


def sent(request: Any) -> str:
    """The scope of a request, letter by letter."""
    return json.dumps(request.to_api()["scope"])


@given(SCOPES, st.booleans(), ENDS, st.sampled_from([{}, {"is_never_expires": True}]))
def test_a_management_scope_is_sent_as_it_came(
    scope: list[Json], has_branches: bool, ends: str | None, never: Json
) -> None:
    token, came = managing(scope, expires_on=ends, **never), json.dumps(scope)
    edit = form_of(token)
    touched: tuple[dict[str, Any], ...] = (
        {"name": "renamed"},
        {"description": "words"},
        {"lifetime": "never", "ends": ""},
        {"lifetime": "date", "ends": "2031-01-01"},
    )
    for entries in touched:
        plan = replace(edit.plan, **entries)
        request = plan.request(token, has_branches=has_branches)
        assert sent(request) == came
        assert len({"expires_on", "is_never_expires"} & request.to_api().keys()) == 1
    assert scope_problem(edit.plan, SNAPSHOT) is None
    assert sent(token.as_request()) == came
    assert sent(plan_of(token).request(has_branches=has_branches)) == anew(scope)
    assert sent(replacement_request(token, "ci-next", NOW)) == anew(scope)


@given(SCOPES, st.booleans())
def test_a_delivery_scope_is_sent_as_it_came(
    scope: list[Json], has_branches: bool
) -> None:
    token, came = delivering(scope), json.dumps(scope)
    plan = replace(form_of(token).plan, name="renamed")
    assert sent(plan.request(token, has_branches=has_branches)) == came
    clone = replace(plan_of(token), name="web-copy")
    (request,) = clone.requests(has_branches=has_branches)
    assert (request.name, sent(request)) == ("web-copy", anew(scope))
    assert scope_problem(clone, SNAPSHOT) is None
    assert environment_problem(clone, SNAPSHOT) is None
    assert sent(token.as_request()) == came
    assert sent(replacement_request(token, "web-next", NOW)) == anew(scope)


@given(SCOPES)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_clone_that_was_cut_off_begins_with_the_same_scope(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    scope: list[Json],
) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path_factory.mktemp("state"))}
    plan, blank = plan_of(managing(scope)), Plan("management")
    DraftStore(Plan, environ).keep("blts", {"management": Draft(blank, plan)})
    again = Forms()
    again.restore(DraftStore(Plan, environ).open("blts"), SNAPSHOT)
    assert sent(again["management"].plan.request(has_branches=True)) == anew(scope)


@given(SCOPES)
def test_a_deleted_token_is_made_again_with_its_scope(scope: list[Json]) -> None:
    assert sent(plan_of(managing(scope)).request(has_branches=True)) == anew(scope)


@given(SCOPES, SCOPES, st.booleans())
def test_rights_that_somebody_else_changed_are_theirs(
    before: list[Json], after: list[Json], switched: bool
) -> None:
    edit = form_of(managing(before))
    write = not edit.plan.write if switched else edit.plan.write
    edit.plan = replace(edit.plan, name="mine", write=write)
    edit.rebase(managing(after))
    theirs = managing(after).scope
    wanted = theirs.with_write(write) if switched else theirs
    assert sent(edit.request(has_branches=True)) == json.dumps(wanted.to_api())


@given(SCOPES)
def test_equal_readings_are_no_change_and_what_was_sent_is_what_came(
    scope: list[Json],
) -> None:
    token = managing(scope)
    again = [{**item, "_metadata": {"uid": "another"}} for item in reversed(scope)]
    assert changes(token, managing(again)) == ()
    assert deviations(managing(again), token.as_request()) == ()


@pytest.mark.parametrize(
    ("came", "fields"),
    [
        ([ENVIRONMENT, CONTENT, MAIN], ()),
        ([MAIN, CONTENT | {"uid": "blt9"}, ENVIRONMENT | {"environments": []}], ()),
        ([ENVIRONMENT | {"acl": {"read": "true", "write": "true"}}, CONTENT, MAIN], ()),
        ([CONTENT, MAIN], ("access",)),
        (
            [ENVIRONMENT, {"module": "content_type", "acl": CONTENT["acl"]}, MAIN],
            ("access",),
        ),
        ([ENVIRONMENT | {"acl": {"read": True}}, CONTENT, MAIN], ("access",)),
        ([ENVIRONMENT, CONTENT | {"branches": ["main"]}, MAIN], ("access",)),
        (
            [ENVIRONMENT, CONTENT, MAIN, {"module": "$all", "acl": {"read": True}}],
            ("access",),
        ),
        ([ENVIRONMENT, CONTENT], ("branches",)),
    ],
)
def test_other_rights_than_asked_are_told(
    came: list[Json], fields: tuple[str, ...]
) -> None:
    asked = managing([ENVIRONMENT, CONTENT, MAIN]).as_request()
    assert deviations(managing(came), asked) == fields


class Server:
    """A stack in which somebody changes a token between two readings."""

    def __init__(self, scope: list[Json]) -> None:
        self.scope = scope
        self.written: list[Any] = []

    async def management_token(self, uid: str) -> ManagementToken:
        return managing(self.scope)

    async def update_management_token(self, uid: str, request: Any) -> ManagementToken:
        self.written.append(request)
        return managing(json.loads(sent(request)))

    delete_management_token = None


@pytest.mark.parametrize(
    ("theirs", "fields"),
    [
        ([CONTENT, MAIN], "access"),
        ([ENVIRONMENT, CONTENT | {"new": [2]}, MAIN], "access"),
        (
            [ENVIRONMENT, CONTENT, MAIN | {"acl": {"read": True, "write": True}}],
            "details",
        ),
    ],
)
async def test_rights_that_changed_since_are_not_overwritten(
    theirs: list[Json], fields: str
) -> None:
    edit = form_of(managing([ENVIRONMENT, CONTENT, MAIN]))
    edit.plan = replace(edit.plan, name="mine")
    server: Any = Server(theirs)
    with pytest.raises(ChangedSince, match=fields) as caught:
        await update(server, edit.seen, edit.request(has_branches=True))
    assert server.written == []
    edit.rebase(caught.value.current)
    await update(server, edit.seen, edit.request(has_branches=True))
    (request,) = server.written
    assert (request.name, json.loads(sent(request))) == ("mine", theirs)


def test_new_tokens_reach_all_modules_and_no_others_do() -> None:
    new = Plan("management", name="ci", branches=("main",), write=True)
    items = new.request(has_branches=True).scope.to_api()
    assert [item["module"] for item in items] == ["branch", "$all"]
    for scope in ([], [MAIN], [ENVIRONMENT, MAIN]):
        token = managing(scope)
        plan = plan_of(token)
        for write in (True, False):
            request = replace(plan, write=write).request(has_branches=True)
            assert [item["module"] for item in request.scope.items] == [
                item["module"] for item in scope
            ]


def test_a_switch_is_a_difference() -> None:
    token = managing([ENVIRONMENT, CONTENT, MAIN])
    plan = replace(form_of(token).plan, write=False)
    assert differences(token, plan.request(token, has_branches=True)) == ("access",)
