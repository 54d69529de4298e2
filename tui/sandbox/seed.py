"""The seed file: your own organization, in TOML or JSON.

`docs/sandbox.md` describes every field.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

Days: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=36500)]
Api: TypeAlias = Literal["management", "delivery", "preview", "*"]
ListName: TypeAlias = Literal[
    "organizations",
    "stacks",
    "users",
    "roles",
    "environments",
    "branches",
    "branch_aliases",
    "delivery_tokens",
    "management_tokens",
]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=100_000)]

Rate: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]

_DEMO = Path(__file__).with_name("demo.toml")
_ABOUT_FIELD = re.compile(r"Object (missing required|contains unknown) field `([^`]+)`")
_FIELD_PROBLEMS = {
    "missing required": "is required",
    "contains unknown": "is not a known field",
}
_TYPE_NAMES = {
    "array": "a list",
    "object": "a table",
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
}


class SeedError(ValueError):
    """A seed can't be used.

    The text begins with the path of the field, as in `stacks[0].environments: …`.
    """


class _Table(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A table that refuses unknown fields, such as misspelled ones."""


class SeedUser(_Table, kw_only=True):
    """`[[users]]`: a login.

    `roles` are by a stack's name, its API key, or `*` for every stack;
    `organizations` are by name.
    """

    email: str
    password: str = "sandbox"  # noqa: S105
    first_name: str = ""
    last_name: str = ""
    roles: dict[str, str | list[str]] = {}
    organizations: dict[str, Literal["owner", "admin", "member"]] = {}
    tfa_secret: str | None = None
    sms_code: str | None = None
    locked: bool = False
    authtoken: str | None = None
    bearer: str | None = None
    sso_exempt: bool = False


class SeedOrganization(_Table, kw_only=True):
    """`[[organizations]]`: whether it has single sign-on, and what its plan includes.

    Its own `rate_limit` overrides the general one.
    """

    name: str
    uid: str | None = None
    sso: bool = False
    preview_tokens: bool = True
    rate_limit: Rate | None = None


class SeedToken(_Table, kw_only=True):
    """What both kinds of token have; ages are in days before the start.

    `scope` is kept as it is, except that names of known environments are replaced by
    the objects that responses show.
    """

    name: str
    scope: list[Any] | None = None
    description: str = ""
    branches: list[str] = []
    aliases: list[str] = []
    created_days_ago: Days = 30
    updated_days_ago: Days | None = None
    created_by: str | None = None
    uid: str | None = None
    token: str | None = None


class SeedDeliveryToken(SeedToken, kw_only=True):
    """`[[stacks.delivery_tokens]]`: without a `scope`, `environments` are required."""

    environments: list[str] = []
    preview: bool = False
    preview_token: str | None = None


class SeedManagementToken(SeedToken, kw_only=True):
    """`[[stacks.management_tokens]]`.

    A token expires a number of days after the start, on a date, or never.
    """

    access: Literal["read", "read+write"] = "read"
    modules: tuple[str, ...] = ("$all",)
    expires_in_days: Annotated[int, msgspec.Meta(ge=-36500, le=36500)] | None = None
    expires_on: str | None = None
    is_never_expires: bool | None = None
    email_notice: bool = False
    rate_limit_enabled: bool = False


class SeedLimits(_Table, kw_only=True):
    """`[stacks.limits]`: how many tokens a stack may have, and what they must say.

    With `evict_oldest`, one management token too many deletes the oldest. With
    `expiry_required`, a management token without an expiry field is refused.
    """

    delivery_tokens: Count | None = None
    management_tokens: Count | None = 30
    evict_oldest: bool = False
    expiry_required: bool = False


