"""The management API's organizations and stacks, and what a stack consists of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from operator import attrgetter
from typing import TypeAlias

from tui.sandbox.organization import (
    OrganizationRecord,
    PersonRecord,
    StackRecord,
    timestamp,
)
from tui.sandbox.paging import page, rendered, with_odd
from tui.sandbox.requests import Request, Routes
from tui.sandbox.responses import ApiError, Json, Response, not_found, stack_not_found
from tui.sandbox.seed import ListName

HeldBy: TypeAlias = Callable[[StackRecord], dict[str, Json]]


def _organizations(request: Request) -> Response:
    listed = with_odd(
        request.organizations().values(), request.odd_rows("organizations")
    )
    return page(request, "organizations", listed, partial(_organization_shown, request))


def _organization(request: Request) -> Response:
    organization = request.organization(request.variables["uid"])
    return Response({"organization": _organization_shown(request, organization)})


def _organization_shown(request: Request, organization: OrganizationRecord) -> Json:
    """Return an organization; `owner` is there only if the requester owns it."""
    founded = timestamp(request.world.founded)
    shown: Json = {
        "uid": organization.uid,
        "name": organization.name,
        "plan_id": "sandbox",
        "owner_uid": organization.owner_uid,
        "expires_on": "2099-12-31T00:00:00.000Z",
        "enabled": True,
        "is_over_usage_allowed": True,
        "created_at": founded,
        "updated_at": founded,
        "settings": {"sso": {"enabled": True}} if organization.sso else {},
    }
    if organization.owner_uid == request.requester().person.uid:
        shown["owner"] = True
    return shown


def _organization_stacks(request: Request) -> Response:
    organization = request.organization(request.variables["uid"])
    own = request.world.stacks_of(request.requester().person)
    own = [each for each in own if each.organization is organization]
    return _stack_list(request, own)


def _stacks(request: Request) -> Response:
    """Show one stack if an `api_key` is sent, else all of the requester's."""
    if request.management_token() is not None:
        raise stack_not_found()
    if request.headers.get("api_key"):
        return Response({"stack": _stack_shown(request, request.enter()[1])})
    person, _, bound_to = request.requester()
    uid = request.headers.get("organization_uid")
    if bound_to is not None and not uid:
        raise ApiError(422, "Stack not found", 21)
    own = request.world.stacks_of(person)
    if uid:
        organization = request.organization(uid)
        own = [each for each in own if each.organization is organization]
    else:
        own = [each for each in own if not each.organization.sso]
    return _stack_list(request, own)


def _stack_list(request: Request, stacks: list[StackRecord]) -> Response:
    listed = with_odd(stacks, request.odd_rows("stacks"))
    return page(request, "stacks", listed, partial(_stack_shown, request))


def _stack_shown(request: Request, stack: StackRecord) -> Json:
    settings: Json = {
        "version": "2019-04-30",
        "rte_version": 3,
        "live_preview": {},
        "blockAuthQueryParams": True,
        "allowedCDNTokens": ["access_token"],
        "webhook_enabled": True,
        "language_fallback": False,
    }
    if stack.branches:
        settings["branches"] = True
    roles = _in_short(stack.roles.values())
    shown: Json = {
        **stack.stamps.dates(),
        "uid": stack.uid,
        "name": stack.name,
        "description": stack.seed.description,
        "org_uid": stack.organization.uid,
        "api_key": stack.api_key,
        "master_locale": "en-us",
        "is_asset_download_public": True,
        "owner_uid": stack.owner_uid,
        "user_uids": stack.member_uids(),
        "settings": settings,
        "SYS_ACL": {"others": {"read": False}, "roles": roles},
    }
    if request.flag("include_collaborators"):
        shown["collaborators"] = _users_shown(request, stack)
    return shown


def _users_shown(request: Request, stack: StackRecord) -> list[object]:
    members = [request.world.people[uid] for uid in stack.member_uids()]
    listed = with_odd(members, request.odd_rows("users", stack))
    return rendered(listed, lambda person: _collaborator(person, stack))


def _collaborator(person: PersonRecord, stack: StackRecord) -> Json:
    """Return a user of a stack, with their roles in it."""
    shown: Json = {
        "uid": person.uid,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "roles": _in_short(stack.roles_of(person.uid)),
    }
    if person.uid == stack.owner_uid:
        shown["is_owner"] = True
    return shown


def _in_short(roles: Iterable[Json]) -> list[Json]:
    return [{"uid": role["uid"], "name": role["name"]} for role in roles]


def _users(request: Request) -> Response:
    return Response({"users": _users_shown(request, request.enter()[1])})


def _settings(request: Request) -> Response:
    """Show Live Preview and the environment it starts with."""
    _, stack = request.enter()
    live_preview: Json = {"enabled": stack.seed.live_preview}
    first = next(iter(stack.environments.values()), None)
    if first is not None:
        live_preview["default-env"] = first["uid"]
    settings = {"stack_variables": {}, "live_preview": live_preview, "rte": {}}
    return Response({"stack_settings": settings})


def _list(key: ListName, held: HeldBy, request: Request) -> Response:
    """Show everything of one sort in a stack, as the list `key`."""
    stack = request.read_stack()
    listed = with_odd(held(stack).values(), request.odd_rows(key, stack))
    return page(request, key, listed, dict)


def _get(key: str, held: HeldBy, missing: str, request: Request) -> Response:
    """Show the object that the path names, as the field `key`."""
    [(variable, name)] = request.variables.items()
    found = held(request.read_stack()).get(name)
    if found is None:
        raise not_found(missing, variable)
    return Response({key: found})


_NO_ENVIRONMENT = "The requested environment doesn't exist."
_NO_BRANCH = "Branch was not found. Please try again."
_NO_ALIAS = "Branch alias was not found. Please try again."
_NO_ROLE = "Role was not found. Please try again."

_environments: HeldBy = attrgetter("environments")
_branches: HeldBy = attrgetter("branches")
_aliases: HeldBy = attrgetter("aliases")
_roles: HeldBy = attrgetter("roles")
_get_environment = partial(_get, "environment", _environments, _NO_ENVIRONMENT)
_get_branch = partial(_get, "branch", _branches, _NO_BRANCH)
_get_alias = partial(_get, "branch_alias", _aliases, _NO_ALIAS)
_get_role = partial(_get, "role", _roles, _NO_ROLE)

ROUTES: Routes = {
    "GET /v3/organizations": _organizations,
    "GET /v3/organizations/{uid}": _organization,
    "GET /v3/organizations/{uid}/stacks": _organization_stacks,
    "GET /v3/stacks": _stacks,
    "GET /v3/stacks/users": _users,
    "GET /v3/stacks/settings": _settings,
    "GET /v3/environments": partial(_list, "environments", _environments),
    "GET /v3/environments/{name}": _get_environment,
    "GET /v3/stacks/branches": partial(_list, "branches", _branches),
    "GET /v3/stacks/branches/{uid}": _get_branch,
    "GET /v3/stacks/branch_aliases": partial(_list, "branch_aliases", _aliases),
    "GET /v3/stacks/branch_aliases/{uid}": _get_alias,
    "GET /v3/roles": partial(_list, "roles", _roles),
    "GET /v3/roles/{uid}": _get_role,
}
