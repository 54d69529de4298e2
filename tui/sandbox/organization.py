"""What the sandbox knows: people, organizations, stacks and their tokens."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal, TypeAlias

import msgspec

from tui.sandbox.responses import Json
from tui.sandbox.seed import ListName, SeedOrganization, SeedStack, SeedUser

Clock: TypeAlias = Callable[[], datetime]
Kind: TypeAlias = Literal["delivery", "management"]

OWNER = "Owner"
MAIN_BRANCH = "main"
EVERYTHING = "$all"
SCOPE_FIELDS = {
    "environment": "environments",
    "branch": "branches",
    "branch_alias": "branch_aliases",
}
# Measured one by one on the real API in August 2026; taxonomy, delivery_token,
# audit_log, publish_queue and stack were refused. The last two name branches; the first
# means all modules.
MANAGEMENT_MODULES = frozenset(
    {
        EVERYTHING,
        "content_type",
        "entry",
        "asset",
        "environment",
        "locale",
        "global_field",
        "webhook",
        "workflow",
        "release",
        "label",
        "extension",
        "role",
        "branch",
        "branch_alias",
    }
)


def utc_now() -> datetime:
    """Return the current time, aware and in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """Format a time as `2026-01-05T10:00:00.000Z`."""
    seconds = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{seconds}.{moment.microsecond // 1000:03d}Z"


def expiry_moment(expires_on: str) -> datetime | None:
    """Return 00:00 UTC of a day, or None if the text isn't one.

    It may be written as `YYYY-MM-DD` or as a full ISO 8601 time.
    """
    try:
        moment = datetime.fromisoformat(expires_on)
        day = moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


class Stamps(msgspec.Struct):
    """Who created and last changed an object, and when."""

    created_by: str
    updated_by: str
    created_at: datetime
    updated_at: datetime

    def touch(self, person_uid: str, moment: datetime) -> None:
        """Record a change."""
        self.updated_by, self.updated_at = person_uid, moment

    def dates(self) -> Json:
        """Return the times as responses show them."""
        return {
            "created_at": timestamp(self.created_at),
            "updated_at": timestamp(self.updated_at),
        }

    def shown(self) -> Json:
        """Return the people and times as responses show them."""
        return {
            "created_by": self.created_by,
            "updated_by": self.updated_by,
            **self.dates(),
        }


class PersonRecord(SeedUser, kw_only=True):
    """A user account: what the seed says about it, and its state since.

    Attributes:
        authtoken: the session that was open from the start; it isn't one of the 20
            from logins.
        role: the person's role in their first stack: Owner, Admin, Developer, …
        sessions: authtokens from logins, oldest first.
        sms_pending: whether an SMS code was requested and not yet used.
        used_steps: TOTP steps whose code was already used.
    """

    uid: str
    sms_code: str
    authtoken: str
    bearer: str
    role: str = ""
    sessions: list[str] = msgspec.field(default_factory=list)
    sms_pending: bool = False
    used_steps: set[int] = msgspec.field(default_factory=set)
    failed_attempts: int = 0
    locked_until: datetime | None = None

    def authenticator_key(self) -> bytes:
        """Decode the key of the person's authenticator.

        `tfa_secret` may be lowercase, in groups and without padding. A ValueError says
        that it isn't base32.
        """
        compact = (self.tfa_secret or "").replace(" ", "").upper()
        return base64.b32decode(compact + "=" * (-len(compact) % 8))

    def __repr__(self) -> str:
        return f"Person({self.email!r})"


class OrganizationRecord(SeedOrganization, kw_only=True):
    """An organization with its plan."""

    uid: str
    owner_uid: str = ""
    admin_uids: set[str] = msgspec.field(default_factory=set)
    member_uids: set[str] = msgspec.field(default_factory=set)


def scope_item(
    module: str,
    acl: dict[str, bool],
    metadata_uid: str,
    named: Iterable[Json | str] | None = None,
) -> Json:
    """Return one item of a scope as responses show it.

    Without `named`, it's a right to the module as a whole, and has no list. Else it
    lists whole environments, or names of branches or aliases.
    """
    item = {"module": module, "acl": acl, "_metadata": {"uid": metadata_uid}}
    if named is None:
        return item
    if module == "environment":
        return {"environments": list(named), **item}
    return item | {SCOPE_FIELDS[module]: list(named)}


def names_in(item: Json, field: str) -> list[str]:
    """Return the names that a scope item lists in a field.

    Environments are whole objects there.
    """
    listed = item.get(field)
    if not isinstance(listed, list):
        return []
    names = [each.get("name") if isinstance(each, dict) else each for each in listed]
    return [name for name in names if isinstance(name, str)]


class TokenRecord(msgspec.Struct, kw_only=True):
    """A delivery or management token.

    Attributes:
        scope: as responses show it, see `scope_item`.
        value: the secret itself.
        preview: the secret of its preview token, if it has one.
        preview_since: when that was created, if later than the token.
        expires_on: the date as the client wrote it, for management tokens.
        extra: rate-limit fields of management tokens, kept as they came.
    """

    kind: Kind
    uid: str
    name: str
    description: str
    scope: list[Json]
    stamps: Stamps
    value: str
    preview: str | None = None
    preview_since: datetime | None = None
    expires_on: str | None = None
    email_notice: bool = False
    extra: Json = {}

    def __repr__(self) -> str:
        return f"Token({self.uid!r}, {self.name!r})"

    def names(self, module: str) -> list[str]:
        """Return the names that its scope has for a module.

        Branches and aliases may be named inside other modules too.
        """
        field = SCOPE_FIELDS[module]
        items = [item for item in self.scope if isinstance(item, dict)]
        return [name for item in items for name in names_in(item, field)]

    def has_expired(self, now: datetime) -> bool:
        """Whether its expiry date has come."""
        end = expiry_moment(self.expires_on or "")
        return end is not None and now >= end


class Lateness(msgspec.Struct):
    """How long a new value stays unknown, in seconds or in requests.

    Attributes:
        status: what it's refused with until then, 401 or 412; None leaves that to the
            host.
    """

    seconds: float = 0.0
    requests: int = 0
    status: int | None = None
    since: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the value is still unknown; count the requests that find it so."""
        if self.since is not None and (now - self.since).total_seconds() < self.seconds:
            return True
        self.requests -= 1
        return self.requests >= 0


class OddRow(msgspec.Struct):
    """A row that a list shows as it is, however odd, in one stack or in all."""

    list: ListName
    row: object
    api_key: str | None = None
    at: int = 0


class StackRecord(msgspec.Struct, kw_only=True):
    """A stack and everything in it.

    Attributes:
        environments: by name, as responses show them; so are branches and aliases, and
            roles by uid.
        token_rights: by uid of a role, the kinds of token that it may manage.
        modules: the modules that a management token's scope may name.
        late: by value, the new tokens that aren't known everywhere yet.
        remembered: the values of deleted tokens, each with the token as it was and when
            it was deleted.
    """

    uid: str
    api_key: str
    name: str
    seed: SeedStack
    organization: OrganizationRecord
    owner_uid: str
    stamps: Stamps
    branches: dict[str, Json] = {}
    aliases: dict[str, Json] = {}
    environments: dict[str, Json] = {}
    roles: dict[str, Json] = {}
    token_rights: dict[str, list[Kind]] = {}
    delivery_tokens: dict[str, TokenRecord] = {}
    management_tokens: dict[str, TokenRecord] = {}
    modules: set[str] = set()
    late: dict[str, Lateness] = {}
    remembered: dict[str, tuple[TokenRecord, datetime]] = {}

    def __repr__(self) -> str:
        return f"Stack({self.name!r})"

    def tokens(self, kind: Kind) -> dict[str, TokenRecord]:
        """Return its tokens of one kind by uid, oldest first."""
        return self.delivery_tokens if kind == "delivery" else self.management_tokens

    def token_limit(self, kind: Kind) -> int | None:
        """Return how many tokens of one kind it may have; None is any number."""
        limits = self.seed.limits
        if kind == "delivery":
            return limits.delivery_tokens
        return limits.management_tokens

    def delay(
        self, lateness: Lateness | None, now: datetime, *values: str | None
    ) -> None:
        """Record that new values become known late, if that was asked for."""
        if lateness is None:
            return
        for value in values:
            if value:
                self.late[value] = msgspec.structs.replace(lateness, since=now)

    def lateness_of(self, value: str, now: datetime) -> Lateness | None:
        """Return why a value isn't known yet, or None."""
        late = self.late.get(value)
        if late is None or not late.holds(now):
            return None
        return late

    def forget(self, token: TokenRecord, now: datetime, *values: str | None) -> None:
        """Record that a token's values were deleted.

        The hosts that serve content learn of it later.
        """
        for value in values:
            if value:
                self.remembered[value] = (token, now)

    def roles_of(self, person_uid: str) -> list[Json]:
        """Return a person's roles in it."""
        return [role for role in self.roles.values() if person_uid in role["users"]]

    def is_ruled_by(self, person_uid: str) -> bool:
        """Whether a person has every right in it.

        That's its owner, and its organization's owner and admins.
        """
        owners = (self.owner_uid, self.organization.owner_uid)
        return person_uid in owners or person_uid in self.organization.admin_uids

    def has_member(self, person_uid: str) -> bool:
        """Whether a person may access it at all."""
        return self.is_ruled_by(person_uid) or bool(self.roles_of(person_uid))

    def may_manage(self, person_uid: str, kind: Kind) -> bool:
        """Whether a person may see and change its tokens of one kind."""
        if self.is_ruled_by(person_uid):
            return True
        rights = [self.token_rights[role["uid"]] for role in self.roles_of(person_uid)]
        return any(kind in kinds for kinds in rights)

    def branch_behind(self, name: str) -> str | None:
        """Return the uid of the branch with that name or alias, or None."""
        if name in self.aliases:
            return str(self.aliases[name]["uid"])
        return name if name in self.branches else None

    def member_uids(self) -> list[str]:
        """Return the uids of all its members, the owner first."""
        uids = [self.owner_uid]
        for role in self.roles.values():
            uids += role["users"]
        return list(dict.fromkeys(uids))


class World:
    """Everything that the sandbox knows, a clock, and a source of identifiers.

    The identifiers are the same in every run of a seed, and different with another
    `salt`. People, organizations and stacks were created at `founded`.
    """

    def __init__(self, now: Clock, salt: str = "") -> None:
        self.now = now
        self._salt = f"sandbox:{salt}"
        self.start = now()
        self.founded = self.start - timedelta(days=400)
        self.people: dict[str, PersonRecord] = {}
        self.organizations: dict[str, OrganizationRecord] = {}
        self.stacks: dict[str, StackRecord] = {}
        self.odd_rows: list[OddRow] = []
        self._identifiers = 0

    def _digits(self, count: int) -> str:
        self._identifiers += 1
        return sha256(f"{self._salt}{self._identifiers}".encode()).hexdigest()[:count]

    def uid(self) -> str:
        """Create a uid, an API key or an authtoken: `blt` and 16 hex digits."""
        return "blt" + self._digits(16)

    def value(self) -> str:
        """Create the value of a token of any kind: `cs` and 24 hex digits."""
        return "cs" + self._digits(24)

    def metadata(self) -> str:
        """Create the uid of a scope item: `cs` and 16 hex digits."""
        return "cs" + self._digits(16)

    def person_by_email(self, email: str) -> PersonRecord | None:
        """Return the person with that address, ignoring case."""
        wanted = email.casefold()
        for person in self.people.values():
            if person.email.casefold() == wanted:
                return person
        return None

    def organizations_of(self, person: PersonRecord) -> list[OrganizationRecord]:
        """Return the organizations that a person belongs to."""
        organizations = self.organizations.values()
        return [each for each in organizations if person.uid in each.member_uids]

    def stacks_of(self, person: PersonRecord) -> list[StackRecord]:
        """Return the stacks that a person may access, oldest first."""
        return [stack for stack in self.stacks.values() if stack.has_member(person.uid)]


def new_environment(world: World, stack: StackRecord, name: str) -> Json:
    """Return a new environment, as responses and tokens' scopes show it."""
    urls = [{"url": f"https://{name}.example.com", "locale": "en-us"}]
    return {
        "urls": urls,
        "name": name,
        "uid": world.uid(),
        **stack.stamps.shown(),
        "ACL": [],
        "_version": 1,
    }