class SeedNetwork(_Table, kw_only=True):
    """`[stacks.network]`: how many seconds it takes for changes to spread.

    Attributes:
        lag: until the content hosts know a new token.
        memory: until the content hosts refuse a deleted one.
        management_lag: until the management host knows a new management token.
    """

    lag: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    memory: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    management_lag: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class SeedStack(_Table, kw_only=True):
    """`[[stacks]]`: without `branches` they are off.

    `gone` names what was deleted but is still in tokens' scopes.
    """

    name: str
    organization: str | None = None
    api_key: str | None = None
    description: str = ""
    branches: list[str] = []
    aliases: dict[str, str] = {}
    environments: list[str] = []
    gone: list[str] = []
    custom_roles: dict[str, list[Literal["delivery", "management"]]] = {}
    live_preview: bool = True
    limits: SeedLimits = msgspec.field(default_factory=SeedLimits)
    network: SeedNetwork = msgspec.field(default_factory=SeedNetwork)
    delivery_tokens: list[SeedDeliveryToken] = []
    management_tokens: list[SeedManagementToken] = []
    fill_delivery_tokens: Count = 0
    fill_management_tokens: Count = 0
    copies: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1


class SeedFault(_Table, kw_only=True):
    """`[[faults]]`: `fault` as in the header; `path` and `method` may contain `*`."""

    fault: str
    api: Api = "*"
    method: str = "*"
    path: str = "*"
    times: Count | None = None
    after: Count = 0


class SeedRow(_Table, kw_only=True):
    """`[[rows]]`: a row that a list shows as it is.

    Attributes:
        row: the row.
        json: the row in JSON, for what TOML can't express (null).
        stack: the name or API key of its stack; without it, the row is in all stacks.
        at: its position in the list.
    """

    list: ListName
    row: object = None
    json: str | None = None
    stack: str | None = None
    at: Count = 0


class Seed(_Table, kw_only=True):
    """The whole file.

    Two seeds with different `salt` have no uid, API key or value in common.
    """

    rate_limit: Rate | None = None
    salt: str = ""
    organizations: list[SeedOrganization] = []
    users: list[SeedUser] = []
    stacks: list[SeedStack] = []
    faults: list[SeedFault] = []
    rows: list[SeedRow] = []


def demo_seed() -> Seed:
    """Read the seed of the demo, Acme.

    Its stack Storefront has branches and aliases, Press has none; there's a person for
    each role.
    """
    return read_seed(_DEMO)


def read_seed(path: Path) -> Seed:
    """Read a seed file: JSON if its name ends in `.json`, else TOML.

    A SeedError says what's wrong.
    """
    decode = msgspec.json.decode if path.suffix.lower() == ".json" else tomllib.loads
    try:
        data = decode(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SeedError(f"{path}: the file is not UTF-8") from None
    except (msgspec.DecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SeedError(f"{path}: {error}") from None
    return seed_from(data)


def seed_from(data: object) -> Seed:
    """Check a decoded seed.

    A SeedError names the path of the first field that is wrong.
    """
    try:
        return msgspec.convert(data, Seed)
    except msgspec.ValidationError as error:
        raise SeedError(_seed_message(str(error))) from None


def _seed_message(message: str) -> str:
    """Put msgspec's message in the seed's terms, the path first."""
    problem, _, path = message.partition(" - at `$")
    path = path.rstrip("`").lstrip(".")
    about_field = _ABOUT_FIELD.fullmatch(problem)
    if about_field is not None:
        where = f"{path}.{about_field[2]}" if path else about_field[2]
        return f"{where}: {_FIELD_PROBLEMS[about_field[1]]}"
    problem = re.sub(r"`([^`]+)`", _type_names, problem)
    return f"{path or 'the file'}: {problem[0].lower()}{problem[1:]}"


def _type_names(types: re.Match[str]) -> str:
    names = [each.strip() for each in types[1].split("|")]
    return " or ".join(_TYPE_NAMES.get(name, name) for name in names)


def check_unique(values: Iterable[str], path: str, field: str = "") -> None:
    """Refuse a value that appears twice, and say where it's repeated."""
    seen: set[str] = set()
    end = f".{field}" if field else ""
    for number, value in enumerate(values):
        if value in seen:
            raise SeedError(f"{path}[{number}]{end}: {value!r} appears twice")
        seen.add(value)


def check_known(names: Sequence[str], known: Container[str], path: str) -> None:
    """Refuse a name that the stack doesn't have."""
    for number, name in enumerate(names):
        if name not in known:
            raise SeedError(f"{path}[{number}]: the stack has no {name!r}")
