"""What a token may do, module by module, as facts."""

from __future__ import annotations

from tui.messages.rights import EVERYTHING, grouped_words, module_words
from tui.widgets.facts_card import Fact
from tui.workspace.comparison import Version

# A fact is cut after three lines.
_MODULES_OF_A_FACT = 8


def rights_facts(version: Version) -> list[Fact]:
    """Return a token's modules, a few per fact; none if its access says it all."""
    rights = version.rights
    if len(rights) == 1 and module_words(rights[0]) == EVERYTHING:
        return []
    facts = []
    for start in range(0, len(rights), _MODULES_OF_A_FACT):
        some = rights[start : start + _MODULES_OF_A_FACT]
        facts.append(Fact(" " if start else "Modules", " · ".join(grouped_words(some))))
    return facts
