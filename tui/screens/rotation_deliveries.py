"""What a rotation asks about the targets that the old token has."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tui.contentstack.models import Token
from tui.messages.delivery import deliveries_words
from tui.screens.base import AnyScreen
from tui.screens.confirm import Confirm
from tui.screens.deliver import DeliverScreen
from tui.targets.delivering import Delivery, arrived


async def deliver_replacement(
    screen: AnyScreen,
    replacement: Token,
    old: Token | None,
    targets: tuple[str, ...],
) -> tuple[Delivery, ...]:
    """Deliver to given targets, or to chosen ones if none are; return the outcome.

    Targets that the old token has get the replacement without another key press.
    """
    if replacement.value is None:
        key = screen.session.key("skip_step")
        words = (
            f"Tokendeck no longer knows the value. If {', '.join(targets)} has it,"
            f" {key} continues."
        )
        screen.say(words, "warn")
        return ()
    at_once = bool(targets)
    deliver = DeliverScreen(
        screen.session, replacement, wanted=targets, old=old, at_once=at_once
    )
    deliveries = await screen.show(deliver) or ()
    if deliveries:
        proved = all(each.proved for each in deliveries)
        screen.say_for_now(deliveries_words(deliveries), "good" if proved else "warn")
    return deliveries


async def sure_of(
    screen: AnyScreen, deliveries: Sequence[Delivery], pending: Collection[str]
) -> set[str]:
    """Return the targets that have it: read back, or checked by someone."""
    there = {each.target for each in deliveries if each.proved}
    unproved = [
        name for name in arrived(deliveries) if name not in there and name in pending
    ]
    if unproved and await _has_looked(screen, unproved):
        there |= set(unproved)
    return there


async def goes_without(screen: AnyScreen, pending: Sequence[str]) -> bool:
    """Ask whether to continue without the remaining targets."""
    question = Confirm(
        f"Go on without delivering to {', '.join(pending)}?",
        "Anything there that uses the old token stops working once you delete it.",
        glyphs=screen.session.glyphs,
    )
    return await screen.show(question) is True


async def _has_looked(screen: AnyScreen, names: list[str]) -> bool:
    """Ask whether someone has seen that the value is there."""
    what = ", ".join(names)
    question = Confirm(
        f"Have you checked that {what} has the new value?",
        f"{what} accepted it, but it can't be read back. Anything that still uses the"
        " old token stops working once you delete it.",
        no="not yet",
        glyphs=screen.session.glyphs,
    )
    return await screen.show(question) is True
