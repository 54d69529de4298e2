"""From `F` to where values are, and on to rotating the token."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.leaks.projects import STRANGER, Project
from tests.screens.session import Table, running
from tests.screens.test_identify import card_of
from tests.screens.test_verify import shop
from tests.support.pilot import screen_text
from tui.leaks.finds import Find
from tui.leaks.fingerprints import fingerprints_path
from tui.leaks.search import Search
from tui.screens import find as find_module
from tui.screens.find import FindScreen
from tui.state.memory import Memory
from tui.widgets.facts_card import FactsCard


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, which isn't a repository."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def value(table: Table) -> str:
    return next(iter(table.sandbox.stacks[0].delivery_tokens.values())).value


async def searched(table: Table, words: str, path: str = "") -> FindScreen:
    await table.press("F")
    await table.until("Press Enter to search")
    screen = table.app.screen
    assert isinstance(screen, FindScreen)
    if path:
        await table.type(path)
    await table.press("enter")
    await table.until(words)
    return screen


def unseen(table: Table, *values: str) -> None:
    seen = (
        screen_text(table.app),
        *(each.text for each in table.app.session.messages.newest_first),
    )
    for each in values:
        assert not any(each[2:10] in text or each[-4:] in text for text in seen)


async def test_known_values_come_first_and_no_value_is_seen(here: Path) -> None:
    async with running(size=(60, 15), sandbox=shop()) as table:
        (here / "a.txt").write_text(f"x\n{STRANGER}\n")
        (here / "z.env").write_text(f"\n\nTOKEN={value(table)}\n")
        await searched(table, "Found 1 known value and 1 unknown in 2 files.")
        other = next(line for line in table.text.splitlines() if ".txt" in line)
        assert other.split()[:5] == ["(no", "known", "token)", "a.txt", "2"]
        first = next(x for x in table.text.splitlines() if x.startswith("▌ web"))
        assert first.split()[1:4] == ["web", "z.env", "3"]
        assert "z.env:3:7" in card_of(table)
        assert "Not searched nothing" in card_of(table)
        assert "Base64" in card_of(table)
        unseen(table, STRANGER, value(table))


async def test_history_is_searched_with_commit_and_date(here: Path) -> None:
    async with running(sandbox=shop()) as table:
        project = Project.created(here / "project")
        env = project.folder / "app.env"
        env.write_text(value(table))
        project.git("add", ".")
        project.git("commit", "-qm", "Add")
        commit = project.git("rev-parse", "HEAD")
        env.unlink()
        await searched(table, "1 known", "project")
        assert f"{commit[:8]}  2026-01-02" in table.text
        assert "objects of history" in table.said


@pytest.mark.parametrize("key", ["R", "enter"])
async def test_a_find_leads_to_the_token_that_is_rotated(key: str, here: Path) -> None:
    async with running() as table:
        own, *_ = reversed(table.sandbox.stacks[0].delivery_tokens.values())
        (here / "z.env").write_text(own.value)
        await searched(table, "Found 1 known")
        await table.press(key)
        if key == "enter":
            await table.until("e edit")
            assert table.app.screen.token.name == own.name  # type: ignore[attr-defined]
            await table.press("R")
        await table.until(f"Rotate {own.name}")
        await table.until("1 Create the replacement")


@pytest.mark.long
async def test_what_belongs_to_no_token_can_not_be_rotated(here: Path) -> None:
    async with running(sandbox=shop()) as table:
        (here / "a.txt").write_text(STRANGER)
        screen = await searched(table, "Found 0 known values and 1 unknown")
        for key in ("R", "d", "v", "t", "enter"):
            await table.press(key)
            await table.until("No token that was read has this value.")
            assert table.app.screen is screen


async def test_where_nothing_is_found_it_says_what_was_not_searched(here: Path) -> None:
    async with running(sandbox=shop()) as table:
        (here / "old.gz").write_bytes(b"\x1f\x8b\x08\0\0")
        screen = await searched(table, "Nothing found: 1 file.")
        assert "Not opened: 1 compressed file." in card_of(table)
        assert screen.field.has_focus
        await table.press("tab", "tab")
        assert not screen.table.has_focus


@pytest.mark.long
async def test_of_a_long_path_its_end_is_shown(here: Path) -> None:
    folder = here / "packages" / "a-rather-long-name" / "another-one" / "deploy"
    folder.mkdir(parents=True)
    async with running(size=(60, 15), sandbox=shop()) as table:
        (folder / "settings.env").write_text(f"TOKEN={value(table)}\n")
        await searched(table, "Found 1 known value and 0 unknown")
        row = next(line for line in table.text.splitlines() if line.startswith("▌"))
        assert "/settings.env" in row
        assert "…" in row


@pytest.mark.long
async def test_an_empty_folder_is_no_fault() -> None:
    async with running(sandbox=shop()) as table:
        await searched(table, "Nothing found: 0 files.")


@pytest.mark.parametrize(
    "path", ["nowhere", "a\0b", "~nobody-is-called-so/x", STRANGER]
)
async def test_a_path_that_is_none_is_refused_and_not_repeated(path: str) -> None:
    async with running(sandbox=shop()) as table:
        screen = await searched(table, "There's no such file or folder", path)
        assert path not in table.said
        assert screen.field.has_focus


async def test_what_can_not_be_read_is_said(here: Path) -> None:
    async with running(sandbox=shop()) as table:
        os.mkfifo(here / "pipe")
        await searched(table, "Nothing found in what could be read", "pipe")
        assert "isn't a file or a folder" in card_of(table)


@pytest.mark.long
async def test_without_git_it_says_so(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Project.created(here)
    monkeypatch.setenv("PATH", str(here))
    async with running(sandbox=shop()) as table:
        await searched(table, "Nothing found in what could be read")
        assert "git isn't installed, so history wasn't searched." in card_of(table)


class Slow(Search):
    """A search with one match, which runs until it's stopped."""

    ends: threading.Event

    def finds(self) -> Generator[Find, None, None]:
        yield from super().finds()
        while not self.tally.stopped:
            self.ends.wait(0.01)
        self.ends.set()


