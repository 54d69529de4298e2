"""What a token must be for the API to take it: name, description, scope, expiry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tui.sandbox.access import expiry_moment
from tui.sandbox.answers import NOT_VALID, REQUIRED, Errors, Json, invalid
from tui.sandbox.identifiers import Identifiers
from tui.sandbox.organization import EVERYTHING, Environment, ScopeItem, Stack, TokenKind

# The exact maximum is nowhere published; names of 424 characters are known to be refused.
MAX_NAME_LENGTH = 300
_NAMES_FIELDS = {"environment": "environments", "branch": "branches", "branch_alias": "branch_aliases"}
_ACL_KEYS = {"read", "write"}


@dataclass(slots=True)
class TokenDraft:
    """A token as the client wants it, checked."""

    name: str
    description: str
    scope: list[ScopeItem]
    expires_on: str | None = None
    email_notice: bool = False
    extra: Json = field(default_factory=dict)


def read_draft(
    body: Json, stack: Stack, kind: TokenKind, identifiers: Identifiers, failed: str
) -> TokenDraft:
    """Check the body of a create or update request.

    Args:
        body: the whole body; the token is its field `token`, and a missing one counts as empty.
        stack: the stack whose environments, branches and aliases may be named.
        kind: the kind of token.
        identifiers: makes the uids of scope items.
        failed: the `error_message` of a refusal.

    Raises:
        ApiError: 422/141 with every reason at once.
    """
    token = body.get("token")
    fields: Json = token if isinstance(token, dict) else {}
    errors: Errors = {}
    draft = TokenDraft(
        name=_name(fields, errors),
        description=_description(fields, errors),
        scope=_scope(fields.get("scope"), stack, kind, identifiers, errors),
    )
    if kind == "management":
        draft.expires_on = _expires_on(fields, errors)
        draft.email_notice = _flag(fields, "is_email_notification_enabled", errors)
        draft.extra = {key: value for key, value in fields.items() if key.startswith("rate_limit")}
    if errors:
        raise invalid(failed, errors)
    return draft


def _name(fields: Json, errors: Errors) -> str:
    name = fields.get("name")
    if name is None or name == "":
        errors["name"] = [REQUIRED]
    elif not isinstance(name, str):
        errors["name"] = [NOT_VALID]
    elif len(name) > MAX_NAME_LENGTH:
        errors["name"] = [f"is too long (maximum is {MAX_NAME_LENGTH} characters)"]
    else:
        return name
    return ""


def _description(fields: Json, errors: Errors) -> str:
    description = fields.get("description")
    if description is None:
        return ""
    if not isinstance(description, str):
        errors["description"] = [NOT_VALID]
        return ""
    return description


def _expires_on(fields: Json, errors: Errors) -> str | None:
    expires_on = fields.get("expires_on")
    if expires_on is None:
        return None
    try:
        if isinstance(expires_on, str):
            expiry_moment(expires_on)
            return expires_on
    except (ValueError, OverflowError):
        pass
    errors["expires_on"] = [NOT_VALID]
    return None


def _flag(fields: Json, name: str, errors: Errors) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        errors[name] = [NOT_VALID]
        return False
    return value


def _scope(
    scope: Any, stack: Stack, kind: TokenKind, identifiers: Identifiers, errors: Errors
) -> list[ScopeItem]:
    if not isinstance(scope, list) or not scope:
        errors["scope"] = [REQUIRED if not scope else NOT_VALID]
        scope = []
    items = [_scope_item(item, stack, kind, identifiers, errors) for item in scope]
    modules = {item.module for item in items}
    if kind == "delivery" and "environment" not in modules:
        errors["scope.environment"] = [REQUIRED]
    if stack.branches_enabled and not modules & {"branch", "branch_alias"}:
        errors["scope.branch_or_alias"] = [REQUIRED]
    return items


def _scope_item(
    item: Any, stack: Stack, kind: TokenKind, identifiers: Identifiers, errors: Errors
) -> ScopeItem:
    fields: Json = item if isinstance(item, dict) else {}
    module = fields.get("module")
    if not isinstance(module, str) or not module or (kind == "delivery" and module not in _NAMES_FIELDS):
        errors["scope.module"] = [NOT_VALID]
        module = ""
    acl = _acl(fields.get("acl"), kind)
    if acl is None:
        errors["scope.acl"] = [NOT_VALID]
    names_field = _NAMES_FIELDS.get(module)
    # A management token's `environment` module grants the module as a whole.
    named = names_field is not None and (kind == "delivery" or module != "environment")
    names = _names(fields, names_field, errors) if named and names_field else []
    environments = _check_names(module, names, stack, errors)
    return ScopeItem(
        module=module,
        acl=acl or {},
        names=[] if module == "environment" else names,
        environments=environments,
        metadata_uid=_metadata_uid(fields) or identifiers.metadata(),
    )


def _names(fields: Json, names_field: str, errors: Errors) -> list[str]:
    names = fields.get(names_field)
    if not isinstance(names, list) or not names:
        errors[f"scope.{names_field}"] = [REQUIRED]
        return []
    if not all(isinstance(name, str) for name in names):
        # Answers carry whole environment objects, requests take names: the objects sent back are refused.
        errors[f"scope.{names_field}"] = [NOT_VALID]
        return []
    return list(dict.fromkeys(names))


def _check_names(module: str, names: list[str], stack: Stack, errors: Errors) -> list[Environment]:
    if module == "environment":
        environments = [stack.environments.get(name) for name in names]
        if None in environments:
            errors["scope.environments"] = [NOT_VALID]
        return [each for each in environments if each is not None]
    known = {"branch": stack.branches.keys(), "branch_alias": stack.aliases.keys()}.get(module)
    if known is not None and any(name not in known and name != EVERYTHING for name in names):
        errors[f"scope.{_NAMES_FIELDS[module]}"] = [NOT_VALID]
    return []


def _acl(acl: Any, kind: TokenKind) -> dict[str, bool] | None:
    """The rights as booleans, or None: some clients write `"true"` for true."""
    if not isinstance(acl, dict) or not acl or not acl.keys() <= _ACL_KEYS:
        return None
    rights = {key: {"true": True, "false": False}.get(str(value).lower()) for key, value in acl.items()}
    checked = {key: value for key, value in rights.items() if value is not None}
    if len(checked) != len(rights):
        return None
    if kind == "delivery" and (not checked.get("read") or checked.get("write")):
        return None
    return checked


def _metadata_uid(fields: Json) -> str | None:
    metadata = fields.get("_metadata")
    uid = metadata.get("uid") if isinstance(metadata, dict) else None
    return uid if isinstance(uid, str) else None
