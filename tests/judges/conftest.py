"""A served sandbox for each module of judges, which take it for Contentstack."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.sandbox.served import Served, serving


@pytest.fixture(scope="module")
def served() -> Generator[Served]:
    with serving() as sandbox:
        yield sandbox