class Stuck(Slow):
    """A search that ignores being stopped."""

    def finds(self) -> Generator[Find, None, None]:
        yield from super(Slow, self).finds()
        self.ends.wait()


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    event = threading.Event()
    monkeypatch.setattr(Slow, "ends", event, raising=False)
    monkeypatch.setattr(find_module, "Search", Slow)
    yield event
    event.set()


async def test_esc_stops_and_keeps_what_was_found(
    here: Path, ends: threading.Event
) -> None:
    async with running(sandbox=shop()) as table:
        (here / "z.env").write_text(value(table))
        screen = await searched(table, "1 file · 1 found. Esc stops.")
        await table.until("z.env")
        await table.press("R")
        await table.until("The search is still running. Esc stops it.")
        await table.press("escape")
        await table.until("Stopped. Found 1 known value and 0 unknown")
        assert ends.is_set()
        assert table.app.screen is screen
        assert "The search was stopped." in card_of(table)
        await table.press("R")
        await table.until("Create the replacement")


@pytest.mark.long
async def test_the_cursor_stays_where_it_was_moved_while_more_is_found(
    here: Path, ends: threading.Event
) -> None:
    async with running(sandbox=shop()) as table:
        for name in ("a", "b"):
            (here / name).write_text(STRANGER)
        (here / "c").write_text(value(table))
        screen = await searched(table, "3 files · 3 found. Esc stops.")
        await table.until("▌ web")
        await table.press("down")
        stays = screen.table.cursor_key
        screen._drawn = -1
        screen.draw_all()
        assert screen.table.cursor_key == stays
        await table.press("escape")
        await table.until("Stopped. Found 1 known value and 2 unknown")
        assert screen.table.cursor_key == stays


