"""What is remembered: the last stacks, values never collected, answers given once.

No secret is among it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from tui.files import FileRefused
from tui.private_files import change_json, read_json, state_folder

_MOST_STACKS = 20
_MOST_PLACES = 50


class Uncollected(msgspec.Struct, frozen=True):
    """A management token whose once-only value nobody has taken yet.

    Uid and name, and its stack's uid.
    """

    uid: str
    name: str
    stack: str


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered.

    `use_csdx` is the answer to whether the session of Contentstack's own CLI may be
    used, None until it was asked for. `recent_stacks` are uids, the last one used
    first. `arrivals` are the user's answers on whether a test copy arrived, by the
    place that they hold for.
    """

    use_csdx: bool | None = None
    recent_stacks: tuple[str, ...] = ()
    uncollected: tuple[Uncollected, ...] = ()
    arrivals: dict[str, bool] = {}


def read_state(environ: Mapping[str, str]) -> State:
    """What is remembered: nothing where it can't be read, since it is a convenience."""
    try:
        return read_json(state_folder(environ) / "state.json", State, State())
    except FileRefused:
        return State()


@dataclass(frozen=True)
class Memory:
    """Reads and writes the state of this user on this machine.

    Nothing here raises: what can't be written down is forgotten again.
    """

    environ: Mapping[str, str]

    @property
    def recent_stacks(self) -> tuple[str, ...]:
        """Uids of the stacks used last, the latest first."""
        return read_state(self.environ).recent_stacks

    def remember_stack(self, uid: str) -> None:
        """The stack with this uid is the latest."""
        self._change(
            lambda state: {
                "recent_stacks": tuple(dict.fromkeys((uid, *state.recent_stacks)))[
                    :_MOST_STACKS
                ]
            }
        )

    def remember_uncollected(self, uid: str, name: str, stack: str) -> None:
        """Should the program end before the value is taken, the next start names the token."""
        self._change(
            lambda state: {
                "uncollected": (*state.uncollected, Uncollected(uid, name, stack))
            }
        )

    def forget_uncollected(self, *uids: str) -> None:
        """These values were taken, or given up."""
        self._change(
            lambda state: {
                "uncollected": tuple(
                    each for each in state.uncollected if each.uid not in uids
                )
            }
        )

    def uncollected(
        self, stack: str, uids: Collection[str], *, whole: bool = True
    ) -> tuple[str, ...]:
        """The tokens of a stack whose values were never taken, by uid.

        Those not among `uids` are gone and forgotten, if these are the `whole` list.
        """
        known = [
            token.uid
            for token in read_state(self.environ).uncollected
            if token.stack == stack
        ]
        gone = [uid for uid in known if uid not in uids]
        if gone and whole:
            self.forget_uncollected(*gone)
        return tuple(uid for uid in known if uid in uids)

    def arrivals(self) -> Mapping[str, bool]:
        """The answers on whether copies arrive, by place."""
        return read_state(self.environ).arrivals

    def remember_arrival(self, place: str, arrived: bool) -> None:
        """Whether copies arrive at this place."""

        def latest(state: State) -> dict[str, Any]:
            others = [answer for answer in state.arrivals.items() if answer[0] != place]
            return {"arrivals": dict([*others, (place, arrived)][-_MOST_PLACES:])}

        self._change(latest)

    @property
    def use_csdx(self) -> bool | None:
        """Whether the session of Contentstack's own CLI may be used, None if unasked."""
        return read_state(self.environ).use_csdx

    def answer_about_csdx(self, answer: bool) -> None:
        """Do not ask again."""
        self._change(lambda _state: {"use_csdx": answer})

    def _change(self, changes: Callable[[State], dict[str, Any]]) -> None:
        with contextlib.suppress(FileRefused):
            change_json(
                state_folder(self.environ) / "state.json",
                partial(read_state, self.environ),
                lambda state: msgspec.structs.replace(state, **changes(state)),
            )
