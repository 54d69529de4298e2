"""Which command opens which screen, and what happens with the screen's result.

A screen is imported when it is first opened, so that the first paint doesn't wait for
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from tui.account.sign_out import not_ours
from tui.commands import Place
from tui.contentstack.errors import ContentstackError
from tui.display import shortened
from tui.files.folders import ELSEWHERE
from tui.files.lock import Held
from tui.files.refusal import FileRefused
from tui.messages.leaving import at_stake_words
from tui.screens.base import AnyScreen
from tui.screens.confirm import Confirm
from tui.screens.session import CommonCommand, Session
from tui.state.rotations import Rotation

if TYPE_CHECKING:
    from tui.fleet.snapshot import FleetSnapshot


async def open_details(screen: AnyScreen) -> None:
    """Show everything that is known about the token under the cursor."""
    from tui.screens.details import DetailsScreen

    if screen.odd:
        await screen.show(DetailsScreen(screen.session, screen.odd.key))
    elif screen.token:
        await screen.show(DetailsScreen(screen.session, screen.token.uid))


async def open_wizard(screen: AnyScreen) -> None:
    """Open the steps to a new token of the current tab, then show its values."""
    from tui.screens import token_form

    await token_form.create(screen)


async def open_clone(screen: AnyScreen) -> None:
    """Open the steps to a new token with the scope of the one under the cursor."""
    from tui.screens import token_form

    if token := screen.token:
        await token_form.clone(screen, token)


async def open_recreation(screen: AnyScreen) -> None:
    """Open the steps to a token like a deleted one; if there are several, ask which."""
    from tui.screens import token_form
    from tui.screens.deleted import DeletedScreen

    token, *others = screen.session.workspace.deleted
    if others:
        chosen = await screen.show(DeletedScreen(screen.session))
        if chosen is None:
            return
        token = chosen
    await token_form.recreate(screen, token)


async def open_editor(screen: AnyScreen) -> None:
    """Open the form of the token under the cursor, filled in."""
    from tui.screens import token_form

    if token := screen.token:
        await token_form.edit(screen, token)


async def open_coverage(screen: AnyScreen) -> None:
    """Open the map of what the tokens serve."""
    from tui.screens.coverage import CoverageScreen

    if uid := await screen.show(CoverageScreen(screen.session)):
        screen.show_token(uid)


async def open_delete(screen: AnyScreen) -> None:
    """Show what stops working with the chosen tokens, and the word to type."""
    from tui.messages.deletion import deletion_words
    from tui.screens.delete import DeleteScreen

    tokens = screen.moment().chosen
    if not tokens:
        return
    deletion = await screen.show(DeleteScreen(screen.session, tokens))
    if deletion is not None:
        screen.hear_of(deletion_words(deletion, screen.session.key("recreate")))


async def open_preview_deletion(screen: AnyScreen) -> None:
    """Show what stops working with the preview token, and the word to type."""
    from tui.messages.deletion import preview_deletion_words
    from tui.screens.delete import DeleteScreen

    token = screen.token
    if token is None:
        return
    question = DeleteScreen(screen.session, (token,), preview_only=True)
    deletion = await screen.show(question)
    if deletion is not None:
        screen.hear_of(preview_deletion_words(deletion))


async def open_rotation(screen: AnyScreen) -> None:
    """Open the checklist of the rotation that includes the token under the cursor."""
    from tui.workspace.likely_rotation import likely_rotation
    from tui.workspace.rotation import begun, known

    token, snapshot = screen.token, screen.session.workspace.snapshot
    if token is None:
        return
    rotations = screen.session.rotations
    likely = None
    if not known(token, snapshot, rotations):
        likely = likely_rotation(token, snapshot)
    if likely is not None:
        old, new = shortened(likely.old_name), shortened(likely.replacement_name)
        question = Confirm(
            f"Continue rotating {old}?",
            f"{new} looks like its replacement: its name and scope match.",
            no=f"no, rotate {shortened(token.name)} from the start",
            glyphs=screen.session.glyphs,
        )
        goes_on = await screen.show(question)
        if goes_on is None:
            return
        if goes_on:
            await _open_rotation(screen, likely)
            return
    targets = screen.session.deliveries.targets_of(token.uid)
    rotation = begun(token, screen.snapshot, rotations, targets)
    await _open_rotation(screen, rotation)


async def _open_rotation(screen: AnyScreen, rotation: Rotation) -> None:
    """Open the checklist, unless another Tokendeck is working on it."""
    from tui.screens.rotation import RotationScreen, rotation_words

    session = screen.session
    try:
        with session.rotations.alone(rotation.old_uid):
            left = await screen.show(RotationScreen(session, rotation))
    except Held:
        name = shortened(rotation.old_name)
        words = f"Another Tokendeck on this machine is rotating {name} right now."
        screen.say(words, "warn")
    except FileRefused as refusal:
        lead = "Not rotated. Tokendeck can't save its progress here:"
        screen.say(f"{lead} {refusal} {ELSEWHERE}", "error")
    else:
        if left is not None:
            now = left.state
            shown = now.old if left.kept and now.old else now.replacement
            if shown is not None:
                screen.show_token(shown.uid)
            screen.hear_of(rotation_words(left, session.key("rotate")))


async def open_export(screen: AnyScreen) -> None:
    """Show the chosen tokens, one at a time, in the format a program needs."""
    from tui.screens.export import ExportScreen, exported_words

    tokens = screen.moment().chosen
    if not tokens:
        return
    exported = await screen.show(ExportScreen(screen.session, *tokens))
    if exported is not None:
        screen.hear_of(exported_words(exported))


async def open_deliver(screen: AnyScreen) -> None:
    """List the targets that the token under the cursor can be delivered to."""
    from tui.screens.deliver import DeliverScreen

    if token := screen.token:
        await screen.show(DeliverScreen(screen.session, token))


async def open_verify(screen: AnyScreen) -> None:
    """Check whether the chosen tokens work."""
    from tui.screens.verify import VerifyScreen

    if tokens := screen.moment().chosen:
        fresh = screen.PLACE is Place.GENERATED
        await screen.show(VerifyScreen(screen.session, tokens, fresh=fresh))


async def open_stacks(screen: AnyScreen) -> None:
    """Choose another stack."""
    from tui.screens.stacks import StacksScreen

    session = screen.session
    stack = await screen.show(StacksScreen(session))
    if stack is None:
        return
    if session.memory is not None:
        session.memory.remember_stack(stack.uid)
    screen.read_anew(partial(session.workspace.switch, stack))


async def open_all_stacks(screen: AnyScreen) -> None:
    """Show the tokens of all stacks, and from there open another stack."""
    from tui.screens.all_stacks import AllStacksScreen

    session = screen.session
    chosen = await screen.show(AllStacksScreen(session))
    if chosen is None:
        stack = session.workspace.snapshot.stack
        if stack is not None and session.stacks.has_changed(stack.api_key):
            screen.read_anew()
        return
    if session.memory is not None:
        session.memory.remember_stack(chosen.stack.uid)

    async def open_stack() -> None:
        if chosen.connect is None:
            await session.workspace.switch(chosen.stack)
        else:
            await session.workspace.restart(chosen.connect)
        screen.front.show_token(chosen.uid)

    screen.read_anew(open_stack)


async def open_expiry(screen: AnyScreen) -> None:
    """Show what expires when; then go to the token that was chosen."""
    from tui.screens.expiry import ExpiryScreen
    from tui.screens.token_list import TokenListScreen

    if not isinstance(screen, TokenListScreen):
        return
    session, rows = screen.session_of_all, screen.rows_of_all()
    if chosen := await screen.show(ExpiryScreen(session, rows)):
        screen.show_token(chosen)


async def open_regions(screen: AnyScreen) -> None:
    """Find the region that knows the stack, and choose one."""
    from tui.screens.regions import RegionsScreen

    region = await screen.show(RegionsScreen(screen.session))
    if region is not None:
        screen.read_anew(partial(screen.session.workspace.move, region))


async def open_health(screen: AnyScreen) -> None:
    """Show the warnings about the tokens."""
    from tui.screens.health import HealthScreen

    await screen.show(HealthScreen(screen.session))


async def open_settings(screen: AnyScreen) -> None:
    """Open the ways to another stack, region, sign-in or profile, and the settings."""
    from tui.screens.settings import SettingsScreen

    await screen.show(SettingsScreen(screen.session))


async def open_sign_in(screen: AnyScreen) -> None:
    """Open the sign-in form, only once if two things find nobody signed in."""
    from tui.screens.sign_in import SignInScreen

    stack = screen.app.screen_stack
    if not any(isinstance(other, SignInScreen) for other in stack):
        await screen.show(SignInScreen(screen.session))


async def sign_out(screen: AnyScreen) -> None:
    """End the session after a question, if it's one that Tokendeck opened."""
    workspace = screen.session.workspace
    if reason := not_ours(await workspace.account.connection()):
        screen.say(reason, "warn")
        return
    ends = "Your session ends, and Tokendeck forgets it."
    if workspace.at_stake:
        ends = f"{ends} {at_stake_words(workspace.at_stake)}"
    question = Confirm("Sign out?", ends, glyphs=screen.session.glyphs)
    if await screen.show(question):
        screen.say_for_now("Signing out …")
        screen.read_anew(partial(_sign_out, screen))


