"""The proxy from the macOS or Windows settings, if no variable names one."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import pytest

from tui.contentstack import proxies

TARGET = urlsplit("https://api.contentstack.io/v3")


@pytest.fixture(params=["darwin", "win32", "linux"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Simulate a system whose settings name a proxy."""
    monkeypatch.setattr(sys, "platform", request.param)
    known = {"https": "http://proxy.example:3128"}
    monkeypatch.setattr(proxies, "getproxies", lambda: known)
    monkeypatch.setattr(proxies, "proxy_bypass", lambda host: host.endswith(".example"))
    return str(request.param)


def test_its_own_settings_count_where_no_variable_says_anything(system: str) -> None:
    named = proxies._named_for(TARGET, {})
    if system == "linux":
        assert named == ("", "")
        return
    assert named[1] == "http://proxy.example:3128"
    assert proxies._named_for(urlsplit("https://cma.example"), {}) == ("", "")
    assert proxies._named_for(urlsplit("http://127.0.0.1"), {}) == ("", "")


def test_a_variable_wins_even_if_it_is_empty(system: str) -> None:
    assert proxies._named_for(TARGET, {"https_proxy": ""}) == ("", "")
    named = proxies._named_for(TARGET, {"ALL_PROXY": "http://other.example:1"})
    assert named == ("ALL_PROXY", "http://other.example:1")
