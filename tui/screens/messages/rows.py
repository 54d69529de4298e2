"""Tokens as rows of a table, and the table's columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter, ge
from typing import TYPE_CHECKING

from tui.contentstack.models import DeliveryToken, ManagementToken, Odd, Token
from tui.display import visible
from tui.messages.ages import age, expiry, is_ending
from tui.messages.rights import access_words
from tui.messages.scopes import branch_words, environment_words, nothing_gone
from tui.widgets.columns import Column
from tui.widgets.table_model import Row, SortKey, sort_text
from tui.workspace.gone import IsGone

if TYPE_CHECKING:
    from tui.export.source import Use

_BY_NAME = "A to Z", "Z to A"
_LONGEST = 24
"""Cells for a scope, which may name any number of environments and branches."""

_UPDATED = Column(
    *("updated", "UPDATED", 7, "right", 7),
    order=("latest update first", "oldest update first"),
    said="updated {} ago",
    quiet=True,
)
_CREATED = Column(
    *("created", "CREATED", 7, "right", 7),
    order=("newest first", "oldest first"),
    said="created {} ago",
    quiet=True,
)
_BY = Column(
    *("by", "BY", 20),
    least=8,
    drop=2,
    order=("by person", "by person, Z to A"),
    said="by {}",
)
_DESCRIPTION = Column("description", "DESCRIPTION", 60, least=16, drop=1, order=None)

DELIVERY_COLUMNS = (
    Column("name", "NAME", 40, least=14, outlasts=3, order=_BY_NAME),
    Column(
        *("environment", "ENVIRONMENT", _LONGEST),
        least=11,
        drop=8,
        outlasts=3,
        order=("by environment", "by environment, Z to A"),
        said="environment {}",
    ),
    Column(
        *("branch", "BRANCH / ALIAS", _LONGEST),
        least=14,
        drop=7,
        outlasts=3,
        order=("by branch", "by branch, Z to A"),
        said="on {}",
    ),
    Column(
        *("preview", "PRV", 3),
        drop=5,
        order=("with a preview token first", "without a preview token first"),
        said="with a preview token",
    ),
    Column("token", "TOKEN", 10, least=10, drop=4, order=None, said="", quiet=True),
    replace(_UPDATED, drop=6),
    replace(_CREATED, drop=3, outlasts=2),
    _BY,
    _DESCRIPTION,
)

MANAGEMENT_COLUMNS = (
    Column("name", "NAME", 40, least=14, outlasts=2, order=_BY_NAME),
    Column(
        *("access", "ACCESS", 30),
        least=10,
        drop=6,
        outlasts=4,
        order=("by access", "by access, Z to A"),
    ),
    Column(
        *("branch", "BRANCH / ALIAS", _LONGEST),
        least=14,
        drop=3,
        outlasts=2,
        order=("by branch", "by branch, Z to A"),
        said="on {}",
    ),
    Column(
        *("expires", "EXPIRES", 22),
        least=22,
        drop=7,
        order=("first to expire first", "last to expire first"),
        said="expiry {}",
    ),
    replace(_CREATED, drop=4),
    replace(_UPDATED, drop=5),
    _BY,
    _DESCRIPTION,
)

Namer = Callable[[str], str]
"""Returns the name of the user with a given uid."""


def token_rows(
    tokens: Sequence[Token | Odd],
    now: datetime,
    name_of: Namer,
    is_gone: IsGone = nothing_gone,
) -> tuple[list[str], Callable[[int], Row]]:
    """Return row keys and a function that creates rows, for `RowList.set_lazy_rows`."""
    order = OrderAsRead.of(tokens, now)
    return order.keys, order.row_at(now, name_of, is_gone)


@dataclass(frozen=True)
class OrderAsRead:
    """Tokens in the order they are shown in while no sort column is chosen.

    Those that have expired or soon will come first, by date. Working it out means
    looking at thousands of tokens, so keep it while the list stays the same.

    Attributes:
        tokens: The tokens, and what wasn't understood, from top to bottom.
        keys: The keys of their rows.
    """

    tokens: Sequence[Token | Odd]
    keys: list[str]

    @classmethod
    def of(cls, tokens: Sequence[Token | Odd], now: datetime) -> OrderAsRead:
        """Return the order of these tokens."""
        ordered = _soonest_first(tokens, now)
        keys = [row.key if isinstance(row, Odd) else row.uid for row in ordered]
        return cls(ordered, keys)

    def row_at(
        self, now: datetime, name_of: Namer, is_gone: IsGone = nothing_gone
    ) -> Callable[[int], Row]:
        """Return a function that creates the row at a place."""
        tokens = self.tokens
        return lambda index: token_row(tokens[index], now, name_of, is_gone)


def order_as_read(tokens: Sequence[Token], now: datetime) -> str:
    """Return the order of the rows while no sort column is chosen, in words."""
    if any(_is_ending(token, now) for token in tokens):
        return "first to expire first"
    created = [token.created_at for token in tokens if token.created_at is not None]
    newest_first = all(map(ge, created, created[1:]))
    return "newest first" if newest_first else "as Contentstack lists them"


def _is_ending(token: Token, now: datetime) -> bool:
    return isinstance(token, ManagementToken) and is_ending(token.expires_on, now)


def _soonest_first(
    tokens: Sequence[Token | Odd], now: datetime
) -> Sequence[Token | Odd]:
    managing = (token for token in tokens if isinstance(token, ManagementToken))
    ending = [token for token in managing if is_ending(token.expires_on, now)]
    if not ending:
        return tokens
    ending.sort(key=attrgetter("expires_on"))
    first = {token.uid for token in ending}
    others = (row for row in tokens if isinstance(row, Odd) or row.uid not in first)
    return [*ending, *others]


def token_row(
    token: Token | Odd,
    now: datetime,
    name_of: Namer,
    is_gone: IsGone = nothing_gone,
) -> Row:
    """Return a token as a row of its table."""
    if isinstance(token, Odd):
        return odd_row(token)
    if isinstance(token, DeliveryToken):
        return _delivery_row(token, now, name_of, is_gone)
    return _management_row(token, now, name_of, is_gone)


def odd_row(row: Odd) -> Row:
    """Return the row, in either table, of what wasn't understood."""
    cells = (visible(row.title), "?", "not understood", "-", "-", "-", "-", "-", "-")
    return Row(row.key, cells, (sort_text(row.title), *[None] * 8), "dim")


