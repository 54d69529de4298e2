"""The base of every widget here: a picture made of lines.

A widget says what is on a line (`line`) and calls `repaint` after any change. Only the
lines that differ from what was last painted are painted again.

Textual works out styles, borders and effects of every widget in every frame, which was
a quarter of the cost of a key press. These widgets have only a background and padding,
so they keep their own strips; tests/widgets/test_painting.py compares these with
Textual's. They rely on these parts of Textual: `Widget.render_lines` is asked for what
is in view; `Widget.refresh` without regions marks all lines as dirty;
`Widget.get_component_rich_style` returns a complete style. Single lines are marked as
dirty by private names, see `LineWidget.refresh`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Self, TypeAlias, TypedDict, TypeVar, Unpack

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.cache import FIFOCache
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Offset, Region, Size, Spacing
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.display import visible
from tui.widgets import cells
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.styled_on_demand import StyledOnDemand

Run: TypeAlias = tuple[str, str]
"""A text that is already clean, and its tone.

A tone is a component class without its `line--`, or "" for the widget's own style.
"""
Line: TypeAlias = tuple[Run, ...]

AFTER_THE_FRAME = 0.05
"""In seconds, a few of Textual's frames: by then the last change has been drawn."""

_NARROWEST = 8
"""The width that narrower lines are laid out for, and then cut."""

_TONES = (
    *("strong", "muted", "dim", "key"),
    *("good", "warn", "error", "production"),
    *("tab-active", "rule-focused", "bar", "cursor", "cursor-blurred"),
)
_KEPT_STRIPS = 200
"""Per widget: a row that the cursor leaves is drawn as it was before."""
_BLANK = "blank"
"""For padding and the unused part of a line: the widget's background."""


class LineOptions(TypedDict, total=False):
    """Options that every widget here takes.

    Attributes:
        glyphs: The signs to draw with; by default those for UTF-8 terminals.
        id: Textual's id of the widget.
        classes: Textual's classes of the widget, separated by spaces.
    """

    glyphs: Glyphs
    id: str | None
    classes: str | None


_Sender = TypeVar("_Sender", bound=Widget)


class WidgetMessage(Message, Generic[_Sender]):
    """A message from a widget to its screen; `@on` can select by its `control`."""

    def __init__(self, control: _Sender) -> None:
        super().__init__()
        self._control = control

    @property
    def control(self) -> _Sender:
        """The widget."""
        return self._control


