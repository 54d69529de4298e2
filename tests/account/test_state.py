from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tui.account.memory import Memory
from tui.account.state import State, change_state, read_state
from tui.files import FileRefused


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


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"use_csdx": "yes"}', b"\xff\xfe", b"[" * 5000])
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


def test_without_a_place_to_write_a_sentence_says_so() -> None:
    state_file().parent.parent.mkdir(parents=True)
    state_file().parent.write_text("a file where the folder should be")
    with pytest.raises(FileRefused):
        change_state(os.environ, lambda _state: State(use_csdx=True))
    assert read_state(os.environ) == State()


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_any_bytes_are_a_state_or_count_as_none(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "tokendeck"
    folder.mkdir(exist_ok=True)
    (folder / "state.json").write_bytes(content)
    (folder / "state.json").chmod(0o600)
    assert isinstance(read_state({"XDG_STATE_HOME": str(tmp_path)}), State)
