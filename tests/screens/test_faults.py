"""Every fault, with each kind of call, through the whole program.

The program shows a sentence without secrets. Input isn't lost, nothing is created or
deleted, and the same key retries until the fault is over and the call succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import pytest
from textual.screen import Screen

from tests.contentstack.faults import FAULTS, Fault
from tests.screens import test_edit, test_management
from tests.screens.served import served, settled
from tests.screens.session import Table
from tests.support.short_form import Few
from tui.screens.delete import DeleteScreen
from tui.screens.steps import ReviewStep
from tui.screens.tokens import TokensScreen
from tui.screens.verify import VerifyScreen
from tui.screens.wizard import Wizard
from tui.widgets.status_line import StatusLine

TOKENS = "/stacks/delivery_tokens"
EACH = rf"{TOKENS}/\w+"


class Kind:
    """A kind of call: how to reach it, what survives a failure, how it succeeds."""

    hits: str
    key = "enter"
    lead = ""
    ending: str
    options: ClassVar[dict[str, Any]] = {}

    def faults(self) -> Iterable[Fault]:
        """Return all faults, in the order in which they're tried."""
        return FAULTS

    async def begin(self, table: Table) -> None:
        """Go to the screen on which `key` makes the call."""

    def before(self, table: Table) -> None:
        """Prepare each try."""

    def kept(self, table: Table) -> object:
        """Return what the user entered."""
        return table.app.workspace.forms.drafts

    def passes(self, fault: Fault) -> bool:
        """Whether the answer may be taken for a success.

        It says that the task was done.
        """
        return fault.lenient

    def words(self, screen: Screen[Any]) -> str:
        """Return what the program says about the fault."""
        return screen.query_one(StatusLine).text

    def after(self, table: Table, fault: Fault) -> None:
        """Assert what else is true after a fault."""


class LogIn(Kind):
    hits, ending = "POST /user-session", "Delivery 12"
    options: ClassVar = {"credential": False, "wait": "E-mail and password"}

    async def begin(self, table: Table) -> None:
        field(table, "email").value = table.sandbox.user("Admin").email

    def before(self, table: Table) -> None:
        field(table, "password").value = table.sandbox.user("Admin").password

    def kept(self, table: Table) -> object:
        return field(table, "email").value

    def passes(self, fault: Fault) -> bool:
        return False

    def after(self, table: Table, fault: Fault) -> None:
        # A password that was checked and refused isn't kept.
        refused = fault.name.startswith("4") and not fault.waits
        assert field(table, "password").value == (
            "" if refused else table.sandbox.user("Admin").password
        )


def _unmarks(fault: Fault) -> bool:
    """Return whether a fault clears rows and marks: they're forbidden or unreadable."""
    return "403" in fault.name or fault.name == "other types"


class List(Kind):
    hits, key, ending = f"GET {TOKENS}", "r", "Delivery 12"

    def faults(self) -> Iterable[Fault]:
        return sorted(FAULTS, key=_unmarks)

    async def begin(self, table: Table) -> None:
        await table.press("down", "space", "down", "space")

    def kept(self, table: Table) -> object:
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        return (
            len(screen.moment().marked),
            screen.table.cursor_key,
            screen.table.shown_count,
        )

    def passes(self, fault: Fault) -> bool:
        return False

    def words(self, screen: Screen[Any]) -> str:
        assert isinstance(screen, TokensScreen)
        return super().words(screen) or str(screen.snapshot.delivery.error)


class Update(Kind):
    hits, lead, ending = f"PUT {EACH}", "Not saved", "Saved "

    async def begin(self, table: Table) -> None:
        await table.press("e")
        await table.until("Name (required")
        await table.press("end")
        await table.type("-2")
        await test_edit.to_the_review(table)


class Get(Update):
    hits = f"GET {EACH}"

    def passes(self, fault: Fault) -> bool:
        return False


class Create(Kind):
    hits, lead, ending = f"POST {TOKENS}", "Not created", "Generated kiosk"

    async def begin(self, table: Table) -> None:
        await table.fill_wizard()


class CreateManagement(Create):
    hits, ending = "POST /stacks/management_tokens", "Generated nightly"

    async def begin(self, table: Table) -> None:
        await test_management.fill(table)


class Delete(Kind):
    hits, lead, ending = f"DELETE {EACH}", "Not deleted", "Deleted "
    opener = "d"

    async def begin(self, table: Table) -> None:
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        token = next(token for token in screen.snapshot.delivery.items if token.preview)
        screen.show_token(token.uid)
        await table.press(self.opener)
        await table.until(
            lambda: isinstance(table.app.screen, DeleteScreen) and "Type " in table.text
        )
        await table.type(token.name)

    def kept(self, table: Table) -> object:
        return field(table, "word").value

    def passes(self, fault: Fault) -> bool:
        return fault.lenient or fault.name == "404"


