"""Shares parsed styles between the apps of one process.

Each test's app would parse the same text again, which was a tenth of its work. Rules
depend only on the text, on where it's from and on the theme's variables, and Textual
only reads them.
"""

from __future__ import annotations

from collections import defaultdict

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_parsed: defaultdict[object, dict[object, list[RuleSet]]] = defaultdict(dict)
_parse = Stylesheet._parse_rules


def _parse_once(
    self: Stylesheet,
    css: str,
    read_from: CSSLocation,
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    source = (css, read_from, is_default_rules, tie_breaker, scope)
    # What the stylesheet itself remembers is forgotten with the variables.
    if source in self._parse_cache:
        return self._parse_cache[source]
    of_theme = _parsed[frozenset(self._variables.items())]
    if source not in of_theme:
        of_theme[source] = _parse(self, *source)
    self._parse_cache[source] = of_theme[source]
    return of_theme[source]


def share_parsed_rules() -> None:
    """Parse each text once for each theme."""
    Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign]
