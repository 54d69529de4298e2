from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace as changed

from tests.leaks.projects import STRANGER, WEB, value_of
from tui.contentstack.models import DeliveryToken, ManagementToken, Odd
from tui.contentstack.rows import Cut
from tui.leaks.identifying import (
    Identifier,
    Identity,
    StackTokens,
    brought_up,
    proved,
)
from tui.leaks.known import KnownToken, KnownTokens
from tui.leaks.taking_apart import Candidate
from tui.messages.identity import (
    identity_words,
    next_commands,
    proof_words,
    status_words,
)
from tui.secret import Secret
from tui.workspace.snapshot import Listing

NOW = datetime(2026, 11, 30, tzinfo=UTC)
PREVIEW, MANAGED = value_of("preview"), value_of("managed")
DELIVERY = DeliveryToken("blt1", "web", value=Secret(WEB), preview=Secret(PREVIEW))
ROBOT = ManagementToken("blt2", "ci")
STORE = StackTokens(
    name="Store",
    api_key="bltkey",
    region="AWS EU",
    region_id="eu",
    organization="Acme",
    host="https://eu-api.contentstack.com",
    delivery=Listing((DELIVERY,), read=True),
    management=Listing((ROBOT,), read=True),
)
UNREAD = replace(STORE, name="Shop", api_key="bltshop", delivery=Listing())


def ask(value: str, *stacks: StackTokens, kept: KnownTokens | None = None) -> Identity:
    return Identifier.of(stacks or [STORE], kept).identify(Candidate(Secret(value)))


def noted(value: str, token: KnownToken) -> KnownTokens:
    return KnownTokens.of([(Secret(value), token)])


@pytest.mark.parametrize(
    ("value", "kind"), [(WEB, "delivery"), (PREVIEW, "preview")], ids=["own", "preview"]
)
def test_a_value_that_the_stack_shows_names_its_token(value: str, kind: str) -> None:
    found = ask(value)
    assert found.owner is not None
    assert (found.owner.token, found.owner.kind) == (DELIVERY, kind)
    assert found.provable == ()
    assert status_words(found, NOW).startswith("live")
    commands = next_commands(found, demo=False)
    assert commands[0] == "tokendeck --region eu --stack bltkey verify blt1"


def test_a_management_token_is_known_by_a_fingerprint_that_was_noted() -> None:
    token = KnownToken("ci", "management", "blt2", "Store", "bltkey")
    found = ask(MANAGED, kept=noted(MANAGED, token))
    assert found.owner is not None
    assert (found.owner.token, found.owner.evidence) == (ROBOT, "fingerprint")
    assert "verify blt2 --value-stdin" in next_commands(found, demo=False)[0]


def test_a_token_that_expired_is_dead() -> None:
    token = KnownToken("ci", "management", "blt2", "Store", "bltkey")
    expired = ManagementToken("blt2", "ci", expires_on=datetime(2026, 1, 1, tzinfo=UTC))
    stack = replace(STORE, management=Listing((expired,), read=True))
    found = ask(MANAGED, stack, kept=noted(MANAGED, token))
    assert status_words(found, NOW) == "dead: expired 2026-01-01 00:00 UTC"


def test_the_value_of_a_deleted_token_is_known_as_dead() -> None:
    token = KnownToken("old", "delivery", "blt9", "Store", "bltkey")
    found = ask(STRANGER, kept=noted(STRANGER, token))
    assert found.former == token
    assert status_words(found, NOW) == "dead: deleted"
    assert "doesn't have it any more" in identity_words(found)
    unread = replace(STORE, delivery=Listing())
    found = ask(STRANGER, unread, kept=noted(STRANGER, token))
    assert status_words(found, NOW) == "not known"
    assert "may still work" in identity_words(found)


def test_what_was_not_read_is_never_called_none() -> None:
    words = identity_words(ask(STRANGER, STORE, replace(STORE, api_key="b"), UNREAD))
    assert words == (
        "It's in none of the 2 stacks that could be read; 1 stack couldn't be read in"
        " full (Shop)."
    )
    words = identity_words(ask(STRANGER, UNREAD))
    assert words == "It isn't known: 1 stack couldn't be read in full (Shop)."
    cut = replace(STORE, delivery=Listing((DELIVERY,), read=True, cut=Cut(1)))
    odd = replace(STORE, delivery=Listing((), read=True, odd=(Odd("x", "y"),)))
    for stack in (cut, odd):
        assert "couldn't be read in full" in identity_words(ask(STRANGER, stack))
    missed = Identifier.of([STORE], missed=("Acme can't be read",))
    words = identity_words(missed.identify(Candidate(Secret(STRANGER))))
    assert words.endswith("; Acme can't be read.")


