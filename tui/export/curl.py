"""A call by curl that reads the token from the environment.

The value reaches curl through a pipe: as an argument it would stand in the list of
processes, and `printf` is part of the shell.
"""

from __future__ import annotations

import shlex

from tui.contentstack.models import ManagementToken
from tui.export.dotenv import check_legible
from tui.export.source import Source, Unfit


def command(source: Source, *, preview: bool = False) -> str:
    """The command for the token's API, several lines of POSIX shell.

    Raises:
        Unfit: if that API's host is not known, or a name holds a character that a
            header can't.
    """
    region, use = source.region, source.use
    headers = [f"api_key: {source.api_key}"]
    query = [f"environment={use.environment}"] if use.environment else []
    if isinstance(source.token, ManagementToken):
        host, variable, header = region.cma, "MANAGEMENT", "authorization"
    elif preview:
        host, variable, header = region.preview, "PREVIEW", "preview_token"
        headers.append("live_preview: init")
    else:
        host, variable, header = region.cda, "DELIVERY", "access_token"
    if not host:
        raise Unfit(
            f"The host of the {variable.lower()} API is not known for {region.name}."
        )
    if use.branch:
        headers.append(f"branch: {use.branch}")
    for text in (*headers, *query):
        check_legible(text)
    options = [
        *(f"--data-urlencode {shlex.quote(item)}" for item in (*query, "limit=1")),
        *(f"--header {shlex.quote(item)}" for item in headers),
    ]
    lines = [
        f"printf '{header}: %s\\n' \"${{CONTENTSTACK_{variable}_TOKEN:?}}\" |",
        f"  curl --get {shlex.quote(host + '/v3/assets')} --header @- \\",
        *(f"  {option} \\" for option in options),
    ]
    return "\n".join(lines).removesuffix(" \\") + "\n"
