from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.events import AppBlur

from tests.screens.session import Table, running
from tests.support.clock import NOW, clock
from tui.contentstack.credentials import Credential
from tui.contentstack.models import ManagementToken
from tui.sandbox.organization import StackRecord, TokenRecord
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox
from tui.screens.confirm import Confirm
from tui.screens.generated import GeneratedScreen
from tui.screens.messages.details import token_facts
from tui.screens.messages.rows import token_rows
from tui.screens.tokens import TokensScreen
from tui.secret import Secret
from tui.state.memory import Memory, read_state
from tui.widgets.status_line import StatusLine
from tui.workspace.snapshot import Snapshot


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def held(table: Table) -> StackRecord:
    return next(iter(table.sandbox.world.stacks.values()))


def named(table: Table, name: str) -> TokenRecord:
    return next(
        token for token in held(table).management_tokens.values() if token.name == name
    )


def memory() -> Memory:
    return Memory(os.environ)


def full(**limits: Any) -> Sandbox:
    """Return a stack with ten management tokens, the oldest job-9."""
    tokens = [
        {"name": f"job-{number}", "branches": ["main"], "created_days_ago": number + 1}
        for number in range(10)
    ]
    stack: dict[str, Any] = {
        "name": "Shop",
        "environments": ["production"],
        "branches": ["main"],
    }
    stack |= {
        "management_tokens": tokens,
        "limits": {"management_tokens": 10, "evict_oldest": True, **limits},
    }
    return Sandbox.from_seed(seed_from({"stacks": [stack]}), clock)


def kept_on_disk() -> str:
    state = Path(os.environ["XDG_STATE_HOME"])
    return "".join(
        path.read_text("utf-8") for path in state.rglob("*") if path.is_file()
    )


async def to_step(table: Table, *shown: str) -> None:
    for words in shown:
        await table.press("enter")
        await table.until(words)


async def fill(table: Table, name: str = "nightly") -> None:
    """From the list of delivery tokens to the review of a management token on the first
    branch.
    """
    await table.press("o", "n")
    await table.until("Name (required")
    await table.type(name)
    await to_step(table, "[x] main")
    await to_step(table, "Read and write", "Generate Token")


async def test_a_token_is_made_and_copied_by_keys_alone() -> None:
    async with running(size=(60, 15), memory=memory()) as table:
        await table.press("o", "n")
        await table.until("Name (required")
        await table.type("nightly")
        await to_step(table, "[x] main")
        await to_step(table, "Read and write")
        assert "00:00 UTC" in table.text
        await table.press("space", "tab", "down", "down", "space")
        await table.until("2026-11-14")
        await table.press("tab", "tab", "space")
        await to_step(table, "Generate Token")
        assert "2026-11-14 00:00 UTC" in table.text
        assert "2026-11-07" in table.text
        await table.press("enter")
        await table.until("Generated nightly")
        made = named(table, "nightly")
        assert (made.expires_on, made.email_notice) == ("2026-11-14", True)
        assert made.names("branch") == ["main"]
        assert made.scope[-1]["acl"] == {"read": True, "write": True}
        assert made.value not in table.text
        await table.press("u")
        await table.until(made.value)
        table.app.post_message(AppBlur())
        await table.until(lambda: made.value not in table.text)
        assert read_state(os.environ).uncollected[0].uid == made.uid
        await table.press("c")
        await table.until("Copied nightly")
        assert table.copied == [made.value]
        assert read_state(os.environ).uncollected == ()
        await table.press("enter")
        await table.until("Management 5")
        assert isinstance(table.app.screen, TokensScreen)
        assert table.app.screen.table.cursor_key == made.uid
        assert not table.app.workspace.forms["management"].begun
        await table.press("c")
        assert "only once" in status(table)


@pytest.mark.long
async def test_leaving_a_value_untaken_asks_first_and_quitting_does_too() -> None:
    async with running(memory=memory()) as table:
        await fill(table)
        await table.press("enter")
        await table.until("Generated nightly")
        for key in ("escape", "q"):
            await table.press(key)
            await table.until(lambda: isinstance(table.app.screen, Confirm))
            assert "nightly" in table.text
            assert "copied" in table.text
            await table.press("n")
            await table.until(lambda: isinstance(table.app.screen, GeneratedScreen))
        assert len(read_state(os.environ).uncollected) == 1
        await table.press("escape", "y")
        await table.until("You never copied the value of nightly")
        assert read_state(os.environ).uncollected == ()
        assert table.app.workspace.at_stake is None


