"""Verifying tokens: which calls prove one, and what their answers mean beside what the stack says.

A call alone can't tell everything: a delivery network answers from its cache for a token that has ended, does
not know one that was just made, and refuses a token of another kind as it refuses a wrong API key.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from tui.contentstack import errors
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import DeliveryToken, ManagementToken, Token
from tui.contentstack.pace import Sleep
from tui.contentstack.verify import KINDS, Probe, ProbeResult, ValueKind, Verdict
from tui.secret import Secret
from tui.workspace.snapshot import Snapshot
from tui.workspace.verify_sample import sample_of, share

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient

PREVIEW_OFF = "Live Preview is off for this stack: a preview token resolves to nothing until it is turned on."

# Seconds between the tries of a token so new that its host may not know it yet: half a
# minute in all, as long as Contentstack is known to take.
_PAUSES = (0.5, 1.0, 1.5, 2.0, *[2.5] * 10)
_NEW = timedelta(minutes=1)
_SIDE_BY_SIDE = 8
_ALL = "$all"
_REFUSALS = {
    Verdict.UNKNOWN,
    Verdict.WRONG_ENVIRONMENT,
    Verdict.WRONG_BRANCH,
    Verdict.WRONG_STACK,
}
_WELL = (Verdict.WORKS, Verdict.PREVIEW_OFF)
_RECOGNISED = {Verdict.WORKS, Verdict.WRONG_ENVIRONMENT, Verdict.WRONG_BRANCH}


@dataclass(frozen=True)
class Check:
    """One call for a token, and what came of it.

    `finding` is None as long as nothing has.

    `place` is region and host, `words` the verdict with its likely cause, `said` the
    server's own words. `again` is for how many seconds it is still tried again, since
    the network may not know a new token yet.
    """

    token: Token
    probe: Probe
    finding: Verdict | None = None
    place: str = ""
    words: str = ""
    said: str = ""
    again: float = 0.0

    @property
    def pasted(self) -> bool:
        """Whether the value is one that the token itself does not hold."""
        preview = self.token.preview if isinstance(self.token, DeliveryToken) else None
        return self.probe.value not in (self.token.value, preview)


@dataclass(frozen=True)
class Verification:
    """What came of all calls.

    `unasked` says for what none was made, and is empty if there is nothing.
    """

    checks: tuple[Check, ...]
    unasked: str = ""

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not come out well.

        Live Preview being off is no fault of a token.
        """
        return tuple(check for check in self.checks if check.finding not in _WELL)

    @property
    def all_work(self) -> bool:
        """Whether every call works.

        Those that Live Preview keeps from working are left out.

        So are places that were not asked for.
        """
        return not self.failed and any(
            check.finding is Verdict.WORKS for check in self.checks
        )

    @property
    def words(self) -> str:
        """The first failure and how many more there are, else that all is well.

        And what was not asked.
        """
        return f"{self._outcome} {self.unasked}".strip()

    @property
    def _outcome(self) -> str:
        failed, count = self.failed, len(self.checks)
        if failed:
            more = f" {len(failed)} of {count} calls failed." if count > 1 else ""
            return (failed[0].words or "This was not verified.") + more
        if count == 1:
            return self.checks[0].words
        off = next(
            (
                f" {check.words}"
                for check in self.checks
                if check.finding is Verdict.PREVIEW_OFF
            ),
            "",
        )
        works = sum(check.finding is Verdict.WORKS for check in self.checks)
        return f"{works} of {count} calls work.{off}"


_Read = Token | ContentstackError | None

Told = Callable[[Sequence[Check]], None]
"""Told of all checks: first as planned, then again whenever there is news of one."""


def planned(
    tokens: Sequence[Token], snapshot: Snapshot, *, pasted: Secret | None = None
) -> list[Check]:
    """The calls that prove these tokens.

    For each value each environment on each branch or alias.

    Where those are too many, a sample is asked for. With `pasted`, that is the value,
    taken for one of the (single) token's kind. What can be said without a call is said
    already.
    """
    most = share(tokens)
    return [
        _foreseen(check, snapshot)
        for token in tokens
        for check in _calls(token, snapshot, pasted, most)
    ]


