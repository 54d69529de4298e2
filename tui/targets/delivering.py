"""Delivers a token to a target, and judges the outcome.

An exit code of 0 is not enough: some tools store nothing, or half of it, and still exit
with 0. Only what `get` prints proves a delivery.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from hmac import compare_digest

from tui.config.placeholders import filled, placeholders_in
from tui.config.schema import Target
from tui.export.formats import PLAIN, ExportFormat, formats_for
from tui.export.source import Source, Unfit
from tui.programs import FeedResult, NotFinished, feed, run_quietly
from tui.secret import living
from tui.targets.last_words import last_words
from tui.threads import in_own_thread

_BY_DEFAULT = 30
"""Seconds, if a target sets no timeout."""

_MOST_AT_ONCE = 16
"""How many programs run at the same time, however many targets there are."""

_NEWLINE = b"\n"


class DeliveryGrade(Enum):
    """How sure it is that a target has the value."""

    READ_BACK = "read back"
    ACCEPTED = "accepted, can't be read back"
    NOT_DELIVERED = "not delivered"


class DeliveryDoubt(Enum):
    """Why a delivery wasn't read back, or what was odd if it was."""

    UNFIT = "unfit"
    """The token can't be written in the target's form."""

    LACKING = "lacking"
    """A placeholder refers to something that the token doesn't have."""

    OPTION = "option"
    """A placeholder would begin with a dash, so the program would read an option."""

    NOT_STARTED = "not started"
    FAILED = "failed"
    TIMED_OUT = "timed out"

    UNREAD = "unread"
    """It ended before it had read the whole value."""

    EMPTY = "empty"
    NEWLINE = "newline"
    """The stored value differs only by a newline at its end."""

    OLD = "old"
    """It still has the value that this one replaces."""

    DIFFERENT = "different"
    GET_FAILED = "get failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Delivery:
    """The outcome of a delivery.

    Attributes:
        doubt: None if nothing was wrong.
        detail: the last line that the program printed, or what is missing, without
            secrets.
        status: the exit code of the program that failed, None if it didn't exit.
    """

    target: str
    grade: DeliveryGrade
    doubt: DeliveryDoubt | None = None
    detail: str = ""
    status: int | None = None

    @property
    def arrived(self) -> bool:
        """Whether the target has the value, or reports that it does."""
        return self.grade is not DeliveryGrade.NOT_DELIVERED

    @property
    def proved(self) -> bool:
        """Whether the target was seen to have the value."""
        return self.grade is DeliveryGrade.READ_BACK


def arrived(deliveries: Iterable[Delivery]) -> tuple[str, ...]:
    """Return the targets that have the value, or report that they do."""
    return tuple(each.target for each in deliveries if each.arrived)


@dataclass(frozen=True)
class Parcel:
    """What is delivered, and what a target's arguments can refer to.

    Attributes:
        old: the token that this one replaces, so that its value is recognized.
    """

    source: Source
    stack: str = ""
    old: Source | None = None

    def facts(self) -> Mapping[str, str]:
        """Return the value of each placeholder. None of them is secret."""
        source = self.source
        return {
            "name": source.token.name,
            "environment": source.use.environment,
            "branch": source.use.branch,
            "api_key": source.api_key,
            "region": source.region.id,
            "stack": self.stack,
        }


class Undeliverable(Exception):
    """The target can't take this token."""

    def __init__(self, doubt: DeliveryDoubt, detail: str) -> None:
        super().__init__(detail)
        self.doubt = doubt
        self.detail = detail


def deliver(
    name: str, target: Target, parcel: Parcel, environ: Mapping[str, str]
) -> Delivery:
    """Deliver a token to one target, and wait for its programs.

    The value goes to standard input and nowhere else.
    """
    try:
        given = content(target, parcel.source)
        put = arguments(target.put or (), parcel.facts())
        get = arguments(target.get or (), parcel.facts())
    except Undeliverable as error:
        return Delivery(name, DeliveryGrade.NOT_DELIVERED, error.doubt, error.detail)
    seconds = target.timeout or _BY_DEFAULT
    clean = without_secrets(environ)
    try:
        fed = feed(put, given, seconds=seconds, environ=clean)
        answer = _answer(name, fed)
        if not get:
            return answer
        return _proved(name, target, parcel, get, answer, clean)
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Delivery(
            name, DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.NOT_STARTED, why
        )
    except NotFinished:
        return Delivery(name, DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.STOPPED)


def content(target: Target, source: Source) -> bytes:
    """Return what a target gets: the exact value, or a whole text.

    Raises:
        Undeliverable: if the token can't be written in its form.
    """
    try:
        match (target.form or "value").lower().lstrip("."):
            case "value":
                return _value(source).encode()
            case "env":
                return PLAIN.text(source).encode()
            case _:
                return _json(source).text(source).encode()
    except Unfit as error:
        raise Undeliverable(DeliveryDoubt.UNFIT, str(error)) from None


