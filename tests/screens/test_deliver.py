"""From `t` to what each target has, and how certain that is."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.screens.session import Table, running
from tests.screens.test_management import fill
from tests.support.clock import clock
from tests.targets.stubs import target
from tui.config.schema import Target
from tui.config.settings import Settings
from tui.sandbox.service import Sandbox
from tui.screens.base import TokendeckScreen
from tui.state.deliveries import DeliveryStore


def settings(folder: Path, *lies: str, confirm: str = "") -> Settings:
    targets: dict[str, Target] = {}
    for lie in lies:
        own = folder / lie
        own.mkdir()
        made = target(own, lie, proves=lie != "never reads")
        targets[lie] = Target(
            put=made.put, get=made.get, timeout=20, confirm=lie == confirm
        )
    return Settings(targets=targets)


def stored(folder: Path, lie: str) -> str:
    return (folder / lie / "stored").read_text()


async def open_targets(table: Table) -> str:
    """Open the targets of the first token, and return its value."""
    await table.until("partner-feed")
    await table.press("t")
    await table.until("TARGET")
    token = table.app.screen.token  # type: ignore[attr-defined]
    assert isinstance(token.value.reveal(), str)
    return str(token.value.reveal())


async def test_a_token_is_delivered_and_read_back(tmp_path: Path) -> None:
    async with running(settings=settings(tmp_path, "honest")) as table:
        value = await open_targets(table)
        await table.press("enter")
        await table.until("Delivered to honest and read back.")
        assert stored(tmp_path, "honest") == value
        assert value not in table.text
        await table.press("b", "t")
        await table.until("delivered earlier")


async def test_several_are_graded_and_only_the_failed_ones_are_tried_again(
    tmp_path: Path,
) -> None:
    lies = ("honest", "exit 0 and empty", "never reads")
    async with running(settings=settings(tmp_path, *lies)) as table:
        await open_targets(table)
        await table.press("space", "space", "space", "enter")
        await table.until("2 of 3 not delivered: exit 0 and empty, never reads.")
        assert table.text.count("not delivered") >= 2
        assert "reported success" in table.text
        (tmp_path / "honest" / "stored").unlink()
        await table.press("enter")
        await table.until("2 of 2 not delivered")
        assert not (tmp_path / "honest" / "stored").exists()


@pytest.mark.long
async def test_it_is_counted_where_it_goes_if_that_is_not_the_cursor(
    tmp_path: Path,
) -> None:
    async with running(settings=settings(tmp_path, "honest", "slow")) as table:
        await open_targets(table)
        await table.until(lambda: "Enter deliver  " in table.text)
        await table.press("space")
        await table.until("Enter deliver 1  ")
        await table.press("up")
        await table.until("Enter deliver  ")
        await table.press("down", "space")
        await table.until("Enter deliver 2  ")


@pytest.mark.long
async def test_it_is_counted_again_once_only_what_failed_is_marked(
    tmp_path: Path,
) -> None:
    made = settings(tmp_path, "honest", "slow")
    async with running(settings=made) as table:
        made.targets["slow"] = Target(put=("false",))  # type: ignore[index]
        await open_targets(table)
        await table.press("space", "space")
        await table.until("Enter deliver 2  ")
        await table.press("enter")
        await table.until("1 of 2 not delivered: slow.")
        await table.until("Enter deliver  ")


async def test_a_target_may_want_a_question_first(tmp_path: Path) -> None:
    asked = settings(tmp_path, "honest", confirm="honest")
    async with running(settings=asked) as table:
        await open_targets(table)
        await table.press("enter")
        await table.until("Deliver partner-feed to honest?")
        await table.press("n")
        await table.until("Nothing was delivered.")
        assert not (tmp_path / "honest" / "stored").exists()
        await table.press("enter", "y")
        await table.until("Delivered to honest and read back.")


@pytest.mark.long
async def test_the_demo_asks_before_its_token_replaces_a_real_one(
    tmp_path: Path,
) -> None:
    made = settings(tmp_path, "honest")
    demo = Settings(targets=made.targets, demo=True)
    async with running(settings=demo) as table:
        await open_targets(table)
        await table.press("enter")
        await table.until("would replace a real one")


async def test_waiting_can_be_stopped_and_nothing_is_claimed(tmp_path: Path) -> None:
    async with running(settings=settings(tmp_path, "hang")) as table:
        await open_targets(table)
        await table.press("enter")
        await table.until("delivering")
        await table.until("Esc stop")
        await table.press("enter")
        await table.until("Still delivering. Esc stops waiting.")
        await table.press("escape")
        await table.until("may or may not have arrived")
        await table.until("Esc back")
        assert "read back" not in table.app.screen.query_one("#targets").line(1, 80)  # type: ignore[attr-defined]


@pytest.mark.long
async def test_targets_that_hang_take_nothing_from_other_places(tmp_path: Path) -> None:
    """Even if there are many, and the user has stopped waiting for them."""
    names = [f"target {number}" for number in range(40)]
    hangs = target(tmp_path, "hang", timeout=60)
    targets = Settings(targets=dict.fromkeys(names, hangs))
    async with running(settings=targets) as table:
        await open_targets(table)
        await table.press(*["space"] * len(names), "enter")
        await table.until("delivering")
        await table.press("escape")
        await table.until("may or may not have arrived")
        await table.press("escape", "F")
        await table.until("Press Enter to search")
        await table.type(str(tmp_path))
        await table.press("enter")
        await table.until("Nothing found")


async def test_without_targets_it_says_how_to_have_one() -> None:
    async with running() as table:
        await table.until("partner-feed")
        await table.press("t")
        await table.until("No targets yet")
        await table.press("enter")
        await table.until("There is no target to deliver to.")


async def test_an_unknown_value_can_not_be_delivered() -> None:
    async with running() as table:
        await table.until("partner-feed")
        await table.press("o")
        await table.until("Management")
        await table.press("t")
        await table.until("only once")


@pytest.mark.long
@pytest.mark.parametrize("lie", ["honest", "never reads"])
async def test_a_management_token_counts_as_collected_once_it_is_delivered(
    tmp_path: Path, lie: str
) -> None:
    async with running(settings=settings(tmp_path, lie)) as table:
        await fill(table)
        await table.press("enter")
        await table.until("Generated nightly")
        await table.press("t")
        await table.until("TARGET")
        await table.press("enter")
        await table.until("elivered")
        await table.press("b")
        await table.until("Generated nightly")
        await table.press("enter")
        await table.until("Management" if lie == "honest" else "Leave without")


async def open_rotation(table: Table, lies: int) -> None:
    """Deliver the first token to `lies` targets, and open its rotation."""
    await open_targets(table)
    await table.press(*["space"] * lies, "enter")
    await table.until(lambda: "read back" in table.said)
    await table.press("b", "R")
    await table.until("1 Create the replacement")


def screen_of(table: Table) -> TokendeckScreen[object]:
    assert isinstance(table.app.screen, TokendeckScreen)
    return table.app.screen


async def test_one_key_creates_a_replacement_and_delivers_it_to_where_the_old_one_is(
    tmp_path: Path,
) -> None:
    made = settings(tmp_path, "honest", "slow")
    async with running(settings=made, size=(60, 15)) as table:
        await open_rotation(table, 1)
        assert "to honest; 0 of 1 done" in table.text
        said = " ".join(table.text.split())
        assert "Enter Create, verify and deliver a replacement to honest" in said
        assert "Enter create and deliver" in said
        await table.press("enter")
        await table.until("[x] 3 Deliver it")
        await table.until("Delivered to honest and read back.")
        assert "to honest; 1 of 1 done" in table.text
        assert not (tmp_path / "slow" / "stored").exists()
        new = screen_of(table).token
        assert new is not None
        assert new.value is not None
        assert stored(tmp_path, "honest") == new.value.reveal()
        assert table.app.session.deliveries.targets_of(new.uid) == ("honest",)


@pytest.mark.long
async def test_a_replacement_that_is_gone_again_is_delivered_nowhere(
    tmp_path: Path,
) -> None:
    async with running(settings=settings(tmp_path, "honest")) as table:
        await open_rotation(table, 1)
        await table.press("enter")
        await table.until("[x] 3 Deliver it")
        new = screen_of(table).token
        assert new is not None
        await table.app.workspace.delete_token(new)
        await table.until("[>] 1")
        assert "to honest; 0 of 1 done" in table.text
        assert "deliver a replacement to honest" in " ".join(table.text.split())
        await table.press("enter")
        await table.until("[x] 3 Deliver it")
        again = screen_of(table).token
        assert again is not None
        assert again.value is not None
        assert stored(tmp_path, "honest") == again.value.reveal()


@pytest.mark.long
async def test_a_management_token_is_rotated_by_one_key_too_and_its_value_is_safe(
    tmp_path: Path,
) -> None:
    async with running(settings=settings(tmp_path, "honest")) as table:
        await table.until("partner-feed")
        listing = table.app.workspace.snapshot.management
        (old,) = [token for token in listing.items if token.name == "reporting"]
        table.app.session.deliveries.add(old.uid, ["honest"])
        screen_of(table).show_token(old.uid)
        await table.press("R")
        await table.until("1 Create the replacement")
        await table.press("enter")
        await table.until("[x] 3 Deliver it")
        new = screen_of(table).token
        assert new is not None
        assert new.value is not None
        assert stored(tmp_path, "honest") == new.value.reveal()
        await table.press("escape")
        await table.until("Paused rotating reporting.")


@pytest.mark.long
async def test_a_rotation_without_targets_does_one_step_a_key(tmp_path: Path) -> None:
    async with running(settings=settings(tmp_path, "honest")) as table:
        await table.until("partner-feed")
        await table.press("R")
        await table.until("Enter  Create the replacement")
        await table.press("enter")
        await table.until("[x] 1")
        assert "[>] 2" in table.text


@pytest.mark.long
async def test_a_replacement_that_does_not_work_is_not_delivered(
    tmp_path: Path,
) -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(settings=settings(tmp_path, "honest"), sandbox=sandbox) as table:
        await open_rotation(table, 1)
        before = stored(tmp_path, "honest")
        sandbox.fail("403", api="delivery", times=None)
        await table.press("enter")
        await table.until("[x] 1")
        await table.until(lambda: not screen_of(table).asking)
        assert "[>] 2 Verify it" in table.text
        assert "Enter  Verify it and deliver it to honest." in table.text
        assert stored(tmp_path, "honest") == before


async def test_the_old_one_stays_until_somebody_has_looked_at_what_proves_nothing(
    tmp_path: Path,
) -> None:
    made = settings(tmp_path, "honest")
    blind = Target(put=made.targets["honest"].put, timeout=20)
    targets = {"of another token": Target(put=("false",)), "blind": blind}
    async with running(settings=Settings(targets=targets)) as table:
        await table.until("partner-feed")
        old = screen_of(table).token
        assert old is not None
        table.app.session.deliveries.add(old.uid, ["blind"])
        await table.press("R")
        await table.until("1 Create the replacement")
        for answer, shown in (("n", "[>] 3 Deliver it"), ("y", "[x] 3 Deliver it")):
            await table.press("enter")
            await table.until("Deliver partner-feed-next")
            await table.until("It can't be read back.")
            await table.until("Esc continue")
            # Enter retries that one, not the first in the list.
            await table.press("enter")
            await table.until(lambda: not screen_of(table).asking)
            assert table.said == "blind accepted the value. It can't be read back."
            await table.press("b")
            await table.until("Have you checked that blind has the new value?")
            await table.press(answer)
            await table.until(shown)


@pytest.mark.long
async def test_of_several_targets_only_the_one_that_failed_is_tried_again(
    tmp_path: Path,
) -> None:
    made = settings(tmp_path, "honest", "slow")
    async with running(settings=made) as table:
        await open_rotation(table, 2)
        broken = Target(put=("false",))
        right = made.targets["slow"]
        made.targets["slow"] = broken  # type: ignore[index]
        await table.press("enter")
        await table.until("1 of 2 not delivered: slow. Press Enter to retry.")
        assert "Deliver partner-feed-next" in table.text
        made.targets["slow"] = right  # type: ignore[index]
        (tmp_path / "honest" / "stored").unlink()
        await table.press("enter")
        await table.until("[x] 3 Deliver it")
        assert not (tmp_path / "honest" / "stored").exists()


@pytest.mark.long
async def test_what_was_accepted_is_not_sent_again_with_what_failed(
    tmp_path: Path,
) -> None:
    made = settings(tmp_path, "honest")
    blind = Target(put=made.targets["honest"].put, timeout=20)
    targets = {"blind": blind, "broken": Target(put=("false",))}
    async with running(settings=Settings(targets=targets)) as table:
        await table.until("partner-feed")
        old = screen_of(table).token
        assert old is not None
        table.app.session.deliveries.add(old.uid, [*targets])
        await table.press("R")
        await table.until("1 Create the replacement")
        await table.press("enter")
        await table.until("1 of 2 not delivered: broken. Press Enter to retry.")
        (tmp_path / "honest" / "stored").unlink()
        await table.press("enter")
        await table.until("Not delivered to broken:")
        assert not (tmp_path / "honest" / "stored").exists()


@pytest.mark.long
async def test_a_target_that_wants_a_question_is_asked_about_in_a_rotation_too(
    tmp_path: Path,
) -> None:
    made = settings(tmp_path, "honest")
    async with running(settings=made) as table:
        await open_rotation(table, 1)
        before = stored(tmp_path, "honest")
        asked = replace(made.targets["honest"], confirm=True)
        made.targets["honest"] = asked  # type: ignore[index]
        await table.press("enter")
        await table.until("Deliver partner-feed-next to honest?")
        await table.press("n")
        await table.until("Nothing was delivered.")
        assert stored(tmp_path, "honest") == before
        await table.press("enter", "y")
        await table.until("[x] 3 Deliver it")
        assert stored(tmp_path, "honest") != before


@pytest.mark.long
async def test_a_target_that_was_taken_out_is_named_and_no_other_takes_its_place(
    tmp_path: Path,
) -> None:
    made = settings(tmp_path, "honest", "slow")
    async with running(settings=made) as table:
        await open_rotation(table, 1)
        del made.targets["honest"]  # type: ignore[attr-defined]
        await table.press("enter")
        await table.until("Your configuration no longer has honest.")
        await table.press("enter")
        await table.until("No target is marked. Space marks one.")
        assert not (tmp_path / "slow" / "stored").exists()
        await table.press("b")
        await table.until("[>] 3 Deliver it")


@pytest.mark.long
async def test_which_environment_and_branch_is_asked_where_a_target_is_told_of_it(
    tmp_path: Path,
) -> None:
    made = settings(tmp_path, "honest")
    told = replace(made.targets["honest"], form=".env")
    async with running(settings=Settings(targets={"web": told})) as table:
        await table.until("preview-editors")
        (token,) = (
            each
            for each in table.app.workspace.snapshot.delivery.items
            if each.name == "preview-editors"
        )
        table.app.session.deliveries.add(token.uid, ["web"])
        screen_of(table).show_token(token.uid)
        await table.press("R")
        await table.until("1 Create the replacement")
        await table.press("enter")
        await table.until("For which of 2 environments and branches?")
        assert not (tmp_path / "honest" / "stored").exists()
        await table.press("o", "enter")
        await table.until("[x] 3 Deliver it")
        assert "development" in stored(tmp_path, "honest")


@pytest.mark.long
async def test_a_target_that_fails_keeps_the_old_token_unless_somebody_says_so(
    tmp_path: Path,
) -> None:
    async with running(settings=settings(tmp_path, "honest")) as table:
        await open_rotation(table, 1)
        table.app.session.settings.targets["honest"] = Target(put=("false",))  # type: ignore[index]
        await table.press("enter")
        await table.until("Not delivered to honest")
        await table.press("b")
        await table.until("[>] 3 Deliver it")
        await table.press("space")
        await table.until("Go on without delivering to honest?")
        await table.press("n")
        await table.until("[>] 3 Deliver it")
        await table.press("space", "y")
        await table.until("[x] 3 Deliver it")


@pytest.mark.long
async def test_what_was_done_is_recorded_on_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(settings=settings(tmp_path, "honest")) as table:
        await open_rotation(table, 1)
        await table.press("w")
        await table.until("There's no replacement yet, so there's nothing to record.")
        await table.press("enter")
        await table.until("[x] 3 Deliver it")
        await table.press("w")
        await table.until("Recorded in ")
        text = recorded(tmp_path)
        record = json.loads(text)
        assert record["deliveries"] == [{"target": "honest", "grade": "read back"}]
        assert record["proofs"]
        assert not record["old_deleted"]
        assert stored(tmp_path, "honest") not in text


def recorded(folder: Path) -> str:
    (file,) = folder.glob("tokendeck-rotation-*.json")
    return file.read_text()


@pytest.mark.long
async def test_a_title_that_does_not_fit_ends_in_a_mark() -> None:
    async with running(size=(60, 15)) as table:
        await table.press("t")
        await table.until("Deliver partner-feed · environment production")
        assert table.text.splitlines()[1].endswith("ma…")


@pytest.mark.long
async def test_what_is_created_again_goes_to_the_targets_that_had_it(
    tmp_path: Path,
) -> None:
    chosen = settings(tmp_path, "honest", "never reads")
    async with running(settings=chosen) as table:
        value = await open_targets(table)
        await table.press("enter")
        await table.until("Delivered to honest and read back.")
        await table.press("b", "d")
        await table.until("Type ")
        uid = table.app.screen.token.uid  # type: ignore[attr-defined]
        await table.press(*table.app.screen.token.name, "enter")  # type: ignore[attr-defined]
        await table.until("Deleted ")
        assert table.app.session.deliveries.targets_of(uid) == ()
        await table.press("B", "alt+w")
        await table.until("Review")
        await table.press("enter")
        await table.until("honest had the deleted one. t delivers this.")
        await table.press("t")
        await table.until("TARGET")
        await table.press("enter")
        await table.until("Delivered to honest and read back.")
        assert stored(tmp_path, "honest") not in ("", value)
        assert not (tmp_path / "never reads" / "stored").exists()


@pytest.mark.long
async def test_the_next_use_of_a_token_is_delivered(tmp_path: Path) -> None:
    folder = tmp_path / "web"
    folder.mkdir()
    made = target(folder, "honest")
    web = Target(put=made.put, get=made.get, form="json", timeout=20)
    sandbox = Sandbox.demo(now=clock)
    async with running(
        settings=Settings(targets={"web": web}), sandbox=sandbox
    ) as table:
        await table.until("partner-feed")
        await table.press(*["down"] * 5, "t")
        await table.until("1 of 2")
        assert "main" in table.text
        assert "alt+o next branch" in table.text
        await table.press("alt+o")
        await table.until("2 of 2")
        await table.press("enter")
        await table.until("Delivered to web and read back.")
        delivered = json.loads((folder / "stored").read_text())
        assert "development" in delivered.values()


async def test_a_delivery_that_can_not_be_remembered_is_one_all_the_same(
    tmp_path: Path,
) -> None:
    state = tmp_path / "state"
    state.write_text("no folder")
    deliveries = DeliveryStore({"XDG_STATE_HOME": str(state)})
    async with running(settings=settings(tmp_path, "honest")) as table:
        session = table.app.session
        table.app.session = dataclasses.replace(session, deliveries=deliveries)
        for screen in table.app.screen_stack:
            screen.session = table.app.session  # type: ignore[attr-defined]
        value = await open_targets(table)
        await table.press("enter")
        await table.until("Couldn't save where this token was delivered")
        assert stored(tmp_path, "honest") == value
