"""Help: the keys of the screen in front, what they do, and why one can't now."""

from __future__ import annotations

from textual import on

from tui.commands import Command, Place, commands_of, shown_key
from tui.screens.base import AnyScreen
from tui.screens.search import SearchScreen
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.table_model import Row
from tui.widgets.token_table import TokenTable

_MOVING = Row(
    "move",
    (
        "↑ ↓ j k",
        "Move",
        "Through a list; g and G to its ends, PgUp and PgDn by a page.",
    ),
)


class HelpScreen(SearchScreen[str], place=Place.HELP):
    """The commands; returns the id of the one to run, if one was chosen."""

    COLUMNS = (
        Column("keys", "KEY", 11, least=11),
        Column("label", "COMMAND", 22, least=14),
        Column("what", "WHAT IT DOES, OR WHY IT CAN'T NOW", None, least=20, drop=1),
    )
    NO_MATCH = "No command is called that."

    def __init__(self, session: Session, *, of: AnyScreen) -> None:
        super().__init__(session)
        self._of = of

    def on_mount(self) -> None:
        """List the commands of the screen that was in front."""
        commands = commands_of(self._of.PLACE, Place.ANYWHERE)
        rows = [(self._row(item), item.id) for item in commands]
        self.offer([*rows, (_MOVING, "")])

    @on(TokenTable.CursorMoved)
    def _explain(self, event: TokenTable.CursorMoved) -> None:
        """Say in full what a narrow screen cuts."""
        offered = self._offered.get(event.key or "")
        self.say(offered[0].cells[-1] if offered else "")

    def _row(self, item: Command) -> Row:
        reason = self._of.reason_against(item)
        keys = " ".join(shown_key(key) for key in self.session.keys_of(item.id))
        cells = (keys, item.label, f"Not now: {reason}" if reason else item.help)
        return Row(item.id, cells, style="dim" if reason else "normal")
