"""The API's envelopes: JSON, and refusals with a message, a code and reasons."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

Json: TypeAlias = dict[str, Any]
Errors: TypeAlias = dict[str, list[str]]

REQUIRED = "is a required field"
NOT_VALID = "is not valid."


class Response:
    """What an API sends back: `content` as JSON."""

    def __init__(
        self, content: Json, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        self.body = msgspec.json.encode(content)
        self.status = status
        self.headers = {"content-type": "application/json", **(headers or {})}


class ApiError(Exception):
    """A refusal, in the API's own words.

    Args:
        status: the HTTP status.
        message: `error_message` in the envelope.
        code: `error_code`, Contentstack's own number.
        errors: reasons by field path; the API sometimes gives an empty list instead of
            an empty object.
        extra: further fields of the envelope, such as `tfa_type`.
        headers: further headers of the response.
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
        reasons = {} if errors is None else errors
        envelope = {
            "error_message": message,
            "error_code": code,
            "errors": reasons,
            **(extra or {}),
        }
        self.response = Response(envelope, status, headers)


def not_logged_in(field: str = "authtoken") -> ApiError:
    """Refuse a credential that is missing, unknown or expired.

    `field` is the header at fault.
    """
    message = "You're not allowed in here unless you're logged in."
    return ApiError(401, message, 105, {field: [NOT_VALID]})


def no_permission() -> ApiError:
    """Refuse something that a valid credential may not do."""
    return ApiError(403, "You don't have the permission to do this operation.", 316)


def stack_not_found(status: int = 412, reason: str = NOT_VALID) -> ApiError:
    """Refuse an unknown API key, or a credential of the wrong kind."""
    message = "We can't find that Stack. Please try again."
    return ApiError(status, message, 109, {"api_key": [reason]})


def invalid(
    errors: Errors,
    message: str = "The request could not be completed. Please try again.",
) -> ApiError:
    """Refuse a request that was understood, for the reasons in `errors`."""
    return ApiError(422, message, 141, errors)


def not_found(message: str, field: str = "uid") -> ApiError:
    """Refuse an unknown uid or name."""
    return ApiError(404, message, 141, {field: [NOT_VALID]})


def too_many_requests(headers: dict[str, str]) -> ApiError:
    """Refuse a request over the rate limit, without carrying it out."""
    return ApiError(429, "Too many requests", 429, headers=headers)
