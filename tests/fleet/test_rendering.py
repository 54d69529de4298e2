from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.test_due import in_days, job, web
from tests.fleet.test_inventory import CI, WEB, changed, fleet, stack
from tests.support.clock import NOW
from tui.display import visible
from tui.fleet.drift import drift
from tui.fleet.due import due_tokens
from tui.fleet.rendering import (
    RENDERERS,
    as_csv,
    as_json,
    as_json_lines,
    as_markdown,
    as_text,
)
from tui.fleet.report_tables import (
    ReportTable,
    Value,
    drift_table,
    due_table,
    inventory_table,
)

MOMENT = datetime(2026, 12, 6, tzinfo=UTC)
values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=12), st.just(MOMENT)
)


def table(*line: Value) -> ReportTable:
    titles = tuple(f"column_{number}" for number in range(len(line)))
    return ReportTable(titles, (line,))


def csv_cells(text: str) -> list[str]:
    return list(csv.reader(io.StringIO(text)))[1]


@pytest.mark.parametrize(
    "formula",
    ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", " =1", "\t=1", "\uff1d1", "-"],
)
def test_a_formula_is_no_formula_in_a_spreadsheet(formula: str) -> None:
    (cell,) = csv_cells(as_csv(table(formula)))
    assert cell == f"'{visible(formula)}" or cell[0] not in "=+-@\t\uff1d"
    if formula != "\t=1":
        assert cell.startswith("'")


def test_numbers_and_moments_are_no_formulas() -> None:
    cells = csv_cells(as_csv(table(-3, MOMENT, None, True)))
    assert cells == ["-3", "2026-12-06T00:00:00Z", "", "yes"]


@given(st.lists(values, min_size=1, max_size=4))
def test_every_renderer_keeps_cells_and_lines_apart(line: list[Value]) -> None:
    one = table(*line)
    assert len(csv_cells(as_csv(one))) == len(line)
    assert as_text(one).count("\n") == 2
    assert as_json_lines(one).count("\n") == 1
    (written,) = json.loads(as_json(one))
    texts = [value for value in written.values() if isinstance(value, str)]
    assert texts == [
        "2026-12-06T00:00:00Z" if isinstance(value, datetime) else value
        for value in line
        if isinstance(value, str | datetime)
    ]
    shown = as_markdown(one).splitlines()
    assert len(shown) == 3
    bars = shown[2].replace("\\\\", "").replace("\\|", "").count("|")
    assert bars == len(line) + 1
    for render in (as_csv, as_text, as_markdown):
        assert not {"\x1b", "\r", "\t"} & set(render(one))


def test_columns_are_aligned_by_what_is_seen() -> None:
    both = ReportTable(("name", "x"), (("日本", "a"), ("e\u0301", "b"), ("abc", "c")))
    assert as_text(both) == "NAME  X\n日本  a\ne\u0301     b\nabc   c\n"


def test_an_empty_table_has_titles() -> None:
    for name, render in RENDERERS.items():
        assert (
            render(ReportTable(("a_b",), ()))
            == {
                "text": "A B\n",
                "csv": "a_b\n",
                "markdown": "| a b |\n| --- |\n",
                "json": "[]\n",
                "jsonl": "",
            }[name]
        )


def test_the_three_reports_are_tables() -> None:
    rows = [job("ci", in_days(3)), web("web", 400)]
    due = as_text(due_table(due_tokens(rows, NOW)))
    assert due.splitlines()[1].split()[:5] == [
        "2026-10-18",
        "3",
        "due",
        "management",
        "read+write",
    ]
    assert due.splitlines()[2].split()[:3] == ["never", "-", "never"]
    held = inventory_table(fleet(stack(CI, WEB)))
    (first, second) = json.loads(as_json(held))
    assert (first["name"], first["access"], second["expires"]) == (
        "ci",
        "read",
        "never",
    )
    changes = drift(fleet(stack(CI)), fleet(stack(changed(CI, name="=cd"))))
    cells = csv_cells(as_csv(drift_table(changes)))
    assert cells[:4] == ["renamed", "renamed from ci", "management", "'=cd"]
