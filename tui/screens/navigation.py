"""The ways from a screen to another: one function for each command that opens a place.

A place is imported when it is first opened, so that the first paint waits for none of
them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.commands import Place
from tui.contentstack.models import Stack, Token
from tui.contentstack.regions import Region
from tui.files import FileRefused
from tui.private_files import ELSEWHERE, Held
from tui.screens.clipboard import show_plain, take_back, try_clipboard
from tui.screens.confirm import Confirm
from tui.state.rotations import Rotation
from tui.workspace.creation import Created
from tui.workspace.likely_rotation import likely_rotation
from tui.workspace.plan import Form, Plan, plan_of
from tui.workspace.rotation import begun, known

if TYPE_CHECKING:
    from tui.screens.base import TokendeckScreen
    from tui.screens.wizard import Wizard


async def open_card(screen: TokendeckScreen[Any]) -> None:
    """Everything that is known of the token under the cursor."""
    from tui.screens.details import DetailsScreen

    facts = screen.facts()
    key = facts.odd.key if facts.odd else facts.token.uid if facts.token else ""
    if key:
        await screen.app.push_screen(DetailsScreen(screen.session, key), screen.hear_of)


async def open_wizard(screen: TokendeckScreen[Any]) -> None:
    """The steps to a new token of the tab in front, then its values."""
    await _open_form(screen, screen.session.workspace.forms[screen.facts().tab])


async def open_clone(screen: TokendeckScreen[Any]) -> None:
    """The steps to a new token, filled in with the scope of the one under the cursor."""
    if token := screen.facts().token:
        like = plan_of(token)
        both = ", with its branches and aliases" if like.both_kinds else ""
        words = f"Filled in as {token.name}{both}; the name is new. {screen.session.key('next')} goes on."
        await _open_filled(
            screen,
            replace(like, name=screen.snapshot.free_name(token.name, "copy")),
            words,
        )


async def open_gap(screen: TokendeckScreen[Any], plan: Plan) -> None:
    """The steps to a new token, filled in for a place that no token serves."""
    words = f"Filled in for that place: it needs a name; {screen.session.key('next')} goes on."
    await _open_filled(screen, plan, words)


async def open_coverage(screen: TokendeckScreen[Any]) -> None:
    """The map of what the tokens serve."""
    from tui.screens.coverage import CoverageScreen

    def show(uid: str | None) -> None:
        if uid:
            screen.show_token(uid)

    await screen.app.push_screen(CoverageScreen(screen.session), show)


async def open_editor(screen: TokendeckScreen[Any]) -> None:
    """The form of the token under the cursor, filled in."""
    if token := screen.facts().token:
        await _open_form(screen, screen.session.workspace.forms.edit_of(token))


async def open_delete(screen: TokendeckScreen[Any]) -> None:
    """What ends with the marked tokens, or with the one under the cursor, and the word to type."""
    from tui.screens.delete import DeleteScreen

    if tokens := screen.facts().chosen:
        await screen.app.push_screen(
            DeleteScreen(screen.session, tokens), screen.hear_of
        )


async def open_drop_preview(screen: TokendeckScreen[Any]) -> None:
    """What ends with the preview token, and the word to type."""
    from tui.screens.delete import DeleteScreen

    if token := screen.facts().token:
        await screen.app.push_screen(
            DeleteScreen(screen.session, (token,), preview_only=True), screen.hear_of
        )


async def open_rotation(screen: TokendeckScreen[Any]) -> None:
    """The checklist of the rotation that the token under the cursor is part of."""
    token, snapshot = screen.facts().token, screen.session.workspace.snapshot
    if token is None:
        return
    rotations = screen.session.rotations
    likely = (
        None if known(token, snapshot, rotations) else likely_rotation(token, snapshot)
    )
    if likely is None:
        await _open_rotation(screen, begun(token, snapshot, rotations))
        return

    async def choose(goes_on: bool | None) -> None:
        if goes_on is not None:
            new = begun(token, screen.snapshot, rotations)
            await _open_rotation(screen, likely if goes_on else new)

    question = (
        f"{likely.replacement_name} has the name and the scope of a replacement for"
        f" {likely.old_name}. Go on with that rotation? (n rotates {token.name} anew)"
    )
    await screen.app.push_screen(Confirm(question), choose)


async def _open_rotation(screen: TokendeckScreen[Any], rotation: Rotation) -> None:
    from tui.screens.rotation import RotationScreen

    session = screen.session
    try:
        with ExitStack() as alone:
            alone.enter_context(session.rotations.alone(rotation.old_uid))
            await screen.app.push_screen(
                RotationScreen(session, rotation, alone.pop_all()), screen.hear_of
            )
    except Held:
        screen.say(
            f"Another Tokendeck on this machine is rotating {rotation.old_name} right now.",
            "warn",
        )
    except FileRefused as refusal:
        screen.say(
            f"A rotation could not be kept here, so none is begun: {refusal} {ELSEWHERE}",
            "error",
        )


async def open_hand_out(
    screen: TokendeckScreen[Any],
    token: Token | None = None,
    then: Callable[[str | None], None] | None = None,
) -> None:
    """The token, else the one under the cursor, in the form that a program wants.

    `then` hears what was handed out, in a sentence, or None; by default the screen says
    it.
    """
    from tui.screens.export import ExportScreen

    if token := token or screen.facts().token:
        await screen.app.push_screen(
            ExportScreen(screen.session, token), then or screen.hear_of
        )


async def open_verify(screen: TokendeckScreen[Any]) -> None:
    """Whether the marked tokens work, or the one under the cursor."""
    from tui.screens.verify import VerifyScreen

    if tokens := screen.facts().chosen:
        await screen.app.push_screen(
            VerifyScreen(screen.session, tokens, fresh=screen.PLACE is Place.GENERATED)
        )


async def open_stacks(screen: TokendeckScreen[Any]) -> None:
    """Another stack."""
    from tui.screens.stacks import StacksScreen

    def switch(stack: Stack | None) -> None:
        if stack is not None:
            if screen.session.memory is not None:
                screen.session.memory.remember_stack(stack.uid)
            screen.read_anew(partial(screen.session.workspace.switch, stack))

    await screen.app.push_screen(StacksScreen(screen.session), switch)


async def open_regions(screen: TokendeckScreen[Any]) -> None:
    """The region that knows the stack."""
    from tui.screens.regions import RegionsScreen

    def move(region: Region | None) -> None:
        if region is not None:
            screen.read_anew(partial(screen.session.workspace.move, region))

    await screen.app.push_screen(RegionsScreen(screen.session), move)


async def open_hints(screen: TokendeckScreen[Any]) -> None:
    """What could be better about the tokens."""
    from tui.screens.health import HealthScreen

    await screen.app.push_screen(HealthScreen(screen.session))


async def open_settings(screen: TokendeckScreen[Any]) -> None:
    """The ways to another stack, region, login or profile, and what holds here."""
    from tui.screens.settings import SettingsScreen

    await screen.app.push_screen(SettingsScreen(screen.session))


async def open_sign_in(screen: TokendeckScreen[Any]) -> None:
    """The sign-in form; two things that find nobody signed in open it once."""
    from tui.screens.sign_in import SignInScreen

    permissions = screen.app.screen_stack
    if not any(isinstance(other, SignInScreen) for other in permissions):
        await screen.app.push_screen(SignInScreen(screen.session))


async def open_doctor(screen: TokendeckScreen[Any]) -> None:
    """What stands between here and Contentstack."""
    from tui.screens.doctor import DoctorScreen

    await screen.app.push_screen(DoctorScreen(screen.session))


OPENERS: dict[str, Callable[[TokendeckScreen[Any]], Awaitable[None]]] = {
    "new": open_wizard,
    "clone": open_clone,
    "coverage": open_coverage,
    "hints": open_hints,
    "open": open_card,
    "edit": open_editor,
    "delete": open_delete,
    "drop_preview": open_drop_preview,
    "hand_out": open_hand_out,
    "rotate": open_rotation,
    "settings": open_settings,
    "verify": open_verify,
    "sign_in": open_sign_in,
    "stacks": open_stacks,
    "region": open_regions,
    "doctor": open_doctor,
    "plain": show_plain,
    "clipboard_test": try_clipboard,
    "clipboard_clear": take_back,
}
"""By command id."""


async def _open_filled(screen: TokendeckScreen[Any], plan: Plan, words: str) -> None:
    """Open the wizard with a plan.

    Ask before it takes the place of one that was begun.
    """
    form = screen.session.workspace.forms[plan.kind]

    async def fill(wanted: bool | None) -> None:
        if wanted:
            form.plan = plan
            wizard = await _open_form(screen, form, filled=plan)
            wizard.say(words)

    if form.begun:
        name = form.plan.name
        what = (
            f"The token that you began, {name}," if name else "The token that you began"
        )
        await screen.app.push_screen(
            Confirm(f"{what} would be replaced. Replace it?"), fill
        )
    else:
        await fill(True)


async def _open_form(
    screen: TokendeckScreen[Any], form: Form, filled: Plan | None = None
) -> Wizard:
    """The wizard with a form.

    One that was `filled` in and left as it was holds nothing of the user's.
    """
    from tui.screens.wizard import Wizard

    async def after(answer: Created | str | None) -> None:
        if form.plan == filled:
            form.plan = form.blank
        trouble = session.keep_drafts()
        if isinstance(answer, Created):
            await _show_made(screen, answer)
        elif answer:
            screen.say(answer)
        elif not form.begun:
            if form.seen:
                session.workspace.forms.discard(form.seen.uid)
        else:
            words = f"The token that you began is kept; {session.key('new')} goes on with it."
            if form.seen:
                words = f"Your changes to {form.seen.name} are kept; {session.key('edit')} goes on with them."
            screen.say(f"{words} {trouble}".strip(), "warn" if trouble else "info")

    session = screen.session
    wizard = Wizard(session, form)
    await screen.app.push_screen(wizard, after)
    return wizard


async def _show_made(screen: TokendeckScreen[Any], made: Created) -> None:
    from tui.screens.generated import GeneratedScreen
    from tui.screens.messages.management import lost_words

    screen.draw_all()
    screen.show_token(made.tokens[0].uid)
    if made.tokens[0].value is None:
        screen.say(lost_words(made, screen.session.key), "error")
    else:
        heard = partial(screen.hear_of, kind="warn")
        await screen.app.push_screen(GeneratedScreen(screen.session, made), heard)
