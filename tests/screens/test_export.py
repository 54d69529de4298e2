"""From `x` to what's copied, and to a file's bytes and mode."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import threading
from pathlib import Path

import pytest

from tests.export.readers import by_python
from tests.screens.session import Table, running
from tui.contentstack.models import DeliveryToken, ManagementToken
from tui.contentstack.scope import Scope
from tui.export.env_file import FileEdit
from tui.screens.base import TokendeckScreen
from tui.screens.export import Exported, ExportScreen, exported_words
from tui.screens.tokens import TokensScreen
from tui.secret import Secret
from tui.widgets.status_line import StatusLine


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def screen_of(table: Table) -> TokendeckScreen[object]:
    assert isinstance(table.app.screen, TokendeckScreen)
    return table.app.screen


async def show_export(
    table: Table,
    token: DeliveryToken | ManagementToken,
    heard: list[Exported | None],
) -> None:
    """Open the export on top of the tokens, for a token that isn't in any list."""
    screen = screen_of(table)

    async def export() -> None:
        exported = await screen.show(ExportScreen(screen.session, token))
        heard.append(exported)

    await screen.carry_out(export)


def values_of(
    table: Table, token: DeliveryToken, prefix: str, *, preview: bool = True
) -> dict[str, str]:
    snapshot = table.app.workspace.snapshot
    assert snapshot.stack is not None
    assert snapshot.region is not None
    values = {
        "API_KEY": snapshot.stack.api_key,
        "DELIVERY_TOKEN": token.value.reveal(),
        "ENVIRONMENT": token.scope.environments[0],
        "BRANCH": (*token.scope.branches, *token.scope.aliases)[0],
    }
    if preview and token.preview:
        values |= {
            "PREVIEW_TOKEN": token.preview.reveal(),
            "PREVIEW_HOST": snapshot.region.preview.removeprefix("https://"),
        }
        if prefix:
            values |= {
                "PREVIEW": "true",
                "CONTENT_DELIVERY": snapshot.region.cda.removeprefix("https://"),
            }
    return {f"{prefix}CONTENTSTACK_{name}": value for name, value in values.items()}


def token_named(table: Table, name: str) -> DeliveryToken:
    return next(
        token
        for token in table.app.workspace.snapshot.delivery.items
        if token.name == name
    )


async def choose_form(table: Table, label: str) -> None:
    screen = table.app.screen
    assert isinstance(screen, ExportScreen)
    for _ in range(20):
        if screen.export_format.label == label:
            break
        await table.press("down")
    await table.until(f"── {label} ─")


async def open_for(table: Table, name: str, form: str = ".env") -> DeliveryToken:
    token = token_named(table, name)
    screen = table.app.screen
    assert isinstance(screen, TokensScreen)
    screen.show_token(token.uid)
    await table.press("x")
    await table.until("EXPORT AS")
    await choose_form(table, form)
    return token


async def test_a_new_env_file_by_keys_alone(folder: Path) -> None:
    async with running(size=(60, 15)) as table:
        token = await open_for(table, "web-production", "React, SvelteKit")
        await table.press("enter")
        await table.until("nothing is written yet")
        await table.press("enter")
        await table.until("Enter writes")
        assert not (folder / ".env").exists()
        assert token.value.reveal() not in table.text
        await table.press("enter")
        await table.until(lambda: "SvelteKit into" in status(table))
        assert "only you can read it" in status(table)
        path = folder / ".env"
        assert by_python(path.read_text()) == values_of(table, token, "VITE_")
        assert path.stat().st_mode & 0o777 == 0o600
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert "Wrote web-production as React, SvelteKit into" in status(table)


