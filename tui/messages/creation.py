"""What came of creating tokens."""

from __future__ import annotations

from tui.contentstack.models import Token
from tui.workspace.creation import Created


def otherwise_words(created: Created[Token]) -> str:
    """Say where Contentstack created something else than was asked; "" if nowhere."""
    parts = []
    for token in created.tokens:
        fields = created.otherwise.get(token.uid, ())
        if fields == ("preview token",):
            parts.append(
                f"{token.name} has no preview token, though one was asked for "
                "(the plan may not include it)"
            )
        elif fields:
            differing = ", ".join(fields)
            parts.append(f"{token.name} differs from what was asked in {differing}")
    return f"{'; '.join(parts)}. Shown is what Contentstack has." if parts else ""
