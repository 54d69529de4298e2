"""What is remembered: recent stacks, uncollected values, answers to questions.

It contains no secrets.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

import msgspec
from msgspec.structs import replace

from tui.files.folders import state_folder
from tui.files.json_files import change_json, read_json
from tui.files.refusal import FileRefused

_MOST_STACKS = 20
_MOST_PLACES = 50


class Uncollected(msgspec.Struct, frozen=True):
    """A management token whose value, shown only once, hasn't been collected yet.

    Attributes:
        stack: the uid of its stack.
    """

    uid: str
    name: str
    stack: str


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered.

    Attributes:
        use_csdx: whether the session of Contentstack's own CLI may be used, None until
            the user has been asked.
        recent_stacks: the uids of recently used stacks, the latest first.
        arrivals: whether a test copy arrived, by the place where the user was asked.
    """

    use_csdx: bool | None = None
    recent_stacks: tuple[str, ...] = ()
    uncollected: tuple[Uncollected, ...] = ()
    arrivals: dict[str, bool] = {}


def read_state(environ: Mapping[str, str]) -> State:
    """Read what is remembered, or nothing if that fails: it's only a convenience."""
    try:
        return read_json(state_folder(environ) / "state.json", State, State())
    except FileRefused:
        return State()


@dataclass(frozen=True)
class Memory:
    """Reads and writes this user's state on this machine.

    Nothing here raises: what can't be saved is forgotten.
    """

    environ: Mapping[str, str]

    @property
    def recent_stacks(self) -> tuple[str, ...]:
        """The uids of recently used stacks, the latest first."""
        return read_state(self.environ).recent_stacks

    def remember_stack(self, uid: str) -> None:
        """Put the stack with this uid first."""

        def change(state: State) -> State:
            uids = dict.fromkeys((uid, *state.recent_stacks))
            return replace(state, recent_stacks=tuple(uids)[:_MOST_STACKS])

        self._change(change)

    def remember_uncollected(self, uid: str, name: str, stack: str) -> None:
        """Remember a token until its value is collected.

        If the program ends before that, the next start names it.
        """
        added = Uncollected(uid, name, stack)

        def change(state: State) -> State:
            return replace(state, uncollected=(*state.uncollected, added))

        self._change(change)

    def forget_uncollected(self, *uids: str) -> None:
        """Forget tokens whose values were collected or given up."""

        def change(state: State) -> State:
            left = [token for token in state.uncollected if token.uid not in uids]
            return replace(state, uncollected=tuple(left))

        self._change(change)

    def uncollected(
        self, stack: str, uids: Collection[str], *, whole: bool = True
    ) -> tuple[str, ...]:
        """Return the uids of a stack's tokens whose values were never collected.

        If `uids` is the `whole` list, those not in it are gone, and forgotten.
        """
        tokens = read_state(self.environ).uncollected
        known = [token.uid for token in tokens if token.stack == stack]
        gone = [uid for uid in known if uid not in uids]
        if gone and whole:
            self.forget_uncollected(*gone)
        return tuple(uid for uid in known if uid in uids)

    def arrivals(self) -> Mapping[str, bool]:
        """Return the answers on whether copies arrive, by place."""
        return read_state(self.environ).arrivals

    def remember_arrival(self, place: str, arrived: bool) -> None:
        """Remember whether copies arrive at this place."""

        def change(state: State) -> State:
            arrivals = dict(state.arrivals)
            # Put it last, since the oldest answers are dropped.
            arrivals.pop(place, None)
            arrivals[place] = arrived
            latest = dict([*arrivals.items()][-_MOST_PLACES:])
            return replace(state, arrivals=latest)

        self._change(change)

    @property
    def use_csdx(self) -> bool | None:
        """Whether the session of Contentstack's CLI may be used, None if unasked."""
        return read_state(self.environ).use_csdx

    def answer_about_csdx(self, answer: bool | None) -> None:
        """Remember the answer, so that the user isn't asked again."""
        self._change(lambda state: replace(state, use_csdx=answer))

    def _change(self, change: Callable[[State], State]) -> None:
        path = state_folder(self.environ) / "state.json"
        with contextlib.suppress(FileRefused):
            change_json(path, partial(read_state, self.environ), change)
