"""The line of tabs above a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from tui.widgets.lines import Line, LineOptions, LineWidget, Run, hint, spread, width_of


@dataclass(frozen=True)
class Tab:
    """A tab, or a step of several.

    Attributes:
        key: Identifies it.
        label: Its word.
        count: A number or a sign beside the word, or nothing.
        warnings: How many warnings there are about its contents.
        warnings_key: The key that shows them, if this tab names it.
        done: Whether it is a finished step.
    """

    key: str
    label: str
    count: str = ""
    warnings: int = 0
    warnings_key: str = ""
    done: bool = False


class TabsLine(LineWidget):
    """Tabs with their counts, and on the right a hint or keys, which give way.

    Keys are written as "alt+o switch · / filter".
    """

    DEFAULT_CSS = """
    TabsLine { height: 1; padding: 0 1; }
    """

    def __init__(
        self,
        tabs: Sequence[Tab] = (),
        active: str = "",
        hint: str = "",
        keys: str = "",
        **options: Unpack[LineOptions],
    ) -> None:
        super().__init__(**options)
        self._tabs = tuple(tabs)
        self._active = active
        self._hint = hint
        self._keys = keys

    @property
    def active(self) -> str:
        """The key of the active tab."""
        return self._active

    @active.setter
    def active(self, key: str) -> None:
        self._active = key
        self.repaint()

    def set_tabs(self, tabs: Sequence[Tab]) -> None:
        """Replace the tabs, usually to change the counts."""
        self._tabs = tuple(tabs)
        self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Return tabs and hint; warnings are just a number if words don't fit."""
        tabs = self._runs(in_short=False)
        if width_of(tabs) > width:
            tabs = self._runs(in_short=True)
        return spread(tabs, self._right(), width, self.glyphs.ellipsis)

    def _right(self) -> Line:
        if self._hint:
            return ((self.clean(self._hint), "muted"),)
        runs: list[Run] = []
        for key in filter(None, self._keys.split(" · ")):
            if runs:
                runs.append((f" {self.glyphs.dot} ", "muted"))
            runs += hint(self.clean(key))
        return tuple(runs)

    def _runs(self, *, in_short: bool) -> Line:
        runs: list[Run] = []
        for tab in self._tabs:
            if runs:
                runs.append((f" {self.glyphs.divider} ", "muted"))
            runs += self._tab(tab, in_short=in_short)
        return tuple(runs)

    def _tab(self, tab: Tab, *, in_short: bool) -> list[Run]:
        label = self.clean(f"{tab.label} {tab.count}".strip())
        tone = "muted"
        if tab.key == self._active:
            tone = "tab-active"
        elif tab.done:
            label, tone = f"{self.glyphs.done} {label}", "good"
        runs: list[Run] = [(label, tone)]
        if tab.warnings and in_short:
            runs.append((f" !{tab.warnings:,}", "warn"))
        elif tab.warnings:
            word = "warning" if tab.warnings == 1 else "warnings"
            runs.append((f" {self.glyphs.dot} ", "muted"))
            runs.append((f"{tab.warnings:,} {word}", "warn"))
        if tab.warnings and tab.warnings_key:
            runs.append((f" {self.clean(tab.warnings_key)}", "key"))
        return runs
