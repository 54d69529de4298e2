"""Documentation of the shell commands: pages, a man page, and a JSON Schema.

All of it is generated from the program's `--help`, and from its documents.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import click
import msgspec

from tui.cli.document_index import DOCUMENTS
from tui.cli.exit_codes import EXIT_CODES
from tui.cli.main import tokendeck
from tui.cli.table import ALIASES, SHELL_COMMANDS

_WIDTH = 78
"""Click's width in a terminal of 80 columns."""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield each command with its full name, including groups' commands."""
    for name, entry in SHELL_COMMANDS.items():
        command = entry.load()
        yield name, command
        if isinstance(command, click.Group):
            for part, inner in command.commands.items():
                yield f"{name} {part}", inner


def help_of(words: str, command: click.Command) -> str:
    """Return what `tokendeck WORDS --help` prints, 80 columns wide."""
    context = _context_of(words, command)
    return context.command.get_help(context)


def _context_of(words: str, command: click.Command) -> click.Context:
    """Return a context as for the first time that a command's help is shown.

    A command caches the names of its help option on first use.
    """
    unused = copy.copy(command)
    vars(unused)["_help_option"] = None
    parent = click.Context(
        tokendeck, info_name="tokendeck", **tokendeck.context_settings
    )
    context = click.Context(
        unused, info_name=words, parent=parent, max_content_width=_WIDTH
    )
    context.terminal_width = _WIDTH
    return context


def command_list() -> str:
    """Return a line for each command."""
    rows = [("command", "what it does"), ("---", "---")]
    for name, entry in SHELL_COMMANDS.items():
        aliases = [alias for alias, meant in ALIASES.items() if meant == name]
        also = f" Also called `{aliases[0]}`." if aliases else ""
        rows.append((f"[`{name}`](#{name})", f"{entry.help}{also}"))
    return _table(rows)


def exit_code_list() -> str:
    """Return a line for each exit code."""
    rows = [("code", "meaning"), ("---", "---")]
    rows += [(f"{code}", meaning) for code, meaning in EXIT_CODES]
    return _table(rows)


def help_texts() -> str:
    """Return a section for each command with its help."""
    sections = []
    for words, command in commands():
        level = "##" if " " not in words else "###"
        sections.append(f"{level} {words}\n\n```text\n{help_of(words, command)}\n```\n")
    return "\n".join(sections)


def document_list() -> str:
    """Return a section for each document: its fields and their meanings."""
    components = _components()
    parts = []
    for name in sorted(components):
        schema = components[name]
        lead = schema["description"].partition("\n\n")[0]
        head = f"### {_title(name)}\n\n{lead}\n\n"
        notes = _notes(schema["description"])
        rows: list[tuple[str, ...]]
        rows = [("field", "type", "meaning"), ("---", "---", "---")]
        for field, kind in schema["properties"].items():
            rows.append((f"`{field}`", _kind(kind), notes.get(field, "")))
        parts.append(head + _table(rows))
    return "\n".join(parts)


def printed_list() -> str:
    """Return which document each command prints."""
    rows = [("command", "document"), ("---", "---")]
    for name, kind in DOCUMENTS.items():
        title = _title(kind.__name__)
        rows.append((f"`{name}`", f"[{title}](#{title.lower()})"))
    return _table(rows)


def schema() -> str:
    """Return the JSON Schema of all documents, by the command that prints each."""
    components = _components()
    printed = {
        name: {"$ref": f"#/$defs/{kind.__name__}"} for name, kind in DOCUMENTS.items()
    }
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What the commands of Tokendeck print with --json",
        "properties": printed,
        "$defs": {name: components[name] for name in sorted(components)},
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def man_page() -> str:
    """Return the man page, as roff."""
    lines = [
        '.TH TOKENDECK 1 "" "Tokendeck" "User Commands"',
        ".SH NAME",
        "tokendeck \\- the tokens of a Contentstack stack, by keyboard and by script",
        ".SH SYNOPSIS",
        ".B tokendeck",
        "[\\fIOPTIONS\\fR] [\\fICOMMAND\\fR] [\\fIARGS\\fR]...",
        ".SH DESCRIPTION",
        *_prose(tokendeck),
        ".SH OPTIONS",
        *_options(tokendeck),
        ".SH COMMANDS",
    ]
    for words, command in commands():
        lines += [f'.SS "{_roff(words)}"', *_prose(command), *_options(command)]
    lines.append(".SH EXIT STATUS")
    for code, meaning in EXIT_CODES:
        lines += [".TP", f".B {int(code)}", _roff(meaning)]
    return "\n".join(lines) + "\n"


def _prose(command: click.Command) -> Iterator[str]:
    for paragraph in (command.help or "").split("\n\n"):
        yield ".PP"
        yield _roff(" ".join(paragraph.split()))


def _options(command: click.Command) -> Iterator[str]:
    context = _context_of(command.name or "", command)
    for option in context.command.get_params(context):
        record = option.get_help_record(context)
        if record is not None:
            names, words = record
            yield from (".TP", f".B {_roff(names)}", _roff(words))


def _roff(text: str) -> str:
    """Return text escaped for roff: a leading dot or quote would be a request."""
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{safe}" if safe.startswith((".", "'")) else safe


def _components() -> dict[str, Any]:
    _, components = msgspec.json.schema_components(
        DOCUMENTS.values(), schema_hook=lambda _kind: {"title": "anything"}
    )
    return components


def _title(name: str) -> str:
    return name.removesuffix("Document")


def _notes(docstring: str) -> dict[str, str]:
    """Return a docstring's descriptions of its attributes, by name."""
    _, _, listed = docstring.partition("Attributes:\n")
    found: dict[str, str] = {}
    name = ""
    for line in listed.splitlines():
        begins = re.match(r"\s*(\w+): (.*)", line)
        if begins:
            name = begins[1]
            found[name] = begins[2]
        elif name:
            found[name] += " " + line.strip()
    return found


def _kind(schema: dict[str, Any]) -> str:
    """Return a type in words: "list of Token", "string or null"."""
    if "$ref" in schema:
        title = _title(str(schema["$ref"]).rpartition("/")[2])
        return f"[{title}](#{title.lower()})"
    if "anyOf" in schema:
        return " or ".join(map(_kind, schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("format") or schema.get("type", "anything"))


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
