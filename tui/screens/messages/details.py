"""The details of a token: labelled facts, with the keys that copy values."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from tui.contentstack.models import DeliveryToken, ManagementToken, Odd, Token
from tui.messages.ages import ago, day_and_time, expiry, until
from tui.messages.names import short_uid, user_name
from tui.messages.rights import access_in_full
from tui.messages.scopes import environment_words, scope_words
from tui.screens.messages.production import with_production
from tui.screens.messages.rights import rights_facts
from tui.secret import Secret
from tui.widgets.facts_card import Fact
from tui.workspace.gone import gone_from
from tui.workspace.snapshot import Snapshot

Key = Callable[[str], str]
"""Returns the key that a command has now, by the command's id."""


def token_facts(
    token: Token | None,
    snapshot: Snapshot,
    now: datetime,
    key: Key,
    *,
    revealed: bool,
    brief: bool = False,
    production: Collection[str] = (),
) -> list[Fact]:
    """Return the details of a token.

    Args:
        token: The token, or None for no details.
        snapshot: The stack that it belongs to.
        now: The current time, for ages.
        key: The keys of commands.
        revealed: Whether values are shown in full; otherwise they are masked.
        brief: Whether the details are beside the list, where each cell that changes
            from token to token costs bytes.
        production: The environments that the user calls production.
    """
    if token is None:
        return []
    # Always show a description, so that the details keep their height and labels from
    # one token to the next.
    described = token.description if token.description.strip() else "No description."
    is_gone = gone_from(snapshot)
    if isinstance(token, DeliveryToken):
        reach = environment_words(token.scope, is_gone)
        kind_facts = [
            Fact("Scope", f"environment {reach} · {scope_words(token.scope, is_gone)}"),
            *rights_facts(token),
            *value_facts(token, key, revealed=revealed, brief=brief),
        ]
        with_update = not brief
    else:
        kind_facts = _management_facts(token, now, scope_words(token.scope, is_gone))
        with_update = True
    history = _history(token, snapshot, now, with_update=with_update)
    return [
        Fact("", described),
        with_production(kind_facts[0], token.scope.environments, production),
        *kind_facts[1:],
        Fact("Created", history),
        Fact("Use with", _use_words(snapshot), copy_hint(key, "copy_api_key")),
    ]


def _management_facts(token: ManagementToken, now: datetime, reach: str) -> list[Fact]:
    ends = expiry(token.expires_on, now)
    if token.expires_on:
        ends = day_and_time(token.expires_on)
        over = token.expires_on <= now
        ends = f"expired {ends}" if over else f"{ends} ({until(token.expires_on, now)})"
    if token.email_notice:
        ends += " · e-mail 7 days before"
    return [
        Fact("Scope", f"{access_in_full(token)} · {reach}"),
        *rights_facts(token),
        Fact("Expires", ends),
        *_rate_limits(token),
        Fact("Value", "Contentstack showed it only once, when it was created."),
    ]


def _rate_limits(token: ManagementToken) -> list[Fact]:
    """Return what the server says about rate limits, under its own names for them."""
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
    return [Fact("Rate limit", ", ".join(words) or "set")]


def _history(
    token: Token, snapshot: Snapshot, now: datetime, *, with_update: bool
) -> str:
    creator = user_name(token.created_by, snapshot)
    created = f"{day_and_time(token.created_at)} by {creator}"
    if not with_update or token.updated_at in (None, token.created_at):
        return created
    return f"{created} · updated {ago(token.updated_at, now)}"


def _use_words(snapshot: Snapshot) -> str:
    words = "API key unknown"
    if snapshot.stack:
        words = f"API key {short_uid(snapshot.stack.api_key)}"
    if snapshot.region:
        words += f", region {snapshot.region.name}"
    return words


def odd_facts(row: Odd, key: Key) -> list[Fact]:
    """Return the details of a row that wasn't understood."""
    told = "Tokendeck doesn't understand this row, so it only shows it."
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
    """Return the known values of a token, each with the key that copies it."""

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
    create = "" if brief else f"{key('create_preview')} create"
    copied_preview = copy_hint(key, "copy_preview") if token.preview else create
    return [
        Fact("Delivery", shown(token.value), copied),
        Fact("Preview", shown(token.preview), copied_preview),
    ]


def api_key_facts(snapshot: Snapshot, key: Key) -> list[Fact]:
    """Return the stack's API key in full, or nothing if no stack is known."""
    if snapshot.stack is None:
        return []
    hint = copy_hint(key, "copy_api_key")
    return [Fact("API key", snapshot.stack.api_key, hint)]


def copy_hint(key: Key, command_id: str) -> str:
    """Return the hint beside a value: "c copy"."""
    return f"{key(command_id)} copy"
