"""The seed file: an organization of one's own, in TOML or JSON.

`docs/sandbox.md` describes every field.
"""

from __future__ import annotations

import re
import tomllib
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

_DEMO = Path(__file__).with_name("demo.toml")
_WORDS = {
    "array": "a list",
    "object": "a table",
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
}


class SeedError(ValueError):
    """A seed can't be used; the text begins with the path of the field, as in `stacks[0].environments: …`."""


class _Table(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A table whose every field is known: a misspelt one is refused."""


class SeedUser(_Table, kw_only=True):
    """`[[users]]`: a login; `roles` by stack name or API key (`*`: every stack), `organizations` by name."""

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
    """`[[organizations]]`: `sso` for single sign-on, `preview_tokens = false` for a plan without them."""

    name: str
    uid: str | None = None
    sso: bool = False
    preview_tokens: bool = True


class SeedToken(_Table, kw_only=True):
    """What both kinds of token have; ages are in days before the start.

    `scope` is kept to the letter, but that names of known environments become the
    objects that answers show.
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
    """`[[stacks.delivery_tokens]]`.

    `environments` is required but where there is a `scope`.
    """

    environments: list[str] = []
    preview: bool = False
    preview_token: str | None = None


class SeedManagementToken(SeedToken, kw_only=True):
    """`[[stacks.management_tokens]]`.

    Ends so many days after the start, or on a date, or never.
    """

    access: Literal["read", "read+write"] = "read"
    modules: tuple[str, ...] = ("$all",)
    expires_in_days: Annotated[int, msgspec.Meta(ge=-36500, le=36500)] | None = None
    expires_on: str | None = None
    is_never_expires: bool | None = None
    email_notice: bool = False
    rate_limit_enabled: bool = False


class SeedLimits(_Table, kw_only=True):
    """`[stacks.limits]`: with `evict_oldest` one management token too many ends the oldest.

    With `expiry_required` a management token that says nothing of its expiry is refused.
    """

    delivery_tokens: Count | None = None
    management_tokens: Count | None = 30
    evict_oldest: bool = False
    expiry_required: bool = False


class SeedNetwork(_Table, kw_only=True):
    """`[stacks.network]`: seconds until the content hosts hear of a new token, and of a deleted one.

    `management_lag` is for how long the management host doesn't know a new management token.
    """

    lag: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    memory: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    management_lag: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class SeedStack(_Table, kw_only=True):
    """`[[stacks]]`: without `branches` they are off.

    `gone` names what was deleted and tokens still hold.
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
    """`[[faults]]`: `fault` as in the header; `path` and `method` may hold `*`."""

    fault: str
    api: Api = "*"
    method: str = "*"
    path: str = "*"
    times: Count | None = None
    after: Count = 0


class SeedRow(_Table, kw_only=True):
    """`[[rows]]`: a row of a list as it is, in `row`, or in `json` where TOML can't say it (null).

    `stack` is a name or an API key, all stacks without it; `at` is its place in the list.
    """

    list: ListName
    row: Any = None
    json: str | None = None
    stack: str | None = None
    at: Count = 0


class Seed(_Table, kw_only=True):
    """The whole file."""

    rate_limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    organizations: list[SeedOrganization] = []
    users: list[SeedUser] = []
    stacks: list[SeedStack] = []
    faults: list[SeedFault] = []
    rows: list[SeedRow] = []


def demo_seed() -> Seed:
    """Acme: Storefront with branches and aliases, Press without, and a person for each role."""
    return read_seed(_DEMO)


def read_seed(path: Path) -> Seed:
    """Read a seed file: JSON if its name ends in `.json`, else TOML.

    A SeedError says what is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = (
            msgspec.json.decode(text)
            if path.suffix.lower() == ".json"
            else tomllib.loads(text)
        )
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SeedError(f"{path}: the file is not UTF-8") from None
    except (msgspec.DecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SeedError(f"{path}: {error}") from None
    return seed_from(data)


def seed_from(data: Any) -> Seed:
    """Check a seed that is decoded.

    A SeedError names the path of the first field that is wrong.
    """
    try:
        return msgspec.convert(data, Seed)
    except msgspec.ValidationError as error:
        raise SeedError(_in_words(str(error))) from None


def _in_words(message: str) -> str:
    problem, _, path = message.partition(" - at `$")
    path = path.rstrip("`").lstrip(".")
    if field := re.fullmatch(
        r"Object (missing required|contains unknown) field `([^`]+)`", problem
    ):
        where = f"{path}.{field[2]}" if path else field[2]
        return f"{where}: {'is required' if field[1].startswith('m') else 'is not a known field'}"
    problem = re.sub(r"`([^`]+)`", _type_in_words, problem)
    return f"{path or 'the file'}: {problem[0].lower()}{problem[1:]}"


def _type_in_words(types: re.Match[str]) -> str:
    return " or ".join(
        _WORDS.get(each.strip(), each.strip()) for each in types[1].split("|")
    )
