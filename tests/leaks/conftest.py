from __future__ import annotations

from pathlib import Path

import pytest

from tests.leaks.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A repository with nothing in it yet."""
    return Project.created(tmp_path / "project")