@pytest.mark.long
async def test_nothing_is_claimed_before_the_search_is_over(
    here: Path, ends: threading.Event
) -> None:
    async with running(sandbox=shop()) as table:
        screen = await searched(table, "0 found. Esc stops.")
        assert screen.query_one(FactsCard)._title == "Nothing found yet"
        await table.press("escape")
        await table.until("Stopped. Nothing found")
        assert screen.query_one(FactsCard)._title == "Nothing found"


@pytest.mark.long
async def test_a_search_that_hangs_is_left_by_a_second_esc(
    here: Path, ends: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_module, "Search", Stuck)
    async with running(sandbox=shop()) as table:
        (here / "z.env").write_text(value(table))
        await searched(table, "1 found. Esc stops.")
        await table.press("escape")
        await table.until("Stopping")
        await table.press("escape")
        await table.until("Stopped. Found 1 known")
        await table.press("escape")
        await table.until("e edit")
        ends.set()


@pytest.mark.long
async def test_a_search_ends_with_the_program(
    here: Path, ends: threading.Event
) -> None:
    async with running(sandbox=shop()) as table:
        await searched(table, "found. Esc stops.")
    assert ends.wait(10)


@pytest.mark.long
async def test_tens_of_thousands_of_finds_are_listed(here: Path) -> None:
    async with running(sandbox=shop()) as table:
        lines = [f"cs{number:024x}" for number in range(10**20, 10**20 + 30_000)]
        (here / "dump.txt").write_text("\n".join([*lines, value(table)]))
        screen = await searched(
            table, "Found 1 known value and 30,000 unknown in 1 file."
        )
        assert screen.table.total_count == 30_001
        assert "▌ web" in table.text


@pytest.mark.long
async def test_a_search_can_be_made_again(here: Path) -> None:
    async with running(sandbox=shop()) as table:
        (here / "z.env").write_text(value(table))
        await searched(table, "Found 1 known")
        (here / "z.env").unlink()
        await table.press("shift+tab", "enter")
        await table.until("Nothing found: 0 files.")
        assert "z.env" not in table.text


async def sought(table: Table, pasted: str, whose: str, words: str) -> FindScreen:
    """Paste a value into Identify, go on to where it is, and wait for a text."""
    await table.press("I")
    await table.until("Whose is it?")
    await table.type(pasted)
    await table.press("enter")
    await table.until(whose)
    await table.press("F")
    await table.until(words)
    screen = table.app.screen
    assert isinstance(screen, FindScreen)
    return screen


async def test_from_identify_its_value_is_searched_at_once_and_comes_first(
    here: Path,
) -> None:
    async with running(size=(60, 15)) as table:
        _, *others, own = table.sandbox.stacks[0].delivery_tokens.values()
        (here / "a.txt").write_text(f"{others[0].value}\n{STRANGER}\n")
        (here / "z.env").write_text(f"A={own.value}\nB={own.value}\n")
        await sought(
            table,
            own.value,
            f"This is the delivery token {own.name}",
            f"Found {own.name} in 2 places. Others: 1 known, 1 unknown. Searched 2",
        )
        assert f"Where is {own.name}?" in table.text
        rows = [line for line in table.text.splitlines() if "z.env" in line]
        assert rows[0].startswith(f"▌ {own.name}")
        unseen(table, own.value, STRANGER)
        await table.press("R")
        await table.until(f"Rotate {own.name}")
        await table.press("escape")
        await table.until("Where is")
        await table.press("enter")
        await table.until("n new")
        assert table.app.screen.token.name == own.name  # type: ignore[attr-defined]


async def test_identify_names_the_key_that_finds_where_it_is() -> None:
    async with running(size=(60, 15), sandbox=shop()) as table:
        await table.press("I")
        await table.until("Whose is it?")
        assert "find" not in table.text.splitlines()[-1]
        await table.type(value(table))
        await table.press("enter")
        await table.until("This is the delivery token web")
        assert "F find" in table.text.splitlines()[-1]


