from __future__ import annotations

import inspect
import re

import pytest

from tui.account.permissions import Permissions
from tui.app import TokendeckApp
from tui.commands import COMMANDS, Command, Place, command, commands_of, shown_key
from tui.conditions import Moment
from tui.contentstack import errors
from tui.contentstack.models import DeliveryToken, ManagementToken, Stack
from tui.screens.all_stacks import AllStacksScreen
from tui.screens.base import TokendeckScreen
from tui.screens.common_commands import COMMON_COMMANDS
from tui.screens.coverage import CoverageScreen
from tui.screens.delete import DeleteScreen
from tui.screens.deleted import DeletedScreen
from tui.screens.details import DetailsScreen
from tui.screens.doctor import DoctorScreen
from tui.screens.expiry import ExpiryScreen
from tui.screens.export import ExportScreen
from tui.screens.find import FindScreen
from tui.screens.generated import GeneratedScreen
from tui.screens.health import HealthScreen
from tui.screens.help import HelpScreen
from tui.screens.identify import IdentifyScreen
from tui.screens.message_history_screen import MessageHistoryScreen
from tui.screens.regions import RegionsScreen
from tui.screens.rotation import RotationScreen
from tui.screens.settings import SettingsScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.stacks import StacksScreen
from tui.screens.tokens import TokensScreen
from tui.screens.verify import VerifyScreen
from tui.screens.wizard import Wizard
from tui.secret import Secret
from tui.workspace.snapshot import Listing, Snapshot

SCREENS: list[type[TokendeckScreen[object]]] = [
    AllStacksScreen,  # type: ignore[list-item]
    ExpiryScreen,  # type: ignore[list-item]
    DetailsScreen,  # type: ignore[list-item]  # their results differ, and do not matter here
    CoverageScreen,  # type: ignore[list-item]
    DeleteScreen,  # type: ignore[list-item]
    DeletedScreen,  # type: ignore[list-item]
    Wizard,  # type: ignore[list-item]
    DoctorScreen,  # type: ignore[list-item]
    GeneratedScreen,  # type: ignore[list-item]
    ExportScreen,  # type: ignore[list-item]
    HelpScreen,  # type: ignore[list-item]
    MessageHistoryScreen,  # type: ignore[list-item]
    RotationScreen,  # type: ignore[list-item]
    FindScreen,  # type: ignore[list-item]
    HealthScreen,  # type: ignore[list-item]
    IdentifyScreen,  # type: ignore[list-item]
    SettingsScreen,  # type: ignore[list-item]
    SignInScreen,  # type: ignore[list-item]
    StacksScreen,  # type: ignore[list-item]
    RegionsScreen,  # type: ignore[list-item]
    TokensScreen,  # type: ignore[list-item]
    VerifyScreen,  # type: ignore[list-item]
]


def test_ids_are_unique() -> None:
    assert len({item.id for item in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("item", COMMANDS, ids=lambda item: item.id)
def test_a_command_is_said_in_few_plain_words(item: Command) -> None:
    words = f"{item.label} {item.help} {item.key_hint}"
    assert len(item.label) <= 22
    assert len(item.help) <= 40
    assert item.help.endswith((".", "?"))
    assert not re.search(
        r"\b(make|Make|[Hh]and(ing)? out|[Ll]eave out|[Uu]nmask|mask|twin|[Hh]ints?"
        r"|[Rr]ead again|mend|card|alone|login|till|anew)\b",
        words,
    )


@pytest.mark.parametrize("place", list(Place))
def test_a_key_means_one_thing_in_a_place(place: Place) -> None:
    keys = [key for item in commands_of(place, Place.ANYWHERE) for key in item.keys]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("item", COMMANDS, ids=lambda item: item.id)
def test_every_command_is_carried_out_by_each_of_its_places(item: Command) -> None:
    owners: list[tuple[Place, object]] = [(screen.PLACE, screen) for screen in SCREENS]
    for place, owner in [*owners, (Place.ANYWHERE, TokendeckApp)]:
        if place in item.places:
            own = getattr(owner, f"do_{item.id}", None)
            assert inspect.iscoroutinefunction(own or COMMON_COMMANDS.get(item.id))


@pytest.mark.parametrize("item", COMMANDS, ids=lambda item: item.id)
def test_no_key_is_one_that_terminals_fold_into_another(item: Command) -> None:
    for key in item.keys:
        assert not re.fullmatch(r"alt\+(\d|enter|slash|b|f)|ctrl\+[abhijmqsw]", key)


@pytest.mark.parametrize(
    "item",
    [item for item in COMMANDS if "escape" in item.keys],
    ids=lambda item: item.id,
)
def test_what_esc_does_a_key_does_that_no_terminal_delays_in_lists_and_in_fields(
    item: Command,
) -> None:
    assert any(len(key) == 1 for key in item.keys)
    assert any(key.startswith("alt+") for key in item.keys)


@pytest.mark.parametrize(
    "item", [item for item in COMMANDS if item.priority], ids=lambda item: item.id
)
def test_alt_keys_have_a_plain_twin_where_letters_are_free(item: Command) -> None:
    in_fields = {Place.WIZARD, Place.SIGN_IN, Place.DELETE} & set(item.places)
    if any(key.startswith("alt+") for key in item.keys) and not in_fields:
        assert any("+" not in key for key in item.keys)


def test_every_remedy_is_a_command() -> None:
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind)]
    remedies = {
        kind.remedy for kind in kinds if issubclass(kind, errors.ContentstackError)
    }
    assert remedies - {None} <= {item.id for item in COMMANDS}


