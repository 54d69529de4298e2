from __future__ import annotations

import base64
import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.clock import NOW, clock
from tui.account import csdx
from tui.account.credential_reading import CredentialAbsent
from tui.account.csdx import CsdxSession, csdx_session

# Written by the npm package `conf` 10.2.0 as csdx uses it, with the values that the
# tests below name.
OBFUSCATION_KEY = "00000000-0000-4000-8000-00000000000{}"
BY_CONF_1 = (
    "zDlL8SjnWxREK3Om3twjsjq7BxCeQa5kMk+yWHEFgtICzJxNbyDVEJynr4I62iGG4TcTlhMFzCOGCMPSBGlKbXj9EU1ZSS7v"
    "7dG7QjnbBb2schz2BLU45AsaEowf32qXUVFMR2vlIK6SsTUdJLQQjO4+fEkwFdU43ZYNXIe9TNBqnnVjJtZitwAgDoR1H43H"
    "7+mwD6aoMxC+MFPkSLc1wPUEPoe5aJzRNUAYebKJuuaBWjCPhnVYDkVwLkiPCLxNY+AsriMSYiG1xnTIQu4IwbNMNPyCo/Zx"
    "PLdJKEg9iy5+ldZlsKzFmjAxLdJlZdOLFTk05uVcY5E1nM0fHH9PO2wLC1mq+EkTtfDcpvZM1/CxDQChM32LdXr6+e/9YCym"
    "9g=="
)
BY_CONF_2 = (
    "BzOvdVCGK48pSGTGLRHW0DoDn2mdMPrU6fH4aexEkpUQGOFr08Yu6ueRbe97TB58oxGpGbxR2bqNCbg+eRQ3SfF7mmzPH4Bz"
    "G5AL8gi8drWPu2w5TkgDYG1iwPc6TiBZQ2GDFGcPz9oSanJCnX75edkBCwwb9+Sg9Pxxz/UzYmpd6rHoVvILhHvEyGnQNwLd"
    "QVCjfQbMbVQ9EGkQfv1zUIrcTk8WAPSKZOn+xQOSE21TgHGQiqodM4KTOPrVC130MzsAWfbyvTM39Bl1FYZ1xi+SQYn8ldCH"
    "G7qljfJo/a0SoJP5l6aYo2FAwesI9kIarY/bmy9ihO+Gq7KGmW5ZaRbkTj/ws4eyMvcpPd9/LPr4bAqPJCF3QwkeY6xKHbba"
    "RStkGmJGXDz71xMvNLj66qwFXw5ApsptCEjthB/jPCll4G5bqvnfhkmXszDBFSAwyPQrM9cOzVLX+gVzKdRPHJZ2CrcTkpHp"
    "i3IayKq+oWsK6o4jB2YY5aVSS3VQJAJ5dk/qRXF5XDqC4R1tG0RfbwW8SpVM9WYEJyMx5d5Ca75CJYzyVHPvSaTEm9Pm8XG5"
    "+uGatWRZsOEHjoDxi3mUKZA="
)
REGION = {
    "name": "AWS-EU",
    "cma": "https://eu-api.contentstack.com",
    "cda": "https://eu-cdn.contentstack.com",
    "uiHost": "https://eu-app.contentstack.com",
}
BASIC = {
    "authorisationType": "BASIC",
    "authtoken": "blt" + "0" * 16,
    "email": "ana@example.com",
    "region": REGION,
}
OAUTH = {
    "authorisationType": "OAUTH",
    "oauthAccessToken": "fake" + "0" * 20,
    "oauthRefreshToken": "fake" + "1" * 20,
    "oauthDateTime": "2026-10-15T09:00:00.000Z",
    "oauthOrgUid": "blt" + "2" * 16,
    "email": "ana@example.com",
    "region": REGION,
}


def folder() -> Path:
    path = (
        Path(os.environ["XDG_CONFIG_HOME"]) / "@contentstack" / "cli-utilities-nodejs"
    )
    path.mkdir(parents=True, exist_ok=True)
    return path


def put(
    content: bytes,
    *,
    key: str = OBFUSCATION_KEY.format(1),
    name: str = "contentstack_cli",
) -> None:
    (folder() / f"{name}.json").write_bytes(content)
    (folder() / "contentstack_cli_obfuscate.json").write_text(
        json.dumps({"obfuscation_key": key})
    )
    for path in folder().iterdir():
        path.chmod(0o644)


def enciphered(
    store: object, vector: bytes, key: str = OBFUSCATION_KEY.format(1)
) -> bytes:
    salt = vector.decode("utf-8", "replace").encode()
    secret = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, 10_000, 32)
    padder = PKCS7(128).padder()
    padded = padder.update(json.dumps(store, indent="\t").encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(vector)).encryptor()
    return vector + b":" + encryptor.update(padded) + encryptor.finalize()


def session_of(store: Any) -> CsdxSession:
    put(json.dumps(store).encode())
    return csdx_session(os.environ, clock=clock)


def test_a_store_by_csdxs_own_library_is_read() -> None:
    put(base64.b64decode(BY_CONF_1))
    session = csdx_session(os.environ, clock=clock)
    assert (session.credential.kind, session.region.id) == ("authtoken", "eu")
    assert session.credential.secret.reveal() == "blt" + "0" * 16
    assert (session.email, session.expired) == ("ana@example.com", False)


