"""JSON into models: what may be missing, what is called otherwise, and where something is wrong.

Unknown fields are passed over and a null counts as missing, so a field's default is what its absence means.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from tui.contentstack.models import (
    Alias,
    DeliveryToken,
    Environment,
    ManagementToken,
    Organization,
    OrganizationRole,
    Role,
    Stack,
    StackRole,
    User,
    access_of,
)
from tui.contentstack.scope import Scope, ScopeError
from tui.secret import Secret

Model = TypeVar("Model", bound=msgspec.Struct)
_Fields = dict[str, Any]

_TIMES = ("created_at", "updated_at", "expires_on")
_SECRETS = ("token", "preview_token", "authtoken")

# Fields of a management token that the server sets itself, or that we send under our own names.
_NOT_EXTRA = (
    {"name", "description", "scope", "expires_on", "is_email_notification_enabled", "access", "extra"}
    | {
        "uid",
        "token",
        "preview_token",
        "type",
        "api_key",
        "org_uid",
        "_version",
        "_metadata",
        "ACL",
        "SYS_ACL",
    }
    | {"created_at", "created_by", "updated_at", "updated_by", "deleted_at", "deleted_by"}
)

_REPORT = re.compile(r"(?P<reason>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)


class ShapeError(ValueError):
    """An answer of the wrong shape; `path` names the place (`$.tokens[0].name`), `reason` quotes no value."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def decode(model: type[Model], raw: object, at: str) -> Model:
    """`raw` as a model.

    Args:
        model: the kind of thing wanted.
        raw: a decoded JSON value.
        at: where it was found, as in `$.token`.

    Raises:
        ShapeError: naming the first place that is wrong.
    """
    try:
        return msgspec.convert(_shaped(model, raw), model, dec_hook=_secret)
    except msgspec.ValidationError as error:
        found = _REPORT.fullmatch(str(error))
        path, reason = (found["path"] or "", found["reason"]) if found else ("", str(error))
    except ScopeError as error:
        path, reason = f".scope{error.path}", error.reason
    except UnicodeError:
        path, reason = "", "holds a key that is not valid Unicode"
    raise ShapeError(at + path, reason[:1].lower() + reason[1:])


def decode_all(model: type[Model], rows: object, at: str) -> tuple[Model, ...]:
    """The rows of a list as models, deleted ones left out.

    Raises:
        ShapeError: naming the first place that is wrong.
    """
    if not isinstance(rows, list):
        raise ShapeError(at, "missing" if rows is None else "expected `array`")
    return tuple(decode(model, row, f"{at}[{i}]") for i, row in enumerate(rows) if not _is_deleted(row))


def _is_deleted(row: object) -> bool:
    return isinstance(row, dict) and bool(row.get("deleted_at"))


def _secret(kind: type, raw: object) -> Secret:
    if kind is not Secret or not isinstance(raw, str):
        raise TypeError("Expected `str`")
    return Secret(raw)


def _shaped(model: type, raw: object) -> object:
    """`raw` under the names and in the forms of the model; what is no object is left to msgspec."""
    if not isinstance(raw, dict):
        return raw
    fields = {key: value for key, value in raw.items() if value is not None}
    for key in _TIMES:
        if key in fields:
            fields[key] = _moment(fields[key])
    for key in _SECRETS:
        if fields.get(key) == "":
            del fields[key]
    shape = _SHAPES.get(model)
    return shape(fields) if shape else fields


def _moment(value: object) -> object:
    """An aware UTC datetime, None for an empty text, or the value itself where it is no time at all."""
    if value == "":
        return None
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return value


def _user(fields: _Fields) -> _Fields:
    own, shared = fields.get("org_uid", []), fields.get("shared_org_uid", [])
    if isinstance(own, list) and isinstance(shared, list):
        fields["org_uid"] = [*own, *(uid for uid in shared if uid not in own)]
    for key, model in (("roles", StackRole), ("organizations", OrganizationRole)):
        if isinstance(fields.get(key), list):
            fields[key] = [_shaped(model, row) for row in fields[key]]
    return fields


def _organization_role(fields: _Fields) -> _Fields:
    roles = fields.get("org_roles")
    fields["is_admin"] = isinstance(roles, list) and any(
        isinstance(role, dict) and role.get("admin") is True for role in roles
    )
    return fields


def _organization(fields: _Fields) -> _Fields:
    return {**fields, "is_owner": fields.get("owner") is True or fields.get("is_owner") is True}


def _stack(fields: _Fields) -> _Fields:
    settings = fields.get("settings")
    if isinstance(settings, dict) and isinstance(settings.get("branches"), bool):
        fields["branches_enabled"] = settings["branches"]
    return fields


def _role(fields: _Fields) -> _Fields:
    if isinstance(fields.get("users"), list):
        fields["users"] = [user.get("uid") if isinstance(user, dict) else user for user in fields["users"]]
    return fields


def _environment(fields: _Fields) -> _Fields:
    urls = fields.get("urls")
    found = [row.get("url") for row in urls if isinstance(row, dict)] if isinstance(urls, list) else []
    return {**fields, "urls": [url for url in found if isinstance(url, str) and url]}


def _alias(fields: _Fields) -> _Fields:
    # In the list of aliases `uid` is the branch and `alias` the alias.
    if isinstance(fields.get("alias"), str):
        return {"uid": fields["alias"], "branch": fields.get("uid", "")}
    return {"uid": fields.get("uid"), "branch": fields.get("target_branch", fields.get("source", ""))}


def _token(fields: _Fields) -> _Fields:
    return {**fields, "scope": Scope.from_api(fields.get("scope"))}


def _management_token(fields: _Fields) -> _Fields:
    scope = Scope.from_api(fields.get("scope"))
    extra = {key: value for key, value in fields.items() if key not in _NOT_EXTRA}
    return {**fields, "scope": scope, "access": access_of(scope.other), "extra": extra}


_SHAPES: dict[type, Callable[[_Fields], _Fields]] = {
    Alias: _alias,
    DeliveryToken: _token,
    Environment: _environment,
    ManagementToken: _management_token,
    Organization: _organization,
    OrganizationRole: _organization_role,
    Role: _role,
    Stack: _stack,
    User: _user,
}
