"""Decodes answers into models.

Unknown fields are ignored and null counts as missing, so a field's default is what its
absence means. A field that is only displayed also counts as missing if it can't be
decoded, so that it can't spoil a row. Anything that an edit sends back or a command
uses must decode; otherwise the row is `Odd`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from tui.contentstack.exchange import Answer
from tui.contentstack.models import (
    NEVER_EXPIRES,
    Alias,
    DeliveryToken,
    Environment,
    ManagementToken,
    Odd,
    Organization,
    OrganizationRole,
    Role,
    Stack,
    StackRole,
    Thing,
    User,
)
from tui.contentstack.origin import JsonObject
from tui.contentstack.scope import Scope, ShapeError
from tui.display import flaw, visible
from tui.secret import Secret

Model = TypeVar("Model", bound=Thing)
_TIMES = ("created_at", "updated_at", "expires_on")
_EMPTY_IS_MISSING = (*_TIMES, "token", "preview_token", "authtoken")

# Fields that are only shown, and their types.
_SHOWN: dict[str, type] = {
    "created_at": datetime,
    "updated_at": datetime,
    "created_by": str,
    "org_uid": str,
    "owner_uid": str,
    "email": str,
    "first_name": str,
    "last_name": str,
    "source": str,
}

# Fields of a management token that the server sets itself; no request sends them back.
_SERVERS = {
    "type",
    "api_key",
    "org_uid",
    "_version",
    "_metadata",
    "ACL",
    "SYS_ACL",
    "preview_token",
}
_NOT_EXTRA = {
    *_SERVERS,
    NEVER_EXPIRES,
    "updated_by",
    "deleted_at",
    "deleted_by",
    *ManagementToken.__struct_encode_fields__,
}


def decode(model: type[Model], raw: object, at: str, *, fit: bool = False) -> Model:
    """Convert a decoded JSON value, found `at` a path like `$.token`, to a model.

    `fit` means that all strings in it are known to be safe to keep.

    Raises:
        ShapeError: with the first path that is wrong.
    """
    try:
        shaped = _shaped(model, raw, at)
        if not fit:
            _refuse_unfit(model, raw, shaped, at)
        return msgspec.convert(shaped, model, dec_hook=_secret)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
    except UnicodeError:
        reason, path = "contains a key that isn't valid Unicode", ""
    raise ShapeError(at + path.removesuffix("`"), reason[:1].lower() + reason[1:])


def many(
    answer: Answer,
    page: JsonObject,
    key: str,
    model: type[Model],
    *,
    before: int = 0,
) -> tuple[Model | Odd, ...]:
    """Return the rows under `key` in order, without the deleted ones.

    A row that can't be decoded is `Odd`. `before` is the number of rows on earlier
    pages. Here and below, `BadAnswer` is raised if something is missing or has the
    wrong shape.
    """
    rows = page.get(key)
    if not isinstance(rows, list):
        raise answer.bad(f"$.{key}", "missing" if rows is None else "expected `array`")
    fit = answer.is_fit
    found: list[Model | Odd] = []
    for index, row in enumerate(rows):
        if isinstance(row, dict) and row.get("deleted_at"):
            continue
        try:
            found.append(decode(model, row, f"$.{key}[{index}]", fit=fit))
        except ShapeError as error:
            found.append(_odd(answer, row, error, before + index))
    return tuple(found)


def one(answer: Answer, key: str, model: type[Model]) -> Model:
    """Return the model that `found` finds; it must be there."""
    value = found(answer, key, model)
    if value is None:
        raise answer.bad(f"$.{key}", "missing")
    return value


def found(answer: Answer, key: str, model: type[Model]) -> Model | None:
    """Return the model under `key`, or the only one in a list under its plural.

    Some of the API's examples have the list.
    """
    page = answer.object()
    rows = page.get(f"{key}s")
    if page.get(key) is not None:
        return _decoded(answer, page[key], f"$.{key}", model)
    if isinstance(rows, list) and len(rows) == 1:
        return _decoded(answer, rows[0], f"$.{key}s[0]", model)
    return None


def notice(answer: Answer) -> str:
    """Return the server's message about what it did.

    It's under `notice` or, in some examples, under `notice:`.
    """
    page = answer.object()
    text = page.get("notice", page.get("notice:"))
    return visible(text) if isinstance(text, str) else ""


def done(answer: Answer) -> str:
    """Return a write's notice, when nothing else shows that it was carried out.

    Any object can come with a good status, even from something in between. So one
    without a notice is a `BadAnswer`.
    """
    if not answer.object().keys() & {"notice", "notice:"}:
        raise answer.bad("$.notice", "missing")
    return notice(answer)


def _decoded(answer: Answer, raw: object, at: str, model: type[Model]) -> Model:
    try:
        return decode(model, raw, at, fit=answer.is_fit)
    except ShapeError as error:
        raise answer.bad(error.path, error.reason) from None


def _odd(answer: Answer, raw: object, error: ShapeError, index: int) -> Odd:
    """Return what is known about a row that can't be decoded."""
    place, reason = answer.quotable(error.path, error.reason)
    fields = raw if isinstance(raw, dict) else {}
    uid = _first_text(fields, "uid", "_id")
    name = _first_text(fields, "alias", "name")
    return Odd(
        place=place,
        reason=reason,
        uid="" if flaw(uid) else uid,
        name=visible(name) if flaw(name) else name,
        index=index,
    )


