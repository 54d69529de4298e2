"""A method for each endpoint: what is asked, and the frozen models that come back.

Every method raises a `ContentstackError`. Lists are read to their end. A write answers with what the server
says it made, not with what was asked.
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import quote

from tui.contentstack.answers import recast
from tui.contentstack.credentials import Credential
from tui.contentstack.decoding import Model
from tui.contentstack.errors import (
    BadAnswer,
    ContentstackError,
    Invalid,
    LoginRefused,
    NotAllowed,
    NotFound,
    PlanLacks,
    SignedOut,
)
from tui.contentstack.models import (
    Alias,
    Branch,
    DeliveryDraft,
    DeliveryToken,
    Environment,
    ManagementDraft,
    ManagementToken,
    Organization,
    Person,
    Role,
    Stack,
    User,
)
from tui.contentstack.reading import Caller, has, many, notice, one
from tui.contentstack.transport import Transport
from tui.secret import Secret

_DELIVERY = "/stacks/delivery_tokens"
_MANAGEMENT = "/stacks/management_tokens"
_WITH_PREVIEW = {"include_preview_token": "true"}

# Seconds for reading back what a create did not tell; what was made is shown without it then.
_READ_BACK = 10.0


class Client:
    """The calls of a user: signing in and out, organizations, stacks.

    Args:
        transport: to the user's region.
        credential: None for signing in.
    """

    def __init__(self, transport: Transport, credential: Credential | None) -> None:
        self._transport = transport
        self._caller = Caller(transport, credential)

    async def log_in(self, email: str, password: Secret | str, tfa_token: Secret | str | None = None) -> User:
        """Sign in; the user's `authtoken` is set.

        Raises:
            SecondFactorNeeded: ask for a code and call again with it.
            LoginRefused: wrong e-mail, password or code, a locked account, or an account that signs in
                through its organization's identity provider alone.
        """
        user = {"email": email, "password": _secret(password)}
        if tfa_token is not None:
            user["tfa_token"] = _secret(tfa_token)
        anonymous = Caller(self._transport, None)
        try:
            answer = await anonymous.send("POST", "/user-session", body={"user": user})
        except (SignedOut, Invalid, NotAllowed, NotFound) as error:
            refused = recast(error, LoginRefused)
        else:
            found = one(answer, "user", User)
            if found.authtoken:
                return found
            refused = LoginRefused(
                f"Contentstack gave no authtoken ({answer.place}): this account signs in through its"
                " organization's identity provider. Use an authtoken or an OAuth token instead.",
                place=answer.place,
            )
        raise refused

    async def log_out(self) -> str:
        """End the session of this credential; the server's notice."""
        return notice(await self._caller.send("DELETE", "/user-session"))

    async def request_sms(self, email: str, password: Secret | str) -> str:
        """Have a code sent by SMS for signing in; the server's notice."""
        body = {"user": {"email": email, "password": _secret(password)}}
        return notice(await Caller(self._transport, None).send("POST", "/user/request_token_sms", body=body))

    async def current_user(self) -> User:
        """Who this credential belongs to, with roles in stacks and organizations."""
        query = {"include_orgs": "true", "include_orgs_roles": "true"}
        return one(await self._caller.send("GET", "/user", query), "user", User)

    async def organizations(self) -> tuple[Organization, ...]:
        """The user's organizations."""
        return await self._caller.every("/organizations", "organizations", Organization)

    async def stacks(self, organization_uid: str | None = None) -> tuple[Stack, ...]:
        """The user's stacks, of one organization if it is named (single sign-on and OAuth require that)."""
        caller = Caller(self._transport, self._caller.credential, organization_uid=organization_uid or "")
        return await caller.every("/stacks", "stacks", Stack, for_organization=True)

    def stack(self, api_key: str, organization_uid: str | None = None) -> StackClient:
        """The calls of one stack; they count against the limit of its organization, where that is known."""
        caller = Caller(self._transport, self._caller.credential, api_key, organization_uid or "")
        return StackClient(caller)


