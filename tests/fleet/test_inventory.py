"""A fleet's inventory, and what changed between two of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.test_reading import OWNER, stacks
from tests.fleet.test_refusals import with_roles
from tests.fleet.worlds import WatchedRegion, fleet_of, region_of, regions
from tests.support.virtual_time import run_virtually
from tui.fleet.drift import (
    ExpiryMoved,
    PreviewChanged,
    ReadableChanged,
    ScopeChanged,
    StackCreated,
    StackGone,
    TokenCreated,
    TokenGone,
    TokenRenamed,
    WriteChanged,
    drift,
)
from tui.fleet.inventory import (
    Inventory,
    InventoryGap,
    InventoryStack,
    InventoryToken,
    InventoryUnusable,
    as_file,
    from_file,
    inventory_of,
)
from tui.fleet.report_tables import words_of

CI = InventoryToken(
    kind="management",
    uid="blt1",
    name="ci",
    branches=("main",),
    rights=("asset: read", "entry: read"),
    expires_on="2026-12-06T00:00:00Z",
)
WEB = InventoryToken(
    kind="delivery", uid="blt2", name="web", environments=("qa",), branches=("main",)
)


def stack(*tokens: InventoryToken, **fields: Any) -> InventoryStack:
    named = {"region": "na", "organization": "Acme", "stack": "Shop", "uid": "blts"}
    return InventoryStack(**{**named, **fields}, tokens=tokens)


def fleet(*listed: InventoryStack, gaps: tuple[InventoryGap, ...] = ()) -> Inventory:
    return Inventory(stacks=listed, gaps=gaps)


def changed(token: InventoryToken, **fields: Any) -> InventoryToken:
    return msgspec.structs.replace(token, **fields)


def read(world: WatchedRegion, email: str = OWNER) -> Inventory:
    async def work() -> Inventory:
        reader = fleet_of(("", world.connect(email)), rate=9)
        await reader.read()
        await reader.close()
        return inventory_of(reader.snapshot)

    return run_virtually(work())


def test_two_readings_are_the_same_to_the_byte_whatever_the_order_of_answers() -> None:
    async def work(latencies: tuple[float, ...]) -> bytes:
        worlds = regions(6, 20)
        ways = [(name, world.connect()) for name, world in worlds.items()]
        for world, latency in zip(worlds.values(), latencies, strict=True):
            world.latency = latency
        reader = fleet_of(*(reversed(ways) if latencies[0] > 1 else ways))
        await reader.read()
        await asyncio.sleep(latencies[0] * 1000)
        await reader.close()
        return as_file(inventory_of(reader.snapshot))

    first = run_virtually(work((0.1, 0.9, 0.4)))
    assert first == run_virtually(work((1.7, 0.2, 0.3)))
    assert first.endswith(b"}\n")
    assert from_file(first) == from_file(first)


def test_no_value_is_in_it() -> None:
    async def work() -> None:
        world = region_of(stacks(3, salt="values"))
        reader = fleet_of(("", world.connect(OWNER)))
        await reader.read()
        await reader.close()
        content = as_file(inventory_of(reader.snapshot)).decode()
        held = world.sandbox.stacks
        values = [
            value
            for stack in held
            for tokens in (stack.delivery_tokens, stack.management_tokens)
            for token in tokens.values()
            for value in (token.value, token.preview)
            if value
        ]
        assert len(values) == 6
        secrets = [*values, *(stack.api_key for stack in held)]
        assert not any(secret in content for secret in secrets)
        assert all(stack.uid in content for stack in held)

    run_virtually(work())


def test_what_it_holds_is_read_back() -> None:
    inventory = fleet(stack(CI, WEB, not_read=("delivery",)), gaps=(InventoryGap(),))
    assert from_file(as_file(inventory)) == inventory


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b'{"stacks": 1}', b'{"format": 2}', b"[" * 100_000],
)
def test_another_file_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(InventoryUnusable, match=r"^This .*\.$"):
        from_file(content)


@pytest.mark.parametrize(
    ("before", "after", "kind", "words"),
    [
        ((), (CI,), TokenCreated, "created"),
        ((CI,), (), TokenGone, "deleted"),
        ((CI,), (changed(CI, name="cd"),), TokenRenamed, "renamed from ci"),
        ((CI,), (changed(CI, branches=("dev", "main")),), ScopeChanged, "scope widened: branch dev"),
        ((changed(CI, branches=("dev", "main")),), (CI,), ScopeChanged, "scope narrowed: no longer branch dev"),
        ((CI,), (changed(CI, branches=("$all",)),), ScopeChanged, "scope widened: branch $all"),
        ((changed(CI, branches=("$all",)),), (CI,), ScopeChanged, "scope narrowed: no longer branch $all"),
        ((WEB,), (changed(WEB, environments=("production",)),), ScopeChanged, "scope changed: environment production; no longer environment qa"),
        ((CI,), (changed(CI, aliases=("live",)),), ScopeChanged, "scope widened: alias live"),
        ((CI,), (changed(CI, rights=("$all: read",)),), ScopeChanged, "scope widened: read $all"),
        ((CI,), (changed(CI, rights=("entry: read",)),), ScopeChanged, "scope narrowed: no longer read asset"),
        ((CI,), (changed(CI, rights=("asset: read", "entry: read+write")),), WriteChanged, "write access gained: entry"),
        ((changed(CI, rights=("asset: read", "entry: read+write")),), (CI,), WriteChanged, "write access lost: entry"),
        ((changed(CI, rights=("entry: write",)),), (changed(CI, rights=("asset: write", "entry: write")),), ScopeChanged, "scope widened: write asset"),
        ((changed(CI, rights=('entry: write {"branches": ["main"]}',)),), (changed(CI, rights=("entry: write",)),), ScopeChanged, "scope widened: write entry"),
        ((CI,), (changed(CI, expires_on=None),), ExpiryMoved, "expires never, was 2026-12-06T00:00:00Z"),
        ((changed(CI, expires_on=None),), (CI,), ExpiryMoved, "expires 2026-12-06T00:00:00Z, was never"),
        ((WEB,), (changed(WEB, preview=True),), PreviewChanged, "preview token created"),
        ((changed(WEB, preview=True),), (WEB,), PreviewChanged, "preview token deleted"),
    ],
)  # fmt: skip
def test_a_change_is_told_once_and_in_words(
    before: tuple[InventoryToken, ...],
    after: tuple[InventoryToken, ...],
    kind: type,
    words: str,
) -> None:
    (change,) = drift(fleet(stack(*before)), fleet(stack(*after)))
    assert type(change) is kind
    assert words_of(change) == words


def test_several_changes_of_one_token_are_all_told() -> None:
    rights = ("$all: read+write",)
    after = changed(CI, name="cd", rights=rights, expires_on=None)
    changes = drift(fleet(stack(CI)), fleet(stack(after)))
    assert [words_of(change) for change in changes] == [
        "renamed from ci",
        "write access gained: $all",
        "scope widened: read $all",
        "expires never, was 2026-12-06T00:00:00Z",
    ]


def test_what_is_no_risk_is_no_drift() -> None:
    after = changed(CI, description="New.", created_by="blt9")
    moved = stack(after, stack="Shop 2", organization="Acme 2")
    assert drift(fleet(stack(CI)), fleet(moved)) == ()


def test_stacks_come_and_go() -> None:
    other = stack(CI, uid="blto", stack="Other")
    one = fleet(stack(WEB))
    both = fleet(stack(WEB), other)
    assert [type(change) for change in drift(one, both)] == [StackCreated, TokenCreated]
    assert [type(change) for change in drift(both, one)] == [StackGone]


@pytest.mark.parametrize(
    ("gap", "is_hidden"),
    [
        (InventoryGap(), True),
        (InventoryGap(region="na"), True),
        (InventoryGap(region="eu"), False),
        (InventoryGap(region="na", organization="Acme"), True),
        (InventoryGap(region="na", organization="Other"), False),
        (InventoryGap(region="na", organization="Acme", uid="blts"), True),
        (InventoryGap(region="na", organization="Acme", uid="blt9"), False),
    ],
)
def test_what_could_not_be_listed_is_not_called_gone_or_new(
    gap: InventoryGap, is_hidden: bool
) -> None:
    whole, gapped = fleet(stack(WEB)), fleet(gaps=(gap,))
    assert (drift(whole, gapped) == ()) is is_hidden
    assert (drift(gapped, whole) == ()) is is_hidden


def test_what_could_not_be_read_is_not_called_deleted() -> None:
    whole = fleet(stack(CI, WEB))
    half = fleet(stack(WEB, not_read=("management",)))
    (change,) = drift(whole, half)
    assert isinstance(change, ReadableChanged)
    assert words_of(change) == "management tokens can't be read any more"
    (change,) = drift(half, whole)
    assert words_of(change) == "management tokens can be read now"
    odd = fleet(stack(WEB, not_understood=("blt1",)))
    assert drift(whole, odd) == drift(odd, whole) == ()


def subsets(*names: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(names)).map(sorted).map(tuple)


tokens = st.builds(
    InventoryToken,
    kind=st.sampled_from(["delivery", "management"]),
    uid=st.just(""),
    name=st.sampled_from(["", "web", "=ci"]),
    environments=subsets("production", "qa"),
    branches=subsets("main", "$all"),
    rights=subsets("$all: read", "entry: read+write", "None: nothing"),
    expires_on=st.sampled_from([None, "2026-12-06T00:00:00Z"]),
    preview=st.booleans(),
)
stacks_of_tokens = st.dictionaries(
    st.sampled_from(["blt1", "blt2", "blt3"]), tokens, max_size=3
).map(lambda held: stack(*(changed(token, uid=uid) for uid, token in held.items())))
inventories = st.dictionaries(
    st.sampled_from(["na", "eu"]), stacks_of_tokens, max_size=2
).map(
    lambda held: fleet(
        *(msgspec.structs.replace(one, region=region) for region, one in held.items())
    )
)


@given(inventories)
def test_nothing_drifts_from_itself(inventory: Inventory) -> None:
    assert drift(inventory, inventory) == ()
    assert from_file(as_file(inventory)) == inventory


@given(inventories, inventories)
def test_what_is_created_one_way_is_deleted_the_other(
    one: Inventory, other: Inventory
) -> None:
    def uids(kind: type, *pair: Inventory) -> list[str]:
        changes = drift(*pair)
        known = {stack.key for stack in one.stacks} & {s.key for s in other.stacks}
        return sorted(
            f"{change.stack.key}{change.token.uid}"
            for change in changes
            if isinstance(change, TokenCreated | TokenGone)
            if type(change) is kind and change.stack.key in known
        )

    assert uids(TokenCreated, one, other) == uids(TokenGone, other, one)
    assert all(words_of(change) for change in drift(one, other))


def test_a_role_that_sees_less_is_told_so() -> None:
    def both() -> tuple[Inventory, Inventory]:
        seed = with_roles("Admin", "Developer")
        return read(region_of(seed)), read(region_of(seed), "ana@example.com")

    whole, half = both()
    (change,) = drift(whole, half)
    assert isinstance(change, ReadableChanged)
    assert (change.stack.stack, change.kind) == ("Developer", "management")


def _edit(world: WatchedRegion, edit: Callable[[Any], None]) -> None:
    for held in world.sandbox.stacks:
        edit(held)


def test_a_stack_that_lost_its_last_token_is_still_there() -> None:
    world = region_of(stacks(2))
    before = read(world)
    _edit(world, lambda held: held.delivery_tokens.clear())
    _edit(world, lambda held: held.management_tokens.clear())
    changes = drift(before, read(world))
    assert {type(change) for change in changes} == {TokenGone}
    assert len(changes) == 4
