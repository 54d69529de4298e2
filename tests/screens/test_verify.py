"""Verifying by keyboard, from the key to the words, on the sandbox."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.screens.session import Table, running
from tests.support.clock import NOW
from tui.contentstack.transport import Transport
from tui.sandbox.organization import TokenRecord
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox
from tui.screens.verify import VerifyScreen
from tui.widgets.text_field import TextField
from tui.widgets.token_table import TokenTable

CI = "cs" + "7" * 24
SHOP: dict[str, Any] = {
    "name": "Shop",
    "branches": ["main"],
    "aliases": {"live": "main"},
    "environments": ["production", "qa"],
    "gone": ["legacy", "old"],
    "management_tokens": [{"name": "ci", "branches": ["main"], "token": CI}],
}


class Hands:
    """The sandbox's clock: the program's pauses move it, the program's own stands
    still.
    """

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def shop(
    token: dict[str, Any] | None = None, hands: Hands | None = None, **stack: Any
) -> Sandbox:
    """A stack with the one delivery token `web`, and the management token `ci`."""
    web = {"name": "web", "environments": ["qa"], "branches": ["main"], **(token or {})}
    return Sandbox.from_seed(
        seed_from({"stacks": [{**SHOP, "delivery_tokens": [web], **stack}]}),
        hands or Hands(),
    )


def first(sandbox: Sandbox) -> TokenRecord:
    return next(
        iter(next(iter(sandbox.world.stacks.values())).delivery_tokens.values())
    )


async def verified(table: Table, words: str) -> str:
    """Press the key; the screen's text, unwrapped, once its verdict is there."""
    await table.press("v")
    await table.until(
        lambda: isinstance(table.app.screen, VerifyScreen) and words in unwrapped(table)
    )
    return unwrapped(table)


def unwrapped(table: Table) -> str:
    return " ".join(table.text.split())


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (60, 15)])
async def test_a_token_that_works_says_where(size: tuple[int, int]) -> None:
    async with running(size=size, sandbox=shop({"aliases": ["live"]})) as table:
        await verified(table, "2 of 2 calls work.")
        await table.press("down")
        await table.until(
            lambda: "environment qa, alias live)" in unwrapped(table) or size[0] == 120
        )
        await table.press("escape")
        await table.until("read 09:30:00")


