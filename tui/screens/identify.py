"""Identify: which token a value pasted unseen belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from operator import is_

from textual import events, on
from textual.widgets import Input

from tui.commands import Command, Place
from tui.contentstack.dressing import NoValue
from tui.contentstack.errors import ContentstackError
from tui.contentstack.verify import Probe, ProbeResult
from tui.files.refusal import FileRefused
from tui.leaks.fingerprints import read_fingerprints
from tui.leaks.identifying import Identifier, Identity, StackTokens, brought_up
from tui.leaks.known import KnownKind, KnownToken, KnownTokens
from tui.leaks.proving import proofs
from tui.leaks.taking_apart import candidates
from tui.messages.identity import call_words, identity_words
from tui.screens.base import Stopped
from tui.screens.confirm import Confirm
from tui.screens.find import FindScreen
from tui.screens.look_up import LookUpScreen
from tui.screens.messages.identify import (
    COLUMNS,
    identities_words,
    identity_facts,
    identity_row,
    identity_title,
)
from tui.screens.session import Session
from tui.secret import Secret
from tui.widgets.facts_card import FactsCard
from tui.widgets.status_line import Tone
from tui.widgets.unseen_field import UnseenField
from tui.workspace.snapshot import Snapshot


class IdentifyScreen(LookUpScreen, place=Place.IDENTIFY):
    """Compares pasted values with what was read, and forgets them when it's left.

    Args:
        others: Stacks that were read besides the open one.
        missed: Why there may be more stacks than these, in words.
    """

    TITLE_WORDS = "Whose is it?"
    COLUMNS = COLUMNS
    FIELD_WORD = "identify"
    EMPTY = (
        "Paste a value that turned up somewhere. It isn't shown or saved,\nand it's"
        " only sent if you say so."
    )

    def __init__(
        self,
        session: Session,
        others: Iterable[StackTokens] = (),
        missed: tuple[str, ...] = (),
    ) -> None:
        super().__init__(session)
        self._others = tuple(others)
        self._missed = missed
        self._identities: list[Identity] = []
        self._kept: KnownTokens | None = None
        self._own: Secret | None = None
        self._drawn: tuple[object, ...] = ()

    def new_field(self) -> UnseenField:
        """Return a field that shows nothing of what is pasted."""
        words = "paste a value, or the .env, JSON or URL it's in"
        return UnseenField(words, id="field", glyphs=self.session.glyphs)

    @property
    def field(self) -> UnseenField:
        """Where values are pasted."""
        return self.query_one(UnseenField)

    @property
    def found(self) -> KnownToken | None:
        """The token that has the value, or had it."""
        identity = self._identity
        if identity is None:
            return None
        owner = identity.owner
        if owner is None or owner.others:
            return identity.former
        stack = owner.stack
        name, uid = owner.token.name, owner.token.uid
        return KnownToken(name, owner.kind, uid, stack.name, stack.api_key)

    @property
    def nameless(self) -> str:
        """What is known about the value if there's no token."""
        return identity_words(self._identity) if self._identity else ""

    @property
    def _identity(self) -> Identity | None:
        key = self.table.cursor_key
        return self._identities[int(key)] if key is not None else None

    def draw(self) -> None:
        """Show what is known now: a token may be gone, or only now read."""
        own = self.main_snapshot
        lists = own.stack, own.delivery, own.management, self.known
        if not (self._drawn and all(map(is_, lists, self._drawn))):
            self._drawn = lists
            owned = [each.owner is None for each in self._identities]
            self._look_again()
            if owned != [each.owner is None for each in self._identities]:
                self._say_whose(self.say_for_now)
        self._draw_rows()

    def _draw_rows(self) -> None:
        now, found = self.session.workspace.clock(), self._identities
        keys = [*map(str, range(len(found)))]
        self.show_rows(keys, lambda at: identity_row(at, found[at], now))
        self.draw_card()

    def draw_card(self) -> None:
        """Show the token's scope, age and state, and what was around its value."""
        card, identity = self.query_one(FactsCard), self._identity
        card.display = identity is not None
        if identity is None:
            return
        place, now = int(self.table.cursor_key or 0), self.session.workspace.clock()
        proof = call_words(self._provable(identity))
        key = self.session.key("verify")
        facts = identity_facts(identity, now, f"{key} sends {proof}." if proof else "")
        title = identity_title(identity, place, len(self._identities))
        card.set_facts(title, facts)

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run; an unidentified value can be verified."""
        identity = self._identity
        if item.id == "verify" and identity and self._provable(identity):
            return self.busy_words if self.asking else None
        if item.id == "find":
            return None if identity else "Paste the value first."
        if item.id == "look_up" and self.is_typing and self.main_snapshot.stack is None:
            return None if self._others else "Tokendeck hasn't read a stack yet."
        if item.id == "look_up" and not self._is_filled:
            return self.busy_words if self.asking else "Paste the value first."
        return super().reason_against(item)

    @property
    def _is_filled(self) -> bool:
        """Whether Enter has something to look up, or rows to go to."""
        return bool(self._identities or self.field.value)

    @on(Input.Changed)
    def _changed(self) -> None:
        self.draw_hints()

    async def look_up(self) -> None:
        """Say whose the pasted values are, and clear the field."""
        # If it was typed, or arrived line by line, more lines may follow.
        is_whole = self.field.has_paste
        given = self.field.take()
        if not given.strip():
            self._say_nothing_pasted()
            return
        self._identities = []
        self._draw_rows()
        try:
            pasted = candidates(given.encode("utf-8", "surrogatepass"))
            await self._remember()
            identifier = self._identifier(self._stacks().values())
            self._identities = identifier.identify_all(pasted)
        except NoValue as wrong:
            self.say(f"What you pasted {wrong}", "warn")
            return
        finally:
            self._draw_rows()
        if not self._identities:
            self.say("What you pasted contains no Contentstack value.", "warn")
            return
        self.table.action_first()
        if is_whole:
            self.set_focus(self.table)
        self._say_whose(self.say)

    def _say_whose(self, say: Callable[[str, Tone], None]) -> None:
        known = all(each.is_known for each in self._identities)
        say(identities_words(self._identities), "good" if known else "warn")

    async def do_verify(self) -> None:
        """Verify the token; for an unidentified value, ask which stack accepts it."""
        identity, key = self._identity, self.table.cursor_key
        if identity is None or key is None or not self._provable(identity):
            await self.session.common_commands["verify"](self)
            return
        stacks = self._provable(identity)
        question = Confirm(
            "Send the pasted value to Contentstack?",
            "To tell whether it's a management token, Tokendeck sends"
            f" {call_words(stacks)}.",
            glyphs=self.session.glyphs,
        )
        if await self.show(question) is not True:
            self.say("Nothing was sent.")
            return
        try:
            await self.waiting("Asking …", self._prove, int(key), stacks)
        except Stopped:
            self.say("Stopped. The value may have been sent already.", "warn")
        self._draw_rows()

    async def do_find(self) -> None:
        """Find where this value and those of all tokens are; then go to a token."""
        identity = self._identity
        if identity is None:
            return
        # A value that no list shows may be a management token's.
        kind: KnownKind = "authtoken" if identity.looks_like_uid else "management"
        token = self.found or KnownToken("the pasted value", kind)
        sought = KnownTokens.of([(identity.candidate.value, token)])
        screen = FindScreen(self.main, self._snapshots(), sought)
        if uid := await self.show(screen):
            self.dismiss(uid)

    async def _prove(self, place: int, stacks: Sequence[StackTokens]) -> None:
        client = await self.main.workspace.account.client()

        async def ask(stack: StackTokens, probe: Probe) -> ProbeResult:
            return await client.stack(stack.api_key).prove(probe)

        said = []
        async for identity, trouble in proofs(self._identities[place], stacks, ask):
            self._identities[place] = identity
            if trouble:
                said.append(trouble)
        now = self._identities[place]
        words = " ".join([*said, identity_words(now)])
        self.say(words, "good" if now.is_known else "warn")

    def _provable(self, identity: Identity) -> tuple[StackTokens, ...]:
        """Return the stacks that this connection can ask, on their own host."""
        region = self.main_snapshot.region
        host = region.cma if region else None
        return tuple(stack for stack in identity.provable if stack.host == host)

    def _look_again(self) -> None:
        stacks = self._stacks()
        identifier = self._identifier(stacks.values())
        for place, identity in enumerate(self._identities):
            if owner := identity.owner:
                stack = stacks.get(owner.stack.api_key, owner.stack)
                self._identities[place] = brought_up(identity, stack)
            elif not identity.is_known:
                fresh = identifier.identify(identity.candidate)
                self._identities[place] = replace(fresh, refused=identity.refused)

    async def _remember(self) -> None:
        """Load what values are compared with besides the lists of tokens."""
        session = self.main
        with suppress(ContentstackError):
            connection = await session.workspace.account.connection()
            credential = connection.credential
            self._own = credential.secret if credential else None
        try:
            environ = session.memory.environ if session.memory else None
            self._kept = read_fingerprints(environ) if environ is not None else None
        except FileRefused as refusal:
            self.call_later(self.say, str(refusal), "warn")

    def _snapshots(self) -> list[Snapshot]:
        """Return the snapshots of the stacks besides the open one."""
        own = self.main_snapshot.stack
        return [
            reading.as_snapshot()
            for reading in self.known.readings.values()
            if own is None or reading.stack.stack.api_key != own.api_key
        ]

    def _stacks(self) -> dict[str, StackTokens]:
        """Return what is known of each stack so far, by its API key.

        The open one comes first.
        """
        others = {each.api_key: each for each in self._others}
        for reading in self.known.readings.values():
            organization = reading.stack.organization
            tokens = StackTokens.of(reading.as_snapshot(), organization)
            others[tokens.api_key] = tokens
        if self.main_snapshot.stack is None:
            return others
        own = StackTokens.of(self.main_snapshot)
        others.pop(own.api_key, None)
        return {own.api_key: own, **others}

    def _identifier(self, stacks: Iterable[StackTokens]) -> Identifier:
        return Identifier.of(stacks, self._kept, self._own, self._missed)

    def _say_nothing_pasted(self) -> None:
        if self._identities:
            self.set_focus(self.table)
        else:
            self.say("Paste the value first.", "warn")

    @on(events.Unmount)
    def _forget(self) -> None:
        self._identities, self._own = [], None
