"""Who reads content, with which token, and from which branch and environment."""

from __future__ import annotations

from typing import NamedTuple

from tui.sandbox.organization import EVERYTHING, MAIN_BRANCH, StackRecord, TokenRecord
from tui.sandbox.requests import Request
from tui.sandbox.responses import (
    ApiError,
    Json,
    invalid,
    not_logged_in,
    stack_not_found,
)

DELIVERY = "access_token"
PREVIEW = "preview_token"
_NO_ENVIRONMENT = "Environment doesn't exists or insufficient permission to access it."
_NO_BRANCH = (
    "Access denied."
    " You have insufficient permissions to perform operation on this branch"
)


class Reader(NamedTuple):
    """Who reads what.

    Attributes:
        stack: the stack that is read.
        branch: the uid of its branch.
        token: the token whose environments may be read; None reads all of them.
        previews: whether the environment is optional, as on the preview host.
        origin: the base URL of asset files.
    """

    stack: StackRecord
    branch: str
    token: TokenRecord | None
    previews: bool = False
    origin: str = ""

    def environment(self, request: Request) -> Json | None:
        """Return the environment that a request names, unless it needs none.

        It's in the query or, from the Python client, in a header. If it's missing, it's
        refused with 422/141; if it's unknown or outside the token's scope, with
        401/161.
        """
        if self.token is None:
            return None
        name = request.query.get("environment") or request.headers.get("environment")
        if not name and self.previews:
            return None
        if not name:
            raise invalid({"environment": ["is required."]})
        environments = self.stack.environments
        if name not in environments or name not in self.token.names("environment"):
            raise ApiError(401, _NO_ENVIRONMENT, 161)
        return environments[name]


def by_token(field: str, request: Request) -> Reader:
    """Authorize by the header `field`, which has a delivery or a preview token."""
    stack, value = request.stack(), request.headers.get(field, "")
    token = _known_token(request, stack, value, field)
    is_preview = field == PREVIEW
    if is_preview and not stack.seed.live_preview:
        raise not_logged_in(field)
    branch = _branch(stack, token, request)
    return Reader(stack, branch, token, is_preview, _origin(request))


def by_management(request: Request) -> Reader:
    """Authorize by a session, an OAuth grant or a management token."""
    stack = request.read_stack()
    branch = _branch(stack, request.management_token(), request)
    return Reader(stack, branch, None, origin=_origin(request))


def _origin(request: Request) -> str:
    """Return the URL at which the client reached the sandbox.

    If that isn't the sandbox's own name, something in front of it speaks TLS.
    """
    host = request.headers.get("host", "127.0.0.1")
    scheme = "http" if host.partition(":")[0] == "127.0.0.1" else "https"
    return f"{scheme}://{host}"


def _known_token(
    request: Request, stack: StackRecord, value: str, field: str
) -> TokenRecord:
    """Return the token with a value, as the content hosts know it.

    They learn of new and deleted tokens late.
    """
    for token in stack.delivery_tokens.values():
        own = token.preview if field == PREVIEW else token.value
        if value and own == value:
            _check_heard_of(request, stack, token, field)
            return token
    deleted = _remembered(request, stack, value, field)
    if deleted is not None:
        return deleted
    # A token of another kind is refused like a stack that doesn't exist.
    if value in _values(stack):
        raise stack_not_found()
    raise not_logged_in(field)


def _check_heard_of(
    request: Request, stack: StackRecord, token: TokenRecord, field: str
) -> None:
    """Refuse a new token that this host doesn't know of yet."""
    now = request.world.now()
    value, created_at = token.value, token.stamps.created_at
    if field == PREVIEW:
        value = token.preview or ""
        created_at = token.preview_since or created_at
    if (now - created_at).total_seconds() < stack.seed.network.lag:
        raise not_logged_in(field)
    late = stack.lateness_of(value, now)
    if late is None:
        return
    raise stack_not_found() if late.status == 412 else not_logged_in(field)


def _remembered(
    request: Request, stack: StackRecord, value: str, field: str
) -> TokenRecord | None:
    """Return a deleted token whose deletion this host doesn't know of yet."""
    if value not in stack.remembered:
        return None
    token, deleted_at = stack.remembered[value]
    seconds = (request.world.now() - deleted_at).total_seconds()
    is_of_this_kind = (field == DELIVERY) == (value == token.value)
    if seconds < stack.seed.network.memory and is_of_this_kind:
        return token
    return None


def _values(stack: StackRecord) -> set[str | None]:
    """Return the values of all tokens of a stack, of any kind."""
    values: set[str | None] = {each.value for each in stack.management_tokens.values()}
    for token in stack.delivery_tokens.values():
        values |= {token.value, token.preview}
    return values


def _branch(stack: StackRecord, token: TokenRecord | None, request: Request) -> str:
    """Return the branch that a request names by uid or alias; by default, main.

    It's refused with 422/901 if it's unknown, or if the token's scope names neither it
    nor an alias of it.
    """
    if not stack.branches:
        return MAIN_BRANCH
    name = request.headers.get("branch") or MAIN_BRANCH
    branch = stack.branch_behind(name)
    if branch is None or not _may_read(stack, token, branch):
        raise ApiError(422, f"{_NO_BRANCH} '{name}'.", 901)
    return branch


def _may_read(stack: StackRecord, token: TokenRecord | None, branch: str) -> bool:
    if token is None:
        return True
    names = [*token.names("branch"), *token.names("branch_alias")]
    if EVERYTHING in names:
        return True
    return branch in {stack.branch_behind(each) for each in names}
