"""What `tokendeck rotate` prints as JSON."""

from __future__ import annotations

from typing import Literal

from tui.cli.documents import DeliveryDocument, Document, TokenDocument


class StepDocument(Document, frozen=True):
    """A step of a rotation."""

    step: Literal["created", "verified", "exported", "deleted", "renamed"]
    done: bool


class RotationDocument(Document, frozen=True):
    """How far a rotation has come.

    Attributes:
        next: the step that comes next; empty once it is done.
        old: null once it is deleted.
    """

    name: str
    next: str
    steps: tuple[StepDocument, ...]
    old: TokenDocument | None
    replacement: TokenDocument | None
    written: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    deliveries: tuple[DeliveryDocument, ...] = ()
