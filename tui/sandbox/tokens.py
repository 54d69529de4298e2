"""The part of the management API that tokens are made, changed and deleted by, and given a preview token."""

from __future__ import annotations

from functools import partial

from tui.sandbox.answers import ApiError, Json, Response, invalid, not_found
from tui.sandbox.calls import Request, Routes
from tui.sandbox.organization import (
    Kind,
    PersonRecord,
    StackRecord,
    Stamps,
    TokenRecord,
)
from tui.sandbox.paging import page, with_odd
from tui.sandbox.rules import read_draft
from tui.sandbox.seed import ListName

_TITLES: dict[Kind, str] = {
    "delivery": "Delivery Token",
    "management": "Management Token",
}


def _list(kind: Kind, call: Request) -> Response:
    _, stack = call.enter_tokens(kind)
    newest_first = sorted(
        stack.tokens(kind).values(),
        key=lambda token: token.stamps.created_at,
        reverse=True,
    )
    lists: dict[Kind, ListName] = {
        "delivery": "delivery_tokens",
        "management": "management_tokens",
    }
    return page(
        call, "tokens", with_odd(newest_first, call.odd(lists[kind], stack)), _shown
    )


def _get(kind: Kind, call: Request) -> Response:
    _, _, token = _entered(kind, call)
    return Response({"token": _shown(token)})


def _create(kind: Kind, call: Request) -> Response:
    person, stack = call.enter_tokens(kind)
    world, now = call.world, call.world.now()
    failed = f"{_TITLES[kind]} creation failed. Please try again."
    draft = _draft(kind, call, stack, None, failed)
    _make_room(stack, kind, failed)
    stamps = Stamps(person.uid, person.uid, now, now)
    token = TokenRecord(
        kind=kind, uid=world.uid(), value=world.value(), stamps=stamps, **draft
    )
    # A plan without preview tokens makes none, in silence.
    in_plan = kind == "delivery" and stack.organization.preview_tokens
    if in_plan and call.flag("create_with_preview_token"):
        token.preview = world.value()
    stack.tokens(kind)[token.uid] = token
    stack.delay(call.lateness, now, token.value, token.preview)
    shown = _shown(token) | {"token": token.value}
    return Response(
        {"notice": f"{_TITLES[kind]} created successfully.", "token": shown}, 201
    )


def _update(kind: Kind, call: Request) -> Response:
    """Change everything about a token but its value.

    The body holds the whole token, as for `_create`.
    """
    person, stack, token = _entered(kind, call)
    failed = f"{_TITLES[kind]} update failed. Please try again."
    for field, value in _draft(kind, call, stack, token, failed).items():
        setattr(token, field, value)
    token.stamps.touch(person.uid, call.world.now())
    return Response(
        {"notice": f"{_TITLES[kind]} updated successfully.", "token": _shown(token)}
    )


def _delete(kind: Kind, call: Request) -> Response:
    """Take a token away, and its preview token with it."""
    _, stack, token = _entered(kind, call)
    del stack.tokens(kind)[token.uid]
    if kind == "delivery":
        stack.forget(token, call.world.now(), token.value, token.preview)
    return Response({"notice": f"{_TITLES[kind]} deleted successfully."})


def _create_preview(call: Request) -> Response:
    person, stack, token = _entered("delivery", call)
    # Clients post this with no body, or `{}`, and a content type of their choice.
    if call.body:
        call.json()
    if not stack.organization.preview_tokens:
        raise ApiError(422, "Preview Token is not included in your plan.", 600)
    if token.preview is not None:
        errors = {"preview_token": ["already exists."]}
        raise invalid(errors, "Preview Token creation failed. Please try again.")
    token.preview, token.preview_since = call.world.value(), call.world.now()
    stack.delay(call.lateness, token.preview_since, token.preview)
    token.stamps.touch(person.uid, token.preview_since)
    return Response(
        {"notice": "Preview token created successfully.", "token": _shown(token)}, 201
    )


def _delete_preview(call: Request) -> Response:
    person, stack, token = _entered("delivery", call)
    if token.preview is None:
        errors = {"preview_token": ["does not exist."]}
        raise invalid(errors, "Preview Token deletion failed. Please try again.")
    stack.forget(token, call.world.now(), token.preview)
    token.preview = None
    token.stamps.touch(person.uid, call.world.now())
    return Response({"notice": "Preview token deleted successfully."})


def _entered(
    kind: Kind, call: Request
) -> tuple[PersonRecord, StackRecord, TokenRecord]:
    """The caller, the stack, and the token that the path names."""
    person, stack = call.enter_tokens(kind)
    token = stack.tokens(kind).get(call.variables["uid"])
    if token is None:
        raise not_found("The requested object doesn't exist.")
    return person, stack, token


def _draft(
    kind: Kind,
    call: Request,
    stack: StackRecord,
    own: TokenRecord | None,
    failed: str,
) -> Json:
    draft = read_draft(call.json(), stack, kind, call.world, failed)
    if any(
        each.name == draft["name"] and each is not own
        for each in stack.tokens(kind).values()
    ):
        raise invalid({"name": ["is not unique."]}, failed)
    return draft


def _make_room(stack: StackRecord, kind: Kind, failed: str) -> None:
    limits, tokens = stack.seed.limits, stack.tokens(kind)
    limit = limits.delivery_tokens if kind == "delivery" else limits.management_tokens
    if limit is None or len(tokens) < limit:
        return
    if kind == "delivery" or not limits.evict_oldest:
        raise invalid(
            {
                "token": [
                    f"limit of {limit} {_TITLES[kind]}s for this stack is reached."
                ]
            },
            failed,
        )
    del tokens[min(tokens.values(), key=lambda token: token.stamps.created_at).uid]


def _shown(token: TokenRecord) -> Json:
    """A token; a management token's value is shown by the answer that made it alone."""
    shown: Json = {
        "name": token.name,
        "description": token.description,
        "scope": token.scope,
        "uid": token.uid,
        **token.stamps.shown(),
    }
    if token.kind == "delivery":
        preview = {} if token.preview is None else {"preview_token": token.preview}
        return shown | {"token": token.value, "type": "delivery", **preview}
    notice = {"is_email_notification_enabled": token.email_notice}
    return shown | {"expires_on": token.expires_on, **notice, **token.extra}


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
