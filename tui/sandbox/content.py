"""The content of every stack, on the delivery, the preview and the management host.

It is one content type, one entry and one asset, published to every environment.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import TypeAlias

from tui.sandbox.answers import NOT_VALID, Json, Response, invalid
from tui.sandbox.calls import Request, Routes
from tui.sandbox.organization import StackRecord
from tui.sandbox.paging import page
from tui.sandbox.readers import DELIVERY, PREVIEW, Reader, by_management, by_token
from tui.sandbox.selecting import DRAFT_DETAILS, Selection

CONTENT_TYPE_UID = "page"
LOCALE = "en-us"
_FILENAME = "logo.svg"
_LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>\n'
Authorize: TypeAlias = Callable[[Request], Reader]


def _read(authorize: Authorize, key: str, name: str, call: Request) -> Response:
    """The list of `key`, or the one that the path names, as `name`."""
    reader = authorize(call)
    selection = Selection.of(call, key)
    if key == "content_types":
        content = content_type(reader.stack)
    else:
        show = entry if key == "entries" else asset
        content = show(reader, reader.environment(call))
    uids = {"content_type": CONTENT_TYPE_UID, "uid": content["uid"]}
    in_language = key == "content_types" or selection.speaks(LOCALE)
    asked = [
        variable for variable, uid in call.variables.items() if uids[variable] != uid
    ]
    if asked or (name and not in_language):
        raise invalid({"uid": [NOT_VALID]}, "The requested object doesn't exist.")
    beside = selection.beside(content_type(reader.stack))
    if name:
        return Response({name: selection.shown(content), **beside})
    found = [content] if in_language else []
    if selection.counts:
        return page(call, key, found, count_alone=True)
    return page(
        call,
        key,
        found,
        select=selection.shown,
        beside=beside,
        lenient=reader.token is not None,
    )


def _download(call: Request) -> Response:
    """The file of the asset, which needs no token: it is public."""
    named = call.variables
    stack = call.world.stacks.get(named["api_key"])
    if (
        stack is None
        or named["uid"] != content_uid(stack, "asset")
        or named["file"] != _FILENAME
    ):
        raise invalid({"uid": [NOT_VALID]}, "The requested object doesn't exist.")
    answer = Response({}, headers={"content-type": "image/svg+xml"})
    answer.body = _LOGO
    return answer


def content_type(stack: StackRecord) -> Json:
    """A page with a title and a URL."""
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
    """The entry; without an environment it is the draft, as the management API shows it."""
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
    """The asset, a drawing that can be downloaded.

    Without an environment it is the draft.
    """
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
    """The uid of something in a stack, the same in every run."""
    return "blt" + sha256(f"{stack.uid} {what}".encode()).hexdigest()[:16]


def _publication(stack: StackRecord, environment: Json | None) -> Json:
    """Who made a thing and when, and where it is published.

    For a draft, a list of places.
    """
    made = stack.stamps.shown()
    details = [
        {
            "environment": each["uid"],
            "locale": LOCALE,
            "time": made["updated_at"],
            "user": stack.owner_uid,
        }
        for each in ([environment] if environment else stack.environments.values())
    ]
    if environment is None:
        return made | {DRAFT_DETAILS: [each | {"version": 1} for each in details]}
    return made | {"publish_details": details[0]}


def _routes(prefix: str, authorize: Authorize, end: str = "") -> Routes:
    places = [
        ("content_types", "content_types", ""),
        ("content_types/{content_type}", "content_types", "content_type"),
        ("content_types/{content_type}/entries", "entries", ""),
        ("content_types/{content_type}/entries/{uid}", "entries", "entry"),
        ("assets", "assets", ""),
        ("assets/{uid}", "assets", "asset"),
    ]
    return {
        f"GET {prefix}/{path}{end}": partial(_read, authorize, key, name)
        for path, key, name in places
    }


_FILES: Routes = {"GET /v3/assets/{api_key}/{uid}/{file}": _download}
MANAGEMENT_ROUTES: Routes = {**_routes("/v3", by_management), **_FILES}
# The JavaScript client asks the content hosts for lists with a slash at the end.
DELIVERY_ROUTES: Routes = _FILES | {
    path: handler
    for end in ("", "/")
    for path, handler in _routes("/v3", partial(by_token, DELIVERY), end).items()
}
# The newer JavaScript client leaves the `/v3` out.
PREVIEW_ROUTES: Routes = {
    path: handler
    for prefix in ("/v3", "")
    for end in ("", "/")
    for path, handler in _routes(prefix, partial(by_token, PREVIEW), end).items()
}
