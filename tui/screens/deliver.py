"""Delivering a token to where it is used: targets, and how sure each delivery is."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from textual import on
from textual.events import Mount
from textual.widget import Widget

from tui.commands import Command, Place
from tui.conditions import Moment
from tui.config.schema import Target
from tui.contentstack.models import Token
from tui.display import shortened, visible
from tui.export.source import Unfit, Uses
from tui.files.refusal import FileRefused, shown
from tui.messages.delivery import deliveries_words, delivery_words
from tui.screens.base import Stopped, TokendeckScreen
from tui.screens.confirm import Confirm
from tui.screens.messages.production import touched_by
from tui.screens.messages.rows import use_words
from tui.screens.session import Session
from tui.targets.delivering import (
    Delivery,
    DeliveryGrade,
    Parcel,
    arrived,
    deliver_to,
    depends_on_use,
)
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.table_model import Row, RowStyle
from tui.widgets.title_line import TitleLine
from tui.widgets.token_table import TokenTable

_COLUMNS = (
    Column("name", "TARGET", 20, least=10),
    Column("delivery", "DELIVERY", 28, least=13),
    Column("program", "PROGRAM", None, least=8, drop=1),
)
_STYLES: Mapping[DeliveryGrade, RowStyle] = {
    DeliveryGrade.READ_BACK: "good",
    DeliveryGrade.NOT_DELIVERED: "error",
}
_HOW = """\
No targets yet. A target is a program that stores the value where it's used.
To add one, put this into {file}:

[targets.web]
put = ["gh", "secret", "set", "CONTENTSTACK_DELIVERY_TOKEN"]

