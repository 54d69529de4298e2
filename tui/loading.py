"""Loading modules: what is a tenth of the start, and what an impatient ctrl+c meets."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load modules within: nothing of them becomes garbage, so none is looked for.

    Ctrl+c ends at once.
    """
    interrupts = signal.getsignal(signal.SIGINT)
    if interrupts is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()
    yield
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGINT, interrupts)
