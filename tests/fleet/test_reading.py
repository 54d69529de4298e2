"""The exact timing of reading a fleet, on a loop with virtual time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.worlds import (
    LATENCY,
    Asked,
    ask_beside,
    busiest_second,
    by_organization,
    fleet_of,
    region_of,
    regions,
    ticks,
)
from tests.support.virtual_time import run_virtually
from tui.fleet.snapshot import FleetSnapshot

MANAGEMENT, DELIVERY = "management_tokens", "delivery_tokens"
OWNER = "omar@example.com"


def stacks(count: int, **fields: Any) -> dict[str, Any]:
    """Return the seed of `count` stacks with a token of each kind."""
    return {
        "users": [{"email": OWNER, "roles": {"*": "Owner"}}],
        "stacks": [
            {
                "name": "Shop",
                "copies": count,
                "environments": ["production"],
                "fill_delivery_tokens": 1,
                "fill_management_tokens": 1,
            }
        ],
        **fields,
    }


def test_all_stacks_of_all_regions_are_in_one_table() -> None:
    async def work() -> None:
        worlds = regions()
        fleet = fleet_of(*((name, it.connect(OWNER)) for name, it in worlds.items()))
        await fleet.read()
        await fleet.close()
        snapshot = fleet.snapshot
        assert str(snapshot.progress) == "40 of 40 stacks"
        assert (snapshot.is_reading, snapshot.was_stopped) == (False, False)
        assert snapshot.troubles == ()
        held = {
            token.uid
            for world in worlds.values()
            for stack in world.sandbox.stacks
            for kind in (stack.management_tokens, stack.delivery_tokens)
            for token in kind.values()
        }
        assert {row.token.uid for row in snapshot.rows if row.token} == held
        assert len({row.key for row in snapshot.rows}) == len(snapshot.rows)
        assert {row.place.profile for row in snapshot.rows} == {"na", "eu", "au"}
        for world in worlds.values():
            assert {asked.status for asked in world.asked} == {200}

    run_virtually(work())
    assert list(Path.home().iterdir()) == [], "nothing of a fleet is kept on disk"


@pytest.mark.parametrize("rate", [2, 5, 8])
def test_the_rate_is_kept_and_used(rate: int) -> None:
    async def work() -> None:
        count = 60
        world = region_of(stacks(count))
        fleet = fleet_of(("", world.connect(OWNER)), rate=rate)
        await fleet.read()
        await fleet.close()
        tokens = [*world.of(MANAGEMENT), *world.of(DELIVERY)]
        assert len(tokens) == 2 * count
        floor = 2 * count / rate
        taken = max(asked.at for asked in tokens) - min(asked.at for asked in tokens)
        assert taken <= 1.1 * floor
        # If the one before was late, one more than usual may start.
        of_organization = [asked for asked in world.asked if asked.organization]
        assert busiest_second(of_organization) <= rate + 1
        assert {asked.status for asked in world.asked} == {200}

    run_virtually(work())


def test_the_whole_is_as_quick_as_its_largest_organization() -> None:
    async def work() -> None:
        worlds = regions(20, 100)
        fleet = fleet_of(*((name, it.connect(OWNER)) for name, it in worlds.items()))
        await fleet.read()
        taken = ticks()
        await fleet.close()
        sizes = [
            size
            for world in worlds.values()
            for organization, size in by_organization(world.of(MANAGEMENT)).items()
        ]
        assert (len(sizes), sum(sizes)) == (20, 100)
        # Who is signed in, the organizations and their stacks come first.
        before = 4 / 5 + 3 * LATENCY
        assert taken <= 1.1 * 2 * max(sizes) / 5 + before

    run_virtually(work())


def test_management_lists_of_all_stacks_come_first() -> None:
    async def work() -> None:
        world = region_of(stacks(20))
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        await fleet.close()
        last = max(asked.at for asked in world.of(MANAGEMENT))
        assert all(asked.at > last for asked in world.of(DELIVERY))

    run_virtually(work())


def test_no_more_is_read_than_two_lists_a_stack_and_what_is_asked_for() -> None:
    async def work() -> None:
        world = region_of(stacks(12))
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        paths = [asked.path.removeprefix("/v3/") for asked in world.asked]
        assert sorted(paths) == sorted(
            ["user", "organizations", "stacks", "stacks", "stacks/users"]
            + ["stacks/management_tokens", "stacks/delivery_tokens"] * 12
        )
        world.asked.clear()
        key = list(fleet.snapshot.readings)[3]
        await fleet.look_at([key, key, "nowhere"])
        await fleet.look_at([key])
        await fleet.close()
        wanted = ["environments", "stacks/branch_aliases", "stacks/branches"]
        paths = [asked.path.removeprefix("/v3/") for asked in world.asked]
        assert sorted(paths) == [*wanted, "stacks/users"]
        reading = fleet.snapshot.readings[key]
        assert [each.name for each in reading.as_snapshot().environments.items] == [
            "production"
        ]

    run_virtually(work())


def test_what_is_looked_at_goes_before_all_that_waits() -> None:
    async def work() -> None:
        world = region_of(stacks(50))
        fleet = fleet_of(("", world.connect(OWNER)))
        reading = asyncio.create_task(fleet.read())
        await asyncio.sleep(3)
        asked_at, key = ticks(), list(fleet.snapshot.readings)[40]
        await fleet.look_at([key])
        assert fleet.snapshot.readings[key].listing("environments").read
        # At most ten requests are queued before it.
        assert ticks() - asked_at < 3
        fleet.stop()
        await reading
        await fleet.close()

    run_virtually(work())


def test_the_first_row_is_there_within_a_second_of_the_first_answer() -> None:
    async def work() -> None:
        worlds = regions(6, 300)
        fleet = fleet_of(*((name, it.connect(OWNER)) for name, it in worlds.items()))
        first_row: list[float] = []

        def note(snapshot: FleetSnapshot) -> None:
            if snapshot.rows and not first_row:
                first_row.append(ticks())
                fleet.stop()

        fleet.listen(note)
        await fleet.read()
        await fleet.close()
        asked = [it.asked[0].at for it in worlds.values() if it.asked]
        answers = [at + LATENCY for at in asked]
        assert first_row[0] - min(answers) < 1.0

    run_virtually(work())


def test_a_bystander_at_4_a_second_is_refused_nothing_by_our_reading() -> None:
    async def work() -> None:
        world = region_of(stacks(100))
        fleet = fleet_of(("", world.connect(OWNER)))
        statuses: list[int] = []
        beside = asyncio.create_task(ask_beside(world, statuses))
        await fleet.read()
        beside.cancel()
        await fleet.close()
        assert len(statuses) > 100
        assert set(statuses) == {200}
        assert {asked.status for asked in world.asked} == {200}

    run_virtually(work())


def test_a_429_slows_down_its_organization_alone() -> None:
    async def work() -> None:
        seed = stacks(0)
        names = ("Busy", "Calm")
        seed["organizations"] = [{"name": name} for name in names]
        one = stacks(1)["stacks"][0]
        seed["stacks"] = [
            {**one, "name": name, "organization": name, "copies": 30} for name in names
        ]
        world = region_of(seed)
        busy, calm = world.sandbox.world.organizations
        left = 3

        def too_many(asked: Asked) -> int:
            nonlocal left
            is_one = asked.organization == busy and asked.path.endswith(MANAGEMENT)
            if not is_one or not left:
                return 0
            left -= 1
            return 429

        world.status_of = too_many
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        await fleet.close()
        assert str(fleet.snapshot.progress) == "60 of 60 stacks"
        ends = {
            uid: max(asked.at for asked in world.asked if asked.organization == uid)
            for uid in (busy, calm)
        }
        assert ends[calm] < 1.1 * 60 / 5 + 2
        assert ends[busy] > ends[calm] + 0.5

    run_virtually(work())


def test_a_stop_keeps_what_is_there_and_sends_nothing_more() -> None:
    async def work() -> None:
        world = region_of(stacks(50))
        fleet = fleet_of(("", world.connect(OWNER)))
        reading = asyncio.create_task(fleet.read())
        await asyncio.sleep(5)
        fleet.stop()
        await reading
        sent = len(world.asked)
        snapshot = fleet.snapshot
        assert (snapshot.is_reading, snapshot.was_stopped) == (False, True)
        assert 0 < len(snapshot.rows) < 50
        assert snapshot.progress.total == 50
        assert snapshot.progress.done == 0
        await asyncio.sleep(60)
        assert len(world.asked) == sent
        await fleet.refresh([list(snapshot.readings)[45]])
        assert str(fleet.snapshot.progress) == "1 of 50 stacks"
        await fleet.read()
        assert str(fleet.snapshot.progress) == "50 of 50 stacks"
        await fleet.close()

    run_virtually(work())


def test_whoever_is_cancelled_leaves_nothing_behind() -> None:
    async def work() -> None:
        world = region_of(stacks(50))
        fleet = fleet_of(("", world.connect(OWNER)))
        reading = asyncio.create_task(fleet.read())
        await asyncio.sleep(3)
        reading.cancel()
        await asyncio.wait({reading})
        assert reading.cancelled()
        assert fleet.snapshot.was_stopped
        await asyncio.sleep(1)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert others == set()
        await fleet.close()

    run_virtually(work())


def test_stacks_arrive_one_by_one_and_each_once() -> None:
    async def work() -> None:
        world = region_of(stacks(10))
        fleet = fleet_of(("", world.connect(OWNER)))
        for _ in range(2):
            arrived = [reading async for reading in fleet.arrivals()]
            keys = [reading.stack.key for reading in arrived]
            assert sorted(keys) == sorted(fleet.snapshot.readings)
            assert all(len(reading.rows) == 2 for reading in arrived)
        stream = fleet.arrivals()
        await anext(stream)
        await stream.aclose()
        assert fleet.snapshot.was_stopped
        await fleet.close()

    run_virtually(work())


def test_a_second_reading_finds_what_is_new_and_drops_what_is_gone() -> None:
    async def work() -> None:
        world = region_of(stacks(5))
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        before = set(fleet.snapshot.readings)
        gone = world.sandbox.stacks[2]
        del world.sandbox.world.stacks[gone.api_key]
        await fleet.read()
        assert before - set(fleet.snapshot.readings) == {
            f"{world.region.cma}/{gone.api_key}"
        }
        # While the list of its organization is refused, no stack is called gone.
        world.status_of = lambda asked: 500 if asked.path == "/v3/stacks" else 0
        await fleet.read()
        assert len(fleet.snapshot.readings) == 4
        assert str(fleet.snapshot.progress) == "4 of 4 stacks · 4 not readable"
        await fleet.refresh(fleet.snapshot.readings)
        assert str(fleet.snapshot.progress) == "4 of 4 stacks"
        assert [trouble.reason for trouble in fleet.snapshot.troubles] == [
            "Contentstack failed with status 500"
        ]
        await fleet.close()

    run_virtually(work())


def test_each_stack_says_as_of_when() -> None:
    async def work() -> None:
        world = region_of(stacks(20))
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        moments = [reading.as_of for reading in fleet.snapshot.readings.values()]
        assert None not in moments
        assert len(set(moments)) == 20
        key = next(iter(fleet.snapshot.readings))
        before = fleet.snapshot.readings[key]
        await asyncio.sleep(100)
        await fleet.refresh([key])
        after = fleet.snapshot.readings[key]
        assert before.as_of is not None
        assert after.as_of is not None
        assert (after.as_of - before.as_of).total_seconds() > 100
        await fleet.close()

    run_virtually(work())


def test_many_stacks_of_many_pages_are_read_to_the_end() -> None:
    async def work() -> None:
        seed = stacks(120)
        seed["stacks"][0]["fill_delivery_tokens"] = 0
        big = {**seed["stacks"][0], "name": "Big", "copies": 1}
        seed["stacks"].append({**big, "fill_delivery_tokens": 250})
        world = region_of(seed)
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        await fleet.close()
        assert len(fleet.snapshot.readings) == 121
        assert len(fleet.snapshot.rows) == 121 + 250

    run_virtually(work())
