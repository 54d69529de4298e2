from __future__ import annotations

import asyncio

import pytest

from tests.screens.session import Table, running
from tests.support.clock import NOW
from tui.contentstack.models import DeliveryToken, Token
from tui.contentstack.scope import Scope
from tui.sandbox.organization import StackRecord
from tui.screens.delete import DeleteScreen
from tui.screens.details import DetailsScreen
from tui.screens.messages.deletion import ending_facts
from tui.screens.tokens import TokensScreen
from tui.widgets.facts_card import Fact
from tui.widgets.status_line import StatusLine
from tui.workspace.snapshot import Snapshot


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def held(table: Table) -> StackRecord:
    return next(iter(table.sandbox.world.stacks.values()))


async def ask(table: Table, key: str = "d") -> None:
    await table.press(key)
    await table.until(
        lambda: isinstance(table.app.screen, DeleteScreen) and "Type " in table.text
    )


async def test_a_token_ends_only_once_its_name_is_typed() -> None:
    async with running(size=(60, 15)) as table:
        token = table.app.workspace.snapshot.delivery.items[0]
        await ask(table)
        assert "Anything that uses" in table.text
        await table.press("enter")
        await table.type(token.name[:-1])
        await table.press("enter")
        assert "Not deleted" in status(table)
        assert token.uid in held(table).delivery_tokens
        await table.type(token.name[-1])
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert f"Deleted {token.name}" in status(table)
        assert token.uid not in held(table).delivery_tokens
        assert table.app.workspace.snapshot.delivery_token(token.uid) is None


@pytest.mark.long
async def test_leaving_deletes_nothing() -> None:
    async with running() as table:
        token = table.app.workspace.snapshot.delivery.items[0]
        await ask(table)
        await table.type(token.name)
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert token.uid in held(table).delivery_tokens


@pytest.mark.long
async def test_after_deleting_the_next_new_token_is_empty() -> None:
    async with running() as table:
        await ask(table)
        await table.type(table.app.workspace.snapshot.delivery.items[0].name)
        await table.press("enter")
        await table.until("B creates it again")
        await table.press("n")
        await table.until("the site or app that uses it")


async def test_of_several_deleted_tokens_each_is_offered_again() -> None:
    async with running() as table:
        first, second = table.app.workspace.snapshot.delivery.items[:2]
        await table.press("space", "space", "d")
        await table.until("the number of tokens, 2")
        await table.press("2", "enter")
        await table.until("B creates any of them again")
        await table.press("B")
        await table.until("CREATE AGAIN")
        assert first.name in table.text
        assert second.name in table.text
        await table.press(*first.name, "enter")
        await table.until("which you deleted")
        assert table.app.workspace.forms["delivery"].plan.name == first.name
        for seen in ("Branches", "its one", "Generate Token", "Generated "):
            await table.press("enter")
            await table.until(seen)
        await table.press("enter")
        await table.until(lambda: table.app.workspace.deleted == (second,))


@pytest.mark.long
async def test_of_many_deleted_tokens_the_key_is_said_in_view() -> None:
    async with running() as table:
        count = len(table.app.workspace.snapshot.delivery.items)
        await table.press("A", "d")
        await table.until(f"the number of tokens, {count}")
        await table.press(*str(count), "enter")
        await table.until(f"Deleted {count} tokens. B creates any of them again.")


@pytest.mark.long
async def test_nothing_deleted_is_nothing_to_create_again() -> None:
    async with running() as table:
        await table.press("B")
        await table.until("You haven't deleted any tokens in this run")


async def test_what_was_deleted_is_created_again_with_its_scope() -> None:
    async with running() as table:
        token = table.app.workspace.snapshot.delivery.items[0]
        await ask(table)
        await table.type(token.name)
        await table.press("enter")
        await table.until("Deleted")
        await table.press("B")
        await table.until("Filled in from")
        for seen in ("Branches", "its one", "Generate Token"):
            await table.press("enter")
            await table.until(seen)
        await table.press("enter")
        await table.until("Generated ")
        made = table.app.workspace.snapshot.delivery.items[0]
        assert (made.name, made.scope, made.description) == (
            token.name,
            token.scope,
            token.description,
        )
        assert made.value != token.value


