"""What the signed-in user is in a stack, and what that surely does not allow.

Contentstack lets Owner, Admin and Developer work with delivery tokens; Owner and Admin
alone see management tokens. Custom roles may allow anything: with one of them the
request is made, and the answer counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui.contentstack.models import Role, Stack, User
from tui.contentstack.rows import Rows

OWNER = "Owner"
_KNOWN = frozenset({OWNER, "Admin", "Developer", "Content Manager"})
_DELIVERY = frozenset({OWNER, "Admin", "Developer"})
_MANAGEMENT = frozenset({OWNER, "Admin"})


@dataclass(frozen=True)
class Permissions:
    """The roles of one user in one stack, by name; empty where they are not known.

    With `whole` False there may be others, so that nothing is surely not allowed.
    """

    roles: tuple[str, ...] = ()
    whole: bool = True

    @property
    def label(self) -> str:
        """The roles as the header shows them.

        The owner's right is every right, so no other adds to it.
        """
        return OWNER if OWNER in self.roles else ", ".join(self.roles)

    @property
    def delivery_refusal(self) -> str | None:
        """Why this user surely may not make delivery tokens.

        None where they may, or may be able to.
        """
        return self._refusal(
            _DELIVERY, "Owner, Admin and Developer may make delivery tokens"
        )

    @property
    def management_refusal(self) -> str | None:
        """Why this user surely may not see management tokens.

        None where they may, or may be able to.
        """
        return self._refusal(_MANAGEMENT, "Owner and Admin alone see management tokens")

    def _refusal(self, allowed: frozenset[str], words: str) -> str | None:
        roles = set(self.roles)
        surely_lacks = self.whole and roles and roles <= _KNOWN and not roles & allowed
        return f"{words}; you are {self.label}." if surely_lacks else None


def standing_of(user: User, stack: Stack, roles: Iterable[Role] = ()) -> Permissions:
    """Work out the user's roles from everything that the API says of them."""
    roles = roles if isinstance(roles, Rows) else tuple(roles)
    names = [role.name for role in user.roles if role.api_key == stack.api_key]
    names += [role.name for role in roles if user.uid in role.users]
    if stack.owner_uid and stack.owner_uid == user.uid:
        names.insert(0, OWNER)
    # Owners and admins of the organization get the stack's rights too, though no stack
    # role names them.
    names += [
        "Organization owner" if organization.is_owner else "Organization admin"
        for organization in user.organizations
        if organization.uid == stack.org_uid
        and (organization.is_owner or organization.is_admin)
    ]
    whole = user.all_understood and not (isinstance(roles, Rows) and roles.odd)
    return Permissions(tuple(dict.fromkeys(names)), whole)
