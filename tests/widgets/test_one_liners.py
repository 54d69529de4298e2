"""Status, header, tabs and keys: what gives way on a narrow screen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pytest

from tests.support.pilot import wait_for
from tests.widgets.host import Host, shown
from tui.widgets.glyphs import ASCII
from tui.widgets.header_line import HeaderLine
from tui.widgets.key_hints import KeyHint, KeyHints
from tui.widgets.lines import Line, LineWidget
from tui.widgets.status_line import StatusLine
from tui.widgets.tabs_line import Tab, TabsLine


def text(line: Line) -> str:
    return "".join(part for part, _ in line)


def tones(line: Line) -> dict[str, str]:
    return {part.strip(): tone for part, tone in line}


class TestStatusLine:
    def test_how_it_is_said_is_told_by_a_sign_and_not_by_colour_only(self) -> None:
        status = StatusLine("Reading")
        assert text(status.line(0, 40)) == "Reading"
        status.say("No network.", "error")
        assert status.line(0, 40) == (("✗ No network.", "error"),)
        assert (status.text, status.kind) == ("No network.", "error")
        status.say("Read-only.", "warn")
        assert status.line(0, 40) == (("! Read-only.", "warn"),)
        status.say("Saved.", "good")
        assert status.line(0, 40) == (("✓ Saved.", "good"),)

    def test_a_long_message_is_cut_and_names_the_key_that_shows_it(self) -> None:
        status = StatusLine("The quick brown fox jumps over the lazy dog.")
        status.set_more_key("M")
        line = status.line(0, 40)
        assert text(line) == "The quick brown fox jumps over t… M more"
        assert tones(line)["M"] == "key"
        assert text(status.line(0, 44)) == status.text
        assert text(status.line(0, 20)) == "The quick brown fox…"

    async def test_no_message_changes_its_height(self) -> None:
        status = StatusLine()
        app = Host(status)
        async with app.run_test(size=(20, 5)) as pilot:
            for words in ("", "one", "No network: the host is unknown. " * 20):
                status.say(words, "error")
                await wait_for(pilot, partial(_begins, app, words[:9]), "the message")
                assert status.size.height == 1

    async def test_it_paints_only_what_changed(self) -> None:
        status = StatusLine("one")
        app = Host(status)
        async with app.run_test(size=(40, 5)) as pilot:
            await wait_for(
                pilot, lambda: shown(app)[0].strip() == "one", "the first text"
            )
            asked = count_refreshes(status)
            status.say("one")
            assert asked == []
            status.say("two\x1b[31m")
            assert asked == [1]
            await wait_for(
                pilot, lambda: shown(app)[0].strip() == "two␛[31m", "the second text"
            )


class TestHeaderLine:
    left = ("Storefront", "AWS NA", "blt9f••")
    right = ("ana@example.com", "Admin")

    @pytest.mark.parametrize(
        ("width", "expected"),
        [
            (56, "Storefront · AWS NA · blt9f••    ana@example.com · Admin"),
            (50, "Storefront · AWS NA · blt9f••                Admin"),
            (36, "Storefront · AWS NA · blt9f••  Admin"),
            (35, "Storefront · AWS NA · blt9f••"),
            (16, "Storefront · AW…"),
            (4, "Sto…"),
        ],
    )
    def test_parts_at_the_right_give_way_one_by_one(
        self, width: int, expected: str
    ) -> None:
        header = HeaderLine()
        header.set_parts(self.left, self.right)
        assert text(header.line(0, width)) == expected

    def test_the_first_part_is_strong_and_ascii_is_kept_to(self) -> None:
        header = HeaderLine(glyphs=ASCII)
        header.set_parts(self.left, self.right)
        line = header.line(0, 80)
        assert tones(line)["Storefront"] == "strong"
        assert text(line).isascii()

    def test_what_touches_production_is_said_first_and_in_its_tone(self) -> None:
        header = HeaderLine()
        header.set_parts(self.left, self.right)
        header.set_alarm("PRODUCTION")
        line = header.line(0, 60)
        assert text(line).startswith("PRODUCTION  Storefront · AWS NA")
        assert tones(line)["PRODUCTION"] == "production"
        assert "muted" not in tones(line).values()
        header.set_alarm("")
        assert text(header.line(0, 60)).startswith("Storefront")

    def test_it_can_be_empty_and_be_filled_later(self) -> None:
        header = HeaderLine()
        assert text(header.line(0, 20)) == ""
        header.set_parts(["Demo"], ["forgets all at exit"])
        assert text(header.line(0, 30)) == "Demo       forgets all at exit"


class TestTabsLine:
    tabs = (Tab("d", "Delivery", "7"), Tab("m", "Management", "–"))

    def test_the_active_tab_stands_out_without_colour(self) -> None:
        line = TabsLine(self.tabs, "d", "/ filter").line(0, 60)
        assert tones(line)["Delivery 7"] == "tab-active"
        assert tones(line)["Management –"] == "muted"
        assert text(line).startswith("Delivery 7 │ Management –")
        assert text(line).endswith("/ filter")

    def test_the_hint_gives_way_then_the_tabs_are_cut(self) -> None:
        tabs = TabsLine(self.tabs, "m", "/ filter")
        assert text(tabs.line(0, 26)) == "Delivery 7 │ Management –"
        assert text(tabs.line(0, 14)) == "Delivery 7 │ …"

    def test_warnings_are_words_with_their_key_and_numbers_where_it_is_narrow(
        self,
    ) -> None:
        tabs = (
            Tab("d", "Delivery", "12", 4, "h"),
            Tab("m", "Management", "4", 1),
        )
        line = TabsLine(tabs, "d").line(0, 60)
        assert text(line) == "Delivery 12 · 4 warnings h │ Management 4 · 1 warning"
        assert tones(line)["4 warnings"] == "warn"
        assert tones(line)["h"] == "key"
        short = TabsLine(tabs, "d").line(0, 40)
        assert text(short) == "Delivery 12 !4 h │ Management 4 !1"

    def test_steps_that_are_done_are_told_apart_without_colour(self) -> None:
        steps = (Tab("1", "Details", done=True), Tab("2", "Scope"), Tab("3", "Review"))
        line = TabsLine(steps, "2").line(0, 60)
        assert text(line) == "✓ Details │ Scope │ Review"
        assert tones(line) | {"│": ""} == {
            "✓ Details": "good",
            "Scope": "tab-active",
            "Review": "muted",
            "│": "",
        }

    def test_keys_at_the_right_are_keys(self) -> None:
        line = TabsLine(self.tabs, "d", keys="alt+o switch · / filter").line(0, 60)
        assert text(line).endswith("alt+o switch · / filter")
        assert (tones(line)["alt+o"], tones(line)["/"]) == ("key", "key")

    def test_it_changes(self) -> None:
        tabs = TabsLine(self.tabs, "d")
        tabs.active = "m"
        tabs.set_tabs([Tab("d", "Delivery", "8"), Tab("m", "Management")])
        assert tabs.active == "m"
        assert text(tabs.line(0, 40)).split("  ")[0] == "Delivery 8 │ Management"
        assert tones(tabs.line(0, 40))["Management"] == "tab-active"


HELP = KeyHint("?", "help")


class TestKeyHints:
    hints = (
        KeyHint("n", "new"),
        KeyHint("c", "copy"),
        KeyHint("p", "preview", enabled=False),
    )

    @pytest.mark.parametrize(
        ("width", "expected"),
        [
            (80, "n new  c copy  p preview  ? help"),
            (31, "n new  c copy  ? help"),
            (20, "n new  ? help"),
            (12, "? help"),
            (6, "? help"),
            (3, "?"),
            (0, ""),
        ],
    )
    def test_whole_hints_go_and_help_stays(self, width: int, expected: str) -> None:
        assert text(self.line(self.hints, width)) == expected

    def test_what_cannot_be_done_is_dim(self) -> None:
        line = self.line(self.hints, 80)
        assert tones(line)["p preview"] == "dim"
        assert tones(line)["c"] == "key"

    def test_the_last_one_may_be_another(self) -> None:
        assert (
            text(self.line([KeyHint("enter", "next")], 80, KeyHint("esc", "back")))
            == "enter next  esc back"
        )
        assert text(self.line([], 80)) == "? help"

    def line(self, hints: Sequence[KeyHint], width: int, last: KeyHint = HELP) -> Line:
        keys = KeyHints()
        keys.set_hints(hints, last)
        return keys.line(0, width)


def _begins(app: Host[StatusLine], words: str) -> bool:
    return words in shown(app)[0]


def count_refreshes(widget: LineWidget) -> list[int]:
    """The number of lines of each repaint that the widget asks for from now on."""
    asked: list[int] = []
    refresh = widget.refresh

    def counting(*regions: object, **options: object) -> object:
        asked.append(len(regions))
        return refresh(*regions, **options)  # type: ignore[arg-type]  # handed on as they came

    widget.refresh = counting  # type: ignore[method-assign,assignment]  # watched, not replaced
    return asked
