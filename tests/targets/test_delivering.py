from __future__ import annotations

import os
import sys
import threading
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.export.sources import DELIVERY, MANAGEMENT, source
from tests.targets.stubs import target
from tui.config.schema import Target
from tui.export.source import Source
from tui.secret import Secret
from tui.targets.delivering import (
    Delivery,
    DeliveryDoubt,
    DeliveryGrade,
    Parcel,
    Undeliverable,
    arguments,
    content,
    deliver,
    deliver_to,
    without_secrets,
)
from tui.targets.last_words import last_words

NEW, OLD = "cs" + "a1" * 12, "cs" + "0f" * 12


def holding(value: str) -> Source:
    return source(replace(DELIVERY, value=Secret(value)))


def parcel() -> Parcel:
    return Parcel(holding(NEW), "Storefront", holding(OLD))


def delivered(to: Target, what: Parcel | None = None) -> Delivery:
    return deliver("web", to, what or parcel(), os.environ)


@pytest.mark.parametrize(
    ("lie", "grade", "doubt"),
    [
        ("honest", DeliveryGrade.READ_BACK, None),
        ("exit 0 and empty", DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.EMPTY),
        ("newline added", DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.NEWLINE),
        # The value is there, so "not delivered" would be a lie.
        ("exit 1 after storing", DeliveryGrade.READ_BACK, DeliveryDoubt.FAILED),
        ("closed stdin", DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.UNREAD),
        ("never reads", DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.UNREAD),
        ("echoes the value", DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.FAILED),
        ("asks on /dev/tty", DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.FAILED),
        ("slow", DeliveryGrade.READ_BACK, None),
        ("old value", DeliveryGrade.NOT_DELIVERED, DeliveryDoubt.OLD),
        ("talks without end", DeliveryGrade.READ_BACK, None),
        ("leaves something behind", DeliveryGrade.READ_BACK, None),
    ],
)
def test_each_target_is_graded_by_what_it_has(
    tmp_path: Path, lie: str, grade: DeliveryGrade, doubt: DeliveryDoubt | None
) -> None:
    (tmp_path / "stored").write_bytes(OLD.encode())
    delivery = delivered(target(tmp_path, lie))
    assert (delivery.grade, delivery.doubt) == (grade, doubt)


@pytest.mark.parametrize(
    ("lie", "grade"),
    [
        ("honest", DeliveryGrade.ACCEPTED),
        ("exit 0 and empty", DeliveryGrade.ACCEPTED),
        ("first line only", DeliveryGrade.ACCEPTED),
        ("exit 1 after storing", DeliveryGrade.NOT_DELIVERED),
        ("closed stdin", DeliveryGrade.NOT_DELIVERED),
        ("never reads", DeliveryGrade.NOT_DELIVERED),
        ("asks on /dev/tty", DeliveryGrade.NOT_DELIVERED),
    ],
)
def test_what_can_not_be_read_back_is_never_called_read_back(
    tmp_path: Path, lie: str, grade: DeliveryGrade
) -> None:
    assert delivered(target(tmp_path, lie, proves=False)).grade is grade


def test_a_target_that_keeps_the_first_line_only_is_found_out(tmp_path: Path) -> None:
    delivery = delivered(target(tmp_path, "first line only", form=".env"))
    assert (delivery.grade, delivery.doubt) == (
        DeliveryGrade.NOT_DELIVERED,
        DeliveryDoubt.DIFFERENT,
    )


@pytest.mark.parametrize(
    ("proves", "grade"), [(True, DeliveryDoubt.OLD), (False, DeliveryDoubt.TIMED_OUT)]
)
def test_a_target_that_hangs_is_ended(
    tmp_path: Path, *, proves: bool, grade: DeliveryDoubt
) -> None:
    (tmp_path / "stored").write_bytes(OLD.encode())
    delivery = delivered(target(tmp_path, "hang", proves=proves, timeout=1))
    assert delivery.grade is DeliveryGrade.NOT_DELIVERED
    assert delivery.doubt is DeliveryDoubt.TIMED_OUT


@pytest.mark.parametrize("form", [None, "value", ".env", "JSON"])
def test_what_is_stored_is_what_was_given_to_the_byte(
    tmp_path: Path, form: str | None
) -> None:
    to = target(tmp_path, "honest", form=form)
    assert delivered(to).grade is DeliveryGrade.READ_BACK
    stored = (tmp_path / "stored").read_bytes()
    assert stored == content(to, parcel().source)
    if form in (None, "value"):
        assert stored == NEW.encode()
    else:
        assert NEW.encode() in stored
        assert b"blt0123456789abcdef" in stored


def test_a_newline_of_the_program_s_own_does_not_count_if_that_is_said(
    tmp_path: Path,
) -> None:
    to = target(tmp_path, "newline added", get_newline=True)
    assert delivered(to).grade is DeliveryGrade.READ_BACK


def test_a_program_that_is_not_there_is_no_delivery() -> None:
    delivery = delivered(Target(put=("/nowhere/to/be/found",)))
    assert delivery.doubt is DeliveryDoubt.NOT_STARTED
    assert delivery.detail == "No such file or directory"


@pytest.mark.parametrize("get", ["raise SystemExit(3)", "print('x' * 70_000)"])
def test_a_proof_that_fails_is_no_proof(tmp_path: Path, get: str) -> None:
    to = target(tmp_path, "honest")
    delivery = delivered(
        Target(put=to.put, get=(sys.executable, "-S", "-c", get), timeout=20)
    )
    assert (delivery.grade, delivery.doubt) == (
        DeliveryGrade.NOT_DELIVERED,
        DeliveryDoubt.GET_FAILED,
    )


