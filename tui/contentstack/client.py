"""A method for each endpoint, returning frozen models.

Every method can raise a `ContentstackError`. Lists are read in full. A write returns
what the server says it wrote, not what was asked for; a write that is cancelled in
flight may still be carried out.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.contentstack import errors
from tui.contentstack.credentials import Credential
from tui.contentstack.decoding import Model, done, found, many, notice, one
from tui.contentstack.errors import ContentstackError
from tui.contentstack.exchange import Answer, recast
from tui.contentstack.models import (
    EXPIRY_FIELDS,
    Alias,
    Branch,
    DeliveryToken,
    DeliveryTokenRequest,
    Environment,
    ManagementToken,
    ManagementTokenRequest,
    Organization,
    Person,
    Role,
    Stack,
    User,
)
from tui.contentstack.origin import JsonObject
from tui.contentstack.rows import (
    MOST_ROWS,
    MOST_SECONDS,
    Cut,
    Pages,
    Rows,
    from_one_page,
    joined,
)
from tui.contentstack.transport import Transport
from tui.secret import Secret

if TYPE_CHECKING:
    from tui.contentstack.verify import Probe, ProbeResult

_Query = dict[str, str] | None

AskStack = Callable[[], Awaitable[Stack]]
"""Returns the current stack from Contentstack."""

_STACKS = "/stacks"
_DELIVERY = "/stacks/delivery_tokens"
_MANAGEMENT = "/stacks/management_tokens"
_WITH_PREVIEW = {"include_preview_token": "true"}

# What else a refused sign-in can be, besides `LoginRefused` itself.
_SIGN_IN_REFUSED = (
    errors.SignedOut,
    errors.Invalid,
    errors.NotAllowed,
    errors.NotFound,
)

PAGE = 100

# Seconds for reading back what a create's answer left out.
_READ_BACK = 10.0

_SSO = "this account uses SSO. Get an OAuth token with `csdx auth:login --oauth`"


@dataclass(eq=False)
class Caller:
    """Who makes the requests, and for which stack and organization."""

    transport: Transport
    credential: Credential | None
    api_key: str = ""
    organization_uid: str = ""

    async def send(
        self, method: str, path: str, query: _Query = None, body: object = None
    ) -> Answer:
        """Send a request with this caller's headers."""
        headers: dict[str, str | Secret] = {}
        if self.credential:
            headers.update(self.credential.headers())
        # Only stacks are requested by organization.
        if self.organization_uid and path == _STACKS:
            headers["organization_uid"] = self.organization_uid
        return await self.transport.request(
            method,
            path,
            api_key=self.api_key,
            headers=headers,
            query=query,
            body=body,
            bucket=self.organization_uid or self.api_key,
        )

    async def every(
        self, path: str, key: str, model: type[Model], query: _Query = None
    ) -> Rows[Model]:
        """Read all rows of a list, page by page.

        If it hits a limit, it returns what it has read so far, and `cut` says so.
        """
        pages: Pages[Model] = Pages()
        end = asyncio.get_running_loop().time() + MOST_SECONDS
        more = True
        while more:
            if pages.taken >= MOST_ROWS:
                return pages.rows(Cut(pages.taken))
            page_query = {
                **(query or {}),
                "limit": str(PAGE),
                "skip": str(pages.taken),
                "include_count": "true",
            }
            try:
                async with asyncio.timeout_at(end):
                    answer = await self.send("GET", path, page_query)
            except TimeoutError:
                return pages.rows(Cut(pages.taken, MOST_SECONDS))
            page = answer.object()
            rows = many(answer, page, key, model, before=pages.taken)
            more = pages.take(rows, page.get(key), page.get("count"))
        return pages.rows()