def test_an_oauth_session_by_csdxs_own_library_is_read() -> None:
    put(base64.b64decode(BY_CONF_2), key=OBFUSCATION_KEY.format(2))
    session = csdx_session(os.environ, clock=clock)
    assert session.credential.kind == "bearer"
    assert session.credential.secret.reveal() == "fake" + "0" * 20


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=20,
)
@given(vector=st.binary(min_size=16, max_size=16))
def test_any_vector_will_do(vector: bytes) -> None:
    put(enciphered(BASIC, vector))
    session = csdx_session(os.environ, clock=clock)
    assert session.credential.secret.reveal() == BASIC["authtoken"]


def test_reading_changes_nothing() -> None:
    put(base64.b64decode(BY_CONF_1))
    before = {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder().iterdir()
    }
    csdx_session(os.environ, clock=clock)
    assert {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder().iterdir()
    } == before


def test_a_store_that_was_left_plain_is_read_without_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csdx, "find_spec", lambda _name: None)
    assert session_of(BASIC).credential.secret.reveal() == BASIC["authtoken"]
    put(base64.b64decode(BY_CONF_1))
    with pytest.raises(CredentialAbsent, match=r"tokendeck\[csdx\]"):
        csdx_session(os.environ, clock=clock)


@pytest.mark.parametrize(
    ("minutes", "expired"), [(0, False), (59, False), (60, True), (6000, True)]
)
def test_an_oauth_session_runs_out_after_an_hour_and_says_what_to_type(
    minutes: int, expired: bool
) -> None:
    since = (NOW - timedelta(minutes=minutes)).isoformat()
    session = session_of({**OAUTH, "oauthDateTime": since})
    assert session.expired is expired
    assert ("csdx auth:login --oauth" in session.sentence) is expired
    assert "ana@example.com" in session.sentence
    assert session.credential.secret.reveal() not in session.sentence + repr(session)


def test_a_session_of_unknown_age_is_tried() -> None:
    assert not session_of(
        {name: value for name, value in OAUTH.items() if name != "oauthDateTime"}
    ).expired


def test_an_authtoken_does_not_run_out() -> None:
    put(json.dumps({**BASIC, "oauthDateTime": "2020-01-01T00:00:00Z"}).encode())
    session = csdx_session(os.environ, clock=lambda: datetime(2036, 1, 1, tzinfo=UTC))
    assert not session.expired


@pytest.mark.parametrize(
    ("region", "cma", "preview"),
    [
        (None, "https://api.contentstack.io", "https://rest-preview.contentstack.com"),
        (
            REGION,
            "https://eu-api.contentstack.com",
            "https://eu-rest-preview.contentstack.com",
        ),
        (
            {
                "name": "NA",
                "cma": "https://cma.example.com",
                "cda": "https://cda.example.com",
                "uiHost": "https://app.example.com",
            },
            "https://cma.example.com",
            "https://rest-preview.example.com",
        ),
    ],
)
def test_the_region_is_what_its_hosts_say(
    region: object, cma: str, preview: str
) -> None:
    found = session_of({**BASIC, "region": region}).region
    assert (found.cma, found.preview) == (cma, preview)


@pytest.mark.parametrize(
    "store",
    [
        {},
        {"region": REGION},
        {"authorisationType": "OAUTH", "authtoken": "blt" + "0" * 16},
        {"authtoken": ""},
    ],
)
def test_signed_out_is_said(store: object) -> None:
    put(json.dumps(store).encode())
    with pytest.raises(CredentialAbsent, match="not signed in"):
        csdx_session(os.environ, clock=clock)


def test_where_csdx_never_was_there_is_no_file() -> None:
    with pytest.raises(CredentialAbsent, match="There is no file"):
        csdx_session(os.environ, clock=clock)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"authtoken": 5}',
        b"x" * 16,
        b"x" * 33,
        b"x" * 16 + b":" + b"x" * 16,
        b"x" * 16 + b":",
        enciphered(BASIC, b"0" * 16, key="another"),
        json.dumps({**BASIC, "authtoken": "two words"}).encode(),
        json.dumps({**BASIC, "region": {"name": "x", "cma": "ftp://x"}}).encode(),
    ],
)
def test_what_csdx_is_not_known_to_write_is_said(content: bytes) -> None:
    put(content)
    with pytest.raises(CredentialAbsent) as trouble:
        csdx_session(os.environ, clock=clock)
    assert "two words" not in str(trouble.value)


@pytest.mark.parametrize("key_file", [None, b"", b"[]", b'{"other": 1}'])
def test_a_lost_key_is_said(key_file: bytes | None) -> None:
    put(base64.b64decode(BY_CONF_1))
    path = folder() / "contentstack_cli_obfuscate.json"
    path.unlink()
    if key_file is not None:
        path.write_bytes(key_file)
        path.chmod(0o644)
    with pytest.raises(CredentialAbsent, match="contentstack_cli_obfuscate"):
        csdx_session(os.environ, clock=clock)


def test_a_store_that_everybody_may_write_is_not_believed() -> None:
    put(json.dumps(BASIC).encode())
    (folder() / "contentstack_cli.json").chmod(0o666)
    with pytest.raises(CredentialAbsent, match="chmod o-w"):
        csdx_session(os.environ, clock=clock)


def test_csdxs_own_variables_say_where_it_lies(tmp_path: Path) -> None:
    put(json.dumps(BASIC).encode(), name="mine")
    environ = {"CS_CLI_CONFIG_PATH": str(folder()), "CONFIG_NAME": "mine"}
    assert (
        csdx_session(environ, clock=clock).credential.secret.reveal()
        == BASIC["authtoken"]
    )
    with pytest.raises(CredentialAbsent):
        csdx_session({"CS_CLI_CONFIG_PATH": str(tmp_path)}, clock=clock)
