"""Keys of layouts that aren't Latin, as terminals send them to the real program."""

from __future__ import annotations

import pytest

from tests.support.terminal import Terminal

pytestmark = pytest.mark.terminal


@pytest.mark.long
@pytest.mark.parametrize(
    "sent", ["\x1b[1089;5u", "\x1b[1089::99;5u", "\x1b[1489::99;5:1u", "\x1b[27;5;99~"]
)
def test_ctrl_c_ends_it_on_every_layout(dashboard: Terminal, sent: str) -> None:
    dashboard.send(sent)
    assert dashboard.wait_for_exit() == 0
    assert dashboard.not_restored == []


def test_the_place_of_each_key_is_asked_for(dashboard: Terminal) -> None:
    assert b"\x1b[>29u" in dashboard.bytes_seen
    dashboard.send("\x1b[1097::111;3u")
    dashboard.wait_for("ACCESS")
