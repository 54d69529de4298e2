"""Tokens as a table and as documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from tui.cli.documents import OddDocument, TokenDocument, TokensDocument
from tui.cli.output import Output
from tui.contentstack.models import Token, TokenKind
from tui.contentstack.scope import Scope
from tui.messages.ages import age, expiry
from tui.messages.scopes import branch_words
from tui.workspace.snapshot import Snapshot

Columns = Sequence[tuple[str, Callable[[TokenDocument], str]]]


def print_tokens(
    snapshot: Snapshot,
    kind: TokenKind,
    now: datetime,
    output: Output,
    fits: Callable[[Token], bool] = lambda _: True,
) -> None:
    """Print the tokens of a kind; name what isn't understood instead of hiding it."""
    listing = snapshot.listing(kind)
    tokens = tuple(map(TokenDocument.of, filter(fits, listing.items)))
    odd = OddDocument.all_of(listing.odd)
    document = TokensDocument(
        stack=snapshot.stack.name if snapshot.stack else "",
        kind=kind,
        tokens=tokens,
        not_understood=odd,
        cut=str(listing.cut or ""),
    )
    output.rows(document, tokens, token_columns(kind, now))
    for row in odd:
        output.say(
            f"Tokendeck doesn't understand {row.name or row.uid or 'a row'}: {row.why}."
        )
    if listing.cut:
        output.say(f"The list is incomplete: {listing.cut}.")


def token_columns(kind: TokenKind, now: datetime) -> Columns:
    """Return the columns of a table of tokens."""
    first: Columns = (("NAME", lambda token: token.name),)
    last: Columns = (
        ("BRANCH / ALIAS", _lanes),
        ("UPDATED", lambda token: age(token.updated_at or token.created_at, now)),
        ("UID", lambda token: token.uid),
    )
    if kind == "management":
        return (
            *first,
            ("ACCESS", lambda token: token.access or "-"),
            ("EXPIRES", lambda token: expiry(token.expires_on, now)),
            *last,
        )
    return (
        *first,
        ("ENVIRONMENT", lambda token: ", ".join(token.environments) or "-"),
        ("PREVIEW", lambda token: "yes" if token.preview else "-"),
        ("TOKEN", lambda token: token.value.masked if token.value else "-"),
        *last,
    )


def _lanes(token: TokenDocument) -> str:
    scope = Scope.of(branches=token.branches, aliases=token.aliases)
    return branch_words(scope)