class StackClient:
    """The calls of one stack."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def stack(self) -> Stack:
        """The stack itself."""
        return one(await self._caller.send("GET", "/stacks", for_organization=True), "stack", Stack)

    async def users(self) -> tuple[Person, ...]:
        """The stack's users, to put names to uids. Not everybody may read them."""
        answer = await self._caller.send("GET", "/stacks/users")
        page = answer.object()
        nested = page.get("stack")
        for holder in (page, nested if isinstance(nested, dict) else {}):
            for key in ("users", "collaborators"):
                if holder.get(key) is not None:
                    return many(answer, holder, key, Person)
        raise answer.bad("$.users", "missing")

    async def roles(self) -> tuple[Role, ...]:
        """The stack's roles and who has them."""
        return await self._caller.every("/roles", "roles", Role)

    async def environments(self) -> tuple[Environment, ...]:
        """The stack's publishing environments."""
        return await self._caller.every("/environments", "environments", Environment)

    async def branches(self) -> tuple[Branch, ...]:
        """The stack's branches; none on a stack without branches, in whatever words the API says so."""
        return await self._if_any("/stacks/branches", "branches", Branch)

    async def aliases(self) -> tuple[Alias, ...]:
        """The stack's aliases; none on a stack without branches."""
        return await self._if_any("/stacks/branch_aliases", "branch_aliases", Alias)

    async def delivery_tokens(self) -> tuple[DeliveryToken, ...]:
        """All delivery tokens, with their values and preview tokens."""
        return await self._caller.every(_DELIVERY, "tokens", DeliveryToken, _WITH_PREVIEW)

    async def delivery_token(self, uid: str) -> DeliveryToken:
        """One delivery token."""
        return one(
            await self._caller.send("GET", _one(_DELIVERY, uid), _WITH_PREVIEW), "token", DeliveryToken
        )

    async def create_delivery_token(self, draft: DeliveryDraft, *, with_preview: bool) -> DeliveryToken:
        """Make a delivery token.

        With `with_preview`, a token that comes without one is read back once; `preview` is None if the server
        made none, as it does without a word where the plan has no previews.
        """
        query = {"create_with_preview_token": "true"} if with_preview else None
        made = one(
            await self._caller.send("POST", _DELIVERY, query, {"token": draft.to_api()}),
            "token",
            DeliveryToken,
        )
        return await self._with_preview(made) if with_preview and not made.preview else made

    async def update_delivery_token(self, uid: str, draft: DeliveryDraft) -> DeliveryToken:
        """Replace name, description and scope; the value stays."""
        answer = await self._caller.send("PUT", _one(_DELIVERY, uid), body={"token": draft.to_api()})
        return one(answer, "token", DeliveryToken) if has(answer, "token") else await self.delivery_token(uid)

    async def delete_delivery_token(self, uid: str, *, force: bool = False) -> str:
        """Delete a delivery token and its preview token; the server's notice."""
        query = {"force": "true"} if force else None
        return notice(await self._caller.send("DELETE", _one(_DELIVERY, uid), query))

    async def create_preview_token(self, uid: str) -> DeliveryToken:
        """Make the preview token of a delivery token; `preview` is set unless the server keeps it back."""
        answer = await self._caller.send("POST", _one(_DELIVERY, uid) + "/preview_token", body={})
        if not has(answer, "token"):
            return await self.delivery_token(uid)
        made = one(answer, "token", DeliveryToken)
        return made if made.preview else await self._with_preview(made)

    async def delete_preview_token(self, uid: str) -> str:
        """Delete the preview token of a delivery token; the server's notice."""
        return notice(await self._caller.send("DELETE", _one(_DELIVERY, uid) + "/preview_token"))

    async def management_tokens(self) -> tuple[ManagementToken, ...]:
        """All management tokens, without their values. For owners and admins alone."""
        return await self._caller.every(_MANAGEMENT, "tokens", ManagementToken)

    async def management_token(self, uid: str) -> ManagementToken:
        """One management token, without its value."""
        return one(await self._caller.send("GET", _one(_MANAGEMENT, uid)), "token", ManagementToken)

    async def create_management_token(self, draft: ManagementDraft) -> ManagementToken:
        """Make a management token; this answer is the only one that ever holds its value."""
        answer = await self._caller.send("POST", _MANAGEMENT, body={"token": draft.to_api()})
        return one(answer, "token", ManagementToken)

    async def update_management_token(self, uid: str, draft: ManagementDraft) -> ManagementToken:
        """Replace everything but the value."""
        answer = await self._caller.send("PUT", _one(_MANAGEMENT, uid), body={"token": draft.to_api()})
        if has(answer, "token"):
            return one(answer, "token", ManagementToken)
        return await self.management_token(uid)

    async def delete_management_token(self, uid: str) -> str:
        """Delete a management token; the server's notice."""
        return notice(await self._caller.send("DELETE", _one(_MANAGEMENT, uid)))

    async def _if_any(self, path: str, key: str, model: type[Model]) -> tuple[Model, ...]:
        """A list that a stack without branches refuses, or answers without: none then, not an error."""
        try:
            return await self._caller.every(path, key, model)
        except (NotFound, Invalid, PlanLacks):
            return ()
        except BadAnswer as error:
            if error.path == f"$.{key}":
                return ()
            raise

    async def _with_preview(self, made: DeliveryToken) -> DeliveryToken:
        """The token as a read shows it if that brings its preview token, else the one we have: it exists."""
        try:
            async with asyncio.timeout(_READ_BACK):
                read = await self.delivery_token(made.uid)
        except (ContentstackError, TimeoutError):
            return made
        return read if read.preview and read.value else made


def _secret(value: Secret | str) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


def _one(collection: str, uid: str) -> str:
    """The path of one thing. A uid that is empty or made of dots would address the stack above it."""
    if not re.fullmatch(r"[\w-][\w.-]*", uid, re.ASCII):
        raise NotFound("This is not a uid that Contentstack gives, so nothing was sent.")
    return f"{collection}/{quote(uid, safe='')}"
