"""What refuses, fails or is odd gets a row with the reason, and spoils nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.fleet.test_reading import DELIVERY, MANAGEMENT, OWNER, stacks
from tests.fleet.worlds import Asked, WatchedRegion, fleet_of, region_of, regions
from tests.support.virtual_time import run_virtually
from tui.account.account import Connect
from tui.connection.connection import Connection, ConnectionMissing
from tui.contentstack.errors import NotAllowed, SignedOut
from tui.fleet.fleet import Fleet


def reasons(fleet: Fleet) -> list[tuple[str, str, str]]:
    """Return where, about which kind, and why something can't be seen."""
    return [
        (row.place.stack_name or row.place.organization, row.kind, row.reason)
        for row in fleet.snapshot.rows
        if row.reason
    ]


def with_roles(*roles: str) -> dict[str, Any]:
    """Return the seed of a stack for each role that Ana has."""
    seed = stacks(1)
    one = {**seed["stacks"][0], "custom_roles": {}}
    seed["stacks"] = [{**one, "name": role} for role in roles]
    ana = {"email": "ana@example.com", "roles": {role: role for role in roles}}
    return {**seed, "users": [*seed["users"], ana]}


def test_a_role_that_may_not_see_tokens_is_named_by_who_may() -> None:
    async def work() -> None:
        world = region_of(with_roles("Admin", "Developer", "Content Manager"))
        fleet = fleet_of(("", world.connect()))
        await fleet.read()
        await fleet.close()
        management = "management: Owners and Admins only"
        delivery = "delivery: Owners, Admins and Developers only"
        assert reasons(fleet) == [
            ("Developer", "management", management),
            ("Content Manager", "management", management),
            ("Content Manager", "delivery", delivery),
        ]
        assert str(fleet.snapshot.progress) == "3 of 3 stacks · 2 not readable"
        assert len([row for row in fleet.snapshot.rows if row.token]) == 3
        refused = [row for row in fleet.snapshot.rows if row.reason]
        assert all(isinstance(row.error, NotAllowed) for row in refused)
        assert all(row.as_of and row.stack for row in refused)
        # A refusal is an answer, so it isn't asked twice.
        assert len(world.of(MANAGEMENT)) == len(world.of(DELIVERY)) == 3

    run_virtually(work())


def test_what_fails_is_said_and_read_again_on_demand() -> None:
    async def work() -> None:
        world = region_of(stacks(10))
        broken = world.sandbox.stacks[4]
        name = broken.name

        def fails(asked: Asked) -> int:
            return 500 if asked.api_key == broken.api_key else 0

        world.status_of = fails
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        why = "Contentstack failed with status 500"
        assert reasons(fleet) == [(name, "", why)]
        assert str(fleet.snapshot.progress) == "10 of 10 stacks · 1 not readable"
        assert len([row for row in fleet.snapshot.rows if row.token]) == 18
        world.status_of = lambda _: 0
        (key,) = [key for key in fleet.snapshot.readings if broken.api_key in key]
        await fleet.refresh([key])
        assert reasons(fleet) == []
        assert str(fleet.snapshot.progress) == "10 of 10 stacks"
        # What was read stays when a refresh fails, and says so.
        world.status_of = lambda asked: fails(asked) * asked.path.endswith(MANAGEMENT)
        before = fleet.snapshot.readings[key]
        await fleet.refresh([key])
        after = fleet.snapshot.readings[key]
        assert after.listing("management").items == before.listing("management").items
        assert after.read_at["management"] == before.read_at["management"]
        assert after.read_at["delivery"] > before.read_at["delivery"]
        assert reasons(fleet) == [(name, "management", f"management: {why}")]
        await fleet.close()

    run_virtually(work())


def test_what_may_not_be_seen_any_more_does_not_stay() -> None:
    async def work() -> None:
        world = region_of(stacks(1))
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        assert len(fleet.snapshot.rows) == 2
        world.status_of = lambda asked: 403 * asked.path.endswith(MANAGEMENT)
        await fleet.read()
        await fleet.close()
        kinds = [(row.kind, bool(row.token)) for row in fleet.snapshot.rows]
        assert kinds == [("delivery", True), ("management", False)]

    run_virtually(work())


def test_an_organization_that_refuses_is_a_row() -> None:
    async def work() -> None:
        worlds = regions(6, 30)
        world = worlds["na"]
        first, *_ = world.sandbox.world.organizations.values()

        def refuses(asked: Asked) -> int:
            is_list = asked.path == "/v3/stacks" and not asked.api_key
            return 403 if is_list and asked.organization in (first.uid, "") else 0

        world.status_of = refuses
        fleet = fleet_of(("work", world.connect(OWNER)))
        await fleet.read()
        await fleet.close()
        (row,) = [row for row in fleet.snapshot.rows if row.stack is None]
        assert row.place.organization == first.name
        assert (row.place.profile, row.place.region_name) == ("work", "NA")
        assert row.reason == "You aren't allowed to do that"
        others = len([it for it in world.sandbox.stacks if it.organization != first])
        assert fleet.snapshot.progress.done == others

    run_virtually(work())


def test_a_profile_that_leads_nowhere_spoils_no_other() -> None:
    def nowhere() -> Connection:
        raise ConnectionMissing("Tokendeck needs a region.")

    async def work() -> None:
        world = region_of(stacks(2))
        anonymous = _with(world.connect(OWNER), credential=None)
        ways: list[tuple[str, Connect]] = [
            ("a", nowhere),
            ("b", anonymous),
            ("c", world.connect(OWNER)),
        ]
        fleet = fleet_of(*ways)
        await fleet.read()
        await fleet.close()
        said = [(each.place.profile, each.reason) for each in fleet.snapshot.troubles]
        assert sorted(said) == [
            ("a", "Tokendeck needs a region."),
            ("b", "You aren't signed in"),
        ]
        assert str(fleet.snapshot.progress) == "2 of 2 stacks"

    run_virtually(work())


