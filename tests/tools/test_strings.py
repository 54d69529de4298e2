"""`make strings` lists what the program says, wherever in the program it's said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from tests.support.clock import NOW
from tools.shell_docs import commands
from tools.strings import in_source, pattern_of, sentences
from tui.account.permissions import Permissions
from tui.commands import COMMANDS
from tui.conditions import Moment
from tui.contentstack.models import (
    Branch,
    DeliveryToken,
    Environment,
    ManagementToken,
    Odd,
    Stack,
)
from tui.contentstack.scope import Scope
from tui.secret import Secret
from tui.workspace.health import health_warnings
from tui.workspace.snapshot import Listing, Snapshot

WRITES = {"module": "$all", "acl": {"read": True, "write": True}}
VALUE = Secret("cs" + "0" * 24)
WEB = DeliveryToken(uid="blt1", name="web", scope=Scope.of(("qa",), ("$all",)))
APP = DeliveryToken(uid="blt2", name="app", value=VALUE, scope=WEB.scope)
OLD_SCOPE = DeliveryToken(uid="blt3", name="old", scope=Scope.of(("qa", "off"), ("x",)))
CI = ManagementToken(uid="blt4", name="ci", scope=Scope.of(rights=(WRITES,)))
OLD = ManagementToken(uid="blt5", name="old", expires_on=NOW - timedelta(days=1))
UNREAD = Snapshot(stack=Stack("blt0", "Shop", "blt0"))
READ = replace(
    UNREAD,
    delivery=Listing((WEB, APP, OLD_SCOPE), read=True),
    management=Listing((CI, OLD), read=True),
    environments=Listing((Environment(uid="qa", name="qa"),), read=True),
    branches=Listing((Branch(uid="main"),), read=True),
    aliases=Listing((), read=True),
)
SNAPSHOTS = (
    Snapshot(),
    UNREAD,
    READ,
    replace(READ, read_only=True),
    replace(READ, environments=Listing((), read=True)),
    replace(READ, permissions=Permissions(("Content Manager",))),
)
STEPS = ("", "Details", "Scope", "Review")


def moments() -> Iterator[Moment]:
    """Yield what commands may be asked about: with every kind of row, and none."""
    odd = Odd("name", "it has no name", uid="blt9")
    rows = (
        Moment(),
        *(Moment(token=token) for token in (WEB, APP, CI)),
        *(Moment(odd=each) for each in (odd, Odd("name", "it has no name"))),
        Moment(marked=(CI, OLD)),
        Moment(marked=(WEB, APP), stacks=2),
    )
    for row, snapshot, step, is_on in product(rows, SNAPSHOTS, STEPS, (False, True)):
        yield replace(row, snapshot=snapshot, step=step, busy=is_on, filtered=is_on)


def reasons() -> set[str]:
    """Return why commands can't be used, over all of these."""
    known = tuple(moments())
    return {why for item in COMMANDS for each in known if (why := item.reason(each))}


def warnings() -> set[str]:
    """Return what Health says of tokens that break each of its rules."""
    found = health_warnings(READ, NOW)
    return {words for each in found for words in (each.what, each.why)}


def keys_in_words() -> set[str]:
    """Return what the help and the palette say of each command."""
    return {words for item in COMMANDS for words in (item.label, item.help)}


def help_texts() -> set[str]:
    """Return what `--help` says of each command and option of the shell."""
    texts = set()
    for _, command in commands():
        texts.add(" ".join((command.help or "").split()))
        texts |= {getattr(each, "help", None) or "" for each in command.params}
    return texts - {"", "Show the version and exit.", "Show this message and exit."}


@pytest.mark.parametrize(
    ("said", "least"),
    [
        (reasons, 25),
        (warnings, 10),
        (keys_in_words, 100),
        (help_texts, 80),
    ],
)
def test_the_list_has_all_that_the_program_says(
    said: Callable[[], set[str]], least: int
) -> None:
    texts = said()
    assert len(texts) >= least
    listed = [pattern_of(each) for each in sentences() if len(each.text) > 2]
    missing = [
        text for text in texts if not any(each.fullmatch(text) for each in listed)
    ]
    assert missing == []


def test_a_label_is_listed_and_code_is_not() -> None:
    source = 'say("Stopped.", "warn", f"{error} Press {keys}.", f"{a} {b}", "blt0")'
    assert [each.text for each in in_source("x.py", source)] == [
        "Stopped.",
        "{error} Press {keys}.",
    ]
