"""contentstack (PyPI, delivery), which only speaks https, against the sandbox."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import contentstack
import httpx
import pytest
import trustme

from tests.judges.tls_end import tls_end
from tests.sandbox.caller import DELIVERY, delivery_body
from tests.sandbox.served import Served

pytestmark = pytest.mark.judge


@dataclass(frozen=True, slots=True)
class Hosts:
    """The delivery and preview hosts behind TLS, and the authority to trust."""

    delivery: str
    preview: str
    authority: Path


@pytest.fixture(scope="module")
def hosts(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Generator[Hosts]:
    authority = trustme.CA()
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    plain = [int(served.info[name].rpartition(":")[2]) for name in ("cda", "preview")]
    with tls_end(authority, *plain) as (delivery, preview):
        yield Hosts(f"localhost:{delivery}", f"localhost:{preview}", file)


@pytest.fixture(autouse=True)
def trust(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(hosts.authority))


@pytest.fixture(scope="module")
def token(served: Served) -> dict[str, Any]:
    """Create a delivery token for production, with a preview token."""
    url = f"{served.info['cma']}{DELIVERY}?create_with_preview_token=true"
    body = delivery_body("fresh")
    response = httpx.post(url, json=body, headers=served.headers())
    created: dict[str, Any] = response.json()["token"]
    return created


def reader(
    served: Served,
    hosts: Hosts,
    value: str,
    environment: str = "production",
    **options: Any,
) -> Any:
    return contentstack.Stack(
        served.api_key, value, environment, host=hosts.delivery, **options
    )


def _pages(stack: Any) -> Any:
    """Ask for the entries of the only content type."""
    return stack.content_type("page").query().find()


def test_a_fresh_token_reads_its_own_environment(
    served: Served, hosts: Hosts, token: dict[str, Any]
) -> None:
    stack = reader(served, hosts, token["token"])
    [content_type] = stack.content_type().find()["content_types"]
    assert content_type["uid"] == "page"
    [entry] = stack.content_type("page").query().find()["entries"]
    assert entry["title"] == "Welcome to Storefront"
    fetched = stack.content_type("page").entry(entry["uid"]).fetch()
    assert fetched["entry"] == entry
    [asset] = stack.asset_query().find()["assets"]
    assert stack.asset(asset["uid"]).fetch()["asset"]["uid"] == asset["uid"]
    first = stack.sync_init()
    assert len(first["items"]) == 2
    assert stack.sync_token(first["sync_token"])["items"] == []


@pytest.mark.parametrize(
    ("environment", "branch", "code"),
    [("staging", None, 161), ("nowhere", None, 161), ("production", "dev", 901)],
)
def test_another_environment_or_branch_is_refused(
    served: Served,
    hosts: Hosts,
    token: dict[str, Any],
    environment: str,
    branch: str | None,
    code: int,
) -> None:
    stack = reader(served, hosts, token["token"], environment, branch=branch)
    assert stack.content_type("page").query().find()["error_code"] == code
    assert stack.asset_query().find()["error_code"] == code


def test_a_wrong_token_key_or_kind_is_refused(
    served: Served, hosts: Hosts, token: dict[str, Any]
) -> None:
    unknown = _pages(reader(served, hosts, "cs00"))
    assert unknown["error_code"] == 105
    assert unknown["errors"] == {"access_token": ["is not valid."]}
    preview = _pages(reader(served, hosts, token["preview_token"]))
    assert preview["error_code"] == 109
    key = contentstack.Stack("blt00", token["token"], "production", host=hosts.delivery)
    assert _pages(key)["error_code"] == 109


def test_live_preview_merges_the_entry_of_the_preview_host(
    served: Served, hosts: Hosts, token: dict[str, Any]
) -> None:
    [entry] = _pages(reader(served, hosts, token["token"]))["entries"]
    options = {"preview_token": token["preview_token"], "host": hosts.preview}
    live_preview = {"enable": True, **options}
    stack = reader(served, hosts, token["token"], live_preview=live_preview)
    named = {"content_type_uid": "page", "entry_uid": entry["uid"]}
    query = {**named, "live_preview": "hash"}
    stack.live_preview_query(live_preview_query=query)
    merged = stack.content_type("page").entry(entry["uid"]).fetch()
    assert [each["title"] for each in merged] == [entry["title"]]
