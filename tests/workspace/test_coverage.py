from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.contentstack.models import Alias, Branch, DeliveryToken, Environment, Stack
from tui.contentstack.scope import Scope
from tui.workspace.coverage import Lane, coverage_of
from tui.workspace.snapshot import Listing, Snapshot

MAIN, DEV = Lane("branch", "main"), Lane("branch", "dev")
LIVE, NEXT = Lane("alias", "live", "main"), Lane("alias", "next", "dev")
ENVIRONMENTS = ("production", "staging")


def snapshot_of(*tokens: DeliveryToken, branches: bool = True) -> Snapshot:
    return Snapshot(
        stack=Stack(uid="s", name="Shop", api_key="k", branches_enabled=branches),
        delivery=Listing(tokens, read=True),
        environments=Listing(
            tuple(Environment(uid=name, name=name) for name in ENVIRONMENTS), read=True
        ),
        branches=Listing((Branch(uid="main"), Branch(uid="dev")), read=True),
        aliases=Listing(
            (Alias(uid="live", branch="main"), Alias(uid="next", branch="dev")),
            read=True,
        ),
    )


SCOPES = st.builds(
    Scope.of,
    environments=st.lists(st.sampled_from([*ENVIRONMENTS, "gone"]), unique=True).map(
        tuple
    ),
    branches=st.lists(
        st.sampled_from(["main", "dev", "gone", "$all"]), unique=True
    ).map(tuple),
    aliases=st.lists(
        st.sampled_from(["live", "next", "gone", "$all"]), unique=True
    ).map(tuple),
)


@given(st.lists(SCOPES, max_size=6), st.booleans())
def test_a_token_is_in_exactly_the_cells_of_its_scope(
    scopes: list[Scope], branches: bool
) -> None:
    tokens = [
        DeliveryToken(uid=str(at), name=str(at), scope=scope)
        for at, scope in enumerate(scopes)
    ]
    coverage = coverage_of(snapshot_of(*tokens, branches=branches))
    assert coverage.environments == ENVIRONMENTS
    assert coverage.lanes == ((MAIN, DEV, LIVE, NEXT) if branches else (Lane("stack"),))
    for environment in ENVIRONMENTS:
        for lane in coverage.lanes:
            cell = coverage.cell(environment, lane)
            for each in tokens:
                names = (
                    each.scope.branches if lane.kind == "branch" else each.scope.aliases
                )
                named = not branches or lane.name in names or "$all" in names
                assert (each in cell.tokens) == (
                    named and environment in each.scope.environments
                )
            assert not set(cell.tokens) & set(cell.near)


@given(st.lists(SCOPES, max_size=6))
def test_near_are_the_tokens_of_the_same_branch_by_its_other_names(
    scopes: list[Scope],
) -> None:
    tokens = [
        DeliveryToken(uid=str(at), name=str(at), scope=scope)
        for at, scope in enumerate(scopes)
    ]
    coverage = coverage_of(snapshot_of(*tokens))
    for environment in ENVIRONMENTS:
        for one, other in ((MAIN, LIVE), (DEV, NEXT)):
            here, there = (
                coverage.cell(environment, one),
                coverage.cell(environment, other),
            )
            assert set(here.near) == set(there.tokens) - set(here.tokens)
            assert set(there.near) == set(here.tokens) - set(there.tokens)


def test_gaps_and_doubles_are_counted() -> None:
    scopes = (
        Scope.of(("production",), ("main",)),
        Scope.of(("production",), ("main", "dev")),
        Scope.of(ENVIRONMENTS, aliases=("live",)),
    )
    tokens = [
        DeliveryToken(uid=str(at), name="t", scope=scope)
        for at, scope in enumerate(scopes)
    ]
    coverage = coverage_of(snapshot_of(*tokens))
    assert [each.uid for each in coverage.cell("production", MAIN).tokens] == ["0", "1"]
    counts = coverage.uncovered, coverage.otherwise_covered, coverage.doubles
    assert counts == (2, 2, 1)


@given(st.lists(SCOPES, max_size=6), st.booleans())
def test_the_counts_are_those_of_the_cells(scopes: list[Scope], branches: bool) -> None:
    tokens = [
        DeliveryToken(uid=str(at), name=str(at), scope=scope)
        for at, scope in enumerate(scopes)
    ]
    coverage = coverage_of(snapshot_of(*tokens, branches=branches))
    glances = [
        coverage.glance(environment, lane)
        for environment in coverage.environments
        for lane in coverage.lanes
    ]
    assert coverage.uncovered == sum(not each.count for each in glances)
    elsewhere = sum(bool(each.count) and not each.named for each in glances)
    assert coverage.otherwise_covered == elsewhere


def test_what_names_no_environment_is_not_taken_for_serving_none() -> None:
    right = {"module": "environment", "acl": {"read": True}}
    tokens = [
        DeliveryToken(
            uid="right", name="t", scope=Scope.of(branches=("main",), rights=(right,))
        ),
        DeliveryToken(uid="nowhere", name="t", scope=Scope.of(("production",))),
        DeliveryToken(
            uid="named", name="t", scope=Scope.of(("production",), ("main",))
        ),
    ]
    unplaced = coverage_of(snapshot_of(*tokens)).unplaced
    assert [token.uid for token in unplaced] == ["right", "nowhere"]
    without = coverage_of(snapshot_of(*tokens, branches=False)).unplaced
    assert [token.uid for token in without] == ["right"]


def test_a_stack_without_environments_has_an_empty_map() -> None:
    coverage = coverage_of(
        Snapshot(delivery=Listing((DeliveryToken(uid="1", name="t"),), read=True))
    )
    assert (coverage.uncovered, coverage.doubles, coverage.environments) == (0, 0, ())
