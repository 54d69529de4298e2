"""What is remembered between runs: answers and habits, never a secret.

It is a convenience: where it can't be read, it counts as empty and a sentence says why.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec

from tui.account.private_files import PATIENCE, PRIVATE, locked, replace_own_file, state_folder
from tui.files import FileAbsent, FileRefused, read_checked, shown

_MOST_STACKS = 20
_MOST_PLACES = 50


class Untaken(msgspec.Struct, frozen=True):
    """A management token whose once-only value nobody has taken yet: uid and name, and its stack's uid."""

    uid: str
    name: str
    stack: str


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered.

    `use_csdx` is the answer to whether the session of Contentstack's own CLI may be used, None until it was
    asked for. `recent_stacks` are uids, the last one used first. `arrivals` are the user's answers on whether
    a test copy arrived, by the place that they hold for.
    """

    use_csdx: bool | None = None
    recent_stacks: tuple[str, ...] = ()
    untaken: tuple[Untaken, ...] = ()
    arrivals: dict[str, bool] = {}


def read_state(environ: Mapping[str, str]) -> tuple[State, str | None]:
    """What is remembered, and what stood in the way of reading it."""
    try:
        path = state_folder(environ) / "state.json"
        return msgspec.json.decode(read_checked(path, PRIVATE), type=State), None
    except FileAbsent:
        return State(), None
    except FileRefused as refusal:
        return State(), str(refusal)
    except (msgspec.DecodeError, RecursionError):
        return State(), f"{shown(path)} is damaged; what was remembered in it is forgotten."


def remember_csdx(environ: Mapping[str, str], answer: bool) -> None:
    """Remember whether csdx's session may be used.

    Raises:
        FileRefused: if it can't be written down.
    """
    _change(environ, lambda state: msgspec.structs.replace(state, use_csdx=answer))


def remember_stack(environ: Mapping[str, str], uid: str) -> None:
    """Remember the stack with this uid as the last one used.

    Raises:
        FileRefused: if it can't be written down.
    """

    def first(state: State) -> State:
        others = tuple(other for other in state.recent_stacks if other != uid)
        return msgspec.structs.replace(state, recent_stacks=(uid, *others)[:_MOST_STACKS])

    _change(environ, first)


def remember_arrival(environ: Mapping[str, str], place: str, arrived: bool) -> None:
    """Remember whether copies arrive at this place.

    Raises:
        FileRefused: if it can't be written down.
    """

    def last(state: State) -> State:
        others = {name: answer for name, answer in state.arrivals.items() if name != place}
        latest = dict([*others.items(), (place, arrived)][-_MOST_PLACES:])
        return msgspec.structs.replace(state, arrivals=latest)

    _change(environ, last)


def remember_untaken(environ: Mapping[str, str], token: Untaken) -> None:
    """Remember that the value of a new token is not taken yet.

    Raises:
        FileRefused: if it can't be written down.
    """
    _change(environ, lambda state: msgspec.structs.replace(state, untaken=(*state.untaken, token)))


def forget_untaken(environ: Mapping[str, str], uids: Collection[str]) -> None:
    """The values of these tokens were taken or given up, or the tokens are gone.

    Raises:
        FileRefused: if it can't be written down.
    """

    def without(state: State) -> State:
        left = tuple(token for token in state.untaken if token.uid not in uids)
        return msgspec.structs.replace(state, untaken=left)

    _change(environ, without)


def _change(environ: Mapping[str, str], change: Callable[[State], State]) -> None:
    """Change what is remembered; another Tokendeck that does the same at this moment loses nothing."""
    path = state_folder(environ) / "state.json"
    with locked(path.with_suffix(".lock"), patience=PATIENCE):
        state, _ = read_state(environ)
        changed = change(state)
        if changed != state:
            replace_own_file(path, msgspec.json.encode(changed))