async def _sign_out(screen: AnyScreen) -> None:
    session = screen.session
    try:
        environ = session.memory.environ if session.memory else session.environ
        profile = session.settings.profile
        outcome = await session.workspace.sign_out(environ, profile)
    except ContentstackError as error:
        screen.front.say_error(error, "Still signed in:")
    else:
        screen.front.say(outcome, "good")


async def open_doctor(screen: AnyScreen) -> None:
    """Show what stands between here and Contentstack."""
    from tui.screens.doctor import DoctorScreen

    await screen.show(DoctorScreen(screen.session))


async def open_identify(screen: AnyScreen) -> None:
    """Find out which token a value belongs to."""
    from tui.leaks.identifying import StackTokens
    from tui.screens.identify import IdentifyScreen

    read = _read_so_far(screen)
    others = [
        StackTokens.of(each.as_snapshot(), each.stack.organization)
        for each in read.readings.values()
    ]
    missed = tuple(trouble.reason for trouble in read.troubles)
    identify = IdentifyScreen(_main_session(screen), others, missed)
    if uid := await screen.show(identify):
        screen.show_token(uid)


async def open_find(screen: AnyScreen) -> None:
    """Search files and git history for token values."""
    from tui.screens.find import FindScreen

    readings = _read_so_far(screen).readings
    session = _main_session(screen)
    own = session.workspace.snapshot.stack
    others = [
        each.as_snapshot()
        for each in readings.values()
        if own is None or each.stack.stack.api_key != own.api_key
    ]
    if uid := await screen.show(FindScreen(session, others)):
        screen.show_token(uid)