@pytest.mark.long
@pytest.mark.parametrize("pasted", [STRANGER, "Aq9-0ld_kind~of.a.x7Qz"])
async def test_a_value_of_no_token_is_searched_too(here: Path, pasted: str) -> None:
    async with running(sandbox=shop()) as table:
        (here / "z.env").write_text(f"TOKEN={pasted}\n")
        screen = await sought(
            table,
            f"TOKEN={pasted}",
            "It isn't among",
            "Found the pasted value in 1 place. Searched 1 file.",
        )
        unseen(table, pasted)
        await table.press("R")
        await table.until("No token that was read has this value.")
        assert table.app.screen is screen


@pytest.mark.long
async def test_the_keys_are_for_the_value_although_it_is_nowhere(here: Path) -> None:
    """Keys in quick succession don't rotate some other token."""
    async with running(size=(60, 15)) as table:
        _, *others, own = table.sandbox.stacks[0].delivery_tokens.values()
        (here / "a.txt").write_text(f"{others[0].value}\n")
        whose = f"This is the delivery token {own.name}"
        said = f"Didn't find {own.name}. Others: 1 known, 0 unknown."
        screen = await sought(table, own.value, whose, said)
        assert screen.table.has_focus
        rows = [line for line in table.text.splitlines() if line.startswith("▌")]
        assert rows[-1].split()[:4] == ["▌", own.name, "(not", "found)"]
        await table.press("R")
        await table.until(f"Rotate {own.name}")
        await table.press("escape")
        await table.until("Where is")
        await table.press("down", "R")
        await table.until(f"Rotate {others[0].name}")


@pytest.mark.long
async def test_while_the_value_is_not_found_yet_its_row_stays_on_top(
    here: Path, ends: threading.Event
) -> None:
    async with running() as table:
        _, *others, own = table.sandbox.stacks[0].delivery_tokens.values()
        (here / "a.txt").write_text(f"{others[0].value}\n")
        whose = f"This is the delivery token {own.name}"
        await sought(table, own.value, whose, "1 found. Esc stops.")
        await table.until(f"▌ {own.name}  (not found yet)")
        await table.press("escape")
        await table.until(f"Stopped. Didn't find {own.name}.")
        assert f"▌ {own.name}  (not found)" in table.text


@pytest.mark.long
async def test_what_is_nowhere_leaves_the_field_for_another_path(here: Path) -> None:
    async with running(sandbox=shop()) as table:
        (here / "else").mkdir()
        (here / "else" / "z.env").write_text(value(table))
        (here / "none").mkdir()
        whose = "This is the delivery token web"
        screen = await sought(table, value(table), whose, "Found web in 1 place.")
        table.app.set_focus(screen.field)
        await table.type("none")
        await table.press("enter")
        await table.until("Didn't find web. Searched 0 files.")
        assert screen.table.has_focus
        # What was searched last is searched again.
        await table.press("escape", "escape")
        await table.until("e edit")
        screen = await sought(table, value(table), whose, "Didn't find web.")
        assert screen.field.value == "none"


@pytest.mark.long
async def test_a_search_that_began_by_itself_is_stopped_by_esc(
    here: Path, ends: threading.Event
) -> None:
    async with running(sandbox=shop()) as table:
        (here / "z.env").write_text(value(table))
        await sought(
            table, value(table), "This is the delivery token web", "found. Esc stops."
        )
        await table.press("escape")
        await table.until("Stopped. Found web in 1 place.")
        assert ends.is_set()


async def all_read(table: Table) -> None:
    """Read all stacks, and go back to the open one."""
    await table.press("a")
    await table.until("2 of 2 stacks ·")
    await table.press("escape")
    await table.until("newest first")


