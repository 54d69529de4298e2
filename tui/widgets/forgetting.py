"""Where Textual holds on to what was drawn on screens that are gone.

`StylesCache.get_inner_outer` is a method cached by `lru_cache`, so that each entry
keeps the `StylesCache` it was called on, with all lines that a widget ever drew: a
thousand of them, which is 40 MB (https://github.com/Textualize/textual/issues/6665).
Its answer depends on the two colours only.
"""

from __future__ import annotations

from functools import lru_cache

from textual._styles_cache import StylesCache

_MOST = 1024


def forget_drawn_screens() -> None:
    """Have Textual remember colours by the colours, and not by the widget."""
    cached = vars(StylesCache)["get_inner_outer"]
    if not isinstance(cached, staticmethod):
        by_colours = lru_cache(_MOST)(cached.__wrapped__.__get__(StylesCache))
        StylesCache.get_inner_outer = staticmethod(by_colours)  # type: ignore[method-assign,assignment]
