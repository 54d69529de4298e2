"""Requests as handlers see them: who sends one, for which stack, with which rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import msgspec

from tui.sandbox.organization import (
    Kind,
    Lateness,
    OddRow,
    OrganizationRecord,
    PersonRecord,
    StackRecord,
    TokenRecord,
    World,
)
from tui.sandbox.responses import (
    ApiError,
    Json,
    Response,
    no_permission,
    not_logged_in,
    stack_not_found,
)
from tui.sandbox.seed import ListName


class Requester(NamedTuple):
    """A person with a session or an OAuth grant.

    Attributes:
        authtoken: the session, unless it's a grant.
        organization: the organization of the grant, unless it's a session.
    """

    person: PersonRecord
    authtoken: str | None
    organization: OrganizationRecord | None


class Request(msgspec.Struct, kw_only=True):
    """One request.

    Its methods raise an `ApiError` for whatever the API would refuse.

    Attributes:
        headers: by lowercase name.
        query: the last value of each parameter.
        pairs: all values of all parameters, in order.
        variables: what the path has in place of the route's names in braces.
        lateness: how long a token that this request creates stays unknown.
    """

    world: World
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    pairs: Sequence[tuple[str, str]] = ()
    variables: Mapping[str, str] = {}
    lateness: Lateness | None = None

    def flag(self, name: str) -> bool:
        """Whether a query parameter is `true`."""
        return self.query.get(name, "").lower() == "true"

    def values(self, name: str) -> list[str]:
        """Return all values of a query parameter that may be repeated."""
        return [value for each, value in self.pairs if each == name]

    def odd_rows(
        self, name: ListName, stack: StackRecord | None = None
    ) -> list[OddRow]:
        """Return the odd rows that a list has besides its own."""
        api_keys = (None, stack.api_key if stack else None)
        return [
            row
            for row in self.world.odd_rows
            if row.list == name and row.api_key in api_keys
        ]

    def json(self) -> Json:
        """Return the body as a JSON object.

        A body that isn't one, or has another content type, is refused with 400.
        """
        content_type, _, _ = self.headers.get("content-type", "").partition(";")
        if content_type.strip().lower() != "application/json":
            raise ApiError(400, "Please set a valid 'Content-Type' header", 400)
        try:
            body = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise ApiError(400, "The request body is not valid JSON.", 400)
        return body

    def requester(self) -> Requester:
        """Return who sends the request.

        Without a session or an OAuth grant, it's refused with 401/105; a management
        token is neither.
        """
        authtoken = self.headers.get("authtoken")
        if authtoken:
            return self._by_session(authtoken)
        bearer = self._bearer()
        if bearer is not None:
            return self._by_grant(bearer)
        raise not_logged_in()

    def _by_session(self, authtoken: str) -> Requester:
        for person in self.world.people.values():
            if authtoken in (person.authtoken, *person.sessions):
                return Requester(person, authtoken, None)
        raise not_logged_in()

    def _by_grant(self, bearer: str) -> Requester:
        for person in self.world.people.values():
            if person.bearer == bearer:
                own = self.world.organizations_of(person)
                organizations = own or list(self.world.organizations.values())
                return Requester(person, None, organizations[0])
        raise not_logged_in("access_token")

    def organizations(self) -> dict[str, OrganizationRecord]:
        """Return the requester's organizations that the credential is valid for."""
        person, _, bound_to = self.requester()
        own = self.world.organizations_of(person)
        return {each.uid: each for each in own if bound_to in (None, each)}

    def organization(self, uid: str) -> OrganizationRecord:
        """Return the organization with a uid; 403/316 if it isn't the requester's."""
        organization = self.organizations().get(uid)
        if organization is None:
            raise no_permission()
        return organization

    def stack(self) -> StackRecord:
        """Return the stack that the `api_key` header names.

        An unknown key is refused with 412/109, an empty one with 400/109.
        """
        api_key = self.headers.get("api_key")
        if api_key == "":
            raise stack_not_found(400, "is required.")
        if api_key is None or api_key not in self.world.stacks:
            raise stack_not_found()
        return self.world.stacks[api_key]

    def enter(self) -> tuple[PersonRecord, StackRecord]:
        """Return who sends the request, and the stack; 403/316 if it isn't theirs."""
        stack = self.stack()
        person, _, bound_to = self.requester()
        if bound_to not in (None, stack.organization):
            raise no_permission()
        if not stack.has_member(person.uid):
            raise no_permission()
        return person, stack

    def enter_tokens(self, kind: Kind) -> tuple[PersonRecord, StackRecord]:
        """Enter the stack to manage its tokens of one kind.

        Requesters who may not are refused with 403/316, management tokens with 412/109.
        """
        if self.management_token() is not None:
            raise stack_not_found()
        person, stack = self.enter()
        if not stack.may_manage(person.uid, kind):
            raise no_permission()
        return person, stack

    def read_stack(self) -> StackRecord:
        """Enter the stack to read what a management token may read too.

        An invalid token is refused with 401/105; one that isn't known yet with 412/109,
        as new ones have been seen to be for a while.
        """
        has_session = bool(self.headers.get("authtoken"))
        has_token = bool(self.headers.get("authorization")) and self._bearer() is None
        if has_session or not has_token:
            return self.enter()[1]
        stack = self.stack()
        token = self.management_token()
        if token is None or token.has_expired(self.world.now()):
            raise not_logged_in("authorization")
        self._check_known(stack, token)
        return stack

    def _check_known(self, stack: StackRecord, token: TokenRecord) -> None:
        now = self.world.now()
        age = (now - token.stamps.created_at).total_seconds()
        late = stack.lateness_of(token.value, now)
        if late is not None and late.status == 401:
            raise not_logged_in("authorization")
        if late is not None or age < stack.seed.network.management_lag:
            raise stack_not_found()

    def management_token(self) -> TokenRecord | None:
        """Return the management token, if that's the only credential."""
        value = self.headers.get("authorization")
        stack = self.world.stacks.get(self.headers.get("api_key", ""))
        if not value or stack is None or self.headers.get("authtoken"):
            return None
        for token in stack.management_tokens.values():
            if token.value == value:
                return token
        return None

    def _bearer(self) -> str | None:
        scheme, space, bearer = self.headers.get("authorization", "").partition(" ")
        return bearer.strip() if space and scheme.lower() == "bearer" else None


Handler: TypeAlias = Callable[[Request], Response]
# By method and path, as in `GET /v3/roles/{uid}`.
Routes: TypeAlias = dict[str, Handler]
