"""Find: where token values are in files and in git history."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress

from textual import events, on
from textual.timer import Timer

from tui.commands import Command, Place
from tui.contentstack.errors import ContentstackError
from tui.files.refusal import FileRefused
from tui.leaks.finds import Find, Tally, fingerprint_of, path_text
from tui.leaks.fingerprints import read_fingerprints
from tui.leaks.known import KnownToken, KnownTokens
from tui.leaks.search import Search
from tui.leaks.stack_tokens import known_authtoken, known_of, unknowable_in
from tui.messages.leaks import (
    known_words,
    owner_words,
    unknowable_words,
    unsearched,
)
from tui.screens.base import Stopped
from tui.screens.look_up import LookUpScreen
from tui.screens.messages.find import (
    COLUMNS,
    find_facts,
    find_row,
    limit_facts,
    nowhere_row,
    outcome_words,
    progress_words,
    sought_words,
    token_facts,
)
from tui.screens.session import Session
from tui.threads import in_own_thread
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.table_model import Row
from tui.widgets.text_field import TextField
from tui.workspace.snapshot import Snapshot

_MOST_DRAWN_MEANWHILE = 2_000
_NOWHERE = "nowhere"
"""The key of the row of a value that was not found."""

_EVERY = 0.4
"""Seconds between progress updates of a search."""


class FindScreen(LookUpScreen, place=Place.FIND):
    """Searches in a thread of its own, and keeps what was found if it's stopped.

    Args:
        others: Stacks that were read besides the open one.
        sought: A value to look for first, as soon as the screen opens.
    """

    TITLE_WORDS = "Where do these tokens' values turn up?"
    COLUMNS = COLUMNS
    FIELD_WORD = "search"
    EMPTY = (
        "Press Enter to search this folder, or type another path.\nFiles and git"
        " history are searched. Values are never shown."
    )

    def __init__(
        self,
        session: Session,
        others: Iterable[Snapshot] = (),
        sought: KnownTokens | None = None,
    ) -> None:
        super().__init__(session)
        self._sought = sought or KnownTokens()
        self._sought_token = next(iter(self._sought.by_digest.values()), None)
        self._sought_prints = frozenset(map(fingerprint_of, self._sought.by_digest))
        self._others = tuple(others)
        self._search: Search | None = None
        self._finds: list[Find] = []
        self._drawn = -1
        self._top: str | None = None
        self._folder = ""
        self._unknowable: Sequence[str] = ()
        self._timer: Timer | None = None

    def new_field(self) -> TextField:
        """Return the field for the path."""
        here = "this folder"
        with suppress(OSError):
            here = path_text(os.getcwd())
        return TextField(placeholder=here, id="field", glyphs=self.session.glyphs)

    @property
    def title_words(self) -> str:
        """Whose values are looked for."""
        if self._sought_token is None:
            return self.TITLE_WORDS
        return f"Where is {known_words(self._sought_token)}?"

    @on(events.Mount)
    def _search_at_once(self) -> None:
        if self._sought:
            self.field.value = self.main.last_search.path
            self.call_later(self.action_command, "look_up")

    @property
    def found(self) -> KnownToken | None:
        """The token that the value belongs to."""
        token = self._token
        return token if token and token.uid else None

    @property
    def nameless(self) -> str:
        """What is known if there's no token."""
        token = self._token
        is_own = token is not None and token.kind == "authtoken"
        if is_own and token != self._sought_token:
            return "This is your own authtoken. Signing out ends its session."
        return "No token that was read has this value."

    @property
    def busy_words(self) -> str:
        """What is being waited for."""
        return f"The search is still running. {self.session.key('close')} stops it."

    @property
    def _find(self) -> Find | None:
        key = self.table.cursor_key
        return self._finds[int(key)] if key not in (None, _NOWHERE) else None

    @property
    def _token(self) -> KnownToken | None:
        """The token that the row under the cursor is about, named or not."""
        if self.table.cursor_key == _NOWHERE:
            return self._sought_token
        return self._find.token if self._find else None

    def draw(self) -> None:
        """Show what has been found so far."""
        self._draw_rows()
        self.draw_card()

    def draw_card(self) -> None:
        """Show where the value is, and what wasn't searched."""
        card, find, search = self.query_one(FactsCard), self._find, self._search
        card.display = search is not None
        if search is None:
            return
        facts = find_facts(find) if find else []
        if find is None and self._token is not None:
            facts = token_facts(self._token)
        if self.found and self.token is None:
            facts.insert(1, Fact("Status", self.tokenless_words, whole=True))
        if not self.asking:
            facts += limit_facts(search.tally, self._unknowable)
        title = "Nothing found yet" if self.asking else "Nothing found"
        if find is not None:
            title = owner_words(find)
        elif self._token is not None:
            title = known_words(self._token)
        card.set_facts(title, facts)

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run; a search needs tokens."""
        if (
            item.id == "look_up"
            and not self.asking
            and self.main_snapshot.stack is None
        ):
            return "Tokendeck hasn't read a stack yet."
        return super().reason_against(item)

    async def look_up(self) -> None:
        """Search the path in the field."""
        self._search = None
        try:
            path, self._folder = await self.waiting(
                "Looking …", in_own_thread, _path_of, self.field.value
            )
        except Stopped:
            self.say("Stopped. Nothing was searched.", "warn")
            return
        except (OSError, ValueError):
            # Don't repeat what was typed: it may be a value in the wrong field.
            self.say("There's no such file or folder, or it can't be read.", "warn")
            return
        self.main.last_search.path = self.field.value
        self._search = search = Search((path,), await self._compared())
        self._finds, self._drawn = [], -1
        self._draw_rows()
        self._timer = self.set_interval(_EVERY, self._show_progress)
        try:
            await self.waiting("Searching …", self._searched, search)
        except Stopped:
            search.stop()
        except OSError as error:
            search.tally.miss(f"The search ended early: {error.strerror}.")
        finally:
            self._timer.stop()
            self._drawn = -1
        self.draw_all()
        self._say_outcome(search.tally)

    async def do_close(self) -> None:
        """Stop the search and keep what was found; after that, leave.

        If the search doesn't stop, say because a disk hangs, a second try abandons it.
        """
        if self.asking and self._search and not self._search.tally.stopped:
            self._search.stop()
            self.say_for_now("Stopping …")
        else:
            await super().do_close()

    async def _searched(self, search: Search) -> None:
        await in_own_thread(_collect, search, self._finds)

    async def _compared(self) -> KnownTokens:
        """Return what to compare with: the stack's tokens, and what was kept."""
        session, snapshots = self.main, (self.main_snapshot, *self._others)
        shown = compared = known_of(snapshots)
        refused: tuple[str, ...] = ()
        with suppress(ContentstackError):
            connection = await session.workspace.account.connection()
            credential = connection.credential
            if credential and credential.kind == "authtoken":
                compared = compared.joined(known_authtoken(credential.secret))
        try:
            kept = read_fingerprints(session.memory.environ) if session.memory else None
            compared = compared.joined(kept or KnownTokens())
        except FileRefused as error:
            refused = (str(error),)
        compared = compared.joined(self._sought)
        unknowable = unknowable_in(snapshots, shown, compared)
        self._unknowable = (*refused, *unknowable_words(unknowable))
        return compared

    def _show_progress(self) -> None:
        search = self._search
        if search is None or search.tally.stopped or not self.is_here:
            return
        words = progress_words(search.tally, len(self._finds))
        self.say_for_now(f"{words}. {self.session.key('close')} stops.")
        if len(self._finds) <= _MOST_DRAWN_MEANWHILE:
            self.draw()

    def _draw_rows(self) -> None:
        """Show the finds: first those of the sought value, then of known tokens."""
        finds = self._finds
        total = len(finds)
        if total == self._drawn:
            return
        self._drawn = total
        order = sorted(range(total), key=lambda at: self._rank(finds[at]))
        keys = [*map(str, order)]
        is_found = bool(order) and self._is_it(finds[order[0]])
        if self._search and self._sought and not is_found:
            # Keys act on the sought value, not on whichever token comes first.
            keys.insert(0, _NOWHERE)
        table, before = self.table, self._top
        was_on_top = table.cursor_key in (None, before)
        self._top = keys[0] if keys else None
        table.say_empty("" if self._search else self.EMPTY)
        self.show_rows(keys, lambda at: self._row_of(keys[at]))
        if keys and before in (None, _NOWHERE) and self.is_typing:
            self.set_focus(table)
        if was_on_top:
            # Tokens that are identified move to the top while the search goes on.
            table.action_first()

    def _row_of(self, key: str) -> Row:
        if key == _NOWHERE and self._sought_token is not None:
            return nowhere_row(key, self._sought_token, is_over=not self.asking)
        return find_row(key, self._finds[int(key)], self._folder)

    def _rank(self, find: Find) -> int:
        if self._is_it(find):
            return 0
        return 1 if find.token else 2

    def _is_it(self, find: Find) -> bool:
        """Whether the value is the sought one."""
        return find.fingerprint in self._sought_prints

    def _say_outcome(self, tally: Tally) -> None:
        if self._sought:
            here = [find for find in self._finds if self._is_it(find)]
            others = [find for find in self._finds if not self._is_it(find)]
            words = sought_words(self._sought, here, others, tally)
        else:
            words = outcome_words(self._finds, tally)
        stopped = "Stopped. " if tally.stopped else ""
        is_well = not (self._finds or tally.unread_count or tally.stopped)
        more = " ".join(unsearched(tally))
        self.say(f"{stopped}{words}", "good" if is_well else "warn", more)

    @on(events.Unmount)
    def _end(self) -> None:
        if self._search is not None:
            self._search.stop()


def _collect(search: Search, finds: list[Find]) -> None:
    """Collect the finds; closing the generator ends git and the helper."""
    with closing(search.finds()) as found:
        for find in found:
            finds.append(find)


def _path_of(typed: str) -> tuple[str, str]:
    """Return the path that was meant, and the folder that paths are relative to.

    Raises:
        OSError: if it doesn't exist, or can't be read.
        ValueError: if it can't be a path.
    """
    path = os.path.expanduser(typed.strip()) or "."
    is_folder = stat.S_ISDIR(os.stat(path).st_mode)
    folder = path if is_folder else os.path.dirname(path)
    return path, path_text(folder)