@dataclass(frozen=True)
class Verifier:
    """Carries out planned checks, tokens side by side.

    `sleep` waits between the tries of new tokens.

    `snapshot` is what is known of the stack, with `live_preview` just read. `new` holds
    the uids of tokens that are new, as those made or changed in the last minute are
    anyway.
    """

    client: StackClient
    snapshot: Snapshot
    now: datetime
    sleep: Sleep
    told: Told
    new: Collection[str]

    async def verify(self, checks: Sequence[Check]) -> Verification:
        """Make the calls of the checks that are not yet answered."""
        done = list(checks)
        self.told(done)
        gate = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def answer(place: int, inquiry: _Inquiry) -> None:
            async for check in inquiry.answers(done[place]):
                done[place] = check
                self.told(done)

        async def of_token(places: list[int]) -> None:
            async with gate, asyncio.TaskGroup() as calls:
                inquiry = _Inquiry(self, done[places[0]].token, calls)
                for place in places:
                    calls.create_task(answer(place, inquiry))

        places: dict[str, list[int]] = {}
        for place, check in enumerate(checks):
            if check.finding is None:
                places.setdefault(check.token.uid, []).append(place)
        async with asyncio.TaskGroup() as tokens:
            for each in places.values():
                tokens.create_task(of_token(each))
        return Verification(tuple(done))


def _calls(
    token: Token, snapshot: Snapshot, pasted: Secret | None, most: int
) -> list[Check]:
    management = isinstance(token, ManagementToken)
    values: list[tuple[ValueKind, Secret | None]]
    values = [("management" if management else "delivery", pasted or token.value)]
    if isinstance(token, DeliveryToken) and token.preview is not None:
        values.append(("preview", token.preview))
    sample = sample_of(token, snapshot, most)
    return [
        Check(token, Probe(kind, value or Secret(""), environment, branch))
        for kind, value in values
        for environment, branch in sample
    ]


def _foreseen(check: Check, snapshot: Snapshot) -> Check:
    value, token = check.probe.value, check.token
    if not value:
        words = f"The value of {token.name} is not known here; verified alone, it is asked for."
        return replace(check, finding=Verdict.NO_VALUE, words=words)
    if check.probe.kind == "preview" and snapshot.live_preview is False:
        return replace(check, finding=Verdict.PREVIEW_OFF, words=PREVIEW_OFF)
    if check.pasted:
        return _recognised(check, snapshot)
    return check


def _recognised(check: Check, snapshot: Snapshot) -> Check:
    """Say of a pasted value what it shows without a call."""
    value = check.probe.value
    for token in snapshot.delivery.items:
        held: dict[ValueKind, Secret | None] = {
            "delivery": token.value,
            "preview": token.preview,
        }
        for kind, secret in held.items():
            if value == secret and kind != check.probe.kind:
                return _of_other_kind(check, f"the {kind} token of {token.name}")
    if value.reveal().startswith("blt"):
        words = (
            "This is an API key, a uid or an authtoken, and no token: nothing was sent."
        )
        return replace(check, finding=Verdict.OTHER_KIND, words=words)
    return check


