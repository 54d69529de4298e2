"""Finds which of the tokens that were read a value belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from tui.leaks.known import KnownToken, KnownTokens, looks_like_uid
from tui.leaks.taking_apart import Candidate

if TYPE_CHECKING:
    from tui.contentstack.models import DeliveryToken, ManagementToken, Token
    from tui.contentstack.verify import ValueKind
    from tui.secret import Secret
    from tui.workspace.snapshot import Listing, Snapshot

Evidence = Literal["value", "fingerprint", "call"]
"""How it's known: Contentstack shows the value, it was noted, or it was accepted."""

OtherThing = Literal["api key", "uid", "your authtoken"]
"""What a value that looks like a token's may be instead."""


@dataclass(frozen=True)
class StackTokens:
    """The tokens of a stack that could be read.

    Attributes:
        region: its name.
        region_id: as `--region` has it; empty for custom hosts.
        organization: its name; empty if it isn't known.
        host: where a management token would be tried.
    """

    name: str
    api_key: str
    region: str
    region_id: str
    organization: str
    host: str
    delivery: Listing[DeliveryToken]
    management: Listing[ManagementToken]

    @classmethod
    def of(cls, snapshot: Snapshot, organization: str = "") -> StackTokens:
        """Return the tokens that a snapshot has."""
        stack, region = snapshot.stack, snapshot.region
        return cls(
            name=stack.name if stack else "",
            api_key=stack.api_key if stack else "",
            region=region.name if region else "",
            region_id=region.id if region else "",
            organization=organization,
            host=region.cma if region else "",
            delivery=snapshot.delivery,
            management=snapshot.management,
        )

    @property
    def place(self) -> tuple[str, str]:
        """What identifies the stack: its host and its API key."""
        return self.host, self.api_key

    @property
    def is_whole(self) -> bool:
        """Whether all values that this stack shows were read."""
        return self.delivery.whole


@dataclass(frozen=True)
class Owner:
    """The token that a value belongs to.

    Attributes:
        kind: whether the value is its own or its preview token's.
        others: other tokens that it may be, if a call can't show which one.
    """

    stack: StackTokens
    token: Token
    kind: ValueKind
    evidence: Evidence
    others: tuple[Token, ...] = ()


@dataclass(frozen=True)
class Identity:
    """What is known about a value.

    Attributes:
        owner: the token, if one was found.
        former: the token that had it and is gone from its stack.
        thing: what else it is; `of` says of what.
        unnamed: the stack that accepts it, if no token there can be named.
        compared: the stacks whose values it was compared with.
        unread: the stacks whose values couldn't all be read.
        refused: the stacks that were asked and don't accept it.
        missed: why there may be more stacks than these.
    """

    candidate: Candidate
    owner: Owner | None = None
    former: KnownToken | None = None
    thing: OtherThing | None = None
    of: str = ""
    unnamed: StackTokens | None = None
    compared: tuple[StackTokens, ...] = ()
    unread: tuple[StackTokens, ...] = ()
    refused: tuple[StackTokens, ...] = ()
    missed: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether it's known what the value is, or which token had it."""
        return bool(self.owner or self.former or self.thing or self.unnamed)

    @property
    def looks_like_uid(self) -> bool:
        """Whether it has the form of a uid, an API key or an authtoken."""
        return looks_like_uid(self.candidate.value)

    @property
    def provable(self) -> tuple[StackTokens, ...]:
        """The stacks that can say, if asked, whether it's their management token."""
        if self.is_known or self.looks_like_uid:
            return ()
        refused = {stack.place for stack in self.refused}
        stacks = (*self.compared, *self.unread)
        return tuple(stack for stack in stacks if stack.place not in refused)


