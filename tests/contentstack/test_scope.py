from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.contentstack.scope import Scope, ShapeError

NAMES = st.lists(st.text(max_size=20), max_size=4, unique=True).map(tuple)
OTHER = st.lists(
    st.fixed_dictionaries({"module": st.sampled_from(["content_type", "$all", "entry"])}), max_size=2
).map(tuple)


def environment(name: str) -> dict[str, Any]:
    return {"name": name, "uid": "bltenv" + name, "urls": [{"url": "", "locale": "en-us"}], "_version": 2}


@given(NAMES, NAMES, NAMES, OTHER)
def test_what_is_sent_reads_back_the_same(
    environments: tuple[str, ...],
    branches: tuple[str, ...],
    aliases: tuple[str, ...],
    other: tuple[dict[str, Any], ...],
) -> None:
    scope = Scope(environments, branches, aliases, other)
    assert Scope.from_api(scope.to_api()) == scope


@given(NAMES)
def test_objects_and_names_mean_the_same(names: tuple[str, ...]) -> None:
    as_objects = [{"module": "environment", "environments": [environment(name) for name in names]}]
    as_names = [{"module": "environment", "environments": list(names)}]
    assert Scope.from_api(as_objects) == Scope.from_api(as_names) == Scope(names)


def test_an_answer_in_full() -> None:
    items = [
        {
            "environments": [environment("production")],
            "module": "environment",
            "acl": {"read": True},
            "_metadata": {"uid": "x"},
        },
        {"module": "branch", "acl": {"read": "true"}, "branches": ["main", {"uid": "development"}]},
        {
            "module": "branch_alias",
            "branch_aliases": ["deploy", {"alias": "live", "uid": "main"}, {"uid": "dev"}],
        },
        {"module": "entry", "acl": {"read": True, "write": True}, "new": [1]},
    ]
    scope = Scope.from_api(items)
    assert scope.environments == ("production",)
    assert scope.branches == ("main", "development")
    assert scope.aliases == ("deploy", "live", "dev")
    assert scope.other == ({"module": "entry", "acl": {"read": True, "write": True}, "new": [1]},)


def test_a_request_holds_names_only() -> None:
    scope = Scope.from_api([{"module": "environment", "environments": [environment("qa")]}])
    assert scope.to_api() == [{"module": "environment", "environments": ["qa"], "acl": {"read": True}}]


def test_all_branches_stay_all_branches() -> None:
    scope = Scope.from_api([{"module": "branch", "branches": ["$all"]}])
    assert scope.branches == ("$all",)
    assert scope.to_api()[0]["branches"] == ["$all"]


def test_items_of_one_module_are_one_and_names_come_once() -> None:
    items = [
        {"module": "branch", "branches": ["main", "main"]},
        {"module": "branch", "branches": ["dev", "main"]},
    ]
    assert Scope.from_api(items).branches == ("main", "dev")


@pytest.mark.parametrize(
    "items", [None, [], [{"module": "branch"}, {"module": "environment", "environments": None}]]
)
def test_nothing_is_an_empty_scope(items: object) -> None:
    assert Scope.from_api(items) == Scope()
    assert Scope().to_api() == []


def test_items_without_a_known_module_are_kept() -> None:
    items = [{"acl": {}}, {"module": 3}, {"module": "brand_new", "x": None}]
    assert Scope.from_api(items).to_api() == items


@pytest.mark.parametrize(
    ("items", "path"),
    [
        ({}, ""),
        ("x", ""),
        (["x"], "[0]"),
        ([{}, None], "[1]"),
        ([{"module": "environment", "environments": "qa"}], "[0].environments"),
        ([{"module": "environment", "environments": ["a", 3]}], "[0].environments[1]"),
        ([{"module": "environment", "environments": [{"uid": "e"}]}], "[0].environments[0].name"),
        ([{"module": "branch", "branches": [["main"]]}], "[0].branches[0]"),
        ([{"module": "branch_alias", "branch_aliases": [{}]}], "[0].branch_aliases[0].alias"),
    ],
)
def test_another_shape_is_refused_by_its_path(items: object, path: str) -> None:
    with pytest.raises(ShapeError) as caught:
        Scope.from_api(items)
    assert caught.value.path == path


def test_serves_as_a_key() -> None:
    scope = Scope(("a",), other=({"module": "x"},))
    assert {scope: 1}[Scope(("a",), other=({"module": "x"},))] == 1
