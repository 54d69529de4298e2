"""Every widget draws at every size, even zero, whatever it contains."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.geometry import Size
from textual.widget import Widget

from tests.widgets.host import HOSTILE, Host
from tui.secret import Secret
from tui.widgets import cells
from tui.widgets.choice_list import Choice, ChoiceList, _Rows
from tui.widgets.columns import GAP, Column, share
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.glyphs import ASCII, UNICODE, Glyphs
from tui.widgets.grid import Grid, GridColumn
from tui.widgets.header_line import HeaderLine
from tui.widgets.key_hints import KeyHint, KeyHints
from tui.widgets.lines import Box, LineWidget, width_of
from tui.widgets.row_list import RowList
from tui.widgets.secret_field import SecretField
from tui.widgets.status_line import StatusLine
from tui.widgets.table_model import Row
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.title_line import TitleLine
from tui.widgets.toggle import Toggle
from tui.widgets.token_table import TokenTable

TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
LISTS = st.lists(TEXTS, min_size=1, max_size=12)
GLYPHS = st.sampled_from([UNICODE, ASCII])
COLUMNS = (
    Column("name", "NAME", 22, least=14),
    Column("what", "WHAT", None, least=20, drop=1),
    Column("when", "WHEN", 8, least=4, align="right", drop=2),
)


def rows(texts: Iterable[str], count: int) -> list[Row]:
    return [
        Row(str(number), (text, *texts)[: count + 1])
        for number, text in enumerate(texts)
    ]


def table(texts: list[str], glyphs: Glyphs) -> LineWidget:
    made = TokenTable(COLUMNS, empty=texts[0], glyphs=glyphs)
    made.set_rows(
        [Row(str(number), (text, text, text)) for number, text in enumerate(texts)]
    )
    made.mark_shown()
    made.sort_by("what")
    return made


def empty_table(texts: list[str], glyphs: Glyphs) -> LineWidget:
    return TokenTable(COLUMNS, empty="\n".join(texts), glyphs=glyphs)


def grid(texts: list[str], glyphs: Glyphs) -> LineWidget:
    made = Grid(empty=texts[0], glyphs=glyphs)
    columns = [
        GridColumn(str(number), text, text[:3]) for number, text in enumerate(texts)
    ]
    made.set_grid(
        columns, [Row(str(number), (text, *texts)) for number, text in enumerate(texts)]
    )
    made.action_aside(len(texts) // 2)
    return made


def choices(texts: list[str], glyphs: Glyphs) -> LineWidget:
    whole = ChoiceList(glyphs=glyphs)
    whole.set_choices(
        [Choice(str(number), text, texts[0]) for number, text in enumerate(texts)]
    )
    return whole._rows


def card(texts: list[str], glyphs: Glyphs) -> LineWidget:
    facts = [
        Fact(text[:9] if number % 2 else "", text, texts[0])
        for number, text in enumerate(texts)
    ]
    return FactsCard(texts[0], facts, focusable=True, glyphs=glyphs)


def header(texts: list[str], glyphs: Glyphs) -> LineWidget:
    made = HeaderLine(glyphs=glyphs)
    made.set_parts(texts, texts)
    return made


def hints(texts: list[str], glyphs: Glyphs) -> LineWidget:
    made = KeyHints(glyphs=glyphs)
    made.set_hints(
        [KeyHint(text, text, enabled=bool(text)) for text in texts],
        KeyHint(texts[0], "help"),
    )
    return made


def secret(texts: list[str], glyphs: Glyphs) -> LineWidget:
    made = SecretField(texts[0], Secret(texts[-1]), key_hint=texts[-1], glyphs=glyphs)
    made.set_reactive(SecretField.concealed, len(texts) % 2 == 0)
    return made


def status(texts: list[str], glyphs: Glyphs) -> LineWidget:
    made = StatusLine(glyphs=glyphs)
    made._text, made._kind = " ".join(texts), "warn"
    return made


def tabs(texts: list[str], glyphs: Glyphs) -> LineWidget:
    made = TabsLine(
        [Tab(text, text, text) for text in texts], hint=texts[0], glyphs=glyphs
    )
    made._active = texts[0]
    return made


WIDGETS: dict[type[LineWidget], list[Callable[[list[str], Glyphs], LineWidget]]] = {
    Box: [lambda _texts, glyphs: Box(glyphs=glyphs)],
    FactsCard: [card],
    Grid: [grid],
    HeaderLine: [header],
    KeyHints: [hints],
    SecretField: [secret],
    StatusLine: [status],
    TabsLine: [tabs],
    TitleLine: [lambda texts, glyphs: TitleLine(" ".join(texts), glyphs=glyphs)],
    Toggle: [lambda texts, glyphs: Toggle(texts[0], texts[-1], glyphs=glyphs)],
    TokenTable: [table, empty_table],
    _Rows: [choices],
}


def kinds(base: type[LineWidget]) -> set[type[LineWidget]]:
    """All widgets of the program that draw lines."""
    below = {kind for child in base.__subclasses__() for kind in kinds(child)}
    return ({base} | below) if base.__module__.startswith("tui.") else below


def test_every_widget_that_draws_lines_is_tried() -> None:
    assert kinds(LineWidget) - {LineWidget, RowList} == set(WIDGETS)


@pytest.mark.short(5)
@pytest.mark.parametrize("make", [make for ways in WIDGETS.values() for make in ways])
@settings(max_examples=60)
@given(
    texts=LISTS,
    glyphs=GLYPHS,
    sizes=st.lists(
        st.tuples(st.integers(0, 90), st.integers(0, 12)), min_size=1, max_size=4
    ),
    focused=st.booleans(),
)
def test_it_draws_at_every_size_and_never_beyond_it(
    make: Callable[[list[str], Glyphs], LineWidget],
    texts: list[str],
    glyphs: Glyphs,
    sizes: list[tuple[int, int]],
    focused: bool,
) -> None:
    size = Size(80, 24)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Widget, "size", property(lambda _widget: size))
        widget = make(texts, glyphs)
        widget.set_reactive(Widget.has_focus, focused)
        for width, height in [*sizes, (0, 0), (1, 1), (3, 24), (90, 24)]:
            # A line may be asked for at the size that was, before the widget is told of
            # the new one.
            for drawn in (size, Size(width, height)):
                for y in range(height + 1):
                    assert width_of(widget.line_within(y, drawn.width)) <= drawn.width
            size = Size(width, height)
            if isinstance(widget, RowList | FactsCard):
                widget.action_step(len(texts) - 2)
                widget.action_page(1)
            if isinstance(widget, RowList):
                widget._bring_into_view()
            for y in range(height + 1):
                assert width_of(widget.line_within(y, width)) <= width


@pytest.mark.short
@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 24), (80, 1)])
@pytest.mark.parametrize("kind", WIDGETS)
async def test_its_strips_are_as_wide_as_it_is(
    kind: type[LineWidget], size: tuple[int, int]
) -> None:
    for make in WIDGETS[kind]:
        app = Host[LineWidget](make(list(HOSTILE), UNICODE))
        async with app.run_test(size=size) as pilot:
            await pilot.resize_terminal(90, 24)
            await pilot.resize_terminal(*size)
            for padding in (0, 2):
                app.widget.styles.padding = (0, padding)
                await pilot.pause()
                whole = app.widget.outer_size.region
                for strip in app.widget.render_lines(whole):
                    assert (
                        sum(cell_len(segment.text) for segment in strip) == whole.width
                    )


@given(
    width=st.integers(-5, 200),
    columns=st.permutations(COLUMNS),
    widest=st.integers(0, 300),
)
def test_columns_never_take_more_than_there_is(
    width: int, columns: list[Column], widest: int
) -> None:
    shares = share(tuple(columns), (widest,) * len(columns), width)
    used = sum(size for _, size in shares) + GAP * (len(shares) - 1) if shares else 0
    assert used <= max(0, width)


@given(text=TEXTS, width=st.integers(-3, 40))
def test_a_cut_text_never_takes_more_than_there_is(text: str, width: int) -> None:
    assert cell_len(cells.cut(text, width)) <= max(0, width)
    assert cell_len(cells.fit(text, width)) == max(0, width)
