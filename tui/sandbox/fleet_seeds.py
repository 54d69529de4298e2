"""Generated seeds of many stacks: three regions, 20 organizations, 500 stacks.

Everything follows from the organization's and stack's numbers, so each run is the same.
It includes what's worth finding: tokens that have expired or soon will, some that write
and never expire, names that start like a formula, stacks that a user can't read.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import product
from typing import Literal

from tui.sandbox.seed import (
    Seed,
    SeedDeliveryToken,
    SeedManagementToken,
    SeedOrganization,
    SeedStack,
    SeedUser,
)

REGIONS = ("na", "eu", "au")
ORGANIZATIONS, STACKS = 20, 500
RATE_LIMIT = 10

# fmt: off
_NAMES = (
    "Acme", "Northwind", "Contoso", "Globex", "Initech", "Umbra", "Hooli", "Vandelay",
    "Stark", "Wayne", "Tyrell", "Soylent", "Cyberdyne", "Aperture", "Wonka", "Duff",
    "Oceanic", "Massive", "Lumon", "Sirius",
)
_SITES = (
    "Storefront", "Blog", "Press", "Careers", "Docs", "Kiosk", "Mobile", "Intranet",
    "Events", "Campaigns", "Support", "Investors", "Partners", "Academy", "News",
    "Labs",
)
_JOBS = (
    "ci", "backup", "migration", "import", "sync", "audit", "publish", "translate",
    "webhooks", "seo",
)
# fmt: on
_LANDS = ("Global", "DE", "FR", "UK", "US", "JP", "BR", "IN")
_ENVIRONMENTS = ("production", "staging", "development", "qa", "preview")
_PROGRAMS = ("web", "ios", "android", "kiosk", "search", "feed", "mail", "cache")
_MAKERS = ("ana@example.com", "ben@example.com", "omar@example.com")
_DAYS = (None, None, 400, 200, 90, 45, 25, 12, 6, 2, -3, -60)
"""Days until a management token expires; None is never."""


def fleet_seeds(
    organizations: int = ORGANIZATIONS, stacks: int = STACKS
) -> dict[str, Seed]:
    """Return each region's seed; together they have these numbers of each.

    Ana is an Admin of most stacks, a Developer in every fifth organization and a
    Content Manager in every ninth; Omar owns all; Ben sees only a region's first.
    """
    sizes = _sizes(organizations, stacks)
    seeds = {}
    for place, region in enumerate(REGIONS):
        numbers = range(place, organizations, len(REGIONS))
        if numbers:
            own = {number: sizes[number] for number in numbers}
            seeds[region] = _region(region, own)
    return seeds


def _sizes(organizations: int, stacks: int) -> list[int]:
    """Return how many stacks each organization has: some have many, some few."""
    weights = [1 + _pick(5, "size", number) for number in range(organizations)]
    left, sizes = stacks - organizations, []
    for number, weight in enumerate(weights):
        share = left * weight // sum(weights[number:])
        sizes.append(1 + share)
        left -= share
    return sizes


def _region(region: str, sizes: dict[int, int]) -> Seed:
    organizations = [SeedOrganization(name=_organization(number)) for number in sizes]
    listed: list[SeedStack] = []
    roles: dict[str, str | list[str]] = {}
    for number, count in sizes.items():
        stacks = _stacks(number, count)
        listed += stacks
        roles |= dict.fromkeys((stack.name for stack in stacks), _role(number))
    users = [
        _user("Ana", "Lee", region, roles),
        _user("Omar", "Diaz", region, {"*": "Owner"}),
        _user("Ben", "Okafor", region, {next(iter(roles)): "Developer"}),
    ]
    return Seed(
        salt=region,
        rate_limit=RATE_LIMIT,
        organizations=organizations,
        users=users,
        stacks=listed,
    )


def _user(
    first: str, last: str, region: str, roles: dict[str, str | list[str]]
) -> SeedUser:
    return SeedUser(
        email=f"{first.lower()}@example.com",
        password=f"{first.lower()}-sandbox",
        first_name=first,
        last_name=last,
        roles=roles,
        authtoken=f"blt{_digest('session', region, first)[:16]}",
    )


def _organization(number: int) -> str:
    name = _NAMES[number % len(_NAMES)]
    return name if number < len(_NAMES) else f"{name} {number // len(_NAMES) + 1}"


def _role(number: int) -> str:
    if number % 9 == 8:
        return "Content Manager"
    return "Developer" if number % 5 == 4 else "Admin"


def _stacks(number: int, count: int) -> list[SeedStack]:
    name = _organization(number)
    titles = [f"{name} {site} {land}" for land, site in product(_LANDS, _SITES)]
    titles += [f"{name} Site {place:04d}" for place in range(len(titles), count)]
    return [_stack(name, title) for title in titles[:count]]


def _stack(organization: str, title: str) -> SeedStack:
    has_branches = _pick(8, title, "branches") > 0
    branches = ["main", "develop", "release_7"] if has_branches else []
    environments = list(_ENVIRONMENTS[: 2 + _pick(4, title, "environments")])
    return SeedStack(
        name=title,
        organization=organization,
        branches=branches,
        aliases={"live": "main"} if has_branches else {},
        environments=environments,
        gone=["legacy"],
        delivery_tokens=_delivery_tokens(title, branches, environments),
        management_tokens=_management_tokens(title, branches),
    )


def _delivery_tokens(
    title: str, branches: list[str], environments: list[str]
) -> list[SeedDeliveryToken]:
    names = list(product(environments, _PROGRAMS))
    count = min(8 + _pick(13, title, "delivery"), len(names))
    tokens = []
    for number, (environment, program) in enumerate(names[:count]):
        is_left = _pick(25, title, "left", number) == 0
        tokens.append(
            SeedDeliveryToken(
                name=f"{program}-{environment}",
                description=_description(title, number),
                environments=["legacy" if is_left else environment],
                branches=branches[:1] if number % 6 else branches[:2],
                preview=_pick(3, title, "preview", number) > 0,
                created_days_ago=5 + _pick(1500, title, "age", number),
                created_by=_MAKERS[_pick(3, title, "maker", number)],
            )
        )
    return tokens


def _management_tokens(title: str, branches: list[str]) -> list[SeedManagementToken]:
    count = 3 + _pick(7, title, "management")
    return [
        _management_token(title, branches, number, job)
        for number, job in enumerate(_JOBS[:count])
    ]


def _management_token(
    title: str, branches: list[str], number: int, job: str
) -> SeedManagementToken:
    access: Literal["read", "read+write"] = "read"
    if _pick(2, title, "access", number):
        access = "read+write"
    modules = ("$all",) if _pick(3, title, "modules", number) else ("entry", "asset")
    # A spreadsheet would take this for a formula.
    is_formula = _pick(60, title, "formula", number) == 0
    return SeedManagementToken(
        name=f"={job}()" if is_formula else job,
        description=_description(title, number),
        branches=branches[:1],
        access=access,
        modules=modules,
        expires_in_days=_DAYS[_pick(len(_DAYS), title, "days", number)],
        email_notice=_pick(2, title, "notice", number) == 1,
        created_days_ago=70 + _pick(1000, title, "job", number),
        created_by=_MAKERS[_pick(3, title, "author", number)],
    )


def _description(title: str, number: int) -> str:
    return f"For {title}." if _pick(4, title, "description", number) else ""


def _pick(count: int, *what: object) -> int:
    """Return a number from 0 to `count` - 1, always the same for the same purpose."""
    return int(_digest(*what)[:8], 16) % count


def _digest(*what: object) -> str:
    return sha256("\n".join(map(str, what)).encode()).hexdigest()
