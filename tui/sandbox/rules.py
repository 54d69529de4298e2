"""What a token must be for the API to take it: name, description, scope, expiry."""

from __future__ import annotations

from typing import Any

from tui.sandbox.answers import NOT_VALID, REQUIRED, Errors, Json, invalid
from tui.sandbox.organization import (
    EVERYTHING,
    SCOPE_FIELDS,
    Stack,
    TokenKind,
    World,
    expiry_moment,
    scope_item,
)

# The exact maximum is nowhere published; names of 424 characters are known to be refused.
MAX_NAME_LENGTH = 300
# Some clients write `"true"` for true.
_BOOLEANS = {"true": True, "false": False}


def read_draft(body: Json, stack: Stack, kind: TokenKind, world: World, failed: str) -> Json:
    """The fields of a `Token` that a request's body gives; a refusal (422/141) has every reason at once."""
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
        draft |= _management_fields(fields, errors)
    if errors:
        raise invalid(errors, failed)
    return draft


def _management_fields(fields: Json, errors: Errors) -> Json:
    expires_on = fields.get("expires_on")
    if expires_on is not None and (not isinstance(expires_on, str) or expiry_moment(expires_on) is None):
        errors["expires_on"] = [NOT_VALID]
    email_notice = fields.get("is_email_notification_enabled", False)
    if not isinstance(email_notice, bool):
        errors["is_email_notification_enabled"] = [NOT_VALID]
    extra = {key: value for key, value in fields.items() if key.startswith("rate_limit")}
    return {"expires_on": expires_on, "email_notice": email_notice, "extra": extra}


def _scope(scope: Any, stack: Stack, kind: TokenKind, world: World, errors: Errors) -> list[Json]:
    if not isinstance(scope, list) or not scope:
        errors["scope"] = [NOT_VALID if scope else REQUIRED]
        scope = []
    items = [_scope_item(item, stack, kind, world, errors) for item in scope]
    modules = {item["module"] for item in items}
    if kind == "delivery" and "environment" not in modules:
        errors["scope.environment"] = [REQUIRED]
    if stack.branches and not modules & {"branch", "branch_alias"}:
        errors["scope.branch_or_alias"] = [REQUIRED]
    return items


def _scope_item(item: Any, stack: Stack, kind: TokenKind, world: World, errors: Errors) -> Json:
    fields: Json = item if isinstance(item, dict) else {}
    module = fields.get("module")
    if not isinstance(module, str) or not module or (kind == "delivery" and module not in SCOPE_FIELDS):
        errors["scope.module"] = [NOT_VALID]
        module = ""
    acl = _acl(fields.get("acl"), kind)
    if acl is None:
        errors["scope.acl"] = [NOT_VALID]
    # A management token's `environment` module grants the module as a whole.
    names_something = module in SCOPE_FIELDS and (kind == "delivery" or module != "environment")
    named = _named(fields, module, stack, errors) if names_something else []
    metadata = fields.get("_metadata")
    uid = metadata.get("uid") if isinstance(metadata, dict) else None
    return scope_item(module, acl or {}, uid if uid and isinstance(uid, str) else world.metadata(), named)


def _named(fields: Json, module: str, stack: Stack, errors: Errors) -> list[Any]:
    """The environments, or names of branches or aliases, that a scope item names, each once."""
    field = SCOPE_FIELDS[module]
    names = fields.get(field)
    known: dict[str, Any] = stack.environments
    if module != "environment":
        held = stack.branches if module == "branch" else stack.aliases
        known = {name: name for name in (*held, EVERYTHING)}
    if not isinstance(names, list) or not names:
        errors[f"scope.{field}"] = [REQUIRED]
    # Answers carry whole environment objects, requests take names: the objects sent back are refused.
    elif not all(isinstance(name, str) and name in known for name in names):
        errors[f"scope.{field}"] = [NOT_VALID]
    else:
        return [known[name] for name in dict.fromkeys(names)]
    return []


def _acl(acl: Any, kind: TokenKind) -> dict[str, bool] | None:
    """The rights, or None if they are none that this kind of token can have."""
    if not isinstance(acl, dict) or not acl or not acl.keys() <= {"read", "write"}:
        return None
    rights = {key: _BOOLEANS.get(str(value).lower()) for key, value in acl.items()}
    checked = {key: value for key, value in rights.items() if value is not None}
    delivers = checked.get("read") and not checked.get("write")
    return checked if len(checked) == len(rights) and (delivers or kind == "management") else None
