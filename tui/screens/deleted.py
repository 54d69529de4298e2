"""The tokens deleted in this run, to create again."""

from __future__ import annotations

from tui.commands import Place
from tui.contentstack.models import Token
from tui.screens.messages.deletion import reach_words
from tui.screens.search import SearchScreen
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.table_model import Row


class DeletedScreen(SearchScreen[Token], place=Place.DELETED):
    """Returns the token to create again."""

    COLUMNS = (
        Column("name", "CREATE AGAIN", None, least=14),
        Column("kind", "KIND", 10, least=10, drop=1),
        Column("reach", "SCOPE", None, least=14, drop=2),
    )
    NO_MATCH = "No matches."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._tokens = session.workspace.deleted

    def on_mount(self) -> None:
        """List the tokens, most recently deleted first."""
        super().on_mount()
        self.offer((_row(token), token) for token in self._tokens)


def _row(token: Token) -> Row:
    return Row(token.uid, (token.name, token.kind, reach_words(token)))