async def test_an_existing_file_keeps_its_mode_its_lines_and_shows_what_changes(
    folder: Path,
) -> None:
    path = folder / "settings" / "local.env"
    path.parent.mkdir()
    path.write_bytes(
        b"# app\r\nPORT=80\r\nexport"
        b" CONTENTSTACK_DELIVERY_TOKEN='cs0000000000old1' # ours\r\n"
    )
    path.chmod(0o640)
    async with running() as table:
        token = await open_for(table, "web-production")
        await table.press(
            "space", "enter", "ctrl+u", *"settings/local", "full_stop", *"env", "enter"
        )
        await table.until("becomes")
        assert "cs••••old1 becomes" in table.text
        assert "cs0000000000old1" not in table.text
        await table.press("enter")
        await table.until(lambda: "mode stays 0640" in status(table))
    written = path.read_bytes().decode()
    assert written.startswith(
        "# app\r\nPORT=80\r\nexport"
        f" CONTENTSTACK_DELIVERY_TOKEN={token.value.reveal()} # ours\r\n"
    )
    assert by_python(written) == {
        "PORT": "80",
        **values_of(table, token, "", preview=False),
    }
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.long
async def test_escape_leaves_the_file_and_then_the_screen(folder: Path) -> None:
    async with running() as table:
        await open_for(table, "web-production")
        await table.press("enter", "enter")
        await table.until("Enter writes")
        await table.press("escape")
        await table.until("Nothing was written")
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert "Wrote" not in status(table)
    assert not (folder / ".env").exists()


@pytest.mark.long
async def test_another_enter_while_the_file_is_written_does_not_hide_that_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, write = threading.Event(), FileEdit.write

    def slowly(plan: FileEdit, **agreed: bool) -> None:
        write(plan, **agreed)
        go_on.wait(5)

    monkeypatch.setattr(FileEdit, "write", slowly)
    async with running() as table:
        await open_for(table, "web-production")
        await table.press("enter", "enter")
        await table.until("Enter writes")
        await table.press("enter")
        await table.until((folder / ".env").exists)
        await table.press("enter")
        go_on.set()
        await table.until(lambda: "Wrote web-production" in status(table))
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert "Wrote web-production" in status(table)
    assert (folder / ".env").exists()


@pytest.mark.long
async def test_a_name_typed_anew_is_looked_at_anew(folder: Path) -> None:
    async with running() as table:
        await open_for(table, "web-production")
        await table.press("enter", "enter")
        await table.until("Enter writes")
        await table.press("2", "enter")
        await table.until(
            lambda: ".env2" in table.text and "Enter writes" in status(table)
        )
        await table.press("enter")
        await table.until(lambda: "only you can read it" in status(table))
    assert {name for name in os.listdir(folder) if name.startswith(".env")} == {".env2"}


async def test_a_file_that_git_does_not_ignore_is_named_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    await asyncio.to_thread(
        subprocess.run, ["git", "init", "-q", str(folder)], check=True
    )
    async with running() as table:
        await open_for(table, "web-production")
        await table.press("enter", "enter")
        await table.until(lambda: "git doesn't ignore" in status(table))
        assert str(folder / ".env") in status(table)
        assert not (folder / ".env").exists()
        await table.press("enter")
        await table.until(lambda: "only you can read it" in status(table))
    assert (folder / ".env").exists()


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("folder", "is a folder"),
        ("link", "symbolic link"),
        ("no/.env", "There is no folder"),
    ],
)
async def test_a_file_that_cannot_be_written_keeps_the_name_that_was_typed(
    folder: Path, name: str, words: str
) -> None:
    (folder / "folder").mkdir()
    (folder / "link").symlink_to("folder")
    async with running() as table:
        await open_for(table, "web-production")
        await table.press("enter", "ctrl+u")
        await table.type(name)
        await table.press("enter")
        await table.until(lambda: words in status(table))
        assert name in table.text
        assert table.app.screen.query_one("#file").has_focus


@pytest.mark.long
async def test_a_file_that_changes_while_it_is_looked_at_is_not_overwritten(
    folder: Path,
) -> None:
    async with running() as table:
        await open_for(table, "web-production")
        await table.press("enter", "enter")
        await table.until("Enter writes")
        (folder / ".env").write_text("A=1\n")
        await table.press("enter")
        await table.until(lambda: "changed in the meantime" in status(table))
        assert (folder / ".env").read_text() == "A=1\n"
        await table.press("enter")
        await table.until("All other lines stay")
        await table.press("enter")
        await table.until("Wrote")
        assert (folder / ".env").read_text().startswith("A=1\n")
        await table.press("enter", "enter")
        await table.until(lambda: "already has all of this" in status(table))


