"""The routes that read content: on the delivery host, the preview host, and the management host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from starlette.routing import Route

from tui.sandbox import access, content
from tui.sandbox.answers import (
    NOT_VALID,
    JsonResponse,
    branch_refused,
    environment_refused,
    invalid,
    not_logged_in,
    stack_not_found,
)
from tui.sandbox.organization import EVERYTHING, MAIN_BRANCH, Environment, Stack, Token, World
from tui.sandbox.paging import page
from tui.sandbox.routing import ApiRequest, route

_FAILED = "The request could not be completed. Please try again."


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a stack, its branch, and the token whose environments may be read (None: all of it)."""

    stack: Stack
    branch: str
    token: Token | None

    def environment(self, request: ApiRequest) -> Environment | None:
        """The environment that the request names in its query or, as the Python client does, in a header.

        Raises:
            ApiError: 422/141 if none is named, 401/161 if it is unknown or outside the token's scope.
        """
        if self.token is None:
            return None
        name = request.query.get("environment") or request.headers.get("environment", "")
        if not name:
            raise invalid(_FAILED, {"environment": ["is required."]})
        found = self.stack.environments.get(name)
        readable = [each for item in self.token.scope for each in item.environments]
        if found is None or found not in readable:
            raise environment_refused()
        return found


Authorize: TypeAlias = Callable[[World, ApiRequest], Reader]
Read: TypeAlias = Callable[[Reader, ApiRequest], JsonResponse]


def delivery_routes(world: World) -> list[Route]:
    """The delivery API (CDA): published content, by delivery token."""
    return [*_routes(world, "/v3", _by_delivery_token), _sync_route(world)]


def preview_routes(world: World) -> list[Route]:
    """The preview API, by preview token; the JavaScript client leaves the `/v3` out."""
    return [each for prefix in ("/v3", "") for each in _routes(world, prefix, _by_preview_token)]


def management_routes(world: World) -> list[Route]:
    """The same objects as the management API shows them, by session or management token."""
    return _routes(world, "/v3", _by_management)


def _routes(world: World, prefix: str, authorize: Authorize) -> list[Route]:
    readers: list[tuple[str, Read]] = [
        ("/content_types", _content_types),
        ("/content_types/{content_type}", _content_type),
        ("/content_types/{content_type}/entries", _entries),
        ("/content_types/{content_type}/entries/{uid}", _entry),
        ("/assets", _assets),
        ("/assets/{uid}", _asset),
    ]
    return [route("GET", prefix + path, partial(_read, world, authorize, read)) for path, read in readers]


def _sync_route(world: World) -> Route:
    return route("GET", "/v3/stacks/sync", partial(_read, world, _by_delivery_token, _sync))


def _read(world: World, authorize: Authorize, read: Read, request: ApiRequest) -> JsonResponse:
    return read(authorize(world, request), request)


def _by_delivery_token(world: World, request: ApiRequest) -> Reader:
    stack = access.stack_of(world, request.headers)
    value = request.headers.get("access_token", "")
    token = next((each for each in stack.delivery_tokens.values() if value and each.value == value), None)
    token = _as_heard_of(world, stack, token, value, "access_token")
    return Reader(stack, _branch(stack, token, request), token)


def _by_preview_token(world: World, request: ApiRequest) -> Reader:
    stack = access.stack_of(world, request.headers)
    value = request.headers.get("preview_token", "")
    token = next((each for each in stack.delivery_tokens.values() if value and each.preview == value), None)
    token = _as_heard_of(world, stack, token, value, "preview_token")
    if not stack.live_preview:
        raise not_logged_in("preview_token")
    return Reader(stack, _branch(stack, token, request), token)


def _by_management(world: World, request: ApiRequest) -> Reader:
    stack = access.read_stack(world, request.headers)
    token = access.presented_management_token(world, request.headers)
    return Reader(stack, _branch(stack, token, request), None)


def _as_heard_of(world: World, stack: Stack, token: Token | None, value: str, field: str) -> Token:
    """The token as the content hosts know it, who hear late of new and deleted ones.

    Raises:
        ApiError: 401/105 for one that they don't know, 412/109 for one of another kind.
    """
    now = world.now()
    if token is None:
        token = stack.network.still_answers_for(value, now)
        if token is None or (field == "access_token") != (value == token.value):
            raise _wrong_token(stack, value, field)
        return token
    since = token.preview_since if field == "preview_token" else None
    if not stack.network.knows_new(since or token.stamps.created_at, now):
        raise not_logged_in(field)
    return token


def _wrong_token(stack: Stack, value: str, field: str) -> Exception:
    """A token of another kind is answered like a stack that is not there."""
    delivery = stack.delivery_tokens.values()
    known = {each.value for each in (*delivery, *stack.management_tokens.values())}
    known |= {each.preview for each in delivery if each.preview}
    return stack_not_found() if value in known else not_logged_in(field)


def _branch(stack: Stack, token: Token | None, request: ApiRequest) -> str:
    """The branch that the request names by its uid or an alias: main, unless the header says otherwise.

    Raises:
        ApiError: 422/901 if it is unknown, or neither it nor an alias of it is in the token's scope.
    """
    if not stack.branches_enabled:
        return MAIN_BRANCH
    name = request.headers.get("branch") or MAIN_BRANCH
    branch = stack.branch_behind(name)
    if branch is None:
        raise branch_refused(name)
    if token is None:
        return branch
    names = [*token.names("branch"), *token.names("branch_alias")]
    if EVERYTHING not in names and branch not in {stack.branch_behind(each) for each in names}:
        raise branch_refused(name)
    return branch


def _content_types(reader: Reader, request: ApiRequest) -> JsonResponse:
    rows = [content.content_type(reader.stack)]
    return JsonResponse(page("content_types", rows, dict, request.query))


def _content_type(reader: Reader, request: ApiRequest) -> JsonResponse:
    _check_uid(request.path["content_type"], content.CONTENT_TYPE_UID)
    return JsonResponse({"content_type": content.content_type(reader.stack)})


def _entries(reader: Reader, request: ApiRequest) -> JsonResponse:
    environment = reader.environment(request)
    _check_uid(request.path["content_type"], content.CONTENT_TYPE_UID)
    rows = [content.entry(reader.stack, reader.branch, environment)]
    return JsonResponse(page("entries", rows, dict, request.query))


def _entry(reader: Reader, request: ApiRequest) -> JsonResponse:
    environment = reader.environment(request)
    entry = content.entry(reader.stack, reader.branch, environment)
    _check_uid(request.path["content_type"], content.CONTENT_TYPE_UID)
    _check_uid(request.path["uid"], entry["uid"])
    return JsonResponse({"entry": entry})


def _assets(reader: Reader, request: ApiRequest) -> JsonResponse:
    rows = [content.asset(reader.stack, reader.environment(request))]
    return JsonResponse(page("assets", rows, dict, request.query))


def _asset(reader: Reader, request: ApiRequest) -> JsonResponse:
    asset = content.asset(reader.stack, reader.environment(request))
    _check_uid(request.path["uid"], asset["uid"])
    return JsonResponse({"asset": asset})


def _sync(reader: Reader, request: ApiRequest) -> JsonResponse:
    environment = reader.environment(request)
    continued = "sync_token" in request.query or "pagination_token" in request.query
    if environment is None or not (continued or request.flag("init")):
        raise invalid(_FAILED, {"init": ["is required."]})
    return JsonResponse(content.sync(reader.stack, reader.branch, environment, initial=not continued))


def _check_uid(uid: str, known: str) -> None:
    if uid != known:
        raise invalid("The requested object doesn't exist.", {"uid": [NOT_VALID]})