def _first_text(fields: JsonObject, *keys: str) -> str:
    for key in keys:
        value = fields.get(key)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _refuse_unfit(model: type, raw: object, shaped: object, at: str) -> None:
    """Raise `ShapeError` for the first string of the model's that can't be kept."""
    if not isinstance(raw, dict) or not isinstance(shaped, dict):
        return
    taken = {key: shaped.get(key) for key in model.__struct_encode_fields__}  # type: ignore[attr-defined]
    if "scope" in taken:
        # Everything in it is kept and sent back unchanged.
        taken["scope"] = raw.get("scope")
    for path, reason in _flaws(taken, at):
        raise ShapeError(path, reason)


def _flaws(value: object, at: str) -> Iterator[tuple[str, str]]:
    """Yield the path and reason of each string in a JSON value that can't be kept."""
    left = [(value, at)]
    while left:
        each, path = left.pop()
        if isinstance(each, str):
            reason = flaw(each)
            if reason:
                yield path, reason
        elif isinstance(each, dict):
            left += [(inner, f"{path}.{visible(key)}") for key, inner in each.items()]
            left += [(key, path) for key in each]
        elif isinstance(each, list):
            left += [(inner, f"{path}[{index}]") for index, inner in enumerate(each)]


def _secret(kind: type, raw: object) -> Secret:
    if kind is not Secret or not isinstance(raw, str):
        raise TypeError("Expected `str`")
    return Secret(raw)


def _shaped(model: type, raw: object, at: str) -> object:
    """Return `raw` with the model's field names and value formats."""
    if not isinstance(raw, dict):
        # msgspec says what is wrong with it.
        return raw
    fields = {key: value for key, value in raw.items() if not _is_missing(key, value)}
    for key in _TIMES:
        if isinstance(fields.get(key), str):
            fields[key] = _moment(fields[key])
    for key in _SHOWN.keys() & fields.keys():
        _forget_unless(fields, key, _SHOWN[key])
    if model in (DeliveryToken, ManagementToken):
        fields["scope"] = Scope.from_api(fields.get("scope"), f"{at}.scope")
    shape = _SHAPES.get(model)
    return shape(fields) if shape else fields


def _is_missing(key: str, value: object) -> bool:
    return value is None or (value == "" and key in _EMPTY_IS_MISSING)


def _moment(text: str) -> datetime | str:
    """Return an aware UTC datetime, or the text itself if it isn't a time."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return text


def _forget_unless(fields: JsonObject, key: str, kind: type) -> None:
    """Drop a display-only field that isn't of this type or can't be shown."""
    value = fields.get(key)
    if not isinstance(value, kind) or (isinstance(value, str) and flaw(value)):
        fields.pop(key, None)


def _user(fields: JsonObject) -> JsonObject:
    all_understood = True
    for key, model in (("roles", StackRole), ("organizations", OrganizationRole)):
        rows = fields.pop(key, None)
        if not isinstance(rows, list | None):
            all_understood = False
            rows = None
        shaped = [_understood(model, row, key) for row in rows or ()]
        understood = [row for row in shaped if row]
        all_understood &= len(understood) == len(shaped)
        fields[key] = understood
    return {**fields, "all_understood": all_understood}


def _understood(model: type, raw: object, key: str) -> JsonObject | None:
    """Return a row in its model's formats; None if it can't be decoded."""
    shaped = _shaped(model, raw, key)
    try:
        _refuse_unfit(model, raw, shaped, key)
        msgspec.convert(shaped, model)
    except (msgspec.ValidationError, ShapeError, UnicodeError):
        return None
    return shaped if isinstance(shaped, dict) else None


def _organization(fields: JsonObject) -> JsonObject:
    _forget_unless(fields, "name", str)
    return fields


def _role(fields: JsonObject) -> JsonObject:
    rows = fields.get("users")
    if isinstance(rows, list):
        fields["users"] = _fit_texts(rows)
    return fields


def _fit_texts(values: list[object]) -> list[str]:
    return [text for text in values if isinstance(text, str) and not flaw(text)]


def _organization_role(fields: JsonObject) -> JsonObject:
    roles = fields.get("org_roles")
    rows = roles if isinstance(roles, list) else []
    admin = [row.get("admin") is True for row in rows if isinstance(row, dict)]
    return {**fields, "is_admin": any(admin)}


def _stack(fields: JsonObject) -> JsonObject:
    settings = fields.get("settings")
    told = settings.get("branches") if isinstance(settings, dict) else None
    return {**fields, "branches_enabled": told} if isinstance(told, bool) else fields


def _environment(fields: JsonObject) -> JsonObject:
    urls = fields.get("urls")
    rows = urls if isinstance(urls, list) else []
    found = _fit_texts([row.get("url") for row in rows if isinstance(row, dict)])
    return {**fields, "urls": [url for url in found if url]}


def _alias(fields: JsonObject) -> JsonObject:
    # In the list of aliases `uid` is the branch and `alias` the alias.
    uid, alias = fields.get("uid"), fields.get("alias")
    if isinstance(alias, str):
        return {"uid": alias, "branch": uid or ""}
    return {"uid": uid, "branch": fields.get("target_branch", "")}


def _management_token(fields: JsonObject) -> JsonObject:
    extra = {key: value for key, value in fields.items() if key not in _NOT_EXTRA}
    return {**fields, "extra": extra}


_SHAPES: dict[type, Callable[[JsonObject], JsonObject]] = {
    Alias: _alias,
    Environment: _environment,
    ManagementToken: _management_token,
    Organization: _organization,
    OrganizationRole: _organization_role,
    Role: _role,
    Stack: _stack,
    User: _user,
}
