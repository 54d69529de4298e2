"""A stack's language, and its modules that are empty here but that clients ask for."""

from __future__ import annotations

from functools import partial

from tui.sandbox.answers import Json, Response, not_found
from tui.sandbox.calls import Request, Routes
from tui.sandbox.content import LOCALE
from tui.sandbox.organization import StackRecord
from tui.sandbox.paging import page


def _locale(stack: StackRecord) -> Json:
    """The language that all content is in."""
    return {
        "code": LOCALE,
        "uid": f"{stack.uid}{LOCALE}",
        "name": "English - United States",
        "fallback_locale": None,
        **stack.stamps.shown(),
        "ACL": {},
        "_version": 1,
    }


def _locales(call: Request) -> Response:
    stack = call.read_stack()
    return page(call, "locales", [_locale(stack)])


def _one_locale(call: Request) -> Response:
    stack = call.read_stack()
    if call.variables["code"] != LOCALE:
        raise not_found("The requested language doesn't exist.", "code")
    return Response({"locale": _locale(stack)})


def _empty(key: str, call: Request) -> Response:
    call.read_stack()
    return page(call, key, [])


# By path, the field of the answer.
_EMPTY = {
    "extensions": "extensions",
    "webhooks": "webhooks",
    "taxonomies": "taxonomies",
    "global_fields": "global_fields",
    "workflows": "workflows",
    "labels": "labels",
}

ROUTES: Routes = {
    "GET /v3/locales": _locales,
    "GET /v3/locales/{code}": _one_locale,
    **{f"GET /v3/{path}": partial(_empty, key) for path, key in _EMPTY.items()},
}
