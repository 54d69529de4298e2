"""A line of the results table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A measurement and its budget, in the same unit."""

    what: str
    ours: float

    bare: float | None
    """What a bare program costs; None if it has nothing comparable."""

    most: float
    """The most that ours may cost."""

    unit: str = "bytes"

    @property
    def cells(self) -> tuple[str, ...]:
        """Return its row of the table."""
        bare = "" if self.bare is None else self._shown(self.bare)
        kept = "yes" if self.ours <= self.most else "**no**"
        most, ours = self._shown(self.most), self._shown(self.ours)
        return (self.what, self.unit, most, ours, bare, kept)

    def _shown(self, value: float) -> str:
        return f"{value:,.0f}" if self.unit == "bytes" else f"{value:,.1f}"
