"""Coverage: which tokens serve which environment on which branch or alias."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import overload

from textual import on
from textual.widget import Widget

from tui.commands import Command, Place, command
from tui.contentstack.models import Thing
from tui.messages.scopes import scope_words
from tui.screens import token_form
from tui.screens.base import TokendeckScreen
from tui.screens.session import Session
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.grid import Grid, GridColumn
from tui.widgets.table_model import Row
from tui.workspace.coverage import Cell, Coverage, Glance, Lane, coverage_of
from tui.workspace.plan import Plan
from tui.workspace.snapshot import Listing

_GROUPS = {"branch": "BRANCHES", "alias": "ALIASES", "stack": ""}
_NAMES_OF_A_FACT = 4
_TONES = {"-": "muted", "(": "muted", "1": ""}


class CoverageScreen(TokendeckScreen[str], place=Place.COVERAGE):
    """A grid, and the tokens that serve the cell under its cursor.

    Returns the uid of a token to show.
    """

    AUTO_FOCUS = "Grid"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._drawn: tuple[object, ...] = ()
        self._coverage = Coverage()

    def compose_body(self) -> Iterable[Widget]:
        """Yield the grid, and the details of a cell."""
        glyphs = self.session.glyphs
        yield Grid(id="grid", tone=_tone, glyphs=glyphs)
        yield FactsCard(id="cell", focusable=True, glyphs=glyphs)

    def draw(self) -> None:
        """Update the grid from the snapshot."""
        snapshot = self.snapshot
        lists = (
            snapshot.delivery,
            snapshot.environments,
            snapshot.branches,
            snapshot.aliases,
        )
        if self._drawn and all(map(operator.is_, lists, self._drawn)):
            return
        self._drawn, self._coverage = lists, coverage_of(snapshot)
        lanes, environments = self._coverage.lanes, self._coverage.environments
        self.query_one(Grid).set_grid(
            [GridColumn(lane.words, lane.name, _GROUPS[lane.kind]) for lane in lanes],
            [Row(name, _Cells(self._coverage, name)) for name in environments],
        )
        self.say_for_now(f"{_missing_words(lists)}{_summary(self._coverage)}")

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run: Enter may create a token."""
        if item.id != "choose" or self._here()[2].tokens:
            return super().reason_against(item)
        return super().reason_against(command("new"))

    def hint_word(self, item: Command) -> str:
        """Return the word beside a key: what Enter does depends on the cell."""
        if item.id != "choose":
            return super().hint_word(item)
        return "show token" if self._here()[2].tokens else "new token here"

    async def do_choose(self) -> None:
        """Go to the token that serves the cell, or start to create one."""
        environment, lane, cell = self._here()
        if cell.tokens:
            self.dismiss(cell.tokens[0].uid)
        elif environment and lane:
            await token_form.fill_gap(self, _plan_for(environment, lane))

    @on(Grid.Moved)
    def _moved(self) -> None:
        environment, lane, cell = self._here()
        if lane is not None:
            where = f"{environment} · {lane.words}" if lane.name else environment
            self.query_one(FactsCard).set_facts(where, _facts(lane, cell))
        self.draw_hints()

    def _here(self) -> tuple[str, Lane | None, Cell]:
        """Return the environment, lane and cell under the cursor."""
        grid = self.query_one(Grid)
        environment = grid.cursor_key or ""
        for lane in self._coverage.lanes:
            if lane.words == grid.column_key:
                return environment, lane, self._coverage.cell(environment, lane)
        return environment, None, Cell()


def _tone(text: str) -> str:
    return _TONES.get(text[:1], "strong")


def _summary(coverage: Coverage) -> str:
    """Return the counts that the cells show, and what their signs mean."""
    counts = [f"{coverage.uncovered} uncovered (-)"]
    if near := coverage.otherwise_covered:
        counts.append(f"{near} only under another name (n)")
    if coverage.doubles:
        counts.append(f"{coverage.doubles} with several")
    words = f"{', '.join(counts)}. p: preview."
    if unplaced := len(coverage.unplaced):
        what = "1 token" if unplaced == 1 else f"{unplaced} tokens"
        words += f" Not shown: {what} without an environment or branch."
    return words


def _missing_words(lists: Sequence[Listing[Thing]]) -> str:
    """Say what can't be shown, though it may serve a cell or be one."""
    odd = sum(len(listing.odd) for listing in lists)
    words = f"Not shown: {odd} not understood. " if odd else ""
    cut = next((listing.cut for listing in lists if listing.cut), "")
    return f"{words}Incomplete: {cut}. " if cut else words


class _Cells(Sequence[str]):
    """The name of an environment and its cells, each worked out when it is drawn.

    A stack with hundreds of environments and branches has more cells than anyone looks
    at. This way, opening the map only costs drawing one screenful.
    """

    def __init__(self, coverage: Coverage, environment: str) -> None:
        self._coverage = coverage
        self._environment = environment

    def __len__(self) -> int:
        return 1 + len(self._coverage.lanes)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self))))
        if index == 0:
            return self._environment
        lane = self._coverage.lanes[index - 1]
        return _cell_words(self._coverage.glance(self._environment, lane))


def _cell_words(cell: Glance) -> str:
    """Return "2" for the tokens of a cell; "1 p" with a preview token, "(1)", "-"."""
    if not cell.count:
        return "-"
    words = f"{cell.count} p" if cell.preview else str(cell.count)
    return words if cell.named else f"({words})"


def _facts(lane: Lane, cell: Cell) -> list[Fact]:
    """Return the details of a cell, with every token by its name."""
    with_preview = [token.name for token in cell.tokens if token.preview]
    others = [token.name for token in cell.tokens if not token.preview]
    facts = [*_names("Preview", with_preview), *_names("No preview", others)]
    if not facts:
        facts = [Fact("Tokens", "none")]
    if lane.target:
        facts.append(Fact("Points to", f"branch {lane.target}"))
    near = [f"{token.name} ({scope_words(token.scope)})" for token in cell.near]
    return [*facts, *_names("Another name", near)]


def _names(label: str, names: list[str]) -> list[Fact]:
    """Return the names split into several facts: a fact is cut after three lines."""
    facts = []
    for start in range(0, len(names), _NAMES_OF_A_FACT):
        line = ", ".join(names[start : start + _NAMES_OF_A_FACT])
        facts.append(Fact(" " if start else label, line))
    return facts


def _plan_for(environment: str, lane: Lane) -> Plan:
    """Return the plan of a token that serves the cell; it has no name yet."""
    plan = Plan(environments=(environment,))
    if lane.kind == "alias":
        return replace(plan, scope_kind="aliases", aliases=(lane.name,))
    if lane.kind == "branch":
        return replace(plan, branches=(lane.name,))
    return plan
