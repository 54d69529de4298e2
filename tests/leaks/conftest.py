from __future__ import annotations

from pathlib import Path

import pytest

from tests.leaks.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return an empty repository."""
    return Project.created(tmp_path / "project")
