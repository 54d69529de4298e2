"""The delivery host's synchronization: everything published, then what changed."""

from __future__ import annotations

from datetime import UTC, datetime

from tui.sandbox.content import CONTENT_TYPE_UID, LOCALE, asset, content_uid, entry
from tui.sandbox.organization import StackRecord, timestamp
from tui.sandbox.querying import not_valid
from tui.sandbox.readers import DELIVERY, Reader, by_token
from tui.sandbox.requests import Request, Routes
from tui.sandbox.responses import Json, Response, invalid
from tui.sandbox.selecting import Selection

_TYPES = {
    "entry_published",
    "entry_unpublished",
    "entry_deleted",
    "asset_published",
    "asset_unpublished",
    "asset_deleted",
    "content_type_deleted",
}


def _sync(request: Request) -> Response:
    """Send everything for a first synchronization, and nothing for later ones."""
    reader = by_token(DELIVERY, request)
    # Nothing here is longer than a page, so no client has a token for a second one.
    if "pagination_token" in request.query:
        raise not_valid("pagination_token")
    if "sync_token" in request.query:
        return _further(request, reader)
    environment = reader.environment(request)
    if environment is None or not request.flag("init"):
        raise invalid({"init": ["is required."]})
    published = [
        ("entry_published", CONTENT_TYPE_UID, entry(reader, environment)),
        ("asset_published", "sys_assets", asset(reader, environment)),
    ]
    event_at = reader.stack.stamps.updated_at
    selection = Selection.of(request, "sync")
    items: list[Json] = []
    for kind, content_type_uid, content in published:
        is_asked_for = _is_asked_for(request, kind, content_type_uid, event_at)
        if is_asked_for and selection.speaks(LOCALE):
            item = {
                "type": kind,
                "event_at": timestamp(event_at),
                "content_type_uid": content_type_uid,
                "data": selection.shown(content),
            }
            items.append(item)
    return _page(items, _token(reader.stack, environment))


def _further(request: Request, reader: Reader) -> Response:
    """Send what comes after a token, which is valid only for its own environment."""
    stack, token = reader.stack, request.query["sync_token"]
    named = request.query.get("environment") or request.headers.get("environment")
    if named:
        reader.environment(request)
    scope = [named] if named else _environments_of(reader)
    own = [stack.environments[name] for name in scope if name in stack.environments]
    if token not in [_token(stack, each) for each in own]:
        raise not_valid("sync_token")
    return _page([], token)


def _environments_of(reader: Reader) -> list[str]:
    return reader.token.names("environment") if reader.token else []


def _is_asked_for(
    request: Request, kind: str, content_type_uid: str, event_at: datetime
) -> bool:
    kinds = [each for each in request.query.get("type", "").split(",") if each]
    if not _TYPES.issuperset(kinds):
        raise not_valid("type")
    if kinds and kind not in kinds:
        return False
    wanted_uid = request.query.get("content_type_uid")
    if wanted_uid and wanted_uid != content_type_uid:
        return False
    start_from = request.query.get("start_from")
    return not start_from or event_at >= _moment(start_from)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise not_valid("start_from") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _token(stack: StackRecord, environment: Json) -> str:
    return content_uid(stack, f"sync {environment['uid']}")


def _page(items: list[Json], token: str) -> Response:
    page = {"items": items, "skip": 0, "limit": 100, "total_count": len(items)}
    return Response({**page, "sync_token": token})


ROUTES: Routes = {"GET /v3/stacks/sync": _sync, "GET /v3/stacks/sync/": _sync}
