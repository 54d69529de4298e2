"""Tokens that look like a rotation without any saved state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from tests.support.clock import NOW
from tests.workspace.test_rotation import ROTATION, holding
from tui.contentstack.models import DeliveryToken, ManagementToken, User
from tui.contentstack.scope import Scope
from tui.state.rotations import RotationStore
from tui.workspace.likely_rotation import likely_rotation
from tui.workspace.rotation import begun, known
from tui.workspace.snapshot import Snapshot

OLD = DeliveryToken(
    uid="blt1", name="web", scope=Scope.of(("qa",), ("main",)), created_at=NOW
)
NEW = changed(OLD, uid="blt2", name="web-next", created_at=NOW + timedelta(days=1))


def pair(token: DeliveryToken | ManagementToken, snapshot: Snapshot) -> tuple[str, ...]:
    found = likely_rotation(token, snapshot)
    return (found.old_uid, found.replacement_uid) if found else ()


@pytest.mark.parametrize("name", ["web-next", "web-next-2"])
def test_both_tokens_lead_to_the_rotation(name: str) -> None:
    new = changed(NEW, name=name)
    snapshot = holding(OLD, new)
    assert pair(OLD, snapshot) == pair(new, snapshot) == ("blt1", "blt2")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "web-next-to-it"},
        {"name": "next"},
        {"scope": Scope.of(("production",), ("main",))},
        {"scope": Scope.of(("qa",), ("main", "dev"))},
        {"created_at": NOW - timedelta(days=1)},
        {"created_at": NOW},
        {"created_at": None},
    ],
)
def test_what_no_replacement_would_be_is_none(change: dict[str, object]) -> None:
    new = changed(NEW, **change)
    snapshot = holding(OLD, new)
    assert pair(OLD, snapshot) == pair(new, snapshot) == ()


def test_of_several_the_newest_is_the_one_under_way() -> None:
    later = changed(
        NEW, uid="blt3", name="web-next-2", created_at=NOW + timedelta(days=2)
    )
    assert pair(OLD, holding(later, OLD, NEW)) == ("blt1", "blt3")
    assert pair(NEW, holding(later, OLD, NEW)) == ("blt1", "blt2")


def test_another_expiry_is_what_a_replacement_has_and_another_access_is_not() -> None:
    old = ManagementToken(uid="blt1", name="ci", created_at=NOW, expires_on=NOW)
    new = changed(
        old,
        uid="blt2",
        name="ci-next",
        created_at=NOW + timedelta(days=1),
        expires_on=NOW + timedelta(days=30),
    )
    assert pair(old, holding(old, new)) == ("blt1", "blt2")
    rights = [{"module": "$all", "acl": {"read": True, "write": True}}]
    writing = changed(new, scope=Scope.of(rights=rights))
    assert pair(old, holding(old, writing)) == ()


@given(st.lists(st.sampled_from(["web", "web-next", "web-next-next", "web-next-2"])))
def test_a_guess_names_two_tokens_of_the_stack(names: list[str]) -> None:
    tokens = [
        changed(OLD, uid=str(at), name=name, created_at=NOW + timedelta(days=at))
        for at, name in enumerate(names)
    ]
    for token in tokens:
        found = pair(token, holding(*tokens))
        assert not found or token.uid in found
        assert len(set(found)) in (0, 2)


# What is kept, and lacks the uid of a replacement whose creation was never answered


def store_without_answer() -> RotationStore:
    store = RotationStore()
    store.keep(changed(ROTATION, old_uid="blt1", before=("blt1",)))
    return store


def test_a_replacement_without_an_answer_leads_to_its_rotation() -> None:
    store, snapshot = store_without_answer(), holding(OLD, NEW)
    assert known(NEW, snapshot, store) == known(OLD, snapshot, store)
    assert begun(NEW, snapshot, store).old_uid == "blt1"


def test_of_the_same_name_what_somebody_else_created_is_not_ours() -> None:
    snapshot = holding(OLD, changed(NEW, created_by="bltb"))
    theirs = snapshot.delivery.items[1]
    me = {"user": User(uid="blta", email="a@example.com")}
    assert (
        known(theirs, Snapshot(**{**vars(snapshot), **me}), store_without_answer())
        is None
    )
    assert known(theirs, snapshot, store_without_answer()) is not None


def test_a_token_that_was_there_before_is_not_part_of_it() -> None:
    store = RotationStore()
    store.keep(changed(ROTATION, before=("blt1", "blt2")))
    assert known(NEW, holding(OLD, NEW), store) is None
