"""Verifies tokens, with the calls for all of them side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tui.contentstack.models import Token
from tui.contentstack.pace import Sleep
from tui.secret import Secret
from tui.workspace.creation import RecentlyCreated
from tui.workspace.reading import read_live_preview
from tui.workspace.snapshot_store import SnapshotStore
from tui.workspace.stack_connection import StackConnection
from tui.workspace.verify.inquiry import Inquiry, InquiryContext
from tui.workspace.verify.plan import planned
from tui.workspace.verify.sample import unasked
from tui.workspace.verify.verification import Check, OnChecks, Verification

_SIDE_BY_SIDE = 8


class Verifier:
    """Verifies the stack's tokens on the hosts for their kinds."""

    def __init__(
        self,
        connection: StackConnection,
        snapshots: SnapshotStore,
        recent: RecentlyCreated,
        sleep: Sleep,
    ) -> None:
        self._connection = connection
        self._snapshots = snapshots
        self._recent = recent
        self.sleep = sleep

    async def verify(
        self,
        tokens: Sequence[Token],
        on_checks: OnChecks = lambda _checks: None,
        *,
        pasted: Secret | None = None,
        fresh: bool = False,
    ) -> Verification:
        """Make the calls that verify tokens; refusals are results, and aren't raised.

        `pasted` is a value for the only token, whose own isn't known. `fresh` says that
        they were just created, so the network may not know them yet; tokens created in
        this run are recognized anyway.
        """
        try:
            if any(token.preview for token in tokens):
                await read_live_preview(self._snapshots, self._connection.calls)
            snapshot = self._snapshots.snapshot
            new = {token.uid for token in tokens} if fresh else self._recent.uids()
            context = InquiryContext(
                self._connection.calls,
                snapshot,
                self._connection.server_now(),
                self.sleep,
                frozenset(new),
            )
            checks = planned(tokens, snapshot, pasted=pasted)
            done = await _carry_out(checks, context, on_checks)
            return Verification(done, unasked(tokens, snapshot))
        finally:
            self._snapshots.change(waiting=0.0)


async def _carry_out(
    checks: Sequence[Check], context: InquiryContext, on_checks: OnChecks
) -> tuple[Check, ...]:
    """Make the calls for the checks without an answer, all tokens side by side."""
    done = list(checks)
    on_checks(done)
    gate = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def answer(place: int, inquiry: Inquiry) -> None:
        async for check in inquiry.answers(done[place]):
            done[place] = check
            on_checks(done)

    async def ask_about_token(places: list[int]) -> None:
        async with gate, asyncio.TaskGroup() as calls:
            inquiry = Inquiry(context, done[places[0]].token, calls)
            for place in places:
                calls.create_task(answer(place, inquiry))

    places: dict[str, list[int]] = {}
    for place, check in enumerate(checks):
        if check.finding is None:
            places.setdefault(check.token.uid, []).append(place)
    async with asyncio.TaskGroup() as tokens:
        for places_of_token in places.values():
            tokens.create_task(ask_about_token(places_of_token))
    return tuple(done)
