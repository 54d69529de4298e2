"""The shell command that does what a screen shows, ready to paste."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from tui.contentstack.models import Token
from tui.contentstack.regions import REGIONS
from tui.display import visible
from tui.workspace.comparison import differences
from tui.workspace.gone import gone_from, gone_of
from tui.workspace.plan import Form, Plan, plan_of
from tui.workspace.snapshot import Snapshot

UNSAFE = "A name or description has characters that you can't paste into a shell."
DETAILED = "No command option covers all details of this scope."


class NoCommand(ValueError):
    """No shell command does the same; the text says why."""


def command_for_token(token: Token, snapshot: Snapshot) -> str:
    """Return the command that ensures there's a token like this one.

    If options can't express its whole scope, the command creates another like it.

    Raises:
        NoCommand: if a name can't be pasted, or the stack would refuse the scope.
    """
    if gone := gone_of(gone_from(snapshot), token.scope.names):
        raise NoCommand(f"No command can create it: {gone.named} no longer exists.")
    plan = plan_of(token)
    if not _is_nameable(token, plan, snapshot):
        copy = snapshot.free_name(token.name, "copy")
        return _line(snapshot, "create", copy, ["--like", token.uid])
    return _line(snapshot, "ensure", token.name, _options(plan))


def command_for_form(form: Form, snapshot: Snapshot) -> str:
    """Return the command that creates or changes what a form says.

    Raises:
        NoCommand: if options can't express all of it.
    """
    plan = form.plan
    if form.seen is not None:
        return _line(snapshot, "edit", form.seen.uid, _changes(form))
    if plan.scope is not None and not _is_plain(plan, snapshot):
        raise NoCommand(DETAILED)
    options = _options(plan)
    if plan.kind == "management":
        options = [*options, "--env-file", ".env"]
    return _line(snapshot, "create", plan.name, options)


def _is_nameable(token: Token, plan: Plan, snapshot: Snapshot) -> bool:
    """Return whether options can express everything about a token."""
    several = len(plan.environments) > 1
    if several or not token.name.strip() or not _is_plain(plan, snapshot):
        return False
    # In the plan, the expiry is a day without a time.
    ends = token.expires_on
    return ends is None or (ends.hour, ends.minute, ends.second) == (0, 0, 0)


def _is_plain(plan: Plan, snapshot: Snapshot) -> bool:
    """Return whether a scope is the same as one created from its names."""
    if plan.scope is None:
        return True
    has_branches = snapshot.has_branches
    if has_branches and not any(plan.lanes):
        return False
    if plan.kind == "delivery" and not plan.environments:
        return False
    named = replace(plan, scope=None, changes="")
    made = named.request(has_branches=has_branches)
    return not differences(plan.request(has_branches=has_branches), made)


def _options(plan: Plan) -> list[str]:
    options: list[str] = []
    if plan.kind == "management":
        options.append("--management")
    options += _names(plan)
    if plan.description:
        options += ["--description", plan.description]
    if plan.with_preview and plan.kind == "delivery":
        options.append("--preview")
    if plan.kind == "management":
        options += _life(plan)
    return options


def _life(plan: Plan) -> list[str]:
    options = ["--write"] if plan.write else []
    if plan.expires_on is not None:
        options += ["--expires", plan.ends]
    if plan.email_notice:
        options.append("--email-notice")
    return options


def _names(plan: Plan) -> Iterator[str]:
    for environment in plan.environments:
        yield from ("--env", environment)
    branches, aliases = plan.lanes
    for branch in branches:
        yield from ("--branch", branch)
    for alias in aliases:
        yield from ("--alias", alias)


def _changes(form: Form) -> list[str]:
    """Return the options for the fields in which a form differs from its token."""
    plan, before = form.plan, form.blank
    options: list[str] = []
    if plan.name != before.name:
        options += ["--name", plan.name]
    if plan.description != before.description:
        options += ["--description", plan.description]
    scope = (plan.environments, plan.lanes)
    if scope != (before.environments, before.lanes):
        options += _names(plan)
    if plan.kind == "delivery":
        return options
    if plan.write != before.write:
        options.append("--write" if plan.write else "--no-write")
    if plan.ends != before.ends:
        options += ["--expires", plan.ends or "never"]
    if plan.email_notice != before.email_notice:
        options.append("--email-notice" if plan.email_notice else "--no-email-notice")
    return options


def _line(snapshot: Snapshot, command: str, name: str, options: list[str]) -> str:
    words = ["tokendeck", *_place(snapshot), command]
    # A name that begins with a dash would be read as an option.
    words += [*options, "--", name] if name.startswith("-") else [name, *options]
    if any(visible(word) != word for word in words):
        raise NoCommand(UNSAFE)
    return shlex.join(words)


def _place(snapshot: Snapshot) -> list[str]:
    """Return the options that select the stack, wherever the command is pasted."""
    if snapshot.demo:
        return ["--demo"]
    words: list[str] = []
    region = snapshot.region
    if region in REGIONS:
        words += ["--region", region.id]
    elif region is not None:
        urls = {"--cma": region.cma, "--cda": region.cda, "--preview": region.preview}
        for option, url in urls.items():
            words += [option, url] if url else []
    if snapshot.stack is not None:
        words += ["--stack", snapshot.stack.api_key]
    return words
