"""Verifying the sandbox's tokens, and what is said about each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.support.clock import NOW
from tui.connection.demo import connection_to
from tui.contentstack.models import (
    Branch,
    DeliveryToken,
    DeliveryTokenRequest,
    Environment,
    ManagementToken,
    ManagementTokenRequest,
    Stack,
    Token,
)
from tui.contentstack.scope import Scope
from tui.contentstack.verify import Probe, Verdict
from tui.messages.verification import check_words, verification_words
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox
from tui.secret import Secret
from tui.workspace.plan import Plan
from tui.workspace.snapshot import Listing, Snapshot
from tui.workspace.verify.plan import planned
from tui.workspace.verify.verification import Check, Verification
from tui.workspace.workspace import Workspace

STACK: dict[str, Any] = {
    "name": "Shop",
    "branches": ["main", "next"],
    "aliases": {"live": "main"},
    "environments": ["production", "qa"],
    "gone": ["legacy", "old"],
    "delivery_tokens": [
        {
            "name": "web",
            "environments": ["production", "qa"],
            "branches": ["main"],
            "aliases": ["live"],
        },
        {"name": "site", "environments": ["qa"], "branches": ["main"], "preview": True},
        {"name": "everywhere", "environments": ["qa"], "branches": ["$all"]},
        {"name": "aliased", "environments": ["qa"], "aliases": ["$all"]},
        {"name": "lost-environment", "environments": ["legacy"], "branches": ["main"]},
        {"name": "lost-branch", "environments": ["qa"], "branches": ["old"]},
    ],
    "management_tokens": [
        {"name": "ci", "branches": ["main"], "token": "cs" + "7" * 24},
        {
            "name": "ended",
            "branches": ["main"],
            "token": "cs" + "8" * 24,
            "expires_in_days": -3,
        },
    ],
}
CI = Secret("cs" + "7" * 24)


@dataclass
class Hands:
    """A clock that's moved by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Bench:
    workspace: Workspace
    sandbox: Sandbox
    hands: Hands

    def token(self, name: str) -> Token:
        snapshot = self.workspace.snapshot
        tokens: list[Token] = [*snapshot.delivery.items, *snapshot.management.items]
        return next(token for token in tokens if token.name == name)

    async def verify(self, *names: str, **options: Any) -> Verification:
        return await self.workspace.verifier.verify(
            [self.token(name) for name in names], **options
        )


@asynccontextmanager
async def bench(**stack: Any) -> AsyncIterator[Bench]:
    """A workspace on a stack of this kind.

    Only the pauses between tries move the clock.
    """
    hands = Hands()
    sandbox = Sandbox.from_seed(seed_from({"stacks": [{**STACK, **stack}]}), hands)
    workspace = Workspace(
        lambda: connection_to(sandbox), clock=hands, sleep=hands.sleep
    )
    await workspace.refresh()
    assert workspace.snapshot.trouble is None
    yield Bench(workspace, sandbox, hands)
    await workspace.close()


def findings(verification: Verification) -> list[Verdict | None]:
    return [check.finding for check in verification.checks]


async def test_every_environment_is_asked_on_every_branch_and_alias() -> None:
    async with bench() as at:
        done = await at.verify("web")
        probes = [check.probe for check in done.checks]
        assert [(probe.environment, probe.branch) for probe in probes] == [
            ("production", "main"),
            ("production", "live"),
            ("qa", "main"),
            ("qa", "live"),
        ]
        assert done.all_work
        assert verification_words(done) == "4 of 4 calls work."
        assert (
            check_words(done.checks[1])
            == "Works (demo, cda.demo.invalid; environment production, alias live)."
        )


@pytest.mark.parametrize(
    ("name", "names"), [("everywhere", {"main", "next"}), ("aliased", {"live"})]
)
async def test_a_scope_of_all_is_asked_for_what_the_stack_has(
    name: str, names: set[str]
) -> None:
    async with bench() as at:
        done = await at.verify(name)
        assert {check.probe.branch for check in done.checks} == names
        assert done.all_work


