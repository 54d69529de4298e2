"""The management API's tokens: list, create, update, delete; and preview tokens."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from tui.sandbox.organization import (
    Kind,
    PersonRecord,
    StackRecord,
    Stamps,
    TokenRecord,
)
from tui.sandbox.paging import page, with_odd
from tui.sandbox.requests import Request, Routes
from tui.sandbox.responses import ApiError, Json, Response, invalid, not_found
from tui.sandbox.rules import read_token
from tui.sandbox.seed import ListName

_TITLES: dict[Kind, str] = {
    "delivery": "Delivery Token",
    "management": "Management Token",
}
_LISTS: dict[Kind, ListName] = {
    "delivery": "delivery_tokens",
    "management": "management_tokens",
}


def _list(kind: Kind, request: Request) -> Response:
    _, stack = request.enter_tokens(kind)
    tokens = stack.tokens(kind).values()
    newest_first = sorted(tokens, key=_created_at, reverse=True)
    listed = with_odd(newest_first, request.odd_rows(_LISTS[kind], stack))
    return page(request, "tokens", listed, _shown)


def _created_at(token: TokenRecord) -> datetime:
    return token.stamps.created_at


def _get(kind: Kind, request: Request) -> Response:
    _, _, token = _named(kind, request)
    return Response({"token": _shown(token)})


def _create(kind: Kind, request: Request) -> Response:
    person, stack = request.enter_tokens(kind)
    world, now = request.world, request.world.now()
    failed = f"{_TITLES[kind]} creation failed. Please try again."
    fields = _fields(kind, request, stack, None, failed)
    _make_room(stack, kind, failed)
    stamps = Stamps(person.uid, person.uid, now, now)
    token = TokenRecord(
        kind=kind, uid=world.uid(), value=world.value(), stamps=stamps, **fields
    )
    # A plan without preview tokens silently creates none.
    in_plan = kind == "delivery" and stack.organization.preview_tokens
    if in_plan and request.flag("create_with_preview_token"):
        token.preview = world.value()
    stack.tokens(kind)[token.uid] = token
    stack.delay(request.lateness, now, token.value, token.preview)
    notice = f"{_TITLES[kind]} created successfully."
    shown = _shown(token) | {"token": token.value}
    return Response({"notice": notice, "token": shown}, 201)


def _update(kind: Kind, request: Request) -> Response:
    """Change everything about a token except its value.

    The body has the whole token, as for `_create`.
    """
    person, stack, token = _named(kind, request)
    failed = f"{_TITLES[kind]} update failed. Please try again."
    fields = _fields(kind, request, stack, token, failed)
    for field, value in fields.items():
        setattr(token, field, value)
    token.stamps.touch(person.uid, request.world.now())
    notice = f"{_TITLES[kind]} updated successfully."
    return Response({"notice": notice, "token": _shown(token)})


def _delete(kind: Kind, request: Request) -> Response:
    """Delete a token, and its preview token with it."""
    _, stack, token = _named(kind, request)
    del stack.tokens(kind)[token.uid]
    if kind == "delivery":
        stack.forget(token, request.world.now(), token.value, token.preview)
    return Response({"notice": f"{_TITLES[kind]} deleted successfully."})


def _create_preview(request: Request) -> Response:
    person, stack, token = _named("delivery", request)
    # Clients post this with no body or `{}`, and with any content type.
    if request.body:
        request.json()
    if not stack.organization.preview_tokens:
        raise ApiError(422, "Preview Token is not included in your plan.", 600)
    if token.preview is not None:
        errors = {"preview_token": ["already exists."]}
        raise invalid(errors, "Preview Token creation failed. Please try again.")
    token.preview, token.preview_since = request.world.value(), request.world.now()
    stack.delay(request.lateness, token.preview_since, token.preview)
    token.stamps.touch(person.uid, token.preview_since)
    notice = "Preview token created successfully."
    return Response({"notice": notice, "token": _shown(token)}, 201)


def _delete_preview(request: Request) -> Response:
    person, stack, token = _named("delivery", request)
    if token.preview is None:
        errors = {"preview_token": ["does not exist."]}
        raise invalid(errors, "Preview Token deletion failed. Please try again.")
    stack.forget(token, request.world.now(), token.preview)
    token.preview = None
    token.stamps.touch(person.uid, request.world.now())
    return Response({"notice": "Preview token deleted successfully."})


def _named(
    kind: Kind, request: Request
) -> tuple[PersonRecord, StackRecord, TokenRecord]:
    """Return the requester, the stack, and the token that the path names."""
    person, stack = request.enter_tokens(kind)
    token = stack.tokens(kind).get(request.variables["uid"])
    if token is None:
        raise not_found("The requested object doesn't exist.")
    return person, stack, token


def _fields(
    kind: Kind,
    request: Request,
    stack: StackRecord,
    own: TokenRecord | None,
    failed: str,
) -> Json:
    """Return the body's fields of a token; no token but `own` may have its name."""
    fields = read_token(request.json(), stack, kind, request.world, failed)
    for token in stack.tokens(kind).values():
        if token.name == fields["name"] and token is not own:
            raise invalid({"name": ["is not unique."]}, failed)
    return fields


def _make_room(stack: StackRecord, kind: Kind, failed: str) -> None:
    """Refuse one token too many, or delete the oldest if the seed says so."""
    tokens, limit = stack.tokens(kind), stack.token_limit(kind)
    if limit is None or len(tokens) < limit:
        return
    if kind == "delivery" or not stack.seed.limits.evict_oldest:
        reason = f"limit of {limit} {_TITLES[kind]}s for this stack is reached."
        raise invalid({"token": [reason]}, failed)
    oldest = min(tokens.values(), key=_created_at)
    del tokens[oldest.uid]


def _shown(token: TokenRecord) -> Json:
    """Return a token; a management token's value is shown only at its creation."""
    shown: Json = {
        "name": token.name,
        "description": token.description,
        "scope": token.scope,
        "uid": token.uid,
        **token.stamps.shown(),
    }
    if token.kind == "delivery":
        shown |= {"token": token.value, "type": "delivery"}
        if token.preview is not None:
            shown["preview_token"] = token.preview
        return shown
    shown["expires_on"] = token.expires_on
    shown["is_email_notification_enabled"] = token.email_notice
    return shown | token.extra


def _routes(kind: Kind) -> Routes:
    path = f"/v3/stacks/{kind}_tokens"
    return {
        f"GET {path}": partial(_list, kind),
        f"POST {path}": partial(_create, kind),
        f"GET {path}/{{uid}}": partial(_get, kind),
        f"PUT {path}/{{uid}}": partial(_update, kind),
        f"DELETE {path}/{{uid}}": partial(_delete, kind),
    }


ROUTES: Routes = {
    **_routes("delivery"),
    **_routes("management"),
    "POST /v3/stacks/delivery_tokens/{uid}/preview_token": _create_preview,
    "DELETE /v3/stacks/delivery_tokens/{uid}/preview_token": _delete_preview,
}
