"""Which proxy the environment selects for a host, whatever it contains."""

from __future__ import annotations

from contextlib import suppress
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.contentstack import proxies
from tui.contentstack.errors import Unreachable
from tui.contentstack.proxies import Proxy, proxy_to, unread_exceptions

HOST = "https://eu-api.contentstack.com"
PROXY = "http://proxy.corp:3128"


@pytest.fixture(autouse=True)
def no_system_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.contentstack.proxies.sys.platform", "linux")


@pytest.fixture
def socks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxies, "find_spec", lambda name: object())


@pytest.fixture
def no_socks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxies, "find_spec", lambda name: None)


def goes_by(no_proxy: str, url: str = HOST) -> bool:
    return proxy_to(url, {"HTTPS_PROXY": PROXY, "NO_PROXY": no_proxy}) is not None


def refusal(value: str, name: str = "HTTPS_PROXY") -> str:
    with pytest.raises(Unreachable) as caught:
        proxy_to(HOST, {name: value})
    assert (caught.value.cause_kind, caught.value.lasting) == ("proxy", True)
    assert caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({"HTTPS_PROXY": PROXY}, "HTTPS_PROXY"),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "http://other"}, "https_proxy"),
        ({"ALL_PROXY": PROXY}, "ALL_PROXY"),
        ({"all_proxy": PROXY, "ALL_PROXY": "socks4://x"}, "all_proxy"),
        ({"HTTPS_PROXY": PROXY, "ALL_PROXY": "socks4://x"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": " ", "ALL_PROXY": PROXY}, "ALL_PROXY"),
        ({"https_proxy": "", "ALL_PROXY": PROXY}, "ALL_PROXY"),
    ],
)
def test_the_variable_that_counts_is_named(
    environ: dict[str, str], variable: str
) -> None:
    proxy = proxy_to(HOST, environ)
    assert proxy == Proxy(variable, "http", "proxy.corp", 3128)
    assert proxy.label == f"proxy.corp:3128 ({variable})"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HTTPS_PROXY": ""},
        {"HTTP_PROXY": PROXY},
        {"https_proxy": "", "HTTPS_PROXY": PROXY},
    ],
)
def test_no_variable_is_no_proxy(environ: dict[str, str]) -> None:
    assert proxy_to(HOST, environ) is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "https://[::1]", "http://localhost"]
)
def test_this_machine_is_reached_without(url: str) -> None:
    everything = {"ALL_PROXY": "nonsense://", "HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY}
    assert proxy_to(url, everything) is None


@pytest.mark.parametrize(
    ("value", "scheme", "address"),
    [
        ("proxy.corp:3128", "http", "proxy.corp:3128"),
        ("nonsense", "http", "nonsense:80"),
        ("http://proxy.corp", "http", "proxy.corp:80"),
        ("HTTP://Proxy.Corp:1/", "http", "proxy.corp:1"),
        ("https://proxy.corp", "https", "proxy.corp:443"),
        ("http://[fd00::1]:3128", "http", "[fd00::1]:3128"),
        ("http://bücher.example:3128", "http", "xn--bcher-kva.example:3128"),
        ("ana:hunter22@proxy.corp:3128", "http", "proxy.corp:3128"),
    ],
)
def test_a_proxy_is_read_as_people_write_it(
    value: str, scheme: str, address: str
) -> None:
    proxy = proxy_to(HOST, {"https_proxy": value})
    assert proxy is not None
    assert (proxy.scheme, proxy.address) == (scheme, address)
    assert "hunter22" not in f"{proxy!r}{proxy.label}"


def test_a_password_is_unescaped_and_kept_secret() -> None:
    proxy = proxy_to(HOST, {"HTTPS_PROXY": "http://ana%40corp:a%2Fb%3A@proxy:1"})
    assert proxy is not None
    assert proxy.user == "ana@corp"
    assert proxy.password is not None
    assert proxy.password.reveal() == "a/b:"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("socks4://127.0.0.1:1080", "it is a SOCKS 4 proxy (socks4://)"),
        ("socks4a://127.0.0.1:1080", "it is a SOCKS 4 proxy (socks4a://)"),
        ("gopher://proxy", "doesn't know gopher://"),
        ("http://", "it names no valid host"),
        ("://", "doesn't know ://"),
        ("http://pro xy", "it names no valid host"),
        ("http://${PROXY}:80", "it names no valid host"),
        ("http://.corp:80", "it names no valid host"),
        ("http://" + "a" * 70, "it names no valid host"),
        ("http://[fe80::1%25eth0]:80", "it names no valid host"),
        ("http://proxy:port", "no valid host and port"),
        ("http://proxy:99999", "no valid host and port"),
        ("http://[::1", "no valid host and port"),
        ("http://proxy:0", "its port is 0"),
        ('"http://proxy:3128"', "is in quotes"),
        ("http://ana:hun/ter22@proxy:1", "no valid host and port"),
        ("http://ana:12/hunter22@proxy:1", "must be escaped"),
        ("http://ana:1#hunter22@proxy:1", "must be escaped"),
        ("http://ana:1?hunter22@proxy:1", "must be escaped"),
    ],
)
def test_what_can_be_no_proxy_is_refused_with_the_reason(value: str, why: str) -> None:
    said = refusal(value)
    assert said.startswith("HTTPS_PROXY names a proxy that Tokendeck can't use: ")
    assert why in said
    assert "hunter22" not in said
    assert "ter22" not in said


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks", "SOCKS5"])
@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "https_proxy"])
def test_socks_needs_its_extra(no_socks: None, name: str, scheme: str) -> None:
    said = refusal(f"{scheme}://ana:hunter22@127.0.0.1:1080", name)
    shown = f"a SOCKS proxy ({scheme.lower()}://), and SOCKS isn't built in"
    assert said.startswith(
        f"{name} names a proxy that Tokendeck can't use: it is {shown}"
    )
    assert "tokendeck[socks]" in said
    assert "HTTPS_PROXY=http://" in said
    assert "hunter22" not in said


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks"])
def test_with_it_socks_is_a_proxy(socks: None, scheme: str) -> None:
    proxy = proxy_to(HOST, {"ALL_PROXY": f"{scheme}://127.0.0.1"})
    assert proxy is not None
    assert proxy.address == "127.0.0.1:1080"
    assert proxy.scheme.startswith("socks5")


