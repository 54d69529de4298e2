"""What the commands print as JSON: fields may be added, but never change meaning.

No document has a place for a secret. docs/schema.json is made from these.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from tui.contentstack.origin import JsonObject
from tui.contentstack.scope import granted

if TYPE_CHECKING:
    from tui.connection.stack_list import StackEntry
    from tui.contentstack.errors import DryRun
    from tui.contentstack.models import Alias, Branch, Environment, Odd, Token
    from tui.secret import Secret
    from tui.targets.delivering import Delivery
    from tui.workspace.coverage import Coverage, Lane
    from tui.workspace.health import HealthWarning
    from tui.workspace.verify.verification import Check


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Anything that is printed as JSON."""


class ValueDocument(Document, frozen=True):
    """A secret value, masked.

    Attributes:
        masked: its first two and last four characters.
        fingerprint: six hexadecimal digits of its SHA-256.
    """

    masked: str
    fingerprint: str

    @classmethod
    def of(cls, value: Secret | None) -> ValueDocument | None:
        """Return the document of a value; None where it isn't known."""
        if not value:
            return None
        return cls(masked=value.masked, fingerprint=value.fingerprint)


class RightDocument(Document, frozen=True):
    """A module that a token may use."""

    module: str
    grants: tuple[str, ...]


class TokenDocument(Document, frozen=True):
    """A token.

    Attributes:
        access: what a management token may do; null for a delivery token.
        expires_on: when a management token expires; null for never.
        value: null if Contentstack doesn't show it again.
        preview: the preview token; null if there is none.
        created_by: the uid of a user.
    """

    uid: str
    kind: Literal["delivery", "management"]
    name: str
    description: str
    environments: tuple[str, ...]
    branches: tuple[str, ...]
    aliases: tuple[str, ...]
    rights: tuple[RightDocument, ...]
    access: Literal["read", "read+write"] | None
    expires_on: datetime | None
    email_notice: bool | None
    value: ValueDocument | None
    preview: ValueDocument | None
    created_by: str
    created_at: datetime | None
    updated_at: datetime | None

    @classmethod
    def of(cls, token: Token) -> TokenDocument:
        """Return the document of a token."""
        scope, managing = token.scope, token.kind == "management"
        rights = [
            RightDocument(module=str(item.get("module", "")), grants=granted(item))
            for item in token.rights
        ]
        return cls(
            uid=token.uid,
            kind=token.kind,
            name=token.name,
            description=token.description,
            environments=scope.environments,
            branches=scope.branches,
            aliases=scope.aliases,
            rights=tuple(rights),
            access=getattr(token, "access", None) if managing else None,
            expires_on=token.expires_on,
            email_notice=getattr(token, "email_notice", None),
            value=ValueDocument.of(token.value),
            preview=ValueDocument.of(token.preview),
            created_by=token.created_by,
            created_at=token.created_at,
            updated_at=token.updated_at,
        )


class OddDocument(Document, frozen=True):
    """A row of a list that Tokendeck doesn't understand."""

    uid: str
    name: str
    why: str

    @classmethod
    def all_of(cls, rows: Iterable[Odd]) -> tuple[OddDocument, ...]:
        """Return the documents of rows."""
        return tuple(cls(uid=row.uid, name=row.name, why=row.why) for row in rows)


class TokensDocument(Document, frozen=True):
    """The tokens of one kind.

    Attributes:
        cut: why the list is incomplete; empty if it isn't.
    """

    stack: str
    kind: Literal["delivery", "management"]
    tokens: tuple[TokenDocument, ...]
    not_understood: tuple[OddDocument, ...]
    cut: str


class DeliveryDocument(Document, frozen=True):
    """The result of delivering a token to a target.

    Attributes:
        grade: how sure it is that the target has the value.
        said: the result, in words.
    """

    target: str
    grade: Literal["read back", "accepted", "not delivered"]
    said: str

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryDocument:
        """Return a delivery as it is printed."""
        from tui.messages.delivery import delivery_words

        grade = delivery.grade.value.partition(",")[0]
        return cls(
            target=delivery.target,
            grade=grade,  # type: ignore[arg-type]
            said=delivery_words(delivery),
        )


