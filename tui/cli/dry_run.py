"""Shows what a command would send, instead of sending it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from tui.cli.documents import DryRunDocument, RequestDocument
from tui.cli.output import Output
from tui.contentstack.errors import DryRun


def show_requests(writes: Sequence[DryRun], output: Output) -> None:
    """Print the requests: as HTTP for people, else as a document."""
    requests = tuple(map(RequestDocument.of, writes))
    document = DryRunDocument(dry_run=True, requests=requests)
    if output.shape == "json":
        output.one(document)
    elif output.shape != "table":
        output.rows(document, requests, ())
    elif requests:
        output.text("\n".join(map(_as_http, requests)))
    output.say("Nothing was sent." if requests else "There is nothing to send.")


def _as_http(request: RequestDocument) -> str:
    query = f"?{urlencode(request.query)}" if request.query else ""
    line = f"{request.method} {request.path}{query}"
    if not request.body:
        return line
    return f"{line}\n{json.dumps(request.body, indent=2, ensure_ascii=True)}"
