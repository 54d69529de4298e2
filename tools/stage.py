"""What pictures show besides the demo: targets, and a project with values in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, chdir, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.leaks.projects import Project
from tests.support.clock import clock
from tui.config.schema import Target
from tui.sandbox.service import Sandbox
from tui.targets.delivering import Delivery, DeliveryDoubt, DeliveryGrade, Parcel

PROJECT = "storefront"
"""The project's folder, in the working directory of the pictures."""
_NAME = "CONTENTSTACK_DELIVERY_TOKEN"
_VERCEL = "vercel", "env"
TARGETS = {
    "kubernetes": Target(
        put=("kubectl", "create", "secret", "generic", "contentstack"),
        get=("kubectl", "get", "secret", "contentstack"),
    ),
    "github": Target(put=("gh", "secret", "set", _NAME)),
    "vercel": Target(
        put=(*_VERCEL, "add", _NAME, "production"), get=(*_VERCEL, "pull", "-")
    ),
}
_OUTCOMES = {
    "kubernetes": Delivery("kubernetes", DeliveryGrade.READ_BACK),
    "github": Delivery("github", DeliveryGrade.ACCEPTED),
    "vercel": Delivery(
        "vercel",
        DeliveryGrade.NOT_DELIVERED,
        DeliveryDoubt.FAILED,
        "Error: Not linked to a project",
        1,
    ),
}


@cache
def values() -> Mapping[str, str]:
    """Return the values of the demo's delivery tokens, by name."""
    stack, *_ = Sandbox.demo(now=clock).stacks
    return {each.name: each.value for each in stack.delivery_tokens.values()}


def filled_in(text: str) -> str:
    """Replace the token names in a text, such as "{web-staging}", with their values."""
    return re.sub(r"\{([\w-]+)\}", lambda found: values()[found[1]], text)


@contextmanager
def staged(*, has_project: bool) -> Iterator[None]:
    """Fake the results of deliveries, in a folder that may have a project."""
    with _without_programs():
        if not has_project:
            yield
            return
        with TemporaryDirectory() as folder, chdir(folder):
            _write_project(Path(PROJECT))
            yield


def _without_programs() -> AbstractContextManager[object]:
    return patch("tui.screens.deliver.deliver_to", _deliver_to)


async def _deliver_to(
    targets: Mapping[str, Target],
    _parcel: Parcel,
    _environ: Mapping[str, str],
    tell: Callable[[Delivery], None],
) -> tuple[Delivery, ...]:
    deliveries = tuple(_OUTCOMES[name] for name in targets)
    for delivery in deliveries:
        tell(delivery)
    return deliveries


def _write_project(folder: Path) -> None:
    # Git versions differ in their template's files, and pictures count those.
    project = Project.created(folder, "--template=")
    project.commit(".env", filled_in(f"{_NAME}={{web-production}}\n"), "Deploy")
    project.commit(".env", f"{_NAME}=\n", "Take it out again")
    project.write("deploy/ios.json", filled_in('{"token": "{ios-app}"}\n'))
    project.write("notes.md", f"Try it with cs{'0123456789ab' * 2}.\n")
