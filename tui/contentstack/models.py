"""What Contentstack answers and what we send, as frozen values.

Names and descriptions are kept exactly as they came: clean them with
`tui.display.visible` where they become cells. How JSON becomes these is in `decoding`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from tui.contentstack.scope import Item, Scope, may_write
from tui.secret import Secret

Access = Literal["read", "read+write"]
TokenKind = Literal["delivery", "management"]
_Named = Annotated[str, msgspec.Meta(min_length=1)]

NEVER_EXPIRES = "is_never_expires"
EXPIRY_FIELDS = (NEVER_EXPIRES, "expires_on")


class Thing(msgspec.Struct, frozen=True):
    """Whatever Contentstack lists."""

    uid: _Named


class Odd(msgspec.Struct, frozen=True):
    """A row of a list that was not understood: shown, and otherwise left alone.

    `uid` and `name` are empty where the row has none that is usable. `place` and
    `reason` say what is wrong, without quoting a value. `index` is its place among
    the rows of the whole list.
    """

    place: str
    reason: str
    uid: str = ""
    name: str = ""
    index: int = 0

    @property
    def key(self) -> str:
        """What tells it from all other rows; no uid of a good row holds a NUL."""
        return f"\0{self.uid}" if self.uid else f"\0\0{self.index}"

    @property
    def title(self) -> str:
        """What it is called: its name, else its uid, else its place in the list."""
        return self.name or self.uid or f"row {self.index + 1}"

    @property
    def why(self) -> str:
        """What is wrong, in words."""
        return f"{self.reason} (at {self.place})"


class StackRole(msgspec.Struct, frozen=True):
    """A role the signed-in user has in the stack with this API key ("Admin", "Developer", a custom name)."""

    name: str = ""
    api_key: str = ""


class OrganizationRole(Thing, frozen=True):
    """An organization as the signed-in user stands in it."""

    is_owner: bool = False
    is_admin: bool = False


class User(Thing, frozen=True):
    """The signed-in user; `all_understood` is False where a role or organization was passed over."""

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    roles: tuple[StackRole, ...] = ()
    organizations: tuple[OrganizationRole, ...] = ()
    authtoken: Secret | None = None
    all_understood: bool = True


class Organization(Thing, frozen=True):
    """An organization of the list."""

    name: str = ""


class Stack(Thing, frozen=True):
    """A stack. `branches_enabled` is None where the answer does not say.

    Then the list of branches tells.
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
    """A publishing environment; tokens name it by `name`.

    `urls` leaves out empty ones.
    """

    name: _Named
    urls: tuple[str, ...] = ()


class Branch(Thing, frozen=True):
    """A branch and the one it was made from ("" for the first)."""

    source: str = ""


class Alias(Thing, frozen=True):
    """An alias, and the branch it points to."""

    branch: str = ""


class DeliveryToken(Thing, frozen=True):
    """A delivery token. `value` is empty (falsy) only where the server kept it back."""

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

    def as_request(self) -> DeliveryTokenRequest:
        """Return the request that would create an equal token."""
        return DeliveryTokenRequest(self.name, self.description, self.scope)


class ManagementToken(Thing, frozen=True):
    """A management token. `value` is there in the answer to its creation and never again.

    `extra` holds the fields we do not know, such as rate limits; a draft hands them back so that an edit does
    not lose them.
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
    extra: dict[str, Any] = {}

    def __hash__(self) -> int:
        return hash((self.uid, self.name, self.updated_at))

    @property
    def access(self) -> Access:
        """What it may do, see `access_of`."""
        return access_of(self.scope.rights(management=True))

    def as_request(self) -> ManagementTokenRequest:
        """Return the request that would create an equal token."""
        return ManagementTokenRequest(
            name=self.name,
            description=self.description,
            scope=self.scope,
            expires_on=self.expires_on,
            email_notice=self.email_notice,
            extra=self.extra,
        )


Token = DeliveryToken | ManagementToken


class DeliveryTokenRequest(msgspec.Struct, frozen=True):
    """A delivery token as asked for; also the whole of an update."""

    kind: ClassVar[Literal["delivery"]] = "delivery"

    name: str
    description: str = ""
    scope: Scope = Scope()

    def renamed(self, name: str) -> DeliveryTokenRequest:
        """Return the same request for another name."""
        return msgspec.structs.replace(self, name=name)

    def to_api(self) -> dict[str, Any]:
        """The request's `token` object."""
        return {
            "name": self.name,
            "description": self.description,
            "scope": self.scope.to_api(),
        }


class ManagementTokenRequest(msgspec.Struct, frozen=True):
    """A management token as asked for; also the whole of an update.

    `expires_on` None means never, a date 00:00 UTC of that day; a datetime is sent with
    its time, so that an edit does not move an expiry within its day.
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
    def access(self) -> Access:
        """What it may do, see `access_of`."""
        return access_of(self.scope.rights(management=True))

    def renamed(self, name: str) -> ManagementTokenRequest:
        """Return the same request for another name."""
        return msgspec.structs.replace(self, name=name)

    def never_by_null(self) -> ManagementTokenRequest:
        """The draft that says by `expires_on: null` that it never ends, as csdx does."""
        return msgspec.structs.replace(self, null_is_never=True)

    def to_api(self) -> dict[str, Any]:
        """The request's `token` object.

        What `extra` knows never overrides what the draft says.

        Of the two ways to say when it ends it holds one.
        """
        end = _expiry(self.expires_on)
        never = end is None and not self.null_is_never
        return {
            **{
                key: value
                for key, value in self.extra.items()
                if key not in EXPIRY_FIELDS
            },
            "name": self.name,
            "description": self.description,
            "scope": self.scope.to_api(),
            **({NEVER_EXPIRES: True} if never else {"expires_on": end}),
            "is_email_notification_enabled": self.email_notice,
        }


TokenRequest = DeliveryTokenRequest | ManagementTokenRequest


def access_of(rights: Iterable[Item]) -> Access:
    """What rights allow: read+write as soon as one of them may write."""
    return "read+write" if any(map(may_write, rights)) else "read"


def rights_of(
    version: DeliveryToken
    | DeliveryTokenRequest
    | ManagementToken
    | ManagementTokenRequest,
) -> tuple[Item, ...]:
    """The items of a scope that grant a module, see `Scope.rights`."""
    management = isinstance(version, ManagementToken | ManagementTokenRequest)
    return version.scope.rights(management=management)


def _expiry(moment: date | None) -> str | None:
    if isinstance(moment, datetime):
        return (
            moment.astimezone(UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z")
        )
    return None if moment is None else moment.isoformat()
