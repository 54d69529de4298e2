"""What the signed-in user's roles definitely don't allow in a stack.

Contentstack lets Owners, Admins and Developers work with delivery tokens, and only
Owners and Admins see management tokens. A custom role may allow anything: for those the
request is sent, and the answer counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui.contentstack.models import Role, Stack, TokenKind, User
from tui.contentstack.rows import Rows

OWNER = "Owner"
_KNOWN = frozenset({OWNER, "Admin", "Developer", "Content Manager"})
_ALLOWED: dict[TokenKind, frozenset[str]] = {
    "delivery": frozenset({OWNER, "Admin", "Developer"}),
    "management": frozenset({OWNER, "Admin"}),
}


@dataclass(frozen=True)
class Permissions:
    """The names of a user's roles in one stack; empty if they aren't known."""

    roles: tuple[str, ...] = ()

    read: bool = True
    """False until they have been read from Contentstack."""

    whole: bool = True
    """If not, there may be other roles, so nothing can be ruled out."""

    @property
    def label(self) -> str:
        """The roles as the header shows them."""
        # The owner can do everything, so other roles add nothing.
        return OWNER if OWNER in self.roles else ", ".join(self.roles)

    def refuse(self, kind: TokenKind) -> bool:
        """Whether this user definitely can't work with tokens of a kind.

        They then can't create delivery tokens, or even see management tokens.
        """
        roles = set(self.roles)
        may_do_more = not self.whole or not roles or not roles <= _KNOWN
        return not may_do_more and not roles & _ALLOWED[kind]


def permissions_of(user: User, stack: Stack, roles: Iterable[Role] = ()) -> Permissions:
    """Work out the user's roles from everything that the API says about them."""
    odd = roles.odd if isinstance(roles, Rows) else ()
    names = [OWNER] if stack.owner_uid and stack.owner_uid == user.uid else []
    names += [role.name for role in user.roles if role.api_key == stack.api_key]
    names += [role.name for role in roles if user.uid in role.users]
    # The organization's owners and admins get the stack's rights too, though no stack
    # role lists them.
    for organization in user.organizations:
        if organization.uid != stack.org_uid:
            continue
        if organization.is_owner:
            names.append("Organization owner")
        elif organization.is_admin:
            names.append("Organization admin")
    whole = user.all_understood and not odd
    return Permissions(tuple(dict.fromkeys(names)), whole=whole)