class Client(Caller):
    """Calls for a user: signing in and out, organizations, stacks.

    Signing in needs no credential.
    """

    async def log_in(
        self, email: str, password: Secret, tfa_token: Secret | None = None
    ) -> User:
        """Sign in; the user's `authtoken` is set.

        Raises:
            SecondFactorNeeded: ask for a code and call again with it.
            LoginRefused: wrong e-mail, password or code, a locked account, or an
                account that can only sign in through its organization's identity
                provider.
        """
        user: dict[str, str | Secret] = {"email": email, "password": password}
        if tfa_token:
            user["tfa_token"] = tfa_token
        try:
            answer = await self._send_anonymously("/user-session", user)
        except _SIGN_IN_REFUSED as error:
            raise recast(error, errors.LoginRefused) from None
        signed_in = one(answer, "user", User)
        if not signed_in.authtoken:
            what = "Contentstack didn't return an authtoken"
            raise errors.LoginRefused(what, place=answer.call.place, why=_SSO)
        return signed_in

    async def log_out(self) -> str:
        """End the session of this credential; return the server's notice."""
        return done(await self.send("DELETE", "/user-session"))

    async def request_sms(self, email: str, password: Secret) -> str:
        """Request a sign-in code by SMS; return the server's notice."""
        user = {"email": email, "password": password}
        return notice(await self._send_anonymously("/user/request_token_sms", user))

    async def _send_anonymously(self, path: str, user: object) -> Answer:
        nobody = Caller(self.transport, None)
        return await nobody.send("POST", path, body={"user": user})

    async def current_user(self) -> User:
        """Read the signed-in user, with their roles in stacks and organizations."""
        query = {"include_orgs": "true", "include_orgs_roles": "true"}
        return one(await self.send("GET", "/user", query), "user", User)

    async def organizations(self) -> Rows[Organization]:
        """Read the user's organizations."""
        return await self.every("/organizations", "organizations", Organization)

    async def stacks(self, organization_uid: str | None = None) -> Rows[Stack]:
        """Read the user's stacks, or only one organization's.

        Single sign-on requires the organization. So does OAuth, whose session belongs
        to one organization: its uid is read first.
        """
        oauth = self.credential is not None and self.credential.kind == "bearer"
        if organization_uid is None and oauth:
            organizations = await self.organizations()
            return joined([await self.stacks(each.uid) for each in organizations])
        return await self.stack("", organization_uid).every(_STACKS, "stacks", Stack)

    def stack(self, api_key: str, organization_uid: str | None = None) -> StackClient:
        """Return the client for one stack.

        Its calls count against its organization's limit, if that is known.
        """
        organization = organization_uid or ""
        return StackClient(self.transport, self.credential, api_key, organization)


