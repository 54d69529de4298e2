# a row of a table stays in one line
from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.caller import DELIVERY, MANAGEMENT, as_role
from tests.support.clock import clock
from tui.sandbox.seed import SeedError, demo_seed, read_seed, seed_from
from tui.sandbox.service import Sandbox

GUIDE = Path(__file__).parents[2] / "docs" / "sandbox.md"
TOKEN = {"name": "web", "environments": ["production"], "branches": ["main"]}
SHOP = {"name": "Shop", "branches": ["main"], "environments": ["production"]}


def with_shop(**fields: Any) -> dict[str, Any]:
    return {"stacks": [{**SHOP, **fields}]}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"stacks": [{"name": "Shop", "environments": "production"}]}, "stacks[0].environments: expected a list, got text"),
        ({"stacks": [{"environments": []}]}, "stacks[0].name: is required"),
        ({"stack": []}, "stack: is not a known field"),
        (with_shop(envs=[]), "stacks[0].envs: is not a known field"),
        ([], "the file: expected a table, got a list"),
        ({"rate_limit": 0}, "rate_limit: expected a whole number >= 1"),
        ({"users": [{"email": 7}]}, "users[0].email: expected text, got a whole number"),
        ({"users": [{"email": "a@example.com", "tfa_secret": "not base 32!"}]}, "users[0].tfa_secret: expected a base32 secret"),
        ({"users": [{"email": "a@example.com"}, {"email": "A@example.com"}]}, "users[1].email: 'a@example.com' appears twice"),
        ({"users": [{"email": "a@example.com", "organizations": {"Other": "owner"}}]}, "users[0].organizations: there is no organization 'Other'"),
        ({"users": [{"email": "a@example.com", "roles": {"Other": "Admin"}}], **with_shop()}, "users[0].roles: there is no stack 'Other'"),
        ({"users": [{"email": "a@example.com", "roles": {"Shop": "King"}}], **with_shop()}, "users[0].roles.Shop: there is no role 'King'"),
        ({"users": [{"email": f"{n}@example.com", "roles": {"*": "Owner"}} for n in "ab"], **with_shop()}, "stacks[0]: more than one user is its Owner"),
        ({"organizations": [{"name": "A"}, {"name": "A"}]}, "organizations[1].name: 'A' appears twice"),
        (with_shop(organization="Other"), "stacks[0].organization: there is no organization 'Other'"),
        (with_shop(environments=["a", "a"]), "stacks[0].environments[1]: 'a' appears twice"),
        (with_shop(branches=["main", "main"]), "stacks[0].branches[1]: 'main' appears twice"),
        (with_shop(aliases={"live": "nowhere"}), "stacks[0].aliases.live: there is no branch 'nowhere'"),
        (with_shop(aliases={"main": "main"}), "stacks[0].aliases.main: a branch has that name already"),
        (with_shop(api_key="blt1", copies=2), "stacks[0].api_key: another stack has it already"),
        (with_shop(delivery_tokens=[{"name": "web", "branches": ["main"]}]), "stacks[0].delivery_tokens[0].environments: is required"),
        (with_shop(delivery_tokens=[{**TOKEN, "environments": ["qa"]}]), "stacks[0].delivery_tokens[0].environments[0]: the stack has no 'qa'"),
        (with_shop(delivery_tokens=[{**TOKEN, "branches": ["dev"]}]), "stacks[0].delivery_tokens[0].branches[0]: the stack has no 'dev'"),
        (with_shop(delivery_tokens=[{**TOKEN, "branches": []}]), "stacks[0].delivery_tokens[0].branches: a branch or an alias is required"),
        (with_shop(delivery_tokens=[TOKEN, TOKEN]), "stacks[0].delivery_tokens[1].name: 'web' appears twice"),
        (with_shop(delivery_tokens=[{**TOKEN, "uid": "b"}, {**TOKEN, "uid": "b", "name": "x"}]), "stacks[0].delivery_tokens[1].uid: another token has it already"),
        (with_shop(delivery_tokens=[{**TOKEN, "created_by": "x@example.com"}]), "stacks[0].delivery_tokens[0].created_by: no user has the e-mail address 'x@example.com'"),
        (with_shop(delivery_tokens=[{**TOKEN, "created_days_ago": -1}]), "stacks[0].delivery_tokens[0].created_days_ago: expected a number >= 0.0"),
        (with_shop(management_tokens=[{"name": "job", "branches": ["main"], "expires_on": "soon"}]), "stacks[0].management_tokens[0].expires_on: expected a date such as 2030-01-31"),
        (with_shop(management_tokens=[{"name": "job", "branches": ["main"], "access": "write"}]), "stacks[0].management_tokens[0].access: invalid enum value 'write'"),
    ],
)  # fmt: skip
def test_a_bad_seed_is_refused_with_the_path(data: Any, message: str) -> None:
    with pytest.raises(SeedError, match=f"^{re.escape(message)}$"):
        Sandbox.from_seed(seed_from(data), clock)


