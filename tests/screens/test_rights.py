"""Rights that no form shows stay as they are, through the running program."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.screens.session import Table, running
from tests.support.clock import clock
from tui.contentstack.models import ManagementToken
from tui.contentstack.scope import Scope
from tui.messages.rights import access_words
from tui.sandbox.organization import StackRecord, TokenRecord
from tui.sandbox.rules import read_token
from tui.sandbox.service import Sandbox
from tui.screens.messages.rights import rights_facts
from tui.screens.tokens import TokensScreen
from tui.widgets.status_line import StatusLine
from tui.workspace.plan import plan_of

Json = dict[str, Any]
BOTH = {"read": True, "write": True}
ENVIRONMENT: Json = {"module": "environment", "acl": BOTH}
CONTENT: Json = {"module": "content_type", "acl": BOTH}
MAIN: Json = {"module": "branch", "branches": ["main"], "acl": {"read": True}}
LIMITED: Json = {"module": "content_type", "acl": {"read": True}, "branches": ["main"]}
ALIASES: Json = {"module": "branch_alias", "acl": BOTH}


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def stack_of(sandbox: Sandbox) -> StackRecord:
    return next(iter(sandbox.world.stacks.values()))


def holding(scope: list[Json], name: str = "robot") -> tuple[Sandbox, TokenRecord]:
    """A sandbox whose first stack has a management token with this scope, put there by hand."""
    sandbox = Sandbox.demo(now=clock)
    token = next(
        each
        for each in stack_of(sandbox).management_tokens.values()
        if each.name == "reporting"
    )
    token.name, token.scope = name, scope
    return sandbox, token


class Sent:
    """The scopes of the requests that write management tokens, as the sandbox was asked for them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.scopes: list[list[Json]] = []
        self.answers: list[Json] = []

        def listen(body: Json, *rest: Any) -> Json:
            scope = body["token"]["scope"]
            self.scopes.append(scope)
            known = [MAIN, {"module": "$all", "acl": {"read": True}}]
            changed = {**body, "token": {**body["token"], "scope": known}}
            # Whether the sandbox knows such a scope is not asked here; it keeps what it
            # was sent.
            return {**read_token(changed, *rest), "scope": self.answers or scope}

        monkeypatch.setattr("tui.sandbox.tokens.read_token", listen)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    return Sent(monkeypatch)


async def to_robot(table: Table) -> None:
    await table.press("o")
    screen = table.app.screen
    assert isinstance(screen, TokensScreen)
    tokens = table.app.workspace.snapshot.management.items
    uid = next(token.uid for token in tokens if token.name == "robot")
    screen.show_token(uid)
    await table.until(lambda: screen.table.cursor_key == uid)


async def through(table: Table, *shown: str) -> None:
    for words in shown:
        await table.press("enter")
        await table.until(words)


SCOPES = [
    pytest.param([ENVIRONMENT, CONTENT, MAIN], id="environment without a list"),
    pytest.param([ENVIRONMENT, MAIN], id="nothing else"),
    pytest.param([LIMITED], id="branches within a module"),
    pytest.param(
        [CONTENT, ALIASES, {"module": "branch_alias", "branch_aliases": []}, MAIN],
        id="aliases",
    ),
    pytest.param(
        [CONTENT, ENVIRONMENT | {"environments": None}, MAIN | {"new": [1]}],
        id="unknown members",
    ),
    pytest.param([CONTENT], id="no branch at all"),
]


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_renamed_token_keeps_its_rights(sent: Sent, scope: list[Json]) -> None:
    sandbox, token = holding(scope)
    async with running(sandbox=sandbox) as table:
        await to_robot(table)
        await table.press("e")
        await table.until("Name (required")
        await table.press("end")
        await table.type("-2")
        await through(table, "Branches 3", "Read and write", "Changes to robot")
        facts = [line for line in table.text.splitlines() if "->" in line]
        assert [line.replace("▌", "").split() for line in facts] == [
            ["Name", "robot", "->", "robot-2"]
        ]
        await through(table, "Saved robot-2")
        assert status(table) == "Saved robot-2."
    assert json.dumps(sent.scopes) == json.dumps([scope])
    assert token.name == "robot-2"


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_clone_has_the_same_rights(sent: Sent, scope: list[Json]) -> None:
    sandbox, _ = holding(scope)
    async with running(sandbox=sandbox) as table:
        await to_robot(table)
        await table.press("N")
        await table.until("Name (required")
        await through(
            table,
            "Branches 3",
            "Read and write",
            "Generate Token",
            "Generated robot-copy",
        )
    assert json.dumps(sent.scopes) == json.dumps([scope])


@pytest.mark.long
@pytest.mark.parametrize("scope", SCOPES)
async def test_a_replacement_has_the_same_rights(sent: Sent, scope: list[Json]) -> None:
    sandbox, _ = holding(scope)
    async with running(sandbox=sandbox) as table:
        await to_robot(table)
        await table.press("R")
        await table.until("1 Create the replacement")
        await table.press("enter")
        await table.until("[x] 1")
    assert json.dumps(sent.scopes) == json.dumps([scope])


