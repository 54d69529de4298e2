from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tui.contentstack.models import DeliveryToken, ManagementToken
from tui.secret import Secret
from tui.state.drafts import Draft, Drafts, DraftStore
from tui.workspace.forms import Forms
from tui.workspace.plan import Plan
from tui.workspace.snapshot import Listing, Snapshot

VALUE = "cs" + "a" * 32
WEB = DeliveryToken(uid="blt1", name="web", description="old", value=Secret(VALUE))
NIGHTLY = ManagementToken(uid="blt2", name="nightly", value=Secret(VALUE))
SNAPSHOT = Snapshot(
    delivery=Listing((WEB,), read=True), management=Listing((NIGHTLY,), read=True)
)


def drafts_file() -> Path:
    return Path(os.environ["XDG_STATE_HOME"]) / "tokendeck" / "drafts.json"


def typed(name: str, uid: str = "") -> Drafts[Plan]:
    return {uid or "delivery": Draft(Plan(), Plan(name=name))}


def all_of_them() -> Forms:
    """Forms with something in each of them."""
    forms = Forms()
    forms["delivery"].plan = Plan(name="kiosk", environments=("qa",), with_preview=True)
    forms["management"].plan = Plan(
        "management", name="ci", lifetime="30", ends="2026-12-24"
    )
    edit, other = forms.edit_of(WEB), forms.edit_of(NIGHTLY)
    edit.plan = replace(edit.plan, name="www")
    other.plan = replace(other.plan, write=True)
    return forms


def test_all_forms_come_back_as_they_were_and_no_value_is_written() -> None:
    forms, again = all_of_them(), Forms()
    DraftStore(Plan, os.environ).keep("blts", forms.drafts)
    again.restore(DraftStore(Plan, os.environ).open("blts"), SNAPSHOT)
    assert again.drafts == forms.drafts
    assert again == forms
    assert VALUE not in drafts_file().read_text()
    assert stat.S_IMODE(drafts_file().stat().st_mode) == 0o600
    assert not DraftStore(Plan, os.environ).open("bltelsewhere")


def test_what_somebody_else_changed_meanwhile_is_taken_in() -> None:
    drafts, again = all_of_them().drafts, Forms()
    theirs = DeliveryToken(uid="blt1", name="web", description="new")
    again.restore(drafts, Snapshot(delivery=Listing((theirs,), read=True)))
    plan = again["blt1"].plan
    assert (plan.name, plan.description, plan.changes) == ("www", "new", "blt1")
    assert list(again) == ["delivery", "management", "blt1"]


def test_what_is_typed_now_is_not_replaced_by_what_was_typed_then() -> None:
    forms = Forms()
    forms["delivery"].plan = Plan(name="now")
    edit = forms.edit_of(WEB)
    edit.plan = replace(edit.plan, name="now too")
    forms.restore(all_of_them().drafts, SNAPSHOT)
    assert (forms["delivery"].plan.name, forms["blt1"].plan.name) == (
        "now",
        "now too",
    )


def test_what_is_sent_or_started_over_is_forgotten() -> None:
    DraftStore(Plan, os.environ).keep("blts", typed("kiosk"))
    store = DraftStore(Plan, os.environ)
    assert store.open("blts") == typed("kiosk")
    store.keep("blts", {})
    assert drafts_file().read_text() == "{}"


def test_two_at_once_keep_each_others_drafts() -> None:
    one, other = DraftStore(Plan, os.environ), DraftStore(Plan, os.environ)
    one.open("blts")
    other.open("blts")
    one.keep("blts", typed("kiosk"))
    other.keep("blts", {})
    other.keep("blts", typed("www", "blt1"))
    both = typed("kiosk") | typed("www", "blt1")
    assert DraftStore(Plan, os.environ).open("blts") == both
    one.keep("blts", {})
    assert DraftStore(Plan, os.environ).open("blts") == typed("www", "blt1")


def test_only_so_many_stacks_are_kept() -> None:
    for number in range(25):
        DraftStore(Plan, os.environ).keep(f"blt{number}", typed("kiosk"))
    store = DraftStore(Plan, os.environ)
    assert [bool(store.open(f"blt{number}")) for number in (4, 5, 24)] == [
        False,
        True,
        True,
    ]


def test_without_an_environment_nothing_is_written() -> None:
    DraftStore(Plan).keep("blts", typed("kiosk"))
    assert not drafts_file().exists()
    assert not DraftStore(Plan).open("blts")


@pytest.mark.parametrize("name", ["half \ud800", "kiosk"])
def test_what_cannot_be_written_is_let_go(name: str) -> None:
    if name == "kiosk":
        drafts_file().parent.parent.mkdir(parents=True)
        drafts_file().parent.write_text("a file where the folder should be")
    DraftStore(Plan, os.environ).keep("blts", typed(name))
    assert not DraftStore(Plan, os.environ).open("blts")


def test_what_others_may_read_or_is_a_link_is_not_believed(tmp_path: Path) -> None:
    DraftStore(Plan, os.environ).keep("blts", typed("kiosk"))
    drafts_file().chmod(0o644)
    assert not DraftStore(Plan, os.environ).open("blts")
    drafts_file().chmod(0o600)
    drafts_file().rename(tmp_path / "elsewhere")
    drafts_file().symlink_to(tmp_path / "elsewhere")
    assert not DraftStore(Plan, os.environ).open("blts")


_PLANS = st.dictionaries(
    st.sampled_from(["kind", "name", "branches", "scope_kind", "changes"]),
    st.text() | st.none() | st.sampled_from(["delivery", "management"]),
)
_CHANGES = st.fixed_dictionaries({"before": _PLANS, "after": _PLANS})
_FOREIGN = st.recursive(
    st.none() | st.text(max_size=5) | _CHANGES,
    lambda inner: st.dictionaries(
        st.sampled_from(["", "delivery", "management", "blt1"]), inner, max_size=3
    ),
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=60)
    | _FOREIGN.map(lambda raw: json.dumps({"blts": raw}).encode())
)
def test_any_file_is_drafts_or_none(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "tokendeck"
    folder.mkdir(exist_ok=True)
    (folder / "drafts.json").write_bytes(content)
    (folder / "drafts.json").chmod(0o600)
    forms = Forms()
    forms.restore(
        DraftStore(Plan, {"XDG_STATE_HOME": str(tmp_path)}).open("blts"), SNAPSHOT
    )
    new = {"delivery": "", "management": ""}
    assert {key: form.plan.changes for key, form in forms.items()} == {
        key: new.get(key, key) for key in forms
    }