def arguments(words: tuple[str, ...], facts: Mapping[str, str]) -> tuple[str, ...]:
    """Return a program and its arguments, with their placeholders filled in.

    Raises:
        Undeliverable: if the token has nothing for a placeholder, or if the program
            would read it as an option.
    """
    return tuple(_argument(word, facts) for word in words)


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a target's programs, without our own secrets.

    They need their own credentials, not the one for Contentstack.
    """
    ours = {secret.reveal() for secret in living()}
    return {
        name: value
        for name, value in environ.items()
        if not any(secret and secret in value for secret in ours)
    }


def _argument(word: str, facts: Mapping[str, str]) -> str:
    for name in placeholders_in(word):
        if not facts[name]:
            raise Undeliverable(DeliveryDoubt.LACKING, name)
    argument = filled(word, facts)
    if argument.startswith("-") and not word.startswith("-"):
        raise Undeliverable(DeliveryDoubt.OPTION, placeholders_in(word)[0])
    return argument


def _value(source: Source) -> str:
    value = source.token.value
    if value is None:
        raise Undeliverable(
            DeliveryDoubt.UNFIT, ("Tokendeck no longer knows its value.")
        )
    return value.reveal()


def _json(source: Source) -> ExportFormat:
    return next(each for each in formats_for(source.token) if each.id == "json")


def _answer(name: str, fed: FeedResult) -> Delivery:
    """Judge a delivery by how `put` ended."""
    said = last_words(fed.said)
    if fed.status is None:
        return Delivery(
            name, DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.TIMED_OUT, said
        )
    if fed.status != 0:
        return Delivery(
            name, DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.FAILED, said, fed.status
        )
    if fed.unread:
        return Delivery(name, DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.UNREAD, said)
    return Delivery(name, DeliveryGrade.ACCEPTED)


def _proved(
    name: str,
    target: Target,
    parcel: Parcel,
    get: tuple[str, ...],
    answer: Delivery,
    environ: Mapping[str, str],
) -> Delivery:
    """Judge a delivery by what `get` prints, however `put` ended.

    A program that failed may have stored the value first, and one that reports success
    may not have.
    """
    try:
        seconds = target.timeout or _BY_DEFAULT
        read = run_quietly(get, seconds=seconds, environ=environ)
    except (OSError, NotFinished) as error:
        why = getattr(error, "strerror", None) or "it took too long"
        return _unproved(name, answer, why)
    if read.status != 0:
        return _unproved(name, answer, f"exit code {read.status}")
    printed = read.printed
    if target.get_newline:
        printed = printed.removesuffix(_NEWLINE)
    if compare_digest(printed, content(target, parcel.source)):
        return Delivery(
            name, DeliveryGrade.READ_BACK, answer.doubt, answer.detail, answer.status
        )
    if answer.grade is DeliveryGrade.NOT_DELIVERED:
        return answer
    return Delivery(
        name, DeliveryGrade.NOT_DELIVERED, _difference(target, parcel, printed)
    )


def _unproved(name: str, answer: Delivery, why: str) -> Delivery:
    """Return the grade of a delivery that `get` should have proved, but couldn't."""
    if answer.grade is DeliveryGrade.NOT_DELIVERED:
        return answer
    return Delivery(name, DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.GET_FAILED, why)


def _difference(target: Target, parcel: Parcel, printed: bytes) -> DeliveryDoubt:
    """Return how the value that a target has differs from the one it got."""
    wanted = content(target, parcel.source)
    if not printed.strip():
        return DeliveryDoubt.EMPTY
    if printed.strip() == wanted.strip():
        return DeliveryDoubt.NEWLINE
    if parcel.old and printed.strip() == _content_or_none(target, parcel.old):
        return DeliveryDoubt.OLD
    return DeliveryDoubt.DIFFERENT


def _content_or_none(target: Target, source: Source) -> bytes | None:
    try:
        return content(target, source).strip()
    except Undeliverable:
        return None


def depends_on_use(target: Target) -> bool:
    """Return whether a target is told which environment or branch is meant."""
    words = (*(target.put or ()), *(target.get or ()))
    named = {name for word in words for name in placeholders_in(word)}
    is_value = (target.form or "value").lower() == "value"
    return not is_value or not named.isdisjoint(("environment", "branch"))


async def deliver_to(
    targets: Mapping[str, Target],
    parcel: Parcel,
    environ: Mapping[str, str],
    tell: Callable[[Delivery], None],
) -> tuple[Delivery, ...]:
    """Deliver a token to several targets at once, and report each as it finishes."""
    room = asyncio.Semaphore(_MOST_AT_ONCE)

    async def one(name: str, target: Target) -> Delivery:
        async with room:
            delivery = await in_own_thread(deliver, name, target, parcel, environ)
        tell(delivery)
        return delivery

    deliveries = (one(name, target) for name, target in targets.items())
    return tuple(await asyncio.gather(*deliveries))
