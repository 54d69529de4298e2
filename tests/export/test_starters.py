"""The formats against what Contentstack's starters read (tools/starters.toml)."""

from __future__ import annotations

import pytest

from tests.export.readers import by_node
from tests.export.sources import DELIVERY, format_of, source
from tools.starters import Starter, starters
from tui.contentstack.regions import REGIONS, Region, custom_region, find_region
from tui.export.formats import formats_for

STARTERS = pytest.mark.parametrize(
    "starter", starters(), ids=lambda each: f"{each.repository}:{each.file}"
)
EU = find_region("eu")


@STARTERS
def test_a_form_writes_every_name_that_its_starter_reads(starter: Starter) -> None:
    written = format_of(starter.form).values(source(region=EU))
    assert [name for name in starter.names if name not in written] == []
    assert written.keys().isdisjoint(starter.own)


@STARTERS
def test_the_region_is_written_as_the_starter_has_it(starter: Starter) -> None:
    (read,) = by_node([format_of(starter.form).text(source(region=EU))])
    regions = {value for name, value in read.items() if name.endswith("_REGION")}
    assert regions == {starter.region or "eu"}


def test_each_form_of_a_starter_has_one_and_they_come_first() -> None:
    known = {starter.form for starter in starters()}
    ids = [item.id for item in formats_for(DELIVERY)]
    assert set(ids[: len(known)]) == known
    assert ids[len(known) :] == ["env", "json", "curl", "curl-preview"]


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.id)
def test_starter_apps_work_out_the_delivery_host_from_what_is_written(
    region: Region,
) -> None:
    """They replace `api` with `cdn` in the management API's host."""
    for format_id in ("starter", "gatsby", "vue", "react"):
        item = format_of(format_id)
        values = item.values(source(region=region))
        host = str(values[f"{item.prefix}API_HOST"])
        assert f"https://{host.replace('api', 'cdn', 1)}" == region.cda
        assert f"https://{values[f'{item.prefix}PREVIEW_HOST']}" == region.preview
        assert f"https://{values[f'{item.prefix}APP_HOST']}" == region.app
    cdn = format_of("gatsby").values(source(region=region))["CONTENTSTACK_CDN"]
    assert cdn == f"{region.cda}/v3"


@pytest.mark.parametrize("format_id", ["next", "nuxt", "vite", "astro", "angular"])
def test_kickstarts_get_hosts_only_where_there_is_no_region(format_id: str) -> None:
    item = format_of(format_id)
    assert not [name for name in item.values(source(region=EU)) if "HOST" in name]
    own = custom_region(
        cma="https://cma.example.com",
        cda="https://cda.example.com",
        preview="https://preview.example.com",
        app="https://app.example.com",
    )
    values = item.values(source(region=own))
    prefix = item.prefix
    assert values[f"{prefix}CONTENT_DELIVERY"] == "cda.example.com"
    assert values[f"{prefix}PREVIEW_HOST"] == "preview.example.com"
    assert values[f"{prefix}CONTENT_APPLICATION"] == "app.example.com"
    assert f"{prefix}REGION" not in values


def test_the_switch_of_the_preview_comes_with_its_token() -> None:
    for format_id, switch in (("next", "PREVIEW"), ("vue", "LIVE_PREVIEW")):
        item = format_of(format_id)
        assert item.values(source())[item.prefix + switch] == "true"
        assert item.prefix + switch not in item.values(source(preview=False))
