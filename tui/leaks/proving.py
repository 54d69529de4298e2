"""Finds out whether a stack accepts a value as one of its management tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from tui.contentstack.verify import Probe, ProbeResult, Verdict
from tui.leaks.identifying import Identity, StackTokens, proved

if TYPE_CHECKING:
    from tui.secret import Secret

Ask = Callable[[StackTokens, Probe], Awaitable[ProbeResult]]
"""Makes one call to a stack."""


async def proofs(
    identity: Identity, stacks: Sequence[StackTokens], ask: Ask
) -> AsyncIterator[tuple[Identity, str]]:
    """Ask one stack after the other, until one accepts the value.

    Yields:
        What is known after each call, and why that call showed nothing, if so.
    """
    probe = _probe(identity.candidate.value)
    for stack in stacks:
        result = await ask(stack, probe)
        trouble = ""
        if result.finding is Verdict.WORKS:
            identity = proved(identity, stack, works=True)
        elif result.finding is Verdict.UNKNOWN:
            identity = proved(identity, stack, works=False)
        else:
            trouble = result.said or f"{result.place}: {result.finding.value}."
        yield identity, trouble
        if identity.is_known:
            return


def _probe(value: Secret) -> Probe:
    return Probe("management", value)
