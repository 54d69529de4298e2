"""Verifying tokens: which calls prove one, and what their answers mean beside what the stack says.

A call alone can't tell everything: a delivery network answers from its cache for a token that has ended, does
not know one that was just made, and refuses a token of another kind as it refuses a wrong API key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tui.contentstack import errors
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import DeliveryToken, ManagementToken, Token
from tui.contentstack.pace import Sleep
from tui.contentstack.verify import KINDS, Finding, Kind, Probe, Verdict
from tui.secret import Secret
from tui.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient

PAUSES = (0.5, 1.0, 1.5, 2.0, 2.5, 2.5)
"""Seconds between the tries of a token so new that the network may not know it yet."""

PREVIEW_OFF = "Live Preview is off for this stack: a preview token resolves to nothing until it is turned on."

_NEW = timedelta(minutes=1)
_SIDE_BY_SIDE = 8
_ALL = "$all"
_REFUSALS = {Finding.UNKNOWN, Finding.WRONG_ENVIRONMENT, Finding.WRONG_BRANCH, Finding.WRONG_STACK}
_RECOGNISED = {Finding.WORKS, Finding.WRONG_ENVIRONMENT, Finding.WRONG_BRANCH}


@dataclass(frozen=True)
class Check:
    """One call for a token, and what came of it; `finding` is None as long as nothing has.

    `place` is region and host, `words` the verdict with its likely cause, `said` the server's own words.
    """

    token: Token
    probe: Probe
    finding: Finding | None = None
    place: str = ""
    words: str = ""
    said: str = ""

    @property
    def pasted(self) -> bool:
        """Whether the value is one that the token itself does not hold."""
        token = self.token
        return self.probe.value not in (
            token.value,
            token.preview if isinstance(token, DeliveryToken) else None,
        )


@dataclass(frozen=True)
class Verification:
    """What came of all calls."""

    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not come out well. Live Preview being off is no fault of a token."""
        good = (Finding.WORKS, Finding.PREVIEW_OFF)
        return tuple(check for check in self.checks if check.finding not in good)

    @property
    def all_work(self) -> bool:
        """Whether every call works; those that Live Preview keeps from working are left out."""
        return not self.failed and any(check.finding is Finding.WORKS for check in self.checks)

    @property
    def words(self) -> str:
        """One sentence or two: the first failure and how many more there are, else that all is well."""
        failed, count = self.failed, len(self.checks)
        if failed:
            more = f" {len(failed)} of {count} calls failed." if count > 1 else ""
            return (failed[0].words or "This was not verified.") + more
        off = next((f" {check.words}" for check in self.checks if check.finding is Finding.PREVIEW_OFF), "")
        works = sum(check.finding is Finding.WORKS for check in self.checks)
        return f"{works} of {count} calls work.{off}" if count != 1 else self.checks[0].words


Told = Callable[[Sequence[Check]], None]
"""Told of all checks: first as planned, then again whenever one of them is done."""


def planned(tokens: Sequence[Token], snapshot: Snapshot, *, pasted: Secret | None = None) -> list[Check]:
    """The calls that prove these tokens: for each value each environment on each branch or alias.

    With `pasted`, that is the value, taken for one of the (single) token's kind. What can be said without a
    call is said already.
    """
    return [_foreseen(check, snapshot) for token in tokens for check in _calls(token, snapshot, pasted)]


async def verify(
    client: StackClient,
    checks: Sequence[Check],
    snapshot: Snapshot,
    *,
    now: datetime,
    told: Told,
    sleep: Sleep,
    fresh: bool = False,
) -> Verification:
    """Carry out planned checks, tokens side by side.

    Args:
        client: of the stack.
        checks: from `planned`.
        snapshot: what is known of the stack, `live_preview` just read.
        now: the present moment.
        told: of all checks, as they are done.
        sleep: waits between the tries of new tokens.
        fresh: whether the tokens are new, which those made or changed in the last minute are anyway.
    """
    done = list(checks)
    gate = asyncio.Semaphore(_SIDE_BY_SIDE)
    told(done)

    async def of_token(places: list[int]) -> None:
        token = checks[places[0]].token
        changed = token.updated_at or token.created_at
        new = fresh or (changed is not None and now - changed < _NEW)
        async with gate, asyncio.TaskGroup() as tasks:
            inquiry = _Inquiry(client, token, snapshot, tasks, sleep=sleep, now=now, new=new)

            async def one(place: int) -> None:
                done[place] = await inquiry.answer(checks[place])
                told(done)

            for place in places:
                tasks.create_task(one(place))

    places: dict[str, list[int]] = {}
    for place, check in enumerate(checks):
        if check.finding is None:
            places.setdefault(check.token.uid, []).append(place)
    async with asyncio.TaskGroup() as tokens:
        for each in places.values():
            tokens.create_task(of_token(each))
    return Verification(tuple(done))


