"""A method for each endpoint: what is asked, and the frozen models that come back.

Every method raises a `ContentstackError`. Lists are read to their end. A write answers
with what the server says it made, not with what was asked; one that is cancelled on its
way may still be carried out.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

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
from tui.contentstack.rows import (
    MOST_ROWS,
    MOST_SECONDS,
    Pages,
    Rows,
    from_one_page,
    joined,
)
from tui.contentstack.transport import Transport
from tui.contentstack.verify import Probe, ProbeResult, carry_out
from tui.secret import Secret

_Query = dict[str, str] | None

_STACKS = "/stacks"
_DELIVERY = "/stacks/delivery_tokens"
_MANAGEMENT = "/stacks/management_tokens"
_WITH_PREVIEW = {"include_preview_token": "true"}

PAGE = 100

# Seconds for reading back what a create did not tell; what was made is shown without it
# then.
_READ_BACK = 10.0


@dataclass(eq=False)
class Caller:
    """Whose requests these are, and for which stack and organization."""

    transport: Transport
    credential: Credential | None
    api_key: str = ""
    organization_uid: str = ""

    async def send(
        self, method: str, path: str, query: _Query = None, body: object = None
    ) -> Answer:
        """A request with this caller's headers.

        Stacks alone are asked for by organization.
        """
        headers: dict[str, str | Secret] = (
            {**self.credential.headers()} if self.credential else {}
        )
        if self.organization_uid and path == _STACKS:
            headers["organization_uid"] = self.organization_uid
        named = {"api_key": self.api_key, "bucket": self.organization_uid}
        return await self.transport.request(
            method, path, headers=headers, query=query, body=body, **named
        )

    async def every(
        self, path: str, key: str, model: type[Model], query: _Query = None
    ) -> Rows[Model]:
        """All rows of a list, page by page, as `Pages` puts them together.

        What was read until a bound was met is the answer then, and `cut` says so.
        """
        pages: Pages[Model] = Pages()
        more, end = True, asyncio.get_running_loop().time() + MOST_SECONDS
        while more:
            if pages.taken >= MOST_ROWS:
                return pages.rows(f"only the first {pages.taken:,} rows were read")
            asked = {
                "limit": str(PAGE),
                "skip": str(pages.taken),
                "include_count": "true",
            }
            try:
                async with asyncio.timeout_at(end):
                    answer = await self.send("GET", path, {**(query or {}), **asked})
            except TimeoutError:
                minutes = f"{MOST_SECONDS / 60:.0f} minutes"
                return pages.rows(
                    f"reading stopped after {minutes} and {pages.taken:,} rows"
                )
            page = answer.object()
            rows = many(answer, page, key, model, before=pages.taken)
            more = pages.take(rows, page[key], page.get("count"))
        return pages.rows()


class Client(Caller):
    """The calls of a user: signing in and out, organizations, stacks.

    Signing in needs no credential.
    """

    async def log_in(
        self, email: str, password: Secret, tfa_token: Secret | None = None
    ) -> User:
        """Sign in; the user's `authtoken` is set.

        Raises:
            SecondFactorNeeded: ask for a code and call again with it.
            LoginRefused: wrong e-mail, password or code, a locked account, or an
                account that signs in through its organization's identity provider
                alone.
        """
        user = {"email": email, "password": password} | (
            {"tfa_token": tfa_token} if tfa_token else {}
        )
        try:
            answer = await self._anonymously("/user-session", user)
        except (
            errors.SignedOut,
            errors.Invalid,
            errors.NotAllowed,
            errors.NotFound,
        ) as error:
            raise recast(error, errors.LoginRefused) from None
        signed_in = one(answer, "user", User)
        if not signed_in.authtoken:
            place = answer.call.place
            raise errors.LoginRefused(
                f"Contentstack gave no authtoken ({place}): this account signs in through its organization's"
                " identity provider (SSO). An OAuth token works instead: csdx auth:login --oauth gets one.",
                place=place,
            )
        return signed_in

    async def log_out(self) -> str:
        """End the session of this credential; the server's notice."""
        return done(await self.send("DELETE", "/user-session"))

    async def request_sms(self, email: str, password: Secret) -> str:
        """Have a code sent by SMS for signing in; the server's notice."""
        user = {"email": email, "password": password}
        return notice(await self._anonymously("/user/request_token_sms", user))

    async def _anonymously(self, path: str, user: object) -> Answer:
        return await Caller(self.transport, None).send(
            "POST", path, body={"user": user}
        )

    async def current_user(self) -> User:
        """Who this credential belongs to, with roles in stacks and organizations."""
        query = {"include_orgs": "true", "include_orgs_roles": "true"}
        return one(await self.send("GET", "/user", query), "user", User)

    async def organizations(self) -> Rows[Organization]:
        """The user's organizations."""
        return await self.every("/organizations", "organizations", Organization)

    async def stacks(self, organization_uid: str | None = None) -> Rows[Stack]:
        """The user's stacks, of one organization if it is named.

        Single sign-on requires that.

        So does OAuth, whose session belongs to one organization: its name is found out
        first.
        """
        if (
            organization_uid is None
            and self.credential
            and self.credential.kind == "bearer"
        ):
            organizations = await self.organizations()
            return joined([await self.stacks(each.uid) for each in organizations])
        return await self.stack("", organization_uid).every(_STACKS, "stacks", Stack)

    def stack(self, api_key: str, organization_uid: str | None = None) -> StackClient:
        """The calls of one stack.

        They count against the limit of its organization, where that is known.
        """
        return StackClient(
            self.transport, self.credential, api_key, organization_uid or ""
        )


