from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from tests.support.clock import clock
from tests.workspace.test_workspace import names_of, opened
from tui.contentstack.client import StackClient
from tui.contentstack.errors import ContentstackError, NotFound, TimedOut
from tui.contentstack.models import (
    DeliveryToken,
    DeliveryTokenRequest,
    ManagementTokenRequest,
)
from tui.sandbox.organization import StackRecord as SandboxStack
from tui.sandbox.service import Sandbox
from tui.workspace.plan import form_of
from tui.workspace.workspace import Workspace
from tui.workspace.writing import ChangedSince, Unclear


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox.demo(now=clock)


def stack_of(sandbox: Sandbox) -> SandboxStack:
    return next(iter(sandbox.world.stacks.values()))


def named(workspace: Workspace, name: str) -> DeliveryToken:
    return next(
        token for token in workspace.snapshot.delivery.items if token.name == name
    )


async def test_a_change_keeps_the_value_and_the_place_in_the_list(
    sandbox: Sandbox,
) -> None:
    async with opened(sandbox) as workspace:
        token = workspace.snapshot.delivery.items[3]
        edit = workspace.forms.edit_of(token)
        edit.plan = replace(edit.plan, name="renamed", description="new words")
        saved = await workspace.update_token(token, edit.request(has_branches=True))
        assert workspace.snapshot.delivery.items[3] == saved
        assert (saved.name, saved.value, saved.preview) == (
            "renamed",
            token.value,
            token.preview,
        )
        assert stack_of(sandbox).delivery_tokens[token.uid].description == "new words"
        assert token.uid not in workspace.forms


async def test_what_somebody_changed_since_is_not_overwritten_unseen(
    sandbox: Sandbox,
) -> None:
    async with opened(sandbox) as workspace:
        token = workspace.snapshot.delivery.items[0]
        stack_of(sandbox).delivery_tokens[token.uid].description = "theirs"
        edit = workspace.forms.edit_of(token)
        edit.plan = replace(edit.plan, name="mine")
        with pytest.raises(ChangedSince, match="description") as caught:
            await workspace.update_token(edit.seen, edit.request(has_branches=True))
        assert stack_of(sandbox).delivery_tokens[token.uid].name == token.name
        assert isinstance(caught.value.current, DeliveryToken)
        edit.rebase(caught.value.current)
        saved = await workspace.update_token(edit.seen, edit.request(has_branches=True))
        assert (saved.name, saved.description) == ("mine", "theirs")


@pytest.mark.parametrize("fault", ["close-after", "cut"])
async def test_writes_whose_answer_was_lost_are_looked_up(
    sandbox: Sandbox, fault: str
) -> None:
    async with opened(sandbox) as workspace:
        token = next(
            token
            for token in workspace.snapshot.delivery.items
            if token.preview is None
        )
        edit = workspace.forms.edit_of(token)
        edit.plan = replace(edit.plan, name="renamed")
        sandbox.fail(fault, method="PUT", times=1)
        token = await workspace.update_token(token, edit.request(has_branches=True))
        assert token.name == "renamed"
        sandbox.fail(fault, method="POST", path="*preview_token", times=1)
        token = await workspace.create_preview_token(token)
        assert token.preview is not None
        sandbox.fail(fault, method="DELETE", path="*preview_token", times=1)
        token = await workspace.delete_preview_token(token)
        assert named(workspace, "renamed").preview is None
        sandbox.fail(fault, method="DELETE", times=1)
        assert await workspace.delete_token(token)
        assert "renamed" not in names_of(sandbox)
        assert workspace.snapshot.delivery_token(token.uid) is None


def test_what_is_unclear_says_itself_what_is_in_doubt() -> None:
    unclear = Unclear("Whether it was made is not known", may_have_happened=True)
    assert str(unclear) == "Whether it was made is not known."


