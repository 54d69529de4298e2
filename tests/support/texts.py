"""Texts that can be stored: those with a NUL are refused on entry."""

from __future__ import annotations

from hypothesis import strategies as st


def kept_text(min_size: int = 0, max_size: int | None = None) -> st.SearchStrategy[str]:
    """Return a strategy for any text that Tokendeck stores and sends back."""
    characters = st.characters(codec="utf-8", exclude_characters="\0")
    return st.text(characters, min_size=min_size, max_size=max_size)
