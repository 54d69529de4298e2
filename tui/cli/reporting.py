"""Reports what a command has done, to people or as a document."""

from __future__ import annotations

from tui.cli.creating import Changes
from tui.cli.documents import ChangeDocument
from tui.cli.listing import token_columns
from tui.cli.run import CommandRun
from tui.cli.values import Ways

_VERBS = {
    "created": "Created",
    "unchanged": "Unchanged",
    "updated": "Updated",
    "deleted": "Deleted",
    "exported": "Exported",
}


def report(run: CommandRun, changes: Changes, ways: Ways | None = None) -> None:
    """Report the result of creating or changing tokens."""
    report_document(run, changes.document, ways)


def report_document(
    run: CommandRun, document: ChangeDocument, ways: Ways | None = None
) -> None:
    """Report what was done, leaving standard output to any value or program.

    People get a line for each token.
    """
    output = run.output
    if run.dry_run:
        return
    names = ", ".join(token.name for token in document.tokens)
    if names and not _came_to_nothing(document, ways):
        output.say(f"{_VERBS[document.outcome]} {names}.")
    for path in document.written:
        output.say(f"Written to {path}.")
    for note in document.notes:
        output.say(note)
    if document.gone:
        output.say(f"Deleted by Contentstack: {', '.join(document.gone)}.")
    if ways is not None and ways.takes_output:
        return
    kind = document.tokens[0].kind if document.tokens else "delivery"
    columns = token_columns(kind, run.workspace.clock())
    if output.shape == "table" and not document.tokens:
        return
    output.rows(document, document.tokens, columns)


def _came_to_nothing(document: ChangeDocument, ways: Ways | None) -> bool:
    """Return whether an export went only to targets, and none of them has the value."""
    if document.outcome != "exported" or document.written or not document.deliveries:
        return False
    if ways is not None and ways.takes_output:
        return False
    return all(each.grade == "not delivered" for each in document.deliveries)
