"""What Contentstack answers and what we send, as frozen values.

Names and descriptions are kept exactly as they came: clean them with
`tui.display.visible` before you show them. `decoding` turns JSON into these. Both kinds
of token, and both kinds of request, share the same names: `kind`, `rights`,
`as_request()`, `renamed()`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import msgspec

from tui.contentstack.origin import JsonObject
from tui.contentstack.scope import Item, Scope, may_write
from tui.secret import Secret

Access = Literal["read", "read+write"]
TokenKind = Literal["delivery", "management"]
TOKEN_KINDS: tuple[TokenKind, ...] = ("delivery", "management")
_Named = Annotated[str, msgspec.Meta(min_length=1)]

NEVER_EXPIRES = "is_never_expires"
EXPIRY_FIELDS = (NEVER_EXPIRES, "expires_on")


class Thing(msgspec.Struct, frozen=True):
    """Anything that Contentstack lists."""

    uid: _Named


class Odd(msgspec.Struct, frozen=True):
    """A row of a list that couldn't be decoded: shown, but otherwise left alone.

    `uid` and `name` are empty if the row has no usable ones. `place` is where in the
    answer something is wrong, and `reason` says what, without quoting a value. `index`
    is the row's index in the whole list.
    """

    place: str
    reason: str
    uid: str = ""
    name: str = ""
    index: int = 0

    @property
    def key(self) -> str:
        """A unique key among all rows; no good row's uid contains a NUL."""
        return f"\0{self.uid}" if self.uid else f"\0\0{self.index}"

    @property
    def title(self) -> str:
        """Its name, else its uid, else its place in the list."""
        return self.name or self.uid or f"row {self.index + 1}"

    @property
    def why(self) -> str:
        """What is wrong, in words."""
        return f"{self.reason} (at {self.place})"


class StackRole(msgspec.Struct, frozen=True):
    """A role that the signed-in user has in the stack with this API key.

    It is called "Admin", "Developer", or by a custom name.
    """

    name: str = ""
    api_key: str = ""


class OrganizationRole(Thing, frozen=True):
    """The signed-in user's role in an organization."""

    is_owner: bool = False
    is_admin: bool = False


class User(Thing, frozen=True):
    """The signed-in user.

    `all_understood` is False if a role or an organization was skipped.
    """

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    roles: tuple[StackRole, ...] = ()
    organizations: tuple[OrganizationRole, ...] = ()
    authtoken: Secret | None = None
    all_understood: bool = True


class Organization(Thing, frozen=True):
    """An organization in the list."""

    name: str = ""


class Stack(Thing, frozen=True):
    """A stack.

    `branches_enabled` is None if the answer doesn't say; read the list of branches to
    find out.
    """

    name: str
    api_key: _Named
    org_uid: str = ""
    owner_uid: str = ""
    branches_enabled: bool | None = None


class Role(Thing, frozen=True):
    """A role of a stack, with the uids of the users who have it."""

    name: str = ""
    users: tuple[str, ...] = ()


class Person(Thing, frozen=True):
    """A user of a stack, to put a name to `created_by`."""

    email: str = ""
    first_name: str = ""
    last_name: str = ""


class Environment(Thing, frozen=True):
    """A publishing environment, which tokens name by `name`."""

    name: _Named
    urls: tuple[str, ...] = ()


class Branch(Thing, frozen=True):
    """A branch, and the one it was created from ("" for the first)."""

    source: str = ""


class Alias(Thing, frozen=True):
    """An alias, and the branch it points to."""

    branch: str = ""


class DeliveryToken(Thing, frozen=True):
    """A delivery token. `value` is empty (falsy) only if the server withheld it."""

    kind: ClassVar[Literal["delivery"]] = "delivery"
    expires_on: ClassVar[None] = None

    name: str
    description: str = ""
    scope: Scope = Scope()
    value: Secret = msgspec.field(name="token", default=Secret(""))
    preview: Secret | None = msgspec.field(name="preview_token", default=None)
    created_by: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def rights(self) -> tuple[Item, ...]:
        """The items of its scope that grant a module, see `Scope.rights`."""
        return self.scope.rights(management=False)

    def as_request(self) -> DeliveryTokenRequest:
        """Return what would create an equal token, or leave this one as it is."""
        return DeliveryTokenRequest(self.name, self.description, self.scope)


