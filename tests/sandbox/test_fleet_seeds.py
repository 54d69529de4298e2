from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.sandbox.caller import as_role
from tests.sandbox.served import serving
from tests.support.clock import NOW, clock
from tui.sandbox.fleet_seeds import fleet_seeds
from tui.sandbox.organization import expiry_moment
from tui.sandbox.service import Sandbox


@pytest.fixture(scope="module")
def fleet() -> dict[str, Sandbox]:
    seeds = fleet_seeds()
    return {name: Sandbox.from_seed(seed, clock) for name, seed in seeds.items()}


def test_there_are_500_stacks_in_20_organizations_and_3_regions(
    fleet: dict[str, Sandbox],
) -> None:
    assert list(fleet) == ["na", "eu", "au"]
    stacks = [stack for sandbox in fleet.values() for stack in sandbox.stacks]
    assert len(stacks) == 500
    assert len({stack.name for stack in stacks}) == 500
    assert len({stack.organization.name for stack in stacks}) == 20
    delivery = sum(len(stack.delivery_tokens) for stack in stacks)
    management = sum(len(stack.management_tokens) for stack in stacks)
    assert 9_500 < delivery + management < 10_500


def test_it_is_the_same_each_time(fleet: dict[str, Sandbox]) -> None:
    assert fleet_seeds() == fleet_seeds()
    again = Sandbox.from_seed(fleet_seeds()["eu"], clock)
    keys = [stack.api_key for stack in fleet["eu"].stacks]
    assert [stack.api_key for stack in again.stacks] == keys


def test_regions_share_no_key_uid_value_or_session(fleet: dict[str, Sandbox]) -> None:
    seen: set[str] = set()
    for sandbox in fleet.values():
        own = {user.authtoken for user in sandbox.users}
        own |= set(sandbox.world.organizations)
        for stack in sandbox.stacks:
            tokens = [
                *stack.delivery_tokens.values(),
                *stack.management_tokens.values(),
            ]
            own |= {stack.api_key, stack.uid}
            own |= {token.uid for token in tokens} | {token.value for token in tokens}
        assert not own & seen
        seen |= own


def test_what_is_worth_finding_is_there(fleet: dict[str, Sandbox]) -> None:
    jobs = [
        token
        for sandbox in fleet.values()
        for stack in sandbox.stacks
        for token in stack.management_tokens.values()
    ]
    ends = [expiry_moment(job.expires_on or "") for job in jobs]
    assert any(end is None for end in ends)
    assert any(end and end <= NOW for end in ends)
    assert any(end and NOW < end <= NOW + timedelta(days=7) for end in ends)
    assert any(job.name.startswith("=") for job in jobs)


@pytest.mark.parametrize("count", [(1, 1), (3, 3), (6, 40), (2, 300)])
def test_it_can_be_of_any_size(count: tuple[int, int]) -> None:
    organizations, stacks = count
    seeds = fleet_seeds(organizations, stacks).values()
    assert sum(len(seed.stacks) for seed in seeds) == stacks
    assert sum(len(seed.organizations) for seed in seeds) == organizations


async def test_a_login_may_read_some_and_not_others(fleet: dict[str, Sandbox]) -> None:
    ana, region = fleet["au"].user("Admin"), fleet["au"]
    stacks = {stack.organization.name: stack for stack in region.stacks}
    statuses = {}
    for name, stack in stacks.items():
        caller = as_role(region, "Admin")
        headers = {"api_key": stack.api_key, "authtoken": ana.authtoken}
        for kind in ("management", "delivery"):
            path = f"/v3/stacks/{kind}_tokens"
            response = await caller.send("GET", path, headers=headers)
            statuses[name, kind] = response.status_code
    assert set(statuses.values()) == {200, 403}
    developer = [name for name in stacks if statuses[name, "management"] == 403]
    assert any(statuses[name, "delivery"] == 200 for name in developer)
    assert any(statuses[name, "delivery"] == 403 for name in developer)


def test_it_is_served_by_its_name_with_a_limit(tmp_path: Path) -> None:
    with serving("--seed", "fleet") as sandbox:
        regions = sandbox.info["regions"]
        assert [region["name"] for region in regions] == ["na", "eu", "au"]
        ports = {region[api] for region in regions for api in ("cma", "cda", "preview")}
        assert len(ports) == 9
        assert sum(len(region["stacks"]) for region in regions) == 500
        assert sandbox.info["cma"] == regions[0]["cma"]