async def test_marked_tokens_end_together_by_their_number_and_a_refusal_stops_them() -> (
    None
):
    async with running() as table:
        first, second, third = table.app.workspace.snapshot.delivery.items[:3]
        await table.press("space", "space", "space")
        await table.until("3 marked")
        del held(table).delivery_tokens[first.uid]
        table.sandbox.fail("403", method="DELETE", path=f"*{third.uid}", times=1)
        await ask(table)
        assert "Delete 3 tokens" in table.text
        await table.type("3")
        await table.press("enter")
        await table.until(lambda: f"Not deleted: {third.name}" in status(table))
        assert f"Deleted {second.name}" in status(table)
        assert f"Already deleted by someone else: {first.name}" in status(table)
        assert {first.uid, second.uid, third.uid} & set(
            held(table).delivery_tokens
        ) == {third.uid}
        assert f"its name, {third.name}, to retry" in table.text


@pytest.mark.long
async def test_another_try_after_a_stop_goes_on_to_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running() as table:
        workspace = table.app.workspace
        chosen = {token.uid for token in workspace.snapshot.delivery.items[:3]}
        delete, stopped = workspace.delete_token, asyncio.Event()

        async def once_stopped(token: Token) -> bool:
            await stopped.wait()
            return await delete(token)

        monkeypatch.setattr(workspace, "delete_token", once_stopped)
        table.sandbox.fail("403", method="DELETE", times=1)
        await table.press("space", "space", "space")
        await table.until("3 marked")
        await ask(table)
        await table.type("3")
        await table.press("enter")
        await table.until("Deleting token 1 of 3")
        await table.press("escape")
        await table.until("Stopping after this one")
        stopped.set()
        await table.until("to retry")
        await table.press("enter")
        await table.until("Delivery 9")
        assert not chosen & set(held(table).delivery_tokens)


async def test_the_preview_token_ends_alone_and_is_made_again() -> None:
    async with running() as table:
        token = next(
            t
            for t in table.app.workspace.snapshot.delivery.items
            if t.preview is not None
        )
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        screen.show_token(token.uid)
        await ask(table, "D")
        await table.type(token.name)
        await table.press("enter")
        await table.until(lambda: "Deleted the preview token" in status(table))
        assert held(table).delivery_tokens[token.uid].preview is None
        await table.press("D")
        assert "no preview token" in status(table)
        await table.press("P")
        await table.until(lambda: "Created the preview token" in status(table))
        made = table.app.workspace.snapshot.delivery_token(token.uid)
        assert made is not None
        assert made.preview is not None
        assert made.preview.reveal() == held(table).delivery_tokens[token.uid].preview
        await table.press("P")
        assert "only have one" in status(table)


async def test_the_card_names_the_key_that_creates_a_preview_token() -> None:
    async with running() as table:
        token = next(
            t for t in table.app.workspace.snapshot.delivery.items if t.preview is None
        )
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        screen.show_token(token.uid)
        await table.press("enter")
        await table.until("P create")
        await table.press("P")
        await table.until(lambda: "P create" not in table.text)
        assert held(table).delivery_tokens[token.uid].preview is not None


@pytest.mark.long
async def test_the_card_closes_when_its_token_ends() -> None:
    async with running() as table:
        token = table.app.workspace.snapshot.delivery.items[0]
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, DetailsScreen))
        await ask(table)
        await table.type(token.name)
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert f"Deleted {token.name}" in status(table)


@pytest.mark.long
async def test_a_management_token_ends_likewise() -> None:
    async with running() as table:
        token = next(
            t
            for t in table.app.workspace.snapshot.management.items
            if t.name == "migration-2"
        )
        await table.press("alt+o")
        await ask(table)
        await table.type(token.name)
        await table.press("enter")
        await table.until(lambda: f"Deleted {token.name}" in status(table))
        assert token.uid not in held(table).management_tokens


async def test_a_preview_token_that_the_plan_does_not_include_is_said() -> None:
    async with running() as table:
        held(table).organization.preview_tokens = False
        token = next(
            t for t in table.app.workspace.snapshot.delivery.items if t.preview is None
        )
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        screen.show_token(token.uid)
        await table.press("P")
        await table.until(lambda: "plan doesn't include" in status(table))


async def test_read_only_refuses_before_anything_is_asked() -> None:
    async with running() as table:
        from dataclasses import replace

        table.app.workspace.snapshots.snapshot = replace(
            table.app.workspace.snapshot, read_only=True
        )
        for key in ("d", "D", "P", "e"):
            await table.press(key)
            await table.pilot.pause()
            assert isinstance(table.app.screen, TokensScreen)
        assert "read-only" in status(table)


def test_of_a_token_without_branches_none_are_shown() -> None:
    token = DeliveryToken(uid="blt1", name="web", scope=Scope.of(("production",)))
    _, facts = ending_facts([token], Snapshot(), NOW, preview_only=False)
    assert Fact("Scope", "production") in facts
