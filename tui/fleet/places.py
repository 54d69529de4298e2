"""Where something is in a fleet: a profile, a region, an organization, a stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tui.contentstack.models import Stack
from tui.contentstack.regions import Region
from tui.matching import fold


@dataclass(frozen=True, kw_only=True)
class FleetPlace:
    """A profile, and as much of the rest as is known."""

    profile: str = ""
    """The profile's name; empty if there's only one."""

    region: Region | None = None
    organization: str = ""
    """Its name; empty for stacks whose organization isn't listed."""

    key: str = ""
    """What identifies a stack across readings."""

    @property
    def region_name(self) -> str:
        """What the region is called."""
        return self.region.name if self.region else ""

    @property
    def stack_name(self) -> str:
        """What the stack is called, if it is one."""
        return ""

    @cached_property
    def texts(self) -> Mapping[str, tuple[str, ...]]:
        """The texts that a query can search, by field."""
        region_id = self.region.id if self.region else ""
        return {
            "profile": (fold(self.profile),),
            "region": (fold(self.region_name), region_id),
            "org": (fold(self.organization),),
            "stack": (fold(self.stack_name),) if self.stack_name else (),
        }

    @cached_property
    def haystack(self) -> str:
        """The text that free words are looked for in."""
        names = (self.stack_name, self.organization, self.region_name, self.profile)
        return "\n".join(map(fold, names))


@dataclass(frozen=True, kw_only=True)
class FleetStack(FleetPlace):
    """A stack of the fleet."""

    stack: Stack
    roles: tuple[str, ...] = ()
    """The roles that the profile's user has in it, if known."""

    @property
    def stack_name(self) -> str:
        """What the stack is called."""
        return self.stack.name

    @property
    def lane(self) -> str:
        """Whose rate limit its requests count against."""
        return self.stack.org_uid


def stack_key(region: Region, stack: Stack) -> str:
    """Return what identifies a stack."""
    return f"{region.cma}/{stack.api_key}"
