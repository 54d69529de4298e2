"""contentstack-management (PyPI) against the served sandbox.

It has its own defaults: it waits 2 seconds, and doesn't try again.
"""

from __future__ import annotations

from typing import Any

import contentstack_management
import pytest

from tests.sandbox.caller import (
    ALIAS,
    ALL_MODULES,
    BRANCH,
    ENVIRONMENT,
    delivery_body,
    management_body,
)
from tests.sandbox.served import Served

pytestmark = pytest.mark.judge


@pytest.fixture
def client(served: Served) -> Any:
    host = served.info["cma"].removeprefix("http://")
    return contentstack_management.Client(host=host, scheme="http://")


@pytest.fixture
def stack(served: Served, client: Any) -> Any:
    user = served.user()
    assert client.login(user["email"], user["password"]).status_code == 200
    return client.stack(served.api_key)


def test_login_and_user(served: Served, client: Any) -> None:
    user = served.user()
    wrong = client.login(user["email"], "wrong")
    assert (wrong.status_code, wrong.json()["error_code"]) == (422, 104)
    right = client.login(user["email"], user["password"])
    assert right.json()["notice"] == "Login Successful."
    assert client.user().fetch().json()["user"]["email"] == user["email"]
    assert client.organizations().find().json()["organizations"][0]["name"] == "Acme"


def test_login_with_a_second_factor(served: Served, client: Any) -> None:
    user = next(user for user in served.info["users"] if user["tfa_secret"])
    refused = client.login(user["email"], user["password"])
    assert (refused.status_code, refused.json()["error_code"]) == (401, 294)
    accepted = client.login(
        user["email"], user["password"], mfa_secret=user["tfa_secret"]
    )
    assert accepted.status_code == 200
    assert client.user().fetch().status_code == 200


def test_structure(served: Served, stack: Any) -> None:
    assert stack.fetch().json()["stack"]["api_key"] == served.api_key
    environments = stack.environments().find().json()["environments"]
    names = [each["name"] for each in environments]
    assert names == served.info["stacks"][0]["environments"]
    production = stack.environments("production").fetch().json()["environment"]
    assert production["name"] == "production"
    branches = stack.branch().find().json()["branches"]
    assert {each["uid"] for each in branches} >= {"main", "development"}
    assert stack.branch("main").fetch().json()["branch"]["uid"] == "main"
    aliases = stack.alias().find().json()["branch_aliases"]
    assert {each["alias"] for each in aliases} >= {"release", "dev"}
    assert stack.alias("release").fetch().json()["branch_alias"]["uid"] == "release_7"
    roles = stack.roles().find().json()["roles"]
    assert {each["name"] for each in roles} >= {"Admin", "Developer"}


def test_delivery_and_preview_tokens(served: Served, stack: Any) -> None:
    scope = [ENVIRONMENT, {**BRANCH, "branches": ["main", "development"]}, ALIAS]
    tokens = stack.delivery_token()
    tokens.params["create_with_preview_token"] = "true"
    response = tokens.create(delivery_body("python", scope))
    assert response.status_code == 201
    token = response.json()["token"]
    one = stack.delivery_token(token["uid"])
    assert token["preview_token"].startswith("cs")
    listed = stack.delivery_token().find().json()["tokens"]
    [own] = [each for each in listed if each["uid"] == token["uid"]]
    assert own["preview_token"] == token["preview_token"]
    assert one.fetch().json()["token"]["token"] == token["token"]
    changed = one.update(delivery_body("python 2", scope, description="changed"))
    assert (changed.status_code, changed.json()["token"]["name"]) == (200, "python 2")
    # This client has no method for preview tokens, but its own way to send them.
    path = f"stacks/delivery_tokens/{token['uid']}/preview_token"
    assert one.client.delete(path, headers=one.client.headers).status_code == 200
    assert one.client.delete(path, headers=one.client.headers).status_code == 422
    assert one.client.post(path, headers=one.client.headers).status_code == 201
    assert one.delete().json() == {"notice": "Delivery Token deleted successfully."}
    assert one.fetch().status_code == 404


def test_delivery_tokens_page_by_page(stack: Any) -> None:
    tokens = stack.delivery_token()
    tokens.params.update({"limit": 5, "skip": 10, "include_count": "true"})
    page = tokens.find().json()
    assert (len(page["tokens"]), page["count"]) == (2, 12)


def test_management_tokens(served: Served, stack: Any) -> None:
    body = management_body("python job", [ALL_MODULES, BRANCH], expires_on="2035-12-10")
    response = stack.management_token().create(body)
    assert response.status_code == 201
    token = response.json()["token"]
    one = stack.management_token(token["uid"])
    assert "token" not in one.fetch().json()["token"]
    assert token["token"] not in stack.management_token().find().text
    changed = one.update(management_body("python job 2")).json()["token"]
    assert changed["name"] == "python job 2"
    host = served.info["cma"].removeprefix("http://")
    job = contentstack_management.Client(
        host=host, scheme="http://", management_token=token["token"]
    )
    assert job.stack(served.api_key).environments().find().status_code == 200
    assert job.stack(served.api_key).delivery_token().find().status_code == 412
    assert one.delete().status_code == 200
    assert job.stack(served.api_key).environments().find().json()["error_code"] == 105


def test_refusals(served: Served, stack: Any) -> None:
    without_branch = stack.delivery_token().create(delivery_body("x", [ENVIRONMENT]))
    assert "scope.branch_or_alias" in without_branch.json()["errors"]
    assert stack.delivery_token("blt0000000000000000").fetch().status_code == 404
    host = served.info["cma"].removeprefix("http://")
    nobody = contentstack_management.Client(
        host=host, scheme="http://", authtoken="bltfake"
    )
    assert nobody.user().fetch().json()["errors"] == {"authtoken": ["is not valid."]}
    assert nobody.stack("blt00").fetch().status_code == 412