async def test_a_stack_without_branches_is_asked_for_none() -> None:
    tokens = [{"name": "web", "environments": ["qa"], "preview": True}]
    plain: dict[str, Any] = {
        "branches": [],
        "aliases": {},
        "delivery_tokens": tokens,
        "management_tokens": [],
    }
    async with bench(**plain) as at:
        done = await at.verify("web")
        assert [(check.probe.kind, check.probe.branch) for check in done.checks] == [
            ("delivery", ""),
            ("preview", ""),
        ]
        assert done.all_work


@pytest.mark.parametrize(
    ("name", "finding", "words"),
    [
        (
            "lost-environment",
            Verdict.WRONG_ENVIRONMENT,
            "legacy, branch main): the stack has no such",
        ),
        (
            "lost-branch",
            Verdict.WRONG_BRANCH,
            "qa, branch old): the stack has nothing with that name",
        ),
    ],
)
async def test_what_is_gone_from_the_stack_is_named(
    name: str, finding: Verdict, words: str
) -> None:
    async with bench() as at:
        done = await at.verify(name)
        assert findings(done) == [finding]
        assert words in verification_words(done)
        assert not done.all_work


@pytest.mark.parametrize(
    ("left", "finding"),
    [
        (Scope.of(("production", "qa"), ("next",)), Verdict.WRONG_BRANCH),
        (Scope.of(("qa",), ("main",)), Verdict.WRONG_ENVIRONMENT),
    ],
)
async def test_a_scope_that_was_cut_since_the_reading_is_said(
    left: Scope, finding: Verdict
) -> None:
    async with bench() as at, _somebody(at) as other:
        web = other.token("web")
        assert isinstance(web, DeliveryToken)
        await other.workspace.update_token(web, DeliveryTokenRequest("web", "", left))
        done = await at.verify("web")
        assert findings(done)[0] is finding
        assert "no longer has it" in verification_words(done)


@asynccontextmanager
async def _somebody(at: Bench) -> AsyncIterator[Bench]:
    """Another program at work in the same stack."""
    workspace = Workspace(lambda: connection_to(at.sandbox), clock=at.hands)
    await workspace.refresh()
    yield Bench(workspace, at.sandbox, at.hands)
    await workspace.close()


@pytest.mark.parametrize("memory", [0, 60])
@pytest.mark.parametrize("name", ["site", "ci"])
async def test_a_deleted_token_never_works_whatever_a_cache_answers(
    memory: int, name: str
) -> None:
    async with bench(network={"memory": memory}) as at, _somebody(at) as other:
        await other.workspace.delete_token(other.token(name))
        done = await at.verify(name, pasted=CI if name == "ci" else None)
        assert set(findings(done)) == {Verdict.REVOKED}
        cached = memory and name == "site"
        assert ("still answers from its cache" in verification_words(done)) == bool(
            cached
        )


@pytest.mark.parametrize("memory", [0, 60])
async def test_a_preview_token_that_is_gone_does_not_work_and_the_delivery_token_does(
    memory: int,
) -> None:
    async with bench(network={"memory": memory}) as at, _somebody(at) as other:
        site = other.token("site")
        assert isinstance(site, DeliveryToken)
        await other.workspace.delete_preview_token(site)
        done = await at.verify("site")
        assert findings(done) == [Verdict.WORKS, Verdict.REVOKED]
        assert "the preview token is deleted" in verification_words(done)


@pytest.mark.parametrize(
    ("lag", "finding"), [(4, Verdict.WORKS), (25, Verdict.WORKS), (90, Verdict.UNKNOWN)]
)
async def test_a_new_token_is_given_some_seconds_to_be_known(
    lag: int, finding: Verdict
) -> None:
    async with bench(network={"lag": lag}) as at:
        at.workspace.forms["delivery"].plan = Plan(
            name="new", branches=("main",), environments=("qa",), with_preview=True
        )
        (made,) = (
            await at.workspace.create_delivery_tokens(lambda _number, _count: None)
        ).tokens
        done = await at.workspace.verifier.verify([made])
        assert findings(done) == [finding] * 2
        assert ("Not known yet" in verification_words(done)) == (
            finding is Verdict.UNKNOWN
        )


