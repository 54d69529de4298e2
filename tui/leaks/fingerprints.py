"""Fingerprints of tokens on disk, for hooks that can't wait for Contentstack.

The file is written on request. It contains SHA-256 hashes, names and uids, but no
values; for a value with an unusual form, also its first four characters and length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui.files.folders import state_folder
from tui.files.json_files import change_json, read_json
from tui.files.refusal import FileRefused, shown
from tui.leaks.known import KnownKind, KnownToken, KnownTokens, OwnForm
from tui.leaks.stack_tokens import values_of

if TYPE_CHECKING:
    from tui.contentstack.models import Token

_MEBIBYTES = 256
"""A token takes about 200 bytes, and all stacks together may have many."""


class KeptToken(msgspec.Struct, frozen=True, omit_defaults=True):
    """A token and the hash of its value.

    Attributes:
        begins: the first bytes of a value with an unusual form, as hex digits.
        length: how many bytes such a value has.
    """

    sha256: str
    name: str
    kind: KnownKind
    uid: str
    begins: str = ""
    length: int = 0


class KeptStack(msgspec.Struct, frozen=True):
    """A stack's name, and its tokens when they were noted."""

    name: str
    tokens: tuple[KeptToken, ...]


class KeptStacks(msgspec.Struct, frozen=True):
    """The stacks, by their API keys."""

    stacks: dict[str, KeptStack] = {}


def fingerprints_path(environ: Mapping[str, str]) -> Path:
    """Return where the fingerprints are.

    Raises:
        FileAbsent: if there is no home directory.
    """
    return state_folder(environ) / "fingerprints.json"


def read_fingerprints(environ: Mapping[str, str]) -> KnownTokens | None:
    """Return the tokens whose fingerprints were kept; None if there are none.

    Raises:
        FileRefused: if the file is damaged, or others may read it.
    """
    path = fingerprints_path(environ)
    kept = _read(path)
    if not kept.stacks:
        return None
    try:
        return KnownTokens(
            {bytes.fromhex(one.sha256): token for one, token in _tokens(kept)},
            {
                bytes.fromhex(one.sha256): OwnForm(
                    bytes.fromhex(one.begins), one.length
                )
                for one, _ in _tokens(kept)
                if one.begins
            },
        )
    except ValueError:
        raise FileRefused(f"{shown(path)} is damaged; delete it.") from None


def write_fingerprints(
    environ: Mapping[str, str], api_key: str, stack: str, known: KnownTokens
) -> Path:
    """Replace the fingerprints of one stack's tokens.

    Those of management tokens stay, because their values are never shown again.

    Returns:
        The path of the file.

    Raises:
        FileRefused: if it can't be written.
    """
    tokens = _kept_of(known, api_key)
    path = fingerprints_path(environ)

    def replaced(kept: KeptStacks) -> KeptStacks:
        before = kept.stacks.get(api_key, KeptStack(stack, ())).tokens
        stay = [one for one in before if one.kind == "management"]
        return KeptStacks({**kept.stacks, api_key: _joined(stack, stay, tokens)})

    change_json(path, partial(_read, path), replaced)
    return path


def note_token(
    environ: Mapping[str, str], api_key: str, stack: str, token: Token
) -> None:
    """Keep the fingerprints of a new token, or a token's new name.

    This is only done if those of its stack were kept on request.

    Raises:
        FileRefused: if they can't be read or written.
    """
    new = _kept_of(KnownTokens.of(values_of(token, stack, api_key)), api_key)
    path = fingerprints_path(environ)
    if not path.exists():
        return

    def noted(kept: KeptStacks) -> KeptStacks:
        before = kept.stacks.get(api_key)
        if before is None:
            return kept
        named = [_renamed(one, token) for one in before.tokens]
        return KeptStacks({**kept.stacks, api_key: _joined(stack, named, new)})

    change_json(path, partial(_read, path), noted)


def _kept_of(known: KnownTokens, api_key: str) -> list[KeptToken]:
    return [
        _kept(digest, token, known.form_of.get(digest))
        for digest, token in known.by_digest.items()
        if token.api_key == api_key
    ]


def _joined(
    stack: str, before: Iterable[KeptToken], new: Iterable[KeptToken]
) -> KeptStack:
    """Return a stack with the tokens of both, each value once."""
    by_digest = {one.sha256: one for one in (*before, *new)}
    return KeptStack(stack, tuple(by_digest.values()))


def _renamed(one: KeptToken, token: Token) -> KeptToken:
    if one.uid != token.uid:
        return one
    return msgspec.structs.replace(one, name=token.name)


def _read(path: Path) -> KeptStacks:
    return read_json(path, KeptStacks, KeptStacks(), _MEBIBYTES)


def _tokens(kept: KeptStacks) -> Iterator[tuple[KeptToken, KnownToken]]:
    for api_key, stack in kept.stacks.items():
        for one in stack.tokens:
            yield one, KnownToken(one.name, one.kind, one.uid, stack.name, api_key)


def _kept(digest: bytes, token: KnownToken, form: OwnForm | None) -> KeptToken:
    begins = form.prefix.hex() if form else ""
    length = form.length if form else 0
    return KeptToken(digest.hex(), token.name, token.kind, token.uid, begins, length)
