"""Requests as the handlers see them.

Who calls, which stack they name, and whether they may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import msgspec

from tui.sandbox.answers import (
    ApiError,
    Json,
    Response,
    no_permission,
    not_logged_in,
    stack_not_found,
)
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
from tui.sandbox.seed import ListName


class Requester(NamedTuple):
    """A person with a session, or with an OAuth grant, which is bound to one organization."""

    person: PersonRecord
    authtoken: str | None
    organization: OrganizationRecord | None


class Request(msgspec.Struct, kw_only=True):
    """One request: header names in small letters, the query, the body, and the path's variables.

    `query` has the last value of each parameter, `pairs` all of them in order. `lateness` is for how long
    a token that the call creates stays unknown.

    Each of its methods refuses, by an `ApiError`, what the API would refuse.
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
        """All values of a query parameter that may be there several times."""
        return [value for each, value in self.pairs if each == name]

    def odd(self, name: ListName, stack: StackRecord | None = None) -> list[OddRow]:
        """The odd rows that a list holds beside its own."""
        keys = (None, stack.api_key if stack else None)
        rows = self.world.odd_rows
        return [each for each in rows if each.list == name and each.api_key in keys]

    def json(self) -> Json:
        """The body as a JSON object; 400 if it is none, or the content type says so."""
        content_type = (
            self.headers.get("content-type", "").partition(";")[0].strip().lower()
        )
        if content_type != "application/json":
            raise ApiError(400, "Please set a valid 'Content-Type' header", 400)
        try:
            body = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise ApiError(400, "The request body is not valid JSON.", 400)
        return body

    def caller(self) -> Requester:
        """Who calls; 401/105 without a session and an OAuth grant.

        A management token is neither.
        """
        people = self.world.people.values()
        authtoken, bearer = self.headers.get("authtoken"), self._bearer()
        if authtoken:
            for person in people:
                if authtoken in (person.authtoken, *person.sessions):
                    return Requester(person, authtoken, None)
        elif bearer is not None:
            for person in people:
                if person.bearer == bearer:
                    own = [
                        *self.world.organizations_of(person),
                        *self.world.organizations.values(),
                    ]
                    return Requester(person, None, own[0])
            raise not_logged_in("access_token")
        raise not_logged_in()

    def organizations(self) -> dict[str, OrganizationRecord]:
        """By uid, those of the caller that the credential is good for."""
        person, _, bound_to = self.caller()
        own = self.world.organizations_of(person)
        return {each.uid: each for each in own if bound_to in (None, each)}

    def organization(self, uid: str) -> OrganizationRecord:
        """The caller's organization with that uid; 403/316 if it is not theirs."""
        organization = self.organizations().get(uid)
        if organization is None:
            raise no_permission()
        return organization

    def stack(self) -> StackRecord:
        """The stack that the `api_key` header names.

        412/109 if there is none, 400/109 for an empty one.
        """
        api_key = self.headers.get("api_key")
        if api_key == "":
            raise stack_not_found(400, "is required.")
        if api_key is None:
            raise stack_not_found()
        if api_key not in self.world.stacks:
            raise stack_not_found()
        return self.world.stacks[api_key]

    def enter(self) -> tuple[PersonRecord, StackRecord]:
        """The caller and the stack; 403/316 for a stack that is not theirs."""
        stack = self.stack()
        person, _, bound_to = self.caller()
        if bound_to not in (None, stack.organization) or not stack.has_member(
            person.uid
        ):
            raise no_permission()
        return person, stack

    def enter_tokens(self, kind: Kind) -> tuple[PersonRecord, StackRecord]:
        """As `enter`, for those who may manage tokens: 403/316 for others, 412/109 for management tokens."""
        if self.management_token() is not None:
            raise stack_not_found()
        person, stack = self.enter()
        if not stack.may_manage(person.uid, kind):
            raise no_permission()
        return person, stack

    def read_stack(self) -> StackRecord:
        """The stack, for modules that a management token may read too.

        401/105 for one that is not valid.

        One that is not known yet is answered by 412/109, as new ones have been seen to
        be for a while.
        """
        authorization = self.headers.get("authorization")
        if (
            self.headers.get("authtoken")
            or not authorization
            or self._bearer() is not None
        ):
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
        """The stack's management token in the `authorization` header, when it is the only credential."""
        value = self.headers.get("authorization")
        stack = self.world.stacks.get(self.headers.get("api_key", ""))
        if not value or stack is None or self.headers.get("authtoken"):
            return None
        return next(
            (
                token
                for token in stack.management_tokens.values()
                if token.value == value
            ),
            None,
        )

    def _bearer(self) -> str | None:
        scheme, space, bearer = self.headers.get("authorization", "").partition(" ")
        return bearer.strip() if space and scheme.lower() == "bearer" else None


Handler: TypeAlias = Callable[[Request], Response]
# By method and path, as in `GET /v3/roles/{uid}`.
Routes: TypeAlias = dict[str, Handler]
