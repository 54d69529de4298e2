from __future__ import annotations

import pytest

from tests.support.pilot import wait_for
from tests.widgets.host import Host, shown
from tui.widgets.glyphs import ASCII
from tui.widgets.lines import width_of
from tui.widgets.toggle import Toggle


class ToggleHost(Host[Toggle]):
    def on_toggle_switched(self, event: Toggle.Switched) -> None:
        self.messages.append((event.control, event.on))


async def test_space_switches_it_and_tells_and_the_focus_is_seen() -> None:
    app = ToggleHost(
        Toggle("Create Preview Token", "[read] drafts · unpublished", glyphs=ASCII)
    )
    async with app.run_test(size=(60, 4)) as pilot:
        await wait_for(
            pilot,
            lambda: (
                shown(app)[0]
                == "> [ ] Create Preview Token  [read] drafts - unpublished"
            ),
            "the box, unmarked",
        )
        await pilot.press("space", "enter")
        await wait_for(
            pilot, lambda: shown(app)[0].startswith("> [x]"), "the box, marked"
        )
        await wait_for(
            pilot, lambda: app.messages == [(app.widget, True)], "the message"
        )
        assert app.let_through == 1
        app.widget.set_on(False)
        app.screen.set_focus(None)
        await wait_for(pilot, lambda: shown(app)[0].startswith("  [ ]"), "no bar")
        assert not app.widget.on
        assert len(app.messages) == 1


@pytest.mark.parametrize("width", [0, 1, 5, 20, 80])
def test_it_stays_within_its_line(width: int) -> None:
    assert (
        width_of(Toggle("Create \x1b preview token", "note " * 9).line(0, width))
        <= width
    )