class ManagementToken(Thing, frozen=True):
    """A management token. Only the answer to creating it has its `value`.

    `extra` holds the fields we don't know, such as rate limits: a request sends them
    back, so that an edit doesn't lose them.
    """

    kind: ClassVar[Literal["management"]] = "management"
    preview: ClassVar[None] = None

    name: str
    description: str = ""
    scope: Scope = Scope()
    expires_on: datetime | None = None
    email_notice: bool = msgspec.field(
        name="is_email_notification_enabled", default=False
    )
    value: Secret | None = msgspec.field(name="token", default=None)
    created_by: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    # Any, not object: msgspec would call dec_hook for an object.
    extra: dict[str, Any] = {}

    def __hash__(self) -> int:
        return hash((self.uid, self.name, self.updated_at))

    @property
    def rights(self) -> tuple[Item, ...]:
        """The items of its scope that grant a module, see `Scope.rights`."""
        return self.scope.rights(management=True)

    @property
    def access(self) -> Access:
        """What it may do, see `access_of`."""
        return access_of(self.rights)

    def as_request(self) -> ManagementTokenRequest:
        """Return what would create an equal token, or leave this one as it is."""
        return ManagementTokenRequest(
            name=self.name,
            description=self.description,
            scope=self.scope,
            expires_on=self.expires_on,
            email_notice=self.email_notice,
            extra=self.extra,
        )


class DeliveryTokenRequest(msgspec.Struct, frozen=True):
    """A delivery token as asked for; also the whole of an update."""

    kind: ClassVar[Literal["delivery"]] = "delivery"

    name: str
    description: str = ""
    scope: Scope = Scope()

    @property
    def rights(self) -> tuple[Item, ...]:
        """The items of its scope that grant a module, see `Scope.rights`."""
        return self.scope.rights(management=False)

    def renamed(self, name: str) -> DeliveryTokenRequest:
        """Return the request for the same under another name."""
        return msgspec.structs.replace(self, name=name)

    def to_api(self) -> JsonObject:
        """Return the request's `token` object."""
        return {
            "name": self.name,
            "description": self.description,
            "scope": self.scope.to_api(),
        }


class ManagementTokenRequest(msgspec.Struct, frozen=True):
    """A management token as asked for; also the whole of an update.

    `expires_on` None means never, and a date means 00:00 UTC that day. A datetime is
    sent with its time, so that an edit doesn't move an expiry within its day.
    """

    kind: ClassVar[Literal["management"]] = "management"

    name: str
    description: str = ""
    scope: Scope = Scope()
    expires_on: date | None = None
    email_notice: bool = False
    extra: dict[str, Any] = {}
    null_is_never: bool = False

    @property
    def rights(self) -> tuple[Item, ...]:
        """The items of its scope that grant a module, see `Scope.rights`."""
        return self.scope.rights(management=True)

    @property
    def access(self) -> Access:
        """What it may do, see `access_of`."""
        return access_of(self.rights)

    def renamed(self, name: str) -> ManagementTokenRequest:
        """Return the request for the same under another name."""
        return msgspec.structs.replace(self, name=name)

    def never_by_null(self) -> ManagementTokenRequest:
        """Return the request that says "never" as `expires_on: null`, as csdx does."""
        return msgspec.structs.replace(self, null_is_never=True)

    def to_api(self) -> JsonObject:
        """Return the request's `token` object.

        It says when the token expires in one of two ways, and nothing in `extra`
        overrides its own fields.
        """
        extra = self.extra.items()
        return {
            **{key: value for key, value in extra if key not in EXPIRY_FIELDS},
            "name": self.name,
            "description": self.description,
            "scope": self.scope.to_api(),
            **self._expiry(),
            "is_email_notification_enabled": self.email_notice,
        }

    def _expiry(self) -> JsonObject:
        if self.expires_on is None and not self.null_is_never:
            return {NEVER_EXPIRES: True}
        return {"expires_on": _moment(self.expires_on)}


Token = DeliveryToken | ManagementToken
TokenRequest: TypeAlias = DeliveryTokenRequest | ManagementTokenRequest


def access_of(rights: Iterable[Item]) -> Access:
    """Return what rights allow: read+write if any of them can write."""
    return "read+write" if any(map(may_write, rights)) else "read"


def _moment(moment: date | None) -> str | None:
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        return moment.isoformat()
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"