`tokendeck help targets` has more programs, and how to prove a delivery."""


class DeliverScreen(TokendeckScreen[tuple[Delivery, ...]], place=Place.DELIVER):
    """Returns the outcome of each delivery; None if there was none.

    Args:
        wanted: The targets that are marked at first.
        old: The token that this one replaces.
        at_once: Whether it starts by itself, and ends once each wanted target has
            proved that it has the value.
    """

    def __init__(
        self,
        session: Session,
        token: Token,
        *,
        wanted: Collection[str] = (),
        old: Token | None = None,
        at_once: bool = False,
    ) -> None:
        super().__init__(session)
        self._token = token
        self._wanted = wanted
        self._old = old
        self._at_once = at_once
        self._uses = Uses(token)
        self._use = 0
        self._under_way: Collection[str] = ()
        self._deliveries: dict[str, Delivery] = {}

    def compose_body(self) -> Iterable[Widget]:
        """Yield the targets, and below them the details of the one at the cursor."""
        glyphs = self.session.glyphs
        yield TitleLine(id="title", glyphs=glyphs)
        file = self.session.settings.file
        how = _HOW.format(file=shown(file) if file else "your configuration")
        yield TokenTable(
            _COLUMNS,
            id="targets",
            empty="\n".join(map(self.session.clean, how.splitlines())),
            signs=bool(self._targets),
            glyphs=glyphs,
        )
        yield FactsCard(id="card", glyphs=glyphs)

    @on(Mount)
    def _begin(self) -> None:
        self.draw_all()
        known = self._wanted or self.session.deliveries.targets_of(self._token.uid)
        self._table.mark(set(known) & set(self._targets))
        if first := next((name for name in self._targets if name in known), None):
            self._table.move_to(first)
        self.set_focus(self._table)
        if self._at_once:
            self.call_later(self.carry_out, self._deliver_at_once)

    @property
    def token(self) -> Token:
        """The token that is delivered."""
        return self._token

    @property
    def alarm(self) -> str:
        """PRODUCTION, if the token serves it."""
        production = self.session.settings.production_environments
        return "PRODUCTION" if touched_by((self._token,), production) else ""

    def moment(self) -> Moment:
        """The current moment, with the token that is delivered."""
        return replace(super().moment(), token=self._token, uses=len(self._uses))

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run: all of them need a target."""
        if item.id in ("deliver_now", "mark") and not self._targets:
            return "There is no target to deliver to."
        if item.id == "deliver_now" and self.asking:
            return f"Still delivering. {self.session.key('close')} stops waiting."
        if item.id == "deliver_now" and not self._chosen:
            return f"No target is marked. {self.session.key('mark')} marks one."
        return super().reason_against(item)

    def draw(self) -> None:
        """Show how far each delivery has come."""
        self.query_one(TitleLine).set_text(self._title())
        self._table.set_rows([self._row(name) for name in self._targets])
        self._draw_card()

    async def do_deliver_now(self) -> None:
        """Deliver to the marked targets; without marks, to the one at the cursor."""
        names = self._chosen
        try:
            parcel = self._parcel()
        except Unfit as unfit:
            self.say(str(unfit), "warn")
            return
        if not await self._agreed(names):
            self.say("Nothing was delivered.")
            return
        self._under_way = names
        for name in names:
            self._deliveries.pop(name, None)
        self.draw_all()
        try:
            deliveries = await self.waiting(
                "Delivering …",
                deliver_to,
                {name: self._targets[name] for name in names},
                parcel,
                self.session.environ,
                self._on_delivery,
            )
        except Stopped:
            self.say(
                "Stopped waiting. The delivery in progress may or may not have"
                " arrived.",
                "warn",
            )
            return
        finally:
            self._under_way = ()
            self._keep()
            self.draw_all()
        self._say_outcome(deliveries)
        if self._at_once and self._is_proved:
            await self.do_close()

    async def _deliver_at_once(self) -> None:
        """Deliver to the wanted targets, unless something must be chosen first."""
        key = self.session.key
        gone = [name for name in self._wanted if name not in self._targets]
        chosen = map(self._targets.__getitem__, self._table.marked)
        if gone:
            words = f"Your configuration no longer has {', '.join(gone)}."
            if self._table.marked:
                words += f" {key('deliver_now')} delivers to the marked targets."
            self.say(words, "warn")
        elif len(self._uses) > 1 and any(map(depends_on_use, chosen)):
            words = f"For which of {len(self._uses):,} environments and branches?"
            how = f"{key('next_use')} chooses, {key('deliver_now')} delivers."
            self.say(f"{words} {how}")
        else:
            await self.do_deliver_now()

    @property
    def _is_proved(self) -> bool:
        """Whether each wanted target that still exists has proved that it has it."""
        proved = {name for name, each in self._deliveries.items() if each.proved}
        return self._are_all_in(proved)

    def _are_all_in(self, names: Collection[str]) -> bool:
        wanted = {name for name in self._wanted if name in self._targets}
        return bool(wanted) and wanted.issubset(names)

    def hint_word(self, item: Command) -> str:
        """Return the word beside a key: Esc continues once all wanted targets have it.

        Marked targets are counted, since they may be out of sight. The next use in the
        scope is named by what changes with it.
        """
        word, names = super().hint_word(item), self._chosen
        match item.id:
            case "close":
                is_there = self._are_all_in(arrived(self._deliveries.values()))
                goes_on = self._at_once and is_there and not self.asking
                return "continue" if goes_on else word
            case "next_use":
                environments = len(self._token.scope.environments)
                same_branch = 1 < len(self._uses) == environments
                return "next environment" if same_branch else "next branch"
            case "deliver_now" if names and names != (self._table.cursor_key,):
                return f"{word} {len(names)}"
            case _:
                return word

    async def do_mark(self) -> None:
        """Mark or unmark the target, and go to the next one."""
        self._table.toggle_mark()
        self._table.action_step(1)
        self.draw_hints()

    async def do_next_use(self) -> None:
        """Use the next environment and branch of the token's scope."""
        self._use = (self._use + 1) % len(self._uses)
        self.draw_all()

    async def do_close(self) -> None:
        """Stop waiting; else leave with what was delivered."""
        if self.asking:
            await super().do_close()
        else:
            done = [name for name in self._targets if name in self._deliveries]
            self.dismiss(tuple(map(self._deliveries.__getitem__, done)) or None)

    async def _agreed(self, names: Collection[str]) -> bool:
        """Ask if a target requires it, or in the demo, whose tokens aren't real."""
        if self.session.settings.demo:
            why = "This token is from the demo, and would replace a real one."
        elif any(self._targets[name].confirm for name in names):
            why = "Your configuration says to ask first."
        else:
            return True
        what = shortened(self._token.name)
        question = f"Deliver {what} to {', '.join(names)}?"
        asked = Confirm(question, why, glyphs=self.session.glyphs)
        answer = await self.show(asked)
        return answer is True

    def _on_delivery(self, delivery: Delivery) -> None:
        self._deliveries[delivery.target] = delivery
        if self.is_here:
            self.draw_all()

    def _say_outcome(self, deliveries: tuple[Delivery, ...]) -> None:
        """Say what came of them, and mark those that can be tried again."""
        failed = [
            each.target
            for each in deliveries
            if each.grade is DeliveryGrade.NOT_DELIVERED
        ]
        again = failed
        if self._at_once and not failed:
            again = [each.target for each in deliveries if not each.proved]
        self._table.mark(set(again))
        words = deliveries_words(deliveries)
        if failed:
            self._table.move_to(failed[0])
            key = self.session.key("deliver_now")
            self.say(f"{words} Press {key} to retry.", "error")
        else:
            proved = all(each.proved for each in deliveries)
            self.say(words, "good" if proved else "info")

    def _keep(self) -> None:
        """Remember which targets have the token, for its next rotation."""
        try:
            names = arrived(self._deliveries.values())
            self.session.deliveries.add(self._token.uid, names)
        except FileRefused as refusal:
            words = f"Couldn't save where this token was delivered: {refusal}"
            self.call_later(self.say, words, "warn")

    def _parcel(self) -> Parcel:
        """Return what is delivered.

        Raises:
            Unfit: if it isn't known what the token is used with.
        """
        snapshot, use = self.snapshot, self._uses[self._use]
        old = self._old if self._old and self._old.value else None
        return Parcel(
            snapshot.source(self._token, use),
            snapshot.stack.name if snapshot.stack else "",
            snapshot.source(old, use) if old else None,
        )

    @property
    def _targets(self) -> Mapping[str, Target]:
        return self.session.settings.targets

    @property
    def _table(self) -> TokenTable:
        return self.query_one(TokenTable)

    @property
    def _chosen(self) -> tuple[str, ...]:
        marked = self._table.marked
        if marked:
            return tuple(name for name in self._targets if name in marked)
        if self._at_once:
            # The target under the cursor may belong to another token.
            return ()
        key = self._table.cursor_key
        return (key,) if key is not None else ()

    def _title(self) -> str:
        use = self._uses[self._use]
        words = [f"Deliver {self.session.named(self._token.name)}"]
        if len(self._uses) > 1:
            words.append(f"{self._use + 1:,} of {len(self._uses):,}")
        return " · ".join([*words, *use_words(use, self._token)])

    def _row(self, name: str) -> Row:
        target, delivery = self._targets[name], self._deliveries.get(name)
        state = "-"
        if delivery is not None:
            state = delivery.grade.value
        elif name in self._under_way:
            state = "delivering"
        elif name in self.session.deliveries.targets_of(self._token.uid):
            state = "delivered earlier"
        cells = tuple(map(visible, (name, state, _command(target.put))))
        style = _STYLES.get(delivery.grade, "normal") if delivery else "normal"
        return Row(name, cells, style=style)

    @on(TokenTable.CursorMoved)
    def _cursor_moved(self) -> None:
        self._draw_card()
        self.draw_hints()

    @on(TokenTable.MarksChanged)
    def _marks_changed(self) -> None:
        self.draw_hints()

    def _draw_card(self) -> None:
        name, card = self._table.cursor_key, self.query_one(FactsCard)
        card.display = name is not None
        if name is None:
            return
        target, delivery = self._targets[name], self._deliveries.get(name)
        facts = []
        if delivery is not None:
            facts.append(Fact("", delivery_words(delivery)))
        facts.append(Fact("Stores", _command(target.put)))
        proof = _command(target.get) or "nothing: add get, to check deliveries"
        facts.append(Fact("Reads back", proof))
        facts.append(Fact("Gets", _FORMS[(target.form or "value").lower()]))
        card.set_facts(name, facts)


def _command(words: tuple[str, ...] | None) -> str:
    """Return a program and its arguments, quoted for a shell."""
    return shlex.join(words or ())


_FORMS = {
    "value": "the token's value, on standard input",
    ".env": "the token and everything it's used with, as .env, on standard input",
    "env": "the token and everything it's used with, as .env, on standard input",
    "json": "the token and everything it's used with, as JSON, on standard input",
}
