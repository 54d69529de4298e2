"""What happens before and after the wizard: for a new token, a copy, or a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.contentstack.models import Token
from tui.display import shortened
from tui.screens.base import AnyScreen
from tui.screens.confirm import Confirm
from tui.screens.generated import GeneratedScreen
from tui.screens.messages import management
from tui.screens.messages.creation import saved_words
from tui.screens.session import Session
from tui.screens.wizard import Saved, Wizard
from tui.workspace.creation import Created
from tui.workspace.plan import Form, Plan, plan_of


async def create(screen: AnyScreen) -> None:
    """Create a token of the current tab, and show its values."""
    await _fill_in(screen, screen.session.workspace.forms[screen.moment().tab])


async def clone(screen: AnyScreen, token: Token) -> None:
    """Create a token with the scope of another one."""
    plan, key = plan_of(token), screen.session.key("next")
    both = ", branches and aliases included" if plan.both_kinds else ""
    source = shortened(token.name)
    words = f"Filled in from {source}{both}. Check the name, then press {key}."
    name = screen.snapshot.free_name(token.name, "copy")
    await _begin_with(screen, replace(plan, name=name), words)


async def recreate(screen: AnyScreen, token: Token) -> None:
    """Create a token like one that was deleted in this run."""
    name = shortened(token.name)
    words = f"Filled in from {name}, which you deleted. Its value is new."
    targets = screen.session.deliveries.forgotten(token.uid)
    answer = await _begin_with(screen, plan_of(token), words, targets)
    if isinstance(answer, Created):
        screen.session.workspace.forget_deleted(token.uid)


async def fill_gap(screen: AnyScreen, plan: Plan) -> None:
    """Create a token for a cell of the coverage map that none serves."""
    key = screen.session.key("next")
    words = f"The scope is filled in. Type a name, then press {key}."
    await _begin_with(screen, plan, words)


async def edit(screen: AnyScreen, token: Token) -> None:
    """Change a token."""
    await _fill_in(screen, screen.session.workspace.forms.edit_of(token))


async def _begin_with(
    screen: AnyScreen, plan: Plan, words: str, targets: Sequence[str] = ()
) -> Created[Token] | Saved | None:
    """Open the form filled in; ask before replacing one that was started.

    `targets` are those that the new token will likely be delivered to.
    """
    form = screen.session.workspace.forms[plan.kind]
    if form.begun:
        name = form.plan.name
        named = f", {shortened(name)}" if name else ""
        question = Confirm(
            f"Replace the token you started{named}?",
            "What you typed for it will be lost.",
            glyphs=screen.session.glyphs,
        )
        if not await screen.show(question):
            return None
    form.plan = plan
    return await _fill_in(screen, form, words, targets)


async def _fill_in(
    screen: AnyScreen, form: Form, words: str = "", targets: Sequence[str] = ()
) -> Created[Token] | Saved | None:
    """Let the user fill in and send a form; `words` say what it was opened with."""
    session = screen.session
    opened_with = form.plan if words else None
    answer = await screen.show(Wizard(session, form, words))
    if form.plan == opened_with:
        # It contains nothing that the user entered.
        form.plan = form.blank
    trouble = session.keep_drafts()
    if isinstance(answer, Created):
        await _show_created(screen, answer, targets)
    elif answer is not None:
        said, kind = saved_words(answer.token, answer.request)
        screen.say(said, kind)
    elif form.begun:
        words = f"{_kept_words(session, form)} {trouble}".strip()
        screen.say(words, "warn" if trouble else "info")
    elif form.seen:
        session.workspace.forms.discard(form.seen.uid)
    return answer


def _kept_words(session: Session, form: Form) -> str:
    if form.seen is None:
        return f"Kept what you typed. Press {session.key('new')} to continue."
    edit_key = session.key("edit")
    name = shortened(form.seen.name)
    return f"Kept your changes to {name}. Press {edit_key} to continue."


async def _show_created(
    screen: AnyScreen, created: Created[Token], targets: Sequence[str]
) -> None:
    key = screen.session.key
    screen.draw_all()
    screen.show_token(created.tokens[0].uid)
    if created.tokens[0].value is None:
        screen.say(management.lost_words(created, key), "error")
        return
    left = await screen.show(GeneratedScreen(screen.session, created, targets))
    if left:
        screen.hear_of(management.left_words(left, key), "warn")
