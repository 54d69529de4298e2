"""Every stack that this sign-in can see, in one list with a search field."""

from __future__ import annotations

from tui.commands import Place
from tui.connection.connection import ConnectionMissing
from tui.connection.stack_list import StackEntry, StackList
from tui.contentstack.errors import ContentstackError, SignedOut
from tui.contentstack.models import Odd, Stack
from tui.display import visible
from tui.screens.search import SearchScreen
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.table_model import Row


class StacksScreen(SearchScreen[Stack], place=Place.STACKS):
    """The stacks; returns the one that was chosen."""

    COLUMNS = (
        Column("stack", "STACK", None, least=14),
        Column("organization", "ORGANIZATION", 20, least=12, drop=2),
        Column("role", "YOUR ROLE", 18, least=9, drop=1),
        Column("key", "API KEY", 10, least=10, drop=3),
    )
    NO_MATCH = "No matches."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._odd_rows: dict[str, Odd] = {}

    def on_screen_resume(self) -> None:
        """Read the list after the first frame, and after a sign-in it waited for."""
        if not self._offered:
            self.call_after_refresh(self.do_refresh)

    async def do_refresh(self) -> None:
        """Read the list of stacks."""
        self.say("Reading organizations …")
        self.run_worker(self._read, group="stacks", exclusive=True)

    async def _read(self) -> None:
        key = self.session.key
        try:
            reading = self.session.workspace.account.stacks(self._progress)
            found = await self.while_here(reading)
        except SignedOut as error:
            self.say(f"{error} Press {key('sign_in')} to sign in.", "warn")
            self.table.say_empty(f"{error}\nPress {key('sign_in')} to sign in.")
            return
        except (ContentstackError, ConnectionMissing) as error:
            # The search field would take the key as text.
            self.set_focus(self.table)
            self.say(f"{error} Press {key('refresh')} to retry.", "error")
            sign_in = self.session.letter("sign_in")
            keys = f"{key('refresh')} to retry, or {sign_in} to sign in"
            self.table.say_empty(f"{error}\nPress {keys}.")
            return
        self._list(found)
        self._say_count(found)

    def _list(self, found: StackList) -> None:
        """List the stacks: recent ones first, those not understood last."""
        self.table.say_empty(
            "You can't see any stacks. Ask a stack's owner to invite you."
        )
        recent = self.session.memory.recent_stacks if self.session.memory else ()
        places = {uid: place for place, uid in enumerate(recent)}
        entries = sorted(
            found.entries,
            key=lambda entry: places.get(entry.stack.uid, len(places)),
        )
        self._odd_rows = {row.key: row for row in found.odd}
        understood = [(_row(entry), entry.stack) for entry in entries]
        odd = [(_odd_row(row), None) for row in found.odd]
        self.offer([*understood, *odd])
        if self.snapshot.stack is not None:
            self.table.move_to(self.snapshot.stack.api_key)

    def _say_count(self, found: StackList) -> None:
        total = len(found.entries) + len(found.odd)
        count = "1 stack" if total == 1 else f"{total} stacks"
        if found.odd:
            count += f", {len(found.odd)} not understood"
        if found.cut:
            count += f" ({found.cut})"
        if self.snapshot.trouble and self.snapshot.remedy == "stacks":
            # The reason why this list opened by itself.
            self.say(f"{self.snapshot.trouble} {count}", "warn")
        else:
            self.say(count)

    def reason_against_row(self) -> str | None:
        """Return why the stack under the cursor can't be opened."""
        row = self._odd_rows.get(self.table.cursor_key or "")
        if row is None:
            return super().reason_against_row()
        refusal = "can't be opened, because Tokendeck doesn't understand it"
        return f"{row.title} {refusal}: {row.why}."

    def _progress(self, done: int, count: int) -> None:
        self.say_so_far(f"Read {done} of {count} lists of stacks …")


def _odd_row(row: Odd) -> Row:
    return Row(row.key, (visible(row.title), "not understood", "-", "-"), style="dim")


def _row(entry: StackEntry) -> Row:
    stack, roles = entry.stack, ", ".join(entry.roles) or "-"
    cells = stack.name, entry.organization, roles, f"{stack.api_key[:7]}…"
    return Row(stack.api_key, cells)
