from __future__ import annotations

import pytest

from tests.screens.session import Table, running
from tests.screens.test_states import sandbox_of
from tests.support.clock import clock
from tui.contentstack.credentials import Credential
from tui.sandbox.seed import SeedStack
from tui.sandbox.service import Sandbox
from tui.screens.confirm import Confirm
from tui.screens.generated import GeneratedScreen
from tui.screens.tokens import TokensScreen
from tui.screens.wizard import Wizard
from tui.secret import Secret
from tui.widgets.status_line import StatusLine
from tui.workspace.plan import Plan


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


async def test_a_token_with_a_preview_token_is_made_and_copied_by_keys_alone() -> None:
    async with running(size=(60, 15)) as table:
        before = len(table.app.workspace.snapshot.delivery.items)
        await table.fill_wizard()
        await table.press("space", "enter")
        await table.until("Generated kiosk")
        made = table.app.workspace.snapshot.delivery.items[0]
        assert made.name == "kiosk"
        assert made.preview is not None
        await table.press("c", "p")
        assert table.copied == [made.value.reveal(), made.preview.reveal()]
        assert made.value.reveal() not in table.text
        await table.press("enter")
        await table.until(f"Delivery {before + 1}")
        assert table.app.workspace.forms["delivery"].plan == Plan()


async def test_main_is_marked_unless_told_otherwise() -> None:
    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press("k", "enter")
        await table.until("[x] main")
        assert table.text.count("[x]") == 1
        # What was marked otherwise stays.
        await table.press("space", "down", "space", "escape")
        await table.until("Name (required")
        await table.press("enter")
        await table.until("[x] development")
        assert table.text.count("[x]") == 1


@pytest.mark.long
async def test_a_stack_without_main_has_nothing_marked() -> None:
    stack = SeedStack(name="Bare", branches=["trunk"], environments=["web"])
    async with running(sandbox=sandbox_of(stack)) as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press("k", "enter")
        await table.until("[ ] trunk")


@pytest.mark.long
async def test_from_the_list_to_a_copied_token_takes_at_most_eight_keys_beside_the_name() -> (
    None
):
    async with running() as table:
        keys = ["n", "enter", "enter", "space", "enter", "space", "enter", "c"]
        assert len(keys) <= 8
        await table.press(keys[0])
        await table.until("Name (required")
        await table.type("kiosk")
        for key, seen in zip(
            keys[1:-1],
            [
                "[x] main",
                "its one",
                "[x]",
                "Generate Token",
                "[x]",
                "Generated kiosk",
            ],
            strict=True,
        ):
            await table.press(key)
            await table.until(seen)
        await table.press(keys[-1])
        assert len(table.copied) == 1


async def test_the_review_copies_the_command_that_would_create_the_token() -> None:
    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press("Y", "escape")
        assert table.copied == []
        await table.press("n", "backspace")
        await table.press("escape")
        await table.fill_wizard()
        await table.press("Y")
        await table.until(lambda: len(table.copied) == 1)
        words = "create kiosk --env production --branch main"
        assert table.copied == [f"tokendeck --demo {words}"]


@pytest.mark.long
async def test_generated_says_what_the_token_is_used_with_and_that_it_reads_one_environment() -> (
    None
):
    async with running() as table:
        await table.fill_wizard()
        await table.press("enter")
        await table.until("Generated kiosk")
        stack = table.app.workspace.snapshot.stack
        assert stack is not None
        assert stack.api_key in table.text
        assert "can't read any other" in table.text
        await table.press("y")
        assert table.copied == [stack.api_key]


async def test_reveal_shows_and_masks_the_new_value() -> None:
    async with running() as table:
        await table.fill_wizard()
        await table.press("enter")
        await table.until("Generated kiosk")
        value = table.app.workspace.snapshot.delivery.items[0].value.reveal()
        assert value not in table.text
        await table.press("u")
        await table.until(value)
        await table.press("u")
        await table.until(lambda: value not in table.text)


@pytest.mark.long
async def test_leaving_without_a_copy_is_said() -> None:
    async with running() as table:
        await table.fill_wizard()
        await table.press("enter")
        await table.until("Generated kiosk")
        await table.press("escape")
        await table.until("Not copied: kiosk")


async def test_a_missing_or_taken_name_is_said_before_any_request() -> None:
    async with running() as table:
        taken = table.app.workspace.snapshot.delivery.items[0].name
        await table.press("n")
        await table.until("Name (required")
        await table.press("enter")
        assert "name is required" in status(table)
        await table.type(taken)
        await table.until(lambda: "names are unique" in status(table))
        await table.press("enter")
        assert "names are unique" in status(table)
        assert "Branches 3" not in table.text


async def test_each_step_must_be_answered() -> None:
    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press("k", "enter")
        await table.until("[x] main")
        await table.press("space", "enter")
        assert "at least one branch" in status(table)
        await table.press("space", "enter")
        await table.until("its one")
        await table.press("enter")
        assert "Mark an environment" in status(table)


async def test_going_back_and_leaving_keep_what_was_entered() -> None:
    async with running() as table:
        await table.fill_wizard()
        await table.press("escape", "escape", "escape")
        await table.until("Name (required")
        assert "kiosk" in table.text
        await table.press("escape")
        await table.until("Kept what you typed")
        await table.press("n")
        await table.until("This is what you typed before")
        await table.press("enter", "enter", "enter")
        await table.until("Generate Token")
        assert "kiosk" in table.text


