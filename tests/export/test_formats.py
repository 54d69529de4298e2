from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export.readers import by_node, by_python
from tests.export.sources import DELIVERY, MANAGEMENT, format_of, source
from tui.contentstack.models import DeliveryToken, ManagementToken
from tui.contentstack.regions import REGIONS, custom_region, find_region
from tui.contentstack.scope import Scope
from tui.export import json_object
from tui.export.formats import DOTENV, ExportFormat, formats_for
from tui.export.source import Unfit, Use, Uses
from tui.secret import Secret

TOKEN, PREVIEW = DELIVERY.value.reveal(), "cs" + "b2" * 12
ENV_FORMATS = [item for item in formats_for(DELIVERY) if item.syntax is DOTENV]
COMMON = {
    "API_KEY": "blt0123456789abcdef",
    "DELIVERY_TOKEN": TOKEN,
    "PREVIEW_TOKEN": PREVIEW,
    "ENVIRONMENT": "production",
    "BRANCH": "main",
    "REGION": "us",
    "PREVIEW_HOST": "rest-preview.contentstack.com",
}


def test_a_plain_env_file_has_the_names_and_the_region_of_the_clients() -> None:
    wanted = {f"CONTENTSTACK_{name}": value for name, value in COMMON.items()}
    assert by_python(format_of("env").text(source())) == wanted


def test_both_readers_read_every_form_back() -> None:
    texts = [
        item.text(source(environment="QA stage 2, René's")) for item in ENV_FORMATS
    ]
    for text, read in zip(texts, by_node(texts), strict=True):
        assert read == by_python(text)
        assert "QA stage 2, René's" in read.values()


@pytest.mark.parametrize("item", formats_for(DELIVERY), ids=lambda item: item.id)
def test_without_the_preview_token_nothing_of_it_is_written(item: ExportFormat) -> None:
    text = item.text(source(preview=False))
    assert PREVIEW not in text
    if item.id != "curl-preview":
        assert "preview" not in text.lower()


@pytest.mark.parametrize("item", formats_for(DELIVERY), ids=lambda item: item.id)
def test_masked_holds_no_value(item: ExportFormat) -> None:
    text = item.text(source(), masked=True)
    assert TOKEN not in text
    assert PREVIEW not in text


def test_a_mask_holds_for_a_value_that_needs_quoting() -> None:
    odd = DeliveryToken("blt1", "odd", value=Secret('it"s a # very odd value'))
    for item in formats_for(odd):
        assert "very odd" not in item.text(source(odd), masked=True)


def test_a_management_token_never_gets_a_browsers_prefix() -> None:
    assert [item.id for item in formats_for(MANAGEMENT)] == ["env", "json", "curl"]
    assert by_python(
        format_of("env", MANAGEMENT).text(source(MANAGEMENT, branch="dev"))
    ) == {
        "CONTENTSTACK_API_KEY": COMMON["API_KEY"],
        "CONTENTSTACK_MANAGEMENT_TOKEN": "cs" + "c3" * 12,
        "CONTENTSTACK_BRANCH": "dev",
        "CONTENTSTACK_REGION": "us",
    }


def test_json_holds_the_hosts_too() -> None:
    assert json.loads(format_of("json").text(source())) == {
        **{name.lower(): value for name, value in COMMON.items()},
        "delivery_host": "cdn.contentstack.io",
    }


def test_regions_are_named_as_clients_know_them_and_ones_own_are_not_named() -> None:
    named = [source(region=region).parts()["REGION"] for region in REGIONS]
    assert named == ["us", "eu", "au", "azure-na", "azure-eu", "gcp-na", "gcp-eu"]
    codes = [source(region=region).parts()["REGION_CODE"] for region in REGIONS]
    assert codes == ["NA", "EU", "AU", "AZURE-NA", "AZURE-EU", "GCP-NA", "GCP-EU"]
    own = source(region=custom_region(cma="https://cma.example.com")).parts()
    assert own.keys().isdisjoint({"REGION", "REGION_CODE"})


def test_uses_are_each_environment_with_each_branch_or_alias() -> None:
    scope = Scope.of(("qa", "production"), ("main", "$all"), ("release",))
    uses = Uses(DeliveryToken("blt1", "web", scope=scope))
    assert tuple(uses) == (
        Use("qa", "main"),
        Use("qa", "release"),
        Use("production", "main"),
        Use("production", "release"),
    )
    assert uses[1:3] == tuple(uses)[1:3]
    assert uses[-1] == Use("production", "release")
    everywhere = DeliveryToken("blt1", "web", scope=Scope.of((), ("$all",)))
    assert tuple(Uses(everywhere)) == (Use(),)


