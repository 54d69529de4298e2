"""The delivery host's synchronization: all that is published, then what changed."""

from __future__ import annotations

from datetime import UTC, datetime

from tui.sandbox.answers import Json, Response, invalid
from tui.sandbox.calls import Request, Routes
from tui.sandbox.content import CONTENT_TYPE_UID, LOCALE, asset, content_uid, entry
from tui.sandbox.organization import StackRecord, timestamp
from tui.sandbox.querying import not_valid
from tui.sandbox.readers import DELIVERY, Reader, by_token
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


def _sync(call: Request) -> Response:
    """Answer a first synchronization with everything, and a further one with nothing."""
    reader = by_token(DELIVERY, call)
    # Nothing here is longer than a page, so nobody was ever given a token for the next
    # one.
    if "pagination_token" in call.query:
        raise not_valid("pagination_token")
    if "sync_token" in call.query:
        return _further(call, reader)
    environment = reader.environment(call)
    if environment is None or not call.flag("init"):
        raise invalid({"init": ["is required."]})
    published = [
        ("entry_published", CONTENT_TYPE_UID, entry(reader, environment)),
        ("asset_published", "sys_assets", asset(reader, environment)),
    ]
    event_at = reader.stack.stamps.updated_at
    selection = Selection.of(call, "sync")
    items = [
        {
            "type": kind,
            "event_at": timestamp(event_at),
            "content_type_uid": uid,
            "data": selection.shown(data),
        }
        for kind, uid, data in published
        if _is_asked_for(call, kind, uid, event_at) and selection.speaks(LOCALE)
    ]
    return _answer(items, _token(reader.stack, environment))


def _further(call: Request, reader: Reader) -> Response:
    """What comes after a token.

    It is good for the environment that it was given out for.
    """
    stack, token = reader.stack, call.query["sync_token"]
    named = call.query.get("environment") or call.headers.get("environment")
    if named:
        reader.environment(call)
    scope = reader.token.names("environment") if reader.token else []
    own = [stack.environments[name] for name in scope if name in stack.environments]
    if token not in {
        _token(stack, each) for each in own if named in (None, "", each["name"])
    }:
        raise not_valid("sync_token")
    return _answer([], token)


def _is_asked_for(
    call: Request, kind: str, content_type_uid: str, event_at: datetime
) -> bool:
    kinds = [each for each in call.query.get("type", "").split(",") if each]
    if not _TYPES.issuperset(kinds):
        raise not_valid("type")
    start_from = call.query.get("start_from")
    wanted_uid = call.query.get("content_type_uid")
    return (
        (not kinds or kind in kinds)
        and (not wanted_uid or wanted_uid == content_type_uid)
        and (not start_from or event_at >= _moment(start_from))
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except ValueError:
        raise not_valid("start_from") from None


def _token(stack: StackRecord, environment: Json) -> str:
    return content_uid(stack, f"sync {environment['uid']}")


def _answer(items: list[Json], token: str) -> Response:
    shown = {"items": items, "skip": 0, "limit": 100, "total_count": len(items)}
    return Response({**shown, "sync_token": token})


ROUTES: Routes = {"GET /v3/stacks/sync": _sync, "GET /v3/stacks/sync/": _sync}