def test_keys_are_shown_as_people_write_them() -> None:
    assert (shown_key("question_mark"), shown_key("n"), shown_key("slash")) == (
        "?",
        "n",
        "/",
    )


REFUSED = errors.NotAllowed("Not for you")
VALUE = Secret("cs" + "0" * 24)
STACKED = Snapshot(stack=Stack("blt0", "Shop", "blt0"))


@pytest.mark.parametrize(
    ("name", "facts", "word"),
    [
        ("copy", Moment(), "cursor"),
        ("copy", Moment(token=ManagementToken(uid="blt1", name="ci")), "only once"),
        ("copy", Moment(token=DeliveryToken(uid="blt1", name="web")), "didn't return"),
        (
            "copy",
            Moment(token=DeliveryToken(uid="blt1", name="web", value=VALUE)),
            None,
        ),
        (
            "copy_preview",
            Moment(token=DeliveryToken(uid="blt1", name="web", value=VALUE)),
            "no preview",
        ),
        (
            "copy_preview",
            Moment(token=DeliveryToken(uid="blt1", name="web", preview=VALUE)),
            None,
        ),
        (
            "copy_preview",
            Moment(token=ManagementToken(uid="blt1", name="ci")),
            "management token",
        ),
        ("copy_api_key", Moment(), "read a stack"),
        ("new", Moment(), "environments"),
        ("verify", Moment(), "read a stack"),
        ("verify", Moment(STACKED), "cursor"),
        ("verify", Moment(STACKED, token=ManagementToken(uid="blt1", name="ci")), None),
        (
            "verify",
            Moment(STACKED, marked=(ManagementToken(uid="blt1", name="ci"),) * 2),
            "one at a time",
        ),
        (
            "verify",
            Moment(
                STACKED,
                marked=(DeliveryToken(uid="blt1", name="web", value=VALUE),) * 2,
            ),
            None,
        ),
        (
            "verify",
            Moment(STACKED, token=DeliveryToken(uid="blt1", name="web"), busy=True),
            "Waiting for",
        ),
        ("verify_pasted", Moment(), "already has"),
        ("verify_pasted", Moment(step="value"), None),
        ("new", Moment(tab="management"), "management tokens couldn't be read"),
        (
            "new",
            Moment(tab="management", snapshot=Snapshot(read_only=True)),
            "read-only",
        ),
        (
            "new",
            Moment(
                tab="management",
                snapshot=Snapshot(permissions=Permissions(("Developer",))),
            ),
            "Only Owners and Admins",
        ),
        (
            "new",
            Moment(
                tab="management", snapshot=Snapshot(management=Listing(error=REFUSED))
            ),
            "Not for you",
        ),
        (
            "new",
            Moment(tab="management", snapshot=Snapshot(management=Listing(read=True))),
            None,
        ),
        (
            "next",
            Moment(busy=True, key={"back": "f9"}.__getitem__),
            "Waiting for Contentstack. f9",
        ),
        (
            "next_step",
            Moment(busy=True, key={"close": "f9"}.__getitem__),
            "Waiting for Contentstack. f9",
        ),
        ("switch_scope", Moment(step="Details"), "step 2"),
        ("mark", Moment(step="Details"), "step 1"),
    ],
)
def test_what_cannot_be_done_now_says_why(
    name: str, facts: Moment, word: str | None
) -> None:
    reason = command(name).reason(facts)
    assert reason is None if word is None else word in (reason or "")
