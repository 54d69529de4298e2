"""What all screens share: the frame, their commands, and news of the workspace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, ParamSpec, TypeAlias, cast

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
from tui.commands import Command, Place, command, hinted_commands
from tui.conditions import Moment
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import Odd, Token
from tui.files.refusal import Refused
from tui.screens.flow import Awaited, Pause, Work
from tui.screens.footer import footer, key_for
from tui.screens.lifetime import LeavableScreen, Result
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
_TALLER = 30
Options = ParamSpec("Options")


class Stopped(Exception):
    """The user stopped waiting for Contentstack."""


@dataclass(frozen=True)
class _Wait:
    """What a screen waits for, and where the command that asked for it continues."""

    worker: Worker[object]
    pause: Pause[None]


class TokendeckScreen(LeavableScreen[Result], inherit_bindings=False):
    """A screen with header, status line and key hints.

    `place`, in the class statement, picks its commands. `lists_tokens` says whether
    other screens can show a token on it.
    """

    PLACE: ClassVar[Place]
    lists_tokens: ClassVar[bool] = False
    AUTO_FOCUS = ""
    _background_for: object = None
    _background_line: list[Strip]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init_subclass__(
        cls, *, place: Place | None = None, inherit_bindings: bool = True
    ) -> None:
        if place is not None:
            cls.PLACE = place
        super().__init_subclass__(inherit_bindings=inherit_bindings)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        bind(self, session, self.PLACE)
        self._stop_listening: Callable[[], None] = lambda: None
        self._focused_before: Widget | None = None
        self._news_waiting = False
        self._wait: _Wait | None = None
        self._moment_of_hints: Moment | None = None
        self.revealed = False
        self.masking: Timer | None = None
        """The timer that hides revealed values after a while."""

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the stack now."""
        return self.session.workspace.snapshot

    def compose(self) -> ComposeResult:
        """Yield the frame; `compose_body` fills it."""
        yield HeaderLine(id="header", glyphs=self.session.glyphs)
        yield from self.compose_body()
        yield StatusLine(id="status", glyphs=self.session.glyphs)
        yield KeyHints(id="hints", glyphs=self.session.glyphs)
        yield Static(id="too-small", markup=False)

    def compose_body(self) -> Iterable[Widget]:
        """Yield the widgets between header and status line."""
        raise NotImplementedError

    def draw(self) -> None:
        """Update the body from the snapshot."""

    @property
    def token(self) -> Token | None:
        """The token that commands are for."""
        return None

    @property
    def odd(self) -> Odd | None:
        """The row that commands are for, if it wasn't understood."""
        return None

    @property
    def alarm(self) -> str:
        """A word for the header if what is done here touches production."""
        return ""

    def moment(self) -> Moment:
        """The current moment, for the conditions of commands."""
        session, token = self.session, self.token
        return Moment(
            snapshot=self.snapshot,
            tab=kind_of(token),
            token=token,
            odd=self.odd,
            busy=self.asking,
            masked=session.masked,
            copied=session.copier.left_something,
            deleted=bool(session.workspace.deleted),
            key=session.key,
        )

    @property
    def marked_count(self) -> int:
        """How many of the tokens shown are marked."""
        return 0

    def show_token(self, uid: str) -> None:
        """Bring a token into view on the screen below this one that lists tokens."""
        for screen in reversed(self.app.screen_stack):
            if isinstance(screen, TokendeckScreen) and screen.lists_tokens:
                screen.show_token(uid)
                return

    def say(self, text: str, kind: Tone = "info", more: str = "") -> None:
        """Show a message, which can be read again later, then with `more`.

        It goes to this status line, or to the front screen's once this one was left.
        """
        if text:
            whole = f"{text} {more}" if more else text
            self.session.messages.add(whole, kind, self.session.workspace.clock())
        self.say_for_now(text, kind)

    def say_for_now(self, text: str, kind: Tone = "info") -> None:
        """Write on the status line what doesn't need to be read again later."""
        screen = self if self.is_here else self.front
        if screen.is_here:
            screen.query_one(StatusLine).say(text, kind)

    @property
    def front(self) -> AnyScreen:
        """The frontmost screen that has a status line by now."""
        for screen in reversed(self.app.screen_stack):
            if isinstance(screen, TokendeckScreen) and screen.is_mounted:
                return screen
        return self

    def say_so_far(self, text: str) -> None:
        """Report progress, unless the screen was left."""
        if self.is_here:
            self.say_for_now(text)

    @on(TextField.PasteCut)
    def _paste_cut(self, event: TextField.PasteCut) -> None:
        # After what the screen says about the entry itself.
        most = event.control.max_length
        words = (
            f"The last {event.lost:,} pasted characters were cut off: "
            f"this field takes {most:,}."
        )
        self.call_later(self.say, words, "warn")

    def hear_of(self, words: str | None, kind: Tone = "info") -> None:
        """Say what came of the screen that was in front of this one, if anything."""
        if words:
            self.say(words, kind)

    def on_mount(self) -> None:
        """Draw what is known, and listen for changes."""
        self._stop_listening = self.session.workspace.snapshots.listen(self._hear)
        self.draw_all()

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop_listening()

    def on_resize(self, event: events.Resize) -> None:
        """Show one line in place of everything if the terminal is too small."""
        width, height = event.size
        self._make_room(width < _LEAST_COLUMNS or height < _LEAST_ROWS)
        self.set_class(width >= _WIDE, "wide")
        self.set_class(height >= _TALLER, "tall")
        self.set_class(height < _TALL and width < _WIDE, "short")
        words = (
            f"Tokendeck needs {_LEAST_COLUMNS}×{_LEAST_ROWS}; this is {width}×{height}."
        )
        self.query_one("#too-small", Static).update(self.session.clean(words))

    def _make_room(self, too_small: bool) -> None:
        """Hide everything, or show it again and give the focus back.

        Textual takes the focus from what is not displayed.
        """
        if too_small and not self.has_class("too-small"):
            self._focused_before = self.focused
        back = None if too_small else self._focused_before
        self.set_class(too_small, "too-small")
        if back is not None:
            self._focused_before = None
            # Before it's drawn, since someone may type as soon as they see it.
            self.app.stylesheet.update(self)
            self.set_focus(back, scroll_visible=False)
            self.call_after_refresh(self._keep_focus, back)

    def _keep_focus(self, widget: Widget) -> None:
        """Focus again a widget that only now heard that it had been hidden."""
        if self.focused is None and self.is_here:
            self.set_focus(widget, scroll_visible=False)

    def draw_all(self) -> None:
        """Update header, body and key hints from the snapshot."""
        self._news_waiting = False
        # News may arrive while the screen is being left.
        if not self.is_here or self.is_done:
            return
        self.draw_header()
        self.draw()
        self.draw_hints()

    def draw_header(self) -> None:
        """Show which stack this is about, and who is signed in."""
        header = self.query_one(HeaderLine)
        header.set_parts(*header_parts(self.snapshot))
        header.set_alarm(self.alarm)

    # What changed while another screen was in front is drawn too.
    on_screen_resume = draw_all

    def draw_hints(self) -> None:
        """Show which keys do something here, dimmed where they can't now."""
        typing = isinstance(self.focused, Input)
        key_of = partial(key_for, self.session, typing=typing)
        commands = hinted_commands(self.PLACE)
        self._moment_of_hints = self.moment()
        try:
            hints = footer(
                commands, self.marked_count, key_of, self.hint_word, self.reason_against
            )
        finally:
            self._moment_of_hints = None
        help_key = key_of(command("help")) or self.session.key("help")
        self.query_one(KeyHints).set_hints(hints, last=KeyHint(help_key, "help"))
        self.query_one(StatusLine).set_more_key(key_of(command("messages")))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render the background: one line, repeated, since Textual looks at each line.

        Textual asks for it at every key press, though widgets cover all of it.
        """
        wanted = (
            crop.column_span,
            self.background_colors,
            self.get_line_filters(),
        )
        if self._background_for != wanted:
            self._background_for = wanted
            line = Region(crop.x, crop.y, crop.width, 1)
            self._background_line = super().render_lines(line)
        return self._background_line * crop.height

    def on_descendant_focus(self) -> None:
        """Show the keys that apply in a field, or outside it."""
        if self.is_here:
            self.draw_hints()

    on_descendant_blur = on_descendant_focus

    def hint_word(self, item: Command) -> str:
        """Return a command's word in the footer; empty for none."""
        if item.id == "close" and self.asking:
            return "stop"
        return "hide" if item.id == "reveal" and self.revealed else item.key_hint

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run now; None if it can."""
        return item.reason(self.present)

    @property
    def present(self) -> Moment:
        """The current moment, worked out once for all hints that are drawn."""
        return self._moment_of_hints or self.moment()

    async def action_command(self, command_id: str) -> None:
        """Carry out a command of this place, or say why not."""
        if self.has_class("too-small"):
            # Its effect couldn't be seen, and a letter may be meant for a field.
            return
        await self.carry_out(partial(self._carry_out, command_id))

    async def _carry_out(self, command_id: str) -> None:
        own = getattr(self, f"do_{command_id}", None)
        if reason := self.reason_against(command(command_id)):
            self.say(reason, "warn")
        elif own:
            await own()
        else:
            await self.session.common_commands[command_id](self)

    async def carry_out(self, work: Work) -> None:
        """Carry out a command, and report an error or a stop that it didn't report."""
        await super().carry_out(partial(self.attempt, work))

    async def attempt(self, work: Work) -> None:
        """Do some work, and report errors from outside the program."""
        try:
            await work()
        except Stopped:
            self.say("Stopped waiting. Reading the stack to see what happened.", "warn")
            self.read_anew()
        except ContentstackError as error:
            self.say_error(error)
        except Refused as error:
            self.say(str(error), "error")

    def run_in_app(
        self,
        work: Callable[[], Coroutine[None, None, None]],
        group: str,
        *,
        anew: bool = False,
    ) -> Worker[None]:
        """Have the application do work that continues after this screen is left.

        `anew` first ends its other work in that group. The work reports through `say`,
        and uses no widgets.
        """
        said = partial(self.attempt, work)
        return self.app.run_worker(said, group=group, exclusive=anew)

    def read_anew(
        self, work: Callable[[], Coroutine[None, None, None]] | None = None
    ) -> Worker[None]:
        """Refresh the stack, or run `work` for it, whichever screen is in front."""
        return self.run_in_app(
            work or self.session.workspace.refresh, "read", anew=True
        )

    def say_error(self, error: ContentstackError, lead: str = "") -> None:
        """Say what went wrong; if nobody is signed in, offer the form."""
        self.say(f"{lead} {error}".strip(), "error")
        if error.remedy == "sign_in":
            self.open_later("sign_in")

    def open_later(self, command_id: str) -> None:
        """Open what a command opens, after the current message."""
        self.call_later(
            self.carry_out, partial(self.session.common_commands[command_id], self)
        )

    async def waiting(
        self,
        meanwhile: str,
        work: Callable[Options, Awaitable[Awaited]],
        /,
        *args: Options.args,
        **options: Options.kwargs,
    ) -> Awaited:
        """Say `meanwhile`, and wait for what the workspace is asked to do.

        The screen is `asking` until then and can't be left; Esc stops the wait.

        Raises:
            Stopped: if the user stopped waiting before an answer came.
        """
        if self._wait is not None:
            self._wait.pause.give_up()
        asked = partial(work, *args, **options)
        worker = self.run_worker(
            asked, group="ask", exclusive=True, exit_on_error=False
        )
        self._wait = wait = _Wait(worker, self.flows.pause())
        self.say_for_now(meanwhile)
        self.draw_hints()
        await wait.pause.answer()
        if worker.state is WorkerState.CANCELLED:
            raise Stopped
        if worker.error is not None:
            raise worker.error
        return cast("Awaited", worker.result)

    async def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Continue the command that waited, once Contentstack has answered."""
        wait = self._wait
        if (
            wait is None
            or event.worker is not wait.worker
            or not wait.worker.is_finished
        ):
            return
        self._wait = None
        self.draw_hints()
        await wait.pause.end(None)
        super().on_screen_resume()

    @property
    def asking(self) -> bool:
        """Whether this screen is still waiting for something."""
        return self._wait is not None

    @property
    def held(self) -> bool:
        """Whether to stay: the outcome of a write is lost if you don't wait for it."""
        return self.asking

    async def do_next_field(self) -> None:
        """Go to the next field of a form."""
        self.focus_next()

    async def do_close(self) -> None:
        """Stop waiting; if nothing is waited for, leave."""
        if self._wait is not None:
            self._wait.worker.cancel()
        else:
            self.dismiss()

    async def copy(self, secret: Secret, what: str) -> bool:
        """Copy a value and say how it went; return whether it may have arrived."""
        outcome = await self.session.copier.copy(secret, what)
        self.say_outcome(outcome)
        return outcome.grade is not Grade.FAILED

    def say_outcome(self, outcome: CopyResult) -> None:
        """Say what came of a copy, and which key to press next."""
        kinds: dict[Grade, Tone] = {Grade.VERIFIED: "good", Grade.FAILED: "warn"}
        ways_on = {"plain": "shows it", "clipboard_test": "tests it"}
        words = outcome.sentence
        if helps := ways_on.get(outcome.helps):
            words += f" {self.session.key(outcome.helps)} {helps}."
        self.say(words, kinds.get(outcome.grade, "info"), outcome.more)

    def mask(self, focused: bool = False) -> None:
        """Hide the values that are shown, unless the terminal just got the focus."""
        if self.revealed and not focused:
            self.revealed = False
            self.draw_all()

    def _hear(self, _snapshot: Snapshot) -> None:
        """Draw the news, once for all that arrive in one turn of the event loop."""
        if not self._news_waiting:
            self._news_waiting = True
            self.call_later(self.draw_all)


AnyScreen: TypeAlias = TokendeckScreen[Any]
"""A screen, whatever it returns."""