def _calls(token: Token, snapshot: Snapshot, pasted: Secret | None) -> list[Check]:
    management = isinstance(token, ManagementToken)
    values: list[tuple[Kind, Secret | None]]
    values = [("management" if management else "delivery", pasted or token.value)]
    if isinstance(token, DeliveryToken) and token.preview is not None:
        values.append(("preview", token.preview))
    environments = () if management else token.scope.environments
    branches = _branches(token, snapshot)
    return [
        Check(token, Probe(kind, value or Secret(""), environment, branch))
        for kind, value in values
        for environment in environments or ("",)
        for branch in branches
    ]


def _branches(token: Token, snapshot: Snapshot) -> tuple[str, ...]:
    """The branches and aliases to ask for; the one empty name leaves the choice to Contentstack."""
    if not snapshot.has_branches:
        return ("",)
    names: list[str] = []
    for scoped, known in (
        (token.scope.branches, [branch.uid for branch in snapshot.branches.items] or ["main"]),
        (token.scope.aliases, [alias.uid for alias in snapshot.aliases.items]),
    ):
        names += known if _ALL in scoped else scoped
    return tuple(dict.fromkeys(names)) or ("",)


def _foreseen(check: Check, snapshot: Snapshot) -> Check:
    value, token = check.probe.value, check.token
    if not value:
        return replace(
            check,
            finding=Finding.NO_VALUE,
            words=f"The value of {token.name} is not known here; verified alone, it is asked for.",
        )
    if check.probe.kind == "preview" and snapshot.live_preview is False:
        return replace(check, finding=Finding.PREVIEW_OFF, words=PREVIEW_OFF)
    if check.pasted:
        return _recognised(check, snapshot)
    return check


def _recognised(check: Check, snapshot: Snapshot) -> Check:
    """Say of a pasted value what it shows without a call."""
    value = check.probe.value
    found = _holder(value, snapshot)
    if found is not None and found[0] != check.probe.kind:
        return _of_other_kind(check, f"the {found[0]} token of {found[1]}")
    if value.reveal().startswith("blt"):
        words = "This is an API key, a uid or an authtoken, and no token: nothing was sent."
        return replace(check, finding=Finding.OTHER_KIND, words=words)
    return check


def _holder(value: Secret, snapshot: Snapshot) -> tuple[Kind, str] | None:
    """Of which kind a value is, and of which token, if the last reading had it."""
    for token in snapshot.delivery.items:
        if value == token.value:
            return "delivery", token.name
        if token.preview is not None and value == token.preview:
            return "preview", token.name
    return None


class _Inquiry:
    """What is asked about one token."""

    def __init__(
        self,
        client: StackClient,
        token: Token,
        snapshot: Snapshot,
        tasks: asyncio.TaskGroup,
        *,
        sleep: Sleep,
        now: datetime,
        new: bool,
    ) -> None:
        self._client = client
        self._token = token
        self._snapshot = snapshot
        self._tasks = tasks
        self._sleep = sleep
        self._now = now
        self._new = new
        self._standing = tasks.create_task(self._read())
        self._kind: asyncio.Task[Kind | None] | None = None

    async def answer(self, check: Check) -> Check:
        """Make the call, again for some seconds where the token is new, and say what it means."""
        verdict = await self._client.prove(check.probe)
        read = await self._standing
        for pause in PAUSES if self._new and read is not None else ():
            if verdict.finding not in _REFUSALS:
                break
            await self._sleep(pause)
            verdict = await self._client.prove(check.probe)
        check = replace(check, finding=verdict.finding, place=verdict.place, said=verdict.said)
        if self._ended(check.probe, read):
            return replace(check, finding=Finding.REVOKED, words=_ended_words(check, verdict))
        if verdict.finding is Finding.WRONG_STACK or (verdict.finding is Finding.UNKNOWN and check.pasted):
            kind = await self._kind_of(check.probe)
            if kind is not None:
                return _of_other_kind(check, f"a {kind} token")
        return self._worded(check, isinstance(read, ContentstackError))

    async def _read(self) -> Token | ContentstackError | None:
        """The token as the stack has it now: None if it has it no more, the error if that can't be known."""
        try:
            if isinstance(self._token, DeliveryToken):
                return await self._client.delivery_token(self._token.uid)
            return await self._client.management_token(self._token.uid)
        except ContentstackError as error:
            # Without a status nothing was asked.
            gone = isinstance(error, errors.NotFound | errors.Invalid) and error.status is not None
            return None if gone else error

    def _ended(self, probe: Probe, read: Token | ContentstackError | None) -> bool:
        if read is None:
            return True
        if isinstance(read, DeliveryToken) and probe.kind == "preview" and read.preview != probe.value:
            # What a create has told may not be in the reading at once.
            return not (self._new and read.preview is None)
        return False

    async def _kind_of(self, probe: Probe) -> Kind | None:
        """The kind as which the value is taken after all; asked once for the token."""
        if self._kind is None:
            self._kind = self._tasks.create_task(self._look_for_kind(probe))
        return await self._kind

    async def _look_for_kind(self, probe: Probe) -> Kind | None:
        names = [environment.name for environment in self._snapshot.environments.items]
        environment = probe.environment or next(iter(names), "")
        for kind in KINDS:
            if kind != probe.kind:
                verdict = await self._client.prove(replace(probe, kind=kind, environment=environment))
                if verdict.finding in _RECOGNISED:
                    return kind
        return None

    def _worded(self, check: Check, unasked: bool) -> Check:
        """The check in words, with the likely cause."""
        token = self._token
        ends = token.expires_on if isinstance(token, ManagementToken) else None
        if check.finding is Finding.UNKNOWN and ends is not None and ends <= self._now:
            words = f"Revoked: it expired on {ends:%Y-%m-%d}, 00:00 UTC ({check.place})."
            return replace(check, finding=Finding.REVOKED, words=words)
        return replace(check, words=_words(check, self._snapshot, new=self._new, unasked=unasked))