@pytest.mark.long
async def test_after_the_program_ended_the_next_start_names_the_untaken_token() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox, memory=memory()) as table:
        await fill(table)
        await table.press("enter")
        await table.until("Generated nightly")
        value = named(table, "nightly").value
        uid = named(table, "nightly").uid
    assert uid in kept_on_disk()
    assert value not in kept_on_disk()
    async with running(sandbox=sandbox, memory=memory(), wait="never copied") as table:
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        assert screen.token == table.app.workspace.snapshot.management_token(uid)
        assert "nightly" in status(table)
        await table.press("d")
        await table.until("Type its name")
        await table.type("nightly")
        await table.press("enter")
        await table.until("Deleted nightly")
    async with running(sandbox=sandbox, memory=memory()) as table:
        assert read_state(os.environ).uncollected == ()
        assert "never copied" not in table.text


async def test_of_another_stack_nothing_is_said() -> None:
    memory().remember_uncollected("blt1", "theirs", "bltelsewhere")
    async with running(memory=memory()) as table:
        assert "theirs" not in table.text
    assert len(read_state(os.environ).uncollected) == 1


@pytest.mark.long
async def test_the_eleventh_names_the_oldest_and_says_that_it_is_gone() -> None:
    async with running(size=(60, 15), sandbox=full()) as table:
        await fill(table)
        assert "job-9, the oldest of 10" in table.text
        assert "silently deletes" in " ".join(table.text.split())
        await table.press("shift+tab", "end")
        await table.until("never")
        await table.press("tab", "enter")
        assert "Type its name, job-9" in status(table)
        await table.type("job-9")
        await table.press("enter")
        await table.until("Generated nightly")
        await table.until(lambda: "No longer in the stack" in status(table))
        assert "job-9" in status(table)
        assert len(held(table).management_tokens) == 10


@pytest.mark.long
async def test_a_token_that_became_the_tenth_meanwhile_is_noticed_before_anything_is_sent() -> (
    None
):
    sandbox = full(management_tokens=30)
    held_by = next(iter(sandbox.world.stacks.values())).management_tokens
    last = held_by.pop(next(iter(held_by)))
    async with running(sandbox=sandbox) as table:
        await fill(table)
        assert "May end" not in table.text
        held(table).management_tokens[last.uid] = last
        await table.press("enter")
        await table.until("the stack now has 10 management tokens")
        assert "job-9" in table.text
        assert len(held(table).management_tokens) == 10
        await table.type("job-9")
        await table.press("enter")
        await table.until("Generated nightly")
        assert "Gone" not in status(table)


@pytest.mark.parametrize("fault", ["close-after", "cut", "wrong-types"])
async def test_made_and_the_answer_lost_is_said(fault: str) -> None:
    async with running(memory=memory()) as table:
        await fill(table)
        table.sandbox.fail(fault, method="POST", times=1)
        await table.press("enter")
        await table.until(lambda: "its value is lost" in status(table))
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        uid = named(table, "nightly").uid
        assert screen.table.cursor_key == uid
        assert read_state(os.environ).uncollected[0].uid == uid


@pytest.mark.long
@pytest.mark.parametrize("fault", ["close-before", "500"])
async def test_not_made_is_said_and_the_form_kept(fault: str) -> None:
    async with running() as table:
        await fill(table)
        table.sandbox.fail(fault, method="POST", times=1)
        await table.press("enter")
        await table.until(lambda: "no trace of it" in status(table))
        assert status(table).startswith("Not created")
        await table.press("enter")
        await table.until("Generated nightly")
        assert [token.name for token in held(table).management_tokens.values()].count(
            "nightly"
        ) == 1


@pytest.mark.long
async def test_whoever_stops_waiting_is_told_what_came_of_it() -> None:
    async with running() as table:
        await fill(table)
        table.sandbox.fail("delay=5", method="POST", times=1)
        await table.press("enter")
        await table.until("Generating")
        await table.until(lambda: table.sandbox.faults[0].times == 0)
        await table.press("escape")
        await table.until(
            lambda: "no trace of it" in status(table) or "lost" in status(table)
        )
        made = [
            token
            for token in held(table).management_tokens.values()
            if token.name == "nightly"
        ]
        assert bool(made) == ("lost" in status(table))


