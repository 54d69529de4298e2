"""Tokens to export."""

from __future__ import annotations

from tui.contentstack.models import DeliveryToken, ManagementToken
from tui.contentstack.regions import Region, find_region
from tui.contentstack.scope import Scope
from tui.export.formats import ExportFormat, formats_for
from tui.export.source import Source, Use
from tui.secret import Secret

DELIVERY = DeliveryToken(
    "blt1",
    "web",
    scope=Scope.of(("production",), ("main",)),
    value=Secret("cs" + "d1" * 12),
    preview=Secret("cs" + "b2" * 12),
)
MANAGEMENT = ManagementToken(
    "blt2", "ci", scope=Scope.of((), ("dev",)), value=Secret("cs" + "c3" * 12)
)


def source(
    token: DeliveryToken | ManagementToken = DELIVERY,
    *,
    region: Region | None = None,
    environment: str = "production",
    branch: str = "main",
    preview: bool = True,
) -> Source:
    use = Use("" if isinstance(token, ManagementToken) else environment, branch)
    return Source(
        token, "blt0123456789abcdef", region or find_region("na"), use, preview
    )


def format_of(
    format_id: str, token: DeliveryToken | ManagementToken = DELIVERY
) -> ExportFormat:
    return next(item for item in formats_for(token) if item.id == format_id)