@pytest.mark.long
async def test_start_over_empties_the_form() -> None:
    async with running() as table:
        await table.fill_wizard()
        await table.press("alt+r")
        await table.until("The form is empty")
        assert "kiosk" not in table.text
        assert table.app.workspace.forms["delivery"].plan == Plan()


@pytest.mark.long
async def test_aliases_are_scoped_by_alt_o_and_named_with_their_branch() -> None:
    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press("k", "enter")
        await table.until("Branches 3")
        await table.press("alt+o")
        await table.until("points to")
        await table.press("space", "enter")
        await table.until("its one")
        await table.press("space", "enter")
        await table.until("alias ")
        await table.press("enter")
        await table.until("Generated k")
        scope = table.app.workspace.snapshot.delivery.items[0].scope
        assert scope.aliases
        assert scope.branches == ()


async def test_several_environments_make_one_token_each() -> None:
    async with running() as table:
        await table.fill_wizard(environments=2)
        names = table.app.workspace.forms["delivery"].plan.token_names()
        for name in names:
            assert name in table.text
        await table.press("enter")
        await table.until("Generated 2 tokens")
        await table.until(lambda: all(name in table.text for name in names))
        assert {
            token.name for token in table.app.workspace.snapshot.delivery.items
        } >= set(names)
        await table.press("c", "down", "c")
        assert len(set(table.copied)) == 2


@pytest.mark.long
async def test_a_stack_without_branches_skips_the_scope_step_and_says_so() -> None:
    async with running(stack="Press") as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press("k", "enter")
        await table.until("no branches, so there is no scope step")
        await table.press("space", "enter")
        await table.until("Generate Token")
        await table.press("escape", "escape")
        await table.until("Name (required")
        await table.press("enter", "enter", "enter")
        await table.until("Generated k")
        assert table.app.workspace.snapshot.delivery.items[0].scope.branches == ()


@pytest.mark.long
async def test_a_refusal_of_the_server_keeps_the_form() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox) as table, running(sandbox=sandbox) as other:
        await table.fill_wizard()
        await other.fill_wizard()
        await other.press("enter")
        await other.until("Generated kiosk")
        await table.press("enter")
        await table.until(
            lambda: (
                "not unique" in status(table).lower() or "Not created" in status(table)
            )
        )
        assert isinstance(table.app.screen, Wizard)
        assert table.app.workspace.forms["delivery"].plan.name == "kiosk"


@pytest.mark.long
async def test_an_authtoken_that_ran_out_costs_nothing_that_was_typed() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox) as table:
        await table.fill_wizard()
        good = next(user.authtoken for user in sandbox.users if user.role == "Admin")
        await table.app.workspace.account.use(
            Credential("authtoken", Secret("blt" + "0" * 16))
        )
        table.app.workspace.connection._client = (
            await table.app.workspace.account.client()
        )
        await table.press("enter")
        await table.until("E-mail and password")
        field = table.app.screen.query_one("#authtoken")
        field.focus()
        await table.until(lambda: field.has_focus)
        await table.type(good)
        assert good not in table.text
        await table.press("enter")
        await table.until("Generate Token")
        await table.until(lambda: not table.app.workspace.snapshot.reading)
        await table.press("enter")
        await table.until("Generated kiosk")


@pytest.mark.long
async def test_quitting_with_a_half_filled_form_asks_first() -> None:
    async with running() as table:
        await table.fill_wizard()
        await table.press("q")
        await table.until("Quit?")
        await table.press("n")
        await table.until("Generate Token")
        await table.press("ctrl+c")
        await table.until("Quit?")
        await table.press("y")
        await table.until(lambda: table.app._exit)


@pytest.mark.long
async def test_ctrl_c_quits_from_another_question_only_after_its_own() -> None:
    async with running() as table:
        await table.fill_wizard()
        await table.app.push_screen(Confirm("Keep this login?"))
        await table.press("ctrl+c")
        await table.until("Quit?")
        assert not table.app._exit
        await table.press("ctrl+c")
        await table.until(lambda: table.app._exit)


@pytest.mark.long
async def test_letters_are_text_inside_a_field() -> None:
    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press(*"qnoco")
        assert table.app.workspace.forms["delivery"].plan.name == "qnoco"


@pytest.mark.long
async def test_the_new_token_is_under_the_cursor_afterwards() -> None:
    async with running() as table:
        await table.fill_wizard()
        await table.press("enter")
        await table.until("Generated kiosk")
        assert isinstance(table.app.screen, GeneratedScreen)
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        key = screen.table.cursor_key
        assert key is not None
        assert (token := table.app.workspace.snapshot.delivery_token(key)) is not None
        assert token.name == "kiosk"


@pytest.mark.long
async def test_stopping_a_batch_shows_what_was_made_and_goes_on_with_the_rest() -> None:
    async with running() as table:
        await table.fill_wizard(environments=2)
        first, second = table.app.workspace.forms["delivery"].plan.token_names()
        table.sandbox.fail("delay=0", method="POST", times=1)
        table.sandbox.fail("delay=30", method="POST", times=1)
        await table.press("enter")
        await table.until("Generating token 2 of 2")
        await table.press("escape")
        await table.until(f"Generated {first}")
        assert f"Not created: {second}. You stopped waiting." in status(table)
        await table.press("enter", "n")
        await table.until("This is what you typed before")
        assert table.app.workspace.forms["delivery"].plan.token_names() == (second,)
