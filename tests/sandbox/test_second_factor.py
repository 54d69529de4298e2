from __future__ import annotations

import base64
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.caller import (
    CODE_ASKED_FOR,
    LOGIN_FAILED,
    WRONG_CODE,
    Caller,
    log_in,
    refusal,
)
from tests.support.clock import NOW, MovingClock
from tui.sandbox.seed import seed_from
from tui.sandbox.service import Sandbox

ROOT = Path(__file__).parents[2]
# The secret in the test vectors of RFC 6238, appendix B.
SECRET = base64.b32encode(b"12345678901234567890").decode()
# The one in most examples. It's too short for pyotp.
SHORT_SECRET = "JBSWY3DPEHPK3PXP"
STEP = timedelta(seconds=30)


def guarded(secret: str, now: MovingClock | None = None) -> Sandbox:
    """Return a sandbox whose only user has a second factor."""
    user = {"email": "tess@example.com", "tfa_secret": secret}
    return Sandbox.from_seed(seed_from({"users": [user]}), now or MovingClock())


def code_at(moment: datetime, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(moment)


async def log_in_at(
    moment: datetime, code: str, secret: str = SECRET
) -> httpx.Response:
    """Log in at a given time, with a code, to a new sandbox."""
    sandbox = guarded(secret, MovingClock(moment))
    return await log_in(sandbox, sandbox.users[0], tfa_token=code)


async def test_the_second_factor_is_asked_for_by_its_code() -> None:
    sandbox = guarded(SECRET)
    response = await log_in(sandbox, sandbox.users[0])
    assert response.status_code == 401
    assert response.json() == {
        "error_message": "Please login using the Two-Factor verification Token",
        "error_code": 294,
        "errors": [],
        "statusCode": 401,
        "tfa_type": "totp_authenticator",
    }


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1234567890, "005924"),
        (20000000000, "353130"),
    ],
)
async def test_the_codes_of_the_standard_are_taken(seconds: int, code: str) -> None:
    response = await log_in_at(datetime.fromtimestamp(seconds, UTC), code)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)]
)
async def test_a_code_is_taken_one_step_early_and_late_and_no_further(
    steps: int, status: int
) -> None:
    response = await log_in_at(NOW, code_at(NOW + steps * STEP))
    assert response.status_code == status


async def test_a_code_is_good_once_and_the_next_one_after_it() -> None:
    now = MovingClock()
    sandbox = guarded(SECRET, now)
    user, code = sandbox.users[0], code_at(NOW)
    assert (await log_in(sandbox, user, tfa_token=code)).status_code == 200
    again = await log_in(sandbox, user, tfa_token=code)
    assert refusal(again) == LOGIN_FAILED
    assert "The current Totp has already been Used" in again.json()["error_message"]
    now.moment += STEP
    next_code = code_at(now.moment)
    assert (await log_in(sandbox, user, tfa_token=next_code)).status_code == 200


@pytest.mark.parametrize("code", ["000000", "invalid_token", 7, ["287082"]])
async def test_a_wrong_code_is_refused(code: object) -> None:
    sandbox = guarded(SECRET)
    response = await log_in(sandbox, sandbox.users[0], tfa_token=code)
    assert refusal(response) == WRONG_CODE


async def test_the_field_of_old_clients_is_no_code() -> None:
    sandbox = guarded(SECRET)
    response = await log_in(sandbox, sandbox.users[0], tf_token=code_at(NOW))
    assert refusal(response) == CODE_ASKED_FOR


@pytest.mark.parametrize("secret", ["jbsw y3dp ehpk 3pxp", SHORT_SECRET])
async def test_a_seed_may_have_a_short_secret_and_in_groups(secret: str) -> None:
    # Padded with zeros, as HMAC itself pads a key.
    filled = SHORT_SECRET.ljust(32, "A")
    response = await log_in_at(NOW, code_at(NOW, filled), secret)
    assert response.status_code == 200


@given(st.binary(min_size=14, max_size=80))
async def test_the_codes_of_any_key_are_taken(key: bytes) -> None:
    secret = base64.b32encode(key).decode().rstrip("=")
    response = await log_in_at(NOW, code_at(NOW, secret), secret)
    assert response.status_code == 200


async def test_an_sms_code_is_good_once_after_it_was_asked_for() -> None:
    sandbox = guarded(SECRET)
    user, caller = sandbox.users[0], Caller(sandbox, {})
    login = {"user": {"email": user.email, "password": user.password}}
    early = await log_in(sandbox, user, tfa_token=user.sms_code)
    asked = await caller.post("/v3/user/request_token_sms", json=login)
    first = await log_in(sandbox, user, tfa_token=user.sms_code)
    second = await log_in(sandbox, user, tfa_token=user.sms_code)
    assert refusal(early) == refusal(second) == WRONG_CODE
    assert asked.status_code == first.status_code == 200


async def test_an_sms_needs_the_password() -> None:
    sandbox = guarded(SECRET)
    login = {"user": {"email": sandbox.users[0].email, "password": "wrong"}}
    caller = Caller(sandbox, {})
    response = await caller.post("/v3/user/request_token_sms", json=login)
    assert refusal(response) == LOGIN_FAILED


LOG_INS = """
import asyncio, sys
from tests.sandbox.caller import log_in
from tui.sandbox.service import Sandbox

async def main() -> None:
    sandbox = Sandbox.demo()
    for role in ("Admin", "Owner"):
        assert (await log_in(sandbox, sandbox.user(role))).status_code == 200
        print("pyotp" in sys.modules)
    tess = next(user for user in sandbox.users if user.tfa_secret)
    assert (await log_in(sandbox, tess)).status_code == 401
    print("pyotp" in sys.modules)
    assert (await log_in(sandbox, tess, tfa_token="000000")).status_code == 401
    print("pyotp" in sys.modules)

asyncio.run(main())
"""


def test_only_a_code_of_an_authenticator_loads_what_reads_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOG_INS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "False", "False", "True"]
