"""Which failures are worth retrying."""

from __future__ import annotations

from tui.contentstack import errors
from tui.contentstack.errors import ContentstackError
from tui.contentstack.exchange import Call


def is_worth_a_try(outcome: ContentstackError, call: Call) -> bool:
    """Whether a failure may pass and the call isn't a write."""
    may_pass = isinstance(outcome, errors.MayPass) and outcome.tried_again
    return may_pass and not call.write


def asks_for_less(
    outcome: ContentstackError, call: Call
) -> errors.RateLimited | errors.NotContentstack | None:
    """Return the outcome if it asks for fewer requests and the call can be retried.

    For a write, only Contentstack's own 429 means that it wasn't carried out.
    """
    if isinstance(outcome, errors.RateLimited):
        return outcome
    if isinstance(outcome, errors.NotContentstack) and outcome.status == 429:
        return None if call.write else outcome
    return None