@pytest.mark.long
async def test_whoever_stops_before_anything_was_sent_is_told_so() -> None:
    async with running() as table:
        await fill(table)
        table.sandbox.fail("delay=5", method="GET", path="*management_tokens*", times=1)
        await table.press("enter")
        await table.until("Generating")
        await table.press("escape")
        await table.until(lambda: "Nothing was sent" in status(table))
        assert "nightly" not in {
            token.name for token in held(table).management_tokens.values()
        }


@pytest.mark.long
async def test_whoever_stops_after_it_was_made_has_its_value() -> None:
    async with running() as table:
        await fill(table)
        table.sandbox.fail(
            "delay=5", method="GET", path="*management_tokens*", times=1, after=1
        )
        await table.press("enter")
        await table.until(
            lambda: any(
                each.name == "nightly"
                for each in held(table).management_tokens.values()
            )
        )
        await table.press("escape")
        await table.until("Management token")
        await table.press("c")
        made = next(
            each
            for each in held(table).management_tokens.values()
            if each.name == "nightly"
        )
        await table.until(lambda: table.copied == [made.value])


@pytest.mark.long
async def test_the_expiry_must_be_a_day_to_come() -> None:
    async with running() as table:
        await table.press("o", "n")
        await table.until("Name (required")
        await table.type("nightly")
        await to_step(table, "[x] main")
        await to_step(table, "Read and write")
        await table.press("tab", "down", "space", "enter")
        assert "Type the date" in status(table)
        for text, words in (
            ("2026-02-30", "Type the date"),
            ("2026-10-15", "already have expired"),
        ):
            await table.type(text)
            await table.press("enter")
            assert words in status(table)
            await table.press(*["backspace"] * len(text))
        await table.type("2026-10-16")
        await to_step(table, "Generate Token")
        assert "2026-10-16 00:00 UTC" in table.text


@pytest.mark.long
async def test_an_authtoken_that_ran_out_costs_nothing_that_was_typed() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox) as table:
        await fill(table)
        workspace = table.app.workspace
        await workspace.account.use(Credential("authtoken", Secret("blt" + "0" * 16)))
        workspace.connection._client = await workspace.account.client()
        await table.press("enter")
        await table.until("E-mail and password")
        await table.press("escape")
        await table.until("Generate Token")
        assert workspace.forms["management"].plan.name == "nightly"


@pytest.mark.long
async def test_a_half_filled_form_is_kept_and_quitting_asks() -> None:
    async with running() as table:
        await fill(table)
        await table.press("escape", "escape", "escape", "escape")
        await table.until("Kept what you typed")
        await table.press("q")
        await table.until("Quit?")
        await table.press("n", "n")
        await table.until("This is what you typed before")


async def test_a_token_is_changed_by_keys_alone_and_keeps_what_the_form_does_not_show() -> (
    None
):
    async with running(size=(60, 15)) as table:
        token = named(table, "reporting")
        token.extra = {
            "rate_limit_enabled": True,
            "rate_limit": {"read": 5, "write": 2},
        }
        scope = json.dumps(token.scope)
        await table.press("o", "r")
        await table.until(lambda: not table.app.workspace.snapshot.reading)
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        screen.show_token(token.uid)
        await table.press("enter")
        await table.until("read 5, write 2")
        await table.press("e")
        await table.until("Name (required")
        await table.press("tab", "end")
        await table.type(" Monthly.")
        await to_step(table, "Branches 3", "Read and write")
        await table.press("tab", "end", "space")
        await to_step(table, "Changes to reporting")
        assert "never -> 2027-10-15 00:00 UTC" in " ".join(table.text.split())
        await table.press("enter")
        await table.until("Saved reporting")
        assert token.description.endswith("report. Monthly.")
        assert token.expires_on == "2027-10-15"
        assert token.extra == {
            "rate_limit_enabled": True,
            "rate_limit": {"read": 5, "write": 2},
        }
        assert json.loads(scope) == token.scope


