"""The content of every stack: one content type, one entry and one asset, published to every environment."""

from __future__ import annotations

from hashlib import sha256

from tui.sandbox.answers import Json
from tui.sandbox.organization import Environment, Stack
from tui.sandbox.views import timestamp

CONTENT_TYPE_UID = "page"
_LOCALE = "en-us"


def content_type(stack: Stack) -> Json:
    """The one content type: a page with a title and a URL."""
    fields = [("Title", "title", True), ("URL", "url", False)]
    return {
        **_dates(stack),
        "title": "Page",
        "uid": CONTENT_TYPE_UID,
        "_version": 1,
        "inbuilt_class": False,
        "schema": [
            {
                "data_type": "text",
                "display_name": name,
                "uid": uid,
                "mandatory": mandatory,
                "unique": mandatory,
            }
            for name, uid, mandatory in fields
        ],
        "description": "",
        "options": {"is_page": True, "singleton": False, "title": "title", "sub_title": []},
        "abilities": {"get_one_object": True, "get_all_objects": True},
    }


def entry(stack: Stack, branch: str, environment: Environment | None) -> Json:
    """The one entry; without an environment it is the draft, as the management API shows it."""
    return {
        "uid": _uid(stack, "entry"),
        "title": f"Welcome to {stack.name}",
        "url": "/welcome",
        "locale": _LOCALE,
        "tags": [],
        "ACL": {},
        "_version": 1,
        "_in_progress": False,
        "_branch": branch,
        **_authors(stack),
        **_dates(stack),
        **_publication(stack, environment),
    }


def asset(stack: Stack, environment: Environment | None) -> Json:
    """The one asset."""
    uid = _uid(stack, "asset")
    return {
        "uid": uid,
        "title": "logo.svg",
        "filename": "logo.svg",
        "content_type": "image/svg+xml",
        "file_size": "2048",
        "url": f"https://assets.example.com/v3/assets/{stack.api_key}/{uid}/logo.svg",
        "is_dir": False,
        "parent_uid": None,
        "tags": [],
        "ACL": {},
        "_version": 1,
        **_authors(stack),
        **_dates(stack),
        **_publication(stack, environment),
    }


def sync(stack: Stack, branch: str, environment: Environment, *, initial: bool) -> Json:
    """What a first synchronization brings; nothing is published later, so a further one brings nothing."""
    published = [
        ("entry_published", CONTENT_TYPE_UID, entry(stack, branch, environment)),
        ("asset_published", "sys_assets", asset(stack, environment)),
    ]
    items = [
        {"type": kind, "event_at": timestamp(stack.stamps.updated_at), "content_type_uid": uid, "data": data}
        for kind, uid, data in published
    ]
    shown = items if initial else []
    token = _uid(stack, f"sync {environment.uid}")
    return {"items": shown, "skip": 0, "limit": 100, "total_count": len(shown), "sync_token": token}


def _uid(stack: Stack, what: str) -> str:
    return "blt" + sha256(f"{stack.uid} {what}".encode()).hexdigest()[:16]


def _dates(stack: Stack) -> Json:
    return {
        "created_at": timestamp(stack.stamps.created_at),
        "updated_at": timestamp(stack.stamps.updated_at),
    }


def _authors(stack: Stack) -> Json:
    return {"created_by": stack.owner_uid, "updated_by": stack.owner_uid}


def _publication(stack: Stack, environment: Environment | None) -> Json:
    if environment is None:
        return {}
    time = timestamp(stack.stamps.updated_at)
    return {
        "publish_details": {
            "environment": environment.uid,
            "locale": _LOCALE,
            "time": time,
            "user": stack.owner_uid,
        }
    }