async def test_the_caller_may_say_that_a_token_is_new() -> None:
    async with bench() as at:
        at.sandbox.fail("401", api="delivery", times=2)
        assert not (await at.verify("site")).all_work
        at.sandbox.faults.clear()
        at.sandbox.fail("401", api="delivery", times=2)
        assert (await at.verify("site", fresh=True)).all_work


async def made_robot(at: Bench) -> Token:
    """A management token made in this run, with its value."""
    return await at.workspace.create_replacement(at.token("ci"), "robot", "")


REFUSING: dict[str, Any] = {
    "api": "management",
    "path": "/v3/content_types",
    "times": None,
}


@pytest.mark.parametrize("status", ["401", "412"])
async def test_a_new_management_token_is_given_half_a_minute_to_be_known(
    status: str,
) -> None:
    async with bench() as at:
        robot = await made_robot(at)
        at.sandbox.fail(status, **{**REFUSING, "times": 14})
        begun = at.hands.now
        assert (await at.workspace.verifier.verify([robot])).all_work
        assert at.hands.now - begun == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("lag", "finding"), [(25, Verdict.WORKS), (90, Verdict.UNKNOWN)]
)
async def test_so_it_is_where_the_management_host_lags(
    lag: int, finding: Verdict
) -> None:
    async with bench(network={"management_lag": lag}) as at:
        done = await at.workspace.verifier.verify([await made_robot(at)])
        assert findings(done) == [finding]
        assert "egion" not in verification_words(done)


@pytest.mark.parametrize("status", ["401", "412"])
async def test_after_that_it_is_not_known_yet_and_never_in_a_wrong_region(
    status: str,
) -> None:
    async with bench() as at:
        robot = await made_robot(at)
        at.sandbox.fail(status, **REFUSING)
        told: list[float] = []
        done = await at.workspace.verifier.verify(
            [robot], lambda checks: told.append(checks[0].again)
        )
        assert findings(done) == [Verdict.UNKNOWN]
        assert verification_words(done).startswith(
            "Not known yet (demo, cma.demo.invalid; branch main): it's in the stack"
        )
        assert "egion" not in verification_words(done)
        assert [again for again in told if again][:2] == [30.0, 29.5]
        assert [again for again in told if again][-1] == 2.5


@pytest.mark.parametrize("status", ["401", "412"])
async def test_a_token_of_this_run_is_new_though_the_servers_clock_says_otherwise(
    status: str,
) -> None:
    async with bench() as at:
        robot = await made_robot(at)
        assert robot.value is not None
        listed = msgspec.structs.replace(
            robot, value=None, created_at=None, updated_at=None
        )
        at.hands.now += timedelta(minutes=2)
        at.sandbox.fail(status, **{**REFUSING, "times": 3})
        assert (
            await at.workspace.verifier.verify([listed], pasted=robot.value)
        ).all_work


@pytest.mark.parametrize("status", ["401", "412"])
async def test_an_old_management_token_is_not_waited_for(status: str) -> None:
    async with bench() as at:
        at.sandbox.fail(status, **REFUSING)
        begun = at.hands.now
        ci = await at.verify("ci", pasted=CI)
        assert at.hands.now == begun
        assert findings(ci) == [Verdict.UNKNOWN]
        assert "the stack has ci, but this isn't its value" in verification_words(ci)
        ended = await at.verify("ended", pasted=Secret("cs" + "8" * 24))
        assert findings(ended) == [Verdict.REVOKED]
        assert "it expired on 2026-10-12" in verification_words(ended)


@pytest.mark.parametrize("status", ["401", "412"])
async def test_where_the_stack_may_not_be_asked_all_causes_are_named(
    status: str,
) -> None:
    async with bench() as at:
        at.sandbox.fail(status, **REFUSING)
        at.sandbox.fail("403", path="/v3/stacks/management_tokens/*", times=None)
        done = await at.verify("ci", pasted=CI)
        assert findings(done) == [Verdict.UNKNOWN]
        assert (
            "not active yet, expired, deleted, or not the value of ci"
            in verification_words(done)
        )


