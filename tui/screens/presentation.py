"""Snapshots in words and columns. Pure: no widget is touched here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from tui.contentstack.models import DeliveryToken, ManagementToken, Odd, Token
from tui.contentstack.regions import host_of
from tui.contentstack.scope import Scope
from tui.display import visible
from tui.screens.rights import access_in_full, access_words, rights_facts
from tui.secret import Secret
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact
from tui.widgets.table_model import Row, SortKey
from tui.workspace.ages import age, ago, day_and_time, expiry, is_ending
from tui.workspace.plan import Plan
from tui.workspace.snapshot import Listing, Snapshot

Key = Callable[[str], str]
"""Tells the key of a command, by its id, as it is bound now."""

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
    """The columns of a table.

    ACCESS is as wide as its words, which most stacks have short.
    """
    if kind == "delivery":
        return DELIVERY_COLUMNS
    managing = (token for token in tokens if isinstance(token, ManagementToken))
    width = max((len(access_words(token)) for token in managing), default=0)
    return tuple(
        replace(column, width=max(10, width)) if column.key == "access" else column
        for column in MANAGEMENT_COLUMNS
    )


def header_parts(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """The two ends of the header: where we are, and who."""
    if snapshot.stack is None or snapshot.region is None:
        return ["Tokendeck"], []
    place = "demo, forgotten at exit" if snapshot.demo else snapshot.region.name
    left = [snapshot.stack.name, place, f"{snapshot.stack.api_key[:6]}••"]
    if snapshot.read_only:
        left.append("read-only")
    who = [snapshot.user.email if snapshot.user else "", snapshot.permissions.label]
    return left, [word for word in who if word]


def count_words(listing: Listing[Any], hints: int = 0) -> str:
    """What stands beside a tab's name: "7 !2", tokens and hints.

    "–" where it may not be seen; or nothing.

    "7+" says that there are more, and "?1" that one of them is not understood.
    """
    if listing.read:
        count = f"{len(listing.rows)}{'+' if listing.cut else ''}"
        marks = [f"?{len(listing.odd)}"] if listing.odd else []
        marks += [f"!{hints}"] if hints else []
        return " ".join([count, *marks])
    return "–" if listing.refused else ""


def branch_words(scope: Scope) -> str:
    """Branches and aliases of a scope: "main, dev", "alias release", "all branches"."""
    branches = ["all branches" if name == "$all" else name for name in scope.branches]
    aliases = [
        "all aliases" if name == "$all" else f"alias {name}" for name in scope.aliases
    ]
    modules = [f"{name} (in modules)" for name in scope.within_modules]
    return ", ".join(branches + aliases or modules) or "-"


def unnamed_words(scope: Scope | None) -> str:
    """That a scope names no branches or aliases itself.

    Empty where it does, and for none.
    """
    if scope is None or scope.branches or scope.aliases:
        return ""
    limits = ", ".join(scope.within_modules)
    own = (
        f"Its modules are limited to {limits}."
        if limits
        else "This token names no branch or alias."
    )
    return f"{own} To keep that, leave all unmarked."


def environment_words(scope: Scope) -> str:
    """The environments of a delivery token's scope.

    "none", or "not named" where it has the module alone.
    """
    if scope.environments:
        return ", ".join(scope.environments)
    named = any(item.get("module") == "environment" for item in scope.items)
    return "not named" if named else "none"


def odd_row(row: Odd) -> Row:
    """A row that was not understood, in either table."""
    cells = (visible(row.title), "?", "not understood", "-", "-", "-")
    return Row(row.key, cells, (row.title.casefold(), *[None] * 5), "dim")


def token_row(token: Token | Odd, now: datetime) -> Row:
    """A token as a row of its table.

    One that ends soon or has ended says so in a word.
    """
    if isinstance(token, Odd):
        return odd_row(token)
    changed, branches = token.updated_at or token.created_at, branch_words(token.scope)
    ended: Literal["normal", "warn"] = "normal"
    if isinstance(token, DeliveryToken):
        environments = environment_words(token.scope)
        preview, masked = "yes" if token.preview else "-", token.value.masked
        cells = (token.name, environments, branches, preview, masked, age(changed, now))
        sorts = {5: _newest_first(changed)}
    else:
        ends, made = expiry(token.expires_on, now), age(token.created_at, now)
        cells = (
            token.name,
            access_words(token),
            branches,
            ends,
            made,
            age(changed, now),
        )
        end = token.expires_on.timestamp() if token.expires_on else float("inf")
        sorts = {3: end, 4: _newest_first(token.created_at), 5: _newest_first(changed)}
        ended = "warn" if is_ending(token.expires_on, now) else "normal"
    keys: list[SortKey] = [
        sorts.get(place, cell.casefold()) for place, cell in enumerate(cells)
    ]
    return Row(token.uid, tuple(map(visible, cells)), tuple(keys), ended)


def token_rows(
    tokens: Sequence[Token | Odd], now: datetime
) -> tuple[list[str], Callable[[int], Row]]:
    """Tokens as rows, for `RowList.set_lazy_rows`.

    First those that have ended or soon will, by their day.
    """
    managing = (token for token in tokens if isinstance(token, ManagementToken))
    ending = [token for token in managing if is_ending(token.expires_on, now)]
    ending.sort(key=attrgetter("expires_on"))
    first = {token.uid for token in ending}
    others = (row for row in tokens if isinstance(row, Odd) or row.uid not in first)
    ordered = [*ending, *others] if ending else tokens
    keys = [row.key if isinstance(row, Odd) else row.uid for row in ordered]
    return keys, lambda index: token_row(ordered[index], now)


def token_facts(
    token: Token | None,
    snapshot: Snapshot,
    now: datetime,
    key: Key,
    *,
    revealed: bool,
    brief: bool = False,
) -> list[Fact]:
    """The card of a token; values masked unless `revealed`.

    `key` tells that of a command.

    The `brief` one stands beside the list, where each cell that differs from token to
    token costs bytes.
    """
    if token is None:
        return []
    # Always a line, so that from one token to the next the card keeps its height and
    # its labels.
    facts = [
        Fact("", token.description if token.description.strip() else "No description.")
    ]
    made = f"{day_and_time(token.created_at)} by {snapshot.maker(token.created_by)}"
    changed = f"{made} · updated {ago(token.updated_at, now)}"
    history = made if token.updated_at in (None, token.created_at) else changed
    if isinstance(token, DeliveryToken):
        environments = environment_words(token.scope)
        facts.append(
            Fact("Scope", f"environment {environments} · {scope_words(token.scope)}")
        )
        facts += rights_facts(token)
        facts += value_facts(token, key, revealed=revealed, brief=brief)
        history = made if brief else history
    else:
        ends = expiry(token.expires_on, now)
        ends += f", {token.expires_on:%H:%M} UTC" if token.expires_on else ""
        notice = " · e-mail 7 days before" if token.email_notice else ""
        facts += [
            Fact("Scope", f"{access_in_full(token)} · {scope_words(token.scope)}"),
            *rights_facts(token),
            Fact("Expires", ends + notice),
            *_rate_limits(token),
            Fact("Value", "shown by Contentstack only once, when it was made"),
        ]
    used = (
        f"API key {snapshot.stack.api_key[:7]}…"
        if snapshot.stack
        else "API key unknown"
    )
    used += f", region {snapshot.region.name}" if snapshot.region else ""
    return [
        *facts,
        Fact("Created", history),
        Fact("Use with", used, copy_hint(key, "copy_api_key")),
    ]


def odd_facts(row: Odd, key: Key) -> list[Fact]:
    """The card of a row that was not understood."""
    told = "Contentstack's answer has this row in a form that Tokendeck doesn't understand."
    copied = copy_hint(key, "copy_uid") if row.uid else ""
    return [
        Fact("", f"{told} It is shown, and otherwise left alone."),
        Fact("Reason", row.reason),
        Fact("Place", row.place),
        Fact("Uid", row.uid or "none", copied),
    ]


def value_facts(
    token: Token, key: Key, *, revealed: bool, brief: bool = False
) -> list[Fact]:
    """The values that are known of a token, each with the key that copies it."""

    def shown(secret: Secret | None) -> str:
        if secret is None:
            return "none"
        if revealed:
            return secret.reveal()
        return (
            secret.masked
            if brief
            else f"{secret.masked} · fingerprint {secret.fingerprint}"
        )

    copied = copy_hint(key, "copy")
    if not isinstance(token, DeliveryToken):
        return [Fact("Value", shown(token.value), copied)] if token.value else []
    create = "" if brief else f"{key('make_preview')} create"
    copied_preview = copy_hint(key, "copy_preview") if token.preview else create
    return [
        Fact("Delivery", shown(token.value), copied),
        Fact("Preview", shown(token.preview), copied_preview),
    ]


def copy_hint(key: Key, command_id: str) -> str:
    """What stands beside a value: "c copy"."""
    return f"{key(command_id)} copy"


def plan_facts(plan: Plan, snapshot: Snapshot) -> list[Fact]:
    """What a plan will make, word for word; the names first."""
    names = plan.token_names()
    drafts = plan.requests(has_branches=snapshot.has_branches)
    made = [
        Fact(
            "Name" if number == 0 else " ",
            f"{name} · environment {environment_words(draft.scope)}",
        )
        for number, (name, draft) in enumerate(zip(names, drafts, strict=True))
    ]
    return [
        *made,
        Fact("Description", plan.description or "none"),
        Fact("Scope", scope_words(drafts[0].scope)),
        *rights_facts(drafts[0]),
    ]


def api_key_facts(snapshot: Snapshot, key: Key) -> list[Fact]:
    """The stack's API key in full, as far as the stack is known."""
    stack = snapshot.stack
    return (
        [Fact("API key", stack.api_key, copy_hint(key, "copy_api_key"))]
        if stack
        else []
    )


