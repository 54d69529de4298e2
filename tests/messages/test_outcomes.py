"""Sentences about the results of deliveries, new tokens and searches."""

from __future__ import annotations

import pytest

from tui.contentstack.errors import ContentstackError, RateLimited
from tui.contentstack.models import DeliveryToken, DeliveryTokenRequest, ManagementToken
from tui.contentstack.scope import Scope
from tui.leaks.finds import Find, Tally
from tui.leaks.known import KnownToken
from tui.leaks.stack_tokens import Unknowable
from tui.messages.creation import otherwise_words
from tui.messages.delivery import deliveries_words
from tui.messages.leaks import (
    owner_words,
    place_words,
    stopped_words,
    summary,
    unknowable_words,
    unsearched,
)
from tui.screens.messages.creation import failure_words
from tui.screens.messages.find import outcome_words
from tui.screens.messages.management import gone_words, lost_words
from tui.targets.delivering import Delivery, DeliveryDoubt, DeliveryGrade
from tui.workspace.creation import Created

READ_BACK = Delivery("web", DeliveryGrade.READ_BACK)
ACCEPTED = Delivery("ci", DeliveryGrade.ACCEPTED)
FAILED = Delivery("kiosk", DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.EMPTY)


@pytest.mark.parametrize(
    ("deliveries", "words"),
    [
        ((READ_BACK,), "Delivered to web and read back."),
        ((ACCEPTED,), "ci accepted the value. It can't be read back."),
        ((READ_BACK, READ_BACK), "Delivered to 2 targets and read back."),
        ((READ_BACK, ACCEPTED), "Delivered to 2 targets. Can't be read back: ci."),
        ((ACCEPTED, FAILED), "1 of 2 not delivered: kiosk."),
    ],
)
def test_of_several_deliveries_the_worst_is_named(
    deliveries: tuple[Delivery, ...], words: str
) -> None:
    assert deliveries_words(deliveries) == words


def key(command_id: str) -> str:
    return f"<{command_id}>"


def test_what_differs_from_what_was_asked_is_named() -> None:
    one, two = (DeliveryToken(uid, uid, scope=Scope()) for uid in ("one", "two"))
    created = Created((one, two), otherwise={"two": ("scope", "description")})
    assert otherwise_words(created) == (
        "two has a different scope, description than you asked for."
        " You see what Contentstack has."
    )
    created = Created((one, two), otherwise={"one": ("preview token",)})
    assert "one has no preview token" in otherwise_words(created)
    assert otherwise_words(Created((one,))) == ""


def test_what_was_not_created_is_named_with_the_rest() -> None:
    one, two = (DeliveryTokenRequest(name, scope=Scope()) for name in ("one", "two"))
    error: ContentstackError = RateLimited("Too many requests")
    created = Created[DeliveryToken]((), failed=one, error=error, untried=(two,))
    words = failure_words(created, "n")
    assert words.startswith("Not created: one. Too many requests")
    assert "Not tried: two." in words
    assert words.endswith("Press n to continue with them.")
    assert failure_words(Created[DeliveryToken](()), "n") == ""


def test_a_lost_value_is_said_with_the_ways_out() -> None:
    token = ManagementToken("blt1", "robot", scope=Scope())
    gone = ManagementToken("blt2", "oldest", scope=Scope())
    words = lost_words(Created((token,), gone=(gone,)), key)
    assert "its value is lost" in words
    assert "Rotate it (<rotate>) or delete it (<delete>)." in words
    assert words.endswith("as far as the list shows: oldest.")
    assert gone_words(Created((token,))) == ""


def find(**others: object) -> Find:
    facts: dict[str, object] = {
        "where": "file",
        "path": "a.env",
        "line": 2,
        "column": 7,
        "offset": 20,
        "token": None,
        "is_authtoken": False,
        "fingerprint": "0" * 16,
    }
    return Find(**{**facts, **others})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "place", "owner"),
    [
        (find(), "a.env:2:7", "(no known token)"),
        (find(line=0), "a.env (byte 20)", "(no known token)"),
        (find(is_authtoken=True), "a.env:2:7", "(maybe an authtoken)"),
        (
            find(path="", object_id="abcdef0123456789", line=0),
            "object abcdef012345 (byte 20)",
            "(no known token)",
        ),
        (
            find(where="message", commit="0123456789abcdef"),
            "message of 0123456789ab:2:7",
            "(no known token)",
        ),
        (
            find(token=KnownToken("web", "preview", "blt1")),
            "a.env:2:7",
            "web (preview)",
        ),
    ],
)
def test_a_find_is_said_with_place_and_owner(
    found: Find, place: str, owner: str
) -> None:
    assert place_words(found) == place
    assert owner_words(found) == owner


def test_what_was_not_searched_is_counted() -> None:
    tally = Tally(files=1, links=2, compressed=1, accepted=3)
    for number in range(22):
        tally.miss(f"{number} can't be read.")
    said = [*unsearched(tally)]
    assert said[19:] == [
        "19 can't be read.",
        "2 more files couldn't be searched.",
        "Not opened: 1 compressed file.",
        "Not followed: 2 symbolic links.",
        "Accepted by the baseline: 3 findings.",
    ]
    assert summary([], tally) == "Nothing found in what could be read: 1 file."


def test_a_search_that_was_stopped_never_says_that_nothing_is_there() -> None:
    tally = Tally(files=1, rest="history", stopped=True)
    assert summary([], tally) == "Nothing found so far: 1 file."
    assert stopped_words(tally) == "The search was stopped. Not searched: history."
    assert stopped_words(Tally(stopped=True)) == "The search was stopped."
    assert "Not searched: history." in " ".join(unsearched(tally))
    assert outcome_words([], tally)


def test_what_can_not_be_recognized_is_said() -> None:
    said = " ".join(unknowable_words(Unknowable(management=None)))
    assert "hides the values of management tokens" in said
    said = " ".join(unknowable_words(Unknowable(management=1)))
    assert "hides the values of 1 management token," in said
    many = Unknowable(unread=tuple(f"stack {at}" for at in range(7)))
    said = " ".join(unknowable_words(many))
    assert "Couldn't read all delivery tokens of stack 4" in said
    assert "stack 5" not in said
    assert "2 more stacks couldn't be read in full." in said
    said = " ".join(unknowable_words(Unknowable(too_short=("old", "older"))))
    assert "Too short to search for: the values of old, older." in said
    assert "management" not in said
