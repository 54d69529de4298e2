"""Proving a token: one call on the host of its kind, and what the answer says about the token.

Statuses and codes overlap here more than elsewhere, and sources contradict each other about them; `_finding`
says what is made of each.
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
from tui.contentstack.regions import host_of
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
    """What is found out about a token.

    Down to `REFUSED` by a call alone, below by what else is known.
    """

    WORKS = "works"
    UNKNOWN = "not known there"
    WRONG_ENVIRONMENT = "wrong environment"
    WRONG_BRANCH = "wrong branch"
    WRONG_STACK = "wrong region"
    RATE_LIMITED = "rate limited"
    UNREACHABLE = "not reachable"
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
"""Their error's sentence says it all.

The others have better words than "not signed in".
"""


_SAYS_NOTHING: dict[type[ContentstackError], Verdict] = {
    errors.NotContentstack: Verdict.NO_VERDICT,
    errors.BadAnswer: Verdict.NO_VERDICT,
    errors.RateLimited: Verdict.RATE_LIMITED,
    errors.MayPass: Verdict.UNREACHABLE,
}
"""What is no answer about a token; the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One call: a value, taken for a `kind` of token, in an environment on a branch.

    `environment` is empty for management tokens; `branch`, a branch or an alias, where
    there are none.
    """

    kind: ValueKind
    value: Secret
    environment: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What came of a probe; `place` is region and host, `said` what the answer or its absence says.

    `status` is that of an answer which failed.
    """

    finding: Verdict
    place: str
    said: str = ""
    status: int | None = None


async def carry_out(
    transport: Transport, api_key: str, probe: Probe, bucket: str = ""
) -> ProbeResult:
    """Make the call. Nothing is raised: whatever goes wrong is a verdict.

    A delivery network may answer from its cache for a token that has ended, so each
    call asks for a page that nobody asked for before; where it is empty, the token
    reads all the same.
    """
    region = transport.region
    base = {
        "delivery": region.cda,
        "preview": region.preview,
        "management": region.cma,
    }[probe.kind]
    headers: dict[str, str | Secret] = {
        _HEADER[probe.kind]: probe.value,
        "cache-control": "no-cache",
    }
    headers |= {"branch": probe.branch} if probe.branch else {}
    headers |= {"live_preview": "init"} if probe.kind == "preview" else {}
    query = {"limit": "1"}
    if probe.kind == "management":
        # Environments belong to no branch; content types prove the branch too.
        key = "content_types" if probe.branch else "environments"
    else:
        key = "assets"
        query["skip"] = str(random.randrange(1, 1000))  # noqa: S311 - no secret, only unused
        query |= {"environment": probe.environment} if probe.environment else {}
    place = f"{region.name}, {host_of(base)}" if base else region.name
    try:
        answer = await transport.request(
            "GET",
            f"/{key}",
            api_key=api_key,
            headers=headers,
            query=query,
            bucket=bucket,
            base=base,
        )
        rows = many(answer, answer.object(), key, Thing)
        for row in rows:
            # A row of the API's has one of the two, whatever else is odd about it.
            if isinstance(row, Odd) and not (row.uid or row.name):
                raise answer.bad(row.place, row.reason)
    except ContentstackError as error:
        finding = _finding(error, probe.kind)
        said = str(error) if finding in _TOLD_WHOLE else error.server_message
        return ProbeResult(finding, place, said, error.status)
    return ProbeResult(Verdict.WORKS, place)


def _finding(error: ContentstackError, kind: ValueKind) -> Verdict:
    """What a failed call says of a token of this kind, if it says anything of it."""
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
