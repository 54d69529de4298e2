"""Snapshots as words, facts, rows and columns; no widget is touched here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

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
"""Returns the key that a command has now, by the command's id."""

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


def header_parts(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """Return the two ends of the header: where we are, and who we are."""
    if snapshot.stack is None or snapshot.region is None:
        return ["Tokendeck"], []
    place = "demo, forgotten at exit" if snapshot.demo else snapshot.region.name
    left = [snapshot.stack.name, place, f"{snapshot.stack.api_key[:6]}••"]
    if snapshot.read_only:
        left.append("read-only")
    who = [snapshot.user.email if snapshot.user else "", snapshot.permissions.label]
    return left, [word for word in who if word]


def count_words(listing: Listing[Any], hints: int = 0) -> str:
    """Return what stands beside a tab's name, such as "7 !2".

    These are 7 tokens with 2 warnings. "7+" says that there are more, "?1" that one is
    not understood, and "–" that the role may not see them.
    """
    if not listing.read:
        return "–" if listing.refused else ""
    more = "+" if listing.cut else ""
    parts = [f"{len(listing.rows)}{more}"]
    if listing.odd:
        parts.append(f"?{len(listing.odd)}")
    if hints:
        parts.append(f"!{hints}")
    return " ".join(parts)


def branch_words(scope: Scope) -> str:
    """Return a scope's branches and aliases: "main, dev", "alias release"."""
    branches = ["all branches" if name == "$all" else name for name in scope.branches]
    aliases = [
        "all aliases" if name == "$all" else f"alias {name}" for name in scope.aliases
    ]
    modules = [f"{name} (in modules)" for name in scope.within_modules]
    return ", ".join(branches + aliases or modules) or "-"


def unnamed_words(scope: Scope | None) -> str:
    """Say that a scope names no branch or alias itself; "" where it does."""
    if scope is None or scope.branches or scope.aliases:
        return ""
    own = "This token names no branch or alias."
    if limits := ", ".join(scope.within_modules):
        own = f"Its modules are limited to {limits}."
    return f"{own} To keep that, leave all unmarked."


def environment_words(scope: Scope) -> str:
    """Return a scope's environments, or "none".

    "not named" stands for a scope that has the module without naming an environment.
    """
    if scope.environments:
        return ", ".join(scope.environments)
    named = any(item.get("module") == "environment" for item in scope.items)
    return "not named" if named else "none"


def odd_row(row: Odd) -> Row:
    """Return the row, in either table, of what was not understood."""
    cells = (visible(row.title), "?", "not understood", "-", "-", "-")
    return Row(row.key, cells, (row.title.casefold(), *[None] * 5), "dim")


def token_row(token: Token | Odd, now: datetime) -> Row:
    """Return a token as a row of its table."""
    if isinstance(token, Odd):
        return odd_row(token)
    if isinstance(token, DeliveryToken):
        return _delivery_row(token, now)
    return _management_row(token, now)


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


def token_facts(
    token: Token | None,
    snapshot: Snapshot,
    now: datetime,
    key: Key,
    *,
    revealed: bool,
    brief: bool = False,
) -> list[Fact]:
    """Return the details of a token.

    Args:
        token: The token, or None for no details.
        snapshot: The stack that it belongs to.
        now: The present moment, for ages.
        key: The keys of commands.
        revealed: Whether values are shown in full; otherwise they are masked.
        brief: Whether the details stand beside the list, where each cell that differs
            from token to token costs bytes.
    """
    if token is None:
        return []
    # There is always a description, so that from one token to the next the details
    # keep their height and their labels.
    described = token.description if token.description.strip() else "No description."
    if isinstance(token, DeliveryToken):
        kind_facts = _delivery_facts(token, key, revealed=revealed, brief=brief)
        with_update = not brief
    else:
        kind_facts = _management_facts(token, now)
        with_update = True
    history = _history(token, snapshot, now, with_update=with_update)
    return [
        Fact("", described),
        *kind_facts,
        Fact("Created", history),
        Fact("Use with", _use_words(snapshot), copy_hint(key, "copy_api_key")),
    ]


def _delivery_facts(
    token: DeliveryToken, key: Key, *, revealed: bool, brief: bool
) -> list[Fact]:
    environments = environment_words(token.scope)
    return [
        Fact("Scope", f"environment {environments} · {scope_words(token.scope)}"),
        *rights_facts(token),
        *value_facts(token, key, revealed=revealed, brief=brief),
    ]


def _management_facts(token: ManagementToken, now: datetime) -> list[Fact]:
    ends = expiry(token.expires_on, now)
    if token.expires_on:
        ends += f", {token.expires_on:%H:%M} UTC"
    if token.email_notice:
        ends += " · e-mail 7 days before"
    return [
        Fact("Scope", f"{access_in_full(token)} · {scope_words(token.scope)}"),
        *rights_facts(token),
        Fact("Expires", ends),
        *_rate_limits(token),
        Fact("Value", "shown by Contentstack only once, when it was made"),
    ]


def _history(
    token: Token, snapshot: Snapshot, now: datetime, *, with_update: bool
) -> str:
    creator = snapshot.maker(token.created_by)
    created = f"{day_and_time(token.created_at)} by {creator}"
    if not with_update or token.updated_at in (None, token.created_at):
        return created
    return f"{created} · updated {ago(token.updated_at, now)}"


def _use_words(snapshot: Snapshot) -> str:
    words = "API key unknown"
    if snapshot.stack:
        words = f"API key {snapshot.stack.api_key[:7]}…"
    if snapshot.region:
        words += f", region {snapshot.region.name}"
    return words


def odd_facts(row: Odd, key: Key) -> list[Fact]:
    """Return the details of a row that was not understood."""
    told = (
        "Contentstack's answer has this row in a form that Tokendeck doesn't "
        "understand. It is shown, and otherwise left alone."
    )
    copied = copy_hint(key, "copy_uid") if row.uid else ""
    return [
        Fact("", told),
        Fact("Reason", row.reason),
        Fact("Place", row.place),
        Fact("Uid", row.uid or "none", copied),
    ]


def value_facts(
    token: Token, key: Key, *, revealed: bool, brief: bool = False
) -> list[Fact]:
    """Return the values that are known of a token, each with the key that copies it."""

    def shown(secret: Secret | None) -> str:
        if secret is None:
            return "none"
        if revealed:
            return secret.reveal()
        if brief:
            return secret.masked
        return f"{secret.masked} · fingerprint {secret.fingerprint}"

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
    """Return what stands beside a value: "c copy"."""
    return f"{key(command_id)} copy"


def plan_facts(plan: Plan, snapshot: Snapshot) -> list[Fact]:
    """Return what a plan will create, word for word; the names come first."""
    requests = plan.requests(has_branches=snapshot.has_branches)
    facts: list[Fact] = []
    for name, request in zip(plan.token_names(), requests, strict=True):
        label = " " if facts else "Name"
        environments = environment_words(request.scope)
        facts.append(Fact(label, f"{name} · environment {environments}"))
    return [
        *facts,
        Fact("Description", plan.description or "none"),
        Fact("Scope", scope_words(requests[0].scope)),
        *rights_facts(requests[0]),
    ]


def api_key_facts(snapshot: Snapshot, key: Key) -> list[Fact]:
    """Return the stack's API key in full, or nothing where no stack is known."""
    if snapshot.stack is None:
        return []
    hint = copy_hint(key, "copy_api_key")
    return [Fact("API key", snapshot.stack.api_key, hint)]


def use_facts(token: DeliveryToken, snapshot: Snapshot, key: Key) -> list[Fact]:
    """Return what a new token is used with: API key, environment, region and hosts."""
    environments = environment_words(token.scope)
    if token.scope.environments:
        only = "alone: this token reads no other environment's content"
        environments = f"{environments} {only}"
    facts = [
        *api_key_facts(snapshot, key),
        Fact("Environment", environments),
        Fact("Scope", scope_words(token.scope)),
    ]
    if region := snapshot.region:
        delivery = host_of(region.cda) or "none"
        preview = host_of(region.preview) or "none"
        hosts = f"delivery {delivery} · preview {preview}"
        facts += [Fact("Region", region.name), Fact("Hosts", hosts)]
    return facts


def wait_words(snapshot: Snapshot, leave: str) -> str:
    """Say that Contentstack asked for a pause, and that the key `leave` ends it."""
    return f"Contentstack asks to wait {snapshot.waiting:.0f} s; {leave} stops waiting."


def status_words(
    snapshot: Snapshot, listing: Listing[Any], shown: int, leave: str, marked: int = 0
) -> str:
    """Return the status: "7 tokens · 2 marked · read 14:22:08 UTC"."""
    if snapshot.waiting:
        return wait_words(snapshot, leave)
    if snapshot.reading:
        return f"Reading {_and(snapshot.reading)} …"
    if not listing.read:
        return ""
    words = _shown_words(shown, len(listing.rows))
    if listing.odd:
        words += f", {len(listing.odd)} not understood"
    if listing.cut:
        words += f" ({listing.cut})"
    if marked:
        words += f" · {marked} marked"
    if snapshot.read_at:
        words += f" · read {snapshot.read_at:%H:%M:%S} UTC"
    return words


def _shown_words(shown: int, total: int) -> str:
    if shown != total:
        return f"{shown} of {total} tokens"
    return f"{total} token" if total == 1 else f"{total} tokens"


def _newest_first(moment: datetime | None) -> float:
    return -moment.timestamp() if moment else float("inf")


def scope_words(scope: Scope) -> str:
    """Return branches and aliases as a sentence has them: "branch main"."""
    words = branch_words(scope)
    if words == "-":
        return "no branches"
    if words.startswith(("alias", "all ")):
        return words
    named = scope.branches or scope.within_modules
    return f"branch {words}" if len(named) == 1 else f"branches {words}"


def _rate_limits(token: ManagementToken) -> list[Fact]:
    """Return what the server says of rate limits, under its own names for them."""
    given = {
        name: value
        for name, value in token.extra.items()
        if name.startswith("rate_limit") and value
    }
    if not given or token.extra.get("rate_limit_enabled") is False:
        return []
    words: list[str] = []
    for name, value in given.items():
        parts = {name.removeprefix("rate_limit_"): value}
        if isinstance(value, dict):
            parts = value
        words += [f"{key} {part}" for key, part in parts.items() if part is not True]
    return [Fact("Rate limit", ", ".join(words) or "one of its own")]


def _and(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
