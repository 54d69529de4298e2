from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rich.cells import set_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tests.support.emulator import Emulator
from tui.terminal.pens import NotUnderstood
from tui.terminal.wire import Wire, erases_in_colour

COLUMNS, LINES = 24, 4

STYLES = [
    Style(),
    Style(color="#e0e0e0", bgcolor="#121212"),
    Style(color="#a0a0a0", bgcolor="#121212"),
    Style(color="#ffa62b", bgcolor="#1e1e1e", bold=True),
    Style(reverse=True, bgcolor="#121212"),
    Style(underline=True, italic=True),
    Style(color="red", bgcolor="default", strike=True),
    Style(color="bright_blue", bgcolor="bright_black", dim=True, bold=True),
    Style(color="color(99)", bgcolor="color(17)"),
    Style(link="https://contentstack.com/a", bgcolor="#121212"),
    Style(link="https://contentstack.com/b", underline=True),
]
TEXTS = [
    " ",
    "   ",
    "        ",
    "─────",
    "cs••••9a2c",
    "abc",
    "a b",
    "x",
    "中文",
    "한",
    "e\u0301t",
    "👍",
    "✓ ok",
    "ﾊ",
]
NAMES = [
    "A東京 one",
    "B大阪 two",
    "C東方 one",
    "D京都 end",
    "東方 end",
    "한국 two",
    "plain name",
]

texts = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4).map("".join)


@st.composite
def strips(draw: st.DrawFn, width: int) -> Strip:
    """A piece of a line of exactly this many cells."""
    segments: list[Segment] = []
    while width:
        text = set_cell_size(draw(texts), draw(st.integers(1, width)))
        segments.append(Segment(text, draw(st.sampled_from(STYLES))))
        width -= segments[-1].cell_length
    return Strip(segments)


@st.composite
def lines(draw: st.DrawFn) -> list[Strip]:
    """A whole line, in the pieces that Textual's compositor cuts it into."""
    cuts = sorted(draw(st.sets(st.integers(1, COLUMNS - 1), max_size=3)) | {0, COLUMNS})
    return [draw(strips(end - start)) for start, end in pairwise(cuts)]


@st.composite
def rows(draw: st.DrawFn) -> list[Strip]:
    """A line that differs from others of its kind by a name alone, as where a table is sorted or moved."""
    style = draw(st.sampled_from(STYLES[:2]))
    return [
        Strip(
            [
                Segment(
                    set_cell_size(f"  {draw(st.sampled_from(NAMES))}", COLUMNS), style
                )
            ]
        )
    ]


@st.composite
def sessions(draw: st.DrawFn) -> list[CompositorUpdate]:
    """A full update, then others, full or of some pieces."""
    frame = [draw(lines() | rows()) for _ in range(LINES)]
    updates: list[CompositorUpdate] = [layout(frame)]
    for _ in range(draw(st.integers(1, 4))):
        for y in draw(st.sets(st.integers(0, LINES - 1))):
            frame[y] = draw(lines() | rows())
        if draw(st.booleans()):
            updates.append(layout(frame))
            continue
        updates.append(layout(frame))
        spans = []
        for y in draw(st.lists(st.integers(0, LINES - 1), min_size=1, unique=True)):
            piece = draw(st.integers(0, len(frame[y]) - 1))
            frame[y] = frame[y].copy()
            frame[y][piece] = draw(strips(frame[y][piece].cell_length))
            start = sum(strip.cell_length for strip in frame[y][:piece])
            spans.append((y, start, start + frame[y][piece].cell_length))
        updates.append(chops(frame, sorted(spans)))
    return updates


def layout(frame: Sequence[Sequence[Strip]]) -> LayoutUpdate:
    """A full update."""
    return LayoutUpdate([tuple(line) for line in frame], Region(0, 0, COLUMNS, LINES))


