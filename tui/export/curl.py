"""A curl call that reads the token from the environment.

The value reaches curl through a pipe: as an argument, it would show up in the process
list. `printf` is built into the shell, so it doesn't.
"""

from __future__ import annotations

import shlex

from tui.export.dotenv import check_legible
from tui.export.source import Source, Unfit


def command(source: Source, *, preview: bool = False) -> str:
    """Return the command for the token's API, as several lines of POSIX shell.

    Raises:
        Unfit: if that API's host isn't known, or a name contains a character that a
            header can't.
    """
    region, use = source.region, source.use
    headers = [f"api_key: {source.api_key}"]
    query: list[str] = []
    if use.environment:
        query.append(f"environment={use.environment}")
    if source.token.kind == "management":
        host, variable, header = region.cma, "MANAGEMENT", "authorization"
    elif preview:
        host, variable, header = region.preview, "PREVIEW", "preview_token"
        headers.append("live_preview: init")
    else:
        host, variable, header = region.cda, "DELIVERY", "access_token"
    if not host:
        raise Unfit(
            f"Tokendeck doesn't know the {variable.lower()} API host of {region.name}."
        )
    if use.branch:
        headers.append(f"branch: {use.branch}")
    for text in (*headers, *query):
        check_legible(text)
    url = shlex.quote(f"{host}/v3/assets")
    parts = [f"  curl --get {url} --header @-"]
    for item in (*query, "limit=1"):
        parts.append(f"  --data-urlencode {shlex.quote(item)}")
    for item in headers:
        parts.append(f"  --header {shlex.quote(item)}")
    value = f'"${{CONTENTSTACK_{variable}_TOKEN:?}}"'
    call = " \\\n".join(parts)
    return f"printf '{header}: %s\\n' {value} |\n{call}\n"
