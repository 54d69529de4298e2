"""Sentences about which token a value belongs to."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime

from tui.contentstack.regions import REGIONS, host_of
from tui.leaks.identifying import Identity, Owner, StackTokens
from tui.leaks.known import KnownToken
from tui.messages.ages import ago, day_and_time, expiry
from tui.messages.leaks import count
from tui.messages.scopes import environment_words, scope_words

_MOST_MISSED = 5
_MOST_NAMED = 5


def owner_name(identity: Identity) -> str:
    """Name the token in a few words."""
    if owner := identity.owner:
        if owner.others:
            return f"one of {len(owner.others) + 1} management tokens"
        return owner.token.name
    if identity.former:
        return f"{identity.former.name} (earlier)"
    if identity.unnamed:
        return "a management token"
    if identity.thing:
        return f"{identity.thing} {identity.of}".strip()
    return "-"


def status_words(identity: Identity, now: datetime) -> str:
    """Say whether it works, if that's known."""
    owner = identity.owner
    if owner is None:
        if identity.former:
            return "dead: deleted" if _is_gone(identity) else "not known"
        if identity.thing:
            return "live" if identity.thing == "your authtoken" else "not a secret"
        return "live" if identity.unnamed else "not known"
    ends = owner.token.expires_on
    if ends is not None and ends <= now:
        return f"dead: expired {day_and_time(ends)}"
    if owner.evidence == "call":
        return f"live: {host_of(owner.stack.host)} accepts it"
    return "live: the stack has it"


def identity_words(identity: Identity) -> str:
    """Say what is known, in sentences; never "none" if something wasn't read."""
    if identity.owner:
        return _owner_words(identity.owner)
    if identity.former:
        return _former_words(identity.former, is_gone=_is_gone(identity))
    if unnamed := identity.unnamed:
        return f"This is a management token of {unnamed.name}. Its name isn't known."
    if identity.thing == "api key":
        return f"This is the API key of the stack {identity.of}. It isn't a secret."
    if identity.thing == "uid":
        return f"This is the uid of the token {identity.of}, not its value."
    if identity.thing:
        return "This is your own authtoken. `tokendeck logout` ends its session."
    return _nobody(identity)


def _former_words(former: KnownToken, *, is_gone: bool) -> str:
    gone = "That stack couldn't be read, so it may still work."
    if is_gone:
        gone = "The stack doesn't have it any more."
    return f"This was the {former.kind} token {former.name} of {former.stack}. {gone}"


def _owner_words(owner: Owner) -> str:
    stack = owner.stack.name
    if owner.others:
        names = ", ".join(each.name for each in (owner.token, *owner.others))
        return f"This is a management token of {stack}, one of these: {names}."
    kind = "preview token of" if owner.kind == "preview" else f"{owner.kind} token"
    known = {
        "value": "",
        "fingerprint": " Tokendeck had saved its fingerprint.",
        "call": " It's the stack's only one.",
    }
    return f"This is the {kind} {owner.token.name} of {stack}.{known[owner.evidence]}"


def _nobody(identity: Identity) -> str:
    parts = []
    if compared := _compared_words(identity):
        parts.append(compared)
    if unread := identity.unread:
        names = ", ".join(stack.name or stack.api_key for stack in unread[:5])
        missing = f"{count(len(unread), 'stack')} couldn't be read in full ({names})"
        parts.append(missing if compared else f"It isn't known: {missing}")
    parts += identity.missed[:_MOST_MISSED]
    said = "; ".join(parts) or "No stack was read"
    if identity.refused:
        hosts = _hosts(identity.refused)
        verb = "doesn't" if len(hosts) == 1 else "don't"
        said += f". {', '.join(hosts)} {verb} accept it as a management token"
    if identity.looks_like_uid:
        said += ". It looks like a uid, an API key or an authtoken"
    return f"{said}."


def _compared_words(identity: Identity) -> str:
    compared = identity.compared
    could = " that could be read" if identity.unread or identity.missed else ""
    if not compared:
        return ""
    if len(compared) == 1:
        return f"It isn't among the tokens of {compared[0].name}{could}"
    return f"It's in none of the {len(compared)} stacks{could}"


