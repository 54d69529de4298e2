"""Who calls, and whether they may: credentials, the stack they name, and their rights in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from tui.sandbox.accounts import person_of_session
from tui.sandbox.answers import api_key_missing, no_permission, not_logged_in, stack_not_found
from tui.sandbox.organization import Organization, Person, Stack, Token, TokenKind, World

Headers = Mapping[str, str]

_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Caller:
    """A person with a session or an OAuth grant, which is bound to one organization."""

    person: Person
    authtoken: str | None
    organization: Organization | None = None


def caller_of(world: World, headers: Headers) -> Caller:
    """The person who calls.

    Raises:
        ApiError: 401/105 if no valid session or OAuth grant is named; a management token is neither.
    """
    authtoken = headers.get("authtoken", "")
    if authtoken:
        person = person_of_session(world, authtoken)
        if person is None:
            raise not_logged_in()
        return Caller(person, authtoken)
    authorization = headers.get("authorization", "")
    if authorization[: len(_BEARER)].lower() == _BEARER:
        bearer = authorization[len(_BEARER) :].strip()
        holder = next((each for each in world.people.values() if bearer and each.bearer == bearer), None)
        if holder is None:
            raise not_logged_in("access_token")
        return Caller(holder, None, world.organizations[holder.bearer_organization])
    raise not_logged_in()


def stack_of(world: World, headers: Headers) -> Stack:
    """The stack that the `api_key` header names.

    Raises:
        ApiError: 412/109 if there is none, 400/109 if the header is missing.
    """
    api_key = headers.get("api_key", "")
    if not api_key:
        raise api_key_missing()
    stack = world.stacks.get(api_key)
    if stack is None:
        raise stack_not_found()
    return stack


def enter(world: World, headers: Headers) -> tuple[Caller, Stack]:
    """The caller and the stack, checked to be theirs.

    Raises:
        ApiError: as `stack_of` and `caller_of`; 403/316 for a stack that is not theirs.
    """
    stack = stack_of(world, headers)
    caller = caller_of(world, headers)
    outside = caller.organization is not None and caller.organization is not stack.organization
    if outside or not stack.has_member(caller.person.uid):
        raise no_permission()
    return caller, stack


def enter_tokens(world: World, headers: Headers, kind: TokenKind) -> tuple[Caller, Stack]:
    """As `enter`, for the token endpoints, which management tokens may not call at all.

    Raises:
        ApiError: as `enter`; 412/109 for a management token; 403/316 for a role without the right.
    """
    if presented_management_token(world, headers) is not None:
        raise stack_not_found()
    caller, stack = enter(world, headers)
    if not stack.may_manage(caller.person.uid, kind):
        raise no_permission()
    return caller, stack


def read_stack(world: World, headers: Headers) -> Stack:
    """The stack, for modules that a management token may read too.

    Raises:
        ApiError: as `enter`; 401/105 for a management token that is unknown, expired or of another stack.
    """
    authorization = headers.get("authorization", "")
    if headers.get("authtoken") or not authorization or authorization.lower().startswith(_BEARER):
        return enter(world, headers)[1]
    stack = stack_of(world, headers)
    token = presented_management_token(world, headers)
    if token is None or token.uid not in stack.management_tokens or is_expired(token, world.now()):
        raise not_logged_in("authorization")
    return stack


def presented_management_token(world: World, headers: Headers) -> Token | None:
    """The management token in the `authorization` header, when it is the only credential."""
    value = headers.get("authorization", "")
    if not value or headers.get("authtoken"):
        return None
    stack = world.stacks.get(headers.get("api_key", ""))
    stacks = [stack] if stack is not None else []
    return next(
        (token for each in stacks for token in each.management_tokens.values() if token.value == value), None
    )


def expiry_moment(expires_on: str) -> datetime:
    """00:00 UTC of the day that `expires_on` names, as `YYYY-MM-DD` or as a full ISO 8601 time.

    Raises:
        ValueError: if it is neither.
    """
    try:
        day = date.fromisoformat(expires_on)
    except ValueError:
        moment = datetime.fromisoformat(expires_on)
        day = (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()
    return datetime.combine(day, time(), UTC)


def is_expired(token: Token, now: datetime) -> bool:
    """Whether a management token's day has come."""
    return token.expires_on is not None and now >= expiry_moment(token.expires_on)


def organization_of(world: World, caller: Caller, uid: str) -> Organization:
    """The organization with that uid, checked to be the caller's.

    Raises:
        ApiError: 403/316 if it is not, or there is none.
    """
    organization = world.organizations.get(uid)
    if (
        organization is None
        or caller.person.uid not in organization.member_uids
        or caller.organization not in (None, organization)
    ):
        raise no_permission()
    return organization
