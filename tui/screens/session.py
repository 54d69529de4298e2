"""What screens work with, and how the keys of commands become Textual's bindings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.dom import DOMNode

from tui.clipboard.copier import Copier
from tui.commands import Place, command, commands_of, shown_key
from tui.config.key_names import key_of_meta
from tui.config.settings import Settings
from tui.contentstack.models import ManagementToken, Token
from tui.display import shortened, visible
from tui.leaks.following import follow_changes
from tui.screens.message_history import MessageHistory
from tui.screens.stack_sessions import StackSessions
from tui.state.deliveries import DeliveryStore
from tui.state.drafts import DraftStore
from tui.state.rotations import RotationStore
from tui.state.value_files import ValueFiles
from tui.terminal.textual_internals import bound_keys
from tui.widgets.glyphs import Glyphs
from tui.workspace.plan import Plan
from tui.workspace.workspace import AtStake, Workspace

if TYPE_CHECKING:
    from tui.state.memory import Memory

CommonCommand = Callable[[Any], Awaitable[None]]
"""Carries out a command on the screen that it is given."""


@dataclass
class LastSearch:
    """The path that was last searched in this run, as it was typed."""

    path: str = ""


@dataclass(frozen=True)
class Session:
    """What screens work with.

    Without `memory`, nothing outlives the run. `masked` means that no values are shown.
    `files` are the ones with values in them. `stacks` are all visible stacks, once
    asked for; `among_many` marks the session of one of them. `common_commands`, by id,
    work the same on every screen.
    """

    workspace: Workspace
    copier: Copier
    glyphs: Glyphs
    settings: Settings = field(default_factory=Settings)
    environ: Mapping[str, str] = field(default_factory=dict)
    memory: Memory | None = None
    rotations: RotationStore = field(default_factory=RotationStore)
    deliveries: DeliveryStore = field(default_factory=DeliveryStore)
    drafts: DraftStore[Plan] = field(default_factory=lambda: DraftStore(Plan))
    masked: bool = False
    files: ValueFiles = field(default_factory=ValueFiles)
    common_commands: Mapping[str, CommonCommand] = field(default_factory=dict)
    messages: MessageHistory = field(default_factory=MessageHistory)
    stacks: StackSessions[Session] = field(default_factory=StackSessions)
    among_many: bool = False
    last_search: LastSearch = field(default_factory=LastSearch)

    def follow_changes(self) -> Session:
        """Keep what is on disk in step with changes in the stack; return self."""
        environ = self.memory.environ if self.memory else None
        follow_changes(self.workspace, self.deliveries, environ)
        return self

    def keys_of(self, command_id: str) -> tuple[str, ...]:
        """The current keys of a command, by Textual's names."""
        return self.settings.keys.get(command_id) or command(command_id).keys

    def key(self, command_id: str) -> str:
        """The key to show for a command."""
        return shown_key(self.keys_of(command_id)[0])

    def letter(self, command_id: str) -> str:
        """The key to show where letters are commands: a letter, if it has one."""
        keys = self.keys_of(command_id)
        letters = [key for key in keys if len(key) == 1]
        return shown_key((letters or keys)[0])

    def clean(self, text: str) -> str:
        """Return a text without control characters, in the terminal's character set."""
        return self.glyphs.plain(visible(text))

    @property
    def at_stake(self) -> AtStake | None:
        """What would be lost by quitting, in any stack; None if nothing."""
        found = (each.workspace.at_stake for each in (self, *self.stacks))
        return next(filter(None, found), None)

    def for_stack(self, workspace: Workspace) -> Session:
        """Return the session of one of many stacks."""
        environ = self.memory.environ if self.memory else None
        drafts = DraftStore(Plan, environ)
        of_stack = replace(self, workspace=workspace, drafts=drafts, among_many=True)
        return of_stack.follow_changes()

    @property
    def of_stack(self) -> str:
        """The end of a question that could be about any of many stacks."""
        stack = self.workspace.snapshot.stack
        return f" of {shortened(stack.name)}" if self.among_many and stack else ""

    def named(self, name: str) -> str:
        """Return a token's name for a title, with its stack if there are many."""
        return f"{shortened(name)}{self.of_stack}"

    def hold(self, token: ManagementToken) -> None:
        """Make the next start mention a new token whose value wasn't collected."""
        stack = self.workspace.snapshot.stack
        if self.memory is not None and stack is not None:
            self.memory.remember_uncollected(token.uid, token.name, stack.uid)

    def let_go(self, token: Token) -> None:
        """Forget a new token: its value is somewhere else now, or given up."""
        self.workspace.uncollected = None
        if self.memory is not None and token.kind == "management":
            self.memory.forget_uncollected(token.uid)

    def keep_drafts(self, *, forget: bool = False) -> str:
        """Save on disk what is typed in the forms, or with `forget`, nothing.

        Return why that failed; empty if it didn't.
        """
        stack = self.workspace.snapshot.stack
        if stack is None:
            return ""
        return self.drafts.keep(
            stack.uid, {} if forget else self.workspace.forms.drafts
        )


def bind(node: DOMNode, session: Session, *places: Place) -> None:
    """Bind the keys of these places' commands, as the user has them.

    Textual's keymap isn't used: it restores keys that a text field has claimed, so a
    letter typed into the field would run a command.
    """
    bound = bound_keys(node)
    typed = {}
    for item in commands_of(*places):
        for key in session.keys_of(item.id):
            priority = item.priority or key.startswith("alt+")
            binding = Binding(
                key, f"command('{item.id}')", item.label, show=False, priority=priority
            )
            bound[key] = [binding]
            if meta := key_of_meta(key):
                # In a text field, this is a letter like any other.
                typed[meta] = [replace(binding, key=meta, priority=False)]
    for key, bindings in typed.items():
        bound.setdefault(key, bindings)
