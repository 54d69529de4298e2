"""Sentences about the outcome of creating tokens."""

from __future__ import annotations

from tui.contentstack.models import Token
from tui.display import shortened
from tui.workspace.creation import Created


def otherwise_words(created: Created[Token]) -> str:
    """Say how created tokens differ from the request; "" if they don't."""
    parts = []
    for token in created.tokens:
        fields = created.otherwise.get(token.uid, ())
        if fields == ("preview token",):
            parts.append(
                f"{shortened(token.name)} has no preview token (your plan may not "
                "include it)"
            )
        elif fields:
            differing = ", ".join(fields)
            name = shortened(token.name)
            parts.append(f"{name} has a different {differing} than you asked for")
    return f"{'; '.join(parts)}. You see what Contentstack has." if parts else ""
