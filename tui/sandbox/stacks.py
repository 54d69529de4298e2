"""The part of the management API that shows organizations and stacks, and how a stack is built."""

from __future__ import annotations

from functools import partial
from typing import Any

from tui.sandbox.answers import ApiError, Json, Response, not_found, stack_not_found
from tui.sandbox.calls import Request, Routes
from tui.sandbox.organization import (
    OrganizationRecord,
    PersonRecord,
    StackRecord,
    timestamp,
)
from tui.sandbox.paging import page, rendered, with_odd
from tui.sandbox.seed import ListName


def _organizations(call: Request) -> Response:
    listed = with_odd(call.organizations().values(), call.odd("organizations"))
    return page(call, "organizations", listed, partial(_organization_shown, call))


def _organization(call: Request) -> Response:
    organization = call.organization(call.variables["uid"])
    return Response({"organization": _organization_shown(call, organization)})


def _organization_shown(call: Request, organization: OrganizationRecord) -> Json:
    """An organization; `owner` is there only where the caller owns it."""
    founded = timestamp(call.world.founded)
    is_owner = organization.owner_uid == call.caller().person.uid
    return {
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
        **({"owner": True} if is_owner else {}),
    }


def _organization_stacks(call: Request) -> Response:
    organization = call.organization(call.variables["uid"])
    own = call.world.stacks_of(call.caller().person)
    own = [each for each in own if each.organization is organization]
    return page(
        call, "stacks", with_odd(own, call.odd("stacks")), partial(_stack_shown, call)
    )


def _stacks(call: Request) -> Response:
    """One stack where an `api_key` is sent, else all of the caller's."""
    if call.management_token() is not None:
        raise stack_not_found()
    if call.headers.get("api_key"):
        return Response({"stack": _stack_shown(call, call.enter()[1])})
    person, _, bound_to = call.caller()
    uid = call.headers.get("organization_uid")
    if bound_to is not None and not uid:
        raise ApiError(422, "Stack not found", 21)
    own = call.world.stacks_of(person)
    if uid:
        organization = call.organization(uid)
        own = [each for each in own if each.organization is organization]
    else:
        own = [each for each in own if not each.organization.sso]
    return page(
        call, "stacks", with_odd(own, call.odd("stacks")), partial(_stack_shown, call)
    )


def _stack_shown(call: Request, stack: StackRecord) -> Json:
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
        "SYS_ACL": {
            "others": {"read": False},
            "roles": _in_short(list(stack.roles.values())),
        },
    }
    if call.flag("include_collaborators"):
        shown["collaborators"] = _users_shown(call, stack)
    return shown


def _users_shown(call: Request, stack: StackRecord) -> list[Any]:
    members = [call.world.people[uid] for uid in stack.member_uids()]
    listed = with_odd(members, call.odd("users", stack))
    return rendered(listed, lambda person: _collaborator(person, stack))


def _collaborator(person: PersonRecord, stack: StackRecord) -> Json:
    """A user of a stack, with the roles they have in it."""
    return {
        "uid": person.uid,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "roles": _in_short(stack.roles_of(person.uid)),
        **({"is_owner": True} if person.uid == stack.owner_uid else {}),
    }


def _in_short(roles: list[Json]) -> list[Json]:
    return [{"uid": role["uid"], "name": role["name"]} for role in roles]


def _users(call: Request) -> Response:
    return Response({"users": _users_shown(call, call.enter()[1])})


def _settings(call: Request) -> Response:
    """Live Preview and the environment it starts with."""
    _, stack = call.enter()
    live_preview: Json = {"enabled": stack.seed.live_preview}
    for environment in list(stack.environments.values())[:1]:
        live_preview["default-env"] = environment["uid"]
    return Response(
        {
            "stack_settings": {
                "stack_variables": {},
                "live_preview": live_preview,
                "rte": {},
            }
        }
    )


def _list(name: ListName, call: Request) -> Response:
    """All that a stack holds of `environments`, `branches`, `branch_aliases` or `roles`."""
    stack = call.read_stack()
    held = getattr(stack, "aliases" if name == "branch_aliases" else name)
    return page(call, name, with_odd(held.values(), call.odd(name, stack)))


def _one(key: str, name: str, missing: str, call: Request) -> Response:
    """The one of them that the path names; `name` is its field in the answer."""
    [(variable, wanted)] = call.variables.items()
    found = getattr(call.read_stack(), key).get(wanted)
    if found is None:
        raise not_found(missing, variable)
    return Response({name: found})


_NO_ENVIRONMENT = "The requested environment doesn't exist."
_NO_BRANCH = "Branch was not found. Please try again."
_NO_ALIAS = "Branch alias was not found. Please try again."
_NO_ROLE = "Role was not found. Please try again."

ROUTES: Routes = {
    "GET /v3/organizations": _organizations,
    "GET /v3/organizations/{uid}": _organization,
    "GET /v3/organizations/{uid}/stacks": _organization_stacks,
    "GET /v3/stacks": _stacks,
    "GET /v3/stacks/users": _users,
    "GET /v3/stacks/settings": _settings,
    "GET /v3/environments": partial(_list, "environments"),
    "GET /v3/environments/{name}": partial(
        _one, "environments", "environment", _NO_ENVIRONMENT
    ),
    "GET /v3/stacks/branches": partial(_list, "branches"),
    "GET /v3/stacks/branches/{uid}": partial(_one, "branches", "branch", _NO_BRANCH),
    "GET /v3/stacks/branch_aliases": partial(_list, "branch_aliases"),
    "GET /v3/stacks/branch_aliases/{uid}": partial(
        _one, "aliases", "branch_alias", _NO_ALIAS
    ),
    "GET /v3/roles": partial(_list, "roles"),
    "GET /v3/roles/{uid}": partial(_one, "roles", "role", _NO_ROLE),
}
