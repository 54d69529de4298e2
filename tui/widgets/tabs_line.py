"""The line of tabs above a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from tui.widgets.lines import Line, LineOptions, LineWidget, Run, spread


@dataclass(frozen=True)
class Tab:
    """A tab: its key, its word, and a number or a sign beside it, or nothing."""

    key: str
    label: str
    count: str = ""


class TabsLine(LineWidget):
    """Tabs with their counts, and a hint at the right that gives way."""

    DEFAULT_CSS = """
    TabsLine { height: 1; padding: 0 1; }
    """

    def __init__(
        self,
        tabs: Sequence[Tab] = (),
        active: str = "",
        hint: str = "",
        **options: Unpack[LineOptions],
    ) -> None:
        super().__init__(**options)
        self._tabs = tuple(tabs)
        self._active = active
        self._hint = hint

    @property
    def active(self) -> str:
        """The key of the active tab."""
        return self._active

    @active.setter
    def active(self, key: str) -> None:
        self._active = key
        self.repaint()

    def set_tabs(self, tabs: Sequence[Tab]) -> None:
        """Replace the tabs, usually for other counts."""
        self._tabs = tuple(tabs)
        self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Return tabs and hint."""
        runs: list[Run] = []
        for tab in self._tabs:
            if runs:
                runs.append((f" {self.glyphs.divider} ", "muted"))
            tone = "tab-active" if tab.key == self._active else "muted"
            runs.append((self.clean(f"{tab.label} {tab.count}".strip()), tone))
        hint = ((self.clean(self._hint), "muted"),) if self._hint else ()
        return spread(tuple(runs), hint, width, self.glyphs.ellipsis)
