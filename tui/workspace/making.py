"""Making delivery tokens, and saying truthfully which were made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import DeliveryDraft, DeliveryToken
from tui.workspace.comparison import differences

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient


@dataclass(frozen=True)
class NotMade:
    """A token that was asked for and is not there, and why."""

    draft: DeliveryDraft
    error: ContentstackError


@dataclass(frozen=True)
class Batch:
    """What came of a plan: the tokens made, and the first that failed, after which no more were tried.

    `otherwise` names, by token uid, the fields in which the server made something else than was asked.
    """

    made: tuple[DeliveryToken, ...]
    failed: NotMade | None = None
    untried: tuple[DeliveryDraft, ...] = ()
    otherwise: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Progress = Callable[[int, int], None]
"""Told before each token: its number from 1, and how many there are."""


async def make_tokens(
    client: StackClient, drafts: tuple[DeliveryDraft, ...], *, with_preview: bool, progress: Progress
) -> Batch:
    """Make one token after the other; stop at a refusal, which the next would most likely meet too."""
    made: list[DeliveryToken] = []
    otherwise: dict[str, tuple[str, ...]] = {}
    for number, draft in enumerate(drafts, start=1):
        progress(number, len(drafts))
        try:
            token = await client.create_delivery_token(draft, with_preview=with_preview)
        except ContentstackError as error:
            found = await _look_for(client.delivery_tokens, draft) if error.may_have_happened else None
            if found is None:
                return Batch(tuple(made), NotMade(draft, error), drafts[number:], otherwise)
            token = found
        made.append(token)
        missing = ("preview token",) if with_preview and token.preview is None else ()
        fields = (*differences(token, draft), *missing)
        if fields:
            otherwise[token.uid] = fields
    return Batch(tuple(made), otherwise=otherwise)


async def _look_for(
    read: Callable[[], Awaitable[tuple[DeliveryToken, ...]]], draft: DeliveryDraft
) -> DeliveryToken | None:
    """After a create whose answer was lost: the token, if it was made after all; names are unique."""
    try:
        tokens = await read()
    except ContentstackError:
        return None
    return next(
        (
            token
            for token in tokens
            if token.name == draft.name and token.scope.environments == draft.scope.environments
        ),
        None,
    )
