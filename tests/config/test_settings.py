from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.config.flags import Flags
from tui.config.reading import ConfigWrong
from tui.config.schema import Hosts
from tui.config.settings import (
    VARIABLES,
    Settings,
    settings_from,
    trust_ca_file,
    unknown_variables,
)

HOSTS = Hosts(cma="http://127.0.0.1:1", cda="http://127.0.0.1:2")
API_KEY = "blt" + "1" * 16
NO_FLAGS = Flags()


def configure(text: str) -> Path:
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "tokendeck" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


def settings(flags: Flags = NO_FLAGS, /, **environ: str) -> Settings:
    return settings_from({**os.environ, **environ}, flags)


def test_without_anything_the_defaults_hold() -> None:
    found = settings()
    assert (
        found.region.id,
        found.stack,
        found.read_only,
        found.theme,
        found.profile,
    ) == (
        "na",
        None,
        False,
        None,
        None,
    )
    assert found.sources == {}


def test_flags_stand_above_variables_and_those_above_the_profile() -> None:
    configure('[profiles.work]\nstack = "from the file"\nregion = "eu"')
    shared = {"CONTENTSTACK_API_KEY": API_KEY, "CONTENTSTACK_REGION": "AU"}
    own = {
        **shared,
        "TOKENDECK_STACK": "from the variable",
        "TOKENDECK_REGION": "azure-na",
    }
    flags = Flags(stack="from the flag", region="gcp-eu")
    for found, stack, region, source in (
        (settings(), "from the file", "eu", "profiles.work.{}"),
        (settings(**shared), API_KEY, "au", "CONTENTSTACK_"),
        (settings(**own), "from the variable", "azure-na", "TOKENDECK_"),
        (settings(flags, **own), "from the flag", "gcp-eu", "--{}"),
    ):
        assert (found.stack, found.region.id) == (stack, region)
        assert found.sources["stack"].startswith(source.format("stack"))
        assert found.sources["region"].startswith(source.format("region"))


def test_never_clearing_a_copy_is_a_wish_like_any_other() -> None:
    assert (settings().clipboard, settings().clear_after) == ("auto", 45)
    configure('[profiles.work]\nclipboard = "osc52"\nclear_after = 0')
    found = settings()
    assert (found.clipboard, found.clear_after) == ("osc52", 0)
    assert found.sources["clear_after"] == "profiles.work.clear_after"
    assert "read_only" not in found.sources


def test_an_empty_variable_says_nothing() -> None:
    configure('[profiles.work]\nstack = "Storefront"\nread_only = true')
    found = settings(
        TOKENDECK_STACK="",
        CONTENTSTACK_API_KEY="",
        TOKENDECK_READ_ONLY="",
        TOKENDECK_PROFILE="",
    )
    assert (found.stack, found.read_only) == ("Storefront", True)


def test_region_and_hosts_replace_each_other_from_above() -> None:
    configure(
        '[profiles.work.hosts]\ncma = "http://127.0.0.1:8"\ncda = "http://127.0.0.1:9"'
    )
    assert settings().region.cma == "http://127.0.0.1:8"
    assert settings(CONTENTSTACK_REGION="eu").region.id == "eu"
    by_flags = settings(Flags(hosts=HOSTS), CONTENTSTACK_REGION="eu")
    assert by_flags.region.cma == HOSTS.cma
    own = {"TOKENDECK_CMA": "http://127.0.0.1:3", "TOKENDECK_CDA": "http://127.0.0.1:4"}
    assert settings(**own).region.cda == "http://127.0.0.1:4"
    assert settings(**own).sources["region"] == "TOKENDECK_CMA and TOKENDECK_CDA"


