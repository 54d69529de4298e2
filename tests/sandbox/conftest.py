"""The demo's embedded organization, a new one for each test."""

from __future__ import annotations

import pytest

from tests.sandbox.caller import Caller, as_role
from tests.support.clock import clock
from tui.sandbox.service import Sandbox


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox.demo(now=clock)


@pytest.fixture
def admin(sandbox: Sandbox) -> Caller:
    return as_role(sandbox)
