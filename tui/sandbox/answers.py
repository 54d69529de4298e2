"""The API's envelopes: JSON answers, and refusals with `error_message`, `error_code` and `errors`."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from starlette.responses import Response

Json: TypeAlias = dict[str, Any]
Errors: TypeAlias = dict[str, list[str]]

REQUIRED = "is a required field"
NOT_VALID = "is not valid."


class JsonResponse(Response):
    """An answer whose body is JSON in UTF-8."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Encode `content`, keeping the order of its fields."""
        return msgspec.json.encode(content)


class ApiError(Exception):
    """A refusal, in the API's own words.

    Attributes:
        status: the HTTP status.
        code: Contentstack's internal number, `error_code`.
        errors: reasons by field path; the API gives an empty list in place of an empty object here and there.
        extra: further fields of the envelope, such as `tfa_type`.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: int,
        errors: Errors | list[str] | None = None,
        *,
        extra: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.errors: Errors | list[str] = {} if errors is None else errors
        self.extra = extra or {}
        self.headers = headers or {}

    def response(self) -> JsonResponse:
        """The refusal as an answer."""
        body = {"error_message": self.message, "error_code": self.code, "errors": self.errors, **self.extra}
        return JsonResponse(body, self.status, self.headers)


def not_logged_in(field: str = "authtoken") -> ApiError:
    """The credential is missing, unknown or expired; `field` is the header at fault."""
    message = "You're not allowed in here unless you're logged in."
    return ApiError(401, message, 105, {field: [NOT_VALID]})


def no_permission() -> ApiError:
    """The credential is valid, but may not do this."""
    return ApiError(403, "You don't have the permission to do this operation.", 316)


def stack_not_found() -> ApiError:
    """No stack of this region has that API key, or the credential is of the wrong kind."""
    message = "We can't find that Stack. Please try again."
    return ApiError(412, message, 109, {"api_key": [NOT_VALID]})


def api_key_missing() -> ApiError:
    """An endpoint of a stack was called without an API key."""
    message = "We can't find that Stack. Please try again."
    return ApiError(400, message, 109, {"api_key": ["is required."]})


def invalid(message: str, errors: Errors) -> ApiError:
    """The request was understood and refused for the reasons in `errors`."""
    return ApiError(422, message, 141, errors)


def not_found(message: str, field: str = "uid") -> ApiError:
    """There is no object with that uid or name."""
    return ApiError(404, message, 141, {field: [NOT_VALID]})


def environment_refused() -> ApiError:
    """The environment is unknown, or outside what the token may read."""
    return ApiError(401, "Environment doesn't exists or insufficient permission to access it.", 161)


def branch_refused(branch: str) -> ApiError:
    """The branch is unknown, or outside what the token may read."""
    message = (
        f"Access denied. You have insufficient permissions to perform operation on this branch '{branch}'."
    )
    return ApiError(422, message, 901)


def not_in_plan(feature: str) -> ApiError:
    """The organization's plan lacks the feature."""
    return ApiError(422, f"{feature} is not included in your plan.", 600)


def no_such_route() -> ApiError:
    """The path is unknown, or it does not take the method: the API's list of statuses has no 405."""
    return ApiError(404, "The requested URL was not found on this server.", 404)


def bad_content_type() -> ApiError:
    """A body came without `Content-Type: application/json`."""
    return ApiError(400, "Please set a valid 'Content-Type' header", 400)


def bad_json() -> ApiError:
    """A body is not a JSON object."""
    return ApiError(400, "The request body is not valid JSON.", 400)


def too_large() -> ApiError:
    """A body is over the limit."""
    return ApiError(413, "The request body is larger than 1 MiB.", 413)