def proof_words(identity: Identity) -> str:
    """Say what a proof would send, and where to; empty if none would help."""
    stacks = identity.provable
    if not stacks:
        return ""
    return (
        "It may be a management token. To find out, --prove sends"
        f" {call_words(stacks)}."
    )


def call_words(stacks: tuple[StackTokens, ...]) -> str:
    """Say which requests a proof sends, and where to; empty for none."""
    if not stacks:
        return ""
    calls, hosts = count(len(stacks), "request"), ", ".join(_hosts(stacks))
    whose = "the" if len(stacks) == 1 else "each"
    return f"{calls} with the value and {whose} stack's API key to {hosts}"


def _hosts(stacks: Sequence[StackTokens]) -> list[str]:
    return sorted({host_of(stack.host) for stack in stacks})


def announced(stacks: tuple[StackTokens, ...]) -> str:
    """Say what is about to be sent, and which stacks are asked at which host."""
    asked: dict[str, list[str]] = {}
    for stack in stacks:
        asked.setdefault(host_of(stack.host), []).append(stack.name or stack.api_key)
    hosts = [f"{host} ({_listed(names)})" for host, names in sorted(asked.items())]
    calls = count(len(stacks), "request")
    return f"Sending the value to {', '.join(hosts)}: {calls}."


def _listed(names: Sequence[str]) -> str:
    """Return the names, or their number if there are many."""
    if len(names) > _MOST_NAMED:
        return count(len(names), "stack")
    return ", ".join(names)


def identity_lines(identity: Identity, now: datetime) -> list[tuple[str, str]]:
    """Return what is known of a value, each line with its label."""
    candidate = identity.candidate
    value = candidate.value
    lines = [("Value", f"{value.masked} · fingerprint {value.fingerprint}")]
    if candidate.name:
        lines.append(("Called", candidate.name))
    if owner := identity.owner:
        lines += _owner_lines(owner, now)
    lines.append(("Status", status_words(identity, now)))
    return lines


def _owner_lines(owner: Owner, now: datetime) -> list[tuple[str, str]]:
    stack, token = owner.stack, owner.token
    where = [
        ("Stack", f"{stack.name} ({stack.api_key})"),
        ("Organization", stack.organization or "not known"),
        ("Region", stack.region),
    ]
    if owner.others:
        names = ", ".join(each.name for each in (token, *owner.others))
        return [("One of", names), *where]
    preview = "preview token of a " if owner.kind == "preview" else ""
    lines = [
        ("Token", f"{token.name} ({preview}{token.kind} token)"),
        ("Uid", token.uid),
        *where,
    ]
    if token.kind == "delivery":
        lines.append(("Environment", environment_words(token.scope)))
    else:
        lines.append(("Expires", expiry(token.expires_on, now)))
    return [
        *lines,
        ("Reaches", scope_words(token.scope)),
        ("Created", f"{day_and_time(token.created_at)} ({ago(token.created_at, now)})"),
    ]


def next_commands(identity: Identity, *, demo: bool) -> tuple[str, ...]:
    """Return the commands that come next: verify, rotate, delete."""
    owner = identity.owner
    if owner is None or owner.others:
        return ()
    words = ["tokendeck", "--demo"] if demo else ["tokendeck"]
    if owner.stack.region_id in {region.id for region in REGIONS} and not demo:
        words += ["--region", owner.stack.region_id]
    words += ["--stack", owner.stack.api_key]
    start, uid = shlex.join(words), shlex.quote(owner.token.uid)
    if owner.kind == "preview":
        return (
            f"{start} verify {uid}",
            f"{start} preview delete {uid}",
            f"{start} preview create {uid}",
        )
    piped = " --value-stdin" if owner.kind == "management" else ""
    verify = f"{start} verify {uid}{piped}"
    return (verify, f"{start} rotate {uid}", f"{start} delete {uid}")


def _is_gone(identity: Identity) -> bool:
    """Return whether the stack of a former token was read, and doesn't have it."""
    former = identity.former
    keys = {stack.api_key for stack in identity.compared}
    return former is not None and former.api_key in keys
