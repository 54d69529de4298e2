"""What goes to standard output: a table for people, JSON or plain values for programs.

Messages go to standard error.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Literal, TypeVar, get_args, get_origin
from unicodedata import combining, east_asian_width

import click

from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.interruption import interruptible
from tui.display import visible

if TYPE_CHECKING:
    from tui.cli.documents import Document

Shape = Literal["table", "json", "jsonl", "plain"]
_GAP = "  "

Printed = TypeVar("Printed", bound="Document")


@dataclass(frozen=True)
class Output:
    """How a command prints.

    Attributes:
        field: the field to print of each row, if the shape is plain.
    """

    shape: Shape = "table"
    field: str = ""

    @property
    def as_json(self) -> bool:
        """Whether a program reads it, errors included."""
        return self.shape in ("json", "jsonl")

    def check_field(self, row: type[Document]) -> None:
        """Refuse, before any call, a field that the rows won't have.

        Raises:
            CommandFailed: naming the fields that they have.
        """
        if self.shape != "plain":
            return
        kind: object = row
        for part in self.field.split("."):
            types = _types_in(kind)
            if types is None:
                return
            if part not in types:
                raise _no_field(self.field, types)
            kind = types[part]

    def rows(
        self,
        document: Document,
        rows: Sequence[Printed],
        columns: Sequence[tuple[str, Callable[[Printed], str]]],
    ) -> None:
        """Print rows: as a table of `columns`, or as the document that holds them."""
        with interruptible():
            if self.shape == "table":
                _print_table(rows, columns)
            elif self.shape == "json":
                _print_json([document])
            elif self.shape == "jsonl":
                _print_json(rows)
            else:
                self._print_plain(rows)

    def one(
        self, document: Document, facts: Iterable[tuple[str, str]] | None = None
    ) -> None:
        """Print one document; people read the facts, labelled lines."""
        with interruptible():
            if self.as_json:
                _print_json([document])
            elif self.shape == "plain":
                self._print_plain([document])
            elif facts is not None:
                _print_facts([*facts])

    def text(self, text: str) -> None:
        """Print our own text as it is, on several lines."""
        click.echo(text)

    def say(self, text: str) -> None:
        """Say something to people on standard error."""
        if not self.as_json and text:
            click.echo(visible(text), err=True)

    def announce(self, text: str) -> None:
        """Say what is about to happen; programs get a JSON object."""
        if self.as_json:
            from msgspec.json import encode

            text = encode({"notice": text}).decode()
        click.echo(visible(text), err=True)

    def _print_plain(self, rows: Sequence[Document]) -> None:
        from msgspec import to_builtins

        for row in rows:
            click.echo(_plain(to_builtins(row), self.field))


def _print_json(documents: Sequence[Document]) -> None:
    from msgspec.json import encode

    for document in documents:
        click.echo(encode(document).decode())


def _plain(row: object, field: str) -> str:
    """Return one field of a row, named by a dotted path, on one line.

    Raises:
        CommandFailed: if rows have no such field.
    """
    found = row
    for part in field.split("."):
        if found is None:
            break
        if not isinstance(found, dict) or part not in found:
            raise _no_field(field, found if isinstance(found, dict) else ())
        found = found[part]
    return _in_line(found)


def _no_field(field: str, known: Iterable[str]) -> CommandFailed:
    what = f"--plain: there is no field {field}."
    names = ", ".join(known) or "none"
    return CommandFailed(Exit.USAGE, what, next=f"Fields: {names}.")


def _types_in(kind: object) -> dict[str, object] | None:
    """Return the types of the fields in a value of a type; None if any are possible."""
    from msgspec import Struct
    from msgspec.structs import fields

    if isinstance(kind, UnionType):
        kind = next(each for each in get_args(kind) if each is not NoneType)
    if get_origin(kind) is dict:
        return None
    if isinstance(kind, type) and issubclass(kind, Struct):
        return {each.name: each.type for each in fields(kind)}
    return {}


def _in_line(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(_in_line, value))
    if isinstance(value, dict):
        return ",".join(map(_in_line, value.values()))
    return visible(str(value))


def _print_table(
    rows: Sequence[Printed], columns: Sequence[tuple[str, Callable[[Printed], str]]]
) -> None:
    lines = [[visible(cell(row)) for _, cell in columns] for row in rows]
    titles = [title for title, _ in columns]
    widths = [max(map(_width, column)) for column in zip(titles, *lines, strict=True)]
    plain = bool(os.environ.get("NO_COLOR"))
    head = _aligned(titles, widths)
    click.echo(head if plain else click.style(head, bold=True))
    for line in lines:
        click.echo(_aligned(line, widths))


def _print_facts(facts: Sequence[tuple[str, str]]) -> None:
    width = max((_width(label) for label, _ in facts), default=0)
    for label, value in facts:
        click.echo(_aligned([label, visible(value)], [width, 0]))


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell + " " * (width - _width(cell))
        for cell, width in zip(cells, widths, strict=True)
    ]
    return _GAP.join(padded).rstrip()


def _width(text: str) -> int:
    """Return how many cells a text takes, as most terminals count."""
    if text.isascii():
        return len(text)
    return sum(
        0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in text
    )