def chops(
    frame: Sequence[Sequence[Strip]], spans: list[tuple[int, int, int]]
) -> ChopsUpdate:
    """An update of some spans of it."""
    placed: list[Mapping[int, Strip | None]] = []
    ends: list[list[int]] = []
    for line in frame:
        starts = [
            sum(strip.cell_length for strip in line[:index])
            for index in range(len(line) + 1)
        ]
        placed.append(dict(zip(starts, line, strict=False)))
        ends.append(starts[1:])
    return ChopsUpdate(placed, spans, ends)


def colour_console(system: str) -> Console:
    return Console(file=StringIO(), force_terminal=True, color_system=system)  # type: ignore[arg-type]


def a_wire(*, erasing: bool = True) -> Wire:
    wire = Wire(erases_in_colour=erasing)
    wire.fit(COLUMNS, LINES)
    return wire


def send(wire: Wire, sequence: str, cursor: tuple[int, int] | None = None) -> str:
    wire.take(sequence)
    difference = wire.difference(cursor)
    wire.sent()
    return difference


# A frame that fails is as well read as it came: making it smaller takes minutes.
@settings(phases=[Phase.explicit, Phase.reuse, Phase.generate], deadline=None)
@pytest.mark.parametrize(
    "erasing", [True, False], ids=["erases-in-colour", "as-gnu-screen"]
)
@given(
    session=sessions(),
    system=st.sampled_from(["truecolor", "256", "standard"]),
    stray=st.booleans(),
)
def test_the_terminal_shows_what_textual_would_have_it_show(
    session: list[CompositorUpdate], system: str, stray: bool, erasing: bool
) -> None:
    console = colour_console(system)
    told, wired = (Emulator(COLUMNS, LINES, erases_in_colour=erasing) for _ in range(2))
    wire = a_wire(erasing=erasing)
    for number, update in enumerate(session):
        # Strips keep what they were rendered to, in whatever colours that was.
        sequence = update.render_segments(console)
        told.feed(sequence)
        if stray and number == 1:
            wired.feed("\x1b[2;3Hsomebody else wrote here")
            wire.forget()
        cursor = (number % COLUMNS, number % LINES)
        frame = send(wire, sequence, cursor)
        wired.feed(frame)
        if frame:
            assert (wired.cursor.x, wired.cursor.y) == cursor
        for y in range(LINES):
            assert [wired.seen(y, x) for x in range(COLUMNS)] == [
                told.seen(y, x) for x in range(COLUMNS)
            ]


@given(session=sessions())
def test_what_is_shown_already_is_not_sent_again(
    session: list[CompositorUpdate],
) -> None:
    wire = a_wire()
    for update in session:
        sequence = update.render_segments(colour_console("truecolor"))
        send(wire, sequence)
        assert send(wire, sequence) == ""


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "linux"}, True),
        ({"TERM": "screen"}, False),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "xterm", "STY": "42.pts"}, False),
        ({"TERM": "vt100"}, False),
        ({}, False),
    ],
)
def test_only_a_terminal_known_to_erase_in_colour_is_asked_to(
    environ: dict[str, str], expected: bool
) -> None:
    assert erases_in_colour(environ) is expected


def test_one_changed_cell_costs_a_move_and_its_style() -> None:
    wire = a_wire()
    send(wire, "\x1b[2;1H\x1b[1;38;5;9mname\x1b[0m: old")
    assert send(wire, "\x1b[2;1H\x1b[1;38;5;9mname\x1b[0m: odd") == "\x1b[2;8H\x1b[md"


def test_a_cleared_line_is_erased_and_not_overwritten() -> None:
    wire = a_wire()
    send(wire, "\x1b[2;1H\x1b[48;5;4mlong words there       \x1b[0m")
    assert send(wire, "\x1b[2;1H\x1b[48;5;4m                       \x1b[0m") == (
        "\x1b[2H\x1b[16X"
    )
    assert send(wire, f"\x1b[2;1H{' ' * COLUMNS}") == "\x1b[2H\x1b[m\x1b[K"