def _main_session(screen: AnyScreen) -> Session:
    """Return the session of the open stack, whichever row the cursor is on."""
    from tui.screens.across_stacks import AcrossStacks

    return screen.main if isinstance(screen, AcrossStacks) else screen.session


def _read_so_far(screen: AnyScreen) -> FleetSnapshot:
    """Return what this run has read of all stacks; empty if it wasn't asked to."""
    from tui.fleet.snapshot import FleetSnapshot

    fleet = screen.session.stacks.fleet
    return fleet.snapshot if fleet else FleetSnapshot()


OPENERS: Mapping[str, CommonCommand] = {
    "new": open_wizard,
    "clone": open_clone,
    "recreate": open_recreation,
    "coverage": open_coverage,
    "health": open_health,
    "details": open_details,
    "edit": open_editor,
    "delete": open_delete,
    "delete_preview": open_preview_deletion,
    "export": open_export,
    "deliver": open_deliver,
    "rotate": open_rotation,
    "settings": open_settings,
    "verify": open_verify,
    "sign_in": open_sign_in,
    "sign_out": sign_out,
    "stacks": open_stacks,
    "all_stacks": open_all_stacks,
    "expiry": open_expiry,
    "region": open_regions,
    "doctor": open_doctor,
    "identify": open_identify,
    "find": open_find,
}
"""By command id."""