async def test_the_text_is_masked_until_asked_for_and_copied_whole() -> None:
    async with running() as table:
        token = await open_for(table, "web-production")
        assert "CONTENTSTACK_DELIVERY_TOKEN=cs••••" in table.text
        assert token.value.reveal() not in table.text
        await table.press("u")
        await table.until(token.value.reveal())
        await table.press("u", "c")
        assert by_python(table.copied[0]) == values_of(table, token, "")
        await table.press("space", "c")
        assert by_python(table.copied[1]) == values_of(table, token, "", preview=False)
        await table.press("G", "c")
        assert table.copied[2].startswith(
            "printf 'preview_token: %s\\n' \"${CONTENTSTACK_PREVIEW_TOKEN:?}\" |\n"
        )
        assert not table.copied[2].endswith("\n")
        await table.press("escape")
        await table.until(lambda: "Copied web-production as curl" in status(table))


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_a_reference_is_named_and_replaced_only_by_y(
    folder: Path, size: tuple[int, int]
) -> None:
    text = (
        "CONTENTSTACK_API_KEY=op://web/contentstack/api_key\n"
        "CONTENTSTACK_DELIVERY_TOKEN=op://web/contentstack/delivery\n"
    )
    (folder / ".env").write_text(text)
    async with running(size=size) as table:
        token = await open_for(table, "web-production")
        await table.press("enter", "enter")
        await table.until(lambda: "Plain text would replace" in status(table))
        assert (
            "CONTENTSTACK_API_KEY, CONTENTSTACK_DELIVERY_TOKEN (1Password reference)"
            in status(table)
        )
        if size == (80, 24):
            assert "op://web/contentstack/api_key" in table.text
        for no in ("n", "escape"):
            await table.press("enter")
            await table.until("Replace 2 references with plain text?")
            await table.press("enter", no)
            await table.until(lambda: "Nothing was written" in status(table))
            assert (folder / ".env").read_text() == text
        await table.press("enter")
        await table.until("Replace 2 references with plain text?")
        await table.press("y")
        await table.until(lambda: "Wrote web-production" in status(table))
    written = by_python((folder / ".env").read_text())
    assert written["CONTENTSTACK_DELIVERY_TOKEN"] == token.value.reveal()


@pytest.mark.long
async def test_a_cipher_is_named_but_not_shown_and_others_are_told_of(
    folder: Path,
) -> None:
    (folder / ".env").write_text(
        "CONTENTSTACK_DELIVERY_TOKEN=encrypted:BO1vW9CQ37LO\nOTHER=encrypted:AAAA\n"
    )
    async with running() as table:
        await open_for(table, "web-production")
        await table.press("enter", "enter")
        await table.until("dotenvx encrypted value becomes cs••••")
        assert "BO1v" not in table.text
        assert "may be meant for git" in table.text


@pytest.mark.long
async def test_a_line_that_still_holds_the_old_token_is_named(folder: Path) -> None:
    (folder / ".env").write_text(
        "CONTENTSTACK_DELIVERY_TOKEN=cs0000000000old1 # not cs0000000000old1\n"
    )
    async with running() as table:
        await open_for(table, "web-production")
        await table.press("enter", "enter")
        await table.until("Line 1 still has an old value")


@pytest.mark.long
async def test_a_file_with_the_names_of_another_format_is_told_of(folder: Path) -> None:
    (folder / ".env").write_text("\ufeffCONTENTSTACK_DELIVERY_TOKEN=cs0123\nOTHER=1\n")
    async with running() as table:
        await open_for(table, "qa-bot", "Next.js")
        await table.press("enter", "enter")
        await table.until("has the names of Starter app or Gatsby or .env.")
        assert "Esc goes back; Enter adds these names." in status(table)
        shown = " ".join(table.text.split())
        assert "They have the names of Starter app or Gatsby or .env." in shown
        await table.press("escape")
        await choose_form(table, ".env")
        await table.press("enter", "enter")
        await table.until("becomes")
        assert "has the names of" not in status(table)