@pytest.mark.parametrize(
    "no_proxy",
    [
        "*",
        "localhost, *",
        "contentstack.com",
        ".contentstack.com",
        "*.contentstack.com",
        "EU-API.ContentStack.com.",
        "eu-api.contentstack.com:443",
        "https://eu-api.contentstack.com",
        "https://eu-api.contentstack.com/",
        "a,,  ,contentstack.com,",
        "localhost 127.0.0.1 contentstack.com",
        "[::1],fd07:b51a:cc66:f0::/64,fe80::1%eth0,<local>,contentstack.com",
    ],
)
def test_an_exception_covers_the_host(no_proxy: str) -> None:
    assert not goes_by(no_proxy)


@pytest.mark.parametrize(
    "no_proxy",
    [
        "",
        ",",
        "stack.com",
        "api.contentstack.com",
        "eu-api.contentstack.com:8443",
        "http://eu-api.contentstack.com",
        "*contentstack.com",
        "eu-api.*",
        "10.0.0.0/8",
        "fd07:b51a:cc66:f0::/64",
        "[::1]",
        "::1",
        "[fe80::1%eth0]",
        "contentstack.com/24",
    ],
)
def test_an_exception_for_others_does_not(no_proxy: str) -> None:
    assert goes_by(no_proxy)


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("10.0.0.0/8", "https://10.20.30.40"),
        ("10.1.2.3/8", "https://10.20.30.40"),
        ("10.20.30.40", "https://10.20.30.40:8443"),
        ("fd07:b51a:cc66:f0::/64", "https://[fd07:b51a:cc66:f0::7]"),
        ("[fd00::1]", "https://[fd00::1]"),
        ("[fd00::1]:8443", "https://[fd00::1]:8443"),
        ("fd00:0:0::1", "https://[fd00::1]"),
    ],
)
def test_addresses_and_networks_are_compared_by_what_they_mean(
    no_proxy: str, url: str
) -> None:
    assert not goes_by(no_proxy, url)
    assert goes_by(no_proxy, "https://[fd00::ffff]")
    assert goes_by(no_proxy, "https://11.0.0.1")


def test_the_lower_case_exceptions_win() -> None:
    environ = {"HTTPS_PROXY": PROXY, "no_proxy": "other", "NO_PROXY": "*"}
    assert proxy_to(HOST, environ) is not None
    assert proxy_to(HOST, environ | {"no_proxy": "*", "NO_PROXY": ""}) is None


def test_what_is_passed_over_is_named() -> None:
    assert unread_exceptions({"NO_PROXY": "a.example,[::1],10.0.0.0/8,*"}) == ""
    said = unread_exceptions({"no_proxy": "[::1,eu-*,<local>,10.0.0.0/99,ok"})
    assert (
        said == "no_proxy: skipped, because Tokendeck can't read it: [::1, eu-*,"
        " <local> and 1 more"
    )


def test_a_proxy_that_cannot_be_used_hinders_no_exception() -> None:
    environ = {"ALL_PROXY": "socks4://x", "NO_PROXY": "contentstack.com"}
    assert proxy_to(HOST, environ) is None


NAMES = st.from_regex(r"[a-z]{1,5}(\.[a-z]{1,5}){0,3}", fullmatch=True)


@given(NAMES, st.lists(NAMES.map(lambda name: f".{name}") | NAMES, max_size=4))
def test_names_are_excepted_as_by_python_itself(host: str, entries: list[str]) -> None:
    no_proxy = ",".join(entries)
    if host != "localhost":
        bypassed = bool(proxy_bypass_environment(host, {"no": no_proxy}))
        assert goes_by(no_proxy, f"https://{host}") is not bypassed


ODD = st.text(max_size=30) | st.text("htps:/[]@%#?.,*0123456789abx -_", max_size=40)


@given(ODD, ODD, st.sampled_from(["https_proxy", "HTTPS_PROXY", "ALL_PROXY"]))
@example("http://x", "[fe80::1%eth0", "ALL_PROXY")
@example("http://x", "1.2.3.4/-1", "ALL_PROXY")
@example("http://\u2100", "", "ALL_PROXY")
def test_nothing_in_the_environment_is_more_than_a_sentence(
    value: str, no_proxy: str, name: str
) -> None:
    environ = {name: value, "NO_PROXY": no_proxy}
    assert unread_exceptions(environ).isprintable()
    for url in (HOST, "https://10.0.0.1", "https://[fd00::1]:8443"):
        with suppress(Unreachable):
            proxy_to(url, environ)
            continue
        with pytest.raises(Unreachable) as caught:
            proxy_to(url, environ)
        assert str(caught.value).startswith(
            f"{name} names a proxy that Tokendeck can't use: "
        )
        assert caught.value.__context__ is None
