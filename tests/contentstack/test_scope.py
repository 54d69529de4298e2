from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.scopes import SCOPES
from tui.contentstack.scope import Scope, ShapeError, may_write

NAMES = st.lists(st.text(max_size=20), max_size=4, unique=True).map(tuple)
OTHER = st.lists(
    st.fixed_dictionaries(
        {"module": st.sampled_from(["content_type", "$all", "entry"])}
    ),
    max_size=2,
).map(tuple)
LISTS = {
    "environment": "environments",
    "branch": "branches",
    "branch_alias": "branch_aliases",
}


def without(item: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != key}


def environment(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "uid": "bltenv" + name,
        "urls": [{"url": "", "locale": "en-us"}],
        "_version": 2,
    }


@given(NAMES, NAMES, NAMES, OTHER)
def test_what_is_sent_reads_back_the_same(
    environments: tuple[str, ...],
    branches: tuple[str, ...],
    aliases: tuple[str, ...],
    other: tuple[dict[str, Any], ...],
) -> None:
    scope = Scope.of(environments, branches, aliases, other)
    assert Scope.from_api(scope.to_api()) == scope
    assert scope.names == (environments, branches, aliases)


@given(SCOPES)
def test_items_are_sent_as_they_came(items: list[dict[str, Any]]) -> None:
    before = json.dumps(items)
    scope = Scope.from_api(items)
    assert json.dumps(scope.to_api()) == before
    assert json.dumps(items) == before


@given(SCOPES)
def test_names_that_are_there_already_change_nothing(
    items: list[dict[str, Any]],
) -> None:
    scope = Scope.from_api(items)
    for module, names in zip(LISTS, scope.names, strict=True):
        assert scope.with_names(module, tuple(reversed(names))) is scope
    assert scope.with_write(scope.writes) is scope


@given(SCOPES, st.sampled_from(sorted(LISTS)), NAMES)
def test_other_names_change_the_lists_of_their_module_alone(
    items: list[dict[str, Any]], module: str, names: tuple[str, ...]
) -> None:
    scope = Scope.from_api(items)
    changed = scope.with_names(module, names)
    place = list(LISTS).index(module)
    assert set(changed.names[place]) == set(names)
    others = [item for item in items if item["module"] != module]
    assert [item for item in changed.items if item["module"] != module] == others
    key = LISTS[module]
    bare = [without(item, key) for item in items if item["module"] == module]
    for item in changed.items:
        if item["module"] == module and without(item, key) not in bare:
            assert item == {"module": module, key: item[key], "acl": {"read": True}}
    without_list = [
        item for item in items if item["module"] == module and not item.get(key)
    ]
    if module != "environment" and not names:
        assert [
            item for item in changed.items if item["module"] == module
        ] == without_list


@given(SCOPES, st.booleans())
def test_a_switch_changes_nothing_but_the_right_to_write(
    items: list[dict[str, Any]], write: bool
) -> None:
    scope = Scope.from_api(items)
    changed = scope.with_write(write)
    assert changed.names == scope.names
    assert len(changed.items) == len(items)
    for before, after in zip(items, changed.items, strict=True):
        assert without(before, "acl") == without(after, "acl")
        if before["module"] in ("branch", "branch_alias"):
            assert before == after
        elif scope.writes != write:
            assert may_write(after) == write
            kept = {
                key: value for key, value in before["acl"].items() if key == "publish"
            }
            assert kept.items() <= after["acl"].items()


def test_a_right_to_write_alone_becomes_one_to_read() -> None:
    scope = Scope(({"module": "entry", "acl": {"write": True, "publish": 1}},))
    (item,) = scope.with_write(False).items
    assert item["acl"] == {"publish": 1, "read": True}


def test_a_name_goes_into_the_list_that_is_there() -> None:
    alias = {
        "module": "branch_alias",
        "branch_aliases": [],
        "acl": {"read": "true"},
        "new": 1,
    }
    (item,) = Scope((alias,)).with_names("branch_alias", ("live",)).items
    assert item == alias | {"branch_aliases": ["live"]}


def test_a_right_to_aliases_is_no_list_of_them() -> None:
    right = {"module": "branch_alias", "acl": {"read": True, "write": True}}
    first, second = Scope((right,)).with_names("branch_alias", ("live",)).items
    assert first == right
    assert second["branch_aliases"] == ["live"]


def test_an_environment_without_names_is_a_right_of_a_management_token() -> None:
    shapes: tuple[Any, ...] = ({}, {"environments": []}, {"environments": ["qa"]})
    for shape in shapes:
        item = {"module": "environment", "acl": {"read": True, "write": True}, **shape}
        scope = Scope.from_api([item])
        assert scope.rights(management=True) == (item,)
        assert scope.rights(management=False) == (
            () if shape.get("environments") else (item,)
        )
        assert scope.writes


