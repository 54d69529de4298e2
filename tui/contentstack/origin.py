"""Who sent an answer: the API, or something in between.

Web filters, captive portals and access proxies answer with any status, often with a
page, some with JSON. So the form of the body decides before the status or code counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TypeAlias
from urllib.parse import urlsplit

from tui.contentstack.errors import cleaned
from tui.secret import Secret

JsonObject: TypeAlias = dict[str, object]
"""A decoded JSON object whose contents haven't been checked."""

# Every known error from Contentstack has `error_message`, and its codes are known too.
# An unknown code without the message is probably someone else's: Cloudflare sends 1020.
_CODES = frozenset(
    {21, 104, 105, 109, 115, 118, 119, 141, 150, 161, 248, 294, 295, 316}
    | {429, 600, 901, 903, 905, 909, 910}
)
# By definition, these mean that a proxy or network wants its own sign-in.
_IN_BETWEEN = frozenset({407, 511})
_NOT_PASSED_ON = _IN_BETWEEN | {301, 302, 307, 308}

_HEAD = 16_384
_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]*)", re.IGNORECASE)
_PAGE = re.compile(r"\s*<(!doctype|html|head|body|title|meta|script|!--|\?xml)", re.I)
_WORDS = ("message", "error", "title", "detail", "reason")
_JSON_TYPES = {list: "a JSON list", str: "a JSON string", type(None): "JSON null"}


class _NoJson:
    """Marks a body that isn't JSON. None won't do, because null is JSON."""


NO_JSON = _NoJson()


def json_of(body: bytes) -> object:
    """Decode a body; return `NO_JSON` if it isn't JSON, such as when it's empty."""
    try:
        decoded: object = json.loads(body)
    except (ValueError, RecursionError):
        return NO_JSON
    return decoded


def is_the_apis(status: int, value: object) -> bool:
    """Whether this status and decoded body look like an answer from the API.

    A success is any object: what it must contain depends on the request. A refusal has
    Contentstack's members. A redirect never comes from the API.
    """
    if not isinstance(value, dict) or status in _IN_BETWEEN:
        return False
    if 200 <= status < 300:
        return True
    message, code = value.get("error_message"), value.get("error_code")
    told = isinstance(message, str) and bool(message.strip())
    known = isinstance(code, int) and not isinstance(code, bool) and code in _CODES
    return status >= 400 and (told or known)


def may_have_been_passed_on(status: int) -> bool:
    """Whether a request that something else answered may still have reached the API.

    A filter that reads answers can block one after the request was carried out. Only a
    redirect elsewhere, or a demand to sign in on the way, means that it didn't arrive.
    """
    return status not in _NOT_PASSED_ON


def description(
    status: int,
    body: bytes,
    value: object,
    *,
    server: str = "",
    location: str = "",
    secrets: Iterable[Secret] = (),
) -> str:
    """Describe what came instead, to use in a sentence, with its status and server."""
    secrets = tuple(secrets)
    if 300 <= status < 400:
        what = f"a redirect{_host(location, secrets)}, not followed"
    else:
        what = _form(body, value, secrets)
    parts = [what, f"status {status}"]
    name = _short(server, secrets, 60)
    if name:
        parts.append(f"server {name}")
    return ", ".join(parts)


def _title(text: str, secrets: tuple[Secret, ...]) -> str:
    import html  # noqa: PLC0415 - only for a page, which should not come

    found = _TITLE.search(text)
    return _short(html.unescape(found[1]), secrets, 80) if found else ""


def _form(body: bytes, value: object, secrets: tuple[Secret, ...]) -> str:
    if isinstance(value, dict):
        texts = [value.get(key) for key in _WORDS]
        words = next((text for text in texts if isinstance(text, str)), "")
        told = _short(words, secrets, 120)
        return f"JSON that says “{told}”" if told else "JSON in another form"
    if value is not NO_JSON:
        return _JSON_TYPES.get(type(value), "a JSON number or boolean")
    if not body.strip():
        return "an empty answer"
    text = body[:_HEAD].decode("utf-8", "replace")
    title = _title(text, secrets)
    if title:
        return f"a web page titled “{title}”"
    return "a web page" if _PAGE.match(text) else "something that isn't JSON"


def _host(location: str, secrets: tuple[Secret, ...]) -> str:
    """Return where it leads, only as a host: the rest may repeat what was sent."""
    try:
        parts = urlsplit(location.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host or parts.scheme not in ("http", "https", ""):
        return ""
    shown = _short(f"{host}:{port}" if port else host, secrets, 120)
    return f" to {shown}" if shown else ""


def _short(text: str, secrets: tuple[Secret, ...], limit: int) -> str:
    return cleaned(" ".join(text.split()), secrets, limit=limit)