class LineWidget(StyledOnDemand):
    """A widget drawn line by line, in tones that are styled here for all widgets."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{tone}" for tone in _TONES}
    DEFAULT_CSS = """
    LineWidget {
        & > .line--strong { text-style: bold; }
        & > .line--muted { color: $text-muted; }
        & > .line--dim { color: $text-disabled; }
        & > .line--key { color: $text-primary; text-style: bold; }
        & > .line--good { color: $text-success; }
        & > .line--warn { color: $text-warning; }
        & > .line--error { color: $text-error; text-style: bold; }
        & > .line--production {
            color: auto 100%;
            background: $secondary;
            text-style: bold;
        }
        & > .line--bar { color: $text-primary; text-style: bold; }
        & > .line--rule-focused { color: $text-primary; text-style: bold; }
        & > .line--cursor { text-style: reverse; }
        & > .line--cursor-blurred { text-style: bold; }
        & > .line--tab-active { text-style: bold underline; }
    }
    LineWidget:ansi {
        & > .line--warn { text-style: bold; }
        & > .line--production {
            color: ansi_default;
            background: ansi_default;
            text-style: bold reverse;
        }
    }
    """

    def __init__(self, **options: Unpack[LineOptions]) -> None:
        super().__init__(id=options.get("id"), classes=options.get("classes"))
        self.glyphs = options.get("glyphs", UNICODE)
        # The content's height, for `line`: Textual works it out each time it is asked.
        self.height = 0
        self._line_cache: dict[int, Line] = {}
        self._strip_cache: dict[int, Strip] = {}
        self._strips_by_line: FIFOCache[Line, Strip] = FIFOCache(_KEPT_STRIPS)
        self._painted_for: object = None
        self._styles_of_tones: dict[str, Style] = {}
        self._line_filters: Sequence[LineFilter] = ()
        self._background = Color(0, 0, 0)
        self._filtered_styles: dict[str, Style] = {}

    def line(self, y: int, width: int) -> Line:
        """Return line `y` of the content, at most `width` cells; the rest is blank."""
        raise NotImplementedError

    def line_within(self, y: int, width: int) -> Line:
        """Return line `y` for any width, however narrow."""
        if width < 1:
            return ()
        if width < _NARROWEST:
            line = self.line(y, _NARROWEST)
            return cut_line(line, width, self.glyphs.ellipsis)
        return self.line(y, width)

    def repaint(self, lines: Iterable[int] | None = None) -> None:
        """Paint the lines that differ from what was last painted.

        Args:
            lines: The only lines that may differ, if that is known.
        """
        width, self.height = self.size
        rows: Iterable[int] = range(self.height)
        if lines is not None:
            rows = sorted(set(lines) & set(rows))
        changed = []
        for y in rows:
            line = self.line_within(y, width)
            if self._line_cache.get(y) != line:
                self._line_cache[y] = line
                self._strip_cache.pop(y, None)
                changed.append(Region(0, y, width, 1))
        if changed:
            self.refresh(*changed)

    def refresh(self, *regions: Region, **what: bool) -> Self:
        """Paint the regions that `repaint` passes, or everything if there are none."""
        if not regions:
            self._forget()
        if not regions or what or not (self.is_mounted and self.is_attached):
            return super().refresh(*regions, **what)
        self.clear_cached_dimensions()
        if self.display:
            self._paint_with_next_frame(regions)
        return self

    def _paint_with_next_frame(self, regions: Iterable[Region]) -> None:
        """Tell the screen, which Textual does by three messages, one after another."""
        padding, screen = self.styles.padding, self.screen
        content = Offset(padding.left, padding.top)
        self._repaint_regions.update(each.translate(content) for each in regions)
        screen._dirty_widgets.add(self)
        # A frame that is held back is drawn by who holds it.
        if not self.app._batch_count:
            screen.check_idle()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the part of the widget that Textual asks for."""
        outer, padding = self.outer_size, self.styles.padding
        filters = self.get_line_filters()
        if self._painted_for != (outer, padding, filters):
            self._forget()
            self._painted_for = (outer, padding, filters)
            self._line_filters, self._background = filters, self.background_colors[1]
            self._filtered_styles.clear()
        rows = range(crop.y - padding.top, crop.bottom - padding.top)
        strips = [self._strip(y, outer, padding) for y in rows]
        if crop.column_span != (0, outer.width):
            return [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _strip(self, y: int, outer: Size, padding: Spacing) -> Strip:
        """Return a line of the content, as wide as the widget."""
        strip = self._strip_cache.get(y)
        if strip is None:
            line: Line = ()
            if 0 <= y < outer.height - padding.height:
                line = self.composed_line(y)
            strip = self._strip_cache[y] = self._strip_of(line, outer.width, padding)
        return strip

    def _strip_of(self, line: Line, width: int, padding: Spacing) -> Strip:
        """Return the strip for a line, the same object for an equal line.

        Textual caches in a strip how it was cut for the frame.
        """
        strip = self._strips_by_line.get(line)
        if strip is None:
            strip = self._padded(line, width, padding)
            self._strips_by_line[line] = strip
        return strip

    def _padded(self, line: Line, width: int, padding: Spacing) -> Strip:
        """Return the line as wide as the widget, with its background on both sides."""
        if width < padding.width:
            return Strip([self._segment(" " * width, _BLANK)] if width else [], width)
        content: Iterable[Segment] = [self._segment(*run) for run in line]
        free = width - padding.width - width_of(line)
        if free < 0:
            content, free = Strip(content).crop(0, width - padding.width), 0
        left = self._segment(" " * padding.left, _BLANK)
        right = self._segment(" " * (free + padding.right), _BLANK)
        segments = (left, *content, right)
        return Strip([segment for segment in segments if segment.text], width)

    def _segment(self, text: str, tone: str) -> Segment:
        """Return a text in the style that a tone has after the filters.

        Filters only look at styles, so each tone goes through them once.
        """
        style = self._filtered_styles.get(tone)
        if style is None:
            style = self._style("" if tone == _BLANK else tone)
            if tone == _BLANK:
                style = Style.from_color(None, style.bgcolor)
            for line_filter in self._line_filters:
                ((_, filtered, _),) = line_filter.apply(
                    [Segment(text, style)], self._background
                )
                style = filtered or style
            self._filtered_styles[tone] = style
        return Segment(text, style)

    def composed_line(self, y: int) -> Line:
        """Return line `y` of the content, composed once for as long as it is valid."""
        line = self._line_cache.get(y)
        if line is None:
            width, self.height = self.size
            line = self._line_cache[y] = self.line_within(y, width)
        return line

    def render_line(self, y: int) -> Strip:
        """Return one line of the content."""
        line = self.composed_line(y)
        return Strip([Segment(text, self._style(tone)) for text, tone in line if text])

    def notify_style_update(self) -> None:
        """Redraw everything: Textual calls this when colours may have changed."""
        self._styles_of_tones.clear()
        self._forget()
        super().notify_style_update()

    def _forget(self) -> None:
        self._line_cache.clear()
        self._strip_cache.clear()
        self._strips_by_line.clear()
        self._painted_for = None

    def _style(self, tone: str) -> Style:
        """Return a tone's style, cached: Textual would work it out for every text."""
        style = self._styles_of_tones.get(tone)
        if style is None:
            style = self.rich_style
            if tone:
                style = self.get_component_rich_style(f"line--{tone}")
            self._styles_of_tones[tone] = style
        return style

    def clean(self, text: str) -> str:
        """Return a text on one line that the terminal can show."""
        return self.glyphs.plain(visible(text))

    def cut(self, text: str, width: int) -> str:
        """Clean the text and cut it to at most `width` cells."""
        return cells.cut(self.clean(text), width, self.glyphs.ellipsis)

    def fit(
        self,
        text: str,
        width: int,
        align: cells.Align = "left",
        keep: cells.Keep = "start",
    ) -> str:
        """Clean the text and cut or pad it to exactly `width` cells."""
        text, ellipsis = self.clean(text), self.glyphs.ellipsis
        if keep == "end":
            text = cells.cut_start(text, width, ellipsis)
        return cells.fit(text, width, align, ellipsis)

    # What is selected

    def cursor_cell(self) -> tuple[int, int]:
        """Return the column and line of the cursor in the content."""
        return 0, 0

    def selected(self, line: Line, width: int) -> Line:
        """Return a line as the selected one: all in one tone, after a sign.

        The sign replaces the blank at the start of the line.
        """
        text = "".join(text for text, _ in line)
        if text[:1] in ("", " "):
            text = self.glyphs.bar + text[1:]
        tone = "cursor" if self.has_focus else "cursor-blurred"
        return ((cells.fit(text, width, ellipsis=self.glyphs.ellipsis), tone),)


class Box(LineWidget):
    """A container that draws nothing itself."""

    DEFAULT_CSS = """
    Box { width: 1fr; height: 1fr; layout: vertical; overflow: hidden; }
    """

    def line(self, _y: int, _width: int) -> Line:
        """Return a blank line."""
        return ()


def width_of(line: Line) -> int:
    """Return the width of a line in cells."""
    return sum(cell_len(text) for text, _ in line)


def cut_line(line: Line, width: int, ellipsis: str) -> Line:
    """Return the line cut to at most `width` cells, with an ellipsis at its end."""
    if width_of(line) <= width:
        return line
    kept: list[Run] = []
    room = width
    for text, tone in line:
        size = cell_len(text)
        if size >= room:
            # Cut a run that just fits too, since more follows it.
            longer = text if size > room else text + "  "
            kept.append((cells.cut(longer, room, ellipsis), tone))
            break
        kept.append((text, tone))
        room -= size
    return tuple(kept)


def spread(left: Line, right: Line, width: int, ellipsis: str, gap: int = 2) -> Line:
    """Return a line with a left and a right part; the right gives way first."""
    space = width - width_of(left) - width_of(right)
    if not right or space < gap:
        return cut_line(left, width, ellipsis)
    return (*left, (" " * space, ""), *right)


def hint(text: str) -> Line:
    """Return a key and the word for what it does, such as `c copy`, as a line."""
    key, space, word = text.partition(" ")
    return ((key, "key"), (space + word, "muted")) if key else ()


@dataclass(frozen=True)
class Window:
    """The part of a list that is in view: `page` of `count` rows, from row `top` on."""

    page: int
    count: int
    top: int

    def has_thumb(self, y: int) -> bool:
        """Return whether the thumb is on row `y`."""
        if self.count <= self.page or self.page < 1:
            return False
        size = max(1, self.page * self.page // self.count)
        start = round(self.top * (self.page - size) / (self.count - self.page))
        return start <= y < start + size

    def with_thumb(self, line: Line, y: int, width: int, sign: str) -> Line:
        """Return the line, with the sign in its last cell if it belongs on row `y`."""
        if not self.has_thumb(y):
            return line
        return (*line, (" " * (width - 1 - width_of(line)), ""), (sign, "muted"))
