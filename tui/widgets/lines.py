"""The base of every widget here.

A picture made of lines, of which only those that changed are painted again.

A widget says what a line holds (`line`) and calls `repaint` after any change. Each line
is composed once for it, and painted only if it differs from what was last painted; an
unchanged line sends nothing.

Textual would work out styles, borders and effects anew for each widget in every frame,
which was a fifth of what a key cost. These widgets have a background and padding and
nothing else, so they keep their strips themselves. Relied upon in Textual, all of it
public: `Widget.render_lines` is asked for what is in view; `Widget.refresh(Region)`
makes single lines dirty (in coordinates of the content), and without a region all of
them; `Widget.get_component_rich_style` answers with a complete style.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Generic, Self, TypeAlias, TypedDict, TypeVar, Unpack

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region, Spacing
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.display import visible
from tui.widgets import cells
from tui.widgets.glyphs import UNICODE, Glyphs

Run: TypeAlias = tuple[str, str]
"""A text, already cleaned, and its tone.

A component class without its `line--`, or "" for the widget's.
"""
Line: TypeAlias = tuple[Run, ...]

AFTER_THE_FRAME = 0.05
"""Seconds, some frames of Textual's, after which what was just changed has been drawn."""

_NARROWEST = 8
"""Cells below which a line is laid out as if it had them, and cut."""

_TONES = frozenset(
    {
        "strong",
        "muted",
        "dim",
        "key",
        "good",
        "warn",
        "error",
        "tab-active",
        "rule-focused",
    }
    | {"bar", "cursor", "cursor-blurred"}
)


class LineOptions(TypedDict, total=False):
    """What every widget here can be made with.

    Attributes:
        glyphs: The signs to draw with; those of UTF-8 terminals when not given.
        id: Textual's id of the widget.
        classes: Textual's classes of the widget, separated by spaces.
    """

    glyphs: Glyphs
    id: str | None
    classes: str | None


_Sender = TypeVar("_Sender", bound=Widget)


class WidgetMessage(Message, Generic[_Sender]):
    """Something happened to a widget.

    By `control`, `@on` can tell it from others of its kind.
    """

    def __init__(self, control: _Sender) -> None:
        super().__init__()
        self._control = control

    @property
    def control(self) -> _Sender:
        """The widget."""
        return self._control


