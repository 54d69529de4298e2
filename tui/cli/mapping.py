"""Prints the map of what tokens serve."""

from __future__ import annotations

from dataclasses import dataclass

from tui.cli.documents import CellDocument, CoverageDocument
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.run import CommandRun
from tui.conditions import Moment, cannot_map
from tui.workspace.coverage import Coverage, coverage_of
from tui.workspace.snapshot import Snapshot


@dataclass(frozen=True)
class CoverageMap:
    """What `tokendeck coverage` was asked to print; call it to do that.

    Attributes:
        gaps: whether to print only what no token serves.
    """

    gaps: bool

    async def __call__(self, run: CommandRun) -> Exit:
        """Print the map.

        Raises:
            CommandFailed: if it's impossible to say what is served.
        """
        snapshot = await run.read("delivery", "environments", "branches", "aliases")
        if reason := cannot_map(Moment(snapshot)):
            raise CommandFailed(Exit.NOT_FOUND, reason)
        map = coverage_of(snapshot)
        self._print(run, snapshot, map)
        parts = (
            f"{map.uncovered} uncovered",
            f"{map.otherwise_covered} only under another name",
            f"{map.doubles} served by several tokens",
        )
        run.output.say(f"{', '.join(parts)}.")
        return Exit.DONE

    def _print(self, run: CommandRun, snapshot: Snapshot, map: Coverage) -> None:
        found = [
            CellDocument.of(map, environment, lane)
            for environment in map.environments
            for lane in map.lanes
        ]
        cells = tuple(cell for cell in found if not (self.gaps and cell.tokens))
        names = {token.uid: token.name for token in snapshot.delivery.items}
        document = CoverageDocument(
            cells=cells,
            gaps=map.uncovered + map.otherwise_covered,
            doubles=map.doubles,
            unplaced=tuple(token.uid for token in map.unplaced),
        )

        def tokens(cell: CellDocument) -> str:
            return ", ".join(names[uid] for uid in cell.tokens) or "-"

        columns = (
            ("ENVIRONMENT", lambda cell: cell.environment),
            ("BRANCH / ALIAS", lambda cell: f"{cell.lane} {cell.name}".strip()),
            ("TOKENS", tokens),
        )
        run.output.rows(document, cells, columns)
