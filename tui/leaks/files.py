"""Scans files, one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tui.leaks.finds import Find, Tally, find_in_file, shown_path
from tui.leaks.scanning import Scanner
from tui.leaks.walking import opened, reader

_HERE = os.path.join(b".", b"")


def finds_in(path: bytes, scanner: Scanner, tally: Tally) -> Iterator[Find]:
    """Yield what is in a file; what can't be read goes into the tally."""
    try:
        handle = opened(path)
        try:
            spots = scanner.scan(reader(handle))
        finally:
            os.close(handle)
    except FileNotFoundError:
        # It was deleted since its folder was read.
        return
    except OSError as error:
        tally.miss(f"{shown_path(path)}: {error.strerror}.")
        return
    tally.files += 1
    tally.octets += scanner.size
    if scanner.is_compressed:
        tally.note_compressed(shown_path(path))
    for spot in spots:
        yield find_in_file(spot, path.removeprefix(_HERE))
