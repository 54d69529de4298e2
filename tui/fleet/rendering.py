"""Renders report tables as text, CSV, Markdown and JSON.

Texts from outside are cleaned of control characters, and can't end a cell or begin a
formula.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

from tui.display import visible
from tui.fleet.report_tables import ReportTable, Value

# What a spreadsheet reads as a formula, in half and full width.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|&~$])")


def as_text(table: ReportTable) -> str:
    """Return a table with aligned columns, for people."""
    titles = [title.replace("_", " ").upper() for title in table.titles]
    lines = [titles, *([_cell(value) for value in line] for line in table.lines)]
    columns = zip(*lines, strict=True)
    widths = [max(map(_width, column)) for column in columns]
    drawn = ("  ".join(map(_padded, line, widths)).rstrip() for line in lines)
    return "".join(f"{line}\n" for line in drawn)


def as_csv(table: ReportTable) -> str:
    """Return a table for a spreadsheet, with an apostrophe in front of formulas."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(table.titles)
    writer.writerows([_csv_cell(value) for value in line] for line in table.lines)
    return written.getvalue()


def as_markdown(table: ReportTable) -> str:
    """Return a table in Markdown, as GitHub shows it."""
    titles = [title.replace("_", " ") for title in table.titles]
    lines = [titles, ["---"] * len(titles)]
    lines += [[_markdown_cell(value) for value in line] for line in table.lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def as_json(table: ReportTable) -> str:
    """Return a table as a list of objects, with the texts as they came."""
    return json.dumps(_objects(table), ensure_ascii=False, indent=2) + "\n"


def as_json_lines(table: ReportTable) -> str:
    """Return a table as JSON Lines: one object per line."""
    lines = (json.dumps(each, ensure_ascii=False) for each in _objects(table))
    return "".join(f"{line}\n" for line in lines)


def _objects(table: ReportTable) -> list[dict[str, Value]]:
    return [
        dict(zip(table.titles, map(_json_value, line), strict=True))
        for line in table.lines
    ]


def _json_value(value: Value) -> Value:
    return _moment(value) if isinstance(value, datetime) else value


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _cell(value: Value) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).date().isoformat()
    return visible(str(value))


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _moment(value)
    cell = _cell(value)
    is_formula = isinstance(value, str) and _FORMULA.match(cell)
    return f"'{cell}" if is_formula else cell


def _markdown_cell(value: Value) -> str:
    return _MARKDOWN.sub(r"\\\1", _cell(value))


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


RENDERERS: dict[str, Callable[[ReportTable], str]] = {
    "text": as_text,
    "csv": as_csv,
    "markdown": as_markdown,
    "json": as_json,
    "jsonl": as_json_lines,
}
"""By the name of the format."""
