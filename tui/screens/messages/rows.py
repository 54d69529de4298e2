"""Tokens as rows of a table, and the columns of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from tui.contentstack.models import DeliveryToken, ManagementToken, Odd, Token
from tui.display import visible
from tui.messages.rights import access_words
from tui.messages.scopes import branch_words, environment_words
from tui.widgets.columns import Column
from tui.widgets.table_model import Row, SortKey
from tui.workspace.ages import age, expiry, is_ending

DELIVERY_COLUMNS = (
    Column("name", "NAME", None, least=14),
    Column("environment", "ENVIRONMENT", 12, least=11, drop=5),
    Column("branch", "BRANCH / ALIAS", 15, least=14, drop=4),
    Column("preview", "PREVIEW", 7, least=7, drop=2),
    Column("token", "TOKEN", 10, least=10, drop=1),
    Column("updated", "UPDATED", 7, align="right", least=7, drop=3),
)


MANAGEMENT_COLUMNS = (
    Column("name", "NAME", None, least=14),
    Column("access", "ACCESS", 10, least=10, drop=4, outlasts=2),
    Column("branch", "BRANCH / ALIAS", 14, least=14, drop=1),
    Column("expires", "EXPIRES", 22, least=22, drop=5),
    Column("created", "CREATED", 7, align="right", least=7, drop=2),
    Column("updated", "UPDATED", 7, align="right", least=7, drop=3),
)


def columns_for(tokens: Sequence[Token], kind: str) -> tuple[Column, ...]:
    """Return the columns of a table.

    ACCESS is as wide as its widest words, which are short in most stacks.
    """
    if kind == "delivery":
        return DELIVERY_COLUMNS
    managing = (token for token in tokens if isinstance(token, ManagementToken))
    width = max((len(access_words(token)) for token in managing), default=0)
    columns = {column.key: column for column in MANAGEMENT_COLUMNS}
    columns["access"] = replace(columns["access"], width=max(10, width))
    return tuple(columns.values())


def token_rows(
    tokens: Sequence[Token | Odd], now: datetime
) -> tuple[list[str], Callable[[int], Row]]:
    """Return the keys of rows and what creates each, for `RowList.set_lazy_rows`.

    Tokens that have expired or soon will come first, by their day.
    """
    ordered = _soonest_first(tokens, now)
    keys = [row.key if isinstance(row, Odd) else row.uid for row in ordered]
    return keys, lambda index: token_row(ordered[index], now)


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


def token_row(token: Token | Odd, now: datetime) -> Row:
    """Return a token as a row of its table."""
    if isinstance(token, Odd):
        return odd_row(token)
    if isinstance(token, DeliveryToken):
        return _delivery_row(token, now)
    return _management_row(token, now)


def odd_row(row: Odd) -> Row:
    """Return the row, in either table, of what was not understood."""
    cells = (visible(row.title), "?", "not understood", "-", "-", "-")
    return Row(row.key, cells, (row.title.casefold(), *[None] * 5), "dim")


def _delivery_row(token: DeliveryToken, now: datetime) -> Row:
    changed = token.updated_at or token.created_at
    cells = (
        token.name,
        environment_words(token.scope),
        branch_words(token.scope),
        "yes" if token.preview else "-",
        token.value.masked,
        age(changed, now),
    )
    return _row(token, cells, {5: _newest_first(changed)})


def _management_row(token: ManagementToken, now: datetime) -> Row:
    """Return the row, which tells by a word too that its token expires soon."""
    changed = token.updated_at or token.created_at
    cells = (
        token.name,
        access_words(token),
        branch_words(token.scope),
        expiry(token.expires_on, now),
        age(token.created_at, now),
        age(changed, now),
    )
    end = token.expires_on.timestamp() if token.expires_on else float("inf")
    sort_keys = {3: end, 4: _newest_first(token.created_at), 5: _newest_first(changed)}
    row = _row(token, cells, sort_keys)
    return replace(row, style="warn") if is_ending(token.expires_on, now) else row


def _row(token: Token, cells: Sequence[str], special: Mapping[int, SortKey]) -> Row:
    """Return a row that is sorted by its cells, but for those of `special` columns."""
    keys = [special.get(place, cell.casefold()) for place, cell in enumerate(cells)]
    return Row(token.uid, tuple(map(visible, cells)), tuple(keys))


def _newest_first(moment: datetime | None) -> float:
    return -moment.timestamp() if moment else float("inf")