class LineWidget(Widget):
    """A widget that is drawn line by line.

    The tones of all such widgets are styled in this one place.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{tone}" for tone in _TONES}
    DEFAULT_CSS = """
    LineWidget {
        & > .line--strong { text-style: bold; }
        & > .line--muted { color: $text-muted; }
        & > .line--dim { color: $text-disabled; }
        & > .line--key { color: $text-accent; text-style: bold; }
        & > .line--good { color: $text-success; }
        & > .line--warn { color: $text-warning; }
        & > .line--error { color: $text-error; text-style: bold; }
        & > .line--bar, & > .line--rule-focused { color: $text-accent; text-style: bold; }
        & > .line--cursor { text-style: reverse; }
        & > .line--cursor-blurred { text-style: bold; }
        & > .line--tab-active { text-style: bold underline; }
    }
    LineWidget:ansi {
        & > .line--warn { text-style: bold; }
    }
    """

    def __init__(self, **options: Unpack[LineOptions]) -> None:
        super().__init__(id=options.get("id"), classes=options.get("classes"))
        self.glyphs = options.get("glyphs", UNICODE)
        # Of the content, for `line`: Textual works its size out anew each time that it
        # is asked.
        self.height = 0
        self._line_cache: dict[int, Line] = {}
        self._strip_cache: dict[int, Strip] = {}
        self._painted_for: object = None
        self._background = Color(0, 0, 0)
        self._styles_of_tones: dict[str, Style] = {}

    def line(self, y: int, width: int) -> Line:
        """What line `y` of the content holds, at most `width` cells.

        What is missing stays blank.
        """
        raise NotImplementedError

    def line_within(self, y: int, width: int) -> Line:
        """What line `y` holds, in a window of any width.

        A word or two need some cells to be laid out in.
        """
        if width < 1:
            return ()
        line = self.line(y, max(width, _NARROWEST))
        return (
            line if width >= _NARROWEST else cut_line(line, width, self.glyphs.ellipsis)
        )

    def repaint(self, lines: Iterable[int] | None = None) -> None:
        """Have the lines painted whose look differs from what was last painted.

        Args:
            lines: Those that may differ, where that is known: then no other is looked
                at.
        """
        width, height = self.size
        self.height = height
        changed = []
        for y in (
            range(height) if lines is None else sorted(set(lines) & set(range(height)))
        ):
            line = self.line_within(y, width)
            if self._line_cache.get(y) != line:
                self._line_cache[y] = line
                self._strip_cache.pop(y, None)
                changed.append(Region(0, y, width, 1))
        if changed:
            self.refresh(*changed)

    def refresh(self, *regions: Region, **what: bool) -> Self:
        """Have all painted again.

        `repaint` gives regions, of which it has noted what they hold.
        """
        if not regions:
            self._forget()
        return super().refresh(*regions, **what)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual asks for a part of the widget here."""
        outer, padding, filters = (
            self.outer_size,
            self.styles.padding,
            self.get_line_filters(),
        )
        if self._painted_for != (outer, padding, filters):
            self._forget()
            self._painted_for = (outer, padding, filters)
            self._background = self.background_colors[1]
        strips = []
        for y in range(crop.y - padding.top, crop.bottom - padding.top):
            strip = self._strip_cache.get(y)
            if strip is None:
                content = (
                    self.render_line(y)
                    if 0 <= y < outer.height - padding.height
                    else Strip([])
                )
                strip = self._padded(content, outer.width, padding)
                for line_filter in filters:
                    strip = strip.apply_filter(line_filter, self._background)
                self._strip_cache[y] = strip
            strips.append(strip)
        if crop.column_span != (0, outer.width):
            return [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _padded(self, content: Strip, width: int, padding: Spacing) -> Strip:
        """A line as wide as the widget.

        What the content leaves free is its background.
        """
        blank = Style.from_color(None, self._style("").bgcolor)
        free = width - padding.width - content.cell_length
        if width < padding.width:
            return Strip([Segment(" " * width, blank)] if width else [], width)
        if free < 0:
            content, free = content.crop(0, width - padding.width), 0
        left, right = (
            Segment(" " * cells, blank)
            for cells in (padding.left, free + padding.right)
        )
        return Strip(
            [segment for segment in (left, *content, right) if segment.text], width
        )

    def render_line(self, y: int) -> Strip:
        """One line of the content."""
        line = self._line_cache.get(y)
        if line is None:
            width, self.height = self.size
            line = self._line_cache[y] = self.line_within(y, width)
        return Strip([Segment(text, self._style(tone)) for text, tone in line if text])

    def notify_style_update(self) -> None:
        """Textual tells here that colours may have changed."""
        self._styles_of_tones.clear()
        self._forget()
        super().notify_style_update()

    def _forget(self) -> None:
        self._line_cache.clear()
        self._strip_cache.clear()
        self._painted_for = None

    def _style(self, tone: str) -> Style:
        """A tone's style; Textual works its own out for every piece of text, which is most of a key's CPU."""
        style = self._styles_of_tones.get(tone)
        if style is None:
            style = (
                self.get_component_rich_style(f"line--{tone}")
                if tone
                else self.rich_style
            )
            self._styles_of_tones[tone] = style
        return style

    def clean(self, text: str) -> str:
        """Any text as it may be drawn.

        One line, no control characters, in the terminal's character set.
        """
        return self.glyphs.plain(visible(text))

    def cut(self, text: str, width: int) -> str:
        """Clean the text and cut it to at most `width` cells."""
        return cells.cut(self.clean(text), width, self.glyphs.ellipsis)

    def fit(self, text: str, width: int, align: cells.Align = "left") -> str:
        """Clean the text and cut or pad it to exactly `width` cells."""
        return cells.fit(self.clean(text), width, align, self.glyphs.ellipsis)


class Box(LineWidget):
    """What holds others, and is blank itself."""

    DEFAULT_CSS = """
    Box { width: 1fr; height: 1fr; layout: vertical; overflow: hidden; }
    """

    def line(self, _y: int, _width: int) -> Line:
        """Nothing."""
        return ()


def width_of(line: Line) -> int:
    """The width of a line in cells."""
    return sum(cell_len(text) for text, _ in line)


def cut_line(line: Line, width: int, ellipsis: str) -> Line:
    """The line cut to at most `width` cells.

    The run in which it ends gets the ellipsis.
    """
    if width_of(line) <= width:
        return line
    kept: list[Run] = []
    for text, tone in line:
        room = width - width_of(tuple(kept))
        size = cell_len(text)
        if size < room:
            kept.append((text, tone))
            continue
        kept.append(
            (cells.cut(text if size > room else text + "  ", room, ellipsis), tone)
        )
        break
    return tuple(kept)


def spread(left: Line, right: Line, width: int, ellipsis: str, gap: int = 2) -> Line:
    """A line with a left and a right part.

    Without room for both, the right goes and the left is cut.
    """
    space = width - width_of(left) - width_of(right)
    if not right or space < gap:
        return cut_line(left, width, ellipsis)
    return (*left, (" " * space, ""), *right)


def hint(text: str) -> Line:
    """A key and the word for what it does, such as `c copy`."""
    key, space, word = text.partition(" ")
    return ((key, "key"), (space + word, "muted")) if key else ()


@dataclass(frozen=True)
class Window:
    """The part of a list that is in view: `page` of `count` rows, from row `top` on."""

    page: int
    count: int
    top: int

    def with_thumb(self, line: Line, y: int, width: int, sign: str) -> Line:
        """The line, and in its last cell the sign where it belongs on row `y` of the page."""
        if self.count <= self.page or self.page < 1:
            return line
        size = max(1, self.page * self.page // self.count)
        start = round(self.top * (self.page - size) / (self.count - self.page))
        if not start <= y < start + size:
            return line
        return (*line, (" " * (width - 1 - width_of(line)), ""), (sign, "muted"))