def test_a_management_token_is_used_on_branches_alone() -> None:
    right = {"module": "environment", "environments": ["qa"], "acl": {"read": True}}
    within = {"module": "entry", "branches": ["dev"], "acl": {"read": True}}
    scope = Scope((right, within))
    assert tuple(Uses(ManagementToken("blt1", "ci", scope=scope))) == (Use("", "dev"),)
    own = Scope.of(branches=("main",), rights=(right, within))
    assert tuple(Uses(ManagementToken("blt1", "ci", scope=own))) == (Use("", "main"),)


MEMBERS = st.dictionaries(
    st.text(),
    st.none() | st.integers() | st.text() | st.lists(st.floats(allow_nan=False)),
)


@given(MEMBERS, st.sampled_from([None, 0, 2, "\t"]), st.text())
def test_replacing_in_json_changes_these_members_alone(
    members: dict[str, object], indent: int | str | None, value: str
) -> None:
    text = json.dumps(members | {"last": {"api_key": 1}}, indent=indent)
    merged = json_object.merge(
        text, {"api_key": json_object.word(value), "new": '"n"'}
    ).text
    read = json.loads(merged)
    assert read == members | {"last": {"api_key": 1}, "api_key": value, "new": "n"}
    assert list(read)[: len(members)] == list(members)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '{\n  "k": "v"\n}\n'),
        ("{}\n", '{\n  "k": "v"\n}\n'),
        ('{\r\n\t"a": 1.50\r\n}', '{\r\n\t"a": 1.50,\r\n\t"k": "v"\r\n}'),
        ('{"k" : [1, 2] , "a":1}', '{"k" : "v" , "a":1}'),
    ],
)
def test_json_keeps_its_layout(before: str, after: str) -> None:
    assert json_object.merge(before, {"k": '"v"'}).text == after


@pytest.mark.parametrize("text", ["[1]", "1", "{", "A=1", '{"a": 1} //', "[" * 100_000])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(Unfit, match=r"isn't JSON|not an object"):
        json_object.merge(text, {"k": '"v"'})


def run_curl(
    text: str, tmp_path: Path, variable: str, value: str
) -> tuple[list[str], str]:
    """Return the arguments that a shell passes to curl, and what it pipes in."""
    script = tmp_path / "curl"
    script.write_text(
        '#!/bin/sh\nprintf "%s\\0" "$@" > "$OUT/arguments"\ncat > "$OUT/input"\n'
    )
    script.chmod(0o700)
    environ = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "OUT": str(tmp_path),
        variable: value,
    }
    subprocess.run(["sh", "-c", text], env=environ, check=True)
    arguments = (tmp_path / "arguments").read_bytes().decode().split("\0")[:-1]
    return arguments, (tmp_path / "input").read_text()


@pytest.mark.parametrize(
    ("format_id", "token", "variable", "host", "header"),
    [
        ("curl", DELIVERY, "DELIVERY", "cdn.contentstack.io", "access_token"),
        (
            "curl-preview",
            DELIVERY,
            "PREVIEW",
            "rest-preview.contentstack.com",
            "preview_token",
        ),
        ("curl", MANAGEMENT, "MANAGEMENT", "api.contentstack.io", "authorization"),
    ],
)
def test_curl_gets_the_value_from_the_environment_and_not_as_an_argument(
    tmp_path: Path,
    format_id: str,
    token: DeliveryToken,
    variable: str,
    host: str,
    header: str,
) -> None:
    given_source = source(token, environment="it's $HOME & `x`", branch="dev")
    text = format_of(format_id, token).text(given_source)
    assert all(secret not in text for secret in (TOKEN, PREVIEW, "cs" + "c3" * 12))
    arguments, piped = run_curl(
        text, tmp_path, f"CONTENTSTACK_{variable}_TOKEN", "cs the-value"
    )
    assert piped == f"{header}: cs the-value\n"
    assert f"https://{host}/v3/assets" in arguments
    assert {"@-", f"api_key: {COMMON['API_KEY']}", "branch: dev"} <= set(arguments)
    assert ("environment=it's $HOME & `x`" in arguments) == (token is DELIVERY)
    assert ("live_preview: init" in arguments) == (variable == "PREVIEW")


def test_curl_needs_a_host_and_names_that_fit_a_header() -> None:
    with pytest.raises(Unfit, match=r"doesn't know the delivery API host"):
        format_of("curl").text(
            source(region=custom_region(cma="https://cma.example.com"))
        )
    with pytest.raises(Unfit, match=r"U\+000A"):
        format_of("curl").text(source(branch="a\nb"))
    assert "eu-cdn" in format_of("curl").text(source(region=find_region("eu")))
