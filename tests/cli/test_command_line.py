"""The command lines that the dashboard copies: each does what the screen would do."""

from __future__ import annotations

import asyncio
import shlex
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.headless import Headless
from tui.command_line import (
    NoCommand,
    command_for_form,
    command_for_token,
)
from tui.contentstack.models import Token
from tui.display import visible
from tui.workspace.plan import Form, Plan, form_of, plan_of
from tui.workspace.snapshot import Snapshot
from tui.workspace.workspace import Workspace


def read(shell: Headless) -> Snapshot:
    """Return the whole stack, as the dashboard has read it."""

    async def reading() -> Snapshot:
        workspace = Workspace(shell.connect)
        try:
            return await workspace.read()
        finally:
            await workspace.close()

    return asyncio.run(reading())


def words_of(line: str) -> list[str]:
    """The words of a line after the program and `--demo`, as a shell takes it apart."""
    program, demo, *words = shlex.split(line)
    assert (program, demo) == ("tokendeck", "--demo")
    return words


def test_the_command_for_a_token_finds_it_as_it_is(shell: Headless) -> None:
    snapshot = read(shell)
    tokens: list[Token] = [*snapshot.delivery.items, *snapshot.management.items]
    outcomes = {}
    for token in tokens:
        if token.name == "kiosk-berlin":
            with pytest.raises(NoCommand, match="branch release_6 no longer exists"):
                command_for_token(token, snapshot)
            continue
        words = words_of(command_for_token(token, snapshot))
        if token.name == "translation-sync":
            # It names modules, and there's no option for that.
            assert words[0] == "create"
            continue
        assert words[0] == "ensure"
        outcomes[token.name] = shell(*words, "--json")
    unchanged = {
        name: done.json["tokens"][0]["uid"]
        for name, done in outcomes.items()
        if done.code == 0
    }
    assert unchanged == {t.name: t.uid for t in tokens if t.name in unchanged}
    # An expiry in the past can't be requested again.
    assert outcomes.keys() - unchanged.keys() == {"migration-2"}
    assert shell.writes == []


def test_a_token_with_a_blank_name_is_copied_by_its_uid(shell: Headless) -> None:
    record, *_ = shell.sandbox.stacks[0].delivery_tokens.values()
    record.name = "  "
    snapshot = read(shell)
    (token,) = (each for each in snapshot.delivery.items if each.uid == record.uid)
    words = words_of(command_for_token(token, snapshot))
    assert words[0] == "create"
    assert shell(*words).code == 0


def test_a_scope_that_no_option_names_is_created_like_the_token(
    shell: Headless,
) -> None:
    record, *_ = shell.sandbox.stacks[0].management_tokens.values()
    record.scope[0] |= {"module": "content_type", "content_types": ["page"]}
    snapshot = read(shell)
    token = snapshot.management_token(record.uid)
    assert token is not None
    words = words_of(command_for_token(token, snapshot))
    assert words == ["create", f"{token.name}-copy", "--like", token.uid]
    (request,) = shell(*words, "--dry-run", "--json").json["requests"]
    modules = [item["module"] for item in request["body"]["token"]["scope"]]
    assert "content_type" in modules
    form = Form(replace(plan_of(token), name="anew"))
    with pytest.raises(NoCommand):
        command_for_form(form, snapshot)


_TEXT = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30
).filter(lambda text: visible(text) == text and text.strip() == text)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=_TEXT, description=_TEXT | st.just(""))
def test_any_name_survives_the_shell(
    shell: Headless, name: str, description: str
) -> None:
    record, *_ = shell.sandbox.stacks[0].delivery_tokens.values()
    record.name, record.description = name, description
    snapshot = read(shell)
    token = snapshot.delivery_token(record.uid)
    assert token is not None
    words = words_of(command_for_token(token, snapshot))
    # An option after a name that begins with a dash would be another name.
    done = shell(words[0], "--json", *words[1:])
    assert done.json["tokens"][0]["uid"] == record.uid, done.stderr


@pytest.mark.parametrize("name", ["a\nrm -rf ~", "\x1b[31m", "a\u202eb", "\x7f"])
def test_what_no_shell_takes_when_pasted_is_no_command(
    shell: Headless, name: str
) -> None:
    record, *_ = shell.sandbox.stacks[0].delivery_tokens.values()
    record.name = name
    snapshot = read(shell)
    token = snapshot.delivery_token(record.uid)
    assert token is not None
    with pytest.raises(NoCommand):
        command_for_token(token, snapshot)


PLANS = (
    Plan(name="web2", environments=("qa",), branches=("main",), with_preview=True),
    Plan(name="web2", environments=("qa", "staging"), branches=("main", "development")),
    Plan(
        name="-x",
        description="it's $HOME",
        scope_kind="aliases",
        aliases=("release",),
        environments=("qa",),
    ),
    Plan("management", name="m", branches=("main",), write=True),
    Plan(
        "management",
        name="m",
        branches=("$all",),
        lifetime="date",
        ends="2099-10-31",
        email_notice=True,
    ),
)


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
def test_the_command_of_a_review_asks_for_the_same(shell: Headless, plan: Plan) -> None:
    snapshot = read(shell)
    words = words_of(command_for_form(Form(plan), snapshot))
    # An option after a name that begins with a dash would be another name.
    done = shell(words[0], "--dry-run", "--json", *words[1:])
    bodies = [request["body"]["token"] for request in done.json["requests"]]
    if plan.kind == "management":
        wanted = [plan.management_request(has_branches=True).to_api()]
    else:
        wanted = [each.to_api() for each in plan.requests(has_branches=True)]
    assert bodies == wanted


def test_the_command_of_an_edit_changes_the_same(shell: Headless) -> None:
    snapshot = read(shell)
    for token in (snapshot.delivery.items[0], snapshot.management.items[0]):
        form = form_of(token)
        plan = replace(form.plan, name="new name", description="", branches=("main",))
        if token.kind == "management":
            plan = replace(plan, write=not plan.write, lifetime="never", ends="")
            plan = replace(plan, email_notice=False)
        form.plan = plan
        words = words_of(command_for_form(form, snapshot))
        (request,) = shell(*words, "--dry-run", "--json").json["requests"]
        wanted = form.request(has_branches=True).to_api()
        sent = request["body"]["token"]
        assert {key: sent[key] for key in wanted} == wanted


def test_the_command_leads_to_the_same_stack(shell: Headless) -> None:
    from tui.contentstack.regions import REGIONS, custom_region

    snapshot = replace(read(shell), demo=False, region=REGIONS[1])
    assert snapshot.stack is not None
    token = snapshot.delivery.items[0]
    start = f"tokendeck --region {REGIONS[1].id} --stack {snapshot.stack.api_key} "
    assert command_for_token(token, snapshot).startswith(start)
    own = custom_region(cma="https://a.example", cda="https://b.example")
    line = command_for_token(token, replace(snapshot, region=own))
    assert "--cma https://a.example --cda https://b.example --stack" in line