def use_facts(token: DeliveryToken, snapshot: Snapshot, key: Key) -> list[Fact]:
    """What a new token is used with: API key, environment, branch, region and hosts."""
    environments = ", ".join(token.scope.environments)
    alone = f"{environments} alone: this token reads no other environment's content"
    facts = [
        *api_key_facts(snapshot, key),
        Fact("Environment", alone if environments else environment_words(token.scope)),
        Fact("Scope", scope_words(token.scope)),
    ]
    if region := snapshot.region:
        hosts = f"delivery {host_of(region.cda) or 'none'} · preview {host_of(region.preview) or 'none'}"
        facts += [Fact("Region", region.name), Fact("Hosts", hosts)]
    return facts


def wait_words(snapshot: Snapshot, leave: str) -> str:
    """That Contentstack asked for a pause, and that the key `leave` ends it."""
    return f"Contentstack asks to wait {snapshot.waiting:.0f} s; {leave} stops waiting."


def status_words(
    snapshot: Snapshot, listing: Listing[Any], shown: int, leave: str, marked: int = 0
) -> str:
    """The quiet line under the card: "7 tokens · 2 marked · read 14:22:08 UTC"."""
    if snapshot.waiting:
        return wait_words(snapshot, leave)
    if snapshot.reading:
        return f"Reading {_and(snapshot.reading)} …"
    if not listing.read:
        return ""
    total = len(listing.rows)
    count = (
        f"{shown} of {total} tokens"
        if shown != total
        else f"{total} token{'' if total == 1 else 's'}"
    )
    count += f", {odd} not understood" if (odd := len(listing.odd)) else ""
    count += f" ({listing.cut})" if listing.cut else ""
    count = f"{count} · {marked} marked" if marked else count
    return (
        f"{count} · read {snapshot.read_at:%H:%M:%S} UTC" if snapshot.read_at else count
    )


def _newest_first(moment: datetime | None) -> float:
    return -moment.timestamp() if moment else float("inf")


def scope_words(scope: Scope) -> str:
    """Branches and aliases in a sentence: "branch main", "branches main, dev", "no branches"."""
    words = branch_words(scope)
    if words == "-":
        return "no branches"
    if words.startswith(("alias", "all ")):
        return words
    named = scope.branches or scope.within_modules
    return f"branch {words}" if len(named) == 1 else f"branches {words}"


def _rate_limits(token: ManagementToken) -> list[Fact]:
    """What the server says of rate limits, under the names that it has for them."""
    given = {
        name: value
        for name, value in token.extra.items()
        if name.startswith("rate_limit") and value
    }
    if not given or token.extra.get("rate_limit_enabled") is False:
        return []
    words: list[str] = []
    for name, value in given.items():
        parts = (
            value
            if isinstance(value, dict)
            else {name.removeprefix("rate_limit_"): value}
        )
        words += [f"{key} {part}" for key, part in parts.items() if part is not True]
    return [Fact("Rate limit", ", ".join(words) or "one of its own")]


def _and(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
