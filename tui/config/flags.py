"""What the command line says about a run, before anything else is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.config.schema import Hosts


@dataclass(frozen=True)
class Flags:
    """What the command line says; None or False if it says nothing."""

    profile: str | None = None
    region: str | None = None
    hosts: Hosts | None = None
    stack: str | None = None
    auth_file: str | None = None
    read_only: bool = False
    plain_screen: bool = False
    demo: bool = False
