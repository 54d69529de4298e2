"""The options of `tokendeck find`, and how it reports what it found."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from tui.cli.exit_codes import Exit
from tui.cli.interruption import stopping
from tui.cli.output import Output
from tui.leaks.baseline import Baseline
from tui.leaks.finds import Find, Tally
from tui.leaks.known import KnownTokens


@dataclass(frozen=True)
class FindOptions:
    """The options of a search.

    Attributes:
        baseline: the file of accepted findings.
        write_baseline: the file to write this search's findings to.
    """

    paths: tuple[str, ...] = ()
    staged: bool = False
    as_sarif: bool = False
    no_history: bool = False
    no_files: bool = False
    only_known: bool = False
    offline: bool = False
    baseline: str | None = None
    write_baseline: str | None = None

    def accepted(self) -> Baseline:
        """Return the accepted findings.

        Raises:
            FileRefused: if the file isn't a baseline.
        """
        path = self.baseline
        return Baseline.read(Path(path).expanduser()) if path else Baseline()

    def searched(self, known: KnownTokens, tally: Tally) -> list[Find]:
        """Search, and return the findings that aren't accepted.

        If a signal stops the search, this returns what was found by then.

        Raises:
            FileRefused: if the baseline can't be read or written.
        """
        accepted = self.accepted()
        kept: list[Find] = []

        def stop() -> None:
            tally.stopped = True

        # The event loop that handles signals doesn't run until this is over.
        with (
            suppress(KeyboardInterrupt),
            stopping(stop),
            closing(self._found(known, tally)) as found,
        ):
            for find in found:
                if accepted.accepts(find):
                    tally.accepted += 1
                elif find.token or not self.only_known:
                    kept.append(find)
        if not self.staged:
            from tui.cli.find_progress import clear

            clear()
        return kept

    def _found(self, known: KnownTokens, tally: Tally) -> Generator[Find, None, None]:
        if self.staged:
            from tui.leaks.staged import staged_finds

            return staged_finds(known, tally)
        # A hook doesn't need the rest of the search.
        from tui.cli.find_progress import progress
        from tui.leaks.search import Search

        return Search(
            self.paths or (".",),
            known,
            files=not self.no_files,
            history=not self.no_history,
            tally=tally,
            on_progress=progress(),
        ).finds()

    def end(
        self,
        finds: Sequence[Find],
        tally: Tally,
        known: KnownTokens,
        unknowable: Sequence[str],
        output: Output,
    ) -> Exit:
        """Print the result, and return the exit code."""
        # A hook stays fast if there's nothing to say.
        if finds or not self.staged or output.shape != "table" or self.as_sarif:
            from tui.cli.find_printing import print_finds

            print_finds(finds, tally, known, unknowable, output, sarif=self.as_sarif)
        if not self.as_sarif:
            _say(finds, tally, unknowable, output, is_short=self.staged)
        if tally.stopped:
            self._say_stopped(tally, output)
            return Exit.STOPPED
        if self.write_baseline:
            accepted = self.accepted().joined(Baseline.of(finds))
            accepted.write(Path(self.write_baseline).expanduser())
            return Exit.DONE
        if finds:
            return Exit.FOUND
        return Exit.FAILED if tally.unread_count else Exit.DONE

    def _say_stopped(self, tally: Tally, output: Output) -> None:
        """Tell programs, too: their output looks complete."""
        from tui.messages.leaks import stopped_words

        if self.as_sarif or output.as_json:
            output.announce(stopped_words(tally))
        if self.write_baseline:
            output.announce("The baseline wasn't written.")


def _say(
    finds: Sequence[Find],
    tally: Tally,
    unknowable: Sequence[str],
    output: Output,
    *,
    is_short: bool,
) -> None:
    from tui.messages.leaks import summary, unsearched

    if is_short and not finds and not tally.stopped:
        return
    for sentence in (summary(finds, tally), *unsearched(tally)):
        output.say(sentence)
    for sentence in () if is_short else unknowable:
        output.say(sentence)
