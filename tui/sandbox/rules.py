"""What a token must be for the API to take it: name, description, scope, expiry."""

from __future__ import annotations

from typing import Any

from tui.sandbox.answers import NOT_VALID, REQUIRED, Errors, Json, invalid
from tui.sandbox.organization import (
    EVERYTHING,
    SCOPE_FIELDS,
    Kind,
    StackRecord,
    World,
    expiry_moment,
    names_in,
)

# The exact maximum is nowhere published; names of 424 characters are known to be
# refused.
MAX_NAME_LENGTH = 300
# Some clients write `"true"` for true.
_BOOLEANS = {"true": True, "false": False}


# The lists that name branches, in whichever module they stand.
_BRANCH_FIELDS = ("branches", "branch_aliases")


def read_draft(
    body: Json, stack: StackRecord, kind: Kind, world: World, failed: str
) -> Json:
    """The fields of a `Token` that a request's body gives.

    A refusal (422/141) has every reason at once.
    """
    token = body.get("token")
    fields: Json = token if isinstance(token, dict) else {}
    errors: Errors = {}
    name, description = fields.get("name"), fields.get("description")
    if name is None or name == "":
        errors["name"] = [REQUIRED]
    elif not isinstance(name, str):
        errors["name"] = [NOT_VALID]
    elif len(name) > MAX_NAME_LENGTH:
        errors["name"] = [f"is too long (maximum is {MAX_NAME_LENGTH} characters)"]
    if not isinstance(description, str | None):
        errors["description"] = [NOT_VALID]
    scope = _scope(fields.get("scope"), stack, kind, world, errors)
    draft = {"name": name, "description": description or "", "scope": scope}
    if kind == "management":
        draft |= _management_fields(fields, stack, errors)
    if errors:
        raise invalid(errors, failed)
    return draft


def _management_fields(fields: Json, stack: StackRecord, errors: Errors) -> Json:
    expires_on = fields.get("expires_on")
    if expires_on is not None and (
        not isinstance(expires_on, str) or expiry_moment(expires_on) is None
    ):
        errors["expires_on"] = [NOT_VALID]
    never = fields.get("is_never_expires")
    if not isinstance(never, bool | None) or (never and expires_on is not None):
        errors["is_never_expires"] = [NOT_VALID]
    said = "expires_on" in fields or never
    if stack.seed.limits.expiry_required and not said:
        errors["expires_on"] = [REQUIRED]
    email_notice = fields.get("is_email_notification_enabled", False)
    if not isinstance(email_notice, bool):
        errors["is_email_notification_enabled"] = [NOT_VALID]
    extra = {
        key: value for key, value in fields.items() if key.startswith("rate_limit")
    }
    if never is not None:
        extra["is_never_expires"] = never
    return {"expires_on": expires_on, "email_notice": email_notice, "extra": extra}


def _scope(
    scope: Any, stack: StackRecord, kind: Kind, world: World, errors: Errors
) -> list[Json]:
    """The items as they came, each with the uid that it is given, and environments as whole objects."""
    if not isinstance(scope, list) or not scope:
        errors["scope"] = [NOT_VALID if scope else REQUIRED]
        scope = []
    read = _delivery_item if kind == "delivery" else _management_item
    items = [
        read(dict(item) if isinstance(item, dict) else {}, stack, errors)
        for item in scope
    ]
    for item in items:
        metadata = item.get("_metadata")
        uid = metadata.get("uid") if isinstance(metadata, dict) else None
        if not uid or not isinstance(uid, str):
            item["_metadata"] = {"uid": world.metadata()}
    modules = [item.get("module") for item in items]
    if kind == "delivery" and "environment" not in modules:
        errors["scope.environment"] = [REQUIRED]
    if stack.branches and not any(_names_branches(item, kind) for item in items):
        errors["scope.branch_or_alias"] = [REQUIRED]
    return items


def _names_branches(item: Json, kind: Kind) -> bool:
    """Whether an item makes a scope of branches.

    A management token's may, inside any module.
    """
    if kind == "delivery":
        return item.get("module") in ("branch", "branch_alias")
    return any(names_in(item, field) for field in _BRANCH_FIELDS)


def _delivery_item(item: Json, stack: StackRecord, errors: Errors) -> Json:
    module = item.get("module")
    acl = _acl(item.get("acl"))
    if (
        acl is None
        or not acl.keys() <= {"read", "write"}
        or not acl.get("read")
        or acl.get("write")
    ):
        errors["scope.acl"] = [NOT_VALID]
    if not isinstance(module, str) or module not in SCOPE_FIELDS:
        errors["scope.module"] = [NOT_VALID]
        return item
    field = SCOPE_FIELDS[module]
    return item | {"acl": acl, field: _named(item.get(field), field, stack, errors)}


def _management_item(item: Json, stack: StackRecord, errors: Errors) -> Json:
    """An item of a management token.

    A right to a module, which may name things and need not.
    """
    module = item.get("module")
    acl = _acl(item.get("acl"))
    if acl is None:
        errors["scope.acl"] = [NOT_VALID]
    if not isinstance(module, str) or module not in stack.modules:
        errors["scope.module"] = [NOT_VALID]
    named = {field: item[field] for field in SCOPE_FIELDS.values() if field in item}
    if module == "branch":
        named.setdefault("branches", None)
    for field, names in named.items():
        # No names are a mistake of the `branch` module alone.
        if names or (module, field) == ("branch", "branches"):
            named[field] = _named(names, field, stack, errors)
    return item | {"acl": acl} | named


def _named(names: Any, field: str, stack: StackRecord, errors: Errors) -> Any:
    """The names as answers show them.

    Whole environments, but names of branches and aliases.
    """
    known: dict[str, Any] = stack.environments
    if field != "environments":
        held = stack.branches if field == "branches" else stack.aliases
        known = {name: name for name in (*held, EVERYTHING)}
    if not isinstance(names, list) or not names:
        errors[f"scope.{field}"] = [REQUIRED]
    # Answers carry whole environment objects, requests take names: the objects sent
    # back are refused.
    elif not all(isinstance(name, str) and name in known for name in names):
        errors[f"scope.{field}"] = [NOT_VALID]
    else:
        return [known[name] for name in names]
    return names


def _acl(acl: Any) -> Json | None:
    """The rights as they came, with a text for a boolean read as one.

    None if they are none.
    """
    if not isinstance(acl, dict) or not acl.keys() & {"read", "write"}:
        return None
    rights = {
        key: _BOOLEANS.get(str(acl[key]).lower())
        for key in ("read", "write")
        if key in acl
    }
    if None in rights.values():
        return None
    return {key: rights.get(key, value) for key, value in acl.items()}