def _delivery_row(
    token: DeliveryToken, now: datetime, name_of: Namer, is_gone: IsGone
) -> Row:
    changed = token.updated_at or token.created_at
    cells = (
        token.name,
        environment_words(token.scope, is_gone),
        branch_words(token.scope, is_gone),
        "y" if token.preview else "-",
        token.value.masked,
        age(changed, now),
        age(token.created_at, now),
        name_of(token.created_by),
        token.description,
    )
    sort_keys = {
        3: 0.0 if token.preview else 1.0,
        5: _newest_first(changed),
        6: _newest_first(token.created_at),
    }
    return _row(token, cells, sort_keys)


def _management_row(
    token: ManagementToken, now: datetime, name_of: Namer, is_gone: IsGone
) -> Row:
    """Return the row, which also says in words that its token expires soon."""
    changed = token.updated_at or token.created_at
    cells = (
        token.name,
        access_words(token),
        branch_words(token.scope, is_gone),
        expiry(token.expires_on, now),
        age(token.created_at, now),
        age(changed, now),
        name_of(token.created_by),
        token.description,
    )
    end = token.expires_on.timestamp() if token.expires_on else float("inf")
    sort_keys = {3: end, 4: _newest_first(token.created_at), 5: _newest_first(changed)}
    row = _row(token, cells, sort_keys)
    return replace(row, style="warn") if is_ending(token.expires_on, now) else row


def _row(token: Token, cells: Sequence[str], special: Mapping[int, SortKey]) -> Row:
    """Return a row that sorts by its cells, except in `special` columns."""
    keys = [special.get(place, sort_text(cell)) for place, cell in enumerate(cells)]
    return Row(token.uid, tuple(map(visible, cells)), tuple(keys))


def _newest_first(moment: datetime | None) -> float:
    return -moment.timestamp() if moment else float("inf")


def use_words(use: Use, token: Token) -> list[str]:
    """Return the environment, and the branch or alias, that a token is used with."""
    words = []
    if use.environment:
        words.append(f"environment {use.environment}")
    if use.branch:
        kind = "alias" if use.branch in token.scope.aliases else "branch"
        words.append(f"{kind} {use.branch}")
    return words
