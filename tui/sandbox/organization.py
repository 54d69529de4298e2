"""What the sandbox knows.

People, organizations and stacks with their environments, branches and tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, TypeAlias

import msgspec

from tui.sandbox.answers import Json
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
# audit_log, publish_queue and stack were refused. The last two name branches, the first
# stands for all.
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
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """A moment as `2026-01-05T10:00:00.000Z`."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{moment.microsecond // 1000:03d}Z"
    )


def expiry_moment(expires_on: str) -> datetime | None:
    """00:00 UTC of a day, written as `YYYY-MM-DD` or as a full ISO 8601 time.

    None if it is neither.
    """
    try:
        moment = datetime.fromisoformat(expires_on)
        day = moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


class Stamps(msgspec.Struct):
    """Who made and last changed a thing, and when."""

    created_by: str
    updated_by: str
    created_at: datetime
    updated_at: datetime

    def touch(self, person_uid: str, moment: datetime) -> None:
        """Note a change."""
        self.updated_by, self.updated_at = person_uid, moment

    def dates(self) -> Json:
        """When, as answers show it."""
        return {
            "created_at": timestamp(self.created_at),
            "updated_at": timestamp(self.updated_at),
        }

    def shown(self) -> Json:
        """All of it, as answers show it."""
        return {
            "created_by": self.created_by,
            "updated_by": self.updated_by,
            **self.dates(),
        }


class PersonRecord(SeedUser, kw_only=True):
    """A user account: what the seed says of it, or was made up, and what became of it since.

    Attributes:
        authtoken: the session that was open from the start; it is not one of the 20 from logins.
        role: what the person is in the first stack that they have a part in: Owner, Admin, Developer, …
        sessions: authtokens from logins, oldest first.
        sms_pending: whether an SMS code was asked for and not yet used.
        used_steps: TOTP steps whose code was already taken.
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
    named: Iterable[Any] | None = None,
) -> Json:
    """One item of a scope as answers show it, which hold whole environments, but names of branches.

    Without `named` it is a right to the module as a whole, and has no list.
    """
    item = {"module": module, "acl": acl, "_metadata": {"uid": metadata_uid}}
    if named is None:
        return item
    if module == "environment":
        return {"environments": list(named), **item}
    return item | {SCOPE_FIELDS[module]: list(named)}


def names_in(item: Json, field: str) -> list[str]:
    """The names that a scope item lists in a field.

    Environments are whole objects there.
    """
    listed = item.get(field)
    named: list[str] = []
    for each in listed if isinstance(listed, list) else []:
        name = each.get("name") if isinstance(each, dict) else each
        named += [name] if isinstance(name, str) else []
    return named


class TokenRecord(msgspec.Struct, kw_only=True):
    """A delivery or management token.

    Attributes:
        scope: as answers show it, see `scope_item`.
        value: the secret itself.
        preview: the secret of its preview token, if it has one.
        preview_since: when that was made, where it was made later than the token.
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
        """The names in its scope for a module: environments, branches or aliases.

        Branches and aliases may be named inside other modules too.
        """
        field = SCOPE_FIELDS[module]
        items = [item for item in self.scope if isinstance(item, dict)]
        return [name for item in items for name in names_in(item, field)]

    def has_expired(self, now: datetime) -> bool:
        """Whether its day has come."""
        end = expiry_moment(self.expires_on or "")
        return end is not None and now >= end


