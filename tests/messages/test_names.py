from __future__ import annotations

import pytest

from tui.messages.names import short_uid


@pytest.mark.parametrize(
    ("uid", "words"),
    [("blt0123456789", "blt0123…"), ("blt01234", "blt01234"), ("", "")],
)
def test_a_uid_is_shortened_in_one_way(uid: str, words: str) -> None:
    assert short_uid(uid) == words
