"""The content of every stack, on the delivery, the preview and the management host.

It is one content type, one entry and one asset, published to every environment.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from tui.sandbox.answers import NOT_VALID, Answer, ApiError, Json, invalid, not_logged_in, stack_not_found
from tui.sandbox.calls import Call, Routes
from tui.sandbox.organization import EVERYTHING, MAIN_BRANCH, Stack, Token, timestamp
from tui.sandbox.paging import page

_CONTENT_TYPE_UID = "page"
_LOCALE = "en-us"
_DELIVERY = "access_token"
_PREVIEW = "preview_token"


class Reader(NamedTuple):
    """Who reads: a stack, its branch, and the token whose environments may be read (None: all of it)."""

    stack: Stack
    branch: str
    token: Token | None

    def environment(self, call: Call) -> Json | None:
        """The environment that the request names in its query or, as the Python client does, in a header.

        It is refused by 422/141 if none is named, 401/161 if it is unknown or outside the token's scope.
        """
        if self.token is None:
            return None
        name = call.query.get("environment") or call.headers.get("environment")
        if not name:
            raise invalid({"environment": ["is required."]})
        if name not in self.stack.environments or name not in self.token.names("environment"):
            message = "Environment doesn't exists or insufficient permission to access it."
            raise ApiError(401, message, 161)
        return self.stack.environments[name]


Authorize: TypeAlias = Callable[[Call], Reader]


def _by_token(field: str, call: Call) -> Reader:
    """By the header that names a delivery token, or its preview token."""
    stack, value = call.stack(), call.headers.get(field, "")
    preview = field == _PREVIEW
    values = ((each.preview if preview else each.value, each) for each in stack.delivery_tokens.values())
    token = next((each for held, each in values if value and held == value), None)
    token = _as_heard_of(call, stack, token, value, field)
    if preview and not stack.seed.live_preview:
        raise not_logged_in(field)
    return Reader(stack, _branch(stack, token, call), token)


def _by_management(call: Call) -> Reader:
    stack = call.read_stack()
    return Reader(stack, _branch(stack, call.management_token(), call), None)


def _as_heard_of(call: Call, stack: Stack, token: Token | None, value: str, field: str) -> Token:
    """The token as the content hosts know it, who hear late of new and deleted ones."""
    now = call.world.now()
    if token is not None:
        since = (token.preview_since if field == _PREVIEW else None) or token.stamps.created_at
        if (now - since).total_seconds() < stack.seed.network.lag:
            raise not_logged_in(field)
        return token
    token, deleted_at = stack.remembered.get(value, (None, now))
    still_answered_for = (now - deleted_at).total_seconds() < stack.seed.network.memory
    if token is not None and still_answered_for and (field == _DELIVERY) == (value == token.value):
        return token
    delivery = stack.delivery_tokens.values()
    known = {each.value for each in (*delivery, *stack.management_tokens.values())}
    # A token of another kind is answered like a stack that is not there.
    if value in known or value in {each.preview for each in delivery}:
        raise stack_not_found()
    raise not_logged_in(field)


def _branch(stack: Stack, token: Token | None, call: Call) -> str:
    """The branch that the request names by its uid or an alias: main, unless the header says otherwise.

    It is refused by 422/901 if it is unknown, or neither it nor an alias of it is in the token's scope.
    """
    if not stack.branches:
        return MAIN_BRANCH
    name = call.headers.get("branch") or MAIN_BRANCH
    branch = stack.branch_behind(name)
    names = [*token.names("branch"), *token.names("branch_alias")] if token else [EVERYTHING]
    if branch and (EVERYTHING in names or branch in {stack.branch_behind(each) for each in names}):
        return branch
    message = (
        f"Access denied. You have insufficient permissions to perform operation on this branch '{name}'."
    )
    raise ApiError(422, message, 901)


def _read(authorize: Authorize, key: str, name: str, call: Call) -> Answer:
    """The list of `key`, or the one that the path names, as `name`."""
    reader = authorize(call)
    if key == "content_types":
        content = _content_type(reader.stack)
    else:
        content = (_entry if key == "entries" else _asset)(reader, reader.environment(call))
    uids = {"content_type": _CONTENT_TYPE_UID, "uid": content["uid"]}
    if any(uids[variable] != uid for variable, uid in call.variables.items()):
        raise invalid({"uid": [NOT_VALID]}, "The requested object doesn't exist.")
    return Answer({name: content}) if name else page(call, key, [content])


def _sync(call: Call) -> Answer:
    """What a first synchronization brings; nothing is published later, so a further one brings nothing."""
    reader = _by_token(_DELIVERY, call)
    stack, environment = reader.stack, reader.environment(call)
    continued = "sync_token" in call.query or "pagination_token" in call.query
    if environment is None or not (continued or call.flag("init")):
        raise invalid({"init": ["is required."]})
    published = [
        ("entry_published", _CONTENT_TYPE_UID, _entry(reader, environment)),
        ("asset_published", "sys_assets", _asset(reader, environment)),
    ]
    event_at = timestamp(stack.stamps.updated_at)
    items = [
        {"type": kind, "event_at": event_at, "content_type_uid": uid, "data": data}
        for kind, uid, data in ([] if continued else published)
    ]
    token = _uid(stack, f"sync {environment['uid']}")
    return Answer({"items": items, "skip": 0, "limit": 100, "total_count": len(items), "sync_token": token})


def _content_type(stack: Stack) -> Json:
    """A page with a title and a URL."""
    fields = [("Title", "title", True), ("URL", "url", False)]
    return {
        **stack.stamps.dates(),
        "title": "Page",
        "uid": _CONTENT_TYPE_UID,
        "_version": 1,
        "inbuilt_class": False,
        "schema": [
            {"data_type": "text", "display_name": name, "uid": uid, "mandatory": needed, "unique": needed}
            for name, uid, needed in fields
        ],
        "description": "",
        "options": {"is_page": True, "singleton": False, "title": "title", "sub_title": []},
        "abilities": {"get_one_object": True, "get_all_objects": True},
    }


def _entry(reader: Reader, environment: Json | None) -> Json:
    """The entry; without an environment it is the draft, as the management API shows it."""
    return {
        "uid": _uid(reader.stack, "entry"),
        "title": f"Welcome to {reader.stack.name}",
        "url": "/welcome",
        "locale": _LOCALE,
        "tags": [],
        "ACL": {},
        "_version": 1,
        "_in_progress": False,
        "_branch": reader.branch,
        **_publication(reader.stack, environment),
    }


def _asset(reader: Reader, environment: Json | None) -> Json:
    uid = _uid(reader.stack, "asset")
    return {
        "uid": uid,
        "title": "logo.svg",
        "filename": "logo.svg",
        "content_type": "image/svg+xml",
        "file_size": "2048",
        "url": f"https://assets.example.com/v3/assets/{reader.stack.api_key}/{uid}/logo.svg",
        "is_dir": False,
        "parent_uid": None,
        "tags": [],
        "ACL": {},
        "_version": 1,
        **_publication(reader.stack, environment),
    }


def _uid(stack: Stack, what: str) -> str:
    return "blt" + sha256(f"{stack.uid} {what}".encode()).hexdigest()[:16]


def _publication(stack: Stack, environment: Json | None) -> Json:
    """Who made a thing and when, and where it is published."""
    made = stack.stamps.shown()
    if environment is None:
        return made
    where = {"environment": environment["uid"], "locale": _LOCALE}
    return made | {"publish_details": {**where, "time": made["updated_at"], "user": stack.owner_uid}}


def _routes(prefix: str, authorize: Authorize) -> Routes:
    places = [
        ("content_types", "content_types", ""),
        ("content_types/{content_type}", "content_types", "content_type"),
        ("content_types/{content_type}/entries", "entries", ""),
        ("content_types/{content_type}/entries/{uid}", "entries", "entry"),
        ("assets", "assets", ""),
        ("assets/{uid}", "assets", "asset"),
    ]
    return {f"GET {prefix}/{path}": partial(_read, authorize, key, name) for path, key, name in places}


MANAGEMENT_ROUTES: Routes = _routes("/v3", _by_management)
DELIVERY_ROUTES: Routes = {**_routes("/v3", partial(_by_token, _DELIVERY)), "GET /v3/stacks/sync": _sync}
_by_preview = partial(_by_token, _PREVIEW)
# The JavaScript client leaves the `/v3` out.
PREVIEW_ROUTES: Routes = {**_routes("/v3", _by_preview), **_routes("", _by_preview)}
