from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from tests.support.clock import NOW, clock
from tui.commands import COMMANDS
from tui.connection.demo import connection_to
from tui.contentstack.errors import ServerFailed
from tui.contentstack.models import (
    Alias,
    Branch,
    DeliveryToken,
    Environment,
    ManagementToken,
    Stack,
)
from tui.contentstack.scope import Scope
from tui.sandbox.service import Sandbox
from tui.workspace.health import (
    HealthWarning,
    HealthWarnings,
    health_warnings,
    unjudged,
)
from tui.workspace.snapshot import Listing, ReadingStopped, Snapshot
from tui.workspace.workspace import Workspace

WRITES = {"module": "$all", "acl": {"read": True, "write": True}}
SCOPE = Scope.of(("production",), ("main",))
WEB = DeliveryToken(uid="web", name="web", description="The site.", scope=SCOPE)
APP = DeliveryToken(
    uid="app",
    name="app",
    description="The app.",
    scope=Scope.of(("production",), ("dev",)),
)
CI = ManagementToken(
    uid="ci",
    name="ci",
    description="Deploys.",
    scope=Scope.of(branches=("main",), rights=(WRITES,)),
    expires_on=NOW + timedelta(days=90),
)
SNAPSHOT = Snapshot(
    stack=Stack(uid="s", name="Shop", api_key="k", branches_enabled=True),
    delivery=Listing((WEB, APP), read=True),
    management=Listing((CI,), read=True),
    environments=Listing((Environment(uid="e", name="production"),), read=True),
    branches=Listing((Branch(uid="main"), Branch(uid="dev")), read=True),
    aliases=Listing((Alias(uid="live", branch="main"),), read=True),
    read_at=NOW,
)


def changed(token: DeliveryToken | ManagementToken, **fields: object) -> Snapshot:
    """The snapshot with one token changed."""
    new = type(token)(
        **{name: getattr(token, name) for name in token.__struct_fields__} | fields
    )
    if isinstance(new, ManagementToken):
        return replace(SNAPSHOT, management=Listing((new,), read=True))
    return replace(SNAPSHOT, delivery=Listing((new, APP), read=True))


def only(snapshot: Snapshot) -> HealthWarning:
    (warning,) = health_warnings(snapshot, NOW)
    return warning


def test_a_tidy_stack_has_no_hint() -> None:
    assert health_warnings(SNAPSHOT, NOW) == ()
    assert unjudged(SNAPSHOT) == ()


def test_an_expired_token_is_to_be_deleted() -> None:
    warning = only(changed(CI, expires_on=NOW))
    assert (warning.token.uid, warning.what, warning.command) == (
        "ci",
        "expired 2026-10-15",
        "delete",
    )
    assert (
        health_warnings(changed(CI, expires_on=NOW + timedelta(seconds=1)), NOW) == ()
    )


def test_a_token_that_writes_for_ever_is_to_get_an_end() -> None:
    warning = only(changed(CI, expires_on=None))
    assert (warning.what, warning.command) == ("can write, and never expires", "edit")
    assert (
        health_warnings(
            changed(CI, expires_on=None, scope=Scope.of((), ("main",))), NOW
        )
        == ()
    )


def test_a_scope_that_names_what_is_gone_is_to_be_mended() -> None:
    warning = only(
        changed(WEB, scope=Scope.of(("production",), ("main", "old"), ("before",)))
    )
    assert (warning.what, warning.command) == ("branch old, alias before gone", "edit")
    warning = only(changed(WEB, scope=Scope.of(("production", "qa"), ("main",))))
    assert (warning.what, warning.command) == ("environment qa gone", "edit")


def test_a_token_of_which_nothing_is_left_is_to_be_deleted() -> None:
    for scope in (
        Scope.of(("qa",), ("main",)),
        Scope.of(("production",), ("old",), ("before",)),
    ):
        assert only(changed(WEB, scope=scope)).command == "delete"
    assert only(changed(CI, scope=Scope.of(branches=("old",)))).command == "delete"


