"""What creating or editing tokens will do, and what came of it."""

from __future__ import annotations

from tui.contentstack.models import (
    DeliveryToken,
    ManagementToken,
    ManagementTokenRequest,
    Token,
)
from tui.contentstack.regions import host_of
from tui.messages.rights import rights_words
from tui.messages.scopes import environment_words, scope_words
from tui.screens.messages.details import Key, api_key_facts
from tui.screens.messages.rights import rights_facts
from tui.widgets.facts_card import Fact
from tui.workspace.ages import day_and_hour
from tui.workspace.comparison import Version, deviations, differences, moment_of
from tui.workspace.creation import Created
from tui.workspace.plan import Plan
from tui.workspace.snapshot import Snapshot


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
        words["expiry"] = day_and_hour(moment) if moment else "never"
        words["e-mail notice"] = "on" if version.email_notice else "off"
    return words[field] or "none"


def failure_words(created: Created[Token], key: str) -> str:
    """Say what of a batch was not created, and why; `key` goes on with it."""
    if created.failed is None:
        return ""
    words = f"Not made: {created.failed.name}. {created.error}"
    if created.untried:
        rest = ", ".join(request.name for request in created.untried)
        words += f" Not tried after that: {rest}."
    return f"{words} {key} goes on with them."


def saved_words(saved: Token, request: Version) -> str:
    """Say what came of saving."""
    fields = ", ".join(deviations(saved, request))
    if not fields:
        return f"Saved {saved.name}."
    but = f"but Contentstack has something else than was asked in {fields}"
    return f"Saved {saved.name}, {but}."


def preview_words(token: DeliveryToken, key: str) -> str:
    """Say what came of asking for a preview token; `key` copies it."""
    if token.preview is None:
        return f"Contentstack answered, and {token.name} still has no preview token."
    return f"{token.name} has a preview token now; {key} copies it."
