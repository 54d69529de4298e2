from __future__ import annotations

import pytest

from tests.cli.headless import Headless, headless


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Headless:
    """Return the command line on the demo's organization, which a test can inspect."""
    return headless(monkeypatch)
