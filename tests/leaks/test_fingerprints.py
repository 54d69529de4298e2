from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.leaks.projects import KNOWN, WEB, WEB_TOKEN
from tui.files.refusal import FileRefused
from tui.leaks.fingerprints import (
    fingerprints_path,
    read_fingerprints,
    write_fingerprints,
)
from tui.leaks.known import KnownToken, KnownTokens
from tui.leaks.matching import Matcher
from tui.secret import Secret

OLD = "an-older.value"
TOKENS = KnownTokens.of(
    [
        (Secret(WEB), WEB_TOKEN),
        (Secret(OLD), KnownToken("old", "delivery", "blt2", "Storefront", "bltkey")),
    ]
)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path)}


def test_what_is_kept_recognizes_the_same_values(environ: dict[str, str]) -> None:
    assert read_fingerprints(environ) is None
    path = write_fingerprints(environ, "bltkey", "Storefront", TOKENS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_fingerprints(environ) == TOKENS
    text = f"{WEB} {OLD}".encode()
    matches = Matcher(read_fingerprints(environ) or KnownTokens()).matches(
        text, len(text)
    )
    assert [m.token.name for m in matches if m.token] == ["web-production", "old"]


def test_no_value_is_in_the_file(environ: dict[str, str]) -> None:
    text = write_fingerprints(environ, "bltkey", "Storefront", TOKENS).read_text()
    assert WEB not in text
    assert OLD not in text


def test_a_stack_is_replaced_and_others_stay(environ: dict[str, str]) -> None:
    other = KnownTokens.of(
        [(Secret("cs" + "ab12" * 6), KnownToken("x", "delivery", "blt3", "O", "o"))]
    )
    write_fingerprints(environ, "bltkey", "Storefront", TOKENS)
    write_fingerprints(environ, "o", "O", other)
    write_fingerprints(environ, "bltkey", "Storefront", KNOWN)
    kept = read_fingerprints(environ)
    assert kept is not None
    assert {token.name for token in kept.by_digest.values()} == {"x", "web-production"}
    write_fingerprints(environ, "bltkey", "S", KnownTokens())
    kept = read_fingerprints(environ)
    assert kept is not None
    assert len(kept) == 1


def test_what_is_of_another_stack_is_not_kept_under_this_one(
    environ: dict[str, str],
) -> None:
    own = KnownTokens.of(
        [(Secret("blt0123456789abcdef"), KnownToken("o", "authtoken"))]
    )
    write_fingerprints(environ, "bltkey", "Storefront", KNOWN.joined(own))
    assert read_fingerprints(environ) == KNOWN


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", '{"stacks": 1}', '{"stacks": {"a": [{}]}}', "[" * 100000),
        '{"stacks":{"a":{"name":"","tokens":[{"sha256":"x","name":"","kind":"preview",'
        '"uid":""}]}}}',
    ],
)
def test_a_damaged_file_is_said(environ: dict[str, str], text: str) -> None:
    path = fingerprints_path(environ)
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(FileRefused, match="damaged"):
        read_fingerprints(environ)


def test_a_file_that_others_may_read_is_refused(environ: dict[str, str]) -> None:
    os.chmod(write_fingerprints(environ, "bltkey", "Storefront", TOKENS), 0o644)
    with pytest.raises(FileRefused, match="others"):
        read_fingerprints(environ)


def test_all_that_is_kept_can_be_read_again(environ: dict[str, str]) -> None:
    """Even if it's more than any other file of the program may have."""
    many = KnownTokens.of(
        (
            Secret(f"cs{number:024x}"),
            KnownToken("a name of 40 characters, as some have it", "delivery", "u"),
        )
        for number in range(10_000)
    )
    many = KnownTokens(
        {
            digest: replace(token, stack="Storefront", api_key="bltkey")
            for digest, token in many.by_digest.items()
        }
    )
    path = write_fingerprints(environ, "bltkey", "Storefront", many)
    assert path.stat().st_size > 1024 * 1024
    assert read_fingerprints(environ) == many