async def test_a_value_of_another_kind_is_not_tried_for_half_a_minute() -> None:
    async with bench() as at:
        robot = msgspec.structs.replace(await made_robot(at), value=None)
        listing = replace(at.workspace.snapshot.delivery, items=())
        site = at.token("site")
        at.workspace.snapshots.snapshot = replace(
            at.workspace.snapshot, delivery=listing
        )
        begun = at.hands.now
        done = await at.workspace.verifier.verify([robot], pasted=site.value)
        assert findings(done) == [Verdict.OTHER_KIND]
        assert at.hands.now == begun


@pytest.mark.parametrize("name", ["site", "robot"])
@pytest.mark.parametrize("status", ["401", "403", "404", "412", "451", "502"])
async def test_a_gateways_page_is_no_verdict_on_a_token(name: str, status: str) -> None:
    async with bench() as at:
        await made_robot(at)
        token = at.token(name)
        for api in ("delivery", "preview"):
            at.sandbox.fail(f"{status}-html", api=api, times=None)
        at.sandbox.fail(f"{status}-html", **REFUSING)
        begun = at.hands.now
        done = await at.workspace.verifier.verify(
            [token], pasted=CI if name == "robot" else None
        )
        assert set(findings(done)) == {Verdict.NO_VERDICT}
        assert verification_words(done).startswith(
            "Not known. The answer isn't from Contentstack (demo, c"
        )
        assert f"status {status}" in verification_words(done)
        assert at.hands.now == begun


async def test_a_new_preview_token_is_given_time_however_its_host_refuses_it() -> None:
    async with bench() as at:
        at.sandbox.fail("401-html", api="preview", times=2)
        assert (await at.verify("site", fresh=True)).all_work
        at.sandbox.fail("403-html", api="preview", times=None)
        begun = at.hands.now
        done = await at.verify("site", fresh=True)
        assert at.hands.now == begun
        assert findings(done) == [Verdict.WORKS, Verdict.NO_VERDICT]
        assert (
            "Or does the preview host refuse this form of token?"
            in verification_words(done)
        )


async def test_nor_is_one_in_place_of_the_stacks_own_word() -> None:
    async with bench() as at:
        at.sandbox.fail("404-html", path="/v3/stacks/delivery_tokens/*", times=None)
        done = await at.verify("everywhere")
        assert done.all_work
        assert "Couldn't check" in check_words(done.checks[0])


async def test_a_deleted_token_is_not_refused_by_a_host_that_never_answered() -> None:
    async with bench() as at, _somebody(at) as other:
        await other.workspace.delete_token(other.token("site"))
        at.sandbox.fail("403-html", api="delivery", times=None)
        (delivery, *_) = (await at.verify("site")).checks
        assert check_words(delivery) == "Revoked: the token is deleted."


async def test_a_wrong_region_is_said_where_the_host_knows_no_such_stack() -> None:
    elsewhere = Sandbox.demo()
    async with bench() as at:
        connection = await at.workspace.account.connection()
        assert connection.apps is not None
        apps = {**connection.apps, connection.region.cda: elsewhere.delivery}
        await at.workspace.restart(lambda: replace(connection, apps=apps))
        done = await at.verify("everywhere")
        assert set(findings(done)) == {Verdict.WRONG_STACK}
        assert (
            "cda.demo.invalid; environment qa, branch main): the host doesn't know"
            in verification_words(done)
        )


async def test_where_live_preview_is_off_a_preview_token_is_not_said_to_fail() -> None:
    async with bench(live_preview=False) as at:
        assert at.workspace.snapshot.live_preview is None
        done = await at.verify("site")
        assert at.workspace.snapshot.live_preview is False
        assert findings(done) == [Verdict.WORKS, Verdict.PREVIEW_OFF]
        assert done.all_work
        assert "Live Preview is off" in verification_words(done)


async def test_where_the_stack_may_not_be_asked_it_is_said() -> None:
    async with bench() as at:
        at.sandbox.fail("403", path="/v3/stacks/delivery_tokens/*", times=None)
        done = await at.verify("everywhere")
        assert done.all_work
        assert "Couldn't check" in check_words(done.checks[0])


