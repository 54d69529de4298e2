from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.contentstack.regions import (
    REGIONS,
    UnknownRegion,
    custom_region,
    find_region,
    host_of,
    is_loopback,
)


def test_all_seven_have_their_hosts() -> None:
    assert [region.id for region in REGIONS] == [
        "na",
        "eu",
        "au",
        "azure-na",
        "azure-eu",
        "gcp-na",
        "gcp-eu",
    ]
    assert find_region("na").cma == "https://api.contentstack.io"
    assert find_region("na").cda == "https://cdn.contentstack.io"
    assert find_region("na").preview == "https://rest-preview.contentstack.com"
    assert find_region("na").app == "https://app.contentstack.com"
    assert find_region("azure-eu").cma == "https://azure-eu-api.contentstack.com"
    assert (
        find_region("gcp-na").preview == "https://gcp-na-rest-preview.contentstack.com"
    )
    assert find_region("au").app == "https://au-app.contentstack.com"
    assert find_region("eu").cda == "https://eu-cdn.contentstack.com"


@pytest.mark.parametrize(
    ("text", "region_id"),
    [
        ("NA", "na"),
        ("us", "na"),
        (" AWS-NA\n", "na"),
        ("aws_na", "na"),
        ("AWS NA", "na"),
        ("Aws_Eu", "eu"),
        ("AWS-AU", "au"),
        ("azure_na", "azure-na"),
        ("AZURE-EU", "azure-eu"),
        ("GCP_NA", "gcp-na"),
        ("gcp-eu", "gcp-eu"),
    ],
)
def test_aliases_in_any_case(text: str, region_id: str) -> None:
    assert find_region(text).id == region_id


@given(
    st.sampled_from([alias for region in REGIONS for alias in region.aliases]),
    st.data(),
)
def test_case_and_separator_never_matter(alias: str, data: st.DataObject) -> None:
    wanted = find_region(alias)
    flips = data.draw(st.lists(st.booleans(), min_size=len(alias), max_size=len(alias)))
    mixed = "".join(
        char.upper() if flip else char for char, flip in zip(alias, flips, strict=True)
    )
    assert find_region(mixed.replace("-", data.draw(st.sampled_from("-_ ")))) is wanted


def test_an_unknown_region_names_the_known_ones() -> None:
    with pytest.raises(UnknownRegion) as caught:
        find_region("mars\x1b[31m")
    assert "“mars␛[31m”" in str(caught.value)
    assert "na, eu, au, azure-na, azure-eu, gcp-na, gcp-eu" in str(caught.value)


@pytest.mark.parametrize(
    ("given_url", "kept"),
    [
        ("https://api.example.com", "https://api.example.com"),
        ("https://API.example.com/", "https://api.example.com"),
        ("https://api.example.com/v3", "https://api.example.com"),
        (" https://api.example.com:8443/v3/ ", "https://api.example.com:8443"),
        ("https://example.com/contentstack/v3", "https://example.com/contentstack"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:1/v3", "http://localhost:1"),
        ("http://[::1]:9000/", "http://[::1]:9000"),
        ("https://example.com:443/v3/v3x//", "https://example.com:443/v3/v3x"),
    ],
)
def test_custom_hosts_are_normalised(given_url: str, kept: str) -> None:
    region = custom_region(cma=given_url, cda=given_url, preview="", name="Mine")
    assert (
        region.id,
        region.name,
        region.cma,
        region.cda,
        region.preview,
        region.app,
    ) == (("custom", "Mine", kept, kept, "", ""))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "at least"),
        ("api.example.com", "must begin with https"),
        ("ftp://example.com", "must begin with https"),
        ("http://example.com", "only this machine"),
        ("http://localhost.example.com", "only this machine"),
        ("http://10.0.0.1", "only this machine"),
        ("https://", "must be a host name"),
        ("https://exa mple.com", "must be a host name"),
        ("https://-x.com", "must be a host name"),
        ("https://example.com:notaport", "must be a host name"),
        ("https://example.com:65536", "must be a host name"),
        ("https://[::1", "must be a host name"),
        ("https://example.com?x=1", "plain path"),
        ("https://example.com#x", "plain path"),
        ("https://example.com/a/../b", "plain path"),
        ("https://example.com/a%2fb", "plain path"),
    ],
)
def test_other_custom_hosts_are_refused_with_a_sentence(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        custom_region(cma=url)


def test_a_password_in_a_url_is_refused_and_not_quoted() -> None:
    for url in (
        "https://ana:hunter22@example.com",
        "https://ana:hunter22@example.com:x",
    ):
        with pytest.raises(ValueError, match="API") as caught:
            custom_region(cma=url)
        assert "hunter22" not in str(caught.value)


def test_which_api_is_wrong_is_said() -> None:
    with pytest.raises(ValueError, match="delivery API"):
        custom_region(cma="https://a.example.com", cda="nonsense")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:80", True),
        ("http://LOCALHOST", True),
        ("http://127.1.2.3", True),
        ("http://[::1]", True),
        ("http://128.0.0.1", False),
        ("https://localhost.example.com", False),
        ("https://api.contentstack.io", False),
        ("", False),
    ],
)
def test_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_host_for_people() -> None:
    assert host_of("https://api.contentstack.io") == "api.contentstack.io"
    assert host_of("http://[::1]:9000") == "[::1]:9000"
