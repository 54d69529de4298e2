from __future__ import annotations

import base64
from datetime import UTC, datetime

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.sandbox.totp import code_at, matching_step, step_of

# The secret of the test vectors in RFC 6238, appendix B.
SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1234567890, "005924"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SECRET, step_of(datetime.fromtimestamp(seconds, UTC))) == code


@given(st.binary(min_size=14, max_size=32), st.integers(0, 2**40))
def test_codes_are_those_of_another_implementation(key: bytes, step: int) -> None:
    secret = base64.b32encode(key).decode().rstrip("=")
    assert code_at(secret, step) == pyotp.TOTP(secret).generate_otp(step)


def test_a_code_is_good_one_step_early_and_late_and_no_further() -> None:
    moment = datetime.fromtimestamp(1111111109, UTC)
    present = step_of(moment)
    codes = [code_at(SECRET, present + away) for away in (-2, -1, 0, 1, 2)]
    assert [matching_step(SECRET, code, moment) for code in codes] == [
        None,
        present - 1,
        present,
        present + 1,
        None,
    ]


def test_a_secret_that_is_no_base32_is_refused() -> None:
    with pytest.raises(ValueError, match="base32"):
        code_at("not base 32!", 0)
