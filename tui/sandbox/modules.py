"""A stack's language, and the modules that clients ask for but are empty here."""

from __future__ import annotations

from functools import partial

from tui.sandbox.content import LOCALE
from tui.sandbox.organization import StackRecord
from tui.sandbox.paging import page
from tui.sandbox.requests import Request, Routes
from tui.sandbox.responses import Json, Response, not_found


def _locale(stack: StackRecord) -> Json:
    """Return the language of all content."""
    return {
        "code": LOCALE,
        "uid": f"{stack.uid}{LOCALE}",
        "name": "English - United States",
        "fallback_locale": None,
        **stack.stamps.shown(),
        "ACL": {},
        "_version": 1,
    }


def _locales(request: Request) -> Response:
    stack = request.read_stack()
    return page(request, "locales", [_locale(stack)], dict)


def _one_locale(request: Request) -> Response:
    stack = request.read_stack()
    if request.variables["code"] != LOCALE:
        raise not_found("The requested language doesn't exist.", "code")
    return Response({"locale": _locale(stack)})


def _empty(key: str, request: Request) -> Response:
    request.read_stack()
    return page(request, key, [], dict)


_EMPTY = (
    "extensions",
    "webhooks",
    "taxonomies",
    "global_fields",
    "workflows",
    "labels",
)

ROUTES: Routes = {
    "GET /v3/locales": _locales,
    "GET /v3/locales/{code}": _one_locale,
    **{f"GET /v3/{key}": partial(_empty, key) for key in _EMPTY},
}