class DeletePreview(Delete):
    hits, lead = f"DELETE {EACH}/preview_token", ""
    opener = "D"


class CreatePreview(List):
    hits, key, ending = f"POST {EACH}/preview_token", "P", "Created the preview token"

    def faults(self) -> Iterable[Fault]:
        return FAULTS

    async def begin(self, table: Table) -> None:
        # It takes one token, so none are marked.
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        screen.show_token(
            next(
                token.uid
                for token in screen.snapshot.delivery.items
                if not token.preview
            )
        )


class Verify(Kind):
    hits, key, ending = "GET /assets", "v", "2 of 2 calls work"

    async def begin(self, table: Table) -> None:
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        token = next(
            t for t in screen.snapshot.delivery.items if t.name == "web-production"
        )
        screen.show_token(token.uid)
        await table.press("v")
        await table.until(
            lambda: isinstance(table.app.screen, VerifyScreen) and settled(table)()
        )

    def kept(self, table: Table) -> object:
        assert isinstance(table.app.screen, VerifyScreen)
        return table.app.screen.table.cursor_key


KINDS = (
    LogIn,
    List,
    Get,
    Create,
    CreateManagement,
    Update,
    Delete,
    CreatePreview,
    DeletePreview,
    Verify,
)


def field(table: Table, name: str) -> Any:
    return table.app.screen.query_one(f"#{name}")


def held(table: Table) -> object:
    """Return everything in the stack about tokens."""
    stack = next(iter(table.sandbox.world.stacks.values()))
    return repr((stack.delivery_tokens, stack.management_tokens))


def secrets(table: Table) -> set[str]:
    stack = next(iter(table.sandbox.world.stacks.values()))
    tokens = [*stack.delivery_tokens.values(), *stack.management_tokens.values()]
    values = {
        str(value)
        for token in tokens
        for value in (token.value, token.preview)
        if value
    }
    return values | {
        each for user in table.sandbox.users for each in (user.password, user.authtoken)
    }


def told(table: Table, words: str, fault: Fault) -> None:
    """Assert that it's a sentence, without secrets or control characters."""
    assert len(words) > 20, fault.name
    assert words.isprintable(), fault.name
    assert not [secret for secret in secrets(table) if secret in words + table.text], (
        fault.name
    )


def told_of(table: Table, kind: Kind, screen: Screen[Any]) -> Callable[[], bool]:
    """Return whether no screen says any more that something is in progress."""
    return lambda: (
        table.app.screen is not screen or not kind.words(screen).endswith("…")
    )


async def back_to(table: Table, screen: Screen[Any]) -> None:
    """Close what opened by itself to fix the fault: the sign-in, the regions."""
    await table.pilot.pause()
    while table.app.screen is not screen:
        await table.press("escape")
        await table.pilot.pause()


async def to_the_review(table: Table) -> None:
    """Go to the review, if an answer has led to the field that it's about."""
    screen = table.app.screen
    if isinstance(screen, Wizard) and not isinstance(screen.step, ReviewStep):
        await table.press("alt+w")
        await table.until(lambda: isinstance(screen.step, ReviewStep))


@pytest.mark.parametrize(
    "kind", [kind() for kind in KINDS], ids=lambda kind: type(kind).__name__
)
async def test_every_fault_is_outlived(
    kind: Kind,
    few: Few,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    met, faults = 0, few(kind.faults(), 5)
    async with served(monkeypatch, **kind.options) as (table, line):
        home, before = table.app.screen, held(table)
        line.hits = kind.hits
        await kind.begin(table)
        for fault in faults:
            screen = table.app.screen
            await to_the_review(table)
            kind.before(table)
            kept = kind.kept(table)
            async with line.meeting(fault):
                await table.press(kind.key)
                await table.until(lambda: line.struck > 0 and settled(table)())
                await table.until(told_of(table, kind, screen))
                await table.pilot.pause()
                assert table.app.screen is screen or not fault.foreign, fault.name
            if kind.passes(fault) and table.app.screen is not screen:
                told(table, kind.words(home), fault)
                await back_to(table, home)
                await kind.begin(table)
            else:
                told(table, kind.words(screen), fault)
                assert kind.lead in kind.words(screen), fault.name
                await back_to(table, screen)
                assert kind.kept(table) == kept or _unmarks(fault), fault.name
                kind.after(table, fault)
            assert held(table) == before, fault.name
            met += 1
        await to_the_review(table)
        kind.before(table)
        await table.press(kind.key)
        await table.until(kind.ending)
    assert met == len(faults)
    record_property("faults met", met)
