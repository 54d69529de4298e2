"""Production stands out: by a word, a tone, and in the header where it is at risk."""

from __future__ import annotations

import pytest

from tests.screens.session import Table, running
from tests.support.clock import NOW
from tui.config.settings import Settings
from tui.contentstack.models import DeliveryToken
from tui.contentstack.scope import Scope
from tui.screens.messages.details import token_facts
from tui.screens.messages.production import production_of, touched_by
from tui.widgets.facts_card import FactsCard
from tui.widgets.header_line import HeaderLine
from tui.workspace.snapshot import Snapshot


def named(*environments: str) -> DeliveryToken:
    return DeliveryToken(uid="blt1", name="web", scope=Scope.of(environments))


def tones(table: Table) -> dict[str, str]:
    card = table.app.screen.query_one(FactsCard)
    lines = [card.line(y, 78) for y in range(card.size.height)]
    return {text.strip(): tone for line in lines for text, tone in line}


def header(table: Table) -> HeaderLine:
    return table.app.screen.query_one(HeaderLine)


def test_an_environment_is_production_whatever_its_case() -> None:
    names = ("Production", "qa", "production-like", "LIVE")
    assert production_of(names, ("production", "live")) == ("Production", "LIVE")


def test_what_tokens_touch_is_named_once() -> None:
    tokens = [named("qa", "prod"), named("prod")]
    assert touched_by(tokens, ("prod",)) == ("prod",)
    assert touched_by(tokens, ()) == ()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ("production", "environment production ·"),
        ("shop-eu", "(production: shop-eu)"),
    ],
)
def test_a_word_says_so_where_the_name_does_not(environment: str, words: str) -> None:
    facts = token_facts(
        named(environment),
        Snapshot(),
        NOW,
        str,
        revealed=False,
        production=("production", "shop-eu"),
    )
    (scope,) = (fact for fact in facts if fact.label == "Scope")
    assert words in scope.value
    assert scope.tones == ((environment, "production"),)


async def test_the_details_show_it_in_its_own_tone() -> None:
    async with running() as table:
        await table.press("enter")
        await table.until("fingerprint")
        assert tones(table)["production"] == "production"


@pytest.mark.parametrize("key", ["d", "R"])
async def test_the_header_warns_where_deleting_or_rotating_touches_it(key: str) -> None:
    async with running() as table:
        await table.press(key)
        await table.until("PRODUCTION  Storefront")
        assert header(table).has_class("-alarm")
        await table.press("escape")
        await table.until("ENVIRONMENT")
        assert "PRODUCTION  " not in table.text


@pytest.mark.long
@pytest.mark.parametrize("key", ["d", "R"])
async def test_elsewhere_it_does_not(key: str) -> None:
    async with running() as table:
        await table.press("down", key)
        await table.until("release-candidate ──")
        assert not header(table).has_class("-alarm")


@pytest.mark.long
async def test_the_user_says_which_environments_are_production() -> None:
    settings = Settings(production_environments=("staging",))
    async with running(settings=settings) as table:
        await table.press("d")
        await table.until("Anything that uses")
        assert not header(table).has_class("-alarm")
        await table.press("escape", "down", "d")
        await table.until("PRODUCTION  Storefront")
        await table.until("This affects staging")


@pytest.mark.long
async def test_delivering_touches_production_too() -> None:
    async with running() as table:
        await table.press("t")
        await table.until("Deliver partner-feed")
        await table.until("PRODUCTION  Storefront")
        await table.press("escape", "down", "t")
        await table.until("Deliver release-candidate")
        assert not header(table).has_class("-alarm")
