"""Who reads content, by which token, and of which branch and environment."""

from __future__ import annotations

from typing import NamedTuple

from tui.sandbox.answers import ApiError, Json, invalid, not_logged_in, stack_not_found
from tui.sandbox.calls import Request
from tui.sandbox.organization import EVERYTHING, MAIN_BRANCH, StackRecord, TokenRecord

DELIVERY = "access_token"
PREVIEW = "preview_token"


class Reader(NamedTuple):
    """Who reads: a stack, its branch, and the token whose environments may be read (None: all of it).

    `previews` says whether drafts are read, for which no environment has to be named; `origin` is where the
    files of assets are.
    """

    stack: StackRecord
    branch: str
    token: TokenRecord | None
    previews: bool = False
    origin: str = ""

    def environment(self, call: Request) -> Json | None:
        """The environment that the request names in its query or, as the Python client does, in a header.

        It is refused by 422/141 if none is named, 401/161 if it is unknown or outside the token's scope.
        """
        if self.token is None:
            return None
        name = call.query.get("environment") or call.headers.get("environment")
        if not name and self.previews:
            return None
        if not name:
            raise invalid({"environment": ["is required."]})
        if name not in self.stack.environments or name not in self.token.names(
            "environment"
        ):
            message = (
                "Environment doesn't exists or insufficient permission to access it."
            )
            raise ApiError(401, message, 161)
        return self.stack.environments[name]


def by_token(field: str, call: Request) -> Reader:
    """By the header that names a delivery token, or its preview token."""
    stack, value = call.stack(), call.headers.get(field, "")
    preview = field == PREVIEW
    values = (
        (each.preview if preview else each.value, each)
        for each in stack.delivery_tokens.values()
    )
    token = next((each for held, each in values if value and held == value), None)
    token = _as_heard_of(call, stack, token, value, field)
    if preview and not stack.seed.live_preview:
        raise not_logged_in(field)
    return Reader(stack, _branch(stack, token, call), token, preview, _origin(call))


def by_management(call: Request) -> Reader:
    """By a session, an OAuth grant or a management token."""
    stack = call.read_stack()
    return Reader(
        stack, _branch(stack, call.management_token(), call), None, origin=_origin(call)
    )


def _origin(call: Request) -> str:
    """Where the caller reached the sandbox.

    By another name than its own, over TLS in front of it.
    """
    host = call.headers.get("host", "127.0.0.1")
    plain = host.partition(":")[0] == "127.0.0.1"
    return f"{'http' if plain else 'https'}://{host}"


def _as_heard_of(
    call: Request, stack: StackRecord, token: TokenRecord | None, value: str, field: str
) -> TokenRecord:
    """The token as the content hosts know it, who hear late of new and deleted ones."""
    now = call.world.now()
    if token is not None:
        since = (
            token.preview_since if field == PREVIEW else None
        ) or token.stamps.created_at
        if (now - since).total_seconds() < stack.seed.network.lag:
            raise not_logged_in(field)
        late = stack.lateness_of(value, now)
        if late is not None:
            raise stack_not_found() if late.status == 412 else not_logged_in(field)
        return token
    token, deleted_at = stack.remembered.get(value, (None, now))
    still_answered_for = (now - deleted_at).total_seconds() < stack.seed.network.memory
    if (
        token is not None
        and still_answered_for
        and (field == DELIVERY) == (value == token.value)
    ):
        return token
    delivery = stack.delivery_tokens.values()
    known = {each.value for each in (*delivery, *stack.management_tokens.values())}
    # A token of another kind is answered like a stack that is not there.
    if value in known or value in {each.preview for each in delivery}:
        raise stack_not_found()
    raise not_logged_in(field)


def _branch(stack: StackRecord, token: TokenRecord | None, call: Request) -> str:
    """The branch that the request names by its uid or an alias.

    Main, unless the header says otherwise.

    It is refused by 422/901 if it is unknown, or neither it nor an alias of it is in
    the token's scope.
    """
    if not stack.branches:
        return MAIN_BRANCH
    name = call.headers.get("branch") or MAIN_BRANCH
    branch = stack.branch_behind(name)
    names = (
        [*token.names("branch"), *token.names("branch_alias")]
        if token
        else [EVERYTHING]
    )
    if branch and (
        EVERYTHING in names or branch in {stack.branch_behind(each) for each in names}
    ):
        return branch
    message = f"Access denied. You have insufficient permissions to perform operation on this branch '{name}'."
    raise ApiError(422, message, 901)
