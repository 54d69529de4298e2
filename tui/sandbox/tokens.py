"""The life of a token: made, changed, deleted, and given a preview token."""

from __future__ import annotations

from tui.sandbox.answers import ApiError, Json, invalid, not_found, not_in_plan
from tui.sandbox.organization import Stack, Token, TokenKind, World
from tui.sandbox.rules import TokenDraft, read_draft

_TITLES: dict[TokenKind, str] = {"delivery": "Delivery Token", "management": "Management Token"}
_NO_SUCH_TOKEN = "The requested object doesn't exist."  # noqa: S105


def notice(kind: TokenKind, done: str) -> str:
    """What an answer says about a token that was `created`, `updated` or `deleted`."""
    return f"{_TITLES[kind]} {done} successfully."


def find(stack: Stack, kind: TokenKind, uid: str) -> Token:
    """The token with that uid.

    Raises:
        ApiError: 404 if there is none.
    """
    token = stack.tokens(kind).get(uid)
    if token is None:
        raise not_found(_NO_SUCH_TOKEN)
    return token


def create(
    world: World, stack: Stack, kind: TokenKind, person_uid: str, body: Json, *, with_preview: bool
) -> Token:
    """Make a token.

    Args:
        world: the clock and the identifiers.
        stack: where it belongs.
        kind: what it is.
        person_uid: who makes it.
        body: the request's body, `{"token": {…}}`.
        with_preview: whether to make a preview token too; without the plan for it none is made, in silence.

    Raises:
        ApiError: 422/141 if the draft is not valid, the name is taken or the stack is full.
    """
    failed = f"{_TITLES[kind]} creation failed. Please try again."
    draft = read_draft(body, stack, kind, world.identifiers, failed)
    _check_name_is_free(stack, kind, draft.name, None, failed)
    _make_room(stack, kind, failed)
    token = Token(
        kind=kind,
        uid=world.identifiers.uid(),
        name=draft.name,
        description=draft.description,
        scope=draft.scope,
        stamps=world.stamps(person_uid),
        value=world.identifiers.value(),
    )
    _take_over(token, draft)
    if with_preview and kind == "delivery" and stack.organization.preview_tokens_in_plan:
        token.preview = world.identifiers.value()
    stack.tokens(kind)[token.uid] = token
    return token


def update(world: World, stack: Stack, token: Token, person_uid: str, body: Json) -> None:
    """Change everything about a token but its value; the body holds the whole token, as for `create`.

    Raises:
        ApiError: as `create`.
    """
    failed = f"{_TITLES[token.kind]} update failed. Please try again."
    draft = read_draft(body, stack, token.kind, world.identifiers, failed)
    _check_name_is_free(stack, token.kind, draft.name, token, failed)
    token.name = draft.name
    token.description = draft.description
    token.scope = draft.scope
    _take_over(token, draft)
    token.stamps.touch(person_uid, world.now())


def create_preview(world: World, stack: Stack, token: Token, person_uid: str) -> None:
    """Give a delivery token its one preview token.

    Raises:
        ApiError: 422/600 if the plan lacks it, 422/141 if there is one already.
    """
    if not stack.organization.preview_tokens_in_plan:
        raise not_in_plan("Preview Token")
    if token.preview is not None:
        raise invalid(
            "Preview Token creation failed. Please try again.", {"preview_token": ["already exists."]}
        )
    token.preview = world.identifiers.value()
    token.preview_since = world.now()
    token.stamps.touch(person_uid, world.now())


def delete(world: World, stack: Stack, token: Token) -> None:
    """Take a token away, and its preview token with it."""
    del stack.tokens(token.kind)[token.uid]
    if token.kind == "delivery":
        stack.network.forget_later(token, world.now(), token.value, token.preview)


def delete_preview(world: World, stack: Stack, token: Token, person_uid: str) -> None:
    """Take the preview token away.

    Raises:
        ApiError: 422/141 if there is none.
    """
    if token.preview is None:
        raise invalid(
            "Preview Token deletion failed. Please try again.", {"preview_token": ["does not exist."]}
        )
    stack.network.forget_later(token, world.now(), token.preview)
    token.preview = None
    token.stamps.touch(person_uid, world.now())


def _take_over(token: Token, draft: TokenDraft) -> None:
    token.expires_on = draft.expires_on
    token.email_notice = draft.email_notice
    token.extra = draft.extra


def _check_name_is_free(stack: Stack, kind: TokenKind, name: str, own: Token | None, failed: str) -> None:
    if any(each.name == name and each is not own for each in stack.tokens(kind).values()):
        raise invalid(failed, {"name": ["is not unique."]})


def _make_room(stack: Stack, kind: TokenKind, failed: str) -> None:
    limits = stack.limits
    limit = limits.delivery_tokens if kind == "delivery" else limits.management_tokens
    tokens = stack.tokens(kind)
    if limit is None or len(tokens) < limit:
        return
    if kind == "management" and limits.evict_oldest:
        oldest = min(tokens.values(), key=lambda token: token.stamps.created_at)
        del tokens[oldest.uid]
        return
    raise ApiError(
        422, failed, 141, {"token": [f"limit of {limit} {_TITLES[kind]}s for this stack is reached."]}
    )
