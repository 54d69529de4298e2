"""The pages for users: plain words, and lines that `tokendeck help` can show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.strings import sentences

ROOT = Path(__file__).parent.parent
FOR_DEVELOPERS = {"architecture", "decisions"}
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *(
        page
        for page in sorted((ROOT / "docs").glob("*.md"))
        if page.stem not in FOR_DEVELOPERS
    ),
]
WIDEST = 130

_GENERATED = re.compile(r"^<!-- begin: .*?^<!-- end: .*?$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_TRANSLATED = re.compile(
    r"\b(mend(s|ed)?|till|twins?|unmask(s|ed)?|hand(s|ed)? out|hand(ed)? over"
    r"|reads? again|is to be had|log(ged)? in|log-out|somebody|(is|are) made(?! up))\b",
    re.IGNORECASE,
)
"""Words that sound translated, or for which we use another; see the changelog."""


def written(text: str) -> str:
    """Return the hand-written part of a page: no generated tables, no code."""
    return _CODE.sub("", _GENERATED.sub("", text))


def newest(changelog: str) -> str:
    """Return the first section of the changelog."""
    return "## " + changelog.split("\n## ")[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_uses_plain_words(page: Path) -> None:
    # Contentstack's own words are in quotes.
    text = re.sub(r'"[^"\n]*"', "", written(page.read_text("utf-8")))
    assert [found[0] for found in _TRANSLATED.finditer(text)] == []


def test_the_newest_section_of_the_changelog_uses_plain_words() -> None:
    text = written(newest((ROOT / "CHANGELOG.md").read_text("utf-8")))
    assert [found[0] for found in _TRANSLATED.finditer(text)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_line_of_a_page_fits_a_wide_terminal(page: Path) -> None:
    """Tables and code may be as wide as they need."""
    text = written(page.read_text("utf-8"))
    long = [line for line in text.splitlines() if len(line) > WIDEST]
    assert [line for line in long if not line.startswith("|")] == []


def test_words_in_code_and_in_tables_of_the_program_are_not_looked_at() -> None:
    page = (
        "Plain.\n<!-- begin: x -->\na twin\n<!-- end: x -->\n`mend`\n```\ntill\n```\n"
    )
    assert not _TRANSLATED.search(written(page))
    assert _TRANSLATED.search(written("a twin"))


_QUOTED = re.compile(r'\*\*"([^"]+)"')
_MESSAGES = re.compile(r"^\| message \|.*\n.*\n((?:\|.*\n)+)", re.MULTILINE)
_VARIES = re.compile(r"…[×’']?(?:s\b)?|: |; |[\d, ]+$")
"""Placeholders for names in a quoted message, and what joins its parts."""


def quoted(page: str) -> list[str]:
    """Return what a page quotes from the program: headings, and tables of messages."""
    rows = "".join(_MESSAGES.findall(page)).splitlines()
    return [*_QUOTED.findall(page), *(row.split("|")[1] for row in rows)]


def test_what_troubleshooting_quotes_is_what_the_program_says() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    said = "\n".join(each.text for each in sentences()).casefold()
    parts = [
        part.strip(" ,").casefold()
        for message in quoted(page)
        for part in _VARIES.split(message)
    ]
    assert len(parts) > 20
    assert [part for part in parts if part not in said] == []


README = (ROOT / "README.md").read_text("utf-8")
_KEYS_OF_A_FEATURE = re.compile(r"^- \*\*.+?\*\* \(`.+?`\)", re.MULTILINE)
_FOOTNOTE = re.compile(r"\[\^|[†‡¹²³]|\*(\s*$|\))|\(\d\)")


def test_the_readme_shows_what_it_is_before_how_to_install_it() -> None:
    before = README.split("\n## Try it")[0]
    assert "screenshots/tour.gif" in before
    assert len(_KEYS_OF_A_FEATURE.findall(before)) == 6
    assert README.index("**Not tested yet:**") < README.index("\n## Install")
    assert (ROOT / "screenshots" / "tour.gif").stat().st_size <= 1_000_000


def test_both_commands_that_need_no_set_up_are_where_one_tries_it() -> None:
    section = README.split("\n## Try it")[1].split("\n## ")[0]
    assert re.search(r"make demo .*\n.*make test .*for contributors", section)


def test_no_cell_of_a_table_in_the_readme_needs_a_footnote() -> None:
    rows = [line for line in README.splitlines() if line.startswith("|")]
    cells = [cell.strip() for row in rows for cell in row.strip("|").split("|")]
    assert [cell for cell in cells if _FOOTNOTE.search(cell)] == []