def test_nothing_is_called_gone_by_a_list_that_could_not_be_read() -> None:
    token = changed(WEB, scope=Scope.of(("qa",), ("old",), ("before",)))
    error = ServerFailed("It failed")
    unread = replace(
        token,
        environments=Listing(error=error),
        branches=Listing(error=error),
        aliases=Listing(error=error),
    )
    assert health_warnings(unread, NOW) == ()
    assert unjudged(unread) == ("environments", "branches", "aliases")
    stale = replace(token, environments=replace(token.environments, error=error))
    assert only(stale).what == "branch old, alias before gone"


def test_branches_that_are_off_are_not_judged() -> None:
    stack = Stack(uid="s", name="Shop", api_key="k", branches_enabled=False)
    off = replace(
        changed(WEB, scope=Scope.of(("production",), ("old",))),
        stack=stack,
        branches=Listing(),
    )
    assert health_warnings(off, NOW) == ()
    assert unjudged(off) == ()


def test_all_branches_are_more_than_is_needed() -> None:
    warning = only(changed(WEB, scope=Scope.of(("production",), ("$all",), ("$all",))))
    assert (warning.what, warning.command) == ("all branches and all aliases", "edit")
    assert only(changed(CI, scope=Scope.of(aliases=("$all",)))).what == "all aliases"


def test_of_tokens_with_the_same_scope_the_one_left_alone_longest_is_named() -> None:
    twins = [
        DeliveryToken(
            uid=str(n),
            name=f"t{n}",
            description="x",
            scope=SCOPE,
            created_at=NOW - timedelta(n),
        )
        for n in range(5)
    ]
    warning = only(replace(SNAPSHOT, delivery=Listing(tuple(twins), read=True)))
    assert (warning.token.name, warning.what) == (
        "t4",
        "same scope as t0, t1, t2 and 1 more",
    )
    assert warning.command == "delete"


def test_the_order_of_names_makes_no_other_scope() -> None:
    scopes = (
        Scope.of(("production",), ("main", "dev")),
        Scope.of(("production",), ("dev", "main")),
    )
    twins = [
        DeliveryToken(uid=str(n), name=f"t{n}", description="x", scope=scope)
        for n, scope in enumerate(scopes)
    ]
    assert (
        only(replace(SNAPSHOT, delivery=Listing(tuple(twins), read=True))).what
        == "same scope as t1"
    )


def test_a_blank_description_tells_nobody_anything() -> None:
    assert only(changed(WEB, description=" \n")).what == "no description"
    assert only(changed(CI, description="")).command == "edit"


def test_every_hint_names_a_command() -> None:
    bad = (
        ManagementToken(
            uid="1", name="a", expires_on=NOW, scope=Scope.of(branches=("$all", "old"))
        ),
        ManagementToken(uid="2", name="b", scope=Scope.of((), ("old",), (), (WRITES,))),
    )
    twins = tuple(
        DeliveryToken(uid=str(n), name=f"t{n}", scope=SCOPE) for n in range(2)
    )
    found = health_warnings(
        replace(
            SNAPSHOT,
            delivery=Listing(twins, read=True),
            management=Listing(bad, read=True),
        ),
        NOW,
    )
    assert len(found) == 10
    assert {warning.command for warning in found} <= {
        command.id for command in COMMANDS
    }


def test_hints_are_worked_out_once_for_each_reading() -> None:
    book = HealthWarnings()
    untidy = changed(WEB, description="")
    first = book.of(untidy, NOW)
    assert first
    assert book.of(replace(untidy, trouble=ReadingStopped()), NOW) is first
    assert book.of(replace(SNAPSHOT, reading=("environments",)), NOW) is first
    assert book.of(SNAPSHOT, NOW) == ()


def test_hints_are_counted_by_the_kind_of_token() -> None:
    book = HealthWarnings()
    untidy = replace(
        changed(WEB, description=""), management=changed(CI, expires_on=NOW).management
    )
    assert (
        book.count("delivery", untidy, NOW),
        book.count("management", untidy, NOW),
    ) == (1, 1)
    assert (
        book.count("delivery", SNAPSHOT, NOW),
        book.count("management", SNAPSHOT, NOW),
    ) == (0, 0)