def _with(connect: Connect, **fields: Any) -> Connect:
    from dataclasses import replace

    return lambda: replace(connect(), **fields)


def test_a_session_that_ends_is_asked_once_more_and_then_no_more() -> None:
    async def work() -> None:
        world = region_of(stacks(100))
        fleet = fleet_of(("", world.connect(OWNER)))
        reading = asyncio.create_task(fleet.read())
        await asyncio.sleep(4)
        world.sandbox.world.people.clear()
        sent = len(world.asked)
        await reading
        await fleet.close()
        # Those in progress, their check of the session, and not 180 more.
        assert len(world.asked) - sent < 15
        assert str(fleet.snapshot.progress) == "100 of 100 stacks · 100 not readable"
        refused = [row for row in fleet.snapshot.rows if row.error]
        assert all(isinstance(row.error, SignedOut) for row in refused)

    run_virtually(work())


def test_a_stack_that_says_signed_out_by_itself_is_one_row() -> None:
    async def work() -> None:
        world = region_of(stacks(10))
        odd = world.sandbox.stacks[0].api_key
        world.status_of = lambda asked: 401 * (asked.api_key == odd)
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        await fleet.close()
        assert str(fleet.snapshot.progress) == "10 of 10 stacks · 1 not readable"

    run_virtually(work())


@pytest.mark.parametrize("first", ["omar@example.com", "ana@example.com"])
def test_one_stack_seen_by_two_profiles_is_there_once_as_who_sees_most(
    first: str,
) -> None:
    async def work() -> None:
        world = region_of(with_roles("Developer"))
        ways = {"omar": world.connect(OWNER), "ana": world.connect()}
        order = sorted(ways.items(), key=lambda way: way[0] not in first)
        fleet = fleet_of(*order)
        await fleet.read()
        assert len(fleet.snapshot.readings) == 1
        assert reasons(fleet) == []
        assert [row.kind for row in fleet.snapshot.rows] == ["management", "delivery"]
        (key,) = fleet.snapshot.readings
        connection = fleet.connect_to(key)()
        omar = next(it for it in world.sandbox.users if it.email == OWNER)
        assert connection.credential is not None
        assert connection.credential.secret.reveal() == omar.authtoken
        assert connection.stack == world.sandbox.stacks[0].api_key
        await fleet.close()

    run_virtually(work())


def test_odd_rows_and_odd_stacks_are_named() -> None:
    async def work() -> None:
        seed = stacks(3)
        seed["rows"] = [
            {"list": "stacks", "row": {"uid": "blt0", "name": "Half"}},
            {"list": "management_tokens", "row": {"uid": "blt1"}, "stack": "Shop 002"},
        ]
        world = region_of(seed)
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        await fleet.close()
        (stack, kind, reason) = next(each for each in reasons(fleet) if each[1])
        assert (stack, kind) == ("Shop 002", "management")
        assert reason.startswith("management: ")
        (trouble,) = fleet.snapshot.troubles
        assert trouble.reason.startswith("stack Half: ")
        assert str(fleet.snapshot.progress) == "3 of 3 stacks"

    run_virtually(work())


def test_an_error_holds_on_to_no_frame() -> None:
    async def work() -> None:
        world: WatchedRegion = region_of(with_roles("Developer"))
        fleet = fleet_of(("", world.connect()))
        await fleet.read()
        await fleet.close()
        (error,) = [row.error for row in fleet.snapshot.rows if row.error]
        assert (error.__traceback__, error.__context__) == (None, None)

    run_virtually(work())


def test_an_odd_organization_is_a_trouble_and_the_others_are_read() -> None:
    async def work() -> None:
        seed = stacks(2)
        seed["rows"] = [{"list": "organizations", "row": {"name": "Half"}}]
        world = region_of(seed)
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        await fleet.close()
        (trouble,) = fleet.snapshot.troubles
        assert trouble.reason.startswith("organization Half: ")
        assert trouble.place.organization == "Half"
        assert str(fleet.snapshot.progress) == "2 of 2 stacks"

    run_virtually(work())


def test_a_session_that_can_not_be_checked_is_not_called_over() -> None:
    async def work() -> None:
        world = region_of(stacks(10))
        odd = world.sandbox.stacks[0].api_key

        def fails(asked: Asked) -> int:
            if asked.api_key == odd:
                return 401
            # The session check gets no answer, either.
            return 500 if asked.path == "/v3/user" and len(world.asked) > 5 else 0

        world.status_of = fails
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        await fleet.close()
        assert str(fleet.snapshot.progress) == "10 of 10 stacks · 1 not readable"

    run_virtually(work())


def test_what_answers_in_contentstacks_place_is_said() -> None:
    async def work() -> None:
        world = region_of(stacks(2))
        whole = world.sandbox.management

        async def page(scope: Any, receive: Any, send: Any) -> None:
            headers = dict(scope["headers"])
            if scope["path"] == "/v3/stacks" and b"organization_uid" not in headers:
                start = {"type": "http.response.start", "status": 200}
                html = [(b"content-type", b"text/html")]
                await send({**start, "headers": html})
                await send({"type": "http.response.body", "body": b"<html>Sign in"})
                return
            await whole(scope, receive, send)

        world.sandbox.management = page
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        await fleet.close()
        assert len(fleet.snapshot.troubles) == 1
        assert str(fleet.snapshot.progress) == "2 of 2 stacks"

    run_virtually(work())