class _Inquiry:
    """What is asked about one token."""

    def __init__(self, by: Verifier, token: Token, tasks: asyncio.TaskGroup) -> None:
        self._by = by
        self._token = token
        changed = token.updated_at or token.created_at
        self._new = token.uid in by.new or (
            changed is not None and by.now - changed < _NEW
        )
        self._reading = tasks.create_task(self._read())
        self._looking = asyncio.Lock()
        self._kind: ValueKind | Literal[""] | None = None

    async def answers(self, check: Check) -> AsyncIterator[Check]:
        """Make the call, again for some seconds where the token is new.

        What it means comes last.
        """
        verdict = await self._by.client.prove(check.probe)
        read = await self._reading
        if check.pasted and self._may_become_known(read):
            # A value of another kind will not become known, however long it is tried.
            kind = await self._kind_shown_by(check, verdict)
            if kind:
                yield _of_other_kind(_answered(check, verdict), f"a {kind} token")
                return
        for tries, pause in enumerate(_PAUSES if self._may_become_known(read) else ()):
            if not _refused(check.probe, verdict):
                break
            yield replace(check, again=sum(_PAUSES[tries:]))
            await self._by.sleep(pause)
            verdict = await self._by.client.prove(check.probe)
        check = _answered(check, verdict)
        if self._ended(check.probe, read):
            yield replace(check, finding=Verdict.REVOKED, words=_ended_words(check))
            return
        kind = await self._kind_shown_by(check, verdict)
        yield (
            _of_other_kind(check, f"a {kind} token")
            if kind
            else self._worded(check, read)
        )

    def _may_become_known(self, read: _Read) -> bool:
        """Whether a refusal may pass with time.

        The token is new, there, and not expired.
        """
        return self._new and read is not None and not self._expired(read)

    def _expired(self, read: _Read) -> datetime | None:
        """When the token expired, by what the stack says of it now.

        None if it did not.
        """
        token = read if isinstance(read, ManagementToken) else self._token
        ends = token.expires_on if isinstance(token, ManagementToken) else None
        return ends if ends is not None and ends <= self._by.now else None

    async def _kind_shown_by(self, check: Check, verdict: ProbeResult) -> str:
        """The other kind that a refused value turns out to be of, empty if none."""
        pasted = verdict.finding is Verdict.UNKNOWN and check.pasted
        asked = pasted or verdict.finding is Verdict.WRONG_STACK
        return await self._kind_of(check.probe) if asked else ""

    async def _read(self) -> _Read:
        """The token as the stack has it now: None if it has it no more, the error if that can't be known."""
        client = self._by.client
        try:
            if isinstance(self._token, DeliveryToken):
                return await client.delivery_token(self._token.uid)
            return await client.management_token(self._token.uid)
        except ContentstackError as error:
            # Without a status nothing was asked.
            gone = (
                isinstance(error, errors.NotFound | errors.Invalid)
                and error.status is not None
            )
            return None if gone else error

    def _ended(self, probe: Probe, read: _Read) -> bool:
        if (
            isinstance(read, DeliveryToken)
            and probe.kind == "preview"
            and read.preview != probe.value
        ):
            # What a create has told may not be in the reading at once.
            return not (self._new and read.preview is None)
        return read is None

    async def _kind_of(self, probe: Probe) -> str:
        """The kind as which the value is taken after all, if one.

        Asked once for the token.
        """
        async with self._looking:
            if self._kind is None:
                self._kind = await self._look_for_kind(probe)
            return self._kind

    async def _look_for_kind(self, probe: Probe) -> ValueKind | Literal[""]:
        names = [
            environment.name for environment in self._by.snapshot.environments.items
        ]
        environment = probe.environment or next(iter(names), "")
        for kind in KINDS:
            if kind != probe.kind:
                verdict = await self._by.client.prove(
                    replace(probe, kind=kind, environment=environment)
                )
                if verdict.finding in _RECOGNISED:
                    return kind
        return ""

    def _worded(self, check: Check, read: _Read) -> Check:
        """The check in words, with the likely cause.

        `read` is the token as the stack has it.
        """
        probe, snapshot = check.probe, self._by.snapshot
        unasked = isinstance(read, ContentstackError)
        where = _where_words(probe, snapshot)
        at = f"{check.place}; {where}" if where else check.place
        ends = self._expired(read)
        words = check.said
        match check.finding:
            case Verdict.WORKS:
                words = f"Works ({at})."
                if unasked:
                    words += (
                        " Whether the stack still has the token could not be asked."
                    )
                if check.pasted:
                    words += f" Whose value it is, {check.token.name}'s or another's, nobody tells."
            case Verdict.NO_VERDICT:
                words = f"Not known. {check.said}{_or_refused(probe)}"
            case Verdict.UNKNOWN if ends:
                words = f"Revoked: it expired on {ends:%Y-%m-%d}, 00:00 UTC ({check.place})."
                check = replace(check, finding=Verdict.REVOKED)
            case Verdict.UNKNOWN if probe.kind == "management":
                words = _unknown_management_words(
                    check, at, new=self._new, unasked=unasked
                )
            case Verdict.UNKNOWN if unasked and not self._new:
                words = f"Revoked, or of another stack ({at}): the value is not known there."
            case Verdict.UNKNOWN:
                words = f"Not known yet ({at}): the stack has the token, that host does not take it so far."
                if probe.kind == "preview" and snapshot.live_preview is None:
                    words += " Is Live Preview on?"
            case Verdict.WRONG_ENVIRONMENT:
                listing = snapshot.environments
                gone = listing.whole and probe.environment not in listing.names()
                cause = (
                    "the stack has no such environment"
                    if gone
                    else "the token's scope no longer has it"
                )
                words = f"Wrong environment ({at}): {cause}."
            case Verdict.WRONG_BRANCH:
                lists = snapshot.branches, snapshot.aliases
                known = {each.uid for listing in lists for each in listing.items}
                gone = (
                    all(listing.whole for listing in lists)
                    and probe.branch not in known
                )
                cause = (
                    "the stack has none of that name"
                    if gone
                    else "the token's scope no longer has it"
                )
                words = f"Wrong branch ({at}): {cause}."
            case Verdict.WRONG_STACK:
                words = (
                    f"Wrong region ({at}): that host knows no stack with this API key. Either its hosts are"
                    " not those of the stack's region, or the value is of another kind of token."
                )
        return replace(check, words=words)


