"""What verifying found, in sentences with the likely cause."""

from __future__ import annotations

from collections.abc import Callable

from tui.contentstack.verify import Probe, Verdict
from tui.messages.ages import day_and_time
from tui.workspace.snapshot import Snapshot
from tui.workspace.verify.sample import Sample, Unasked
from tui.workspace.verify.verification import (
    REFUSALS,
    Check,
    Circumstances,
    Deleted,
    Expired,
    NotItsValue,
    OtherValue,
    Verification,
)

PREVIEW_OFF = (
    "Live Preview is off for this stack. Preview tokens work once you turn it on."
)
OTHER_VALUE = (
    "This is an API key, a uid or an authtoken, not a token. Nothing was sent."
)

_FORESEEN: dict[Verdict | None, str] = {
    Verdict.NO_VALUE: (
        "Tokendeck doesn't know its value. To paste it, verify {name} on its own."
    ),
    Verdict.PREVIEW_OFF: PREVIEW_OFF,
}
"""Verdicts that need no call."""


def verification_words(done: Verification) -> str:
    """Name the first failure, or say that all is well, and what wasn't tried."""
    return f"{_outcome(done)} {unasked_words(done.unasked)}".strip()


def _outcome(done: Verification) -> str:
    failed, count = done.failed, len(done.checks)
    if failed:
        first = check_words(failed[0]) or "Not verified."
        more = f" {len(failed)} of {count} calls failed." if count > 1 else ""
        return first + more
    if count == 1:
        return check_words(done.checks[0])
    outcome = f"{done.count_of(Verdict.WORKS)} of {count} calls work."
    for check in done.checks:
        if check.finding is Verdict.PREVIEW_OFF:
            return f"{outcome} {check_words(check)}"
    return outcome


def unasked_words(unasked: Unasked | None) -> str:
    """Say for which places no call is made; empty if there are none."""
    if unasked is None:
        return ""
    name = f"{unasked.name}: " if unasked.name else ""
    words = f"{name}{_sample_words(unasked.sample)}"
    if others := unasked.others:
        plural = "s" if others > 1 else ""
        words += f" The same is true for {others} more token{plural}."
    return words


def _sample_words(sample: Sample) -> str:
    """Say which places are tried and which aren't."""
    parts: list[str] = []
    if len(sample.environments) > 1:
        parts.append(_part(sample, len(sample.environments), "environments"))
    if len(sample.branches) > 1:
        parts.append(_part(sample, len(sample.branches), "branches and aliases"))
    left = sample.total - sample.most
    return (
        f"Checked {sample.most} of {sample.total:,} places: {' with '.join(parts)}."
        f" The other {left:,} weren't checked."
    )


def _part(sample: Sample, total: int, kind: str) -> str:
    if total <= sample.most:
        return f"all {total:,} {kind}"
    return f"the first {sample.most:,} of {total:,} {kind}"


def check_words(check: Check) -> str:
    """Describe a verdict with its likely cause; empty until there is one."""
    match check.cause:
        case Deleted(answer):
            return _deleted(check, answer)
        case Expired(at):
            return f"Revoked: it expired on {day_and_time(at)} ({check.place})."
        case OtherValue() as value:
            return _other_value(check, value)
        case NotItsValue(holder):
            return _not_its_value(check.token.name, holder)
        case Circumstances() as known:
            return _verdict(check, known)
    return _FORESEEN.get(check.finding, "").format(name=check.token.name)


def _deleted(check: Check, answer: Verdict | None) -> str:
    """Say that the stack doesn't have the token any more, and what its host does."""
    preview = "preview " if check.probe.kind == "preview" else ""
    gone = f"Revoked: the {preview}token is deleted"
    if answer in REFUSALS:
        return f"{gone}, and {check.place} no longer accepts it."
    if answer is not Verdict.WORKS:
        return f"{gone}."
    if check.probe.kind == "management":
        return f"{gone}. {check.place} accepts the value. Is it another token's?"
    return f"{gone}; {check.place} still answers from its cache."


def _other_value(check: Check, value: OtherValue) -> str:
    """Say what the value is, such as "a preview token", and that it's no use."""
    kind = check.probe.kind
    if value.kind is None:
        return OTHER_VALUE
    what = f"a {value.kind} token"
    if value.holder:
        what = f"the {value.kind} token of {value.holder}"
    if not check.place:
        return f"This is {what}: it can't be used as a {kind} token."
    return f"This is {what}: the {kind} host ({check.place}) refuses it."