@pytest.mark.parametrize(
    ("name", "text"),
    [("seed.toml", "stacks = ["), ("seed.json", "{"), ("seed.toml", "\xff")],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SeedError, match=re.escape(str(path))):
        read_seed(path)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"nowhere\.toml: No such file or directory"):
        read_seed(tmp_path / "nowhere.toml")


def test_toml_and_json_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    demo = Path("tui/sandbox/demo.toml")
    source = Path(__file__).parents[2] / demo
    path.write_text(
        json.dumps(tomllib.loads(source.read_text(encoding="utf-8"))), encoding="utf-8"
    )
    assert read_seed(path) == demo_seed()


async def test_an_empty_seed_is_an_organization_without_stacks() -> None:
    sandbox = Sandbox.from_seed(seed_from({}), clock)
    assert sandbox.stacks == ()
    assert [user.email for user in sandbox.users] == ["owner@example.com"]


async def test_tokens_keep_what_is_gone() -> None:
    token = {**TOKEN, "environments": ["legacy"], "branches": ["old"]}
    sandbox = Sandbox.from_seed(
        seed_from(with_shop(gone=["legacy", "old"], delivery_tokens=[token])), clock
    )
    owner = as_role(sandbox, "Owner")
    scope = (await owner.get(DELIVERY)).json()["tokens"][0]["scope"]
    assert scope[0]["environments"][0]["name"] == "legacy"
    assert scope[1]["branches"] == ["old"]
    assert (await owner.get("/v3/environments/legacy")).status_code == 404


async def test_values_that_a_seed_gives_are_taken() -> None:
    seed = {
        "organizations": [{"name": "Acme", "uid": "bltorg"}],
        "users": [
            {
                "email": "omar@example.com",
                "roles": {"bltkey": "Owner"},
                "authtoken": "blt1",
                "bearer": "cs1",
            }
        ],
        "stacks": [
            {
                **SHOP,
                "api_key": "bltkey",
                "delivery_tokens": [
                    {**TOKEN, "uid": "blt2", "token": "cs2", "preview_token": "cs3"}
                ],
                "management_tokens": [
                    {
                        "name": "j",
                        "branches": ["$all"],
                        "expires_in_days": 1,
                        "rate_limit_enabled": True,
                    }
                ],
            }
        ],
    }
    sandbox = Sandbox.from_seed(seed_from(seed), clock)
    user = sandbox.users[0]
    assert (user.role, user.authtoken, user.bearer) == ("Owner", "blt1", "cs1")
    owner = as_role(sandbox, "Owner")
    token = (await owner.get(f"{DELIVERY}/blt2")).json()["token"]
    assert (token["token"], token["preview_token"]) == ("cs2", "cs3")
    job = (await owner.get(MANAGEMENT)).json()["tokens"][0]
    assert (job["expires_on"], job["rate_limit_enabled"]) == ("2026-10-16", True)


async def test_copies_and_fillings_make_many() -> None:
    seed = with_shop(copies=3, fill_delivery_tokens=4, fill_management_tokens=2)
    sandbox = Sandbox.from_seed(seed_from(seed), clock)
    assert [stack.name for stack in sandbox.stacks] == [
        "Shop 001",
        "Shop 002",
        "Shop 003",
    ]
    assert len({stack.api_key for stack in sandbox.stacks}) == 3
    for stack in sandbox.world.stacks.values():
        assert (len(stack.delivery_tokens), len(stack.management_tokens)) == (4, 2)


def test_the_examples_of_the_guide_are_good_seeds() -> None:
    blocks = re.findall(
        r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert blocks
    for block in blocks:
        sandbox = Sandbox.from_seed(seed_from(tomllib.loads(block)), clock)
        assert sandbox.users
