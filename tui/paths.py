"""Where the program's own files are: in the package, or next to it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def styles_folder() -> Path:
    """Return the folder with the Textual CSS."""
    return _folder("styles")


def docs_folder() -> Path:
    """Return the folder with the documentation's pages."""
    return _folder("docs")


def _folder(name: str) -> Path:
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
