"""Sentences about how a delivery went."""

from __future__ import annotations

from collections.abc import Sequence

from tui.targets.delivering import Delivery, DeliveryDoubt, DeliveryGrade

_WHY = {
    DeliveryDoubt.UNFIT: "{detail}",
    DeliveryDoubt.LACKING: (
        "its command needs {{{detail}}}, which this token doesn't have, so nothing was"
        " run."
    ),
    DeliveryDoubt.OPTION: (
        "{{{detail}}} begins with a dash, like an option, so nothing was run."
    ),
    DeliveryDoubt.NOT_STARTED: "its program couldn't be started: {detail}.",
    DeliveryDoubt.FAILED: "its program failed with exit code {status}{said}.",
    DeliveryDoubt.TIMED_OUT: "its program took too long and was stopped{said}.",
    DeliveryDoubt.UNREAD: (
        "its program didn't read the value{said}. Does `put` read standard input?"
    ),
    DeliveryDoubt.EMPTY: "its program reported success, but what it stored is empty.",
    DeliveryDoubt.NEWLINE: (
        "the stored value differs by a newline or a space at its end. See"
        " `get_newline`."
    ),
    DeliveryDoubt.OLD: (
        "its program reported success, but the old value is still there."
    ),
    DeliveryDoubt.DIFFERENT: (
        "its program reported success, but a different value is stored there."
    ),
    DeliveryDoubt.GET_FAILED: (
        "the value couldn't be read back ({detail}), so it may or may not be there."
    ),
    DeliveryDoubt.STOPPED: "it was stopped, so the value may or may not be there.",
}


def delivery_words(delivery: Delivery) -> str:
    """Say how one delivery went, and why, in one or two sentences."""
    why = _why(delivery)
    match delivery.grade:
        case DeliveryGrade.READ_BACK if why:
            return f"Delivered to {delivery.target} and read back, although {why}"
        case DeliveryGrade.READ_BACK:
            return f"Delivered to {delivery.target} and read back."
        case DeliveryGrade.ACCEPTED:
            return f"{delivery.target} accepted the value. It can't be read back."
    return f"Not delivered to {delivery.target}: {why}"


def deliveries_words(deliveries: Sequence[Delivery]) -> str:
    """Say how several deliveries went: which failed, or which weren't proved."""
    if len(deliveries) == 1:
        return delivery_words(deliveries[0])
    count = len(deliveries)
    if failed := _graded(deliveries, DeliveryGrade.NOT_DELIVERED):
        words = f"{len(failed)} of {count} not delivered: {', '.join(failed)}."
    elif unproved := _graded(deliveries, DeliveryGrade.ACCEPTED):
        names = ", ".join(unproved)
        words = f"Delivered to {count} targets. Can't be read back: {names}."
    else:
        words = f"Delivered to {count} targets and read back."
    return words


def _graded(deliveries: Sequence[Delivery], grade: DeliveryGrade) -> list[str]:
    return [each.target for each in deliveries if each.grade is grade]


def _why(delivery: Delivery) -> str:
    if delivery.doubt is None:
        return ""
    said = f' and said "{delivery.detail}"' if delivery.detail else ""
    return _WHY[delivery.doubt].format(
        detail=delivery.detail, status=delivery.status, said=said
    )
