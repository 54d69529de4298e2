"""contentstack (npm, delivery), which most sites use, against the served sandbox."""

from __future__ import annotations

import httpx
import pytest

from tests.judges.javascript import judge
from tests.sandbox.caller import DELIVERY, delivery_body
from tests.sandbox.served import Served

pytestmark = pytest.mark.judge


def test_the_javascript_delivery_client_agrees(served: Served) -> None:
    url = f"{served.info['cma']}{DELIVERY}?create_with_preview_token=true"
    response = httpx.post(
        url, json=delivery_body("javascript"), headers=served.headers()
    )
    judge("delivery.mjs", "contentstack", response.json()["token"], served.info)
