"""@contentstack/management (npm) against the served sandbox."""

from __future__ import annotations

import pytest

from tests.judges.javascript import judge
from tests.sandbox.served import Served

pytestmark = pytest.mark.judge


def test_the_javascript_client_agrees(served: Served) -> None:
    judge("management.mjs", "@contentstack/management", served.info["cma"], served.info)
