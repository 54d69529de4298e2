from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import pytest

from tests.support.clock import NOW, clock
from tests.workspace.test_workspace import opened
from tui.contentstack.client import StackClient
from tui.contentstack.errors import ContentstackError, NotAllowed, TimedOut
from tui.contentstack.models import ManagementDraft, ManagementToken
from tui.sandbox.service import Sandbox
from tui.secret import Secret
from tui.workspace.making_management import FULL, Attempt, OldestUnnamed, at_risk
from tui.workspace.management_plan import ManagementPlan

DRAFT = ManagementDraft(name="nightly")
VALUE = Secret("cs" + "1" * 24)


def token(number: int, name: str = "") -> ManagementToken:
    """Older with each number."""
    return ManagementToken(
        uid=f"blt{number}", name=name or f"job-{number}", created_at=NOW - timedelta(days=number)
    )


@dataclass
class Server:
    """Answers with these lists one after the other, the last for ever; an error is raised."""

    lists: list[tuple[ManagementToken, ...] | ContentstackError]
    answer: ManagementToken | ContentstackError | asyncio.CancelledError
    sent: list[ManagementDraft] = field(default_factory=list)

    async def management_tokens(self) -> tuple[ManagementToken, ...]:
        listed = self.lists.pop(0) if len(self.lists) > 1 else self.lists[0]
        if isinstance(listed, ContentstackError):
            raise listed
        return listed

    async def create_management_token(self, draft: ManagementDraft) -> ManagementToken:
        self.sent.append(draft)
        if not isinstance(self.answer, ManagementToken):
            raise self.answer
        return self.answer

    def attempt(self, named: str = "") -> Attempt:
        return Attempt(cast(StackClient, self), DRAFT, named)


def made(number: int = 99) -> ManagementToken:
    return ManagementToken(uid=f"blt{number}", name="nightly", value=VALUE)


def shown(number: int = 99) -> ManagementToken:
    return ManagementToken(uid=f"blt{number}", name="nightly", created_by="blta")


def lost() -> TimedOut:
    return TimedOut("No answer in time.", may_have_happened=True)


TEN = tuple(token(number) for number in range(FULL))


def test_the_oldest_is_at_risk_from_ten_on_wherever_it_stands() -> None:
    assert at_risk(TEN[:-1]) is None
    assert at_risk(TEN) == TEN[-1]
    assert at_risk(tuple(reversed(TEN))) == TEN[-1]
    ageless = ManagementToken(uid="blt", name="ageless")
    assert at_risk((ageless, *TEN)) == TEN[-1]
    assert at_risk((ageless,) * FULL) == ageless


async def test_the_value_comes_from_the_answer_and_all_else_from_the_stack() -> None:
    done = await Server([TEN[:2], (shown(), *TEN[:2])], made()).attempt().make()
    assert (done.token.value, done.token.created_by) == (VALUE, "blta")
    assert (done.otherwise, done.gone) == ((), ())


async def test_what_came_otherwise_and_what_is_gone_is_named() -> None:
    held = ManagementToken(uid="blt99", name="nightly", access="read+write")
    done = await Server([TEN, (held, *TEN[:-1])], made()).attempt("blt9").make()
    assert (done.otherwise, done.gone) == (("access",), TEN[-1:])


@pytest.mark.parametrize("named", ["", "blt3"])
async def test_nothing_is_sent_unless_the_oldest_is_named(named: str) -> None:
    server = Server([TEN], made())
    with pytest.raises(OldestUnnamed):
        await server.attempt(named).make()
    assert server.sent == []


async def test_a_stack_that_cannot_be_read_afterwards_takes_nothing_from_what_was_made() -> None:
    done = await Server([(), NotAllowed("No.")], made()).attempt().make()
    assert (done.token, done.listed, done.gone) == (made(), None, ())


@pytest.mark.parametrize("twin", [(), (token(50, "nightly"),)])
async def test_after_a_lost_answer_a_new_uid_of_that_name_is_the_token(
    twin: tuple[ManagementToken, ...],
) -> None:
    done = await Server([twin, (shown(), *twin)], lost()).attempt().make()
    assert (done.token, done.token.value) == (shown(), None)


async def test_after_a_lost_answer_no_new_uid_means_not_made() -> None:
    with pytest.raises(TimedOut, match="no trace of it") as caught:
        await Server([TEN[:2], (token(77, "somebody else's"), *TEN[:2])], lost()).attempt().make()
    assert not caught.value.may_have_happened


@pytest.mark.parametrize("after", [(shown(1), shown(2)), NotAllowed("No.")])
async def test_what_cannot_be_told_stays_in_doubt(after: tuple[ManagementToken, ...] | NotAllowed) -> None:
    with pytest.raises(TimedOut) as caught:
        await Server([(), after], lost()).attempt().make()
    assert caught.value.may_have_happened


async def test_a_refusal_is_no_doubt() -> None:
    server = Server([(), NotAllowed("unread")], NotAllowed("No."))
    with pytest.raises(NotAllowed, match="No"):
        await server.attempt().make()


@pytest.mark.parametrize(("after", "found"), [((shown(),), True), ((), False)])
async def test_a_try_that_was_cancelled_can_be_looked_up(
    after: tuple[ManagementToken, ...], found: bool
) -> None:
    attempt = Server([(), after], asyncio.CancelledError()).attempt()
    with pytest.raises(asyncio.CancelledError):
        await attempt.make()
    assert (await attempt.look() is not None) == found


async def test_a_try_that_sent_nothing_made_nothing() -> None:
    assert await Server([(shown(),)], made()).attempt().look() is None


async def test_the_workspace_shows_the_stack_and_holds_the_value_apart() -> None:
    async with opened(Sandbox.demo(now=clock)) as workspace:
        plan = ManagementPlan(name="nightly", branches=("main",))
        workspace.new_management.plan = plan
        assert workspace.at_stake is not None
        done = await workspace.make_management_token("")
        assert done.token.value
        assert workspace.untaken == done.token
        assert "nightly" in (workspace.at_stake or "")
        assert workspace.new_management.plan == ManagementPlan()
        listed = workspace.snapshot.management_token(done.token.uid)
        assert listed is not None
        assert listed.value is None


async def test_a_refused_token_stays_in_the_form() -> None:
    async with opened(Sandbox.demo(now=clock)) as workspace:
        plan = ManagementPlan(name="ci-deploy", branches=("main",))
        workspace.new_management.plan = plan
        with pytest.raises(ContentstackError):
            await workspace.make_management_token("")
        assert workspace.new_management.plan == plan
        assert workspace.untaken is None
