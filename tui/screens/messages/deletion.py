"""What deleting tokens will do, and the outcome."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from tui.contentstack.models import DeliveryToken, Token
from tui.display import shortened
from tui.messages.ages import ago
from tui.messages.names import user_name
from tui.messages.rights import access_words
from tui.messages.scopes import branch_words, environment_words
from tui.screens.messages.production import touched_by, with_production
from tui.widgets.facts_card import Fact
from tui.workspace.snapshot import Snapshot

_MOST_NAMED = 8


def ending_facts(
    tokens: Sequence[Token],
    snapshot: Snapshot,
    now: datetime,
    *,
    preview_only: bool,
    production: Collection[str] = (),
) -> tuple[str, list[Fact]]:
    """Return the title and the facts of a deletion to confirm.

    It deletes all of the tokens, or only the preview token of the first one.
    """
    token, touched = tokens[0], touched_by(tokens, production)
    if len(tokens) > 1:
        return _ending_of_many(tokens, touched)
    # Contentstack doesn't say when a token was last used.
    created = f"{ago(token.created_at, now)} by {user_name(token.created_by, snapshot)}"
    scope = with_production(
        Fact("Scope", reach_words(token)), token.scope.environments, production
    )
    told_apart = [*_production_facts(touched), scope, Fact("Created", created)]
    name = shortened(token.name)
    if preview_only:
        ends = "Only the preview token. Previews that use it stop working immediately."
        facts = [Fact("Deletes", ends), *told_apart]
        return f"Delete the preview token of {name}", facts
    ends = "The token, for good. Anything that uses it stops working immediately."
    if token.preview:
        ends = (
            "Both tokens, for good. Anything that uses them stops working immediately."
        )
    again = "You can create a token like it in this run. It gets a new value."
    facts = [Fact("Deletes", ends), Fact("Later", again), *told_apart]
    return f"Delete {name}", facts


def _production_facts(touched: Sequence[str]) -> list[Fact]:
    if not touched:
        return []
    named = ", ".join(touched)
    fact = Fact("Production", f"This affects {named}.", tone="strong")
    return [with_production(fact, touched, touched)]


def _ending_of_many(
    tokens: Sequence[Token], touched: Sequence[str]
) -> tuple[str, list[Fact]]:
    count = len(tokens)
    ends = (
        f"All {count} and their preview tokens. Anything that uses them stops working."
    )
    lines = [
        f"{shortened(token.name)} · {reach_words(token)}"
        for token in tokens[:_MOST_NAMED]
    ]
    if count > _MOST_NAMED:
        lines.append(f"… and {count - _MOST_NAMED} more")
    named = [Fact("Tokens" if line is lines[0] else " ", line) for line in lines]
    facts = [Fact("Deletes", ends), *_production_facts(touched), *named]
    return f"Delete {count} tokens", facts


def reach_words(token: Token) -> str:
    """Return what sets a token apart from its neighbours: "production · main"."""
    if not isinstance(token, DeliveryToken):
        what = access_words(token)
    elif token.scope.environments:
        what = ", ".join(token.scope.environments)
    else:
        what = f"environment {environment_words(token.scope)}"
    parts = what, branch_words(token.scope)
    return " · ".join(part for part in parts if part != "-")