async def test_json_in_a_file_keeps_what_else_is_in_it(folder: Path) -> None:
    (folder / "contentstack.json").write_text(
        '{\n    "port": 80,\n    "api_key": "old"\n}\n'
    )
    async with running() as table:
        await open_for(table, "qa-bot", "JSON")
        await table.press("enter", "enter")
        await table.until("old becomes")
        await table.press("enter")
        await table.until("Wrote qa-bot as JSON")
    written = (folder / "contentstack.json").read_text()
    assert written.startswith('{\n    "port": 80,\n    "api_key": "blt')
    assert json.loads(written)["branch"] == "release"


@pytest.mark.long
async def test_several_branches_are_chosen_from() -> None:
    async with running() as table:
        await open_for(table, "preview-editors")
        assert "1 of 2" in table.text
        await table.press("alt+o", "c")
        await table.until("2 of 2")
        assert "CONTENTSTACK_BRANCH=development" in table.copied[0]
        await table.press("o")
        await table.until("1 of 2")


@pytest.mark.long
async def test_what_does_not_apply_says_why() -> None:
    async with running() as table:
        await open_for(table, "qa-bot")
        await table.press("space")
        assert "no preview token" in status(table)
        await table.press("o")
        assert "one environment and one branch" in status(table)


async def test_an_existing_management_token_is_refused_with_the_reason() -> None:
    async with running() as table:
        await table.press("o")
        await table.until("ACCESS")
        await table.press("x")
        assert "only once, when it's created" in status(table)
        assert isinstance(table.app.screen, TokensScreen)


@pytest.mark.long
async def test_a_management_token_just_made_is_handed_out_without_browser_names(
    folder: Path,
) -> None:
    made = ManagementToken(
        "blt2", "ci", scope=Scope.of((), ("main",)), value=Secret("cs" + "a1" * 12)
    )
    heard: list[Exported | None] = []
    async with running() as table:
        await show_export(table, made, heard)
        await table.until("EXPORT AS")
        for prefix in (
            "NEXT_PUBLIC_",
            "NUXT_",
            "VITE_",
            "REACT_APP_",
            "VUE_APP_",
            " PUBLIC_",
        ):
            assert prefix not in table.text
        await table.press("enter", "enter")
        await table.until("Enter writes")
        await table.press("enter")
        await table.until(lambda: "only you can read it" in status(table))
        await table.press("escape")
        await table.until(lambda: bool(heard))
        assert heard[0] is not None
        assert "Wrote ci as .env into" in exported_words(heard[0])
        assert (
            by_python((folder / ".env").read_text())["CONTENTSTACK_MANAGEMENT_TOKEN"]
            == "cs" + "a1" * 12
        )
        await show_export(table, made, heard)
        await table.until("EXPORT AS")
        await table.press("escape")
        await table.until(lambda: heard[1:] == [None])


@pytest.mark.long
async def test_a_name_that_no_reader_reads_back_is_refused_by_its_character(
    folder: Path,
) -> None:
    odd = DeliveryToken(
        "blt3",
        "odd",
        scope=Scope.of(("pro$d",), ("main",)),
        value=Secret("cs" + "a1" * 12),
    )
    async with running() as table:
        await show_export(table, odd, [])
        await table.until("A value contains $")
        await table.press("c")
        assert table.copied == []
        await table.press("enter", "enter")
        await table.until(lambda: "contains $" in status(table))
    assert not (folder / ".env").exists()


@pytest.mark.long
async def test_what_was_handed_out_is_not_said_to_be_uncopied(folder: Path) -> None:
    async with running() as table:
        await table.fill_wizard()
        await table.press("enter")
        await table.until("Generated kiosk")
        await table.press("x")
        await table.until("EXPORT AS")
        assert isinstance(table.app.screen, ExportScreen)
        await table.press("c", "escape")
        await table.until("Copied kiosk as Next.js")
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert "Not copied" not in status(table)
