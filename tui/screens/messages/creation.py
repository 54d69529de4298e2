"""What creating or editing tokens will do, and the outcome."""

from __future__ import annotations

from collections.abc import Collection

from tui.contentstack.models import (
    DeliveryToken,
    ManagementToken,
    ManagementTokenRequest,
    Token,
)
from tui.contentstack.regions import host_of
from tui.display import shortened
from tui.messages.ages import day_and_time
from tui.messages.rights import rights_words
from tui.messages.scopes import environment_words, scope_words
from tui.screens.messages.details import Key, api_key_facts
from tui.screens.messages.production import with_production
from tui.screens.messages.rights import rights_facts
from tui.widgets.facts_card import Fact
from tui.widgets.status_line import Tone
from tui.workspace.comparison import Version, deviations, differences, moment_of
from tui.workspace.creation import Created
from tui.workspace.plan import Plan
from tui.workspace.snapshot import Snapshot


def plan_facts(
    plan: Plan, snapshot: Snapshot, production: Collection[str] = ()
) -> list[Fact]:
    """Return exactly what a plan will create, names first."""
    requests = plan.requests(has_branches=snapshot.has_branches)
    facts: list[Fact] = []
    for name, request in zip(plan.token_names(), requests, strict=True):
        label = " " if facts else "Name"
        environments = environment_words(request.scope)
        fact = Fact(label, f"{name} · environment {environments}")
        facts.append(with_production(fact, request.scope.environments, production))
    return [
        *facts,
        Fact("Description", plan.description or "none"),
        Fact("Scope", scope_words(requests[0].scope)),
        *rights_facts(requests[0]),
    ]


def delivery_use_facts(
    token: DeliveryToken,
    snapshot: Snapshot,
    key: Key,
    production: Collection[str] = (),
) -> list[Fact]:
    """Return what a new token is used with: API key, environment, region and hosts."""
    environments = environment_words(token.scope)
    if token.scope.environments:
        environments = f"{environments}. The token can't read any other."
    facts = [
        *api_key_facts(snapshot, key),
        with_production(
            Fact("Environment", environments), token.scope.environments, production
        ),
        Fact("Scope", scope_words(token.scope)),
    ]
    if region := snapshot.region:
        delivery = host_of(region.cda) or "none"
        preview = host_of(region.preview) or "none"
        hosts = f"delivery {delivery} · preview {preview}"
        facts += [Fact("Region", region.name), Fact("Hosts", hosts)]
    return facts


def change_facts(seen: Version, request: Version) -> list[Fact]:
    """Return a fact for each field that saving would change: "main -> main, dev"."""
    facts = []
    for field in differences(seen, request):
        before, after = _field_words(seen, field), _field_words(request, field)
        facts.append(Fact(field.capitalize(), f"{before} -> {after}"))
    return facts


def _field_words(version: Version, field: str) -> str:
    scope = version.scope
    words = {
        "name": version.name,
        "description": version.description,
        "environments": ", ".join(scope.environments),
        "branches": ", ".join(scope.branches),
        "aliases": ", ".join(scope.aliases),
        "access": rights_words(version),
    }
    if isinstance(version, ManagementToken | ManagementTokenRequest):
        moment = moment_of(version.expires_on)
        words["expiry"] = day_and_time(moment) if moment else "never"
        words["e-mail notice"] = "on" if version.email_notice else "off"
    return words[field] or "none"


def failure_words(created: Created[Token], key: str) -> str:
    """Say what part of a batch wasn't created, and why; `key` continues with it."""
    if created.failed is None:
        return ""
    words = f"Not created: {shortened(created.failed.name)}. {created.error}"
    if created.untried:
        rest = ", ".join(shortened(request.name) for request in created.untried)
        words += f" Not tried: {rest}."
    return f"{words} Press {key} to continue with them."


def saved_words(saved: Token, request: Version) -> tuple[str, Tone]:
    """Return the outcome of saving, and the tone to say it in."""
    fields, name = ", ".join(deviations(saved, request)), shortened(saved.name)
    if not fields:
        return f"Saved {name}.", "good"
    return (
        f"Saved {name}, but with a different {fields} than you asked for.",
        "warn",
    )


def preview_words(token: DeliveryToken, key: str) -> str:
    """Return the outcome of creating a preview token; `key` copies it."""
    name = shortened(token.name)
    if token.preview is None:
        return f"{name} still has no preview token. Your plan may not include it."
    return f"Created the preview token of {name}. {key} copies it."
