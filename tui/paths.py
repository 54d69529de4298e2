"""Where the program's own files lie."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def styles_folder() -> Path:
    """Return the folder of the Textual CSS.

    It lies inside the package once installed, and beside it in a checkout.
    """
    installed = _PACKAGE / "styles"
    return installed if installed.is_dir() else _PACKAGE.parent / "styles"