class StackClient(Caller):
    """The calls of one stack."""

    async def stack(self) -> Stack:
        """The stack itself."""
        return one(await self.send("GET", _STACKS), "stack", Stack)

    async def live_preview(self) -> bool | None:
        """Whether Live Preview is on, without which preview tokens resolve to nothing.

        None if not told.
        """
        settings = (
            (await self.send("GET", "/stacks/settings")).object().get("stack_settings")
        )
        told = settings.get("live_preview") if isinstance(settings, dict) else None
        enabled = told.get("enabled") if isinstance(told, dict) else None
        return enabled if isinstance(enabled, bool) else None

    async def users(self) -> Rows[Person]:
        """The stack's users, to put names to uids. Not everybody may read them."""
        answer = await self.send("GET", "/stacks/users")
        return from_one_page(many(answer, answer.object(), "users", Person))

    async def roles(self) -> Rows[Role]:
        """The stack's roles and who has them."""
        return await self.every("/roles", "roles", Role)

    async def environments(self) -> Rows[Environment]:
        """The stack's publishing environments."""
        return await self.every("/environments", "environments", Environment)

    async def branches(self) -> Rows[Branch]:
        """The stack's branches; none on a stack without branches."""
        return await self._if_any("/stacks/branches", "branches", Branch)

    async def aliases(self) -> Rows[Alias]:
        """The stack's aliases; none on a stack without branches."""
        return await self._if_any("/stacks/branch_aliases", "branch_aliases", Alias)

    async def delivery_tokens(self) -> Rows[DeliveryToken]:
        """All delivery tokens, with their values and preview tokens."""
        return await self.every(_DELIVERY, "tokens", DeliveryToken, _WITH_PREVIEW)

    async def delivery_token(self, uid: str) -> DeliveryToken:
        """One delivery token."""
        return one(
            await self.send("GET", _one(_DELIVERY, uid), _WITH_PREVIEW),
            "token",
            DeliveryToken,
        )

    async def create_delivery_token(
        self, draft: DeliveryTokenRequest, *, with_preview: bool
    ) -> DeliveryToken:
        """Make a delivery token.

        With `with_preview`, a token that comes without one is read back once; `preview`
        is None if the server made none, as it does without a word where the plan has no
        previews.
        """
        query = {"create_with_preview_token": "true"} if with_preview else None
        made = one(
            await self.send("POST", _DELIVERY, query, _body(draft)),
            "token",
            DeliveryToken,
        )
        return await self._with_preview(made) if with_preview else made

    async def update_delivery_token(
        self, uid: str, draft: DeliveryTokenRequest
    ) -> DeliveryToken:
        """Replace name, description and scope; the value stays."""
        answer = await self.send("PUT", _one(_DELIVERY, uid), body=_body(draft))
        return await self._written(answer, DeliveryToken, self.delivery_token, uid)

    async def delete_delivery_token(self, uid: str) -> None:
        """Delete a delivery token and its preview token."""
        await self._delete(_one(_DELIVERY, uid))

    async def create_preview_token(self, uid: str) -> DeliveryToken:
        """Make the preview token of a delivery token.

        `preview` is set unless the server keeps it back.
        """
        answer = await self.send(
            "POST", f"{_one(_DELIVERY, uid)}/preview_token", body={}
        )
        return await self._with_preview(
            await self._written(answer, DeliveryToken, self.delivery_token, uid)
        )

    async def delete_preview_token(self, uid: str) -> None:
        """Delete the preview token of a delivery token."""
        await self._delete(f"{_one(_DELIVERY, uid)}/preview_token")

    async def management_tokens(self) -> Rows[ManagementToken]:
        """All management tokens, without their values. For owners and admins alone."""
        return await self.every(_MANAGEMENT, "tokens", ManagementToken)

    async def management_token(self, uid: str) -> ManagementToken:
        """One management token, without its value."""
        return one(
            await self.send("GET", _one(_MANAGEMENT, uid)), "token", ManagementToken
        )

    async def create_management_token(
        self, draft: ManagementTokenRequest
    ) -> ManagementToken:
        """Make a management token.

        This answer is the only one that ever holds its value.
        """
        answer = await self._send_management("POST", _MANAGEMENT, draft)
        return one(answer, "token", ManagementToken)

    async def update_management_token(
        self, uid: str, draft: ManagementTokenRequest
    ) -> ManagementToken:
        """Replace everything but the value."""
        path = _one(_MANAGEMENT, uid)
        answer = await self._send_management("PUT", path, draft)
        told = await self._written(answer, ManagementToken, self.management_token, uid)
        if draft.expires_on is not None or told.expires_on is None:
            return told
        # It was passed over that the token never expires: said the other way, it may be
        # heard.
        answer = await self.send("PUT", path, body=_body(draft.never_by_null()))
        return await self._written(answer, ManagementToken, self.management_token, uid)

    async def delete_management_token(self, uid: str) -> None:
        """Delete a management token."""
        await self._delete(_one(_MANAGEMENT, uid))

    async def _send_management(
        self, method: str, path: str, draft: ManagementTokenRequest
    ) -> Answer:
        """Send a management token.

        One that never expires the other way, if this one is refused.

        Sources disagree on which of the two Contentstack takes, see
        `ManagementTokenRequest.never_by_null`.
        """
        try:
            answer = await self.send(method, path, body=_body(draft))
            answer.object()
        except errors.Invalid as error:
            if draft.expires_on is not None or not _is_about_expiry(error):
                raise
            return await self.send(method, path, body=_body(draft.never_by_null()))
        return answer

    async def prove(self, probe: Probe) -> ProbeResult:
        """Make the call that proves a token of this stack, with that token alone and not with our sign-in."""
        # Content is delivered under a limit of its own.
        bucket = self.organization_uid + (
            " content" if probe.kind != "management" else ""
        )
        return await carry_out(self.transport, self.api_key, probe, bucket)

    async def _delete(self, path: str) -> None:
        """Delete; an error may come with a good status, and so may what says nothing."""
        done(await self.send("DELETE", path))

    async def _if_any(self, path: str, key: str, model: type[Model]) -> Rows[Model]:
        """A list that a stack without branches may refuse, in words that nobody has written down.

        So a refusal means none, unless the stack's settings say that it has branches.
        """
        try:
            return await self.every(path, key, model)
        except (
            errors.NotFound,
            errors.Invalid,
            errors.PlanLacks,
            errors.BadAnswer,
        ) as error:
            if isinstance(error, errors.BadAnswer) and error.path != f"$.{key}":
                raise
            refused = error
        if (await self.stack()).branches_enabled:
            raise refused
        return Rows()

    async def _written(
        self,
        answer: Answer,
        model: type[Model],
        read: Callable[[str], Awaitable[Model]],
        uid: str,
    ) -> Model:
        """What a write made: as its answer tells it, else as it is read back."""
        told = found(answer, "token", model)
        try:
            return told or await read(uid)
        except ContentstackError:
            raise answer.bad("$.token", "missing") from None

    async def _with_preview(self, made: DeliveryToken) -> DeliveryToken:
        """The token as a read shows it if that brings its preview token, else the one we have: it exists."""
        if made.preview:
            return made
        try:
            async with asyncio.timeout(_READ_BACK):
                read = await self.delivery_token(made.uid)
        except (ContentstackError, TimeoutError):
            return made
        return read if read.preview and read.value else made


def _body(draft: DeliveryTokenRequest | ManagementTokenRequest) -> dict[str, object]:
    return {"token": draft.to_api()}


def _is_about_expiry(error: ContentstackError) -> bool:
    told = (error.server_message, *(field for field, _ in error.details))
    return any(name in words for words in told for name in EXPIRY_FIELDS)


def _one(collection: str, uid: str) -> str:
    """The path of one thing.

    A uid that is empty or made of dots would address the stack above it.
    """
    if not re.fullmatch(r"[\w-][\w.-]*", uid, re.ASCII):
        raise errors.NotFound(
            "This is not a uid that Contentstack gives, so nothing was sent."
        )
    return f"{collection}/{uid}"
