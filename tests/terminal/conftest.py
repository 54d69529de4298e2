"""The real command, as installed next to the Python that runs the tests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

TOKENDECK = str(Path(sys.executable).with_name("tokendeck"))

Start = Callable[..., Terminal]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the dashboard on the demo, or another command, and end it with the test."""
    with ExitStack() as running:

        def start(
            *command: str,
            columns: int = 80,
            lines: int = 24,
            synchronized: bool = False,
            answers: Mapping[bytes, bytes] | None = None,
            **env: str | None,
        ) -> Terminal:
            return running.enter_context(
                Terminal(
                    command or (TOKENDECK, "--demo"),
                    columns=columns,
                    lines=lines,
                    env=env,
                    synchronized=synchronized,
                    answers=answers,
                )
            )

        yield start


@pytest.fixture
def dashboard(start: Start) -> Terminal:
    """The dashboard at 80×24, with its tokens read."""
    terminal = start()
    terminal.wait_for("tokens · read")
    terminal.settle()
    return terminal