def _not_its_value(name: str, holder: str) -> str:
    """Say that the value isn't the token's, and whose it is if that's known."""
    if holder:
        return f"This is the value of {holder}, not of {name}, so it wasn't sent."
    return f"This isn't the value of {name}, so it wasn't sent."


def _verdict(check: Check, known: Circumstances) -> str:
    """Say what a host's answer means."""
    write = _TEXTS.get(check.finding) if check.finding else None
    if write is None:
        return check.said
    where = _where(check.probe, known.snapshot)
    at = f"{check.place}; {where}" if where else check.place
    return write(check, at, known)


def _where(probe: Probe, snapshot: Snapshot) -> str:
    """Name the environment and branch, if any: "environment qa, alias release"."""
    parts: list[str] = []
    if probe.environment:
        parts.append(f"environment {probe.environment}")
    if probe.branch:
        aliases = {alias.uid for alias in snapshot.aliases.items}
        kind = "alias" if probe.branch in aliases else "branch"
        parts.append(f"{kind} {probe.branch}")
    return ", ".join(parts)


def _works(check: Check, at: str, known: Circumstances) -> str:
    words = f"Works ({at})."
    if known.unread:
        words += " Couldn't check if the stack still has the token."
    if check.pasted:
        name = check.token.name
        words += f" Tokendeck can't tell if the value is {name}'s or another token's."
    return words


def _no_verdict(check: Check, _at: str, _known: Circumstances) -> str:
    words = f"Not known. {check.said}"
    if check.probe.kind == "preview":
        words += " Or does the preview host refuse this form of token?"
    return words


def _unknown(check: Check, at: str, known: Circumstances) -> str:
    if check.probe.kind == "management":
        return _unknown_management(check, at, known)
    if known.unread and not known.new:
        return f"Revoked, or another stack's: the host doesn't know it ({at})."
    if check.pasted and not known.new:
        return _not_its_value_there(check.token.name, at)
    words = _not_known_yet(at) + "."
    if check.probe.kind == "preview" and known.snapshot.live_preview is None:
        words += " Is Live Preview on?"
    return words


def _unknown_management(check: Check, at: str, known: Circumstances) -> str:
    """Say why the host that lists the stack refuses a value.

    It's never the wrong host.
    """
    name = check.token.name
    if known.unread:
        return (
            f"Not known ({at}): not active yet, expired, deleted, or not the value of"
            f" {name}. The stack couldn't be asked."
        )
    if known.new:
        other = f", or it isn't the value of {name}" if check.pasted else ""
        return f"{_not_known_yet(at)}{other}."
    if check.pasted:
        return _not_its_value_there(name, at)
    return f"Not known ({at}): the stack has {name}, but the host doesn't accept it."


def _not_its_value_there(name: str, at: str) -> str:
    return f"Not known ({at}): the stack has {name}, but this isn't its value."


def _not_known_yet(at: str) -> str:
    return f"Not known yet ({at}): it's in the stack, but not accepted yet"


def _wrong_environment(check: Check, at: str, known: Circumstances) -> str:
    listing = known.snapshot.environments
    cause = "the token's scope no longer has it"
    if listing.whole and check.probe.environment not in listing.names():
        cause = "the stack has no such environment"
    return f"Wrong environment ({at}): {cause}."


def _wrong_branch(check: Check, at: str, known: Circumstances) -> str:
    branches, aliases = known.snapshot.branches, known.snapshot.aliases
    listed = branches.by_uid.keys() | aliases.by_uid.keys()
    cause = "the token's scope no longer has it"
    if branches.whole and aliases.whole and check.probe.branch not in listed:
        cause = "the stack has nothing with that name"
    return f"Wrong branch ({at}): {cause}."


def _wrong_stack(_check: Check, at: str, _known: Circumstances) -> str:
    return (
        f"Wrong region ({at}): the host doesn't know this API key. Is the stack in"
        " another region, or the value another kind of token?"
    )


_TEXTS: dict[Verdict, Callable[[Check, str, Circumstances], str]] = {
    Verdict.WORKS: _works,
    Verdict.NO_VERDICT: _no_verdict,
    Verdict.UNKNOWN: _unknown,
    Verdict.WRONG_ENVIRONMENT: _wrong_environment,
    Verdict.WRONG_BRANCH: _wrong_branch,
    Verdict.WRONG_STACK: _wrong_stack,
}
"""Verdicts that aren't listed are described in the server's own words."""