@pytest.mark.long
async def test_what_is_found_of_another_stack_is_rotated_in_that_stack(
    here: Path,
) -> None:
    async with running() as table:
        await all_read(table)
        press = table.sandbox.stacks[1]
        old = next(iter(press.delivery_tokens.values()))
        (here / "z.env").write_text(old.value)
        whose = f"This is the delivery token {old.name} of Press."
        await sought(table, old.value, whose, f"Found {old.name} in 1 place.")
        assert table.text.splitlines()[0].startswith(" Press")
        assert "Status" not in card_of(table)
        await table.press("enter")
        await table.until("fingerprint")
        await table.press("escape")
        await table.until("Where is")
        await table.press("R")
        await table.until(f"Rotate {old.name} of Press")
        for done in ("[x] 1", "[x] 2"):
            await table.press("enter")
            await table.until(done)
        await table.press("space")
        await table.until("[x] 3")
        await table.press("enter")
        await table.until("Type its name")
        await table.type(old.name)
        await table.press("enter")
        await table.until("[x] 4")
        assert old.uid not in press.delivery_tokens
        await table.press("escape")
        await table.until(f"Paused rotating {old.name}. Press R on {old.name}-next")
        assert f"Status The stack doesn't have {old.name} any more." in card_of(table)
        await table.press("escape")
        await table.until(f"This was the delivery token {old.name} of Press.")
        assert "dead: deleted" in card_of(table)


@pytest.mark.long
async def test_what_is_nowhere_is_of_the_stack_that_it_is_of(here: Path) -> None:
    async with running() as table:
        await all_read(table)
        old = next(iter(table.sandbox.stacks[1].delivery_tokens.values()))
        whose = f"This is the delivery token {old.name} of Press."
        await sought(table, old.value, whose, f"Didn't find {old.name}.")
        assert table.text.splitlines()[0].startswith(" Press")
        assert "Status" not in card_of(table)


@pytest.mark.long
@pytest.mark.parametrize("key", ["I", "F"])
async def test_both_are_opened_from_the_table_of_all_stacks(
    key: str, here: Path
) -> None:
    async with running() as table:
        await table.press("a")
        await table.until("2 of 2 stacks ·")
        await table.press("G")
        old = next(iter(table.sandbox.stacks[0].delivery_tokens.values()))
        (here / "z.env").write_text(old.value)
        await table.press(key)
        if key == "I":
            await table.until("Whose is it?")
            await table.type(old.value)
        else:
            await table.until("Press Enter to search")
        await table.press("enter")
        told = {"I": f"delivery token {old.name} of Storefront", "F": "Found 1 known"}
        await table.until(told[key])
        await table.press("enter")
        await table.until("2 of 2 stacks ·")
        assert table.app.screen.token.name == old.name  # type: ignore[attr-defined]


@pytest.mark.long
async def test_your_own_authtoken_leads_to_no_token(here: Path) -> None:
    async with running(sandbox=shop()) as table:
        own = table.sandbox.users[0].authtoken
        (here / "a.env").write_text(f"authtoken={own}\n")
        await searched(table, "your own authtoken")
        await table.press("enter")
        await table.until("Signing out ends its session.")
        unseen(table, own)


@pytest.mark.long
async def test_fingerprints_that_can_not_be_read_are_said(
    here: Path, tmp_path: Path
) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path / "state")}
    kept = fingerprints_path(environ)
    kept.parent.mkdir(parents=True)
    kept.write_text("no JSON")
    kept.chmod(0o600)
    async with running(sandbox=shop(), memory=Memory(environ)) as table:
        (here / "a.env").write_text(f"T={value(table)}\n")
        await searched(table, "Found 1 known")
        assert "fingerprints.json is damaged" in card_of(table)
        await table.press("escape", "I")
        await table.until("Paste a value")
        await table.type(value(table))
        await table.press("enter")
        await table.until("fingerprints.json is damaged")