def _where_words(probe: Probe, snapshot: Snapshot) -> str:
    """Environment and branch of a probe: "environment qa, alias release".

    Empty where it has neither.
    """
    parts = [f"environment {probe.environment}"] if probe.environment else []
    if probe.branch:
        aliases = {alias.uid for alias in snapshot.aliases.items}
        parts.append(
            f"{'alias' if probe.branch in aliases else 'branch'} {probe.branch}"
        )
    return ", ".join(parts)


def _refused(probe: Probe, verdict: ProbeResult) -> bool:
    """Whether a host did not take a token, or may not have.

    It may take a new one later.

    In which form the preview host says 401 to a token is not known.
    """
    unclear = probe.kind == "preview" and verdict.finding is Verdict.NO_VERDICT
    return verdict.finding in _REFUSALS or (unclear and verdict.status == 401)


def _or_refused(probe: Probe) -> str:
    preview = probe.kind == "preview"
    return " Or does the preview host refuse tokens in this form?" if preview else ""


def _answered(check: Check, verdict: ProbeResult) -> Check:
    return replace(
        check, finding=verdict.finding, place=verdict.place, said=verdict.said
    )


def _unknown_management_words(
    check: Check, at: str, *, new: bool, unasked: bool
) -> str:
    """Why the host that lists the stack does not take a value.

    It is never the wrong one.
    """
    name = check.token.name
    if unasked:
        return (
            f"Not known ({at}): not known yet, expired, deleted, or not the value of {name}."
            " The stack could not be asked which."
        )
    if new:
        other = f", or it is not the value of {name}" if check.pasted else ""
        return f"Not known yet ({at}): the stack has the token, that host does not take it so far{other}."
    if check.pasted:
        return f"Not known ({at}): the stack has {name}, but this is not its value."
    return (
        f"Not known ({at}): the stack has {name}, and its host does not take the value."
    )


def _ended_words(check: Check) -> str:
    gone = f"Revoked: the {'preview ' if check.probe.kind == 'preview' else ''}token is deleted"
    if check.finding is not Verdict.WORKS and check.finding not in _REFUSALS:
        return f"{gone}."
    if check.finding is not Verdict.WORKS:
        return f"{gone}, and {check.place} does not take it any more."
    if check.probe.kind == "management":
        return f"{gone}. {check.place} takes the value: is it another token's?"
    return f"{gone}; {check.place} still answers from its cache."


def _of_other_kind(check: Check, what: str) -> Check:
    words = f"This is {what}: it can't be used as a {check.probe.kind} token."
    if check.place:
        words = f"This is {what} on the {check.probe.kind} host ({check.place}), which refuses it."
    return replace(check, finding=Verdict.OTHER_KIND, words=words)
