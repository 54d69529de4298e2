"""Words for creating management tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui.contentstack.models import ManagementToken, ManagementTokenRequest, Token
from tui.contentstack.regions import host_of
from tui.display import shortened
from tui.messages.ages import day_and_time, day_of, until
from tui.messages.rights import access_in_full
from tui.messages.scopes import scope_words
from tui.screens.messages.details import Key, api_key_facts
from tui.screens.messages.rights import rights_facts
from tui.widgets.facts_card import Fact
from tui.workspace.comparison import moment_of
from tui.workspace.creation import FULL, Created
from tui.workspace.plan import NOTICE, Plan
from tui.workspace.snapshot import Listing, Snapshot


def new_facts(plan: Plan, snapshot: Snapshot, now: datetime) -> list[Fact]:
    """Return exactly what a plan will create."""
    request = plan.management_request(has_branches=snapshot.has_branches)
    return [
        Fact("Name", request.name),
        Fact("Description", request.description or "none"),
        *_scope_facts(request, now),
    ]


def _scope_facts(
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
    """Say when a token expires, and when Contentstack sends an e-mail before that."""
    moment = moment_of(token.expires_on)
    if moment is None:
        return "never"
    words = f"{day_and_time(moment)} ({until(moment, now)})"
    if not token.email_notice:
        return f"{words} · no e-mail notice"
    if moment - NOTICE <= now:
        return f"{words} · too late for the e-mail 7 days before"
    return f"{words} · e-mail 7 days before, on {day_of(moment - NOTICE)}"


def risk_fact(oldest: ManagementToken, listing: Listing[ManagementToken]) -> Fact:
    """Say that one more token may delete the oldest."""
    odd = len(listing.odd)
    which = f"{shortened(oldest.name)}, the oldest of {len(listing.items) + odd}"
    if odd:
        which += f" ({odd} not understood may be older)"
    rule = f"Beyond {FULL} tokens, Contentstack silently deletes it (guides say 30)."
    return Fact("At risk", f"{which}. {rule}")


def management_use_facts(
    token: ManagementToken, snapshot: Snapshot, now: datetime, key: Key
) -> list[Fact]:
    """Return what a new management token is used with."""
    facts = [*api_key_facts(snapshot, key), *_scope_facts(token, now)]
    if region := snapshot.region:
        words = f"{region.name} · management {host_of(region.cma)}"
        facts.append(Fact("Region", words))
    return facts


def gone_words(created: Created[Token]) -> str:
    """Say which older tokens were deleted for the new one; "" if none was."""
    if not created.gone:
        return ""
    names = ", ".join(shortened(token.name) for token in created.gone)
    return f"No longer in the stack, as far as the list shows: {names}."


def lost_words(created: Created[Token], key: Key) -> str:
    """Say that the value was lost because the answer was, and what to do about it."""
    lost = (
        f"Created {shortened(created.tokens[0].name)}, but the connection broke and "
        "its value is lost."
    )
    return f"{lost} {_ways_out(key, 'it')} {gone_words(created)}".strip()


def uncollected_words(names: list[str], key: Key) -> str:
    """Say whose values were never copied or exported, and what to do about it."""
    which = " and ".join(map(shortened, names))
    it = "it" if len(names) == 1 else "them"
    never = (
        f"You never copied the value of {which}, and Contentstack won't show it again."
    )
    return f"{never} {_ways_out(key, it)}"


def left_words(tokens: Sequence[Token], key: Key) -> str:
    """Say what can be done about new tokens whose values were not copied."""
    names = [token.name for token in tokens]
    if tokens[0].kind == "management":
        return uncollected_words(names, key)
    later = f"You can copy it from the list any time ({key('copy')})."
    return f"Not copied: {', '.join(map(shortened, names))}. {later}"


def _ways_out(key: Key, it: str) -> str:
    return f"Rotate {it} ({key('rotate')}) or delete {it} ({key('delete')})."
