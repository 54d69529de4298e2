"""Asks about one token, and compares the answers with what the stack says.

A call can't show everything: the delivery network answers from its cache for a deleted
token, doesn't know one that was just created, and refuses a token of another kind just
as it refuses a wrong API key.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from tui.contentstack import errors
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import Token
from tui.contentstack.pace import Sleep
from tui.contentstack.verify import KINDS, Probe, ProbeResult, ValueKind, Verdict
from tui.workspace.snapshot import Snapshot
from tui.workspace.verify.verification import (
    REFUSALS,
    Check,
    Circumstances,
    Deleted,
    Expired,
    OtherValue,
)

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient

# Seconds between tries for a token so new that its host may not know it yet: half a
# minute in all, which is as long as Contentstack is known to take.
_PAUSES = (0.5, 1.0, 1.5, 2.0, *[2.5] * 10)
_NEW = timedelta(minutes=1)
_RECOGNISED = {Verdict.WORKS, Verdict.WRONG_ENVIRONMENT, Verdict.WRONG_BRANCH}

_Read = Token | ContentstackError | None
"""A token as the stack has it, None if it's gone, or the error if it can't be read."""


@dataclass(frozen=True)
class InquiryContext:
    """What all inquiries in a verification share.

    Attributes:
        snapshot: what is known about the stack, with `live_preview` just read.
        now: the server's time.
        sleep: waits between tries for new tokens.
        new: the uids of new tokens, besides those created or changed in the last
            minute.
    """

    client: StackClient
    snapshot: Snapshot
    now: datetime
    sleep: Sleep
    new: frozenset[str]


class Inquiry:
    """Asks about one token: its hosts, the stack, and other hosts if that helps."""

    def __init__(
        self, context: InquiryContext, token: Token, tasks: asyncio.TaskGroup
    ) -> None:
        self._context = context
        self._client = context.client
        self._token = token
        self._new = token.uid in context.new or self._changed_just_now()
        self._reading = tasks.create_task(self._read())
        self._looking = asyncio.Lock()
        self._kind: ValueKind | Literal[""] | None = None

    async def answers(self, check: Check) -> AsyncIterator[Check]:
        """Make the call; if the token is new, retry it for some seconds.

        The last check that it yields is the outcome.
        """
        result = await self._client.prove(check.probe)
        read = await self._reading
        if self._may_become_known(read):
            # No number of tries makes a value of another kind known.
            kind = await self._kind_shown_by(check, result) if check.pasted else ""
            if kind:
                yield _of_other_kind(_answered(check, result), kind)
                return
            for tries, pause in enumerate(_PAUSES):
                if not _refused(check.probe, result):
                    break
                yield replace(check, again=sum(_PAUSES[tries:]))
                await self._context.sleep(pause)
                result = await self._client.prove(check.probe)
        yield await self._judged(_answered(check, result), result, read)

    async def _judged(self, check: Check, result: ProbeResult, read: _Read) -> Check:
        """Judge an answer by comparing it with the token as the stack has it."""
        if self._is_deleted(check.probe, read):
            cause = Deleted(check.finding)
            return replace(check, finding=Verdict.REVOKED, cause=cause)
        if kind := await self._kind_shown_by(check, result):
            return _of_other_kind(check, kind)
        moment = self._expired_at(read)
        if check.finding is Verdict.UNKNOWN and moment is not None:
            return replace(check, finding=Verdict.REVOKED, cause=Expired(moment))
        unread = isinstance(read, ContentstackError)
        known = Circumstances(self._context.snapshot, self._new, unread)
        return replace(check, cause=known)

    def _changed_just_now(self) -> bool:
        changed = self._token.updated_at or self._token.created_at
        return changed is not None and self._context.now - changed < _NEW

    def _may_become_known(self, read: _Read) -> bool:
        """Return whether a refusal may be temporary: the token is new and unexpired."""
        return self._new and read is not None and self._expired_at(read) is None

    def _expired_at(self, read: _Read) -> datetime | None:
        """Return when the token expired, according to the stack; None if it didn't."""
        token = self._token
        if read is not None and not isinstance(read, ContentstackError):
            token = read
        moment = token.expires_on
        return moment if moment and moment <= self._context.now else None

    def _is_deleted(self, probe: Probe, read: _Read) -> bool:
        if read is None:
            return True
        if isinstance(read, ContentstackError) or probe.kind != "preview":
            return False
        if self._new and read.preview is None:
            # What a create returned may not show up in a reading at once.
            return False
        return read.preview != probe.value

    async def _read(self) -> _Read:
        try:
            if self._token.kind == "delivery":
                return await self._client.delivery_token(self._token.uid)
            return await self._client.management_token(self._token.uid)
        except (errors.NotFound, errors.Invalid) as error:
            # Without a status, no request was made.
            return error if error.status is None else None
        except ContentstackError as error:
            return error

    async def _kind_shown_by(
        self, check: Check, result: ProbeResult
    ) -> ValueKind | Literal[""]:
        """Return the other kind that a refused value turns out to be, empty if none."""
        pasted = result.finding is Verdict.UNKNOWN and check.pasted
        if not pasted and result.finding is not Verdict.WRONG_STACK:
            return ""
        # Asked only once for each token.
        async with self._looking:
            if self._kind is None:
                self._kind = await self._look_for_kind(check.probe)
            return self._kind

    async def _look_for_kind(self, probe: Probe) -> ValueKind | Literal[""]:
        """Return the kind of token that a host accepts the value as, if one does."""
        environments = self._context.snapshot.environments.items
        first = environments[0].name if environments else ""
        environment = probe.environment or first
        for kind in KINDS:
            if kind == probe.kind:
                continue
            other = replace(probe, kind=kind, environment=environment)
            result = await self._client.prove(other)
            if result.finding in _RECOGNISED:
                return kind
        return ""


def _refused(probe: Probe, result: ProbeResult) -> bool:
    """Return whether a host refused a token, or may have.

    It may accept a new one later.
    """
    # It isn't known in what form the preview host answers a token with 401.
    unclear = probe.kind == "preview" and result.finding is Verdict.NO_VERDICT
    return result.finding in REFUSALS or (unclear and result.status == 401)


def _answered(check: Check, result: ProbeResult) -> Check:
    return replace(check, finding=result.finding, place=result.place, said=result.said)


def _of_other_kind(check: Check, kind: ValueKind) -> Check:
    return replace(check, finding=Verdict.OTHER_KIND, cause=OtherValue(kind))
