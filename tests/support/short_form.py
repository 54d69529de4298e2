"""The short form of the tests, a pytest plugin: `--short`.

`make test` runs it to catch what a change breaks; `make check` and CI run everything.
It skips tests marked `long`. Of a test that starts the program, it runs one case, and
of other tests all, unless the test is marked `short(most)`: then, it runs that many;
without a number, enough to use each value of each parameter once.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from inspect import iscoroutinefunction
from itertools import groupby
from typing import Any, Protocol, TypeAlias, TypeVar
from zlib import crc32

import pytest
from hypothesis import settings

_Thing = TypeVar("_Thing")
_Cases: TypeAlias = Sequence[pytest.Function]
_LEFT_OUT = pytest.StashKey[int]()
_EXAMPLES = 30
"""Examples of each property, unless the test asks for another number."""
_WAYS = ("make system-deps", "make setup", "make judges")
"""The commands that a reason for a skip may name."""
_STARTERS = ("screens", "terminal")
"""The folders whose tests start the program, in-process or as a command."""

# No deadlines: a slow machine isn't a fault of the code.
settings.register_profile("untimed", deadline=None)
settings.register_profile("short", deadline=None, max_examples=_EXAMPLES)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--short", action="store_true", help="leave out the long tests")


def pytest_configure(config: pytest.Config) -> None:
    """Take fewer examples of properties in the short form."""
    settings.load_profile("short" if config.getoption("short") else "untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Mark the long cases, and skip them in the short form."""
    tests = [item for item in items if isinstance(item, pytest.Function)]
    for item in long_cases(tests):
        item.add_marker("long")
    if config.getoption("short"):
        left_out = {id(item) for item in items if item.get_closest_marker("long")}
        items[:] = [item for item in items if id(item) not in left_out]
        config.stash[_LEFT_OUT] = len(left_out)


def long_cases(tests: _Cases) -> Iterator[pytest.Function]:
    """Yield the cases that aren't in the short form of their tests."""
    # Those of `make soak` aren't among the cases to choose from.
    tests = [test for test in tests if not test.get_closest_marker("soak")]
    for _, group in groupby(tests, key=lambda test: (test.parent, test.originalname)):
        cases = list(group)
        most = _most_of(cases[0])
        if most is not None:
            kept = kept_cases(cases)[:most]
            yield from (case for case in cases if case not in kept)


def _most_of(test: pytest.Function) -> int | None:
    """Return how many of a test's cases the short form runs, or None for all."""
    if not hasattr(test, "callspec"):
        return None
    if mark := test.get_closest_marker("short"):
        return mark.args[0] if mark.args else sys.maxsize
    return 1 if _starts_the_program(test) else None


def _starts_the_program(test: pytest.Function) -> bool:
    if test.path.parent.name not in _STARTERS:
        return False
    return iscoroutinefunction(test.obj) or bool(test.get_closest_marker("terminal"))


def kept_cases(cases: _Cases) -> list[pytest.Function]:
    """Return cases that together cover each value of each parameter.

    They're checked in an order unrelated to that of the values, so that the first few
    differ in all of them.
    """
    seen: set[tuple[str, int]] = set()
    kept = []
    for case in sorted(cases, key=lambda case: crc32(case.name.encode())):
        # Each case has the same objects; not all of them can be hashed.
        values = {(name, id(value)) for name, value in case.callspec.params.items()}
        if not values <= seen:
            kept.append(case)
            seen |= values
    return kept


class Few(Protocol):
    """Returns a few of the things that a test loops over, or all in the long form."""

    def __call__(self, things: Iterable[_Thing], most: int) -> list[_Thing]:
        """Return at most so many of them, spread over all."""


@pytest.fixture
def few(pytestconfig: pytest.Config) -> Few:
    """Return what shortens a loop in the short form."""
    is_short = pytestconfig.getoption("short")

    def few(things: Iterable[_Thing], most: int) -> list[_Thing]:
        each = list(things)
        return each[:: -(-len(each) // most)] if is_short and each else each

    return few


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the main process how many were skipped."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash.get(_LEFT_OUT, 0)


class _Workers:
    """Hears from the processes that run the tests; each skips the same ones."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Record how many a process skipped."""
        told = getattr(node, "workeroutput", {}).get("left_out", 0)
        node.config.stash[_LEFT_OUT] = told


def pytest_sessionstart(session: pytest.Session) -> None:
    """Listen to the processes, if there are any."""
    session.config.pluginmanager.register(_Workers())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Say in one line what was skipped, and which command runs or installs it.

    It comes after the list of skipped tests, where it's noticed.
    """
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    left_out = terminalreporter.config.stash.get(_LEFT_OUT, 0)
    if words := left_out_words(left_out, map(_reason, skipped)):
        terminalreporter.write_line(words)


def _reason(report: pytest.TestReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else ""


def left_out_words(left_out: int, reasons: Iterator[str]) -> str:
    """Return in one line what was skipped; empty if nothing was."""
    ways = (way for reason in reasons for way in _WAYS if way in reason)
    parts = [
        f"{count} skipped ({way} brings them)" for way, count in Counter(ways).items()
    ]
    if left_out:
        parts.insert(0, f"{left_out} long tests (make check runs them)")
    return f"Left out: {', '.join(parts)}." if parts else ""
