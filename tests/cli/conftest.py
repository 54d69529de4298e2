from __future__ import annotations

import pytest

from tests.cli.headless import Headless, headless


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Headless:
    """The command line on the demo's organization, which a test may look into."""
    return headless(monkeypatch)
