"""From `I` to whose value was pasted; the value itself is never shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.leaks.projects import STRANGER
from tests.screens.session import Table, running
from tests.screens.test_verify import CI, shop
from tests.support.pilot import screen_text
from tui.contentstack.models import DeliveryToken
from tui.contentstack.transport import Transport
from tui.leaks.identifying import StackTokens
from tui.sandbox.service import Sandbox
from tui.screens.identify import IdentifyScreen
from tui.secret import Secret
from tui.widgets.facts_card import FactsCard
from tui.workspace.snapshot import Listing


async def opened(table: Table) -> IdentifyScreen:
    await table.press("I")
    await table.until("Whose is it?")
    screen = table.app.screen
    assert isinstance(screen, IdentifyScreen)
    return screen


async def pasted(table: Table, text: str, words: str) -> IdentifyScreen:
    """Paste a text, look it up, and wait for a text; values are never shown."""
    screen = await opened(table)
    await table.type(text)
    unseen(table, text)
    await table.press("enter")
    await table.until(words)
    unseen(table, text)
    return screen


def unseen(table: Table, text: str) -> None:
    """Assert that nothing on the screen looks like part of a value."""
    parts = {word.strip("'\",") for line in text.split() for word in line.split("=")}
    seen = (
        screen_text(table.app),
        *(each.text for each in table.app.session.messages.newest_first),
    )
    for part in parts:
        if part.startswith("cs"):
            assert not any(part[2:10] in each for each in seen)
            assert not any(part[-4:] in each for each in seen)


def card_of(table: Table) -> str:
    card = table.app.screen.query_one(FactsCard)
    return " ".join(f"{fact.label} {fact.value}" for fact in card._facts)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the values that were sent."""
    values: list[str] = []
    request = Transport.request

    async def noted(self: Transport, method: str, path: str, **options: Any) -> Any:
        values.append(json.dumps(options, default=_revealed))
        return await request(self, method, path, **options)

    monkeypatch.setattr(Transport, "request", noted)
    return values


def _revealed(thing: object) -> object:
    return thing.reveal() if isinstance(thing, Secret) else repr(thing)


def value(sandbox: Sandbox) -> str:
    return next(iter(sandbox.stacks[0].delivery_tokens.values())).value


async def test_a_value_is_named_with_stack_scope_age_and_state() -> None:
    async with running(size=(60, 15), sandbox=shop()) as table:
        text = f"TOKEN='{value(table.sandbox)}'\n"
        await pasted(table, text, "This is the delivery token web of Shop.")
        row = next(line for line in table.text.splitlines() if line.startswith("▌ web"))
        assert row.split()[2:5] == ["delivery", "Shop", "live"]
        for words in ("Environment qa", "Created 20", "Removed quotes, a name"):
            assert words in card_of(table)


@pytest.mark.long
async def test_nothing_is_sent_to_compare(sent: list[str]) -> None:
    async with running(sandbox=shop()) as table:
        before = len(sent)
        await pasted(table, f"{STRANGER}\n", "It isn't among the tokens of Shop.")
        assert len(sent) == before
        assert "v sends 1 request with the value" in card_of(table)


async def test_each_value_of_a_file_has_a_row_and_what_is_no_value_has_none() -> None:
    async with running(sandbox=shop()) as table:
        own, key = value(table.sandbox), table.sandbox.stacks[0].api_key
        text = f"KEY={key}\nWEB_TOKEN={own}\nX_TOKEN={STRANGER}\nHOST=cdn.example\n"
        screen = await pasted(table, text, "Recognized 2 of 3 values.")
        assert [each.candidate.name for each in screen._identities] == [
            "KEY",
            "WEB_TOKEN",
            "X_TOKEN",
        ]
        await table.press("down", "down")
        await table.until("Value 3 of 3")


async def test_a_proof_is_asked_first_and_sends_nothing_without_a_yes(
    sent: list[str],
) -> None:
    async with running(sandbox=shop()) as table:
        await pasted(table, CI, "It isn't among the tokens of Shop.")
        for answer in ("n", "escape"):
            await table.press("v")
            await table.until("Send the pasted value to Contentstack?")
            assert "cma.demo.invalid" in table.text
            unseen(table, CI)
            await table.press(answer)
            await table.until("Nothing was sent.")
        assert not any(CI in each for each in sent)
        await table.press("v")
        await table.until("Send the pasted value")
        await table.press("y")
        await table.until("This is the management token ci of Shop.")
        assert any(CI in each for each in sent)
        assert "live: cma.demo.invalid accepts it" in card_of(table)
        unseen(table, CI)


