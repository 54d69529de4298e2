from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tui.account.state import (
    State,
    Untaken,
    forget_untaken,
    read_state,
    remember_arrival,
    remember_csdx,
    remember_stack,
    remember_untaken,
)
from tui.files import FileRefused


def state_file() -> Path:
    return Path(os.environ["XDG_STATE_HOME"]) / "tokendeck" / "state.json"


def test_at_first_nothing_is_remembered() -> None:
    assert read_state(os.environ) == (State(), None)
    assert not state_file().parent.exists()


def test_answers_and_habits_are_remembered_for_the_user_alone() -> None:
    remember_csdx(os.environ, answer=True)
    remember_stack(os.environ, "blt1")
    remember_stack(os.environ, "blt2")
    remember_stack(os.environ, "blt1")
    state, trouble = read_state(os.environ)
    assert (state.use_csdx, state.recent_stacks, trouble) == (True, ("blt1", "blt2"), None)
    assert stat.S_IMODE(state_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(state_file().parent.stat().st_mode) == 0o700


def test_a_value_never_taken_is_remembered_by_uid_name_and_stack_until_it_is() -> None:
    one, two = Untaken("blt1", "nightly", "bltstack"), Untaken("blt2", "other", "bltelsewhere")
    remember_untaken(os.environ, one)
    remember_untaken(os.environ, two)
    assert read_state(os.environ)[0].untaken == (one, two)
    forget_untaken(os.environ, ["blt1", "blt3"])
    assert read_state(os.environ)[0].untaken == (two,)


def test_only_so_many_stacks_are_remembered() -> None:
    for number in range(30):
        remember_stack(os.environ, f"blt{number}")
    assert len(read_state(os.environ)[0].recent_stacks) == 20


def test_an_answer_about_copies_holds_for_its_place_and_the_latest_counts() -> None:
    for number in range(60):
        remember_arrival(os.environ, f"terminal {number}", number % 2 == 0)
    remember_arrival(os.environ, "terminal 59", True)
    arrivals = read_state(os.environ)[0].arrivals
    assert len(arrivals) == 50
    assert arrivals["terminal 59"] is True
    assert arrivals["terminal 57"] is False


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"use_csdx": "yes"}', b"\xff\xfe", b"[" * 5000])
def test_a_damaged_state_is_a_sentence_and_is_replaced(content: bytes) -> None:
    state_file().parent.mkdir(parents=True)
    state_file().write_bytes(content)
    state_file().chmod(0o600)
    state, trouble = read_state(os.environ)
    assert state == State()
    assert trouble is not None
    assert "damaged" in trouble
    remember_csdx(os.environ, answer=False)
    assert read_state(os.environ) == (State(use_csdx=False), None)


def test_a_state_that_others_may_read_is_not_believed() -> None:
    remember_csdx(os.environ, answer=True)
    state_file().chmod(0o644)
    state, trouble = read_state(os.environ)
    assert state == State()
    assert trouble is not None
    assert "chmod 600" in trouble


def test_what_a_newer_program_remembers_is_no_trouble() -> None:
    state_file().parent.mkdir(parents=True)
    state_file().write_text('{"use_csdx": true, "colour": "red"}')
    state_file().chmod(0o600)
    assert read_state(os.environ) == (State(use_csdx=True), None)


def test_without_a_place_to_write_a_sentence_says_so() -> None:
    state_file().parent.parent.mkdir(parents=True)
    state_file().parent.write_text("a file where the folder should be")
    with pytest.raises(FileRefused):
        remember_csdx(os.environ, answer=True)
    assert read_state(os.environ)[0] == State()


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_any_bytes_are_a_state_or_a_sentence(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "tokendeck"
    folder.mkdir(exist_ok=True)
    (folder / "state.json").write_bytes(content)
    (folder / "state.json").chmod(0o600)
    state, trouble = read_state({"XDG_STATE_HOME": str(tmp_path)})
    assert state == State() or trouble is None
