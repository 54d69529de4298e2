"""What the API requires of a token: its name, description, scope and expiry."""

from __future__ import annotations

from collections.abc import Mapping

from tui.sandbox.organization import (
    EVERYTHING,
    SCOPE_FIELDS,
    Kind,
    StackRecord,
    World,
    expiry_moment,
    names_in,
)
from tui.sandbox.responses import NOT_VALID, REQUIRED, Errors, Json, invalid

# The exact maximum isn't published; names of 424 characters are known to be refused.
MAX_NAME_LENGTH = 300
# Some clients write `"true"` for true.
_BOOLEANS = {"true": True, "false": False}
_READ_ALONE = ({"read": True}, {"read": True, "write": False})
# The lists that name branches, whichever module they're in.
_BRANCH_FIELDS = ("branches", "branch_aliases")


def read_token(
    body: Json, stack: StackRecord, kind: Kind, world: World, failed: str
) -> Json:
    """Return the fields of a `TokenRecord` that a request's body has.

    A refusal (422/141) lists all reasons at once, under the message `failed`.
    """
    token = body.get("token")
    sent: Json = token if isinstance(token, dict) else {}
    errors: Errors = {}
    _check_name(sent.get("name"), errors)
    description = sent.get("description")
    if not isinstance(description, str | None):
        errors["description"] = [NOT_VALID]
    scope = _scope(sent.get("scope"), stack, kind, world, errors)
    fields = {
        "name": sent.get("name"),
        "description": description or "",
        "scope": scope,
    }
    if kind == "management":
        fields |= _management_fields(sent, stack, errors)
    if errors:
        raise invalid(errors, failed)
    return fields


def _check_name(name: object, errors: Errors) -> None:
    if name is None or name == "":
        errors["name"] = [REQUIRED]
    elif not isinstance(name, str):
        errors["name"] = [NOT_VALID]
    elif len(name) > MAX_NAME_LENGTH:
        errors["name"] = [f"is too long (maximum is {MAX_NAME_LENGTH} characters)"]


def _management_fields(sent: Json, stack: StackRecord, errors: Errors) -> Json:
    expires_on = sent.get("expires_on")
    if not _is_expiry(expires_on):
        errors["expires_on"] = [NOT_VALID]
    never = sent.get("is_never_expires")
    if not isinstance(never, bool | None) or (never and expires_on is not None):
        errors["is_never_expires"] = [NOT_VALID]
    says_when = "expires_on" in sent or never
    if stack.seed.limits.expiry_required and not says_when:
        errors["expires_on"] = [REQUIRED]
    email_notice = sent.get("is_email_notification_enabled", False)
    if not isinstance(email_notice, bool):
        errors["is_email_notification_enabled"] = [NOT_VALID]
    extra = {key: value for key, value in sent.items() if key.startswith("rate_limit")}
    if never is not None:
        extra["is_never_expires"] = never
    return {"expires_on": expires_on, "email_notice": email_notice, "extra": extra}


def _is_expiry(value: object) -> bool:
    """Whether the API accepts a value as an expiry: a day, or null for never."""
    if value is None:
        return True
    return isinstance(value, str) and expiry_moment(value) is not None


def _scope(
    sent: object, stack: StackRecord, kind: Kind, world: World, errors: Errors
) -> list[Json]:
    """Return the items of a scope as responses show them.

    Each has a uid, created here if it's missing, and whole environments.
    """
    if not isinstance(sent, list) or not sent:
        errors["scope"] = [NOT_VALID if sent else REQUIRED]
        sent = []
    read = _delivery_item if kind == "delivery" else _management_item
    items = [
        read(dict(item) if isinstance(item, dict) else {}, stack, errors)
        for item in sent
    ]
    for item in items:
        _add_uid(item, world)
    modules = [item.get("module") for item in items]
    if kind == "delivery" and "environment" not in modules:
        errors["scope.environment"] = [REQUIRED]
    if stack.branches and not any(_names_branches(item, kind) for item in items):
        errors["scope.branch_or_alias"] = [REQUIRED]
    return items


def _add_uid(item: Json, world: World) -> None:
    metadata = item.get("_metadata")
    uid = metadata.get("uid") if isinstance(metadata, dict) else None
    if not uid or not isinstance(uid, str):
        item["_metadata"] = {"uid": world.metadata()}


def _names_branches(item: Json, kind: Kind) -> bool:
    """Whether an item names branches; a management token's may, in any module."""
    if kind == "delivery":
        return item.get("module") in ("branch", "branch_alias")
    return any(names_in(item, field) for field in _BRANCH_FIELDS)


def _delivery_item(item: Json, stack: StackRecord, errors: Errors) -> Json:
    module = item.get("module")
    acl = _acl(item.get("acl"))
    if acl not in _READ_ALONE:
        errors["scope.acl"] = [NOT_VALID]
    if not isinstance(module, str) or module not in SCOPE_FIELDS:
        errors["scope.module"] = [NOT_VALID]
        return item
    field = SCOPE_FIELDS[module]
    return item | {"acl": acl, field: _named(item.get(field), field, stack, errors)}


def _management_item(item: Json, stack: StackRecord, errors: Errors) -> Json:
    """Return an item of a management token: a right to a module.

    Names are optional, except in the `branch` module.
    """
    module = item.get("module")
    acl = _acl(item.get("acl"))
    if acl is None:
        errors["scope.acl"] = [NOT_VALID]
    if not isinstance(module, str) or module not in stack.modules:
        errors["scope.module"] = [NOT_VALID]
    named = {field: item[field] for field in SCOPE_FIELDS.values() if item.get(field)}
    if module == "branch":
        named.setdefault("branches", item.get("branches"))
    for field, names in named.items():
        named[field] = _named(names, field, stack, errors)
    return item | {"acl": acl} | named


def _named(names: object, field: str, stack: StackRecord, errors: Errors) -> object:
    """Return named objects as responses show them: whole environments, others by name.

    Requests have only names: whole environments that are sent back are refused.
    """
    known = _known(field, stack)
    if not isinstance(names, list) or not names:
        errors[f"scope.{field}"] = [REQUIRED]
        return names
    if not all(isinstance(name, str) and name in known for name in names):
        errors[f"scope.{field}"] = [NOT_VALID]
        return names
    return [known[name] for name in names]


def _known(field: str, stack: StackRecord) -> Mapping[str, object]:
    """Return what a list in a scope may name, and how responses show each."""
    if field == "environments":
        return stack.environments
    own = stack.branches if field == "branches" else stack.aliases
    return {name: name for name in (*own, EVERYTHING)}


def _acl(acl: object) -> Json | None:
    """Return the rights as they came, or None if they're invalid.

    A string such as "true" counts as what it says.
    """
    if not isinstance(acl, dict) or not acl.keys() & {"read", "write"}:
        return None
    rights = dict(acl)
    for key in ("read", "write"):
        if key in rights:
            rights[key] = _BOOLEANS.get(str(rights[key]).lower())
            if rights[key] is None:
                return None
    return rights