def test_branches_within_a_module_are_told_and_kept() -> None:
    item = {"module": "entry", "branches": ["main", "dev"], "acl": {"read": True}}
    scope = Scope.from_api([item])
    assert (scope.branches, scope.within_modules) == ((), ("main", "dev"))
    first, second = scope.with_names("branch", ("main",)).items
    assert first is item
    assert second["module"] == "branch"


@given(NAMES)
def test_objects_and_names_mean_the_same(names: tuple[str, ...]) -> None:
    as_objects = [
        {"module": "environment", "environments": [environment(name) for name in names]}
    ]
    as_names = [{"module": "environment", "environments": list(names)}]
    assert Scope.from_api(as_objects) == Scope.from_api(as_names)
    assert Scope.from_api(as_names).environments == names


def test_an_answer_in_full() -> None:
    items: list[dict[str, Any]] = [
        {
            "environments": [environment("production")],
            "module": "environment",
            "acl": {"read": True},
            "_metadata": {"uid": "x"},
        },
        {
            "module": "branch",
            "acl": {"read": "true"},
            "branches": ["main", {"uid": "development"}],
        },
        {
            "module": "branch_alias",
            "branch_aliases": [
                "deploy",
                {"alias": "live", "uid": "main"},
                {"uid": "dev"},
            ],
        },
        {"module": "entry", "acl": {"read": True, "write": True}, "new": [1]},
    ]
    scope = Scope.from_api(items)
    assert scope.environments == ("production",)
    assert scope.branches == ("main", "development")
    assert scope.aliases == ("deploy", "live", "dev")
    assert scope.rights(management=False) == (items[3],)
    assert scope.to_api() == [
        items[0] | {"environments": ["production"]},
        items[1] | {"branches": ["main", "development"]},
        items[2] | {"branch_aliases": ["deploy", "live", "dev"]},
        items[3],
    ]


def test_all_branches_stay_all_branches() -> None:
    scope = Scope.from_api([{"module": "branch", "branches": ["$all"]}])
    assert scope.branches == ("$all",)
    assert scope.to_api()[0]["branches"] == ["$all"]


def test_items_of_one_module_are_read_as_one_and_sent_as_two() -> None:
    items = [
        {"module": "branch", "branches": ["main", "main"]},
        {"module": "branch", "branches": ["dev", "main"]},
    ]
    scope = Scope.from_api(items)
    assert scope.branches == ("main", "dev")
    assert scope.to_api() == items
    (left,) = scope.with_names("branch", ("dev",)).items
    assert left == {"module": "branch", "branches": ["dev"]}


@pytest.mark.parametrize(
    "items",
    [None, [], [{"module": "branch"}, {"module": "environment", "environments": None}]],
)
def test_nothing_named_is_nothing_reached(items: list[Any] | None) -> None:
    scope = Scope.from_api(items)
    assert not any(scope.names)
    assert scope.to_api() == (items or [])


def test_items_without_a_known_module_are_kept() -> None:
    items = [
        {"acl": {}},
        {"module": 3},
        {"module": [{}]},
        {"module": "brand_new", "x": None},
    ]
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
        (
            [{"module": "environment", "environments": [{"uid": "e"}]}],
            "[0].environments[0].name",
        ),
        ([{"module": "branch", "branches": [["main"]]}], "[0].branches[0]"),
        (
            [{"module": "branch_alias", "branch_aliases": [{}]}],
            "[0].branch_aliases[0].alias",
        ),
    ],
)
def test_another_shape_is_refused_by_its_path(items: object, path: str) -> None:
    with pytest.raises(ShapeError) as caught:
        Scope.from_api(items)
    assert caught.value.path == path


def test_the_marks_of_items_make_no_difference() -> None:
    marked = Scope(({"module": "entry", "_metadata": {"uid": "cs1"}},))
    assert (
        marked
        == Scope(({"module": "entry", "_metadata": {"uid": "cs2"}},))
        == marked.anew()
    )
    assert marked != Scope(({"module": "asset", "_metadata": {"uid": "cs1"}},))
    assert "_metadata" in marked.to_api()[0]
    assert "_metadata" not in marked.anew().to_api()[0]


def test_serves_as_a_key() -> None:
    scope = Scope.of(("a",), rights=({"module": "x"},))
    assert {scope: 1}[Scope.of(("a",), rights=({"module": "x"},))] == 1