async def test_a_write_that_never_arrived_is_said_and_changes_nothing(
    sandbox: Sandbox,
) -> None:
    async with opened(sandbox) as workspace:
        token = workspace.snapshot.delivery.items[0]
        sandbox.fail("close-before", method="DELETE", times=1)
        with pytest.raises(ContentstackError, match="no trace of it") as caught:
            await workspace.delete_token(token)
        assert not caught.value.may_have_happened
        assert token.name in names_of(sandbox)
        assert workspace.snapshot.delivery_token(token.uid) is not None


async def test_a_token_that_is_gone_already_is_said(sandbox: Sandbox) -> None:
    async with opened(sandbox) as workspace:
        token = workspace.snapshot.delivery.items[0]
        del stack_of(sandbox).delivery_tokens[token.uid]
        with pytest.raises(NotFound):
            await workspace.update_token(
                token, form_of(token).request(has_branches=True)
            )
        assert not await workspace.delete_token(token)
        assert workspace.snapshot.delivery_token(token.uid) is None


async def test_a_preview_token_that_somebody_made_meanwhile_will_do(
    sandbox: Sandbox,
) -> None:
    async with opened(sandbox) as workspace:
        token = next(
            token
            for token in workspace.snapshot.delivery.items
            if token.preview is None
        )
        theirs = await workspace.connection.calls.create_preview_token(token.uid)
        assert (await workspace.create_preview_token(token)).preview == theirs.preview


async def test_a_plan_without_previews_is_said_in_words(sandbox: Sandbox) -> None:
    stack_of(sandbox).organization.preview_tokens = False
    async with opened(sandbox) as workspace:
        token = next(
            token
            for token in workspace.snapshot.delivery.items
            if token.preview is None
        )
        with pytest.raises(ContentstackError, match="plan doesn't include"):
            await workspace.create_preview_token(token)


async def test_a_management_token_changes_likewise(sandbox: Sandbox) -> None:
    async with opened(sandbox) as workspace:
        token = workspace.snapshot.management.items[0]
        request = ManagementTokenRequest(
            name="renamed", scope=token.scope, expires_on=token.expires_on
        )
        limits = {"rate_limit": {"read": 5}}
        stack_of(sandbox).management_tokens[token.uid].extra = limits
        saved = await workspace.update_token(token, request)
        assert workspace.snapshot.management.items[0] == saved
        assert (saved.extra, saved.scope) == (limits, token.scope)
        with pytest.raises(ChangedSince, match="name"):
            await workspace.update_token(token, request)


async def test_every_deleted_token_can_be_created_again(sandbox: Sandbox) -> None:
    async with opened(sandbox) as workspace:
        first, second = workspace.snapshot.delivery.items[:2]
        await workspace.delete_token(first)
        await workspace.delete_token(second)
        assert workspace.deleted == (second, first)
        assert not workspace.forms["delivery"].begun
        workspace.forget_deleted(second.uid)
        assert list(workspace.deleted) == [first]


@pytest.mark.parametrize("readable", [True, False])
async def test_a_value_that_the_answer_to_a_change_lacks_is_not_lost(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, readable: bool
) -> None:
    update, read = StackClient.update_delivery_token, StackClient.delivery_token
    reads: list[str] = []

    async def bare(
        self: StackClient, uid: str, request: DeliveryTokenRequest
    ) -> DeliveryToken:
        answered = await update(self, uid, request)
        return msgspec.structs.replace(answered, value=None, preview=None)

    async def last(self: StackClient, uid: str) -> DeliveryToken:
        reads.append(uid)
        if len(reads) > 1 and not readable:
            raise TimedOut("No answer")
        return await read(self, uid)

    monkeypatch.setattr(StackClient, "update_delivery_token", bare)
    monkeypatch.setattr(StackClient, "delivery_token", last)
    async with opened(sandbox) as workspace:
        token = named(workspace, "web-production")
        saved = await workspace.update_token(
            token, token.as_request().renamed("renamed")
        )
        assert saved.name == "renamed"
        assert saved.value == token.value
        assert saved.preview == (token.preview if readable else None)