@dataclass
class Identifier:
    """Compares values with the tokens of stacks, which it gets one at a time.

    Attributes:
        kept: fingerprints from earlier, of values that Contentstack doesn't show.
        own: the signed-in user's authtoken.
        missed: why there may be more stacks than those that were read.
    """

    kept: KnownTokens = field(default_factory=KnownTokens)
    own: Secret | None = None
    missed: tuple[str, ...] = ()
    _owners: dict[Secret, Owner] = field(default_factory=dict)
    _things: dict[str, tuple[OtherThing, str]] = field(default_factory=dict)
    _stacks: list[StackTokens] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        stacks: Iterable[StackTokens],
        kept: KnownTokens | None = None,
        own: Secret | None = None,
        missed: tuple[str, ...] = (),
    ) -> Identifier:
        """Return an identifier that knows these stacks."""
        identifier = cls(kept or KnownTokens(), own, missed)
        for stack in stacks:
            identifier.add(stack)
        return identifier

    def add(self, stack: StackTokens) -> None:
        """Add a stack to compare with, or a newer reading of one."""
        self._stacks.append(stack)
        self._things[stack.api_key] = "api key", stack.name
        for token in stack.delivery.items:
            self._things[token.uid] = "uid", token.name
            if token.value:
                self._own_by(token.value, Owner(stack, token, "delivery", "value"))
            if token.preview:
                self._own_by(token.preview, Owner(stack, token, "preview", "value"))
        for managed in stack.management.items:
            self._things[managed.uid] = "uid", managed.name

    def identify(self, candidate: Candidate) -> Identity:
        """Return what is known about a value, without making a call."""
        value = candidate.value
        owner = self._owners.get(value)
        noted = self.kept.token_of(value)
        if owner is None and noted is not None:
            owner = self._owner_noted(noted)
        if owner is not None:
            return Identity(candidate, owner)
        if self.own is not None and value == self.own:
            return Identity(candidate, thing="your authtoken")
        if thing := self._things.get(value.reveal()):
            return Identity(candidate, thing=thing[0], of=thing[1])
        return Identity(
            candidate,
            former=noted,
            compared=tuple(stack for stack in self._stacks if stack.is_whole),
            unread=tuple(stack for stack in self._stacks if not stack.is_whole),
            missed=self.missed,
        )

    def identify_all(self, given: Sequence[Candidate]) -> list[Identity]:
        """Return what is known about values, except those that can't be a token's."""
        found = map(self.identify, given)
        return [each for each in found if each.is_known or each.candidate.is_likely]

    def _own_by(self, value: Secret, owner: Owner) -> None:
        self._owners.setdefault(value, owner)

    def _owner_noted(self, noted: KnownToken) -> Owner | None:
        """Return the token whose fingerprint was saved, if the stack still has it."""
        for stack in self._stacks:
            if stack.api_key != noted.api_key:
                continue
            token: Token | None = stack.management.by_uid.get(noted.uid)
            if noted.kind != "management":
                # Its list shows its value, and that's a different one.
                token = None
            if token is not None:
                return Owner(stack, token, "management", "fingerprint")
        return None


def proved(identity: Identity, stack: StackTokens, *, works: bool) -> Identity:
    """Add what a stack answered when asked whether it accepts the value.

    If it does, the value is a management token. Which one is only clear if the stack
    has just one.
    """
    if not works:
        return replace(identity, refused=(*identity.refused, stack))
    if not stack.management.items:
        return replace(identity, unnamed=stack)
    first, *others = stack.management.items
    if not stack.management.whole:
        return replace(identity, unnamed=stack)
    owner = Owner(stack, first, "management", "call", tuple(others))
    return replace(identity, owner=owner)


def brought_up(identity: Identity, stack: StackTokens) -> Identity:
    """Update what is known about a value, after its stack was refreshed.

    If its token is gone or has a new value, it becomes the former owner. If it could be
    one of several tokens, nobody can tell whether that one is gone.
    """
    owner = identity.owner
    if owner is None or owner.others or owner.stack.api_key != stack.api_key:
        return identity
    listing: Listing[Token]
    listing = stack.delivery if owner.token.kind == "delivery" else stack.management
    token = listing.by_uid.get(owner.token.uid)
    if token is not None and _has(token, owner, identity.candidate.value):
        return replace(identity, owner=replace(owner, stack=stack, token=token))
    if token is None and not listing.whole:
        return identity
    former = KnownToken(
        owner.token.name, owner.kind, owner.token.uid, stack.name, stack.api_key
    )
    return replace(identity, owner=None, former=former, compared=(stack,))


def _has(token: Token, owner: Owner, value: Secret) -> bool:
    """Return whether a token still has the value, according to its list."""
    if owner.kind == "management":
        return True
    return value == (token.preview if owner.kind == "preview" else token.value)
