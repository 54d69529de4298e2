"""The fingerprints on disk follow what the program does to tokens."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from tests.support.clock import NOW
from tui.connection.demo import connection_to
from tui.leaks.fingerprints import (
    fingerprints_path,
    read_fingerprints,
    write_fingerprints,
)
from tui.leaks.following import follow_changes
from tui.leaks.known import KnownTokens
from tui.leaks.stack_tokens import known_of
from tui.sandbox.seed import SeedLimits, demo_seed
from tui.sandbox.service import Sandbox
from tui.secret import Secret
from tui.state.deliveries import DeliveryStore
from tui.workspace.workspace import Workspace


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path)}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox.from_seed(demo_seed())


@pytest.fixture
async def workspace(sandbox: Sandbox) -> Workspace:
    workspace = Workspace(lambda: connection_to(sandbox))
    await workspace.refresh()
    return workspace


def keep(workspace: Workspace, environ: dict[str, str]) -> None:
    """Keep the fingerprints of the stack, as `find --keep-fingerprints` does."""
    stack = workspace.snapshot.stack
    assert stack is not None
    known = known_of([workspace.snapshot])
    write_fingerprints(environ, stack.api_key, stack.name, known)


async def create_robot(workspace: Workspace, name: str) -> Secret:
    """Create a management token, and return its value."""
    listed = workspace.snapshot.management.items
    oldest = min(listed, key=lambda token: token.created_at or NOW)
    created = await workspace.create_replacement(listed[0], name, oldest.uid)
    assert created.value is not None
    return created.value


async def test_the_value_of_a_new_management_token_is_known_from_then_on(
    workspace: Workspace, environ: dict[str, str]
) -> None:
    follow_changes(workspace, DeliveryStore(environ), environ)
    keep(workspace, environ)
    value = await create_robot(workspace, "robot")
    (token,) = (x for x in workspace.snapshot.management.items if x.name == "robot")
    await workspace.update_token(token, token.as_request().renamed("robot-2"))
    # Even after the stack's values are saved again: Contentstack won't show this one.
    keep(workspace, environ)
    kept = read_fingerprints(environ)
    assert kept is not None
    known = kept.token_of(value)
    assert known is not None
    assert (known.name, known.kind, known.uid) == ("robot-2", "management", token.uid)
    assert value.reveal() not in fingerprints_path(environ).read_text()


async def test_the_values_of_a_replacement_are_known_from_then_on(
    workspace: Workspace, environ: dict[str, str]
) -> None:
    follow_changes(workspace, DeliveryStore(environ), environ)
    keep(workspace, environ)
    for old in (
        workspace.snapshot.management.items[0],
        next(x for x in workspace.snapshot.delivery.items if x.preview),
    ):
        oldest = workspace.snapshot.management.items[-1].uid
        new = await workspace.create_replacement(old, f"{old.name}-next", oldest)
        kept = read_fingerprints(environ)
        assert kept is not None
        for value in filter(None, (new.value, new.preview)):
            assert kept.token_of(value) is not None


async def test_nothing_is_kept_that_nobody_asked_for(
    workspace: Workspace, environ: dict[str, str]
) -> None:
    follow_changes(workspace, DeliveryStore(environ), environ)
    await create_robot(workspace, "robot")
    assert not fingerprints_path(environ).exists()
    write_fingerprints(environ, "another-stack", "Another", KnownTokens())
    before = fingerprints_path(environ).read_bytes()
    await create_robot(workspace, "robot-2")
    assert fingerprints_path(environ).read_bytes() == before
    follow_changes(workspace, DeliveryStore(), None)


async def test_a_token_is_created_though_its_fingerprint_can_not_be_kept(
    workspace: Workspace, environ: dict[str, str]
) -> None:
    follow_changes(workspace, DeliveryStore(environ), environ)
    keep(workspace, environ)
    os.chmod(fingerprints_path(environ), 0o644)
    assert await create_robot(workspace, "robot")


async def test_a_deleted_token_is_in_no_target_any_more(
    workspace: Workspace, environ: dict[str, str]
) -> None:
    deliveries = DeliveryStore(environ)
    follow_changes(workspace, deliveries, environ)
    first, second = workspace.snapshot.delivery.items[:2]
    for token in (first, second):
        deliveries.add(token.uid, ["web"])
    await workspace.delete_token(first)
    assert DeliveryStore(environ).targets_of(first.uid) == ()
    assert DeliveryStore(environ).targets_of(second.uid) == ("web",)
    assert deliveries.forgotten(first.uid) == ("web",)


async def test_a_token_that_was_gone_already_is_in_no_target_either(
    sandbox: Sandbox, workspace: Workspace, environ: dict[str, str]
) -> None:
    deliveries = DeliveryStore(environ)
    follow_changes(workspace, deliveries, environ)
    token = workspace.snapshot.delivery.items[0]
    deliveries.add(token.uid, ["web"])
    del sandbox.stacks[0].delivery_tokens[token.uid]
    assert await workspace.delete_token(token) is False
    assert deliveries.targets_of(token.uid) == ()


async def test_a_token_that_a_new_one_deletes_is_in_no_target_any_more(
    sandbox: Sandbox, workspace: Workspace, environ: dict[str, str]
) -> None:
    deliveries = DeliveryStore(environ)
    follow_changes(workspace, deliveries, environ)
    stack = sandbox.stacks[0]
    limits = SeedLimits(
        management_tokens=len(stack.management_tokens), evict_oldest=True
    )
    stack.seed = msgspec.structs.replace(stack.seed, limits=limits)
    uids = [*stack.management_tokens]
    for uid in uids:
        deliveries.add(uid, ["web"])
    await create_robot(workspace, "robot")
    (gone,) = (uid for uid in uids if uid not in stack.management_tokens)
    assert [uid for uid in uids if not deliveries.targets_of(uid)] == [gone]
