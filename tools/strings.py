"""`make strings`: lists every sentence that a user can see, for proofreading."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "tui"
SCHEMA = "tui/config/schema.py"
_WORD = re.compile(r"(?<!\w)[A-Za-z][a-z]+")
_LABEL = re.compile(r"[A-Z][a-z]{2,}[.?!:]?")
_CODE = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")


@dataclass(frozen=True)
class Sentence:
    """A string of the program, and where it is in the source.

    Attributes:
        is_paragraph: whether it has several lines, such as the text of an empty list.
    """

    path: str
    line: int
    text: str
    is_paragraph: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def main() -> None:
    """Print them, one a line."""
    for sentence in sentences():
        print(sentence)


@cache
def sentences() -> tuple[Sentence, ...]:
    """Return the sentences of the whole program, ordered by file and line."""
    found: list[Sentence] = []
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        found.extend(in_source(name, path.read_text(encoding="utf-8")))
    return tuple(found)


def in_source(name: str, source: str) -> list[Sentence]:
    """Return the sentences of one file."""
    tree = ast.parse(source)
    hidden = _hidden_docstrings(tree, is_schema=name == SCHEMA)
    found = []
    for node in _strings(tree):
        lines = _text(node).strip()
        text = " ".join(lines.split())
        if node not in hidden and _is_for_people(text):
            found.append(Sentence(name, node.lineno, text, "\n" in lines))
    return found


def filled_in(text: str, value_of: Callable[[str], str] = lambda _code: "") -> str:
    """Return a sentence with its placeholders filled in, or removed by default."""
    return _CODE.sub(lambda found: value_of(found[0]), text)


def pattern_of(sentence: Sentence) -> re.Pattern[str]:
    """Return a pattern that matches the sentence, whatever is filled in."""
    literal = map(re.escape, _CODE.split(sentence.text))
    return re.compile(".*".join(literal), re.DOTALL)


def _is_for_people(text: str) -> bool:
    """Return whether the text is words separated by spaces, or a label."""
    words = filled_in(text)
    return bool((" " in text and _WORD.search(words)) or _LABEL.fullmatch(text))


def _strings(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the strings below a node; an f-string is one, before those inside it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    if not isinstance(node, ast.JoinedStr):
        below = list(ast.iter_child_nodes(node))
    else:
        yield node
        fields = [part for part in node.values if isinstance(part, ast.FormattedValue)]
        below = [part.value for part in fields]
    for child in below:
        yield from _strings(child)


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(map(_part, node.values))


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        return f"{{{ast.unparse(part.value)}}}"
    return str(part.value) if isinstance(part, ast.Constant) else ""


def _hidden_docstrings(tree: ast.Module, *, is_schema: bool) -> set[ast.AST]:
    """Return the bare strings that no user sees.

    Commands' docstrings are their `--help`, and those of the schema's fields appear in
    the docs and in `config edit`.
    """
    hidden: set[ast.AST] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list) or _is_command(node):
            continue
        for before, statement in zip([None, *body], body, strict=False):
            is_field = is_schema and isinstance(before, ast.AnnAssign)
            if isinstance(statement, ast.Expr) and not is_field:
                hidden.add(statement.value)
    return hidden


def _is_command(node: ast.AST) -> bool:
    """Return whether click shows the docstring of this function."""
    decorators = getattr(node, "decorator_list", [])
    words = map(ast.unparse, decorators)
    return any(re.search(r"\b(command|group)\(", each) for each in words)


if __name__ == "__main__":
    main()