@pytest.mark.long
async def test_a_proof_that_fails_says_so_and_is_not_made_twice() -> None:
    async with running(sandbox=shop()) as table:
        await pasted(table, STRANGER, "It isn't among the tokens of Shop.")
        await table.press("v")
        await table.until("Send the pasted value")
        await table.press("y")
        await table.until("doesn't accept it")
        await table.press("v")
        await table.pilot.pause()
        assert isinstance(table.app.screen, IdentifyScreen)


@pytest.mark.long
async def test_a_proof_that_comes_to_nothing_claims_nothing() -> None:
    sandbox = shop()
    async with running(sandbox=sandbox) as table:
        await pasted(table, CI, "It isn't among the tokens of Shop.")
        sandbox.fail("close-before", api="management", times=None)
        await table.press("v")
        await table.until("Send the pasted value")
        await table.press("y")
        await table.until(lambda: "cma.demo.invalid" in table.said)
        assert "doesn't accept it" not in table.said
        assert "v sends" in card_of(table)


@pytest.mark.long
async def test_a_slow_proof_is_stopped_by_esc() -> None:
    sandbox = shop()
    async with running(sandbox=sandbox) as table:
        await pasted(table, CI, "It isn't among the tokens of Shop.")
        sandbox.fail("delay=60", api="management", times=None)
        await table.press("v")
        await table.until("Send the pasted value")
        await table.press("y")
        await table.until("Asking")
        await table.press("R")
        await table.until("Waiting for Contentstack. Esc stops waiting.")
        await table.press("escape")
        await table.until("The value may have been sent already.")
        assert isinstance(table.app.screen, IdentifyScreen)


@pytest.mark.long
async def test_a_uid_is_never_offered_to_be_sent() -> None:
    async with running(sandbox=shop()) as table:
        await pasted(table, "blt0011223344556677", "looks like a uid")
        assert "v sends" not in card_of(table)
        await table.press("v")
        await table.pilot.pause()
        assert isinstance(table.app.screen, IdentifyScreen)


@pytest.mark.long
async def test_never_none_where_something_could_not_be_read() -> None:
    sandbox = shop()
    sandbox.add_row("delivery_tokens", {"uid": "blt0", "name": None})
    async with running(sandbox=sandbox) as table:
        await pasted(table, STRANGER, "couldn't be read in full (Shop)")
        assert "isn't among" not in table.said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste the value first."),
        ("   \n", "Paste the value first."),
        ("${TOKEN}", "What you pasted"),
        ("HOST=cdn.example.com\nPORT=443\n", "What you pasted contains no"),
        ("hello world, how are you", "What you pasted"),
    ],
)
async def test_what_is_no_value_is_said(text: str, words: str) -> None:
    async with running(sandbox=shop()) as table:
        screen = await opened(table)
        await table.type(text)
        await table.press("enter")
        await table.until(words)
        assert screen.field.value == ""
        assert screen.field.has_focus


@pytest.mark.long
async def test_what_is_typed_line_by_line_never_becomes_a_key() -> None:
    async with running(sandbox=shop()) as table:
        screen = await opened(table)
        for line in (value(table.sandbox), "Rd"):
            await table.press(*line, "enter")
            await table.pilot.pause()
            assert table.app.screen is screen
            assert screen.field.has_focus


@pytest.mark.long
async def test_a_second_paste_takes_the_place_of_the_first() -> None:
    async with running(sandbox=shop()) as table:
        text = f"A_TOKEN={value(table.sandbox)}\nB_TOKEN={STRANGER}\n"
        screen = await pasted(table, text, "Recognized 1 of 2 values.")
        await table.press("down", "shift+tab")
        for given in (CI, "nothing of the kind"):
            await table.type(given)
            await table.press("enter")
            await table.until(lambda: "Recognized" not in table.said)
            assert screen.table.total_count == (given == CI)
            table.app.set_focus(screen.field)


@pytest.mark.parametrize(
    ("key", "words"), [("v", "Verify web"), ("R", "Create the replacement")]
)
async def test_what_comes_next_is_on_the_row(key: str, words: str) -> None:
    async with running(sandbox=shop()) as table:
        await pasted(table, value(table.sandbox), "This is the delivery token web")
        await table.press(key)
        await table.until(words)