@pytest.mark.parametrize(
    ("token", "stack", "words"),
    [
        ({"environments": ["legacy"]}, {}, "; environment legacy, branch main): the stack has no such env"),
        ({"branches": ["old"]}, {}, "; environment qa, branch old): the stack has nothing with that name."),
        ({"preview": True}, {"live_preview": False}, "1 of 2 calls work. Live Preview is off for this stack"),
        ({"created_days_ago": 0}, {"network": {"lag": 5}}, "It works."),
        ({"created_days_ago": 0}, {"network": {"lag": 60}}, "Not known yet"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_in_words(
    token: dict[str, Any], stack: dict[str, Any], words: str
) -> None:
    hands = Hands()
    async with running(sandbox=shop(token, hands, **stack)) as table:
        table.app.workspace.verifier.sleep = hands.sleep
        await verified(table, words)


@pytest.mark.long
async def test_what_works_is_green_and_what_fails_is_red_as_on_deliver() -> None:
    token = {"branches": ["main", "old"]}
    async with running(sandbox=shop(token)) as table:
        await verified(table, "1 of 2 calls failed.")
        model = table.app.screen.query_one(TokenTable)._model
        rows = [model.row(place) for place in range(2)]
        assert {row.cells[-1]: row.style for row in rows} == {
            "works": "good",
            "wrong branch": "error",
        }


async def test_that_a_new_token_is_tried_again_is_said_and_for_how_long() -> None:
    hands, go_on = Hands(), asyncio.Event()

    async def pause(seconds: float) -> None:
        await go_on.wait()
        await hands.sleep(seconds)

    sandbox = shop({"created_days_ago": 0}, hands, network={"lag": 5})
    async with running(sandbox=sandbox) as table:
        table.app.workspace.verifier.sleep = pause
        await verified(
            table,
            "0 of 1 calls done (not known there yet, retrying for up to 30 s). Esc"
            " stops.",
        )
        go_on.set()
        await table.until("It works.")


@pytest.mark.long
@pytest.mark.parametrize(
    ("memory", "words"),
    [(60, "still answers from its cache"), (0, "no longer accepts it")],
)
async def test_a_token_that_somebody_deleted_is_revoked(
    memory: int, words: str
) -> None:
    sandbox = shop(network={"memory": memory})
    async with running(sandbox=sandbox) as table, running(sandbox=sandbox) as other:
        web = other.app.workspace.snapshot.delivery.items[0]
        await other.app.workspace.delete_token(web)
        await verified(table, words)
        assert "revoked" in table.text
        await table.until("1 of 1 calls failed")


async def test_a_wrong_region_is_said() -> None:
    sandbox = shop()
    sandbox.fail("412", api="delivery", times=None)
    async with running(sandbox=sandbox) as table:
        await verified(table, "Wrong region (demo, cda.demo.invalid")


@pytest.mark.long
async def test_a_host_that_fails_is_tried_again_with_the_key() -> None:
    sandbox = shop()
    sandbox.fail("close-before", api="delivery", times=3)
    async with running(sandbox=sandbox) as table:
        await verified(table, "unreachable")
        await table.until("Press v to verify again")
        await table.press("v")
        await table.until("It works.")


async def test_marked_tokens_are_verified_side_by_side_and_escape_stops() -> None:
    sandbox = Sandbox.demo(now=lambda: NOW)
    async with running(sandbox=sandbox) as table:
        sandbox.fail("delay=60", api="delivery", times=None)
        await table.press("A", "v")
        await table.until("Verify 12 tokens")
        await table.until("calls done. Esc stops")
        await table.press("escape")
        await table.until("Stopped after")
        assert isinstance(table.app.screen, VerifyScreen)
        await table.press("escape")
        await table.until("12 marked")


async def test_a_management_token_is_verified_by_a_value_pasted_unseen() -> None:
    async with running(sandbox=shop()) as table:
        await table.press("o", "v")
        await table.until("Paste the value, then press Enter")
        await table.press("enter")
        await table.until("Paste the value first")
        await table.type(CI)
        await table.press("enter")
        await table.until("It works.")
        assert CI not in table.text
        assert table.app.screen.query_one(TextField).value == ""
        words = (
            "Works (demo, cma.demo.invalid; branch main). Tokendeck can't"
            " tell if the value is ci's or another token's."
        )
        assert words in unwrapped(table)
        await table.press("v")
        await table.until("It works.")


@pytest.mark.parametrize(
    ("dressed", "removed"),
    [
        (f'"{CI}"', "quotes"),
        (f"“{CI}”", "quotes"),
        (f"CONTENTSTACK_MANAGEMENT_TOKEN={CI}", "a name"),
        (f"Authorization: {CI}\r\n", "a name"),
    ],
)
async def test_a_pasted_value_is_verified_without_its_dressing(
    dressed: str, removed: str
) -> None:
    async with running(sandbox=shop()) as table:
        await table.press("o", "v")
        await table.until("Paste the value, then press Enter")
        await table.type(dressed)
        await table.press("enter")
        await table.until("It works.")
        said = f"Removed {removed} from around the value. It works."
        assert said in unwrapped(table)
        assert CI not in table.text


@pytest.mark.parametrize("pasted", ["${TOKEN}", "op://work/ci/token", "<hush>"])
async def test_a_pasted_reference_is_no_value_and_is_not_sent(
    pasted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, request = list[str](), Transport.request

    async def noted(self: Transport, method: str, path: str, **options: Any) -> Any:
        sent.append(path)
        return await request(self, method, path, **options)

    async with running(sandbox=shop()) as table:
        await table.press("o", "v")
        await table.until("Paste the value, then press Enter")
        monkeypatch.setattr(Transport, "request", noted)
        await table.type(pasted)
        await table.press("enter")
        await table.until("What you pasted")
        assert pasted not in table.text
        assert table.app.screen.query_one(TextField).value == ""
        assert sent == []
        await table.type(CI)
        await table.press("enter")
        await table.until("It works.")
        assert sent


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "delivery",
            "This is the delivery token of web: it can't be used as a management token",
        ),
        (
            "preview",
            "This is the preview token of web: it can't be used as a management token",
        ),
        ("none", "this isn't its value"),
    ],
)
async def test_a_pasted_value_of_another_kind_is_recognised(
    kind: str, words: str
) -> None:
    sandbox = shop({"preview": True})
    values = {
        "delivery": first(sandbox).value,
        "preview": first(sandbox).preview,
        "none": "cs" + "6" * 24,
    }
    async with running(sandbox=sandbox) as table:
        await table.press("o", "v")
        await table.until("Paste the value, then press Enter")
        await table.type(values[kind] or "")
        await table.press("enter")
        await table.until(lambda: words in unwrapped(table))


async def test_several_values_that_are_not_known_are_not_asked_for() -> None:
    async with running(sandbox=shop(fill_management_tokens=2)) as table:
        await table.press("o", "A", "v")
        await table.until("one at a time")


@pytest.mark.long
async def test_a_token_just_made_is_verified_from_generated() -> None:
    hands = Hands()
    async with running(
        sandbox=shop(hands=hands, network={"lag": 3}, live_preview=False)
    ) as table:
        table.app.workspace.verifier.sleep = hands.sleep
        await table.press("n")
        await table.until("Name (required")
        await table.press("k", "enter")
        await table.until("[x] main")
        await table.press("enter")
        await table.until("its one")
        await table.press("space", "enter")
        await table.until("Generate Token")
        await table.until(
            lambda: "Live Preview is off for this stack" in unwrapped(table)
        )
        await table.press("enter")
        await table.until("Generated k")
        await verified(table, "It works.")
        await table.press("escape")
        await table.until("Generated k")


async def test_the_reason_is_said_where_nothing_can_be_verified() -> None:
    async with running(sandbox=shop(delivery_tokens=[])) as table:
        await table.press("v")
        await table.until("There's no token under the cursor.")


@pytest.mark.long
async def test_of_many_calls_what_has_come_is_drawn_once_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running() as table:
        await table.press("v")
        await table.until("It works")
        screen = table.app.screen
        assert isinstance(screen, VerifyScreen)
        drawn: list[int] = []
        monkeypatch.setattr(screen, "draw_all", lambda: drawn.append(1))
        checks = list(screen._checks) * 60
        for _ in checks:
            screen._on_checks(checks)
        await table.pilot.pause()
        assert drawn == []
        await table.until(lambda: drawn == [1])
