"""What the sandbox knows: people, organizations and stacks with their environments, branches and tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from tui.sandbox.identifiers import Identifiers

Clock: TypeAlias = Callable[[], datetime]
TokenKind: TypeAlias = Literal["delivery", "management"]

OWNER = "Owner"
MAIN_BRANCH = "main"
EVERYTHING = "$all"


def utc_now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Stamps:
    """Who made and last changed a thing, and when."""

    created_by: str
    updated_by: str
    created_at: datetime
    updated_at: datetime

    def touch(self, person_uid: str, moment: datetime) -> None:
        """Note a change."""
        self.updated_by = person_uid
        self.updated_at = moment


@dataclass(slots=True, kw_only=True)
class Person:
    """A user account.

    Attributes:
        sessions: authtokens from logins, oldest first.
        standing_session: the authtoken that the seed gave; it is not one of the 20 sessions from logins.
        bearer: an OAuth access token, bound to `bearer_organization`.
        used_steps: TOTP steps whose code was already taken.
        sms_pending: whether an SMS code was asked for and not yet used.
    """

    uid: str
    email: str
    password: str = field(repr=False)
    first_name: str = ""
    last_name: str = ""
    created_at: datetime
    tfa_secret: str | None = field(default=None, repr=False)
    sms_code: str = field(default="", repr=False)
    sms_pending: bool = False
    used_steps: set[int] = field(default_factory=set)
    standing_session: str | None = field(default=None, repr=False)
    sessions: list[str] = field(default_factory=list, repr=False)
    bearer: str = field(default="", repr=False)
    bearer_organization: str = ""
    failed_attempts: int = 0
    locked_until: datetime | None = None
    sso_exempt: bool = False


@dataclass(slots=True, kw_only=True)
class Organization:
    """An organization with its plan."""

    uid: str
    name: str
    owner_uid: str
    created_at: datetime
    admin_uids: set[str] = field(default_factory=set)
    member_uids: set[str] = field(default_factory=set)
    sso: bool = False
    preview_tokens_in_plan: bool = True

    def rules(self, person_uid: str) -> bool:
        """Whether that person is its owner or an admin, who have every right in every stack of it."""
        return person_uid == self.owner_uid or person_uid in self.admin_uids


@dataclass(slots=True, kw_only=True)
class Environment:
    """A publishing environment; token scopes hold the object itself, also when the stack has it no more."""

    uid: str
    name: str
    urls: list[dict[str, str]]
    stamps: Stamps
    version: int = 1


@dataclass(slots=True, kw_only=True)
class Branch:
    """A branch; `source` is the uid of the branch it was made from, empty for main."""

    uid: str
    source: str
    stamps: Stamps


@dataclass(slots=True, kw_only=True)
class Alias:
    """Another name for a branch, which can be pointed elsewhere."""

    uid: str
    branch: str
    stamps: Stamps


@dataclass(slots=True, kw_only=True)
class Role:
    """A role of one stack with the uids of its users."""

    uid: str
    name: str
    users: list[str] = field(default_factory=list)
    token_rights: frozenset[TokenKind] = frozenset()


@dataclass(slots=True)
class ScopeItem:
    """One item of a scope: a module, what may be done, and to which environments, branches or aliases."""

    module: str
    acl: dict[str, bool]
    names: list[str]
    environments: list[Environment]
    metadata_uid: str


@dataclass(slots=True, kw_only=True)
class Token:
    """A delivery or management token.

    Attributes:
        value: the secret itself.
        preview: the secret of its preview token, if it has one.
        preview_since: when that was made, where it was made later than the token.
        expires_on: the date as the client wrote it, for management tokens.
        extra: rate-limit fields of management tokens, kept as they came.
    """

    kind: TokenKind
    uid: str
    name: str
    description: str
    scope: list[ScopeItem]
    stamps: Stamps
    value: str = field(repr=False)
    preview: str | None = field(default=None, repr=False)
    preview_since: datetime | None = None
    expires_on: str | None = None
    email_notice: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    def names(self, module: str) -> list[str]:
        """The names in its scope for a module: environments, branches or aliases."""
        items = [item for item in self.scope if item.module == module]
        return [name for item in items for name in (*item.names, *(each.name for each in item.environments))]


@dataclass(slots=True)
class Limits:
    """How many tokens a stack may hold; None is no limit.

    Attributes:
        evict_oldest: whether one management token too many ends the oldest, or is refused.
    """

    delivery_tokens: int | None = None
    management_tokens: int | None = 30
    evict_oldest: bool = False


@dataclass(slots=True)
class Network:
    """The hosts that serve content, which hear of new and deleted tokens later than the stack.

    Attributes:
        lag: seconds until they know a new token.
        memory: seconds for which they answer for a token that is deleted.
        remembered: the values of deleted tokens, each with the token as it was and when it was deleted.
    """

    lag: float = 0.0
    memory: float = 0.0
    remembered: dict[str, tuple[Token, datetime]] = field(default_factory=dict, repr=False)

    def forget_later(self, token: Token, now: datetime, *values: str | None) -> None:
        """Note that values of a token were deleted."""
        self.remembered |= {value: (token, now) for value in values if value}

    def knows_new(self, since: datetime, now: datetime) -> bool:
        """Whether word of a value made at that time has come to them."""
        return (now - since).total_seconds() >= self.lag

    def still_answers_for(self, value: str, now: datetime) -> Token | None:
        """The deleted token that has this value, if they have not heard that it is."""
        token, deleted_at = self.remembered.get(value, (None, now))
        return token if (now - deleted_at).total_seconds() < self.memory else None


@dataclass(slots=True, kw_only=True)
class Stack:
    """A stack and all that belongs to it."""

    uid: str
    api_key: str
    name: str
    description: str = ""
    organization: Organization
    owner_uid: str
    stamps: Stamps
    branches_enabled: bool
    live_preview: bool = True
    branches: dict[str, Branch] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    delivery_tokens: dict[str, Token] = field(default_factory=dict)
    management_tokens: dict[str, Token] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    network: Network = field(default_factory=Network)

    def tokens(self, kind: TokenKind) -> dict[str, Token]:
        """Its tokens of one kind by uid, oldest first."""
        return self.delivery_tokens if kind == "delivery" else self.management_tokens

    def roles_of(self, person_uid: str) -> list[Role]:
        """The roles that a person has in it."""
        return [role for role in self.roles.values() if person_uid in role.users]

    def has_member(self, person_uid: str) -> bool:
        """Whether a person may enter it at all."""
        return (
            person_uid == self.owner_uid
            or self.organization.rules(person_uid)
            or bool(self.roles_of(person_uid))
        )

    def may_manage(self, person_uid: str, kind: TokenKind) -> bool:
        """Whether a person may see and change its tokens of one kind."""
        if person_uid == self.owner_uid or self.organization.rules(person_uid):
            return True
        return any(kind in role.token_rights for role in self.roles_of(person_uid))

    def branch_behind(self, name: str) -> str | None:
        """The uid of the branch with that name or alias, or None."""
        alias = self.aliases.get(name)
        return alias.branch if alias else (name if name in self.branches else None)

    def member_uids(self) -> list[str]:
        """The uids of all who have a part in it, the owner first."""
        listed = [self.owner_uid, *(uid for role in self.roles.values() for uid in role.users)]
        return list(dict.fromkeys(listed))


class World:
    """All of it, with a clock and a source of identifiers."""

    def __init__(self, now: Clock, identifiers: Identifiers) -> None:
        self.now = now
        self.identifiers = identifiers
        self.people: dict[str, Person] = {}
        self.organizations: dict[str, Organization] = {}
        self.stacks: dict[str, Stack] = {}

    def stamps(self, person_uid: str) -> Stamps:
        """Stamps of something that a person makes now."""
        now = self.now()
        return Stamps(person_uid, person_uid, now, now)

    def person_by_email(self, email: str) -> Person | None:
        """The person with that address, in any case of letters."""
        wanted = email.casefold()
        return next((person for person in self.people.values() if person.email.casefold() == wanted), None)

    def stacks_of(self, person_uid: str) -> Iterator[Stack]:
        """The stacks that a person may enter, in the order they were made."""
        return (stack for stack in self.stacks.values() if stack.has_member(person_uid))