async def test_a_management_token_needs_its_value() -> None:
    async with bench() as at:
        done = await at.verify("ci")
        assert findings(done) == [Verdict.NO_VALUE]
        assert not done.all_work
        assert (await at.verify("ci", pasted=CI)).all_work


@pytest.mark.parametrize(
    ("pasted", "finding", "words"),
    [
        ("cs" + "8" * 24, Verdict.UNKNOWN, "this isn't its value"),
        ("blt" + "8" * 16, Verdict.OTHER_KIND, "Nothing was sent"),
        ("a\u00e9", Verdict.REFUSED, "can't be sent"),
    ],
)
async def test_another_value_is_not_taken_for_the_token(
    pasted: str, finding: Verdict, words: str
) -> None:
    async with bench() as at:
        done = await at.verify("ci", pasted=Secret(pasted))
        assert (findings(done), words in verification_words(done)) == ([finding], True)
        assert pasted not in verification_words(done)


async def test_a_value_of_another_management_token_is_not_called_the_deleted_ones() -> (
    None
):
    async with bench() as at, _somebody(at) as other:
        await other.workspace.delete_token(other.token("ended"))
        done = await at.verify("ended", pasted=CI)
        assert findings(done) == [Verdict.REVOKED]
        assert "Is it another token's?" in verification_words(done)


async def test_live_preview_is_asked_about_where_nobody_tells() -> None:
    async with bench(live_preview=False) as at:
        at.sandbox.fail("403", path="/v3/stacks/settings", times=None)
        done = await at.verify("site")
        assert findings(done) == [Verdict.WORKS, Verdict.UNKNOWN]
        assert "Is Live Preview on?" in verification_words(done)


async def test_a_uid_that_cannot_be_asked_for_is_not_called_revoked() -> None:
    async with bench() as at:
        odd = msgspec.structs.replace(at.token("everywhere"), uid="../up")
        done = await at.workspace.verifier.verify([odd])
        assert set(findings(done)) == {Verdict.WORKS}
        assert "Couldn't check" in check_words(done.checks[0])


async def test_an_expired_management_token_says_when_it_ended() -> None:
    async with bench() as at:
        done = await at.verify("ended", pasted=Secret("cs" + "8" * 24))
        assert findings(done) == [Verdict.REVOKED]
        assert "expired on 2026-10-12 00:00 UTC" in verification_words(done)


@pytest.mark.parametrize("kind", ["delivery", "preview"])
@pytest.mark.parametrize("known", [True, False])
async def test_a_pasted_value_of_another_kind_is_recognised(
    kind: str, known: bool
) -> None:
    async with bench() as at:
        site = at.token("site")
        assert isinstance(site, DeliveryToken)
        assert site.preview is not None
        if not known:
            listing = replace(at.workspace.snapshot.delivery, items=())
            at.workspace.snapshots.snapshot = replace(
                at.workspace.snapshot, delivery=listing
            )
        value = site.value if kind == "delivery" else site.preview
        done = await at.verify("ci", pasted=value)
        assert findings(done) == [Verdict.OTHER_KIND]
        assert (
            f"the {kind} token of site"
            if known
            else f"This is a {kind} token: the manag"
        ) in verification_words(done)


async def test_a_kept_back_value_may_turn_out_a_management_token() -> None:
    async with bench() as at:
        site = at.token("site")
        done = await at.workspace.verifier.verify(
            [msgspec.structs.replace(site, value=CI, preview=None)]
        )
        assert findings(done) == [Verdict.OTHER_KIND]
        assert "This is a management token: the delivery host" in verification_words(
            done
        )


async def test_a_value_that_an_old_delivery_token_does_not_have_is_not_called_new() -> (
    None
):
    pasted = Secret("cs" + "1" * 24)
    async with bench() as at:
        at.hands.now += timedelta(days=8)
        begun = at.hands.now
        known = at.token("site")
        kept_back = msgspec.structs.replace(known, value=None, preview=None)
        for token in (known, kept_back):
            done = await at.workspace.verifier.verify([token], pasted=pasted)
            words = check_words(done.checks[0])
            assert done.checks[0].finding is Verdict.UNKNOWN
            assert "its value" in words or "the value of site" in words
            assert "yet" not in words
        assert at.hands.now == begun


