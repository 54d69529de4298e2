"""The routes of the management API (CMA)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from starlette.routing import Route

from tui.sandbox import access, accounts, structure, tokens, views
from tui.sandbox.answers import ApiError, Json, JsonResponse, not_found, not_logged_in, stack_not_found
from tui.sandbox.organization import Stack, TokenKind, World
from tui.sandbox.paging import newest_first, page
from tui.sandbox.routing import ApiRequest, Handler, route

_StackList: TypeAlias = Callable[[Stack], list[Json]]


def routes(world: World) -> list[Route]:
    """All routes, each answering from `world`."""
    return [
        *_account_routes(world),
        *_stack_routes(world),
        *_token_routes(world, "delivery"),
        *_token_routes(world, "management"),
        route("POST", f"{_tokens_path('delivery')}/{{uid}}/preview_token", partial(_create_preview, world)),
        route("DELETE", f"{_tokens_path('delivery')}/{{uid}}/preview_token", partial(_delete_preview, world)),
        *structure.routes(world),
    ]


def _account_routes(world: World) -> list[Route]:
    handlers: list[tuple[str, str, Callable[[World, ApiRequest], JsonResponse]]] = [
        ("POST", "/user-session", _log_in),
        ("DELETE", "/user-session", _log_out),
        ("POST", "/user/request_token_sms", _request_sms),
        ("GET", "/user", _current_user),
        ("GET", "/organizations", _organizations),
        ("GET", "/organizations/{uid}", _organization),
        ("GET", "/organizations/{uid}/stacks", _organization_stacks),
    ]
    return [route(method, f"/v3{path}", partial(handler, world)) for method, path, handler in handlers]


def _stack_routes(world: World) -> list[Route]:
    handlers: list[tuple[str, Callable[[World, ApiRequest], JsonResponse]]] = [
        ("/stacks", _stacks),
        ("/stacks/users", _stack_users),
        ("/stacks/settings", _stack_settings),
        ("/roles", _roles),
        ("/roles/{uid}", _role),
    ]
    return [route("GET", f"/v3{path}", partial(handler, world)) for path, handler in handlers]


def _tokens_path(kind: TokenKind) -> str:
    return f"/v3/stacks/{kind}_tokens"


def _token_routes(world: World, kind: TokenKind) -> list[Route]:
    path = _tokens_path(kind)
    handlers: list[tuple[str, str, Handler]] = [
        ("GET", path, partial(_list_tokens, world, kind)),
        ("POST", path, partial(_create_token, world, kind)),
        ("GET", f"{path}/{{uid}}", partial(_get_token, world, kind)),
        ("PUT", f"{path}/{{uid}}", partial(_update_token, world, kind)),
        ("DELETE", f"{path}/{{uid}}", partial(_delete_token, world, kind)),
    ]
    return [route(method, where, handler) for method, where, handler in handlers]


def _log_in(world: World, request: ApiRequest) -> JsonResponse:
    person, authtoken = accounts.log_in(world, request.json())
    user = views.user(person, world, authtoken=authtoken)
    return JsonResponse({"notice": "Login Successful.", "user": _with_organizations(user, world, request)})


def _log_out(world: World, request: ApiRequest) -> JsonResponse:
    caller = access.caller_of(world, request.headers)
    if caller.authtoken is None:
        raise not_logged_in()
    accounts.log_out(caller.person, caller.authtoken)
    return JsonResponse({"notice": "You've logged out successfully!"})


def _request_sms(world: World, request: ApiRequest) -> JsonResponse:
    accounts.request_sms(world, request.json())
    return JsonResponse({"notice": "Verification code sent successfully."})


def _current_user(world: World, request: ApiRequest) -> JsonResponse:
    caller = access.caller_of(world, request.headers)
    user = views.user(caller.person, world, authtoken=caller.authtoken)
    return JsonResponse({"user": _with_organizations(user, world, request)})


def _with_organizations(user: Json, world: World, request: ApiRequest) -> Json:
    with_roles = request.flag("include_orgs_roles")
    if with_roles or request.flag("include_orgs"):
        person = world.people[user["uid"]]
        user["organizations"] = views.user_organizations(person, world, with_roles=with_roles)
    return user


def _organizations(world: World, request: ApiRequest) -> JsonResponse:
    caller = access.caller_of(world, request.headers)
    visible = [
        each
        for each in world.organizations.values()
        if caller.person.uid in each.member_uids and caller.organization in (None, each)
    ]
    render = partial(views.organization, person=caller.person)
    return JsonResponse(page("organizations", visible, render, request.query))


def _organization(world: World, request: ApiRequest) -> JsonResponse:
    caller = access.caller_of(world, request.headers)
    organization = access.organization_of(world, caller, request.path["uid"])
    return JsonResponse({"organization": views.organization(organization, caller.person)})


def _organization_stacks(world: World, request: ApiRequest) -> JsonResponse:
    caller = access.caller_of(world, request.headers)
    organization = access.organization_of(world, caller, request.path["uid"])
    own = [each for each in world.stacks_of(caller.person.uid) if each.organization is organization]
    return JsonResponse(page("stacks", own, views.stack, request.query))


def _stacks(world: World, request: ApiRequest) -> JsonResponse:
    """One stack where an `api_key` is sent, else all of the caller's."""
    if access.presented_management_token(world, request.headers) is not None:
        raise stack_not_found()
    if request.headers.get("api_key"):
        _, stack = access.enter(world, request.headers)
        return JsonResponse({"stack": _with_collaborators(world, request, stack)})
    caller = access.caller_of(world, request.headers)
    organization_uid = request.headers.get("organization_uid", "")
    if caller.organization is not None and not organization_uid:
        raise ApiError(422, "Stack not found", 21)
    if organization_uid:
        organization = access.organization_of(world, caller, organization_uid)
        own = [each for each in world.stacks_of(caller.person.uid) if each.organization is organization]
    else:
        own = [each for each in world.stacks_of(caller.person.uid) if not each.organization.sso]
    render = partial(_with_collaborators, world, request)
    return JsonResponse(page("stacks", own, render, request.query))


