"""Requests as the handlers see them, and the routes that lead to a handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox.answers import Json, bad_content_type, bad_json

# Where the gateway leaves the body it has read, for the handlers.
BODY_KEY = "sandbox.body"


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request: names of headers in any case, the path's variables, the query and the body."""

    headers: Mapping[str, str]
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def flag(self, name: str) -> bool:
        """Whether a query parameter is `true`."""
        return self.query.get(name, "").lower() == "true"

    def json(self) -> Json:
        """The body as a JSON object.

        Raises:
            ApiError: 400 if the content type is not JSON or the body is not a JSON object.
        """
        content_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != "application/json":
            raise bad_content_type()
        try:
            body = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise bad_json() from None
        if not isinstance(body, dict):
            raise bad_json()
        return body


Handler: TypeAlias = Callable[[ApiRequest], Response]


def route(method: str, path: str, handler: Handler) -> Route:
    """A route that answers one method, and HEAD where it answers GET."""

    async def endpoint(request: Request) -> Response:
        body = request.scope.get(BODY_KEY, b"")
        return handler(ApiRequest(request.headers, request.path_params, request.query_params, body))

    return Route(path, endpoint, methods=[method])