@pytest.mark.long
async def test_somebody_elses_change_is_named_and_a_refusal_keeps_the_form() -> None:
    async with running() as table:
        await table.press("o")
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        screen.show_token(named(table, "reporting").uid)
        await table.press("e")
        await table.until("Name (required")
        await table.press("end")
        await table.type("-2")
        await to_step(table, "Branches 3", "Read and write", "Changes to reporting")
        named(table, "reporting").expires_on = "2027-01-01"
        await table.press("enter")
        await table.until("Someone else changed it (expiry)")
        named(table, "ci-deploy").name = "reporting-2"
        await table.press("enter")
        await table.until(lambda: status(table).startswith("Not saved"))
        await table.until("reporting-2")
        assert getattr(table.app.focused, "id", None) == "name"
        assert named(table, "reporting").expires_on == "2027-01-01"


@pytest.mark.long
async def test_what_was_deleted_is_made_again_from_its_recipe() -> None:
    async with running() as table:
        await table.press("o")
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        before = named(table, "ci-deploy")
        screen.show_token(before.uid)
        await table.press("d")
        await table.until("Type its name")
        await table.type("ci-deploy")
        await table.press("enter")
        await table.until("Deleted ci-deploy")
        await table.press("B")
        await table.until("Filled in from ci-deploy")
        await to_step(
            table,
            "Branches 3",
            "Read and write",
            "Generate Token",
            "Generated ci-deploy",
        )
        made = named(table, "ci-deploy")
        assert made.uid != before.uid
        assert (made.expires_on, made.email_notice) == (before.expires_on, True)


async def test_what_ended_or_soon_will_stands_first() -> None:
    async with running() as table:
        await table.press("o")
        await table.until("translation-sync")
        lines = [
            line
            for line in table.text.splitlines()
            if "expired" in line or "(in 5 d)" in line
        ]
        assert ["migration-2" in lines[0], "translation-sync" in lines[1]] == [
            True,
            True,
        ]
        names = ["migration-2", "translation-sync", "ci-deploy", "reporting"]
        assert sorted(names, key=table.text.index) == names


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({}, None),
        ({"rate_limit_enabled": False, "rate_limit": {"read": 5}}, None),
        ({"rate_limit_enabled": True}, "set"),
        (
            {
                "rate_limit_enabled": True,
                "rate_limit_read": 5,
                "rate_limit": {"write": 2},
            },
            "read 5, write 2",
        ),
    ],
)
def test_rate_limits_are_shown_under_the_names_that_the_server_has(
    extra: dict[str, Any], words: str | None
) -> None:
    token = ManagementToken(uid="blt1", name="ci", extra=extra)
    facts = {
        fact.label: fact.value
        for fact in token_facts(token, Snapshot(), NOW, str, revealed=False)
    }
    assert facts.get("Rate limit") == words


def test_those_that_ended_or_soon_will_come_first_by_their_day() -> None:
    days = {"a": 90, "b": 3, "c": None, "d": -1, "e": 7, "f": 8}
    tokens = [
        ManagementToken(
            uid=uid,
            name=uid.upper(),
            expires_on=None if end is None else NOW + timedelta(end),
        )
        for uid, end in days.items()
    ]
    keys, make = token_rows(tokens, NOW, str)
    assert keys == ["d", "b", "e", "a", "c", "f"]
    rows = [make(index) for index in range(len(keys))]
    assert [(row.key, row.cells[0], row.style) for row in rows] == [
        (uid, uid.upper(), "warn" if uid in "dbe" else "normal") for uid in keys
    ]
    assert token_rows([], NOW, str)[0] == []


@pytest.mark.parametrize("role", ["Developer", "Content Manager"])
async def test_whoever_may_not_see_them_is_told_so(role: str) -> None:
    async with running(role=role, wait="Delivery") as table:
        await table.until(lambda: not table.app.workspace.snapshot.reading)
        await table.press("o", "n")
        assert "Only Owners and Admins can see management tokens" in status(table)
        assert isinstance(table.app.screen, TokensScreen)


@pytest.mark.long
async def test_a_stack_without_branches_skips_the_scope_step() -> None:
    async with running(stack="Press") as table:
        await table.press("o", "n")
        await table.until("Name (required")
        await table.type("sync")
        await to_step(table, "there is no scope step")
        await table.until("Read and write")
        await to_step(table, "Generate Token", "Generated sync")
        assert table.app.workspace.snapshot.management.items[0].scope.branches == ()