def test_who_refused_a_value_is_said_once_and_each_key_is_announced() -> None:
    shop = replace(UNREAD, delivery=Listing(read=True))
    here = replace(shop, name="Here", api_key="blthere", host="https://here.example")
    found = ask(STRANGER, STORE, shop)
    assert "2 requests with the value and each stack's API key to" in proof_words(found)
    for stack in (STORE, shop):
        found = proved(found, stack, works=False)
    told = "eu-api.contentstack.com doesn't accept it as a management token."
    assert identity_words(found) == f"It's in none of the 2 stacks. {told}"
    found = proved(found, here, works=False)
    both = "eu-api.contentstack.com, here.example don't accept it"
    assert both in identity_words(found)


def test_none_is_only_said_of_what_could_be_read() -> None:
    missed = ("Acme couldn't be listed",)
    identifier = Identifier.of([STORE, replace(STORE, name="B")], missed=missed)
    words = identity_words(identifier.identify(Candidate(Secret(STRANGER))))
    told = "It's in none of the 2 stacks that could be read; Acme couldn't be listed."
    assert words == told


def test_a_proof_names_hosts_and_requests_before() -> None:
    words = proof_words(ask(STRANGER, STORE, UNREAD))
    assert "2 requests" in words
    assert "eu-api.contentstack.com" in words


def test_a_proof_names_a_token_only_where_there_is_one() -> None:
    found = proved(ask(MANAGED), STORE, works=True)
    assert found.owner is not None
    assert found.owner.token == ROBOT
    other = ManagementToken("blt3", "sync")
    several = replace(STORE, management=Listing((ROBOT, other), read=True))
    found = proved(ask(MANAGED, several), several, works=True)
    assert "one of these: ci, sync" in identity_words(found)
    assert next_commands(found, demo=False) == ()
    hidden = replace(STORE, management=Listing())
    found = proved(ask(MANAGED, hidden), hidden, works=True)
    assert found.is_known
    assert "Its name isn't known" in identity_words(found)
    found = proved(ask(MANAGED), STORE, works=False)
    assert not found.is_known
    assert found.provable == ()
    assert "doesn't accept it" in identity_words(found)


def test_a_uid_and_an_api_key_are_told_and_never_sent() -> None:
    assert "API key" in identity_words(ask("bltkey"))
    assert "uid of the token ci" in identity_words(ask("blt2"))
    found = ask("blt0011223344556677")
    assert found.provable == ()
    assert "looks like a uid" in identity_words(found)


EMPTIED = replace(
    STORE, delivery=Listing((), read=True), management=Listing((), read=True)
)


@pytest.mark.parametrize(
    ("value", "after"),
    [
        (WEB, EMPTIED),
        (PREVIEW, EMPTIED),
        (
            PREVIEW,
            replace(
                STORE, delivery=Listing((changed(DELIVERY, preview=None),), read=True)
            ),
        ),
    ],
    ids=["token", "preview with its token", "preview alone"],
)
def test_what_was_deleted_since_is_a_former_token(
    value: str, after: StackTokens
) -> None:
    found = brought_up(ask(value), after)
    assert found.owner is None
    assert status_words(found, NOW) == "dead: deleted"
    assert "doesn't have it any more" in identity_words(found)
    assert found.is_known


def test_what_is_still_there_keeps_its_owner_as_it_was_read_last() -> None:
    renamed = changed(DELIVERY, name="web-2")
    after = replace(STORE, delivery=Listing((renamed,), read=True))
    found = brought_up(ask(WEB), after)
    assert found.owner is not None
    assert found.owner.token == renamed


@pytest.mark.parametrize(
    "after",
    [
        UNREAD,
        replace(STORE, delivery=Listing()),
        replace(EMPTIED, delivery=Listing((), read=True, cut=Cut(1))),
    ],
    ids=["another stack", "not read", "cut off"],
)
def test_nothing_is_called_deleted_that_was_only_not_read(after: StackTokens) -> None:
    assert brought_up(ask(WEB), after) == ask(WEB)


def test_of_several_that_it_may_be_none_is_called_the_deleted_one() -> None:
    two = Listing((ROBOT, ManagementToken("blt3", "other")), read=True)
    stack = replace(STORE, management=two)
    found = proved(ask(STRANGER, stack), stack, works=True)
    one_left = replace(STORE, management=Listing((two.items[1],), read=True))
    assert brought_up(found, one_left) == found
