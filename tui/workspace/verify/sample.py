"""Which of a token's environments and branches to try if there are too many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import lcm

from tui.contentstack.models import Token
from tui.workspace.snapshot import Snapshot

_ALL = "$all"
_MOST_CALLS = 2_000
_MOST_OF_ONE = 100


@dataclass(frozen=True)
class Sample:
    """The places to try for a token: all of them, or at most `most`.

    A place is an environment on a branch or alias. If there are too many, each
    environment and each branch is tried once before any is tried again.
    """

    environments: Sequence[str]
    branches: Sequence[str]
    most: int

    @property
    def total(self) -> int:
        """How many places there are."""
        return len(self.environments) * len(self.branches)

    @property
    def whole(self) -> bool:
        """Whether all places are tried."""
        return self.total <= self.most

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield the environment and branch of each place to try."""
        if self.whole:
            for environment in self.environments:
                for branch in self.branches:
                    yield environment, branch
            return
        rows, columns = len(self.environments), len(self.branches)
        # Diagonals: after both have gone round, the next one is shifted.
        turn = lcm(rows, columns)
        for at in range(self.most):
            column = (at + at // turn) % columns
            yield self.environments[at % rows], self.branches[column]


@dataclass(frozen=True)
class Unasked:
    """The places for which no call is made.

    Attributes:
        name: the first token that isn't tried everywhere; empty if it's the only one
            being verified.
        sample: the places where it's tried.
        others: how many more such tokens there are.
    """

    name: str
    sample: Sample
    others: int


def share(tokens: Sequence[Token]) -> int:
    """Return how many calls each value gets: the more values, the fewer, but one."""
    values = sum(map(_values_of, tokens))
    return max(1, min(_MOST_OF_ONE, _MOST_CALLS // max(1, values)))


def sample_of(token: Token, snapshot: Snapshot, most: int) -> Sample:
    """Return the places to try for a token."""
    environments: tuple[str, ...] = ()
    if token.kind == "delivery":
        environments = _environments(token, snapshot)
    return Sample(environments or ("",), _branches(token, snapshot), most)


def unasked(tokens: Sequence[Token], snapshot: Snapshot) -> Unasked | None:
    """Return the places of these tokens for which no call is planned, None if none."""
    most = share(tokens)
    samples = [(token, sample_of(token, snapshot, most)) for token in tokens]
    partly = [(token, sample) for token, sample in samples if not sample.whole]
    if not partly:
        return None
    token, sample = partly[0]
    name = token.name if len(tokens) > 1 else ""
    return Unasked(name, sample, len(partly) - 1)


def _values_of(token: Token) -> int:
    return 1 if token.preview is None else 2


def _branches(token: Token, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the branches and aliases to try.

    A single empty name leaves the choice to Contentstack.
    """
    if not snapshot.has_branches:
        return ("",)
    branches: Iterable[str] = token.scope.branches
    if _ALL in branches:
        branches = snapshot.branches.by_uid or ("main",)
    aliases: Iterable[str] = token.scope.aliases
    if _ALL in aliases:
        aliases = snapshot.aliases.by_uid
    names = tuple(dict.fromkeys((*branches, *aliases)))
    return names or token.scope.within_modules or ("",)


def _environments(token: Token, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the environments to try.

    They're all of the stack's if the scope has modules and names no environment.
    """
    if token.scope.environments or not token.rights:
        return token.scope.environments
    return tuple(environment.name for environment in snapshot.environments.items)