class Lateness(msgspec.Struct):
    """For how long a value stays unknown once it is created.

    Until a moment, or for so many calls.

    Attributes:
        status: what it is refused with meanwhile, 401 or 412; None leaves that to the
            host.
    """

    seconds: float = 0.0
    calls: int = 0
    status: int | None = None
    since: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the value is unknown still; a call that finds it so counts."""
        if self.since is not None and (now - self.since).total_seconds() < self.seconds:
            return True
        self.calls -= 1
        return self.calls >= 0


class OddRow(msgspec.Struct):
    """A row of a list that is shown as it is, however odd.

    In one stack, or in all of them.
    """

    list: ListName
    row: Any
    api_key: str | None = None
    at: int = 0


class StackRecord(msgspec.Struct, kw_only=True):
    """A stack and all that belongs to it.

    Attributes:
        environments: by name, as answers show them; so are branches and aliases, and
            roles by uid.
        token_rights: by uid of a role, the kinds of token that it may manage.
        modules: the modules that a management token's scope may hold.
        late: by value, the new tokens that are not known everywhere yet.
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
        """Its tokens of one kind by uid, oldest first."""
        return self.delivery_tokens if kind == "delivery" else self.management_tokens

    def delay(
        self, lateness: Lateness | None, now: datetime, *values: str | None
    ) -> None:
        """Note that new values become known late, if that was asked for."""
        if lateness is not None:
            since = msgspec.structs.replace(lateness, since=now)
            for value in filter(None, values):
                self.late[value] = msgspec.structs.replace(since)

    def lateness_of(self, value: str, now: datetime) -> Lateness | None:
        """Return why a value is not known yet, or None."""
        late = self.late.get(value)
        return late if late is not None and late.holds(now) else None

    def forget(self, token: TokenRecord, now: datetime, *values: str | None) -> None:
        """Note that values of a token were deleted.

        The hosts that serve content hear of it later.
        """
        self.remembered |= {value: (token, now) for value in values if value}

    def roles_of(self, person_uid: str) -> list[Json]:
        """The roles that a person has in it."""
        return [role for role in self.roles.values() if person_uid in role["users"]]

    def is_ruled_by(self, person_uid: str) -> bool:
        """Whether a person has every right in it.

        Its owner, and the owner and admins of the organization.
        """
        owners = (self.owner_uid, self.organization.owner_uid)
        return person_uid in owners or person_uid in self.organization.admin_uids

    def has_member(self, person_uid: str) -> bool:
        """Whether a person may enter it at all."""
        return self.is_ruled_by(person_uid) or bool(self.roles_of(person_uid))

    def may_manage(self, person_uid: str, kind: Kind) -> bool:
        """Whether a person may see and change its tokens of one kind."""
        roles = self.roles_of(person_uid)
        return self.is_ruled_by(person_uid) or any(
            kind in self.token_rights[role["uid"]] for role in roles
        )

    def branch_behind(self, name: str) -> str | None:
        """The uid of the branch with that name or alias, or None."""
        if name in self.aliases:
            return str(self.aliases[name]["uid"])
        return name if name in self.branches else None

    def member_uids(self) -> list[str]:
        """The uids of all who have a part in it, the owner first."""
        listed = [
            self.owner_uid,
            *(uid for role in self.roles.values() for uid in role["users"]),
        ]
        return list(dict.fromkeys(listed))


class World:
    """All of it, with a clock and a source of identifiers, which are the same in every run of one seed.

    People, organizations and stacks were made at `founded`.
    """

    def __init__(self, now: Clock) -> None:
        self.now = now
        self.start = now()
        self.founded = self.start - timedelta(days=400)
        self.people: dict[str, PersonRecord] = {}
        self.organizations: dict[str, OrganizationRecord] = {}
        self.stacks: dict[str, StackRecord] = {}
        self.odd_rows: list[OddRow] = []
        self._made_up = 0

    def _digits(self, count: int) -> str:
        self._made_up += 1
        return sha256(f"sandbox:{self._made_up}".encode()).hexdigest()[:count]

    def uid(self) -> str:
        """`blt` and 16 hex digits: uids, API keys and authtokens."""
        return "blt" + self._digits(16)

    def value(self) -> str:
        """`cs` and 24 hex digits.

        The value of a delivery, preview or management token.
        """
        return "cs" + self._digits(24)

    def metadata(self) -> str:
        """`cs` and 16 hex digits: the uid of a scope item."""
        return "cs" + self._digits(16)

    def person_by_email(self, email: str) -> PersonRecord | None:
        """The person with that address, in any case of letters."""
        wanted = email.casefold()
        return next(
            (
                person
                for person in self.people.values()
                if person.email.casefold() == wanted
            ),
            None,
        )

    def organizations_of(self, person: PersonRecord) -> list[OrganizationRecord]:
        """The organizations that a person belongs to."""
        return [
            each
            for each in self.organizations.values()
            if person.uid in each.member_uids
        ]

    def stacks_of(self, person: PersonRecord) -> list[StackRecord]:
        """The stacks that a person may enter, in the order they were made."""
        return [stack for stack in self.stacks.values() if stack.has_member(person.uid)]
