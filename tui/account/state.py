"""What is remembered between runs: answers and habits, never a secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from tui.account.private_files import change_json, read_json, state_folder
from tui.files import FileRefused


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


def read_state(environ: Mapping[str, str]) -> State:
    """What is remembered: nothing where it can't be read, since it is a convenience."""
    try:
        return read_json(state_folder(environ) / "state.json", State, State())
    except FileRefused:
        return State()


def change_state(environ: Mapping[str, str], change: Callable[[State], State]) -> None:
    """Change what is remembered; `FileRefused` if it can't be written down."""
    change_json(state_folder(environ) / "state.json", partial(read_state, environ), change)
