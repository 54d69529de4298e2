"""The values that a fleet's rows have in a field, for completing a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tui.display import visible
from tui.fleet.rows import FleetRow, lanes
from tui.query.completion import ValuesOf


def values_in(rows: Iterable[FleetRow]) -> ValuesOf:
    """Return a function that gives the values of a field, computed on request.

    Fields that aren't texts have none, and neither does `token`: nobody picks a value
    from a list.
    """
    rows, known = tuple(rows), dict[str, frozenset[str]]()

    def values_of(field: str) -> Iterable[str]:
        if field not in known:
            shown = _SHOWN.get(field, _nothing)
            texts = (text for row in rows for text in shown(row))
            known[field] = frozenset(map(visible, texts)) - {""}
        return known[field]

    return values_of


def _nothing(_: FleetRow) -> Iterable[str]:
    return ()


def _environments(row: FleetRow) -> Iterable[str]:
    return row.token.scope.environments if row.token else ()


def _branches(row: FleetRow) -> Iterable[str]:
    return lanes(row.token.scope) if row.token else ()


_SHOWN: Mapping[str, Callable[[FleetRow], Iterable[str]]] = {
    "stack": lambda row: (row.place.stack_name,),
    "org": lambda row: (row.place.organization,),
    "region": lambda row: (row.place.region_name,),
    "profile": lambda row: (row.place.profile,),
    "name": lambda row: (row.name,),
    "env": _environments,
    "branch": _branches,
    "by": lambda row: (row.maker,),
}
