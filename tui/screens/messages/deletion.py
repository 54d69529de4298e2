"""What deleting tokens will do, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui.contentstack.models import DeliveryToken, Token
from tui.messages.rights import access_words
from tui.messages.scopes import branch_words, environment_words
from tui.widgets.facts_card import Fact
from tui.workspace.ages import ago
from tui.workspace.snapshot import Snapshot

_MOST_NAMED = 8


def ending_facts(
    tokens: Sequence[Token], snapshot: Snapshot, now: datetime, *, preview_only: bool
) -> tuple[str, list[Fact]]:
    """Return the title and the facts of a deletion that is still to be confirmed.

    What is to be deleted is all of the tokens, or only the preview token of the first.
    """
    token = tokens[0]
    if len(tokens) > 1:
        return _ending_of_many(tokens)
    # When a token was last used, Contentstack does not say.
    created = f"{ago(token.created_at, now)} by {snapshot.maker(token.created_by)}"
    told_apart = [Fact("Scope", _reach(token)), Fact("Created", created)]
    if preview_only:
        title = f"Delete the preview token of {token.name}"
        ends = (
            "Its preview token. What previews drafts with it stops at once; the "
            "delivery token goes on."
        )
        return title, [Fact("Ends", ends), *told_apart]
    ends = "The token, for good. Whatever uses it stops at once."
    if token.preview:
        ends = (
            "The token and its preview token, for good. Whatever uses them stops at "
            "once."
        )
    stays = (
        "Its name, description and scope stay at hand to make an equal token, with "
        "another value."
    )
    facts = [Fact("Ends", ends), Fact("Stays", stays), *told_apart]
    return f"Delete {token.name}", facts


def _ending_of_many(tokens: Sequence[Token]) -> tuple[str, list[Fact]]:
    count = len(tokens)
    ends = (
        "All of them, with their preview tokens. Whatever uses one of them stops at "
        "once."
    )
    lines = [f"{token.name} · {_reach(token)}" for token in tokens[:_MOST_NAMED]]
    if count > _MOST_NAMED:
        lines.append(f"… and {count - _MOST_NAMED} more")
    named = [Fact("Tokens" if line is lines[0] else " ", line) for line in lines]
    return f"Delete {count} tokens", [Fact("Ends", ends), *named]


def _reach(token: Token) -> str:
    """Return what tells a token from its neighbours: "production · main"."""
    if not isinstance(token, DeliveryToken):
        what = access_words(token)
    elif token.scope.environments:
        what = ", ".join(token.scope.environments)
    else:
        what = f"environment {environment_words(token.scope)}"
    parts = what, branch_words(token.scope)
    return " · ".join(part for part in parts if part != "-")
