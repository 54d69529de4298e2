"""The signed-in user's roles in a stack, and what they surely don't allow.

Contentstack lets Owner, Admin and Developer work with delivery tokens, and only Owner
and Admin see management tokens. A custom role may allow anything: with one of those the
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
    """The roles of one user in one stack, by name; empty where they are not known."""

    roles: tuple[str, ...] = ()

    read: bool = True
    """False until Contentstack has told them."""

    whole: bool = True
    """If not, there may be other roles, so that nothing is surely not allowed."""

    @property
    def label(self) -> str:
        """The roles as the header shows them."""
        # The owner may do everything, so no other role adds to that.
        return OWNER if OWNER in self.roles else ", ".join(self.roles)

    def refuse(self, kind: TokenKind) -> bool:
        """Whether this user surely can't work with tokens of a kind.

        Delivery tokens can't be created then, and management tokens not even be seen.
        """
        roles = set(self.roles)
        may_do_more = not self.whole or not roles or not roles <= _KNOWN
        return not may_do_more and not roles & _ALLOWED[kind]


def permissions_of(user: User, stack: Stack, roles: Iterable[Role] = ()) -> Permissions:
    """Work out the user's roles from everything that the API says of them."""
    odd = roles.odd if isinstance(roles, Rows) else ()
    names = [OWNER] if stack.owner_uid and stack.owner_uid == user.uid else []
    names += [role.name for role in user.roles if role.api_key == stack.api_key]
    names += [role.name for role in roles if user.uid in role.users]
    # Owners and admins of the organization get the stack's rights too, though no stack
    # role names them.
    for organization in user.organizations:
        if organization.uid != stack.org_uid:
            continue
        if organization.is_owner:
            names.append("Organization owner")
        elif organization.is_admin:
            names.append("Organization admin")
    whole = user.all_understood and not odd
    return Permissions(tuple(dict.fromkeys(names)), whole=whole)
