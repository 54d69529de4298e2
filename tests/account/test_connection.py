from __future__ import annotations

import pytest

from tui.account.connection import ConnectionMissing, Hosts, connection_from

ENVIRON = {"CONTENTSTACK_API_KEY": "blt" + "1" * 16, "CONTENTSTACK_AUTHTOKEN": "blt" + "2" * 16}


def test_the_environment_is_enough() -> None:
    connection = connection_from({**ENVIRON, "CONTENTSTACK_REGION": "EU"})
    assert connection.region.id == "eu"
    assert connection.stack == ENVIRON["CONTENTSTACK_API_KEY"]
    assert connection.credential.secret.reveal() == ENVIRON["CONTENTSTACK_AUTHTOKEN"]
    assert connection.apps is None


def test_flags_win_over_the_environment() -> None:
    connection = connection_from(
        {**ENVIRON, "CONTENTSTACK_REGION": "EU"}, region="azure-na", stack="Storefront"
    )
    assert (connection.region.id, connection.stack) == ("azure-na", "Storefront")


def test_without_a_region_it_is_north_america() -> None:
    assert connection_from(ENVIRON).region.id == "na"


@pytest.mark.parametrize("missing", [{"CONTENTSTACK_API_KEY"}, {"CONTENTSTACK_AUTHTOKEN"}, set(ENVIRON)])
def test_what_is_missing_is_named_with_where_it_comes_from(missing: set[str]) -> None:
    environ = {name: value for name, value in ENVIRON.items() if name not in missing}
    with pytest.raises(ConnectionMissing) as refusal:
        connection_from(environ)
    for name in ENVIRON:
        assert (name in str(refusal.value)) == (name in missing)
    assert "--demo" in str(refusal.value)


def test_an_unknown_region_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConnectionMissing, match="azure-eu"):
        connection_from(ENVIRON, region="mars")


def test_own_hosts_take_the_place_of_a_region() -> None:
    hosts = Hosts(cma="http://127.0.0.1:8000", cda="http://127.0.0.1:8001")
    connection = connection_from(ENVIRON, hosts=hosts)
    assert (connection.region.cma, connection.region.cda) == (hosts.cma, hosts.cda)


@pytest.mark.parametrize(
    "hosts", [Hosts(cma="http://127.0.0.1:1"), Hosts(cma="http://example.com", cda="https://example.com")]
)
def test_hosts_that_will_not_do_are_refused(hosts: Hosts) -> None:
    with pytest.raises(ConnectionMissing):
        connection_from(ENVIRON, hosts=hosts)


def test_a_credential_that_no_header_can_carry_is_refused_without_quoting_it() -> None:
    with pytest.raises(ConnectionMissing) as refusal:
        connection_from({**ENVIRON, "CONTENTSTACK_AUTHTOKEN": "two words"})
    assert "two words" not in str(refusal.value)
