"""The styles of the parts of a widget, matched only if the part is drawn.

Textual matches all rules with all component classes whenever it styles a widget, and
ours have thirteen, of which a line draws two or three.
"""

from __future__ import annotations

from textual.css.styles import RenderStyles
from textual.dom import DOMNode
from textual.widget import Widget


class StyledOnDemand(Widget):
    """A widget whose component classes are styled when they're first drawn."""

    def _get_component_classes(self) -> frozenset[str]:  # type: ignore[override]
        # The ones that Textual keeps up to date from here on.
        return frozenset(self._component_styles)

    def get_component_styles(self, *names: str) -> RenderStyles:
        """Return the styles of component classes, each matched when first wanted."""
        known = super()._get_component_classes()
        for name in known.intersection(names).difference(self._component_styles):
            component = DOMNode(classes=name)
            component._attach(self)
            self.app.stylesheet.apply(component)
            self._component_styles[name] = component.styles
        return super().get_component_styles(*names)
