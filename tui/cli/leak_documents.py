"""What the commands about values that turn up somewhere print as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tui.cli.documents import Document, TokenDocument, ValueDocument

if TYPE_CHECKING:
    from tui.leaks.finds import Find, Tally
    from tui.leaks.identifying import Identity


class OwnerDocument(Document, frozen=True):
    """The token that a value belongs to.

    Attributes:
        uid: empty for an authtoken, as is the stack.
    """

    name: str
    kind: Literal["delivery", "preview", "management", "authtoken"]
    uid: str
    stack: str
    api_key: str


class FindDocument(Document, frozen=True):
    """A place where a value was found, without the value.

    Attributes:
        where: what holds it. `unreachable` is what no branch, tag, stash or reflog
            leads to, and `message` the text of a commit or tag.
        path: in history, it's relative to the repository; empty where no commit leads
            to the content. What isn't UTF-8 is written with escapes.
        line: counted from 1; 0 in a binary file, as is the column.
        offset: bytes before the value.
        token: null if it only looks like a token's value.
        form: what the value looks like.
        fingerprint: sixteen hexadecimal digits of its SHA-256.
        repository: the folder of the repository, if it's in history.
        object: git's name of the content.
        commit: the oldest commit that has it there; empty if there is none.
        date: its author's date.
    """

    where: Literal["file", "staged", "history", "stash", "unreachable", "message"]
    path: str
    line: int
    column: int
    offset: int
    token: OwnerDocument | None
    form: Literal["token", "authtoken"]
    fingerprint: str
    repository: str
    object: str
    commit: str
    date: str

    @classmethod
    def of(cls, find: Find) -> FindDocument:
        """Return the document of a finding."""
        token = find.token
        owner = None
        if token is not None:
            owner = OwnerDocument(
                name=token.name,
                kind=token.kind,
                uid=token.uid,
                stack=token.stack,
                api_key=token.api_key,
            )
        return cls(
            where=find.where,
            path=find.path,
            line=find.line,
            column=find.column,
            offset=find.offset,
            token=owner,
            form="authtoken" if find.is_authtoken else "token",
            fingerprint=find.fingerprint,
            repository=find.repository,
            object=find.object_id,
            commit=find.commit,
            date=find.date,
        )


class SearchedDocument(Document, frozen=True):
    """What a search looked at, and what it didn't.

    Attributes:
        bytes: of the files and the contents in history.
        objects: the contents and texts of history.
        links: symbolic links that weren't followed.
        compressed: compressed files and contents, in which values can't be seen.
        unread: why something couldn't be searched, in sentences; the first twenty.
        unread_count: how many there are.
        notes: what the history doesn't have, in sentences.
        stopped: whether a signal stopped the search before its end.
        rest: what it had not come to by then; else empty.
    """

    files: int
    bytes: int
    repositories: int
    objects: int
    links: int
    compressed: int
    unread: tuple[str, ...]
    unread_count: int
    notes: tuple[str, ...]
    stopped: bool
    rest: str

    @classmethod
    def of(cls, tally: Tally) -> SearchedDocument:
        """Return the document of what was searched."""
        return cls(
            files=tally.files,
            bytes=tally.octets,
            repositories=tally.repositories,
            objects=tally.objects,
            links=tally.links,
            compressed=tally.compressed,
            unread=tuple(tally.unread),
            unread_count=tally.unread_count,
            notes=tuple(tally.notes),
            stopped=tally.stopped,
            rest=tally.rest if tally.stopped else "",
        )


class FindsDocument(Document, frozen=True):
    """Where values were found.

    Attributes:
        accepted: how many more findings the baseline accepts.
        known: how many token values the search compared with.
        unknowable: what the search can't recognize, in sentences.
    """

    finds: tuple[FindDocument, ...]
    accepted: int
    known: int
    unknowable: tuple[str, ...]
    searched: SearchedDocument


class IdentityDocument(Document, frozen=True):
    """Which token a value belongs to.

    Attributes:
        value: the value, masked.
        name: what it was called in the input: a variable, a key, a parameter.
        removed: what was removed from around it.
        token: the token; null if it isn't known, or a call can't tell which.
        kind: which of the token's values it is.
        candidates: the tokens that it may belong to, if a call can't tell which.
        evidence: how it's known: Contentstack shows the value, its fingerprint was
            saved, or a call with it was accepted.
        former: the name of the token that had it, if that token is gone.
        other: what else it is: an API key, a uid, your authtoken.
        status: `live`, `dead` or `not known`, with the reason behind a colon.
        compared: the names of the stacks that it was compared with.
        unread: the names of the stacks that couldn't be read in full.
        next: commands to run next.
    """

    value: ValueDocument | None
    name: str
    removed: tuple[str, ...]
    token: TokenDocument | None
    kind: Literal["delivery", "preview", "management"] | None
    candidates: tuple[str, ...]
    evidence: Literal["value", "fingerprint", "call"] | None
    former: str
    other: Literal["api key", "uid", "your authtoken"] | None
    stack: str
    api_key: str
    organization: str
    region: str
    status: str
    compared: tuple[str, ...]
    unread: tuple[str, ...]
    next: tuple[str, ...]

    @classmethod
    def of(
        cls, identity: Identity, next: tuple[str, ...], status: str
    ) -> IdentityDocument:
        """Return the document of what is known of a value."""
        owner, former = identity.owner, identity.former
        stack = owner.stack if owner else identity.unnamed
        others = owner.others if owner else ()
        several = (owner.token, *others) if owner and others else ()
        named = former.stack if former else ""
        return cls(
            value=ValueDocument.of(identity.candidate.value),
            name=identity.candidate.name,
            removed=identity.candidate.removed,
            token=TokenDocument.of(owner.token) if owner and not others else None,
            kind=owner.kind if owner else None,
            candidates=tuple(each.uid for each in several),
            evidence=owner.evidence if owner else None,
            former=former.name if former else "",
            other=identity.thing,
            stack=stack.name if stack else named,
            api_key=stack.api_key if stack else "",
            organization=stack.organization if stack else "",
            region=stack.region if stack else "",
            status=status,
            compared=tuple(each.name for each in identity.compared),
            unread=tuple(each.name for each in identity.unread),
            next=next,
        )


class WhoseDocument(Document, frozen=True):
    """Which token each value belongs to."""

    values: tuple[IdentityDocument, ...]
