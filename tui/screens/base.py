"""What all screens share.

The frame, commands from the registry, and news of the workspace.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from tui.clipboard.copier import CopyResult, Grade
from tui.commands import Command, Place, command, commands_of, shown_key
from tui.conditions import Moment
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import DeliveryToken, Odd, Token
from tui.screens import navigation
from tui.screens.lifetime import LeavableScreen, Result, ScreenGone
from tui.screens.messages.creation import preview_words
from tui.screens.messages.status import header_parts
from tui.screens.session import Session, bind
from tui.secret import Secret
from tui.widgets.header_line import HeaderLine
from tui.widgets.key_hints import KeyHint, KeyHints
from tui.widgets.status_line import StatusLine, Tone
from tui.widgets.text_field import TextField
from tui.workspace.snapshot import Snapshot, kind_of

_LEAST_COLUMNS, _LEAST_ROWS = 40, 10
_WIDE = 120
_TALL = 20
REVEALED_SECONDS = 20.0


class TokendeckScreen(LeavableScreen[Result], inherit_bindings=False):
    """A screen with header, status line and key hints.

    `place` in the class line picks its commands.
    """

    PLACE: ClassVar[Place]
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init_subclass__(cls, *, place: Place | None = None, **options: Any) -> None:
        if place is not None:
            cls.PLACE = place
        super().__init_subclass__(**options)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        bind(self, session, self.PLACE)
        self._deaf: Callable[[], None] = lambda: None
        self._focused_before: Widget | None = None
        self._news_waiting = False
        self._masking: Timer | None = None
        self._asked: Worker[Any] | None = None
        self.revealed = False

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the stack now."""
        return self.session.workspace.snapshot

    def compose(self) -> ComposeResult:
        """The frame; `compose_body` fills it."""
        yield HeaderLine(id="header", glyphs=self.session.glyphs)
        yield from self.compose_body()
        yield StatusLine(id="status", glyphs=self.session.glyphs)
        yield KeyHints(id="hints", glyphs=self.session.glyphs)
        yield Static(id="too-small", markup=False)

    def compose_body(self) -> Iterable[Widget]:
        """The widgets between header and status line."""
        raise NotImplementedError

    def draw(self) -> None:
        """Bring the body up to the snapshot."""

    @property
    def token(self) -> Token | None:
        """The token that commands are given on."""
        return None

    @property
    def odd(self) -> Odd | None:
        """The row that stands where a token would, where it is not understood."""
        return None

    def facts(self) -> Moment:
        """The present moment, for the conditions of commands."""
        kind = kind_of(self.token)
        return Moment(self.snapshot, kind, self.token, self.odd, busy=self.asking)

    def show_token(self, uid: str) -> None:
        """Bring a token into view, where tokens are listed."""

    def say(self, text: str, kind: Tone = "info") -> None:
        """Write the status line.

        That of the screen in front, once this one was left.
        """
        screen = self if self.is_here else self.front
        if screen.is_here:
            screen.query_one(StatusLine).say(text, kind)

    @property
    def front(self) -> TokendeckScreen[Any]:
        """The foremost of all screens that have a status line, and have it by now."""
        for screen in reversed(self.app.screen_stack):
            if isinstance(screen, TokendeckScreen) and screen.is_mounted:
                return screen
        return self

    def say_so_far(self, text: str) -> None:
        """Say how far something has come; nobody else's screen is for that."""
        if self.is_here:
            self.say(text)

    @on(TextField.PasteCut)
    def _paste_cut(self, event: TextField.PasteCut) -> None:
        # After what the screen says of the entry itself.
        most = event.control.max_length
        words = f"This field takes {most:,} characters; the last {event.lost:,} of what was pasted are left out."
        self.call_later(self.say, words, "warn")

    def hear_of(self, words: str | None, kind: Tone = "info") -> None:
        """Say what a screen in front of this one answered with, if it said anything."""
        if words:
            self.say(words, kind)

    def on_mount(self) -> None:
        """Draw what is known, and listen for more."""
        self._deaf = self.session.workspace.snapshots.listen(self._hear)
        self.draw_all()

    def on_unmount(self) -> None:
        """Listen no more."""
        self._deaf()

    def on_resize(self, event: events.Resize) -> None:
        """Below the least size one line takes the place of all."""
        width, height = event.size
        self._make_room(width < _LEAST_COLUMNS or height < _LEAST_ROWS)
        self.set_class(width >= _WIDE, "wide")
        self.set_class(height < _TALL and width < _WIDE, "short")
        words = (
            f"Tokendeck needs {_LEAST_COLUMNS}×{_LEAST_ROWS}; this is {width}×{height}."
        )
        self.query_one("#too-small", Static).update(self.session.clean(words))

    def _make_room(self, too_small: bool) -> None:
        """Textual takes the focus from what is not displayed.

        It comes back to the field that had it.
        """
        if too_small and not self.has_class("too-small"):
            self._focused_before = self.focused
        back = None if too_small else self._focused_before
        self.set_class(too_small, "too-small")
        if back is not None:
            self._focused_before = None
            self.call_after_refresh(self.set_focus, back, scroll_visible=False)

    def draw_all(self) -> None:
        """Bring header, body and key hints up to the snapshot."""
        self._news_waiting = False
        # News may come while it is on its way out.
        if not self.is_here or self.is_done:
            return
        self.query_one(HeaderLine).set_parts(*header_parts(self.snapshot))
        self.draw()
        self.draw_hints()

    # What changed while another screen was in front is drawn too.
    on_screen_resume = draw_all

    def moment(self) -> Moment:
        """The present moment here, with what holds on every screen."""
        session = self.session
        return replace(
            self.facts(),
            masked=session.masked,
            copied=session.copier.left_something,
            key=session.key,
        )

    def draw_hints(self) -> None:
        """Show which keys do something here, dimmed where they can't now."""
        facts, typing = self.moment(), isinstance(self.focused, Input)
        self.query_one(KeyHints).set_hints(
            [
                KeyHint(key, word, item.reason(facts) is None)
                for item in commands_of(self.PLACE)
                if (word := self.hint_word(item))
                and (key := self._key_for(item, typing=typing))
            ],
            last=KeyHint(
                self._key_for(command("help"), typing=typing)
                or self.session.key("help"),
                "help",
            ),
        )

    def render_lines(self, crop: Region) -> list[Strip]:
        """The ground, one line like the other.

        Textual would look at each in every frame.
        """
        return super().render_lines(Region(crop.x, crop.y, crop.width, 1)) * crop.height

    def on_descendant_focus(self) -> None:
        """Other keys do something in a field than beside it."""
        if self.is_here:
            self.draw_hints()

    on_descendant_blur = on_descendant_focus

    def _key_for(self, item: Command, *, typing: bool) -> str:
        """The key shown for a command.

        In a field one that types no letter there, empty if there is none.
        """
        if item.priority or not typing:
            return self.session.key(item.id)
        keys = (
            shown_key(key) for key in self.session.keys_of(item.id) if key != "space"
        )
        return next((key for key in keys if len(key) > 1), "")

    def hint_word(self, item: Command) -> str:
        """A command's word in the line of keys, empty for none.

        The reveal key masks what is shown.
        """
        return "mask" if item.id == "reveal" and self.revealed else item.hint

    def reason_against(self, item: Command) -> str | None:
        """Why a command can't be given now; None where it can."""
        return item.reason(self.moment())

    async def action_command(self, command_id: str) -> None:
        """Carry out a command of this place, or say why not."""
        if self.has_class("too-small"):
            # Nobody sees what it would do, and a letter may be meant for a field.
            return
        with suppress(ScreenGone):
            await self._carry_out(command_id)

    async def _carry_out(self, command_id: str) -> None:
        own = getattr(self, f"do_{command_id}", None)
        if reason := self.reason_against(command(command_id)):
            self.say(reason, "warn")
        else:
            await (own() if own else navigation.OPENERS[command_id](self))

    def run_in_app(
        self, work: Callable[[], Awaitable[Any]], group: str, *, anew: bool = False
    ) -> Worker[Any]:
        """Have the application do what goes on whatever screen is in front.

        `anew` ends what it does of that group. The work tells by `say`, which is heard
        also once this screen was left, and asks for no widget.
        """
        app: Any = self.app
        worker: Worker[Any] = app.run_worker(work, group=group, exclusive=anew)
        return worker

    def read_anew(
        self, work: Callable[[], Awaitable[None]] | None = None
    ) -> Worker[Any]:
        """Read the stack again, or as `work` does it, whatever screen is in front meanwhile."""
        return self.run_in_app(
            work or self.session.workspace.refresh, "read", anew=True
        )

    def say_error(self, error: ContentstackError, lead: str = "") -> None:
        """Say what went wrong; where nobody is signed in, offer the form."""
        self.say(f"{lead} {error}".strip(), "error")
        if error.remedy == "sign_in":
            self.call_later(navigation.OPENERS["sign_in"], self)

    def ask(
        self,
        meanwhile: str,
        work: Callable[..., Awaitable[Any]],
        *args: Any,
        **options: Any,
    ) -> None:
        """Have the workspace do what this screen waits for.

        `meanwhile` is said until it is done.

        `answered`, `unanswered` or `given_up` hears how it ends; until then the screen
        is `asking`.
        """
        asked = partial(work, *args, **options)
        self._asked = self.run_worker(
            asked, group="ask", exclusive=True, exit_on_error=False
        )
        self.say(meanwhile)
        self.draw_hints()

    @property
    def asking(self) -> bool:
        """Whether what this screen waits for is still to come."""
        return self._asked is not None

    @property
    def held(self) -> bool:
        """What came of a write is lost to whoever does not wait for it."""
        return self.asking

    def answered(self, answer: Any) -> None:
        """Go on with what came."""

    def unanswered(self, error: BaseException) -> None:
        """Say what stands in the way; what nobody foresaw is raised."""
        if not isinstance(error, ContentstackError):
            raise error
        self.say_error(error)

    def given_up(self) -> None:
        """Nobody waits for it any more."""
        self.say("Stopped waiting. What came of it is read from the stack now.", "warn")
        self.read_anew()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Go on once Contentstack has answered."""
        worker = event.worker
        if worker is not self._asked or not worker.is_finished:
            return
        self._asked = None
        self.draw_hints()
        if event.state is WorkerState.SUCCESS:
            self.answered(worker.result)
        elif event.state is WorkerState.CANCELLED:
            self.given_up()
        elif worker.error is not None:
            self.unanswered(worker.error)
        super().on_screen_resume()

    async def do_make_preview(self) -> None:
        """Make the preview token of the token at hand, whatever screen is in front by then; one at a time."""
        token = self.facts().token
        if any(
            worker.group == "write" and worker.is_running for worker in self.app.workers
        ):
            self.say(
                "Contentstack is still being asked to carry out the last command.",
                "warn",
            )
        elif isinstance(token, DeliveryToken):
            self.say(f"Making the preview token of {token.name} …")
            self.run_in_app(partial(self._make_preview, token), "write")

    async def _make_preview(self, token: DeliveryToken) -> None:
        came: DeliveryToken | ContentstackError
        try:
            came = await self.session.workspace.create_preview_token(token)
        except ContentstackError as error:
            came = error
        if isinstance(came, ContentstackError):
            self.front.say_error(came)
        else:
            words = preview_words(came, self.session.key("copy_preview"))
            self.front.say(words, "good")

    async def do_next_field(self) -> None:
        """To the next field of a form."""
        self.focus_next()

    async def do_close(self) -> None:
        """Stop waiting; where nothing is waited for, back to the screen below."""
        if self._asked is not None:
            self._asked.cancel()
        else:
            self.dismiss()

    async def copy(self, secret: Secret, what: str) -> bool:
        """Copy a value and say what is known of it; whether it may have arrived."""
        outcome = await self.session.copier.copy(secret, what)
        self.say_outcome(outcome)
        return outcome.grade is not Grade.FAILED

    def say_outcome(self, outcome: CopyResult) -> None:
        """Say what came of a copy, with the key that helps on."""
        kinds: dict[Grade, Tone] = {Grade.VERIFIED: "good", Grade.FAILED: "warn"}
        helps = {"plain": "shows it plain", "clipboard_test": "tests it once"}.get(
            outcome.helps
        )
        more = f" {self.session.key(outcome.helps)} {helps}." if helps else ""
        self.say(outcome.sentence + more, kinds.get(outcome.grade, "info"))

    async def do_reveal(self) -> None:
        """Show the values in full for a while, since others look at a screen too.

        Or mask them.
        """
        self.revealed = not self.revealed
        self.draw_all()
        if self._masking is not None:
            self._masking.stop()
        self._masking = self.set_timer(REVEALED_SECONDS, self.mask)

    def mask(self, focused: bool = False) -> None:
        """Hide the values that are shown, unless the terminal has just got the focus."""
        if self.revealed and not focused:
            self.revealed = False
            self.draw_all()

    async def do_copy(self) -> None:
        """Copy the token's value."""
        token = self.facts().token
        if token is not None and token.value is not None:
            await self.copy(token.value, f"the token {token.name}")

    async def do_copy_preview(self) -> None:
        """Copy the preview token's value."""
        token = self.facts().token
        if isinstance(token, DeliveryToken) and token.preview is not None:
            await self.copy(token.preview, f"the preview token of {token.name}")

    async def do_copy_api_key(self) -> None:
        """Copy the stack's API key."""
        if self.snapshot.stack is not None:
            await self.copy(
                Secret(self.snapshot.stack.api_key),
                f"the API key of {self.snapshot.stack.name}",
            )

    async def do_copy_uid(self) -> None:
        """Copy the uid of the row."""
        facts = self.facts()
        if row := facts.token or facts.odd:
            name = row.title if isinstance(row, Odd) else row.name
            await self.copy(Secret(row.uid), f"the uid of {name}")

    def _hear(self, _snapshot: Snapshot) -> None:
        """Several changes in one turn of the loop are drawn once."""
        if not self._news_waiting:
            self._news_waiting = True
            self.call_later(self.draw_all)
