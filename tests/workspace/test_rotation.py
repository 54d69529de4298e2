from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec.structs import replace as changed

from tests.support.clock import NOW
from tui.contentstack.models import (
    DeliveryToken,
    ManagementToken,
    ManagementTokenRequest,
    Stack,
)
from tui.contentstack.rows import Cut
from tui.contentstack.scope import Scope
from tui.messages.rotation import doubt_words
from tui.secret import Secret
from tui.state.rotations import Rotation, RotationStore
from tui.workspace.rotation import (
    NextStep,
    Rotated,
    RotationStep,
    StateUnknown,
    ToCreate,
    ToDelete,
    ToDiscard,
    ToExport,
    ToRename,
    ToVerify,
    begun,
    progress,
    replacement_request,
)
from tui.workspace.snapshot import Listing, Snapshot

OLD = DeliveryToken(
    uid="blt1",
    name="web",
    description="site",
    scope=Scope.of(("production",), ("main",)),
)
REPLACEMENT = changed(OLD, uid="blt2", name="web-next")
SNAPSHOT = Snapshot(stack=Stack(uid="blts", name="Storefront", api_key="bltk"))
ROTATION = Rotation(
    stack="blts",
    kind="delivery",
    old_uid="blt1",
    old_name="web",
    replacement_name="web-next",
    before=("blt1",),
)


def holding(*tokens: DeliveryToken | ManagementToken) -> Snapshot:
    return replace(
        SNAPSHOT,
        delivery=Listing(
            tuple(token for token in tokens if isinstance(token, DeliveryToken)),
            read=True,
        ),
        management=Listing(
            tuple(token for token in tokens if isinstance(token, ManagementToken)),
            read=True,
        ),
    )


VERIFIED = changed(ROTATION, replacement_uid="blt2", verified=True)
EXPORTED = changed(VERIFIED, exported=True)
RENAMED = changed(REPLACEMENT, name="web")


@pytest.mark.parametrize(
    ("rotation", "tokens", "next_step"),
    [
        (ROTATION, (OLD,), ToCreate(OLD)),
        (ROTATION, (OLD, REPLACEMENT), ToVerify(REPLACEMENT)),
        (
            changed(ROTATION, replacement_uid="blt2"),
            (OLD, REPLACEMENT),
            ToVerify(REPLACEMENT),
        ),
        (changed(ROTATION, replacement_uid="blt2"), (OLD,), ToCreate(OLD)),
        (VERIFIED, (OLD, REPLACEMENT), ToExport(REPLACEMENT)),
        (EXPORTED, (OLD, REPLACEMENT), ToDelete(OLD, REPLACEMENT)),
        (EXPORTED, (REPLACEMENT,), ToRename(REPLACEMENT)),
        (EXPORTED, (RENAMED,), Rotated(RENAMED)),
        (ROTATION, (), Rotated(None)),
    ],
)
def test_the_next_step_is_read_from_the_stack(
    rotation: Rotation, tokens: tuple[DeliveryToken, ...], next_step: NextStep
) -> None:
    assert progress(rotation, holding(*tokens)).next_step == next_step


def test_every_step_of_the_checklist_is_reached_in_its_order() -> None:
    reached = [
        progress(ROTATION, holding(OLD)),
        progress(ROTATION, holding(OLD, REPLACEMENT)),
        progress(VERIFIED, holding(OLD, REPLACEMENT)),
        progress(EXPORTED, holding(OLD, REPLACEMENT)),
        progress(EXPORTED, holding(REPLACEMENT)),
        progress(EXPORTED, holding(RENAMED)),
    ]
    assert [state.step for state in reached] == list(RotationStep)


def test_nothing_comes_next_where_a_token_may_be_hidden() -> None:
    cut = replace(SNAPSHOT, delivery=Listing((OLD,), read=True, cut=Cut(5)))
    next_step = progress(ROTATION, cut).next_step
    assert next_step == StateUnknown(Cut(5))
    assert doubt_words(Cut(5)) == (
        "Tokendeck couldn't read all tokens: only the first 5 rows were read."
    )


def test_a_token_of_that_name_that_was_there_before_is_not_the_replacement() -> None:
    there = holding(OLD, REPLACEMENT)
    for before in (("blt1", "blt2"), ()):
        rotation = changed(ROTATION, before=before)
        assert progress(rotation, there).replacement is None


def test_the_replacement_gets_a_name_that_is_free() -> None:
    assert begun(OLD, holding(OLD), RotationStore()).replacement_name == "web-next"
    assert (
        begun(OLD, holding(OLD, REPLACEMENT), RotationStore()).replacement_name
        == "web-next-2"
    )


def test_a_rotation_under_way_goes_on_from_either_token() -> None:
    store = RotationStore()
    store.keep(changed(ROTATION, replacement_uid="blt2"))
    assert begun(OLD, holding(OLD, REPLACEMENT), store) == begun(
        REPLACEMENT, holding(OLD, REPLACEMENT), store
    )


def test_the_replacement_of_an_expiring_token_lives_as_long_anew() -> None:
    old = ManagementToken(
        uid="blt1",
        name="ci",
        scope=Scope.of(rights=({"module": "$all", "acl": {"write": True}},)),
        created_at=NOW.replace(month=8, day=1),
        expires_on=NOW.replace(month=8, day=31),
        extra={"rate_limit_enabled": True},
    )
    rotation = begun(old, holding(old), RotationStore())
    request = replacement_request(old, rotation.replacement_name, NOW)
    assert isinstance(request, ManagementTokenRequest)
    assert request.expires_on == NOW.date() + timedelta(days=30)
    assert request.to_api()["rate_limit_enabled"] is True
    assert request.to_api()["name"] == "ci-next"


def test_a_replacement_whose_value_was_not_collected_is_to_be_discarded() -> None:
    rotation = changed(ROTATION, kind="management", replacement_uid="blt2")
    lost = ManagementToken(uid="blt2", name="ci-next")
    state = progress(rotation, holding(lost))
    assert state.value_lost
    assert state.next_step == ToDiscard(lost)
    assert state.step is RotationStep.VERIFY

    collected = changed(lost, value=Secret("cs1"))
    assert progress(rotation, holding(collected)).next_step == ToVerify(collected)
    exported = changed(rotation, exported=True)
    assert progress(exported, holding(lost)).next_step == ToVerify(lost)
    delivery = changed(ROTATION, replacement_uid="blt2")
    assert not progress(delivery, holding(REPLACEMENT)).value_lost