def test_a_line_with_a_character_of_uncertain_width_is_sent_whole() -> None:
    wire = a_wire()
    send(wire, "\x1b[1;1Ha👍b c")
    assert send(wire, "\x1b[1;1Ha👍b d").startswith("\x1b[Ha  \x1b[2G👍\x1b[4Gb d")


def test_the_pen_is_kept_from_one_frame_to_the_next_until_the_terminal_is_not_trusted() -> (
    None
):
    wire = a_wire()
    send(wire, "\x1b[2;1H\x1b[1;38;5;9mname")
    assert send(wire, "\x1b[2;1H\x1b[1;38;5;9mnext") == "\x1b[2;2Hext"
    wire.forget()
    assert send(wire, "\x1b[2;1H\x1b[1;38;5;9mnext").startswith("\x1b[m\x1b[2J")


def test_no_link_goes_on_after_a_frame() -> None:
    wire = a_wire()
    assert send(wire, "\x1b]8;;https://a.example\x1b\\here").endswith(
        "here\x1b]8;;\x1b\\"
    )
    assert send(wire, "\x1b[3;1Hthere") == "\x1b[3Hthere"


def test_all_of_one_pen_is_written_before_the_next() -> None:
    wire = a_wire()
    send(wire, "\x1b[1;1Hone\x1b[2;1Hone")
    told = "\x1b[1;1H\x1b[31mtwo\x1b[32m one\x1b[2;1H\x1b[31mtwo\x1b[32m one"
    assert (
        send(wire, told) == "\x1b[H\x1b[31mtwo\x1b[2Htwo\x1b[;5H\x1b[32mone\x1b[2;5Hone"
    )


@pytest.mark.parametrize(
    "strange", ["\x1b[3A", "\x1b[6n", "\x1bP1\x1b\\", "\x1b[99m", "\x1b[38;7;1m"]
)
def test_a_sequence_of_another_kind_is_refused(strange: str) -> None:
    with pytest.raises(NotUnderstood):
        a_wire().take(f"text{strange}more")


def test_another_size_is_drawn_whole_and_what_lies_outside_is_left_out() -> None:
    wire = a_wire()
    send(wire, "\x1b[1;1Habc")
    wire.fit(2, 2)
    difference = send(wire, "\x1b[1;1Ha中\x1b[2;2Hb\x1b[7;7Hz")
    assert difference == "\x1b[m\x1b[2J\x1b[Ha\x1b[Bb"


def test_what_follows_two_cells_of_which_one_is_as_it_was_stands_in_its_place() -> None:
    wire, terminal = a_wire(), Emulator(COLUMNS, LINES)
    for name in ("A東京 one", "B大阪 two"):
        terminal.feed(send(wire, f"\x1b[2;5H{name}"))
    assert terminal.display[1].strip() == "B大阪 two"


@pytest.mark.parametrize("cell", ["⚠️", "❤️"])
def test_a_terminal_that_gives_one_cell_where_we_give_two_shows_nothing_old_beside_it(
    cell: str,
) -> None:
    wire, terminal = a_wire(), Emulator(COLUMNS, LINES)
    terminal.feed(send(wire, "\x1b[2;1Hplain name"))
    terminal.feed(send(wire, f"\x1b[2;1H{cell} web       "))
    assert terminal.display[1].strip() == f"{cell[0]}  web"


def test_what_is_drawn_wider_than_we_think_is_drawn_over_by_what_follows_it() -> None:
    # This emulator gives each of the three six cells in all, and we two.
    wire, terminal = a_wire(), Emulator(COLUMNS, LINES)
    terminal.feed(send(wire, "\x1b[1;1H\x1b[44mx\x1b[2;1Hsome long words there"))
    terminal.feed(send(wire, "\x1b[2;1H\x1b[41m👨‍👩‍👧\x1b[44m                      "))
    assert {terminal.buffer[1][x].data for x in range(4, COLUMNS)} == {" "}