def _with_collaborators(world: World, request: ApiRequest, stack: Stack) -> Json:
    shown = views.stack(stack)
    if request.flag("include_collaborators"):
        shown["collaborators"] = _users_of(world, stack)
    return shown


def _users_of(world: World, stack: Stack) -> list[Json]:
    known = [world.people[uid] for uid in stack.member_uids() if uid in world.people]
    return [views.collaborator(person, stack) for person in known]


def _stack_users(world: World, request: ApiRequest) -> JsonResponse:
    _, stack = access.enter(world, request.headers)
    return JsonResponse({"users": _users_of(world, stack)})


def _stack_settings(world: World, request: ApiRequest) -> JsonResponse:
    _, stack = access.enter(world, request.headers)
    return JsonResponse({"stack_settings": views.stack_settings(stack)})


def _roles(world: World, request: ApiRequest) -> JsonResponse:
    stack = access.read_stack(world, request.headers)
    render = partial(views.role, stack=stack)
    return JsonResponse(page("roles", list(stack.roles.values()), render, request.query))


def _role(world: World, request: ApiRequest) -> JsonResponse:
    stack = access.read_stack(world, request.headers)
    found = next((each for each in stack.roles.values() if each.uid == request.path["uid"]), None)
    if found is None:
        raise not_found("Role was not found. Please try again.")
    return JsonResponse({"role": views.role(found, stack)})


def _list_tokens(world: World, kind: TokenKind, request: ApiRequest) -> JsonResponse:
    _, stack = access.enter_tokens(world, request.headers, kind)
    render = partial(views.token, with_value=False)
    return JsonResponse(page("tokens", newest_first(stack.tokens(kind).values()), render, request.query))


def _get_token(world: World, kind: TokenKind, request: ApiRequest) -> JsonResponse:
    _, stack = access.enter_tokens(world, request.headers, kind)
    token = tokens.find(stack, kind, request.path["uid"])
    return JsonResponse({"token": views.token(token, with_value=False)})


def _create_token(world: World, kind: TokenKind, request: ApiRequest) -> JsonResponse:
    caller, stack = access.enter_tokens(world, request.headers, kind)
    with_preview = request.flag("create_with_preview_token")
    token = tokens.create(world, stack, kind, caller.person.uid, request.json(), with_preview=with_preview)
    answer = {"notice": tokens.notice(kind, "created"), "token": views.token(token, with_value=True)}
    return JsonResponse(answer, 201)


def _update_token(world: World, kind: TokenKind, request: ApiRequest) -> JsonResponse:
    caller, stack = access.enter_tokens(world, request.headers, kind)
    token = tokens.find(stack, kind, request.path["uid"])
    tokens.update(world, stack, token, caller.person.uid, request.json())
    return JsonResponse(
        {"notice": tokens.notice(kind, "updated"), "token": views.token(token, with_value=False)}
    )


def _delete_token(world: World, kind: TokenKind, request: ApiRequest) -> JsonResponse:
    _, stack = access.enter_tokens(world, request.headers, kind)
    token = tokens.find(stack, kind, request.path["uid"])
    tokens.delete(world, stack, token)
    return JsonResponse({"notice": tokens.notice(kind, "deleted")})


def _create_preview(world: World, request: ApiRequest) -> JsonResponse:
    caller, stack = access.enter_tokens(world, request.headers, "delivery")
    token = tokens.find(stack, "delivery", request.path["uid"])
    # Clients post this with no body, or `{}`, and a content type of their choice.
    if request.body:
        request.json()
    tokens.create_preview(world, stack, token, caller.person.uid)
    shown = views.token(token, with_value=False)
    return JsonResponse({"notice": "Preview token created successfully.", "token": shown}, 201)


def _delete_preview(world: World, request: ApiRequest) -> JsonResponse:
    caller, stack = access.enter_tokens(world, request.headers, "delivery")
    token = tokens.find(stack, "delivery", request.path["uid"])
    tokens.delete_preview(world, stack, token, caller.person.uid)
    return JsonResponse({"notice": "Preview token deleted successfully."})