async def test_a_management_token_just_made_is_verified_by_the_value_it_came_with() -> (
    None
):
    async with bench() as at:
        made = await at.workspace.connection.calls.create_management_token(
            ManagementTokenRequest("job", "", Scope.of((), ("main",)))
        )
        assert (await at.workspace.verifier.verify([made])).all_work


async def test_several_are_told_one_by_one_and_within_the_limit() -> None:
    async with bench() as at:
        told: list[int] = []

        def hear(checks: Sequence[Check]) -> None:
            told.append(sum(check.finding is not None for check in checks))

        done = await at.workspace.verifier.verify(
            at.workspace.snapshot.delivery.items, hear
        )
        assert told == list(range(len(done.checks) + 1))
        failed = {check.token.name for check in done.failed}
        assert failed == {"lost-environment", "lost-branch"}
        assert verification_words(done).endswith("2 of 11 calls failed.")


async def test_a_rate_limit_and_a_dead_host_are_said_as_such() -> None:
    async with bench() as at:
        for fault, finding in (
            ("429;retry-after=200", Verdict.RATE_LIMITED),
            ("close-before", Verdict.UNREACHABLE),
        ):
            at.sandbox.faults.clear()
            at.sandbox.fail(fault, api="delivery", times=None)
            done = await at.verify("lost-branch")
            assert findings(done) == [finding]
            assert "cda.demo.invalid" in verification_words(done)
        assert at.workspace.snapshot.waiting == 0.0


async def test_stopping_leaves_nothing_running() -> None:
    async with bench() as at:
        at.sandbox.fail("delay=60", api="delivery", times=None, after=3)
        begun = asyncio.Event()
        before = asyncio.all_tasks()

        def hear(checks: Sequence[Check]) -> None:
            if any(check.finding for check in checks):
                begun.set()

        running = asyncio.create_task(
            at.workspace.verifier.verify(at.workspace.snapshot.delivery.items, hear)
        )
        await begun.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert asyncio.all_tasks() <= before


def test_a_token_without_an_environment_is_asked_about_all_the_same() -> None:
    token = DeliveryToken("uid", "bare", value=CI)
    (check,) = planned([token], Snapshot())
    assert check.probe == Probe("delivery", CI)


def test_nothing_to_verify_is_not_called_working() -> None:
    assert not Verification(()).all_work


def _probed(token: Token) -> list[tuple[str, str]]:
    checks = planned([token], SHOP)
    return [(check.probe.environment, check.probe.branch) for check in checks]


SHOP = Snapshot(
    stack=Stack(uid="s", name="Shop", api_key="k", branches_enabled=True),
    environments=Listing(
        (Environment(uid="e", name="qa"), Environment(uid="f", name="web")), read=True
    ),
    branches=Listing((Branch(uid="main"), Branch(uid="next")), read=True),
)


def test_an_environment_that_is_a_right_is_asked_for_in_each() -> None:
    right = {"module": "environment", "acl": {"read": True}}
    scope = Scope.of(branches=("main",), rights=(right,))
    delivery = DeliveryToken("blt1", "web", scope=scope, value=Secret("cs1"))
    assert _probed(delivery) == [("qa", "main"), ("web", "main")]
    assert _probed(ManagementToken("blt2", "ci", scope=scope, value=CI)) == [
        ("", "main")
    ]


def test_the_branches_that_modules_are_limited_to_are_asked_for() -> None:
    within = {"module": "entry", "acl": {"read": True}, "branches": ["next"]}
    token = ManagementToken("blt2", "ci", scope=Scope((within,)), value=CI)
    assert _probed(token) == [("", "next")]
    own = Scope.of(branches=("main",), rights=(within,))
    assert _probed(ManagementToken("blt2", "ci", scope=own, value=CI)) == [("", "main")]
