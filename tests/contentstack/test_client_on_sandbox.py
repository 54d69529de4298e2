"""Every method of the client against the sandbox, which shares no code with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pyotp
import pytest

from tests.support.clock import NOW
from tui.contentstack.client import Client, StackClient
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import (
    Interrupted,
    Invalid,
    LoginRefused,
    NotAllowed,
    NotFound,
    RateLimited,
    SecondFactorNeeded,
    ServerFailed,
    SignedOut,
    StackNotFound,
)
from tui.contentstack.models import DeliveryTokenRequest, ManagementTokenRequest
from tui.contentstack.pace import Pacer
from tui.contentstack.regions import Region
from tui.contentstack.scope import Scope
from tui.contentstack.transport import Transport
from tui.sandbox.service import Sandbox
from tui.secret import Secret

REGION = Region(
    "demo",
    "demo",
    (),
    "https://cma.demo.invalid",
    "https://cda.demo.invalid",
    "https://preview.demo.invalid",
)
PRODUCTION = Scope.of(("production",), ("main",))
ODD_NAMES = [
    "[/prod]",
    "[bold]x",
    "\x1b]52;c;aGk=\x07",
    "می\u200cخواهم",
    "生产环境",
    "e\u0301",
    " padded ",
    "<b>&amp;",
]


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox.demo(lambda: NOW)


@pytest.fixture
async def transport(sandbox: Sandbox) -> AsyncIterator[Transport]:
    async def no_wait(_: float) -> None:
        return

    apps = {
        REGION.cma: sandbox.management,
        REGION.cda: sandbox.delivery,
        REGION.preview: sandbox.preview,
    }
    made = Transport(REGION, apps=apps, pacer=Pacer(1000), sleep=no_wait)
    yield made
    await made.aclose()


def signed_in(transport: Transport, sandbox: Sandbox, role: str = "Admin") -> Client:
    return Client(
        transport, Credential("authtoken", Secret(sandbox.user(role).authtoken))
    )


def storefront(
    transport: Transport, sandbox: Sandbox, role: str = "Admin"
) -> StackClient:
    return signed_in(transport, sandbox, role).stack(sandbox.stacks[0].api_key)


def press(transport: Transport, sandbox: Sandbox) -> StackClient:
    return signed_in(transport, sandbox).stack(sandbox.stacks[1].api_key)


def plan(
    sandbox: Sandbox, fault: str, path: str, method: str = "*", times: int = 1
) -> None:
    sandbox.fail(fault, api="management", method=method, path=path, times=times)


async def test_signing_in_and_out(transport: Transport, sandbox: Sandbox) -> None:
    ana = sandbox.user("Admin")
    user = await Client(transport, None).log_in(ana.email, Secret(ana.password))
    assert user.authtoken
    session = Client(transport, Credential("authtoken", user.authtoken))
    assert (await session.current_user()).email == ana.email
    assert "logged out" in await session.log_out()
    with pytest.raises(SignedOut):
        await session.current_user()
    with pytest.raises(LoginRefused):
        await Client(transport, None).log_in(ana.email, Secret("wrong"))


async def test_the_second_factor(transport: Transport, sandbox: Sandbox) -> None:
    tess = next(user for user in sandbox.users if user.tfa_secret)
    client = Client(transport, None)
    with pytest.raises(SecondFactorNeeded):
        await client.log_in(tess.email, Secret(tess.password))
    with pytest.raises(LoginRefused):
        await client.log_in(tess.email, Secret(tess.password), Secret("000000"))
    code = pyotp.TOTP(tess.tfa_secret or "").at(NOW)
    assert (
        await client.log_in(tess.email, Secret(tess.password), Secret(code))
    ).uid == tess.uid


async def test_a_code_by_sms(transport: Transport, sandbox: Sandbox) -> None:
    tess = next(user for user in sandbox.users if user.tfa_secret)
    client = Client(transport, None)
    await client.request_sms(tess.email, Secret(tess.password))
    assert (
        await client.log_in(tess.email, Secret(tess.password), Secret(tess.sms_code))
    ).uid == tess.uid


async def test_who_and_where(transport: Transport, sandbox: Sandbox) -> None:
    client = signed_in(transport, sandbox)
    user = await client.current_user()
    assert (user.first_name, user.last_name) == ("Ana", "Lee")
    assert {
        role.name for role in user.roles if role.api_key == sandbox.stacks[0].api_key
    } == {"Admin"}
    (organization,) = await client.organizations()
    assert organization.name == "Acme"
    assert [each.uid for each in user.organizations] == [organization.uid]
    for stacks in (await client.stacks(), await client.stacks(organization.uid)):
        assert {(stack.name, stack.branches_enabled) for stack in stacks} >= {
            ("Storefront", True)
        }
        assert [stack.api_key for stack in stacks] == [
            stack.api_key for stack in sandbox.stacks
        ]
        assert {stack.org_uid for stack in stacks} == {organization.uid}


async def test_bearer(transport: Transport, sandbox: Sandbox) -> None:
    client = Client(transport, Credential("bearer", Secret(sandbox.user().bearer)))
    assert (await client.current_user()).email == sandbox.user().email
    assert [stack.api_key for stack in await client.stacks()] == [
        stack.api_key for stack in sandbox.stacks
    ]


async def test_a_stack_with_branches(transport: Transport, sandbox: Sandbox) -> None:
    calls = storefront(transport, sandbox)
    stack = await calls.stack()
    assert (stack.name, stack.branches_enabled) == ("Storefront", True)
    assert {person.email for person in await calls.users()} >= {
        "ana@example.com",
        "omar@example.com",
    }
    roles = {role.name: role.users for role in await calls.roles()}
    assert sandbox.user("Admin").uid in roles["Admin"]
    assert {each.name for each in await calls.environments()} == set(
        sandbox.stacks[0].environments
    )
    assert {branch.uid for branch in await calls.branches()} == {
        "main",
        "development",
        "release_7",
    }
    assert {(alias.uid, alias.branch) for alias in await calls.aliases()} == {
        ("release", "release_7"),
        ("dev", "development"),
        ("deploy", "main"),
    }


async def test_a_stack_without_branches(transport: Transport, sandbox: Sandbox) -> None:
    calls = press(transport, sandbox)
    assert (await calls.stack()).branches_enabled is not True
    assert await calls.branches() == ()
    assert await calls.aliases() == ()
    made = await calls.create_delivery_token(
        DeliveryTokenRequest("fresh", scope=Scope.of(("production",))),
        with_preview=True,
    )
    assert made.preview
    assert made.scope.names == Scope.of(("production",)).names


async def test_the_lists_of_tokens(transport: Transport, sandbox: Sandbox) -> None:
    calls = storefront(transport, sandbox)
    delivery = {token.name: token for token in await calls.delivery_tokens()}
    assert len(delivery) == 12
    assert delivery["web-production"].value
    assert delivery["web-production"].preview
    assert delivery["web-production"].scope.names == PRODUCTION.names
    assert delivery["qa-bot"].scope.names == (("qa",), (), ("release",))
    assert delivery["ios-app"].preview is None
    assert all(
        token.created_at and token.created_at.tzinfo for token in delivery.values()
    )
    management = {token.name: token for token in await calls.management_tokens()}
    assert len(management) == 4
    assert management["reporting"].access == "read"
    assert management["ci-deploy"].access == "read+write"
    assert management["ci-deploy"].email_notice
    assert management["reporting"].expires_on is None
    expired = management["migration-2"].expires_on
    assert expired is not None
    assert expired < NOW
    assert all(token.value is None for token in management.values())


async def test_more_tokens_than_a_page(transport: Transport, sandbox: Sandbox) -> None:
    calls = storefront(transport, sandbox)
    for number in range(101):
        await calls.create_delivery_token(
            DeliveryTokenRequest(f"n{number}", scope=PRODUCTION), with_preview=False
        )
    assert len(await calls.delivery_tokens()) == 113


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_the_life_of_a_delivery_token(
    transport: Transport, sandbox: Sandbox, name: str
) -> None:
    calls = storefront(transport, sandbox, "Developer")
    made = await calls.create_delivery_token(
        DeliveryTokenRequest(name, "first", PRODUCTION), with_preview=True
    )
    assert made.name == name
    assert made.value
    assert made.preview
    assert await calls.delivery_token(made.uid) == made
    updated = await calls.update_delivery_token(
        made.uid, DeliveryTokenRequest(made.name, "second", made.scope)
    )
    assert (updated.name, updated.description, updated.value) == (
        name,
        "second",
        made.value,
    )
    assert (await calls.delivery_token(made.uid)).preview == made.preview
    await calls.delete_preview_token(made.uid)
    assert (await calls.delivery_token(made.uid)).preview is None
    again = await calls.create_preview_token(made.uid)
    assert again.preview
    assert again.uid == made.uid
    await calls.delete_delivery_token(made.uid)
    with pytest.raises(NotFound):
        await calls.delivery_token(made.uid)
    with pytest.raises(NotFound):
        await calls.delete_delivery_token(made.uid)


async def test_the_life_of_a_management_token(
    transport: Transport, sandbox: Sandbox
) -> None:
    calls = storefront(transport, sandbox)
    everything = {"module": "$all", "acl": {"read": True, "write": True}}
    scope = Scope.of(branches=("main",), rights=(everything,))
    request = ManagementTokenRequest("deploy", "d", scope, date(2035, 12, 10), True)
    made = await calls.create_management_token(request)
    assert made.value
    assert (made.access, made.email_notice) == ("read+write", True)
    assert made.expires_on == datetime(2035, 12, 10, tzinfo=UTC)
    read = await calls.management_token(made.uid)
    assert read.value is None
    scope = read.scope.with_write(False)
    edit = ManagementTokenRequest(read.name, "edited", scope, None, extra=read.extra)
    updated = await calls.update_management_token(made.uid, edit)
    assert (updated.description, updated.access, updated.expires_on) == (
        "edited",
        "read",
        None,
    )
    assert updated.scope.branches == ("main",)
    await calls.delete_management_token(made.uid)
    with pytest.raises(NotFound):
        await calls.management_token(made.uid)


@pytest.mark.parametrize(
    ("token_request", "field"),
    [
        (DeliveryTokenRequest("web-production", scope=PRODUCTION), "name"),
        (DeliveryTokenRequest("", scope=PRODUCTION), "name"),
        (DeliveryTokenRequest("x" * 424, scope=PRODUCTION), "name"),
        (
            DeliveryTokenRequest("x", scope=Scope.of(("production",))),
            "scope.branch_or_alias",
        ),
        (DeliveryTokenRequest("x", scope=Scope.of((), ("main",))), "environment"),
        (
            DeliveryTokenRequest("x", scope=Scope.of(("mars",), ("main",))),
            "environment",
        ),
        (DeliveryTokenRequest("x", scope=Scope.of(("qa",), ("mars",))), "branch"),
    ],
)
async def test_refusals_name_the_field(
    transport: Transport,
    sandbox: Sandbox,
    token_request: DeliveryTokenRequest,
    field: str,
) -> None:
    with pytest.raises(Invalid) as caught:
        await storefront(transport, sandbox).create_delivery_token(
            token_request, with_preview=False
        )
    assert any(field in name for name, _ in caught.value.details)
    assert field in str(caught.value)
    assert not caught.value.may_have_happened


async def test_rights(transport: Transport, sandbox: Sandbox) -> None:
    with pytest.raises(NotAllowed):
        await storefront(transport, sandbox, "Developer").management_tokens()
    with pytest.raises(NotAllowed):
        await storefront(transport, sandbox, "Content Manager").delivery_tokens()
    with pytest.raises(StackNotFound):
        await signed_in(transport, sandbox).stack("blt" + "0" * 16).environments()
    with pytest.raises(SignedOut):
        await Client(
            transport, Credential("authtoken", Secret("blt" + "0" * 20))
        ).current_user()


async def test_a_server_that_misbehaves(transport: Transport, sandbox: Sandbox) -> None:
    calls = storefront(transport, sandbox)
    tokens = "*/delivery_tokens"
    request = DeliveryTokenRequest("twice", scope=PRODUCTION)
    plan(sandbox, "502-html", tokens, times=2)
    assert len(await calls.delivery_tokens()) == 12
    plan(sandbox, "429;retry-after=5", tokens)
    assert (
        await calls.create_delivery_token(request, with_preview=False)
    ).name == "twice"
    plan(sandbox, "close-after", tokens, "POST")
    with pytest.raises(Interrupted) as broken:
        await calls.create_delivery_token(
            DeliveryTokenRequest("maybe", scope=PRODUCTION), with_preview=False
        )
    assert broken.value.may_have_happened
    assert "maybe" in {token.name for token in await calls.delivery_tokens()}
    plan(sandbox, "503", tokens, "POST")
    with pytest.raises(ServerFailed):
        await calls.create_delivery_token(
            DeliveryTokenRequest("no", scope=PRODUCTION), with_preview=False
        )
    assert "no" not in {token.name for token in await calls.delivery_tokens()}
    plan(sandbox, "429", tokens, times=20)
    with pytest.raises(RateLimited):
        await calls.delivery_tokens()
