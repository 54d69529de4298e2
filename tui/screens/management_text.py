"""Management tokens in the making, in words. Pure: no widget is touched here."""

from __future__ import annotations

from datetime import datetime

from tui.contentstack.models import ManagementToken, ManagementTokenRequest
from tui.contentstack.regions import host_of
from tui.screens.presentation import Key, api_key_facts, scope_words
from tui.screens.rights import access_in_full, rights_facts
from tui.widgets.facts_card import Fact
from tui.workspace.ages import age, day_and_hour, day_of
from tui.workspace.comparison import moment_of
from tui.workspace.creation import FULL, Created
from tui.workspace.plan import NOTICE, Plan
from tui.workspace.snapshot import Listing, Snapshot


def new_facts(plan: Plan, snapshot: Snapshot, now: datetime) -> list[Fact]:
    """What a plan will make, word for word."""
    draft = plan.management_request(has_branches=snapshot.has_branches)
    return [
        Fact("Name", draft.name),
        Fact("Description", draft.description or "none"),
        *_reach(draft, now),
    ]


def _reach(
    token: ManagementToken | ManagementTokenRequest, now: datetime
) -> list[Fact]:
    scope = f"{access_in_full(token)} · {scope_words(token.scope)}"
    return [
        Fact("Scope", scope),
        *rights_facts(token),
        Fact("Expires", _expiry_words(token, now)),
    ]


def _expiry_words(
    token: ManagementToken | ManagementTokenRequest, now: datetime
) -> str:
    """When a token ends, and whether and when Contentstack writes before."""
    moment = moment_of(token.expires_on)
    if moment is None:
        return "never"
    words = f"{day_and_hour(moment)}, in {age(now, moment)}"
    if not token.email_notice:
        return f"{words} · no e-mail before"
    if moment - NOTICE <= now:
        return f"{words} · the day for an e-mail, 7 days before, is over"
    return f"{words} · e-mail 7 days before, on {day_of(moment - NOTICE)}"


def risk_fact(oldest: ManagementToken, listing: Listing[ManagementToken]) -> Fact:
    """That one more token may end the oldest."""
    odd = len(listing.odd)
    older = f" ({odd} not understood may be older)" if odd else ""
    which = f"{oldest.name}, the oldest of {len(listing.items) + odd}{older}"
    return Fact(
        "May end",
        f"{which}: by the API reference, one beyond {FULL} silently ends it (guides: beyond 30).",
    )


def use_facts(
    token: ManagementToken, snapshot: Snapshot, now: datetime, key: Key
) -> list[Fact]:
    """What a new management token is used with."""
    facts = [*api_key_facts(snapshot, key), *_reach(token, now)]
    if snapshot.region:
        facts.append(
            Fact(
                "Region",
                f"{snapshot.region.name} · management {host_of(snapshot.region.cma)}",
            )
        )
    return facts


def gone_words(made: Created) -> str:
    """Which older tokens ended for the new one; empty where none did."""
    names = ", ".join(token.name for token in made.gone)
    return (
        f"Gone from the stack since, as far as the list shows: {names}."
        if names
        else ""
    )


def lost_words(made: Created, key: Key) -> str:
    """That the value was lost with the answer, and what to do about it."""
    lost = f"{made.tokens[0].name} was made, and its value was lost with the answer: nobody has it."
    return f"{lost} {_ways_out(key, 'it')} {gone_words(made)}".strip()


def uncollected_words(names: list[str], key: Key) -> str:
    """Whose values were never taken, and what to do about it."""
    which, it = " and ".join(names), "it" if len(names) == 1 else "them"
    never = f"The value of {which} was never copied or handed out, and Contentstack does not show it again."
    return f"{never} {_ways_out(key, it)}"


def _ways_out(key: Key, it: str) -> str:
    return f"{key('rotate')} rotates {it}, {key('delete')} deletes {it}."
