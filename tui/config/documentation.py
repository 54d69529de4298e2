"""What each setting means, according to the schema's docstrings.

Python doesn't keep docstrings of fields, so they're read from the source.
"""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from typing import NamedTuple, get_args

from msgspec import Meta, Struct
from msgspec.structs import fields


class Setting(NamedTuple):
    """A setting as the documentation shows it."""

    name: str
    meaning: str
    example: object
    """None if there's none to show."""


def settings_of(table: type[Struct]) -> tuple[Setting, ...]:
    """Return the settings of a table in the configuration file, in order."""
    meanings = _docstrings(table)
    return tuple(
        Setting(field.name, meanings[field.name], _example(field.type))
        for field in fields(table)
    )


def _example(annotation: object) -> object:
    for metadata in get_args(annotation):
        if isinstance(metadata, Meta) and metadata.examples:
            return metadata.examples[0]
    return None


def _docstrings(table: type[Struct]) -> dict[str, str]:
    """Return each field's docstring, on one line."""
    source = ast.parse(inspect.getsource(table))
    (definition,) = (node for node in source.body if isinstance(node, ast.ClassDef))
    found = {}
    for statements in pairwise(definition.body):
        match statements:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(text.split())
    return found