def test_ten_thousand_untidy_tokens_are_judged() -> None:
    tokens = tuple(
        DeliveryToken(uid=str(n), name=str(n), scope=Scope.of((f"e{n}",)))
        for n in range(10_000)
    )
    assert (
        len(
            health_warnings(replace(SNAPSHOT, delivery=Listing(tokens, read=True)), NOW)
        )
        == 20_000
    )


def test_a_right_is_nothing_that_can_be_gone() -> None:
    right = {"module": "environment", "acl": {"read": True}}
    listed = right | {"environments": ["gone"]}
    scope = Scope.of(branches=("main",), rights=(right,))
    assert health_warnings(changed(CI, scope=scope), NOW) == ()
    # Without the environment it still has its branch.
    warning = only(changed(CI, scope=Scope.of(branches=("main",), rights=(listed,))))
    assert (warning.what, warning.command) == ("environment gone gone", "edit")


def test_what_modules_are_limited_to_is_left() -> None:
    within = {"module": "entry", "acl": {"read": True}, "branches": ["main"]}
    warning = only(changed(CI, scope=Scope.of(branches=("old",), rights=(within,))))
    assert (warning.what, warning.command) == ("branch old gone", "edit")


def test_tokens_with_rights_beside_their_names_are_no_doubles() -> None:
    right = {"module": "asset", "acl": {"read": True}}
    more = Scope.of(("production",), ("dev",), rights=(right,))
    assert health_warnings(changed(WEB, scope=more), NOW) == ()


def untidy(count: int) -> Snapshot:
    """A stack of tokens that all have a scope that is gone, and no description."""
    tokens = tuple(
        DeliveryToken(uid=str(n), name=str(n), scope=Scope.of((f"e{n}",)))
        for n in range(count)
    )
    return replace(SNAPSHOT, delivery=Listing(tokens, read=True))


async def test_others_have_their_turn_while_thousands_are_judged() -> None:
    book, snapshot, found_between = HealthWarnings(), untidy(2_000), []
    judging = asyncio.ensure_future(book.judge(snapshot, NOW))
    while not judging.done():
        found_between.append(book.has_judged(snapshot))
        await asyncio.sleep(0.001)
    # Four rules look at each of 2,000 tokens, at 1,000 at once.
    assert len(found_between) > 8
    assert not any(found_between[:-1])
    assert book.has_judged(snapshot)
    assert book.of(snapshot, NOW) == health_warnings(snapshot, NOW)
    assert book.count("delivery", snapshot, NOW) == 4_000


async def test_others_have_their_turn_where_nothing_is_wrong() -> None:
    tokens = tuple(
        DeliveryToken(
            uid=str(n),
            name=str(n),
            description="Fine.",
            scope=Scope.of(("production",), (f"b{n}",)),
        )
        for n in range(3_000)
    )
    unknown = replace(SNAPSHOT, branches=Listing())
    book, turns = HealthWarnings(), 0
    snapshot = replace(unknown, delivery=Listing(tokens, read=True))
    judging = asyncio.ensure_future(book.judge(snapshot, NOW))
    while not judging.done():
        turns += 1
        await asyncio.sleep(0.001)
    # Four rules look at each, at 1,000 at once.
    assert turns > 12
    assert book.of(snapshot, NOW) == ()


async def test_what_changes_while_it_is_judged_is_judged_as_well() -> None:
    workspace = Workspace(lambda: connection_to(Sandbox.demo(now=clock)), clock=clock)
    await workspace.refresh()
    workspace.snapshots.change(delivery=untidy(2_000).delivery)
    judging = asyncio.ensure_future(workspace.judge())
    await asyncio.sleep(0)
    workspace.snapshots.change(delivery=untidy(3).delivery)
    await judging
    assert workspace.is_judged
    assert workspace.warning_count("delivery") == 6
    await workspace.close()
