"""Several profiles in one run: `--profile a,b`, for commands that read all stacks."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tui.config.flags import Flags
from tui.files.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.account.account import Connect


class Profiles(NamedTuple):
    """The flags of the first profile and, if there are several, how each connects."""

    flags: Flags
    connects: Mapping[str, Connect] = {}

    @property
    def first(self) -> str:
        """The name of the first; empty if there aren't several."""
        return (self.flags.profile or "") if self.connects else ""


def profiles_of(flags: Flags) -> Profiles:
    """Return the profiles that `--profile` names.

    Raises:
        Refused: if one of them can't be used.
    """
    names = [name.strip() for name in (flags.profile or "").split(",")]
    if len(names) == 1 or flags.demo:
        return Profiles(flags)
    if flags.auth_file is not None:
        raise Refused("--auth-file can't be used with several profiles.")
    from tui.account.credential_search import connection_of
    from tui.config.settings import settings_from

    settings = {
        name: settings_from(os.environ, replace(flags, profile=name))
        for name in dict.fromkeys(filter(None, names))
    }
    connects = {
        name: partial(connection_of, its, os.environ) for name, its in settings.items()
    }
    return Profiles(replace(flags, profile=next(iter(settings), None)), connects)
