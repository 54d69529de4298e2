"""Garbage collection between the tests, a pytest plugin.

Python looks through all objects whenever many are new. Of ten thousand collected tests,
that's half a million, and with an app in each test it was a tenth of all the work.
"""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest

_DUE = 10
"""Middle collections after which Python itself would look through everything."""
_AT_LAST = 200
"""As many for a single test, so that one that creates millions doesn't fill memory."""


def pytest_configure() -> None:
    """Collect nothing while tests are imported: they're all kept."""
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Never look again through what every test shares."""
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _AT_LAST)
    gc.enable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, bool, bool]:
    """Collect what a test left, where little else is alive."""
    done = yield
    if gc.get_count()[-1] >= _DUE:
        gc.collect()
    return done
