from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.clock import clock
from tui.account.connection import ConnectionMissing
from tui.account.settings import Settings
from tui.account.settings_connection import connection_of
from tui.account.state import remember_csdx
from tui.contentstack.regions import find_region
from tui.secret import Secret

AUTHTOKEN = "blt" + "2" * 16


def test_settings_become_the_way_to_a_stack() -> None:
    settings = Settings(region=find_region("eu"), stack="Storefront", read_only=True)
    connection = connection_of(settings, {**os.environ, "CONTENTSTACK_AUTHTOKEN": AUTHTOKEN})
    assert (connection.region.id, connection.stack, connection.read_only) == ("eu", "Storefront", True)
    assert connection.credential is not None
    assert connection.credential.secret.reveal() == AUTHTOKEN


def test_a_pipe_is_handed_on() -> None:
    connection = connection_of(Settings(auth_file="-"), os.environ, piped=Secret(AUTHTOKEN))
    assert connection.credential is not None


def test_without_a_credential_somebody_has_to_sign_in() -> None:
    connection = connection_of(Settings(), os.environ)
    assert (connection.credential, connection.stack) == (None, None)


def test_a_credential_that_will_not_do_is_a_sentence() -> None:
    with pytest.raises(ConnectionMissing, match="auth_command false failed"):
        connection_of(Settings(auth_command=("false",)), os.environ)


def test_csdxs_region_is_taken_with_its_session() -> None:
    eu = find_region("eu")
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "@contentstack" / "cli-utilities-nodejs"
    folder.mkdir(parents=True)
    store = {"authtoken": AUTHTOKEN, "region": {"name": "EU", "cma": eu.cma, "cda": eu.cda, "uiHost": eu.app}}
    (folder / "contentstack_cli.json").write_text(json.dumps(store))
    (folder / "contentstack_cli.json").chmod(0o644)
    remember_csdx(os.environ, answer=True)
    assert connection_of(Settings(), os.environ, clock=clock).region == eu
