"""From the tokens of a seed to the tokens of a stack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tui.sandbox.access import expiry_moment
from tui.sandbox.organization import (
    EVERYTHING,
    Environment,
    ScopeItem,
    Stack,
    Stamps,
    Token,
    TokenKind,
    World,
)
from tui.sandbox.seed import SeedDeliveryToken, SeedError, SeedManagementToken, SeedStack, SeedToken


def environment(world: World, name: str, stamps: Stamps) -> Environment:
    """An environment with a URL of its own."""
    url = {"url": f"https://{name}.example.com", "locale": "en-us"}
    return Environment(uid=world.identifiers.uid(), name=name, urls=[url], stamps=stamps)


class TokenBuilder:
    """Adds tokens to one stack; ages and expiry dates count from `start`."""

    def __init__(self, world: World, stack: Stack, start: datetime) -> None:
        self._world = world
        self._stack = stack
        self._start = start

    def add_all(self, seeded: SeedStack, path: str) -> None:
        """Add everything that the seed of the stack describes, under its `path` in the seed.

        Raises:
            SeedError: if two tokens share a name or uid, or one refers to something that is not there.
        """
        stamps = self._stack.stamps
        gone = {name: environment(self._world, name, stamps) for name in seeded.gone}
        environments = {**gone, **self._stack.environments}
        check_unique((each.name for each in seeded.delivery_tokens), f"{path}.delivery_tokens", "name")
        check_unique((each.name for each in seeded.management_tokens), f"{path}.management_tokens", "name")
        for number, delivery in enumerate(seeded.delivery_tokens):
            where = f"{path}.delivery_tokens[{number}]"
            _check_known(delivery.environments, set(environments), f"{where}.environments")
            named = [environments[name] for name in delivery.environments]
            scope = [self._item("environment", environments=named), *self._branches(delivery, gone, where)]
            self._add("delivery", delivery, scope, where)
        for number, management in enumerate(seeded.management_tokens):
            where = f"{path}.management_tokens[{number}]"
            write = management.access == "read+write"
            modules = [self._item(module, write=write) for module in management.modules]
            self._add("management", management, [*modules, *self._branches(management, gone, where)], where)
        self._fill(seeded)

    def _fill(self, seeded: SeedStack) -> None:
        """Make up as many tokens as the seed asks for, over all environments in turn."""
        environments = list(self._stack.environments.values())
        first = list(self._stack.branches)[:1]
        for number in range(seeded.fill_delivery_tokens if environments else 0):
            own = environments[number % len(environments)]
            made_up = SeedToken(name=f"{own.name}-{number:05d}", created_days_ago=number % 365)
            scope = [self._item("environment", environments=[own])]
            self._add("delivery", made_up, scope + self._named("branch", first), "")
        for number in range(seeded.fill_management_tokens):
            made_up = SeedToken(name=f"job-{number:05d}", created_days_ago=number % 365)
            self._add("management", made_up, [self._item(EVERYTHING), *self._named("branch", first)], "")

    def _branches(self, seeded: SeedToken, gone: Iterable[str], where: str) -> list[ScopeItem]:
        branches, aliases = self._stack.branches, self._stack.aliases
        _check_known(seeded.branches, {*branches, *gone, EVERYTHING}, f"{where}.branches")
        _check_known(seeded.aliases, {*aliases, *gone, EVERYTHING}, f"{where}.aliases")
        items = [*self._named("branch", seeded.branches), *self._named("branch_alias", seeded.aliases)]
        if self._stack.branches_enabled and not items:
            raise SeedError(f"{where}.branches: a branch or an alias is required")
        return items

    def _named(self, module: str, names: list[str]) -> list[ScopeItem]:
        return [self._item(module, names=list(names))] if names else []

    def _item(
        self,
        module: str,
        *,
        names: list[str] | None = None,
        environments: list[Environment] | None = None,
        write: bool = False,
    ) -> ScopeItem:
        acl = {"read": True, "write": True} if write else {"read": True}
        return ScopeItem(module, acl, names or [], environments or [], self._world.identifiers.metadata())

    def _add(self, kind: TokenKind, seeded: SeedToken, scope: list[ScopeItem], where: str) -> None:
        identifiers = self._world.identifiers
        token = Token(
            kind=kind,
            uid=seeded.uid or identifiers.uid(),
            name=seeded.name,
            description=seeded.description,
            scope=scope,
            stamps=self._stamps(seeded, where),
            value=seeded.token or identifiers.value(),
        )
        if isinstance(seeded, SeedDeliveryToken) and (seeded.preview or seeded.preview_token):
            token.preview = seeded.preview_token or identifiers.value()
        if isinstance(seeded, SeedManagementToken):
            self._add_expiry(token, seeded, where)
        if token.uid in self._stack.tokens(kind):
            raise SeedError(f"{where}.uid: another token has it already")
        self._stack.tokens(kind)[token.uid] = token

    def _add_expiry(self, token: Token, seeded: SeedManagementToken, where: str) -> None:
        token.expires_on = seeded.expires_on
        if seeded.expires_in_days is not None:
            token.expires_on = (self._start + timedelta(days=seeded.expires_in_days)).date().isoformat()
        elif seeded.expires_on is not None:
            try:
                expiry_moment(seeded.expires_on)
            except (ValueError, OverflowError):
                raise SeedError(f"{where}.expires_on: expected a date such as 2030-01-31") from None
        token.email_notice = seeded.email_notice
        token.extra = {"rate_limit_enabled": True} if seeded.rate_limit_enabled else {}

    def _stamps(self, seeded: SeedToken, where: str) -> Stamps:
        author = self._stack.owner_uid
        if seeded.created_by is not None:
            person = self._world.person_by_email(seeded.created_by)
            if person is None:
                raise SeedError(f"{where}.created_by: no user has the e-mail address {seeded.created_by!r}")
            author = person.uid
        created = seeded.created_days_ago
        updated = created if seeded.updated_days_ago is None else seeded.updated_days_ago
        moments = [self._start - timedelta(days=days) for days in (created, updated)]
        return Stamps(author, author, *moments)


def check_unique(values: Iterable[str], path: str, field: str = "") -> None:
    """Refuse a value that is there twice.

    Raises:
        SeedError: naming its second place.
    """
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            raise SeedError(f"{path}[{number}]{f'.{field}' if field else ''}: {value!r} is there twice")
        seen.add(value)


def _check_known(names: Sequence[str], known: set[str], path: str) -> None:
    for number, name in enumerate(names):
        if name not in known:
            raise SeedError(f"{path}[{number}]: the stack has no {name!r}")
