from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from tests.support.clock import NOW
from tui.contentstack.models import (
    DeliveryToken,
    ManagementToken,
    ManagementTokenRequest,
    Stack,
)
from tui.contentstack.scope import Scope
from tui.secret import Secret
from tui.state.rotations import Rotation, RotationStore
from tui.workspace.rotation import RotationStep, begun, progress, replacement_request
from tui.workspace.snapshot import Listing, Snapshot

OLD = DeliveryToken(
    uid="blt1",
    name="web",
    description="site",
    scope=Scope.of(("production",), ("main",)),
)
TWIN = changed(OLD, uid="blt2", name="web-next")
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


@pytest.mark.parametrize(
    ("entries", "tokens", "step"),
    [
        ({}, (OLD,), RotationStep.MAKE),
        ({}, (OLD, TWIN), RotationStep.VERIFY),
        ({"replacement_uid": "blt2"}, (OLD, TWIN), RotationStep.VERIFY),
        ({"replacement_uid": "blt2"}, (OLD,), RotationStep.MAKE),
        (
            {"replacement_uid": "blt2", "verified": True},
            (OLD, TWIN),
            RotationStep.HAND_OUT,
        ),
        (
            {"replacement_uid": "blt2", "verified": True, "handed_out": True},
            (OLD, TWIN),
            RotationStep.DELETE,
        ),
        (
            {"replacement_uid": "blt2", "verified": True, "handed_out": True},
            (TWIN,),
            RotationStep.RENAME,
        ),
        (
            {"replacement_uid": "blt2", "verified": True, "handed_out": True},
            (changed(TWIN, name="web"),),
            RotationStep.DONE,
        ),
        ({}, (), RotationStep.DONE),
    ],
)
def test_the_next_step_is_read_from_the_stack(
    entries: dict[str, object], tokens: tuple[DeliveryToken, ...], step: RotationStep
) -> None:
    assert progress(changed(ROTATION, **entries), holding(*tokens)).step is step


def test_a_token_of_the_twins_name_that_was_there_before_is_not_the_twin() -> None:
    assert (
        progress(
            changed(ROTATION, before=("blt1", "blt2")), holding(OLD, TWIN)
        ).replacement
        is None
    )
    assert (
        progress(changed(ROTATION, before=()), holding(OLD, TWIN)).replacement is None
    )


def test_the_twin_gets_a_name_that_is_free() -> None:
    assert begun(OLD, holding(OLD), RotationStore()).replacement_name == "web-next"
    assert (
        begun(OLD, holding(OLD, TWIN), RotationStore()).replacement_name == "web-next-2"
    )


def test_a_rotation_under_way_goes_on_from_either_token() -> None:
    store = RotationStore()
    store.keep(changed(ROTATION, replacement_uid="blt2"))
    assert begun(OLD, holding(OLD, TWIN), store) == begun(
        TWIN, holding(OLD, TWIN), store
    )


def test_the_twin_of_an_expiring_token_lives_as_long_anew() -> None:
    old = ManagementToken(
        uid="blt1",
        name="ci",
        scope=Scope.of(rights=({"module": "$all", "acl": {"write": True}},)),
        created_at=NOW.replace(month=8, day=1),
        expires_on=NOW.replace(month=8, day=31),
        extra={"rate_limit_enabled": True},
    )
    rotation = begun(old, holding(old), RotationStore())
    draft = replacement_request(old, rotation.replacement_name, NOW)
    assert isinstance(draft, ManagementTokenRequest)
    assert draft.expires_on is not None
    assert (NOW.date().toordinal() + 30) == draft.expires_on.toordinal()
    assert draft.to_api()["rate_limit_enabled"] is True
    assert draft.to_api()["name"] == "ci-next"


def test_a_value_that_was_shown_once_and_not_taken_is_known_to_be_lost() -> None:
    rotation = changed(ROTATION, kind="management", replacement_uid="blt2")
    replacement = ManagementToken(uid="blt2", name="ci-next")
    assert progress(rotation, holding(replacement)).value_lost
    assert not progress(
        rotation, holding(changed(replacement, value=Secret("cs1")))
    ).value_lost
    assert not progress(
        changed(rotation, handed_out=True), holding(replacement)
    ).value_lost
    assert not progress(
        changed(ROTATION, replacement_uid="blt2"), holding(TWIN)
    ).value_lost