class StackClient(Caller):
    """Calls for one stack."""

    async def stack(self) -> Stack:
        """Read the stack itself."""
        stack = one(await self.send("GET", _STACKS), "stack", Stack)
        if stack.org_uid and not self.organization_uid:
            self.transport.pacer.join(self.api_key, stack.org_uid)
        return stack

    async def live_preview(self) -> bool | None:
        """Read whether Live Preview is on; None if the answer doesn't say.

        Preview tokens don't work without it.
        """
        answer = await self.send("GET", "/stacks/settings")
        settings = answer.object().get("stack_settings")
        told = settings.get("live_preview") if isinstance(settings, dict) else None
        enabled = told.get("enabled") if isinstance(told, dict) else None
        return enabled if isinstance(enabled, bool) else None

    async def users(self) -> Rows[Person]:
        """Read the stack's users, to put names to uids. Not everyone is allowed to."""
        answer = await self.send("GET", "/stacks/users")
        return from_one_page(many(answer, answer.object(), "users", Person))

    async def roles(self) -> Rows[Role]:
        """Read the stack's roles and who has them."""
        return await self.every("/roles", "roles", Role)

    async def environments(self) -> Rows[Environment]:
        """Read the stack's publishing environments."""
        return await self.every("/environments", "environments", Environment)

    async def branches(self, stack: AskStack | None = None) -> Rows[Branch]:
        """Read the stack's branches; none on a stack without branches.

        `stack` returns the stack's settings, if someone is reading them anyway.
        """
        return await self._if_any("/stacks/branches", "branches", Branch, stack)

    async def aliases(self, stack: AskStack | None = None) -> Rows[Alias]:
        """Read the stack's aliases; none on a stack without branches.

        `stack` as for `branches`.
        """
        path = "/stacks/branch_aliases"
        return await self._if_any(path, "branch_aliases", Alias, stack)

    async def delivery_tokens(self) -> Rows[DeliveryToken]:
        """Read all delivery tokens, with their values and preview tokens."""
        return await self.every(_DELIVERY, "tokens", DeliveryToken, _WITH_PREVIEW)

    async def delivery_token(self, uid: str) -> DeliveryToken:
        """Read one delivery token."""
        answer = await self.send("GET", _path(_DELIVERY, uid), _WITH_PREVIEW)
        return one(answer, "token", DeliveryToken)

    async def create_delivery_token(
        self, request: DeliveryTokenRequest, *, with_preview: bool
    ) -> DeliveryToken:
        """Create a delivery token.

        With `with_preview`, a token that comes without one is read back once. `preview`
        is None if the server created none; it doesn't say so if the plan has no
        previews.
        """
        query = {"create_with_preview_token": "true"} if with_preview else None
        answer = await self.send("POST", _DELIVERY, query, _body(request))
        created = one(answer, "token", DeliveryToken)
        return await self._with_preview(created) if with_preview else created

    async def update_delivery_token(
        self, uid: str, request: DeliveryTokenRequest
    ) -> DeliveryToken:
        """Replace name, description and scope; the value stays."""
        answer = await self.send("PUT", _path(_DELIVERY, uid), body=_body(request))
        return await self._written(answer, DeliveryToken, self.delivery_token, uid)

    async def delete_delivery_token(self, uid: str) -> None:
        """Delete a delivery token and its preview token."""
        await self._delete(_path(_DELIVERY, uid))

    async def create_preview_token(self, uid: str) -> DeliveryToken:
        """Create the preview token of a delivery token.

        `preview` is set unless the server withholds it.
        """
        path = f"{_path(_DELIVERY, uid)}/preview_token"
        answer = await self.send("POST", path, body={})
        token = await self._written(answer, DeliveryToken, self.delivery_token, uid)
        return await self._with_preview(token)

    async def delete_preview_token(self, uid: str) -> None:
        """Delete the preview token of a delivery token."""
        await self._delete(f"{_path(_DELIVERY, uid)}/preview_token")

    async def management_tokens(self) -> Rows[ManagementToken]:
        """Read all management tokens, without values. Only for owners and admins."""
        return await self.every(_MANAGEMENT, "tokens", ManagementToken)

    async def management_token(self, uid: str) -> ManagementToken:
        """Read one management token, without its value."""
        answer = await self.send("GET", _path(_MANAGEMENT, uid))
        return one(answer, "token", ManagementToken)

    async def create_management_token(
        self, request: ManagementTokenRequest
    ) -> ManagementToken:
        """Create a management token.

        This answer is the only one that ever contains its value.
        """
        answer = await self._send_management("POST", _MANAGEMENT, request)
        return one(answer, "token", ManagementToken)

    async def update_management_token(
        self, uid: str, request: ManagementTokenRequest
    ) -> ManagementToken:
        """Replace everything but the value."""
        path = _path(_MANAGEMENT, uid)
        answer = await self._send_management("PUT", path, request)
        told = await self._written(answer, ManagementToken, self.management_token, uid)
        if request.expires_on is not None or told.expires_on is None:
            return told
        # The server ignored "never"; it may accept the other way to say it.
        answer = await self.send("PUT", path, body=_body(request.never_by_null()))
        return await self._written(answer, ManagementToken, self.management_token, uid)

    async def delete_management_token(self, uid: str) -> None:
        """Delete a management token."""
        await self._delete(_path(_MANAGEMENT, uid))

    async def _send_management(
        self, method: str, path: str, request: ManagementTokenRequest
    ) -> Answer:
        """Send a management token; if "never" is refused, say it the other way.

        Sources disagree on which of the two ways Contentstack accepts, see
        `ManagementTokenRequest.never_by_null`.
        """
        try:
            answer = await self.send(method, path, body=_body(request))
            answer.object()
        except errors.Invalid as error:
            if request.expires_on is not None or not _is_about_expiry(error):
                raise
            return await self.send(method, path, body=_body(request.never_by_null()))
        return answer

    async def prove(self, probe: Probe) -> ProbeResult:
        """Verify one of this stack's tokens by a call with only that token."""
        # Imported here so that listing tokens doesn't wait for it.
        from tui.contentstack.verify import carry_out  # noqa: PLC0415

        bucket = self.organization_uid
        if probe.kind != "management":
            # Content delivery has its own limit.
            bucket += " content"
        return await carry_out(self.transport, self.api_key, probe, bucket)

    async def _delete(self, path: str) -> None:
        # An error can come with a good status, and so can an answer that says nothing.
        done(await self.send("DELETE", path))

    async def _if_any(
        self, path: str, key: str, model: type[Model], stack: AskStack | None
    ) -> Rows[Model]:
        """Read a list that a stack without branches may refuse.

        The refusal isn't documented. So any refusal means no rows, unless the stack's
        settings say that it has branches.
        """
        refused: ContentstackError
        try:
            return await self.every(path, key, model)
        except errors.BadAnswer as error:
            if error.path != f"$.{key}":
                raise
            refused = error
        except (errors.NotFound, errors.Invalid, errors.PlanLacks) as error:
            refused = error
        settings = await (stack or self.stack)()
        if settings.branches_enabled:
            raise refused
        return Rows()

    async def _written(
        self,
        answer: Answer,
        model: type[Model],
        read: Callable[[str], Awaitable[Model]],
        uid: str,
    ) -> Model:
        """Return what was written, from the answer or else by reading it back."""
        told = found(answer, "token", model)
        try:
            return told or await read(uid)
        except ContentstackError:
            raise answer.bad("$.token", "missing") from None

    async def _with_preview(self, created: DeliveryToken) -> DeliveryToken:
        """Read the token back if it came without its preview token.

        The token exists, so if that doesn't help, return it as it came.
        """
        if created.preview:
            return created
        try:
            async with asyncio.timeout(_READ_BACK):
                read = await self.delivery_token(created.uid)
        except (ContentstackError, TimeoutError):
            return created
        return read if read.preview and read.value else created


def _body(request: DeliveryTokenRequest | ManagementTokenRequest) -> JsonObject:
    return {"token": request.to_api()}


def _is_about_expiry(error: ContentstackError) -> bool:
    fields = [field for field, _ in error.details]
    told = "\n".join([error.server_message, *fields])
    return any(name in told for name in EXPIRY_FIELDS)


def _path(collection: str, uid: str) -> str:
    # An empty uid, or one of only dots, would address the stack above it.
    if not re.fullmatch(r"[\w-][\w.-]*", uid, re.ASCII):
        what = "This isn't a Contentstack uid, so nothing was sent"
        raise errors.NotFound(what)
    return f"{collection}/{uid}"
