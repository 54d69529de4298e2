from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tui.state.memory import Memory, State, Uncollected, read_state


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}


def test_the_stack_used_last_comes_first(environ: dict[str, str]) -> None:
    memory = Memory(environ)
    for uid in ("blt1", "blt2", "blt1"):
        memory.remember_stack(uid)
    assert memory.recent_stacks == ("blt1", "blt2")


def test_an_answer_that_cannot_be_written_down_is_forgotten_without_a_word(
    environ: dict[str, str],
) -> None:
    Memory(environ).remember_arrival("here", True)
    assert Memory(environ).arrivals() == {"here": True}
    environ["XDG_STATE_HOME"] = "/proc/nowhere"
    Memory(environ).remember_arrival("here", True)
    assert Memory(environ).arrivals() == {}


def test_what_is_gone_from_the_stack_is_no_longer_waited_for() -> None:
    memory = Memory(os.environ)
    for uid, stack in (
        ("blt1", "bltstack"),
        ("blt2", "bltstack"),
        ("blt3", "bltelsewhere"),
    ):
        memory.remember_uncollected(uid, f"name of {uid}", stack)
    assert memory.uncollected("bltstack", {"blt2", "blt9"}) == ("blt2",)
    assert [token.uid for token in read_state(os.environ).uncollected] == [
        "blt2",
        "blt3",
    ]
    memory.forget_uncollected("blt2")
    assert memory.uncollected("bltstack", {"blt2"}) == ()


def test_without_a_place_to_write_a_value_is_not_waited_for() -> None:
    folder = Path(os.environ["XDG_STATE_HOME"])
    folder.mkdir(parents=True)
    (folder / "tokendeck").write_text("a file where the folder should be")
    memory = Memory(os.environ)
    memory.remember_uncollected("blt1", "nightly", "bltstack")
    memory.forget_uncollected("blt1")
    assert memory.uncollected("bltstack", {"blt1"}) == ()


def test_a_value_never_taken_is_remembered_by_uid_name_and_stack_until_it_is() -> None:
    memory = Memory(os.environ)
    one, two = (
        Uncollected("blt1", "nightly", "bltstack"),
        Uncollected("blt2", "other", "bltelsewhere"),
    )
    memory.remember_uncollected(one.uid, one.name, one.stack)
    memory.remember_uncollected(two.uid, two.name, two.stack)
    assert read_state(os.environ).uncollected == (one, two)
    memory.forget_uncollected("blt1", "blt3")
    assert read_state(os.environ).uncollected == (two,)


def test_only_so_many_stacks_are_remembered() -> None:
    for number in range(30):
        Memory(os.environ).remember_stack(f"blt{number}")
    assert len(Memory(os.environ).recent_stacks) == 20


def test_an_answer_about_copies_holds_for_its_place_and_the_latest_counts() -> None:
    for number in range(60):
        Memory(os.environ).remember_arrival(f"terminal {number}", number % 2 == 0)
    Memory(os.environ).remember_arrival("terminal 59", True)
    arrivals = Memory(os.environ).arrivals()
    assert len(arrivals) == 50
    assert arrivals["terminal 59"] is True
    assert arrivals["terminal 57"] is False


def state_file() -> Path:
    return Path(os.environ["XDG_STATE_HOME"]) / "tokendeck" / "state.json"


def test_at_first_nothing_is_remembered() -> None:
    assert read_state(os.environ) == State()
    assert not state_file().parent.exists()


def test_answers_and_habits_are_remembered_for_the_user_alone() -> None:
    Memory(os.environ).answer_about_csdx(True)
    Memory(os.environ).remember_stack("blt1")
    assert read_state(os.environ) == State(use_csdx=True, recent_stacks=("blt1",))
    assert stat.S_IMODE(state_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(state_file().parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"use_csdx": "yes"}', b"\xff\xfe", b"[" * 5000]
)
def test_a_damaged_state_counts_as_none_and_is_replaced(content: bytes) -> None:
    state_file().parent.mkdir(parents=True)
    state_file().write_bytes(content)
    state_file().chmod(0o600)
    assert read_state(os.environ) == State()
    Memory(os.environ).answer_about_csdx(False)
    assert read_state(os.environ) == State(use_csdx=False)


def test_a_state_that_others_may_read_is_not_believed() -> None:
    Memory(os.environ).answer_about_csdx(True)
    state_file().chmod(0o644)
    assert read_state(os.environ) == State()


def test_what_a_newer_program_remembers_is_no_trouble() -> None:
    state_file().parent.mkdir(parents=True)
    state_file().write_text('{"use_csdx": true, "colour": "red"}')
    state_file().chmod(0o600)
    assert read_state(os.environ) == State(use_csdx=True)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_any_bytes_are_a_state_or_count_as_none(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "tokendeck"
    folder.mkdir(exist_ok=True)
    (folder / "state.json").write_bytes(content)
    (folder / "state.json").chmod(0o600)
    assert isinstance(read_state({"XDG_STATE_HOME": str(tmp_path)}), State)
