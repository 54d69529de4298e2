from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clipboard.conftest import TOKEN
from tests.support.clock import clock
from tui.clipboard.copier import Copier, Grade
from tui.clipboard.osc52 import ASK_ATTRIBUTES, sequence
from tui.clipboard.situation import Situation, Tmux
from tui.clipboard.tmux import TmuxBuffer
from tui.secret import Secret

PLAIN = {"TERM": "xterm-256color"}


def decoded(sequence: str) -> str:
    """Return what a terminal gets, after the multiplexer has unwrapped it."""
    if sequence.startswith("\x1bPtmux;"):
        sequence = (
            sequence.removeprefix("\x1bPtmux;")
            .removesuffix("\x1b\\")
            .replace("\x1b\x1b", "\x1b")
        )
    elif sequence.startswith("\x1bP"):
        pieces = sequence.removesuffix("\x1b\\").split("\x1b\\")
        assert all(len(piece) <= 242 for piece in pieces)
        sequence = "".join(piece.removeprefix("\x1bP") for piece in pieces)
    payload = sequence.removeprefix("\x1b]52;c;").removesuffix("\x07")
    return base64.b64decode(payload, validate=True).decode()


@given(st.text(max_size=400))
def test_every_wrapping_carries_exactly_the_value(value: str) -> None:
    for here in (Situation(), Situation(screen=True), Situation(tmux=Tmux())):
        assert decoded(sequence(Secret(value), here)) == value


async def test_a_copy_that_nobody_can_confirm_says_so() -> None:
    written: list[str] = []
    outcome = await Copier(PLAIN, written.append).copy(Secret(TOKEN), "the token web")
    assert [decoded(text) for text in written if text != ASK_ATTRIBUTES] == [TOKEN]
    assert outcome.grade is Grade.SENT
    assert outcome.helps == "clipboard_test"
    assert "Paste to check" in outcome.sentence
    assert "Clears" not in outcome.sentence
    assert TOKEN not in repr(outcome)


async def test_a_terminal_known_to_take_copies_is_expected_to() -> None:
    outcome = await Copier({"TERM": "xterm-kitty"}, lambda _: None).copy(
        Secret(TOKEN), "it"
    )
    assert outcome.grade is Grade.EXPECTED
    assert outcome.helps == ""


async def test_a_terminal_that_has_said_what_it_takes_is_not_asked_again() -> None:
    written: list[str] = []
    copier = Copier(PLAIN, written.append)
    copier.hear(frozenset({62, 52}))
    assert (await copier.copy(Secret(TOKEN), "it")).grade is Grade.EXPECTED
    assert ASK_ATTRIBUTES not in written


@pytest.mark.parametrize(
    ("numbers", "grade"), [({62, 52}, Grade.EXPECTED), ({62}, Grade.SENT)]
)
async def test_a_terminal_is_asked_once_whether_it_takes_copies(
    numbers: set[int], grade: Grade
) -> None:
    written: list[str] = []

    def answering(text: str) -> None:
        written.append(text)
        if text == ASK_ATTRIBUTES:
            copier.hear(frozenset(numbers))

    copier = Copier(PLAIN, answering)
    assert (await copier.copy(Secret(TOKEN), "it")).grade is grade
    assert (await copier.copy(Secret(TOKEN), "it")).grade is grade
    assert written.count(ASK_ATTRIBUTES) == 1


async def test_in_a_multiplexer_the_terminal_is_not_asked_since_another_would_answer() -> (
    None
):
    written: list[str] = []
    await Copier({**PLAIN, "STY": "1.x"}, written.append).copy(Secret(TOKEN), "it")
    assert ASK_ATTRIBUTES not in written


async def test_a_test_copy_is_answered_once_for_this_place() -> None:
    written: list[str] = []
    copier = Copier(PLAIN, written.append)
    assert (await copier.try_out()).grade is Grade.SENT
    assert decoded(written[0]) == "tokendeck"
    assert copier.farewell() == ""

    place = await copier.answer(True)
    assert (await copier.copy(Secret(TOKEN), "it")).grade is Grade.EXPECTED
    later = Copier(PLAIN, written.append, recall=lambda: {place: False})
    outcome = await later.copy(Secret(TOKEN), "it")
    assert "didn't arrive" in outcome.sentence
    assert outcome.helps == "plain"


async def test_off_means_that_nothing_leaves() -> None:
    written: list[str] = []
    outcome = await Copier(PLAIN, written.append, choice="off").copy(
        Secret(TOKEN), "it"
    )
    assert outcome.grade is Grade.FAILED
    assert written == []


async def test_a_route_that_was_asked_for_and_is_not_here_is_not_replaced_by_another() -> (
    None
):
    written: list[str] = []
    outcome = await Copier(PLAIN, written.append, choice="tmux").copy(
        Secret(TOKEN), "it"
    )
    assert outcome.grade is Grade.FAILED
    assert "not in tmux" in outcome.sentence
    assert written == []


async def test_what_the_terminal_holds_is_overwritten_only_when_asked() -> None:
    written: list[str] = []
    copier = Copier(PLAIN, written.append, clear_after=1, clock=clock)
    assert "Nothing" in await copier.overwrite()
    await copier.copy(Secret(TOKEN), "the token web")
    assert copier.left_something
    assert "can't be cleared from here: the token web." in copier.farewell()
    assert "terminal to replace it" in await copier.overwrite()
    assert [decoded(text) for text in written if text != ASK_ATTRIBUTES] == [
        TOKEN,
        "tokendeck",
    ]
    assert copier.farewell() == ""
    assert not copier.left_something


MS = r"\033]52;%p1%s;%p2%s\a"


@pytest.mark.parametrize(
    ("here", "arrived", "grade", "words"),
    [
        (
            Situation(tmux=Tmux((3, 3), MS), terminal="foot"),
            None,
            Grade.VERIFIED,
            "accepts copies",
        ),
        (Situation(tmux=Tmux((3, 3), MS)), None, Grade.VERIFIED, "Paste to check"),
        (Situation(tmux=Tmux((3, 3), MS)), False, Grade.HELD, "didn't arrive"),
        (
            Situation(tmux=Tmux((3, 3), MS), terminal="VTE(7006)"),
            None,
            Grade.HELD,
            "refuse",
        ),
        (Situation(tmux=Tmux((3, 3))), None, Grade.HELD, "but not to your terminal"),
        (
            Situation(tmux=Tmux((3, 3), MS), terminal="XTerm(379)"),
            None,
            Grade.VERIFIED,
            "middle",
        ),
        (
            Situation(tmux=Tmux((3, 3), MS), terminal="XTerm(379)"),
            True,
            Grade.VERIFIED,
            "arrived",
        ),
    ],
)
async def test_what_the_terminal_will_not_have_is_no_success(
    here: Situation,
    arrived: bool | None,
    grade: Grade,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("tui.clipboard.situation.look", lambda _environ: here)
    monkeypatch.setattr(TmuxBuffer, "copy", lambda *_args, **_options: True)
    monkeypatch.setattr(TmuxBuffer, "clear_later", lambda *_args: None)
    answers = {} if arrived is None else {here.place: arrived}
    caplog.set_level("INFO")
    outcome = await Copier({}, lambda _: None, recall=lambda: answers).copy(
        Secret(TOKEN), "web-production"
    )
    assert outcome.grade is grade
    assert words in outcome.sentence
    # Fits on the status line at 80 columns, after its sign.
    assert len(outcome.sentence) <= 76
    assert "prefix ] pastes it in tmux." in outcome.more
    assert ("not to reach" in caplog.text) is (grade is Grade.HELD)