@pytest.mark.parametrize(
    ("flags", "environ", "parts"),
    [
        (Flags(region="eu", hosts=HOSTS), {}, ["--region", "--cma", "together"]),
        (Flags(hosts=Hosts(cma="http://127.0.0.1:1")), {}, ["--cma", "both"]),
        (Flags(region="mars"), {}, ["--region", "azure-eu"]),
        (Flags(), {"CONTENTSTACK_REGION": "mars"}, ["CONTENTSTACK_REGION", "azure-eu"]),
        (
            Flags(),
            {"TOKENDECK_CMA": "http://example.com", "TOKENDECK_CDA": "x"},
            ["TOKENDECK_CMA", "https"],
        ),
        (
            Flags(),
            {"TOKENDECK_READ_ONLY": "perhaps"},
            ["TOKENDECK_READ_ONLY", "perhaps"],
        ),
        (Flags(), {"TOKENDECK_THEME": "pink"}, ["TOKENDECK_THEME", "pink", "nord"]),
        (Flags(profile="home"), {}, ["--profile", "home", "config.toml", "none"]),
        (Flags(), {"TOKENDECK_PROFILE": "home"}, ["TOKENDECK_PROFILE", "home"]),
    ],
)
def test_what_is_wrong_is_named_by_what_said_it(
    flags: Flags, environ: dict[str, str], parts: list[str]
) -> None:
    with pytest.raises(ConfigWrong) as refusal:
        settings(flags, **environ)
    for part in parts:
        assert part in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "truth"), [("1", True), ("YES", True), ("off", False), ("0", False)]
)
def test_read_only_can_be_switched_by_a_variable(text: str, truth: bool) -> None:
    configure("[profiles.work]\nread_only = " + ("false" if truth else "true"))
    found = settings(TOKENDECK_READ_ONLY=text)
    assert found.read_only is truth
    assert found.sources["read_only"] == "TOKENDECK_READ_ONLY"


def test_the_flag_makes_it_read_only_whatever_else_is_said() -> None:
    assert settings(Flags(read_only=True), TOKENDECK_READ_ONLY="0").read_only


def test_a_single_profile_is_used_and_of_several_one_is_named() -> None:
    two = '[profiles.work]\nstack = "W"\n[profiles.home]\nstack = "H"\n'
    configure('[profiles.work]\nstack = "W"')
    assert settings().stack == "W"
    configure(two)
    with pytest.raises(ConfigWrong, match="several profiles, work, home"):
        settings()
    assert settings(Flags(profile="home")).stack == "H"
    assert settings(TOKENDECK_PROFILE="home").stack == "H"
    assert settings(Flags(profile="work"), TOKENDECK_PROFILE="home").stack == "W"
    configure('profile = "home"\n' + two)
    assert settings().stack == "H"
    assert settings().sources["profile"] == "profile"


def test_a_file_named_above_stands_before_the_profiles_command() -> None:
    configure('[profiles.work]\nauth_command = ["op", "read"]')
    assert settings().auth_command == ("op", "read")
    found = settings(TOKENDECK_AUTH_FILE="/t")
    assert (found.auth_file, found.auth_command) == ("/t", ())
    assert settings(Flags(auth_file="-"), TOKENDECK_AUTH_FILE="/t").auth_file == "-"


def test_theme_and_keys_come_from_the_profile() -> None:
    configure('[profiles.work]\ntheme = "nord"\nkeys = { sort = "?" }')
    found = settings()
    assert (found.theme, found.keys) == ("nord", {"sort": ("question_mark",)})
    assert settings(TOKENDECK_THEME="dracula").theme == "dracula"


def test_the_file_is_checked_whole_even_where_flags_replace_it() -> None:
    configure(
        'profile = "work"\n[profiles.work]\nregion = "eu"\n'
        '[profiles.home]\nregion = "mars"'
    )
    with pytest.raises(ConfigWrong, match=r"profiles\.home\.region"):
        settings(Flags(region="eu"))


def test_without_a_home_flags_and_variables_are_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pwd

    def nobody(_uid: int) -> pwd.struct_passwd:
        raise KeyError

    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    found = settings(Flags(stack="Storefront"))
    assert (found.file, found.stack) == (None, "Storefront")
    with pytest.raises(ConfigWrong, match="no profile home"):
        settings(Flags(profile="home"))


def test_a_variable_that_nobody_reads_is_noticed() -> None:
    known = dict.fromkeys(VARIABLES, "x")
    assert unknown_variables({**known, "TOKENDECK_REGOIN": "eu", "PATH": "/bin"}) == (
        "TOKENDECK_REGOIN",
    )


def test_certificates_come_from_the_environment_above_the_profile() -> None:
    configure('[profiles.work]\nca_file = "~/ca.pem"')
    found = settings()
    assert (found.ca_file, found.sources["ca_file"]) == (
        "~/ca.pem",
        "profiles.work.ca_file",
    )
    environ: dict[str, str] = {}
    trust_ca_file(found, environ)
    assert environ == {"SSL_CERT_FILE": os.path.expanduser("~/ca.pem")}
    assert settings(SSL_CERT_FILE="/theirs.pem").ca_file == "/theirs.pem"
    configure('[profiles.work]\nca_file = "ca.pem"')
    with pytest.raises(ConfigWrong, match="begins with / or ~/"):
        settings()
