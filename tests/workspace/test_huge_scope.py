"""Thousands of environments by thousands of branches.

No product of them is ever built.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock import NOW
from tui import conditions
from tui.conditions import Moment
from tui.contentstack.models import Alias, Branch, DeliveryToken, Environment, Stack
from tui.contentstack.scope import Scope
from tui.export.source import Uses
from tui.messages.verification import unasked_words
from tui.secret import Secret
from tui.workspace.coverage import coverage_of
from tui.workspace.health import health_warnings
from tui.workspace.snapshot import Listing, Snapshot
from tui.workspace.verify.plan import planned
from tui.workspace.verify.sample import Sample, share, unasked

MANY = 3_000
MOST_BYTES = 16_000_000
"""The product of such a scope takes hundreds of megabytes."""

ENVIRONMENTS = tuple(f"environment-{at}" for at in range(MANY))
BRANCHES = tuple(f"branch-{at}" for at in range(MANY))
TOKEN = DeliveryToken(
    uid="blt1",
    name="everything",
    scope=Scope.of(ENVIRONMENTS, BRANCHES),
    value=Secret("cs" + "1" * 24),
    preview=Secret("cs" + "2" * 24),
)
SNAPSHOT = Snapshot(
    stack=Stack(uid="blts", name="Huge", api_key="bltk", branches_enabled=True),
    delivery=Listing((TOKEN,), read=True),
    environments=Listing(
        tuple(Environment(uid=name, name=name) for name in ENVIRONMENTS), read=True
    ),
    branches=Listing(tuple(Branch(uid=name) for name in BRANCHES), read=True),
    aliases=Listing((Alias(uid="live", branch="branch-0"),), read=True),
)
GONE = Snapshot(
    stack=SNAPSHOT.stack,
    delivery=SNAPSHOT.delivery,
    environments=Listing((), read=True),
    branches=Listing((Branch(uid="main"),), read=True),
    aliases=Listing((), read=True),
)


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


USES: dict[str, Callable[[], object]] = {
    "the map": lambda: (coverage_of(SNAPSHOT).uncovered, coverage_of(SNAPSHOT).doubles),
    "hints": lambda: health_warnings(SNAPSHOT, NOW),
    "hints on what is gone": lambda: health_warnings(GONE, NOW),
    "export": lambda: Uses(TOKEN)[-1],
    "whether there is another place": lambda: conditions.one_use(
        Moment(SNAPSHOT, token=TOKEN)
    ),
    "verify": lambda: planned([TOKEN], SNAPSHOT),
    "what was not verified": lambda: unasked([TOKEN], SNAPSHOT),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_huge_scope_takes_little_memory(use: Callable[[], object]) -> None:
    with little_memory():
        use()


def test_the_map_of_nine_million_cells_is_right() -> None:
    coverage = coverage_of(SNAPSHOT)
    assert (coverage.uncovered, coverage.otherwise_covered) == (0, MANY)
    assert coverage.doubles == 0
    at = coverage.lanes[-1]
    assert at.kind == "alias"
    assert coverage.cell(ENVIRONMENTS[-1], at).near == (TOKEN,)
    assert coverage.cell(ENVIRONMENTS[-1], coverage.lanes[-2]).tokens == (TOKEN,)


def test_a_hint_names_a_few_of_what_is_gone() -> None:
    (gone,) = (
        warning
        for warning in health_warnings(GONE, NOW)
        if warning.what.endswith("gone")
    )
    assert gone.what == (
        "environment environment-0, environment environment-1,"
        " environment environment-2 and 5997 more gone"
    )


def test_verify_asks_a_bounded_number_and_says_for_what() -> None:
    checks = planned([TOKEN], SNAPSHOT)
    places = {(check.probe.environment, check.probe.branch) for check in checks}
    assert (len(checks), len(places)) == (200, 100)
    assert len({environment for environment, _ in places}) == 100
    assert len({branch for _, branch in places}) == 100
    assert unasked_words(unasked([TOKEN], SNAPSHOT)) == (
        "Checked 100 of 9,000,000 places: the first 100 of 3,000 environments with"
        " the first 100 of 3,000 branches and aliases."
        " The other 8,999,900 weren't checked."
    )


def test_of_many_tokens_the_first_is_said_in_full() -> None:
    tokens = [TOKEN, DeliveryToken(uid="blt2", name="other", scope=TOKEN.scope)]
    words = unasked_words(unasked(tokens, SNAPSHOT))
    assert words.startswith("everything: Checked 100 of 9,000,000 places")
    assert words.endswith("The same is true for 1 more token.")
    assert len(planned(tokens * 1_000, SNAPSHOT)) == 3_000


def test_where_all_are_asked_for_nothing_is_said() -> None:
    small = DeliveryToken(
        uid="blt2", name="small", scope=Scope.of(("qa",), ("main", "dev"))
    )
    assert unasked([small], SNAPSHOT) is None


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 120))
def test_a_sample_names_each_place_once_and_as_many_names_as_it_can(
    environments: int, branches: int, most: int
) -> None:
    names = [
        [f"{kind}{at}" for at in range(count)]
        for kind, count in (("e", environments), ("b", branches))
    ]
    sample = Sample(names[0], names[1], most)
    places = list(sample)
    assert len(places) == len(set(places)) == min(most, environments * branches)
    for part, named in zip(names, zip(*places, strict=True), strict=True):
        assert len(set(named)) == min(len(part), len(places))
    assert sample.whole == (len(places) == environments * branches)


@given(st.integers(0, 20_000))
def test_the_calls_are_shared_by_all_values(values: int) -> None:
    tokens = [DeliveryToken(uid="blt2", name="one")] * values
    assert 1 <= share(tokens) <= 100
    assert share(tokens) * values <= max(2_000, values)