@pytest.mark.long
@pytest.mark.parametrize("scope", SCOPES)
async def test_a_deleted_token_is_made_again_with_its_rights(
    sent: Sent, scope: list[Json]
) -> None:
    sandbox, _ = holding(scope)
    async with running(sandbox=sandbox) as table:
        await to_robot(table)
        await table.press("d")
        await table.until("Type its name")
        await table.type("robot")
        await table.press("enter")
        await table.until("Deleted robot")
        await table.press("B")
        await table.until("Filled in from robot")
        await through(
            table, "Branches 3", "Read and write", "Generate Token", "Generated robot"
        )
    assert json.dumps(sent.scopes) == json.dumps([scope])


async def test_a_switch_changes_modules_alone_and_is_reviewed_in_words(
    sent: Sent,
) -> None:
    entry = {
        "module": "entry",
        "acl": {"read": True, "new": 3},
        "_metadata": {"uid": "cs1"},
    }
    sandbox, _ = holding([ENVIRONMENT, entry, ALIASES, MAIN])
    async with running(sandbox=sandbox) as table:
        await to_robot(table)
        await table.press("e")
        await table.until("Name (required")
        await through(table, "Branches 3", "Read and write")
        await table.press("space")
        await through(table, "Changes to robot")
        shown = " ".join(table.text.split())
        assert (
            "environment, branch_alias read+write · entry read -> environment, entry read"
            in shown
        )
        await through(table, "Saved robot")
    only_read = {"module": "environment", "acl": {"read": True}}
    assert sent.scopes == [[only_read, entry, ALIASES, MAIN]]


@pytest.mark.long
async def test_other_branches_change_only_the_names_of_branches(sent: Sent) -> None:
    branch = MAIN | {"new": [1], "acl": {"read": "true"}}
    sandbox, _ = holding([ALIASES, branch, ENVIRONMENT])
    async with running(sandbox=sandbox) as table:
        await to_robot(table)
        await table.press("e")
        await table.until("Name (required")
        await through(table, "Branches 3")
        await table.press("down", "space")
        await through(table, "Read and write", "Changes to robot")
        assert "Branches main -> main, development" in " ".join(table.text.split())
        await through(table, "Saved robot")
    assert sent.scopes == [
        [ALIASES, branch | {"branches": ["main", "development"]}, ENVIRONMENT]
    ]


@pytest.mark.long
async def test_a_token_without_modules_gets_none_by_the_switch(sent: Sent) -> None:
    sandbox, _ = holding([MAIN])
    async with running(sandbox=sandbox) as table:
        await to_robot(table)
        assert "no modules" in table.text
        await table.press("e")
        await table.until("Name (required")
        await through(table, "Branches 3", "Read and write")
        await table.press("space", "enter")
        assert "names no modules" in status(table)
    assert sent.scopes == []


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (60, 15)])
async def test_list_and_details_tell_all_modules_from_some(
    size: tuple[int, int],
) -> None:
    sandbox, _ = holding([ENVIRONMENT, CONTENT, LIMITED | {"module": "entry"}, MAIN])
    async with running(sandbox=sandbox, size=size) as table:
        await to_robot(table)
        rows = [
            line
            for line in table.text.splitlines()
            if line[:1] == "▌" and " robot" in line
        ]
        access = "read+write · 3 modules" if size[0] > 60 else "read+write · 3"
        assert access in rows[0]
        await table.press("enter")
        await table.until("Modules")
        modules = "environment, content_type read+write · entry (only main) read"
        assert modules in " ".join(table.text.split())


@pytest.mark.long
async def test_what_the_server_made_otherwise_is_said(sent: Sent) -> None:
    sandbox, _ = holding([LIMITED, MAIN])
    sent.answers = [
        {key: value for key, value in LIMITED.items() if key != "branches"},
        MAIN,
    ]
    async with running(sandbox=sandbox) as table:
        await to_robot(table)
        await table.press("e")
        await table.until("Name (required")
        await table.press("end")
        await table.type("-2")
        await through(
            table, "Branches 3", "Read and write", "Changes to robot", "Saved robot-2"
        )
        assert "with a different access than" in status(table)
        assert "content_type read" in table.text


ITEMS = [{"module": name, "acl": BOTH} for name in "abcdefghij"]


def test_many_modules_stand_in_several_lines() -> None:
    token = ManagementToken(uid="blt1", name="ci", scope=Scope((*ITEMS, MAIN)))
    assert access_words(token) == "read+write · 10 modules"
    assert [fact.label for fact in rights_facts(token)] == ["Modules", " "]
    assert plan_of(token).write


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ([{"module": "$all", "acl": BOTH}], "read+write"),
        ([{"module": "$all", "acl": {"read": True}}, MAIN], "read"),
        ([CONTENT, MAIN], "read+write · 1 module"),
        ([ENVIRONMENT, {"module": "entry"}], "read+write · 2 modules"),
        ([MAIN], "no modules"),
        ([{"module": [{}], "acl": 3}], "read · 1 module"),
    ],
)
def test_access_in_short(scope: list[Json], words: str) -> None:
    assert (
        access_words(ManagementToken(uid="blt1", name="ci", scope=Scope(tuple(scope))))
        == words
    )
