"""Which environments and branches of a token are asked for, where all of them would be too many calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import lcm

from tui.contentstack.models import DeliveryToken, Token, rights_of
from tui.workspace.snapshot import Snapshot

_ALL = "$all"
_MOST_CALLS = 2_000
_MOST_OF_ONE = 100


@dataclass(frozen=True)
class Sample:
    """The places of a token that are asked for: all of them, or as many as `most`.

    A place is an environment on a branch or alias. Of too many places, each environment
    and each branch is asked for once before any is asked for again.
    """

    environments: Sequence[str]
    branches: Sequence[str]
    most: int

    @property
    def total(self) -> int:
        """Return how many places there are."""
        return len(self.environments) * len(self.branches)

    @property
    def whole(self) -> bool:
        """Return whether all places are asked for."""
        return self.total <= self.most

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield environment and branch of each place that is asked for."""
        if self.whole:
            for environment in self.environments:
                for branch in self.branches:
                    yield environment, branch
            return
        rows, columns = len(self.environments), len(self.branches)
        # Diagonals: after each full turn of both, the next one is shifted.
        turn = lcm(rows, columns)
        for at in range(self.most):
            column = (at + at // turn) % columns
            yield self.environments[at % rows], self.branches[column]

    @property
    def words(self) -> str:
        """Return which places are asked for and which are not; empty if all are."""
        if self.whole:
            return ""
        parts = [
            _part(min(self.most, len(names)), len(names), kind)
            for names, kind in (
                (self.environments, "environments"),
                (self.branches, "branches and aliases"),
            )
            if len(names) > 1
        ]
        left = self.total - self.most
        return (
            f"Asked for {self.most} of {self.total:,} places: {' with '.join(parts)}."
            f" The other {left:,} were not asked for."
        )


def share(tokens: Sequence[Token]) -> int:
    """Return how many calls each value gets.

    Fewer the more there are, but one at least.
    """
    values = sum(map(_values_of, tokens))
    return max(1, min(_MOST_OF_ONE, _MOST_CALLS // max(1, values)))


def sample_of(token: Token, snapshot: Snapshot, most: int) -> Sample:
    """Return the places of a token that are asked for."""
    delivers = isinstance(token, DeliveryToken)
    environments = _environments(token, snapshot) if delivers else ()
    return Sample(environments or ("",), _branches(token, snapshot), most)


def unasked(tokens: Sequence[Token], snapshot: Snapshot) -> str:
    """For which places of these tokens no call is planned, in words.

    Empty if there is none.
    """
    most = share(tokens)
    samples = [(token, sample_of(token, snapshot, most)) for token in tokens]
    partly = [(token, sample) for token, sample in samples if not sample.whole]
    if not partly:
        return ""
    token, sample = partly[0]
    name = f"{token.name}: " if len(tokens) > 1 else ""
    count = len(partly) - 1
    more = (
        f" The same holds for {count} more token{'s' * (count > 1)}." if count else ""
    )
    return f"{name}{sample.words}{more}"


def _values_of(token: Token) -> int:
    return 2 if isinstance(token, DeliveryToken) and token.preview is not None else 1


def _branches(token: Token, snapshot: Snapshot) -> tuple[str, ...]:
    """The branches and aliases to ask for.

    The one empty name leaves the choice to Contentstack.
    """
    if not snapshot.has_branches:
        return ("",)
    names: list[str] = []
    for scoped, known in (
        (
            token.scope.branches,
            [branch.uid for branch in snapshot.branches.items] or ["main"],
        ),
        (token.scope.aliases, [alias.uid for alias in snapshot.aliases.items]),
    ):
        names += known if _ALL in scoped else scoped
    return tuple(dict.fromkeys(names)) or token.scope.within_modules or ("",)


def _environments(token: Token, snapshot: Snapshot) -> tuple[str, ...]:
    """The environments to ask for.

    All of the stack's where the scope has the module without naming any.
    """
    if token.scope.environments or not rights_of(token):
        return token.scope.environments
    return tuple(environment.name for environment in snapshot.environments.items)


def _part(asked: int, total: int, kind: str) -> str:
    if asked == total:
        return f"all {total:,} {kind}"
    return f"the first {asked:,} of {total:,} {kind}"