async def test_a_token_deleted_from_here_is_said_to_be_dead() -> None:
    async with running(sandbox=shop()) as table:
        await pasted(table, value(table.sandbox), "This is the delivery token web")
        await table.press("d")
        await table.until("Anything that uses")
        await table.press(*"web", "enter")
        await table.until("dead: deleted")
        assert "The stack doesn't have it any more." in card_of(table)
        await table.press("R")
        await table.until("The stack doesn't have web any more.")


async def test_enter_on_a_row_goes_to_the_token_in_the_list() -> None:
    async with running() as table:
        own, *_ = reversed(table.sandbox.stacks[0].delivery_tokens.values())
        await pasted(table, own.value, f"This is the delivery token {own.name}")
        await table.press("enter")
        await table.until("e edit")
        token = table.app.screen.token  # type: ignore[attr-defined]
        assert token.name == own.name


@pytest.mark.long
async def test_a_token_of_another_stack_is_named_and_left_alone() -> None:
    secret = Secret(STRANGER)
    token = DeliveryToken(uid="blt7", name="blog-web", value=secret)
    listing: Listing[DeliveryToken] = Listing((token,), read=True)
    blog = StackTokens(
        "Blog", "bltblog", "AWS EU", "eu", "Acme", "x.example", listing, Listing()
    )
    async with running(sandbox=shop()) as table:
        screen = IdentifyScreen(table.app.session, [blog])
        await table.app.push_screen(screen)
        await table.type(STRANGER)
        await table.press("enter")
        await table.until("This is the delivery token blog-web of Blog.")
        await table.press("R")
        await table.until("blog-web is a token of Blog. Switch to that stack first.")
        table.app.set_focus(screen.field)
        await table.type(CI)
        await table.press("enter")
        await table.until("It's in none of the 2 stacks")
        # The other stack is at a host that this connection doesn't reach.
        assert "1 request" in card_of(table)
        assert "x.example" not in card_of(table)


@pytest.mark.long
@pytest.mark.parametrize("leaves", ["escape", "b", "enter"])
async def test_the_value_is_forgotten_when_the_screen_is_left(leaves: str) -> None:
    async with running(sandbox=shop()) as table:
        own = value(table.sandbox)
        screen = await pasted(table, own, "This is the delivery token web")
        await table.press(leaves)
        await table.until("e edit")
        assert screen._identities == []


@pytest.mark.long
async def test_what_was_not_looked_up_is_forgotten_too() -> None:
    async with running(sandbox=shop()) as table:
        screen = await opened(table)
        field = screen.field
        await table.type(STRANGER)
        await table.until(lambda: field.value == STRANGER)
        await table.press("escape")
        await table.until("e edit")
        assert field.value == ""


@pytest.mark.long
async def test_thousands_of_values_are_answered() -> None:
    async with running(sandbox=shop()) as table:
        own = value(table.sandbox)
        lines = [f"T{number}_TOKEN=cs{number:024x}" for number in range(2000)]
        lines[1234] = f"T_TOKEN={own}"
        screen = await opened(table)
        await table.type("\n".join(lines))
        await table.press("enter")
        await table.until("Recognized 1 of 2,000 values.")
        assert screen.table.total_count == 2000


@pytest.mark.long
async def test_a_stack_that_was_not_read_says_so() -> None:
    sandbox = shop()
    sandbox.fail("close-before", api="management", times=None)
    async with running(sandbox=sandbox, wait="") as table:
        await table.until("to retry")
        await opened(table)
        await table.type(STRANGER)
        await table.press("enter")
        await table.until("hasn't read a stack yet")


@pytest.mark.long
async def test_stacks_that_were_read_before_are_compared_with_too() -> None:
    async with running() as table:
        await table.press("a")
        await table.until("2 of 2 stacks")
        await table.press("escape")
        await table.until("newest first")
        press = table.sandbox.stacks[1]
        value = next(iter(press.delivery_tokens.values())).value
        assert value is not None
        await pasted(table, value, "Press")
        assert "Press" in card_of(table)


@pytest.mark.long
async def test_tab_is_offered_once_there_is_somewhere_to_go() -> None:
    async with running(size=(120, 36), sandbox=shop()) as table:
        await opened(table)
        await table.until("Enter identify")
        assert "Tab next field" not in table.text
        await table.press("tab")
        await table.until("There's only this one field.")
        await table.type("cs0123456789ab0123456789ab")
        await table.press("enter")
        await table.until("not known")
        await table.until("Tab next field")
