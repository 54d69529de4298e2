from __future__ import annotations

from textual.app import App
from textual.theme import BUILTIN_THEMES

from tests.support.stylesheets import _parse
from tui.paths import styles_folder


def test_apps_share_what_they_parsed_and_each_theme_has_its_own() -> None:
    sheets = {}
    for theme in BUILTIN_THEMES:
        first, second = App[None](), App[None]()
        for app in (first, second):
            app.theme = theme
            app.stylesheet.set_variables(app.get_css_variables())
            app.stylesheet.read_all(sorted(styles_folder().glob("*.tcss")))
        pairs = zip(first.stylesheet.rules, second.stylesheet.rules, strict=True)
        assert all(one is other for one, other in pairs)
        sheets[theme] = first.stylesheet
    for sheet in sheets.values():
        afresh = [
            rule
            for place, source in sheet.source.items()
            for rule in _parse(sheet.copy(), source.content, place)
        ]
        assert [rule.css for rule in sheet.rules] == [rule.css for rule in afresh]
