"""Forms: an error puts the focus on its field, and alt+w shows the review."""

from __future__ import annotations

import pytest

from tests.screens.session import Table, running
from tui.app import TokendeckApp
from tui.contentstack.errors import NotAllowed
from tui.screens.delete import DeleteScreen
from tui.screens.wizard import Wizard


def focused(table: Table) -> str | None:
    node = table.app.focused
    while node is not None and node.id is None:
        node = node.parent  # type: ignore[assignment]
    return node.id if node else None


async def test_alt_w_shows_the_review_of_an_edit_from_any_step_then_saves() -> None:
    async with running() as table:
        await table.press("e")
        await table.until("alt+w review")
        await table.press("end", "x", "alt+w")
        await table.until("Changes to partner-feed")
        assert "partner-feed -> partner-feedx" in " ".join(table.text.split())
        await table.press("alt+w")
        await table.until("Saved partner-feedx.")


@pytest.mark.long
async def test_alt_w_on_a_new_token_stops_at_what_is_missing() -> None:
    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press("tab", "alt+w")
        await table.until("A name is required.")
        assert focused(table) == "name"
        await table.press(*"kiosk", "alt+w")
        await table.until("Mark an environment.")
        assert focused(table) == "environments"
        await table.press("space", "alt+w")
        await table.until("Enter  Generate Token")


@pytest.mark.long
async def test_a_name_that_was_taken_meanwhile_leads_back_to_its_field() -> None:
    async with running() as table:
        await table.fill_wizard("kiosk")
        other = table.app.workspace.snapshot.delivery.items[0]
        stack = next(iter(table.sandbox.world.stacks.values()))
        stack.delivery_tokens[other.uid].name = "kiosk"
        await table.app.workspace.refresh()
        await table.press("enter")
        await table.until("called kiosk exists")
        assert focused(table) == "name"


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        ("name", "name"),
        ("scope.environment", "environments"),
        ("scope.branch", "branches"),
    ],
)
async def test_what_contentstack_refuses_leads_to_its_field(
    field: str, entry: str
) -> None:
    async with running() as table:
        await table.fill_wizard()
        screen = table.app.screen
        assert isinstance(screen, Wizard)
        screen._point_at_refused(NotAllowed("No", details=((field, "is wrong"),)))
        await table.pilot.pause()
        assert focused(table) == entry


async def test_a_wrong_word_keeps_the_focus_in_its_field() -> None:
    async with running() as table:
        await table.press("d")
        await table.until("Type its name")
        await table.press("x", "tab", "enter")
        await table.until("Not deleted. Type its name")
        assert isinstance(table.app.screen, DeleteScreen)
        assert focused(table) == "word"


async def test_the_placeholder_of_a_name_is_no_token() -> None:
    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        names = [token.name for token in table.app.workspace.snapshot.delivery.items]
        assert not any(name in table.text for name in names)


@pytest.mark.long
async def test_a_question_hides_other_meanings_of_its_keys() -> None:
    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press("x", "escape")
        await table.until("Kept what you typed")
        await table.press("q")
        await table.until("y yes  n no  Esc back")
        assert "API key" not in table.text
        await table.press("n")
        await table.until("API key")
        assert table.copied == []


@pytest.mark.long
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36)])
async def test_a_name_of_267_characters_keeps_titles_and_questions_in_shape(
    size: tuple[int, int],
) -> None:
    async with running(size=size) as table:
        stack = next(iter(table.sandbox.world.stacks.values()))
        token = next(iter(stack.delivery_tokens.values()))
        token.name = "n" * 267
        await table.press("r")
        await table.until("nnnn")
        table.app.screen.show_token(token.uid)  # type: ignore[attr-defined]
        await table.press("d")
        await table.until("Delete " + "n" * 26 + "…" + "n" * 13)
        await table.until("last four characters")
        await table.press("escape", "N")
        await table.until("Filled in from " + "n" * 26 + "…")
        await table.press("escape", "R")
        await table.until("Rotate " + "n" * 26 + "…" + "n" * 13)
        assert "5 Take the old name" in table.text


async def test_a_field_that_is_drawn_again_has_the_focus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[bool, str | None]] = []

    def note(app: TokendeckApp) -> None:
        seen.append((app.screen.has_class("too-small"), focused(table)))

    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press(*"kio")
        monkeypatch.setattr(TokendeckApp, "post_display_hook", note)
        for _ in range(5):
            await table.pilot.resize_terminal(30, 8)
            await table.until("needs 40×10")
            await table.pilot.resize_terminal(80, 24)
            await table.until("kio")
        await table.press("s", "k")
        await table.until("kiosk")
    assert (False, "name") in seen
    assert (False, None) not in seen
