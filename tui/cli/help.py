"""`tokendeck help`: the pages of the documentation, which the wheel carries."""

from __future__ import annotations

import re
from pathlib import Path

import click

from tui.cli.decorators import exit_on_error
from tui.files.refusal import Refused
from tui.paths import docs_folder

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


@click.command()
@click.argument("page", required=False)
@exit_on_error(2)
def help(page: str | None) -> None:
    """Read a page of the documentation; without PAGE, list them.

    Example: tokendeck help clipboard
    """
    pages = {path.stem: path for path in sorted(docs_folder().glob("*.md"))}
    if page is None:
        width = max(map(len, pages), default=0)
        for name, path in pages.items():
            click.echo(f"{name:<{width}}  {_title(path)}")
        return
    found = pages.get(page.removeprefix("docs/").removesuffix(".md"))
    if found is None:
        raise Refused(f"There is no page {page}. Pages: {', '.join(pages)}.")
    click.echo_via_pager(_COMMENT.sub("", found.read_text("utf-8")))


def _title(page: Path) -> str:
    """Return the heading of a page."""
    return page.read_text("utf-8").partition("\n")[0].removeprefix("# ")