def test_the_value_is_neither_an_argument_nor_in_the_environment_nor_in_a_file(
    tmp_path: Path,
) -> None:
    seen = threading.Event()
    found: list[str] = []

    def watch() -> None:
        while not seen.is_set():
            for process in Path("/proc").glob("[0-9]*"):
                for part in ("cmdline", "environ"):
                    try:
                        read = (process / part).read_bytes()
                    except OSError:
                        continue
                    if NEW.encode() in read:
                        found.append(f"{process}/{part}")

    watcher = threading.Thread(target=watch)
    watcher.start()
    environ = os.environ | {"CONTENTSTACK_DELIVERY_TOKEN": NEW}
    to = target(tmp_path, "slow", timeout=20)
    try:
        assert deliver("web", to, parcel(), environ).grade is DeliveryGrade.READ_BACK
    finally:
        seen.set()
        watcher.join()
    assert found == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    held = [path for path in files if NEW.encode() in path.read_bytes()]
    assert held == [tmp_path / "stored"]


def test_a_target_s_programs_do_not_get_our_secrets() -> None:
    login = Secret("blt" + "5" * 16)
    environ = {"PATH": "/bin", "A": login.reveal(), "B": f"Bearer {login.reveal()}"}
    assert without_secrets(environ) == {"PATH": "/bin"}


def test_placeholders_are_filled_in_and_stay_one_argument() -> None:
    words = ("tool", "set", "{name}", "{environment}@{branch}", "--env={environment}")
    facts = {"name": "a b; $(c)", "environment": "production", "branch": "main"}
    assert arguments(words, facts) == (
        "tool",
        "set",
        "a b; $(c)",
        "production@main",
        "--env=production",
    )


@given(st.text(min_size=1).filter(lambda name: not name.startswith("-")))
def test_what_is_filled_in_is_not_read_again(name: str) -> None:
    assert arguments(("tool", "{name}"), {"name": name})[1] == name


@pytest.mark.parametrize(
    ("word", "facts", "doubt"),
    [
        ("{branch}", {"branch": ""}, DeliveryDoubt.LACKING),
        ("{name}", {"name": "--token-file=/etc/passwd"}, DeliveryDoubt.OPTION),
    ],
)
def test_a_placeholder_that_can_not_be_filled_in_is_refused(
    word: str, facts: dict[str, str], doubt: DeliveryDoubt
) -> None:
    with pytest.raises(Undeliverable) as refused:
        arguments(("tool", word), facts)
    assert refused.value.doubt is doubt


def test_a_management_token_whose_value_is_gone_is_not_delivered(
    tmp_path: Path,
) -> None:
    without = source(replace(MANAGEMENT, value=None))
    delivery = delivered(target(tmp_path, "honest"), Parcel(without))
    assert delivery.doubt is DeliveryDoubt.UNFIT
    assert not (tmp_path / "stored").exists()


async def test_several_targets_run_side_by_side_and_each_is_told_of(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c")]
    for folder in folders:
        folder.mkdir()
    targets = {
        "slow": target(folders[0], "slow"),
        "empty": target(folders[1], "exit 0 and empty"),
        "blind": target(folders[2], "honest", proves=False),
    }
    told: list[str] = []
    deliveries = await deliver_to(
        targets, parcel(), os.environ, lambda delivery: told.append(delivery.target)
    )
    assert [each.target for each in deliveries] == ["slow", "empty", "blind"]
    assert sorted(told) == ["blind", "empty", "slow"]
    assert told[-1] == "slow"


def test_the_program_s_last_line_is_told_without_the_value(tmp_path: Path) -> None:
    delivery = delivered(target(tmp_path, "echoes the value", proves=False))
    assert delivery.detail == "refused: [hidden]"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"", ""),
        (b"\n \n", ""),
        (b"one\ntwo\n\n", "two"),
        (b"50%\r100% stored", "100% stored"),
        (b"\x1b]52;c;aGk=\x07\x1b[2Jno", "no"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (f"token={NEW}".encode(), "token=[hidden]"),
        (f"token {NEW[:14]}...".encode(), "token [hidden]..."),
        (f"token {NEW.upper()}".encode(), "token [hidden]"),
        (b64encode(NEW.encode()).rstrip(b"="), "[hidden]"),
        (NEW[::-1].encode(), "[hidden]"),
        (" ".join(NEW).encode(), "[hidden]"),
        (f"no {NEW[:13]}-{NEW[13:]}.".encode(), "no [hidden]."),
    ],
)
def test_the_last_words_hold_no_secret_and_steer_no_terminal(
    said: bytes, told: str
) -> None:
    secret = Secret(NEW)
    assert last_words(said) == told
    assert secret


@given(st.binary(max_size=9), st.binary(max_size=9), st.booleans())
def test_base64_hides_no_value(before: bytes, after: bytes, is_for_urls: bool) -> None:
    secret = Secret(NEW)
    encode = urlsafe_b64encode if is_for_urls else b64encode
    shown = encode(before + NEW.encode() + after)
    told = last_words(b"refused: " + shown).removeprefix("refused: ")
    left = told.replace("[hidden]", "")
    # Beside what surrounds it, a character at each end that holds bits of both.
    assert len(left) <= len(shown) - len(NEW) * 8 // 6 + 2
    assert secret


@given(st.text(), st.text(), st.integers(0, 20))
def test_no_part_of_a_value_is_ever_told(before: str, after: str, cut: int) -> None:
    secret = Secret("Zq9" + "x7Kp" * 4 + "!w")
    value = secret.reveal()
    told = last_words(f"{before}{value[cut:]}{after}".encode("utf-8", "replace"))
    parts = {value[at : at + 8] for at in range(len(value) - 7)}
    assert not any(part in told for part in parts)
