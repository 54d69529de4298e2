from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.support.clock import NOW
from tests.widgets.host import HOSTILE
from tui.matching import fold, matches, words
from tui.query.fields import FIELDS, NEVER
from tui.query.filtering import compiled
from tui.query.parsing import QueryError, parse
from tui.query.tree import SPACES


@dataclass
class Asked:
    haystack: str = ""
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)

    def texts(self, field: str) -> Sequence[str]:
        return self.fields.get(field, ())

    def moment(self, field: str) -> datetime | None:
        return self.moments.get(field)


def fits(text: str, row: Asked) -> bool:
    return compiled(parse(text), NOW)(row)


SPACE = f"[{SPACES}]"
some_text = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12))


@given(some_text, some_text)
@example("\u00b4", "\u0301")
@example("a\u00a0b", "b a")
@example("a\tb", "b a")
@example("É", "cafe\u0301")
def test_free_words_fit_as_the_words_filter_had_it(text: str, hay: str) -> None:
    assume(not {"!", '"', ":"} & set(text))
    assume("OR" not in text.split())
    row = Asked(fold(hay))
    assert fits(text, row) == matches(words(text), row.haystack)


@given(st.text(max_size=20), some_text)
def test_whatever_can_be_read_can_be_asked(text: str, hay: str) -> None:
    try:
        fits(text, Asked(fold(hay)))
    except QueryError:
        assume(False)


ROW = Asked(
    haystack=fold("web-production\nAcme Shop\nproduction\nmain"),
    fields={
        "stack": (fold("Acme Shop"),),
        "env": ("production", "qa-2"),
        "kind": ("management",),
        "access": ("write",),
        "preview": ("no",),
    },
    moments={
        "expires": NOW + timedelta(days=20),
        "created": NOW - timedelta(days=400),
    },
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("web", True),
        ("web staging", False),
        ("web OR staging", True),
        ("staging OR web", True),
        ("staging OR web qa", False),
        ("!web", False),
        ("!staging", True),
        ('"acme shop"', True),
        ('"acme  shop"', False),
        ('"shop production"', False),
        ('""', True),
        ("stack:acme", True),
        ("stack:ACME", True),
        ('stack:"Acme Shop"', True),
        ("stack:=acme", False),
        ('stack:="acme shop"', True),
        ("env:qa", True),
        ("env:=qa", False),
        ("!env:=qa", True),
        ("!env:production", False),
        ("branch:main", False),
        ("!branch:main", True),
        ("kind:m", True),
        ("kind:delivery", False),
        ("access:write", True),
        ("access:read", False),
        ("preview:no", True),
        ("expires:<30d", True),
        ("expires:<20d", False),
        ("expires:>20d", True),
        ("expires:<2w", False),
        ("expires:>1h", True),
        ("expires:never", False),
        ("!expires:never", True),
        ("expires:expired", False),
        ("expires:2026-11-04", True),
        ("expires:=2026-11-04", True),
        ("expires:<2026-11-04", False),
        ("expires:>2026-11-04", False),
        ("expires:>2026-11-03", True),
        ("expires:<2026-11-05", True),
        ("created:>1y", True),
        ("created:<1y", False),
        ("created:<2026-01-01", True),
        ("created:>2026-01-01", False),
        ("created:unknown", False),
        ("updated:unknown", True),
        ("updated:<1d", False),
        ("updated:>1d", False),
        ("!updated:>1d", True),
        ("expires:<99999y", True),
        ("created:<99999y", True),
        ("created:>99999y", False),
        ("expires:<9999-12-31", True),
        ("expires:>9999-12-31", False),
        ("created:<0001-01-01", False),
        ("stack:acme kind:management access:write expires:<30d !env:other web", True),
    ],
)
def test_a_row_fits_or_does_not(text: str, expected: bool) -> None:
    assert fits(text, ROW) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("expires:never", True),
        ("expires:>30d", False),
        ("expires:<30d", False),
        ("expires:>2026-01-01", False),
        ("expires:9999-12-31", False),
        ("expires:expired", False),
    ],
)
def test_what_never_expires_is_neither_soon_nor_late(text: str, expected: bool) -> None:
    assert fits(text, Asked(moments={"expires": NEVER})) is expected


def test_what_has_expired_has_expired_to_the_second() -> None:
    assert fits("expires:expired", Asked(moments={"expires": NOW}))
    after = NOW + timedelta(seconds=1)
    assert not fits("expires:expired", Asked(moments={"expires": after}))


def test_a_day_is_that_of_utc() -> None:
    midnight = datetime(2026, 12, 6, tzinfo=UTC)
    row = Asked(moments={"expires": midnight})
    assert fits("expires:2026-12-06", row)
    assert not fits("expires:2026-12-05", row)


@pytest.mark.parametrize(
    "name", [name for name, field in FIELDS.items() if field.kind == "choice"]
)
def test_every_choice_can_be_told_from_the_others_by_its_beginning(name: str) -> None:
    for word in FIELDS[name].words:
        row = Asked(fields={name: (word,)})
        assert fits(f"{name}:{word[0]}", row)
        others = [other for other in FIELDS[name].words if other != word]
        assert not any(fits(f"{name}:{other}", row) for other in others)
