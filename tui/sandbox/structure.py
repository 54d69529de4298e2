"""The parts of the management API that say how a stack is built: environments, branches and aliases."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from starlette.routing import Route

from tui.sandbox import access, views
from tui.sandbox.answers import JsonResponse, not_found
from tui.sandbox.organization import World
from tui.sandbox.paging import newest_first, page
from tui.sandbox.routing import ApiRequest, route


def routes(world: World) -> list[Route]:
    """The routes of environments, branches and aliases."""
    handlers: list[tuple[str, str, Callable[[World, ApiRequest], JsonResponse]]] = [
        ("GET", "/environments", _environments),
        ("GET", "/environments/{name}", _environment),
        ("GET", "/stacks/branches", _branches),
        ("GET", "/stacks/branches/{uid}", _branch),
        ("GET", "/stacks/branch_aliases", _aliases),
        ("GET", "/stacks/branch_aliases/{uid}", _alias),
    ]
    return [route(method, f"/v3{path}", partial(handler, world)) for method, path, handler in handlers]


def _environments(world: World, request: ApiRequest) -> JsonResponse:
    stack = access.read_stack(world, request.headers)
    return JsonResponse(
        page("environments", newest_first(stack.environments.values()), views.environment, request.query)
    )


def _environment(world: World, request: ApiRequest) -> JsonResponse:
    stack = access.read_stack(world, request.headers)
    found = stack.environments.get(request.path["name"])
    if found is None:
        raise not_found("The requested environment doesn't exist.", "name")
    return JsonResponse({"environment": views.environment(found)})


def _branches(world: World, request: ApiRequest) -> JsonResponse:
    stack = access.read_stack(world, request.headers)
    render = partial(views.branch, stack=stack)
    return JsonResponse(page("branches", newest_first(stack.branches.values()), render, request.query))


def _branch(world: World, request: ApiRequest) -> JsonResponse:
    stack = access.read_stack(world, request.headers)
    found = stack.branches.get(request.path["uid"])
    if found is None:
        raise not_found("Branch was not found. Please try again.")
    return JsonResponse({"branch": views.branch(found, stack)})


def _aliases(world: World, request: ApiRequest) -> JsonResponse:
    stack = access.read_stack(world, request.headers)
    render = partial(views.alias, stack=stack)
    return JsonResponse(page("branch_aliases", newest_first(stack.aliases.values()), render, request.query))


def _alias(world: World, request: ApiRequest) -> JsonResponse:
    stack = access.read_stack(world, request.headers)
    found = stack.aliases.get(request.path["uid"])
    if found is None:
        raise not_found("Branch alias was not found. Please try again.")
    return JsonResponse({"branch_alias": views.alias(found, stack)})
