from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tui.contentstack.models import Branch, DeliveryToken, Environment, Stack
from tui.contentstack.scope import Scope
from tui.messages.plan import environment_problem, name_problem, scope_problem
from tui.workspace.comparison import differences
from tui.workspace.plan import (
    Form,
    Plan,
    form_of,
    plan_of,
)
from tui.workspace.snapshot import Listing, Snapshot

SNAPSHOT = Snapshot(
    stack=Stack(uid="bltu", name="Storefront", api_key="bltk", branches_enabled=True),
    delivery=Listing((DeliveryToken(uid="blt1", name="web-staging"),), read=True),
    environments=Listing((Environment(uid="blte", name="staging"),), read=True),
    branches=Listing((Branch(uid="main"),), read=True),
)
NAMES = st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=5).map(tuple)


def test_one_environment_keeps_the_name() -> None:
    assert Plan(name="web", environments=("staging",)).token_names() == ("web",)


def test_several_environments_make_one_token_each() -> None:
    plan = Plan(name="web", branches=("main",), environments=("staging", "production"))
    requests = plan.requests(has_branches=True)
    assert [request.name for request in requests] == ["web-staging", "web-production"]
    assert [request.scope.environments for request in requests] == [
        ("staging",),
        ("production",),
    ]
    assert {request.scope.branches for request in requests} == {("main",)}


def test_only_the_chosen_kind_of_scope_is_sent() -> None:
    plan = Plan(
        name="web",
        scope_kind="aliases",
        branches=("main",),
        aliases=("release",),
        environments=("qa",),
    )
    (request,) = plan.requests(has_branches=True)
    assert (request.scope.branches, request.scope.aliases) == ((), ("release",))


def test_a_stack_without_branches_gets_no_branch_scope() -> None:
    plan = Plan(name="web", branches=("main",), environments=("qa",))
    assert plan.requests(has_branches=False)[0].scope.branches == ()


@given(NAMES, st.data())
def test_what_is_left_of_a_plan_keeps_its_names(
    environments: tuple[str, ...], data: st.DataObject
) -> None:
    plan = Plan(name="web", environments=environments)
    names = dict(zip(environments, plan.token_names(), strict=False))
    done = (
        set(data.draw(st.lists(st.sampled_from(environments), unique=True)))
        if environments
        else set()
    )
    rest = plan.without(done)
    if rest.environments:
        assert dict(zip(rest.environments, rest.token_names(), strict=True)) == {
            name: names[name] for name in rest.environments
        }


def test_a_name_is_required_and_unique() -> None:
    assert name_problem(Plan(), SNAPSHOT) is not None
    assert "web-staging" in (name_problem(Plan(name="web-staging"), SNAPSHOT) or "")
    assert name_problem(Plan(name=" "), SNAPSHOT) is None
    assert name_problem(Plan(name="web"), SNAPSHOT) is None


def test_names_made_from_environments_are_checked_too() -> None:
    plan = Plan(name="web", environments=("staging", "qa"))
    assert "web-staging" in (environment_problem(plan, SNAPSHOT) or "")


def test_an_environment_must_be_marked() -> None:
    assert environment_problem(Plan(name="web"), SNAPSHOT) is not None


def test_the_chosen_kind_must_be_marked() -> None:
    assert scope_problem(Plan(aliases=("release",)), SNAPSHOT) is not None
    assert (
        scope_problem(Plan(scope_kind="aliases", branches=("main",)), SNAPSHOT)
        is not None
    )
    assert scope_problem(Plan(branches=("main",)), SNAPSHOT) is None


def test_a_stack_without_branches_needs_no_scope() -> None:
    assert scope_problem(Plan(), Snapshot()) is None


def test_an_empty_plan_has_nothing_to_lose() -> None:
    assert not Form(Plan()).begun
    assert Form(Plan(name="w")).begun


def test_a_clone_of_several_environments_is_one_token_until_they_are_changed() -> None:
    token = DeliveryToken(
        uid="blt1", name="web", scope=Scope.of(("qa", "live"), ("main",))
    )
    clone = replace(plan_of(token), name="copy")
    (request,) = clone.requests(has_branches=True)
    assert (request.name, request.scope) == ("copy", token.scope)
    more = replace(clone, environments=("qa", "live", "web"))
    assert [request.name for request in more.requests(has_branches=True)] == [
        "copy-qa",
        "copy-live",
        "copy-web",
    ]


def test_a_token_that_names_nothing_of_its_own_is_not_made_to() -> None:
    right = {"module": "environment", "acl": {"read": True}}
    token = DeliveryToken(uid="blt1", name="web", scope=Scope((right,)))
    plan = form_of(token).plan
    assert (scope_problem(plan, SNAPSHOT), environment_problem(plan, SNAPSHOT)) == (
        None,
        None,
    )
    request = replace(plan, environments=("qa",)).request(has_branches=True)
    assert request.scope.to_api() == [right | {"environments": ["qa"]}]


SCOPES = st.builds(
    Scope.of,
    environments=st.lists(st.sampled_from("abc"), min_size=1, unique=True).map(tuple),
    branches=st.lists(st.sampled_from(["main", "dev", "$all"]), unique=True).map(tuple),
    aliases=st.lists(st.sampled_from(["release", "$all"]), unique=True).map(tuple),
    rights=st.sampled_from([(), ({"module": "asset", "acl": {"read": True}},)]),
)
TOKENS = st.builds(
    DeliveryToken,
    uid=st.just("blt1"),
    name=st.text(max_size=3),
    description=st.text(max_size=3),
    scope=SCOPES,
)


@given(TOKENS, st.booleans())
def test_a_form_that_was_not_touched_changes_nothing(
    token: DeliveryToken, has_branches: bool
) -> None:
    edit = form_of(token)
    assert not edit.begun
    request = edit.request(has_branches=has_branches)
    assert differences(token, request) == ()
    assert request.scope == token.scope


@given(TOKENS, TOKENS, st.text(max_size=3))
def test_what_others_changed_is_taken_and_what_was_typed_stays(
    before: DeliveryToken, after: DeliveryToken, typed: str
) -> None:
    edit = form_of(before)
    edit.plan = replace(edit.plan, description=typed)
    edit.rebase(after)
    assert edit.seen == after
    assert edit.plan.name == after.name
    assert edit.plan.description == (
        typed if typed != before.description else after.description
    )


def test_a_token_keeps_its_several_environments_and_gets_no_more() -> None:
    several = DeliveryToken(
        uid="blt2", name="two", scope=Scope.of(environments=("qa", "staging"))
    )
    snapshot = replace(SNAPSHOT, delivery=Listing((several,), read=True))
    plan = form_of(several).plan
    assert environment_problem(plan, snapshot) is None
    assert "one environment" in (
        environment_problem(replace(plan, environments=("a", "b", "c")), snapshot) or ""
    )
    one = replace(plan, scope=Scope.of(("qa",)), environments=("qa", "staging"))
    assert "one environment" in (environment_problem(one, SNAPSHOT) or "")
