"""The content of every stack, on the delivery, preview and management hosts.

There's one content type, one entry and one asset, published to every environment.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import TypeAlias

from tui.sandbox.organization import StackRecord, timestamp
from tui.sandbox.paging import page
from tui.sandbox.readers import DELIVERY, PREVIEW, Reader, by_management, by_token
from tui.sandbox.requests import Request, Routes
from tui.sandbox.responses import NOT_VALID, ApiError, Json, Response, invalid
from tui.sandbox.selecting import MANAGEMENT_DETAILS, Selection

CONTENT_TYPE_UID = "page"
LOCALE = "en-us"
_FILENAME = "logo.svg"
_LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>\n'
Authorize: TypeAlias = Callable[[Request], Reader]


def _list(authorize: Authorize, key: str, request: Request) -> Response:
    """Return the list `key`, which has one item or none."""
    reader = authorize(request)
    selection = Selection.of(request, key)
    content = _content(reader, key, request)
    found = [content] if _is_translated(selection, key) else []
    _check_path(request, content)
    if selection.counts:
        return page(request, key, found, dict, count_alone=True)
    return page(
        request,
        key,
        found,
        dict,
        select=selection.shown,
        beside=selection.beside(content_type(reader.stack)),
        lenient=reader.token is not None,
    )


def _get(authorize: Authorize, key: str, name: str, request: Request) -> Response:
    """Return the item of the list `key` that the path names, as the field `name`."""
    reader = authorize(request)
    selection = Selection.of(request, key)
    content = _content(reader, key, request)
    _check_path(request, content)
    if not _is_translated(selection, key):
        raise _no_such_object()
    beside = selection.beside(content_type(reader.stack))
    return Response({name: selection.shown(content), **beside})


def _content(reader: Reader, key: str, request: Request) -> Json:
    """Return the only item of the list `key`."""
    if key == "content_types":
        return content_type(reader.stack)
    environment = reader.environment(request)
    if key == "entries":
        return entry(reader, environment)
    return asset(reader, environment)


def _is_translated(selection: Selection, key: str) -> bool:
    """Whether the content exists in the requested language; a type has no language."""
    return key == "content_types" or selection.speaks(LOCALE)


def _check_path(request: Request, content: Json) -> None:
    """Refuse a path that names another content type or another uid."""
    uids = {"content_type": CONTENT_TYPE_UID, "uid": content["uid"]}
    for variable, uid in request.variables.items():
        if uids[variable] != uid:
            raise _no_such_object()


def _no_such_object() -> ApiError:
    return invalid({"uid": [NOT_VALID]}, "The requested object doesn't exist.")


def _download(request: Request) -> Response:
    """Return the file of the asset, which is public and needs no token."""
    variables = request.variables
    stack = request.world.stacks.get(variables["api_key"])
    if stack is None:
        raise _no_such_object()
    own = (content_uid(stack, "asset"), _FILENAME)
    if (variables["uid"], variables["file"]) != own:
        raise _no_such_object()
    response = Response({}, headers={"content-type": "image/svg+xml"})
    response.body = _LOGO
    return response


def content_type(stack: StackRecord) -> Json:
    """Return the content type of all entries: a page with a title and a URL."""
    fields = [("Title", "title", True), ("URL", "url", False)]
    return {
        **stack.stamps.dates(),
        "title": "Page",
        "uid": CONTENT_TYPE_UID,
        "_version": 1,
        "inbuilt_class": False,
        "schema": [
            {
                "data_type": "text",
                "display_name": name,
                "uid": uid,
                "mandatory": needed,
                "unique": needed,
            }
            for name, uid, needed in fields
        ],
        "description": "",
        "options": {
            "is_page": True,
            "singleton": False,
            "title": "title",
            "sub_title": [],
        },
        "abilities": {"get_one_object": True, "get_all_objects": True},
    }


def entry(reader: Reader, environment: Json | None) -> Json:
    """Return the entry as it's published to an environment.

    Without an environment, return what the management API shows.
    """
    return {
        "uid": content_uid(reader.stack, "entry"),
        "title": f"Welcome to {reader.stack.name}",
        "url": "/welcome",
        "locale": LOCALE,
        "tags": [],
        "ACL": {},
        "_version": 1,
        "_in_progress": False,
        "_branch": reader.branch,
        "_metadata": {},
        **_publication(reader.stack, environment),
    }


def asset(reader: Reader, environment: Json | None) -> Json:
    """Return the asset, a drawing that can be downloaded, as `entry` does."""
    uid = content_uid(reader.stack, "asset")
    return {
        "uid": uid,
        "title": _FILENAME,
        "filename": _FILENAME,
        "content_type": "image/svg+xml",
        "file_size": str(len(_LOGO)),
        "url": f"{reader.origin}/v3/assets/{reader.stack.api_key}/{uid}/{_FILENAME}",
        "is_dir": False,
        "parent_uid": None,
        "tags": [],
        "ACL": {},
        "_version": 1,
        "_branch": reader.branch,
        "_metadata": {},
        "dimension": {"height": 64, "width": 64},
        **_publication(reader.stack, environment),
    }


def content_uid(stack: StackRecord, what: str) -> str:
    """Return the uid of an item in a stack, the same in every run."""
    return "blt" + sha256(f"{stack.uid} {what}".encode()).hexdigest()[:16]


def _publication(stack: StackRecord, environment: Json | None) -> Json:
    """Return who created an item, when, and where it's published."""
    stamps = stack.stamps.shown()
    if environment is not None:
        return stamps | {"publish_details": _place(stack, environment)}
    places = [_place(stack, each) for each in stack.environments.values()]
    return stamps | {MANAGEMENT_DETAILS: [each | {"version": 1} for each in places]}


def _place(stack: StackRecord, environment: Json) -> Json:
    return {
        "environment": environment["uid"],
        "locale": LOCALE,
        "time": timestamp(stack.stamps.updated_at),
        "user": stack.owner_uid,
    }


def _routes(prefix: str, authorize: Authorize, end: str = "") -> Routes:
    lists = {
        "content_types": "content_types",
        "content_types/{content_type}/entries": "entries",
        "assets": "assets",
    }
    members = {
        "content_types/{content_type}": ("content_types", "content_type"),
        "content_types/{content_type}/entries/{uid}": ("entries", "entry"),
        "assets/{uid}": ("assets", "asset"),
    }
    routes: Routes = {}
    for path, key in lists.items():
        routes[f"GET {prefix}/{path}{end}"] = partial(_list, authorize, key)
    for path, (key, name) in members.items():
        routes[f"GET {prefix}/{path}{end}"] = partial(_get, authorize, key, name)
    return routes


_by_delivery_token = partial(by_token, DELIVERY)
_by_preview_token = partial(by_token, PREVIEW)
_FILES: Routes = {"GET /v3/assets/{api_key}/{uid}/{file}": _download}

MANAGEMENT_ROUTES: Routes = {**_routes("/v3", by_management), **_FILES}
# The JavaScript client asks the content hosts for lists with a slash at the end.
DELIVERY_ROUTES: Routes = {
    **_FILES,
    **_routes("/v3", _by_delivery_token),
    **_routes("/v3", _by_delivery_token, "/"),
}
# The newer JavaScript client omits the `/v3`.
PREVIEW_ROUTES: Routes = {
    **_routes("/v3", _by_preview_token),
    **_routes("/v3", _by_preview_token, "/"),
    **_routes("", _by_preview_token),
    **_routes("", _by_preview_token, "/"),
}
