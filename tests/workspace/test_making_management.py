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
from tui.contentstack.models import ManagementToken, ManagementTokenRequest
from tui.contentstack.rows import Rows
from tui.contentstack.scope import Scope
from tui.sandbox.service import Sandbox
from tui.secret import Secret
from tui.workspace.creation import (
    FULL,
    Created,
    OldestUnnamed,
    UnansweredCreates,
    at_risk,
    create_once,
)
from tui.workspace.plan import Plan
from tui.workspace.workspace import AtStake

DRAFT = ManagementTokenRequest(name="nightly")
VALUE = Secret("cs" + "1" * 24)


def token(number: int, name: str = "") -> ManagementToken:
    """Older with each number."""
    return ManagementToken(
        uid=f"blt{number}",
        name=name or f"job-{number}",
        created_at=NOW - timedelta(days=number),
    )


@dataclass
class Server:
    """Answers with these lists one after the other, the last for ever.

    An error is raised.
    """

    lists: list[tuple[ManagementToken, ...] | ContentstackError]
    answer: ManagementToken | ContentstackError | asyncio.CancelledError
    sent: list[ManagementTokenRequest] = field(default_factory=list)
    lost: UnansweredCreates = field(default_factory=dict)

    async def management_tokens(self) -> Rows[ManagementToken]:
        listed = self.lists.pop(0) if len(self.lists) > 1 else self.lists[0]
        if isinstance(listed, ContentstackError):
            raise listed
        return listed if isinstance(listed, Rows) else Rows(listed)

    async def create_management_token(
        self, request: ManagementTokenRequest
    ) -> ManagementToken:
        self.sent.append(request)
        if not isinstance(self.answer, ManagementToken):
            raise self.answer
        return self.answer

    async def make(
        self, named: str = ""
    ) -> tuple[Created[ManagementToken], Rows[ManagementToken] | None]:
        return await create_once(
            cast(StackClient, self), DRAFT, named, self.lost, "blta"
        )


def made(number: int = 99) -> ManagementToken:
    return ManagementToken(uid=f"blt{number}", name="nightly", value=VALUE)


def shown(number: int = 99) -> ManagementToken:
    return ManagementToken(uid=f"blt{number}", name="nightly", created_by="blta")


def lost() -> TimedOut:
    return TimedOut("No answer in time", may_have_happened=True)


TEN = tuple(token(number) for number in range(FULL))


def test_the_oldest_is_at_risk_from_ten_on_wherever_it_stands() -> None:
    assert at_risk(TEN[:-1]) is None
    assert at_risk(TEN) == TEN[-1]
    assert at_risk(tuple(reversed(TEN))) == TEN[-1]
    ageless = ManagementToken(uid="blt", name="ageless")
    assert at_risk((ageless, *TEN)) == TEN[-1]
    assert at_risk((ageless,) * FULL) == ageless


async def test_the_value_comes_from_the_answer_and_all_else_from_the_stack() -> None:
    done, _ = await Server([TEN[:2], (shown(), *TEN[:2])], made()).make()
    assert (done.tokens[0].value, done.tokens[0].created_by) == (VALUE, "blta")
    assert (done.otherwise, done.gone) == ({}, ())


async def test_what_came_otherwise_and_what_is_gone_is_named() -> None:
    more = Scope(({"module": "$all", "acl": {"read": True, "write": True}},))
    held = ManagementToken(uid="blt99", name="nightly", scope=more)
    done, _ = await Server([TEN, (held, *TEN[:-1])], made()).make("blt9")
    assert (done.otherwise, done.gone) == ({"blt99": ("access",)}, TEN[-1:])


@pytest.mark.parametrize("named", ["", "blt3"])
async def test_nothing_is_sent_unless_the_oldest_is_named(named: str) -> None:
    server = Server([TEN], made())
    with pytest.raises(OldestUnnamed):
        await server.make(named)
    assert server.sent == []


async def test_a_stack_unread_afterwards_takes_nothing_from_what_was_created() -> None:
    done, listed = await Server([(), NotAllowed("No")], made()).make()
    assert (done.tokens, listed, done.gone) == ((made(),), None, ())


@pytest.mark.parametrize("replacement", [(), (token(50, "nightly"),)])
async def test_after_a_lost_answer_a_new_uid_of_that_name_is_the_token(
    replacement: tuple[ManagementToken, ...],
) -> None:
    done, _ = await Server([replacement, (shown(), *replacement)], lost()).make()
    assert (done.tokens[0], done.tokens[0].value) == (shown(), None)


async def test_after_a_lost_answer_no_new_uid_means_not_made() -> None:
    with pytest.raises(TimedOut, match="no trace of it") as caught:
        await Server([TEN[:2], (token(77, "somebody else's"), *TEN[:2])], lost()).make()
    assert not caught.value.may_have_happened


@pytest.mark.parametrize("after", [(shown(1), shown(2)), NotAllowed("No")])
async def test_what_cannot_be_told_stays_in_doubt(
    after: tuple[ManagementToken, ...] | NotAllowed,
) -> None:
    with pytest.raises(
        ContentstackError,
        match=r"One may be yours|may or may not have happened",
    ) as caught:
        await Server([(), after], lost()).make()
    assert caught.value.may_have_happened


@pytest.mark.parametrize("before", [(), TEN[:2]])
async def test_what_is_asked_for_again_is_looked_for_first(
    before: tuple[ManagementToken, ...],
) -> None:
    server = Server([before, NotAllowed("unread"), (shown(), *before)], lost())
    with pytest.raises(ContentstackError, match="may or may not have happened"):
        await server.make()
    done, _ = await server.make()
    assert done.tokens == (shown(),)
    assert len(server.sent) == 1
    server.answer = made(98)
    await server.make()
    assert len(server.sent) == 2


async def test_what_somebody_else_created_meanwhile_is_not_ours() -> None:
    theirs = ManagementToken(uid="blt99", name="nightly", created_by="bltb")
    with pytest.raises(TimedOut, match="no trace of it"):
        await Server([(), (theirs,)], lost()).make()


async def test_a_refusal_is_no_doubt() -> None:
    server = Server([(), NotAllowed("unread")], NotAllowed("No"))
    with pytest.raises(NotAllowed, match="No"):
        await server.make()


async def test_a_try_that_was_cancelled_is_looked_up() -> None:
    done, _ = await Server([(), (shown(),)], asyncio.CancelledError()).make()
    assert done.tokens == (shown(),)
    with pytest.raises(ContentstackError, match="no trace of it"):
        await Server([()], asyncio.CancelledError()).make()


async def test_the_workspace_shows_the_stack_and_holds_the_value_apart() -> None:
    async with opened(Sandbox.demo(now=clock)) as workspace:
        plan = Plan("management", name="nightly", branches=("main",))
        workspace.forms["management"].plan = plan
        assert workspace.at_stake is not None
        done = await workspace.create_management_token("")
        assert done.tokens[0].value
        assert workspace.uncollected == done.tokens[0]
        assert workspace.at_stake == AtStake(done.tokens[0])
        assert workspace.forms["management"].plan == Plan("management")
        listed = workspace.snapshot.management_token(done.tokens[0].uid)
        assert listed is not None
        assert listed.value is None


async def test_a_refused_token_stays_in_the_form() -> None:
    async with opened(Sandbox.demo(now=clock)) as workspace:
        plan = Plan("management", name="ci-deploy", branches=("main",))
        workspace.forms["management"].plan = plan
        with pytest.raises(ContentstackError):
            await workspace.create_management_token("")
        assert workspace.forms["management"].plan == plan
        assert workspace.uncollected is None
