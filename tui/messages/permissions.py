"""What a user's role in a stack doesn't allow."""

from __future__ import annotations

from tui.account.permissions import OWNER, Permissions
from tui.contentstack.models import TokenKind

_RULES: dict[TokenKind, str] = {
    "delivery": "Only Owners, Admins and Developers can create delivery tokens.",
    "management": "Only Owners and Admins can see management tokens.",
}


def refusal_words(permissions: Permissions, kind: TokenKind) -> str:
    """Say whom Contentstack allows this, and the user's role if it's known."""
    words = _RULES[kind]
    if not permissions.roles:
        return words
    is_one = len(permissions.roles) == 1 or OWNER in permissions.roles
    noun = "role" if is_one else "roles"
    return f"{words} Your {noun}: {permissions.label}."


def refusal_of(permissions: Permissions, kind: TokenKind) -> str | None:
    """Say why this user can't work with tokens of a kind; None if they may be able to.

    Without the right, delivery tokens can't be created, and management tokens can't
    even be seen.
    """
    return refusal_words(permissions, kind) if permissions.refuse(kind) else None
