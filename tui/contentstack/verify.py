"""Verifies a token with one call to the host for its kind.

Statuses and codes overlap here more than elsewhere, and sources contradict each other
about them: `_finding` decides what each says about the token.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

from tui.contentstack import errors
from tui.contentstack.decoding import many
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import Odd, Thing
from tui.contentstack.regions import Region, host_of
from tui.secret import Secret

if TYPE_CHECKING:
    from tui.contentstack.transport import Transport

ValueKind = Literal["delivery", "preview", "management"]

KINDS: tuple[ValueKind, ...] = ("delivery", "preview", "management")
_HEADER = {
    "delivery": "access_token",
    "preview": "preview_token",
    "management": "authorization",
}
_ABOUT_THE_TOKEN = {
    "delivery": {"access_token"},
    "preview": {"preview_token"},
    "management": {"authorization", "authtoken"},
}
"""By kind, the fields under which a refusal's `errors` name the token itself."""
_BRANCH_REFUSED = 901


class Verdict(Enum):
    """What a check found out about a token.

    A call can give those down to `REFUSED`; the others need more information.
    """

    WORKS = "works"
    UNKNOWN = "not known there"
    WRONG_ENVIRONMENT = "wrong environment"
    WRONG_BRANCH = "wrong branch"
    WRONG_STACK = "wrong region"
    RATE_LIMITED = "rate limited"
    UNREACHABLE = "unreachable"
    NO_VERDICT = "not known"
    REFUSED = "refused"
    REVOKED = "revoked"
    OTHER_KIND = "another kind"
    PREVIEW_OFF = "Live Preview off"
    NO_VALUE = "no value"


_TOLD_WHOLE = {
    Verdict.RATE_LIMITED,
    Verdict.UNREACHABLE,
    Verdict.NO_VERDICT,
    Verdict.REFUSED,
}
"""Verdicts that show the error's whole sentence.

The others have better words than "not signed in".
"""

_SAYS_NOTHING: dict[type[ContentstackError], Verdict] = {
    errors.NotContentstack: Verdict.NO_VERDICT,
    errors.BadAnswer: Verdict.NO_VERDICT,
    errors.RateLimited: Verdict.RATE_LIMITED,
    errors.MayPass: Verdict.UNREACHABLE,
}
"""Errors that say nothing about a token; the first match counts."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One call with a value that is assumed to be a `kind` of token.

    `environment` is empty for management tokens. `branch` may be an alias, and is empty
    if the stack has no branches.
    """

    kind: ValueKind
    value: Secret
    environment: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What came of a probe.

    `place` is the region and host, `said` what the answer or its absence says, and
    `status` the status of a failed answer.
    """

    finding: Verdict
    place: str
    said: str = ""
    status: int | None = None


async def carry_out(
    transport: Transport, api_key: str, probe: Probe, bucket: str = ""
) -> ProbeResult:
    """Make the call. It raises nothing: whatever goes wrong is a verdict."""
    region = transport.region
    base = _base(region, probe.kind)
    key, query = _question(probe)
    place = f"{region.name}, {host_of(base)}" if base else region.name
    try:
        answer = await transport.request(
            "GET",
            f"/{key}",
            api_key=api_key,
            headers=_headers(probe),
            query=query,
            bucket=bucket,
            base=base,
        )
        for row in many(answer, answer.object(), key, Thing):
            # A row from the API has one of the two, whatever else is odd about it.
            if isinstance(row, Odd) and not (row.uid or row.name):
                raise answer.bad(row.place, row.reason)
    except ContentstackError as error:
        finding = _finding(error, probe.kind)
        said = str(error) if finding in _TOLD_WHOLE else error.server_message
        return ProbeResult(finding, place, said, error.status)
    return ProbeResult(Verdict.WORKS, place)


def _base(region: Region, kind: ValueKind) -> str:
    if kind == "delivery":
        return region.cda
    return region.preview if kind == "preview" else region.cma


def _headers(probe: Probe) -> dict[str, str | Secret]:
    headers: dict[str, str | Secret] = {
        _HEADER[probe.kind]: probe.value,
        "cache-control": "no-cache",
    }
    if probe.branch:
        headers["branch"] = probe.branch
    if probe.kind == "preview":
        headers["live_preview"] = "init"
    return headers


def _question(probe: Probe) -> tuple[str, dict[str, str]]:
    """Return the key of the list to ask for, which is also its path, and the query."""
    query = {"limit": "1"}
    if probe.kind == "management":
        # Environments have no branch; content types verify the branch too.
        return "content_types" if probe.branch else "environments", query
    # A CDN may answer from its cache for a token that has been deleted. So ask for a
    # page that nobody has asked for before; an empty one proves just as much.
    query["skip"] = str(random.randrange(1, 1000))  # noqa: S311 - no secret, only unused
    if probe.environment:
        query["environment"] = probe.environment
    return "assets", query


def _finding(error: ContentstackError, kind: ValueKind) -> Verdict:
    """Return what a failed call says about a token of this kind, if anything."""
    for no_verdict, finding in _SAYS_NOTHING.items():
        if isinstance(error, no_verdict):
            return finding
    fields = {name.partition(".")[0] for name, _ in error.details}
    if fields & _ABOUT_THE_TOKEN[kind]:
        return Verdict.UNKNOWN
    if isinstance(error, errors.EnvironmentRefused) or "environment" in fields:
        return Verdict.WRONG_ENVIRONMENT
    if error.code == _BRANCH_REFUSED or "branch" in fields:
        return Verdict.WRONG_BRANCH
    if isinstance(error, errors.StackNotFound):
        # The management host has just listed this stack, and knows it by this API key.
        return Verdict.UNKNOWN if kind == "management" else Verdict.WRONG_STACK
    if isinstance(error, errors.SignedOut):
        return Verdict.UNKNOWN
    return Verdict.REFUSED