class ChangeDocument(Document, frozen=True):
    """The result of creating, changing or deleting tokens.

    Attributes:
        outcome: what was done.
        differences: the fields in which a token differs from what you asked for.
        written: the files that values were written to.
        notes: what to check in these files, in sentences.
        gone: names of tokens that no longer exist: deleted by someone else, or
            by Contentstack to make room.
    """

    outcome: Literal["created", "unchanged", "updated", "deleted", "exported"]
    tokens: tuple[TokenDocument, ...]
    differences: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    deliveries: tuple[DeliveryDocument, ...] = ()


class RequestDocument(Document, frozen=True):
    """A request that would be sent."""

    method: str
    path: str
    query: dict[str, str]
    body: JsonObject | None

    @classmethod
    def of(cls, write: DryRun) -> RequestDocument:
        """Return the document of a write."""
        body = write.body if isinstance(write.body, dict) else None
        return cls(
            method=write.method, path=write.path, query=dict(write.query), body=body
        )


class DryRunDocument(Document, frozen=True):
    """What a command would send; nothing was sent."""

    dry_run: bool
    requests: tuple[RequestDocument, ...]


class CheckDocument(Document, frozen=True):
    """A call that proves a value.

    Attributes:
        kind: the kind of token that the value was verified as.
        verdict: the result: `works`, or what's wrong.
        place: the region and host that were asked.
    """

    uid: str
    name: str
    kind: Literal["delivery", "preview", "management"]
    environment: str
    branch: str
    verdict: str
    place: str
    words: str

    @classmethod
    def of(cls, check: Check) -> CheckDocument:
        """Return the document of a check."""
        # Only verification needs the sentences.
        from tui.messages.verification import check_words

        probe, finding = check.probe, check.finding
        return cls(
            uid=check.token.uid,
            name=check.token.name,
            kind=probe.kind,
            environment=probe.environment,
            branch=probe.branch,
            verdict=finding.value if finding else "not known",
            place=check.place,
            words=check_words(check),
        )


class VerificationDocument(Document, frozen=True):
    """The result of verifying tokens.

    Attributes:
        works: whether every call works.
        unasked: what wasn't called; empty if nothing was skipped.
    """

    works: bool
    checks: tuple[CheckDocument, ...]
    unasked: str


class CellDocument(Document, frozen=True):
    """The tokens that serve an environment on a branch or alias.

    Attributes:
        tokens: uids of tokens that name it.
        near: uids of tokens that reach the same content under another name.
    """

    environment: str
    lane: Literal["branch", "alias", "stack"]
    name: str
    tokens: tuple[str, ...]
    near: tuple[str, ...]

    @classmethod
    def of(cls, map: Coverage, environment: str, lane: Lane) -> CellDocument:
        """Return the document of a cell of the map."""
        cell = map.cell(environment, lane)
        return cls(
            environment=environment,
            lane=lane.kind,
            name=lane.name,
            tokens=tuple(token.uid for token in cell.tokens),
            near=tuple(token.uid for token in cell.near),
        )


class CoverageDocument(Document, frozen=True):
    """The map of what delivery tokens serve.

    Attributes:
        gaps: how many cells no token names.
        doubles: how many cells several tokens name.
        unplaced: uids of tokens that name no environment, or no branch.
    """

    cells: tuple[CellDocument, ...]
    gaps: int
    doubles: int
    unplaced: tuple[str, ...]


class WarningDocument(Document, frozen=True):
    """A warning about a token.

    Attributes:
        command: the command that fixes it.
    """

    uid: str
    name: str
    kind: Literal["delivery", "management"]
    what: str
    why: str
    command: str

    @classmethod
    def of(cls, warning: HealthWarning) -> WarningDocument:
        """Return the document of a warning."""
        token = warning.token
        return cls(
            uid=token.uid,
            name=token.name,
            kind=token.kind,
            what=warning.what,
            why=warning.why,
            command=warning.command,
        )