def where_words(probe: Probe, snapshot: Snapshot) -> str:
    """Environment and branch of a probe: "environment qa, alias release"; empty where it has neither."""
    aliases = {alias.uid for alias in snapshot.aliases.items}
    parts = [f"environment {probe.environment}"] if probe.environment else []
    if probe.branch:
        parts.append(f"{'alias' if probe.branch in aliases else 'branch'} {probe.branch}")
    return ", ".join(parts)


def _words(check: Check, snapshot: Snapshot, *, new: bool, unasked: bool) -> str:
    probe, where = check.probe, where_words(check.probe, snapshot)
    at = f"{check.place}; {where}" if where else check.place
    match check.finding:
        case Finding.WORKS:
            doubt = " Whether the stack still has the token could not be asked." if unasked else ""
            if check.pasted:
                doubt += f" Whose value it is, {check.token.name}'s or another's, nobody tells."
            return f"Works ({at}).{doubt}"
        case Finding.UNKNOWN if unasked:
            return f"Revoked, or of another stack ({at}): the value is not known there."
        case Finding.UNKNOWN if probe.kind == "management" and not new:
            return f"Not known ({at}): the stack has {check.token.name}, but this is not its value."
        case Finding.UNKNOWN:
            off = " Is Live Preview on?" if probe.kind == "preview" and snapshot.live_preview is None else ""
            return f"Not known yet ({at}): the stack has the token, that host does not take it so far.{off}"
        case Finding.WRONG_ENVIRONMENT:
            gone = probe.environment not in {each.name for each in snapshot.environments.items}
            cause = "the stack has no such environment" if gone else "the token's scope no longer has it"
            return f"Wrong environment ({at}): {cause}."
        case Finding.WRONG_BRANCH:
            known = {each.uid for each in (*snapshot.branches.items, *snapshot.aliases.items)}
            gone = probe.branch not in known
            cause = "the stack has none of that name" if gone else "the token's scope no longer has it"
            return f"Wrong branch ({at}): {cause}."
        case Finding.WRONG_STACK:
            return (
                f"Wrong region ({at}): that host knows no stack with this API key. Either its hosts are not"
                " those of the stack's region, or the value is of another kind of token."
            )
        case _:
            return check.said


def _ended_words(check: Check, verdict: Verdict) -> str:
    what = "the preview token" if check.probe.kind == "preview" else "the token"
    if verdict.finding is Finding.WORKS and check.probe.kind == "management":
        return f"Revoked: {what} is deleted. {check.place} takes the value: is it another token's?"
    if verdict.finding is Finding.WORKS:
        return f"Revoked: {what} is deleted; {check.place} still answers from its cache."
    return f"Revoked: {what} is deleted, and {check.place} does not take it any more."


def _of_other_kind(check: Check, what: str) -> Check:
    words = f"This is {what}: it can't be used as a {check.probe.kind} token."
    if check.place:
        words = f"This is {what} on the {check.probe.kind} host ({check.place}), which refuses it."
    return replace(check, finding=Finding.OTHER_KIND, words=words)
