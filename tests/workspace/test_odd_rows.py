"""What is concluded from lists with rows that aren't understood, or cut lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tui.contentstack.errors import TimedOut
from tui.contentstack.models import (
    DeliveryToken,
    Environment,
    ManagementToken,
    ManagementTokenRequest,
    Odd,
    Stack,
)
from tui.contentstack.rows import Cut, Rows
from tui.contentstack.scope import Scope
from tui.messages.plan import name_problem
from tui.state.rotations import Rotation
from tui.workspace.creation import FULL, at_risk, create_once
from tui.workspace.health import health_warnings, unjudged
from tui.workspace.plan import Plan
from tui.workspace.rotation import RotationStep, progress
from tui.workspace.snapshot import Listing, Snapshot
from tui.workspace.snapshot_store import SnapshotStore
from tui.workspace.writing import Unclear

NOW = datetime(2026, 11, 30, tzinfo=UTC)
NAMELESS = Odd("$.tokens[1]", "expected `object`, got `null`", index=1)
WEB = DeliveryToken("blt1", "web", "d", Scope.of(("qa",)))


def odd(uid: str = "bltodd", name: str = "", index: int = 1) -> Odd:
    return Odd("$.tokens[1].name", "expected `str`", uid, name, index)


def snapshot(*rows: Odd, cut: Cut | None = None) -> Snapshot:
    return Snapshot(delivery=Listing((WEB,), read=True, odd=rows, cut=cut))


def test_rows_stand_in_the_order_of_the_list() -> None:
    tokens = tuple(DeliveryToken(str(number), "") for number in range(3))
    listing = Listing(
        tokens, read=True, odd=(odd("a", index=0), odd("b", index=2), odd("c", index=9))
    )
    assert [row.uid for row in listing.rows] == ["a", "0", "b", "1", "2", "c"]


def test_the_name_of_an_odd_row_is_taken() -> None:
    here = snapshot(odd(name="web-next"))
    assert here.free_name("web", "next") == "web-next-2"
    assert "called web-next exists" in str(name_problem(Plan(name="web-next"), here))
    assert name_problem(Plan(name="web", changes="blt1"), here) is None


def test_an_odd_row_that_is_understood_later_takes_its_own_place() -> None:
    snapshots = SnapshotStore()
    snapshots.snapshot = snapshot(odd("blt2"), NAMELESS)
    snapshots.put(DeliveryToken("blt2", "fine"))
    assert snapshots.snapshot.delivery.odd == (NAMELESS,)
    assert {token.uid for token in snapshots.snapshot.delivery.items} == {
        "blt1",
        "blt2",
    }


@pytest.mark.parametrize(
    "unknown", [{"odd": (NAMELESS,)}, {"cut": "only the first 5 rows were read"}]
)
def test_nothing_is_called_gone_by_a_list_that_is_not_whole(
    unknown: dict[str, Any],
) -> None:
    stack = Stack("s", "Shop", "blt", branches_enabled=False)
    known = Listing((Environment("e", "prod"),), read=True)
    here = replace(snapshot(), stack=stack, environments=known)
    assert any("gone" in warning.what for warning in health_warnings(here, NOW))
    here = replace(here, environments=replace(known, **unknown))
    assert not any("gone" in warning.what for warning in health_warnings(here, NOW))
    assert "environments" in unjudged(here)


def test_odd_management_tokens_take_places_too() -> None:
    token = ManagementToken("blt1", "ci")
    assert at_risk((token,) * (FULL - 1)) is None
    assert at_risk((token,) * (FULL - 1), 1) is token
    assert at_risk((), FULL) is None


class Lost:
    """A server that answers to no create, and lists what it is told."""

    def __init__(self, *lists: Rows[ManagementToken]) -> None:
        self.lists = list(lists)

    async def management_tokens(self) -> Rows[ManagementToken]:
        return self.lists.pop(0) if len(self.lists) > 1 else self.lists[0]

    async def create_management_token(
        self, _draft: ManagementTokenRequest
    ) -> ManagementToken:
        raise TimedOut("No answer", may_have_happened=True)


@pytest.mark.parametrize(
    "after",
    [
        Rows(odd=(odd(name="ci"),)),
        Rows(odd=(odd(),)),
        Rows(odd=(NAMELESS,)),
        Rows(cut=Cut(5)),
    ],
)
async def test_a_create_is_in_doubt_where_the_list_may_hide_it(
    after: Rows[ManagementToken],
) -> None:
    client: Any = Lost(Rows(), after)
    with pytest.raises(Unclear) as caught:
        await create_once(client, ManagementTokenRequest("ci"), "", {})
    assert caught.value.may_have_happened


@pytest.mark.parametrize("row", [odd(name="ci"), odd(name="other")])
async def test_an_odd_row_that_was_there_before_hides_nothing(row: Odd) -> None:
    client: Any = Lost(Rows(odd=(row,)))
    with pytest.raises(TimedOut) as caught:
        await create_once(client, ManagementTokenRequest("ci"), "", {})
    assert not caught.value.may_have_happened


def rotation(
    old: str,
    name: str,
    replacement: str,
    replacement_uid: str = "",
    before: tuple[str, ...] = (),
) -> Rotation:
    return Rotation(
        stack="s",
        kind="delivery",
        old_uid=old,
        old_name=name,
        replacement_name=replacement,
        replacement_uid=replacement_uid,
        before=before,
    )


ROTATION = rotation("blt1", "web", "web-next", "bltnext", ("blt1",))


@pytest.mark.parametrize(
    ("begun", "row", "clear"),
    [
        (ROTATION, odd("bltnext", "anything"), False),
        (ROTATION, odd("bltother", "web-next"), True),
        (ROTATION, odd("", "web-next"), False),
        (ROTATION, NAMELESS, False),
        (
            rotation("blt1", "web", "web-next", "", ("blt1",)),
            odd("x", "web-next"),
            False,
        ),
        (rotation("blt1", "web", "web-next"), NAMELESS, True),
        (rotation("blt0", "old", "web", "blt1", ("blt0",)), odd("blt0"), False),
        (rotation("blt0", "old", "web", "blt1", ("blt0",)), odd("blt7", "x"), True),
    ],
)
def test_a_rotation_waits_while_one_of_its_tokens_is_not_understood(
    begun: Rotation, row: Odd, clear: bool
) -> None:
    assert (progress(begun, snapshot(row)).unclear is None) is clear


def test_a_rotation_waits_where_the_list_was_cut() -> None:
    now = progress(ROTATION, snapshot(cut=Cut(5)))
    assert now.step is RotationStep.CREATE
    assert now.unclear == Cut(5)
