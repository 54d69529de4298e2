"""How the management API writes its objects: field names and shapes as they are seen on the wire."""

from __future__ import annotations

from datetime import UTC, datetime

from tui.sandbox.answers import Json
from tui.sandbox.organization import (
    OWNER,
    Alias,
    Branch,
    Environment,
    Organization,
    Person,
    Role,
    ScopeItem,
    Stack,
    Stamps,
    Token,
    World,
)

_SCOPE_FIELDS = {"branch": "branches", "branch_alias": "branch_aliases"}


def timestamp(moment: datetime) -> str:
    """A moment as `2026-01-05T10:00:00.000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _stamps(stamps: Stamps) -> Json:
    return {
        "created_by": stamps.created_by,
        "updated_by": stamps.updated_by,
        "created_at": timestamp(stamps.created_at),
        "updated_at": timestamp(stamps.updated_at),
    }


def environment(item: Environment) -> Json:
    """An environment, as the environments list and the scope of a token show it."""
    return {
        "urls": item.urls,
        "name": item.name,
        "uid": item.uid,
        **_stamps(item.stamps),
        "ACL": [],
        "_version": item.version,
    }


def branch(item: Branch, stack: Stack) -> Json:
    """A branch with the aliases that point to it."""
    aliases = [{"uid": alias.uid} for alias in stack.aliases.values() if alias.branch == item.uid]
    return {
        "uid": item.uid,
        "source": item.source,
        **_stamps(item.stamps),
        "deleted_at": False,
        "alias": aliases,
    }


def alias(item: Alias, stack: Stack) -> Json:
    """An alias: here `uid` is the branch it points to, and `alias` is its own uid."""
    target = stack.branches.get(item.branch)
    return {
        "uid": item.branch,
        "source": target.source if target else "",
        **_stamps(item.stamps),
        "deleted_at": False,
        "alias": item.uid,
    }


def _scope_item(item: ScopeItem) -> Json:
    shown: Json = {"module": item.module, "acl": item.acl, "_metadata": {"uid": item.metadata_uid}}
    if item.module == "environment":
        return {"environments": [environment(each) for each in item.environments], **shown}
    if item.module in _SCOPE_FIELDS:
        shown[_SCOPE_FIELDS[item.module]] = item.names
    return shown


def token(item: Token, *, with_value: bool) -> Json:
    """A token.

    Args:
        item: the token.
        with_value: whether to show a management token's value; a delivery token's is always shown.
    """
    shown: Json = {
        "name": item.name,
        "description": item.description,
        "scope": [_scope_item(each) for each in item.scope],
        "uid": item.uid,
        **_stamps(item.stamps),
    }
    if item.kind == "delivery":
        shown |= {"token": item.value, "type": "delivery"}
        if item.preview is not None:
            shown["preview_token"] = item.preview
        return shown
    shown |= {"expires_on": item.expires_on, "is_email_notification_enabled": item.email_notice, **item.extra}
    if with_value:
        shown["token"] = item.value
    return shown


def role(item: Role, stack: Stack) -> Json:
    """A role of a stack with the uids of its users."""
    return {
        "uid": item.uid,
        "name": item.name,
        "description": "",
        "users": item.users,
        "rules": [],
        "stack": {
            "name": stack.name,
            "uid": stack.uid,
            "api_key": stack.api_key,
            "owner_uid": stack.owner_uid,
        },
    }


def user(person: Person, world: World, *, authtoken: str | None) -> Json:
    """A user as logging in and `GET /user` show them; without a session there is no `authtoken` field."""
    organizations = [each for each in world.organizations.values() if person.uid in each.member_uids]
    owned = [each.uid for each in organizations if each.owner_uid == person.uid]
    shared = [each.uid for each in organizations if each.owner_uid != person.uid]
    shown: Json = {
        "uid": person.uid,
        "created_at": timestamp(person.created_at),
        "updated_at": timestamp(person.created_at),
        "email": person.email,
        "username": f"{person.email.partition('@')[0]}_{person.uid}",
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company": "",
        "org_uid": owned,
        "shared_org_uid": shared,
        "tfa_status": "verified" if person.tfa_secret else "not_initiated",
        "active": True,
        "failed_attempts": person.failed_attempts,
        "roles": [
            {"uid": each.uid, "name": each.name, "api_key": stack.api_key, "users": [person.uid], "rules": []}
            for stack in world.stacks.values()
            for each in stack.roles_of(person.uid)
        ],
    }
    if authtoken is not None:
        shown["authtoken"] = authtoken
    return shown


def user_organizations(person: Person, world: World, *, with_roles: bool) -> list[Json]:
    """The organizations of a user, for `include_orgs` and `include_orgs_roles`."""
    shown: list[Json] = []
    for each in world.organizations.values():
        if person.uid not in each.member_uids:
            continue
        row: Json = {"uid": each.uid, "name": each.name}
        if each.owner_uid == person.uid:
            row["is_owner"] = True
        if with_roles:
            admin = person.uid in each.admin_uids
            name = "admin" if admin else "member"
            row["org_roles"] = [
                {"uid": f"{each.uid}{name}", "name": name, "admin": admin, "org_uid": each.uid}
            ]
        shown.append(row)
    return shown


def organization(item: Organization, person: Person) -> Json:
    """An organization; `owner` is there only where the caller owns it."""
    shown: Json = {
        "uid": item.uid,
        "name": item.name,
        "plan_id": "sandbox",
        "owner_uid": item.owner_uid,
        "expires_on": "2099-12-31T00:00:00.000Z",
        "enabled": True,
        "is_over_usage_allowed": True,
        "created_at": timestamp(item.created_at),
        "updated_at": timestamp(item.created_at),
        "settings": {"sso": {"enabled": True}} if item.sso else {},
    }
    if item.owner_uid == person.uid:
        shown["owner"] = True
    return shown


def stack(item: Stack) -> Json:
    """A stack."""
    settings: Json = {
        "version": "2019-04-30",
        "rte_version": 3,
        "live_preview": {},
        "blockAuthQueryParams": True,
        "allowedCDNTokens": ["access_token"],
        "webhook_enabled": True,
        "language_fallback": False,
    }
    if item.branches_enabled:
        settings["branches"] = True
    roles = [{"uid": each.uid, "name": each.name} for each in item.roles.values()]
    return {
        "created_at": timestamp(item.stamps.created_at),
        "updated_at": timestamp(item.stamps.updated_at),
        "uid": item.uid,
        "name": item.name,
        "description": item.description,
        "org_uid": item.organization.uid,
        "api_key": item.api_key,
        "master_locale": "en-us",
        "is_asset_download_public": True,
        "owner_uid": item.owner_uid,
        "user_uids": item.member_uids(),
        "settings": settings,
        "SYS_ACL": {"others": {"read": False}, "roles": roles},
    }


def collaborator(person: Person, item: Stack) -> Json:
    """A user of a stack, with the roles they have in it."""
    shown: Json = {
        "uid": person.uid,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "roles": [{"uid": each.uid, "name": each.name} for each in item.roles_of(person.uid)],
    }
    if person.uid == item.owner_uid:
        shown["is_owner"] = True
    return shown


def role_in(item: Stack, person_uid: str) -> str | None:
    """What a person is in a stack, in one word, or None."""
    if person_uid == item.owner_uid:
        return OWNER
    return next((each.name for each in item.roles_of(person_uid)), None)


def stack_settings(item: Stack) -> Json:
    """The settings of a stack: Live Preview and the environment it starts with."""
    first = next(iter(item.environments.values()), None)
    live_preview: Json = {"enabled": item.live_preview}
    if first is not None:
        live_preview["default-env"] = first.uid
    return {"stack_variables": {}, "live_preview": live_preview, "rte": {}}
