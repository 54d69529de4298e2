"""In-process clients of an embedded Contentstack."""

from __future__ import annotations

from typing import Any, Literal

import httpx

from tui.sandbox.organization import PersonRecord
from tui.sandbox.service import Sandbox

Api = Literal["management", "delivery", "preview"]
Json = dict[str, Any]


class Caller:
    """Sends requests to one API of a sandbox, with the same headers each time."""

    def __init__(
        self, sandbox: Sandbox, headers: dict[str, str], api: Api = "management"
    ) -> None:
        self._app = getattr(sandbox, api)
        self.headers = headers

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request with extra `headers`; None removes one."""
        headers = {**self.headers, **options.pop("headers", {})}
        present = {name: value for name, value in headers.items() if value is not None}
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://sandbox"
        ) as client:
            return await client.request(method, path, headers=present, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("GET", path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("POST", path, **options)

    async def put(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("PUT", path, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("DELETE", path, **options)


def as_role(sandbox: Sandbox, role: str = "Admin", stack: int = 0) -> Caller:
    """Return a client with a role in one of the stacks."""
    api_key = sandbox.stacks[stack].api_key
    return Caller(
        sandbox, {"authtoken": sandbox.user(role).authtoken, "api_key": api_key}
    )


async def log_in(
    sandbox: Sandbox, user: PersonRecord, **fields: object
) -> httpx.Response:
    """Log in with a user's email address and password, and extra fields."""
    login = {"email": user.email, "password": user.password, **fields}
    return await Caller(sandbox, {}).post("/v3/user-session", json={"user": login})


def reader(sandbox: Sandbox, api: Api, stack: int = 0, **headers: str) -> Caller:
    """Return a client that reads content with these headers."""
    return Caller(sandbox, {"api_key": sandbox.stacks[stack].api_key, **headers}, api)


ENVIRONMENT: Json = {
    "module": "environment",
    "environments": ["production"],
    "acl": {"read": True},
}
BRANCH: Json = {"module": "branch", "branches": ["main"], "acl": {"read": True}}
ALIAS: Json = {
    "module": "branch_alias",
    "branch_aliases": ["release"],
    "acl": {"read": True},
}
ALL_MODULES: Json = {"module": "$all", "acl": {"read": True, "write": True}}

# Refusals: each one's status and error code.
CODE_ASKED_FOR = (401, 294)
INVALID = (422, 141)
LOGIN_FAILED = (422, 104)
NOT_FOUND = (404, 141)
NOT_LOGGED_IN = (401, 105)
NO_BRANCH = (422, 901)
NO_ENVIRONMENT = (401, 161)
NO_PERMISSION = (403, 316)
STACK_NOT_FOUND = (412, 109)
WRONG_CODE = (401, 295)

DELIVERY = "/v3/stacks/delivery_tokens"
MANAGEMENT = "/v3/stacks/management_tokens"


def delivery_body(
    name: Any = "web", scope: Any = (ENVIRONMENT, BRANCH), **fields: Any
) -> Json:
    """Return the body that creates a delivery token."""
    return {"token": {"name": name, "description": "", "scope": scope, **fields}}


def management_body(
    name: Any = "job", scope: Any = (ALL_MODULES, BRANCH), **fields: Any
) -> Json:
    """Return the body that creates a management token."""
    return {"token": {"name": name, "description": "", "scope": scope, **fields}}


async def created(
    caller: Caller, body: Json, path: str = DELIVERY, **options: Any
) -> Json:
    """Create a token, and return it as the response shows it."""
    response = await caller.post(path, json=body, **options)
    assert response.status_code == 201, response.text
    token: Json = response.json()["token"]
    return token


def refusal(response: httpx.Response) -> tuple[int, int]:
    """Return the status and error code of a response in the API's envelope."""
    body = response.json()
    assert isinstance(body["error_message"], str)
    assert body["error_message"]
    assert "errors" in body
    return response.status_code, body["error_code"]