class HealthDocument(Document, frozen=True):
    """The warnings about the tokens.

    Attributes:
        unjudged: lists that couldn't be read, so warnings may be missing.
    """

    warnings: tuple[WarningDocument, ...]
    unjudged: tuple[str, ...]


class StackDocument(Document, frozen=True):
    """A stack, with your roles in it as far as they are known."""

    uid: str
    name: str
    api_key: str
    organization: str
    roles: tuple[str, ...]

    @classmethod
    def of(cls, entry: StackEntry) -> StackDocument:
        """Return the document of a stack."""
        stack = entry.stack
        return cls(
            uid=stack.uid,
            name=stack.name,
            api_key=stack.api_key,
            organization=entry.organization,
            roles=entry.roles,
        )


class StacksDocument(Document, frozen=True):
    """The stacks that you can see."""

    stacks: tuple[StackDocument, ...]
    not_understood: tuple[OddDocument, ...]
    cut: str


class EnvironmentDocument(Document, frozen=True):
    """A publishing environment."""

    uid: str
    name: str
    urls: tuple[str, ...]

    @classmethod
    def of(cls, environment: Environment) -> EnvironmentDocument:
        """Return the document of an environment."""
        return cls(
            uid=environment.uid, name=environment.name, urls=tuple(environment.urls)
        )


class EnvironmentsDocument(Document, frozen=True):
    """The environments of the stack."""

    environments: tuple[EnvironmentDocument, ...]
    not_understood: tuple[OddDocument, ...]
    cut: str


class LaneDocument(Document, frozen=True):
    """A branch or an alias.

    Attributes:
        target: the branch that an alias points to, or that a branch was created from.
    """

    kind: Literal["branch", "alias"]
    name: str
    target: str

    @classmethod
    def of_branch(cls, branch: Branch) -> LaneDocument:
        """Return the document of a branch."""
        return cls(kind="branch", name=branch.uid, target=branch.source)

    @classmethod
    def of_alias(cls, alias: Alias) -> LaneDocument:
        """Return the document of an alias."""
        return cls(kind="alias", name=alias.uid, target=alias.branch)


class BranchesDocument(Document, frozen=True):
    """The branches of the stack, then its aliases."""

    branches: tuple[LaneDocument, ...]
    not_understood: tuple[OddDocument, ...]
    cut: str


class WhoDocument(Document, frozen=True):
    """Who is signed in, and where.

    Attributes:
        credential: `authtoken` or `bearer`, an OAuth token.
        source: where the credential came from.
        stack: the name of the stack; empty if none is chosen.
    """

    uid: str
    email: str
    name: str
    credential: str
    source: str
    region: str
    host: str
    stack: str
    api_key: str
    roles: tuple[str, ...]
    read_only: bool


class FailureDocument(Document, frozen=True):
    """Why a command failed: one object on standard error.

    Attributes:
        code: the exit code.
        kind: the exit code in words.
        what: what happened.
        where: the region and host that said so; empty if none was called.
        why: the reason, as far as it is known.
        next: what to do.
        in_doubt: whether a write may have been carried out anyway.
        status: the HTTP status of the answer.
        error_code: Contentstack's own code.
        matches: the tokens that match, if the command needs one.
        differences: the fields in which a token differs from what you asked for.
        created: the tokens that were created before one failed.
        carried_out: the writes that were carried out before the output failed.
    """

    code: int
    kind: str
    what: str
    where: str
    why: str
    next: str
    in_doubt: bool = False
    status: int | None = None
    error_code: int | None = None
    matches: tuple[dict[str, str], ...] = ()
    differences: tuple[str, ...] = ()
    created: tuple[dict[str, str], ...] = ()
    carried_out: tuple[dict[str, str], ...] = ()
