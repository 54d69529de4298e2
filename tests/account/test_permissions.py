from __future__ import annotations

import msgspec
import pytest

from tui.account.permissions import Permissions, permissions_of
from tui.contentstack.models import Odd, OrganizationRole, Role, Stack, StackRole, User
from tui.contentstack.rows import Rows
from tui.messages.permissions import refusal_of

STACK = Stack(
    uid="bltstack",
    name="Storefront",
    api_key="bltkey",
    org_uid="bltorg",
    owner_uid="bltowner",
)


@pytest.mark.parametrize(
    ("roles", "may_make", "may_see"),
    [
        (("Owner",), True, True),
        (("Admin",), True, True),
        (("Developer",), True, False),
        (("Content Manager",), False, False),
        (("Content Manager", "Developer"), True, False),
        (("Content Manager", "Token keeper"), True, True),
        ((), True, True),
    ],
)
def test_only_what_is_surely_not_allowed_is_refused(
    roles: tuple[str, ...], may_make: bool, may_see: bool
) -> None:
    permissions = Permissions(roles)
    assert permissions.refuse("delivery") != may_make
    assert permissions.refuse("management") != may_see


def test_a_refusal_names_the_role() -> None:
    permissions = Permissions(("Content Manager",))
    assert "Content Manager" in (refusal_of(permissions, "delivery") or "")


def test_no_role_is_named_beside_the_owners_since_the_header_is_narrow() -> None:
    assert Permissions(("Owner", "Admin", "Organization owner")).label == "Owner"
    assert Permissions(("Admin", "Token keeper")).label == "Admin, Token keeper"


def test_the_owner_is_known_by_the_stack() -> None:
    assert permissions_of(User(uid="bltowner"), STACK).roles == ("Owner",)


def test_roles_of_other_stacks_do_not_count() -> None:
    user = User(
        uid="bltana",
        roles=(
            StackRole(name="Admin", api_key="bltother"),
            StackRole(name="Developer", api_key="bltkey"),
        ),
    )
    assert permissions_of(user, STACK).roles == ("Developer",)


def test_roles_of_the_stack_name_their_users() -> None:
    roles = [
        Role(uid="bltrole", name="Admin", users=("bltana",)),
        Role(uid="blt2", name="Developer", users=("x",)),
    ]
    assert permissions_of(User(uid="bltana"), STACK, roles).roles == ("Admin",)


def test_an_admin_of_the_organization_is_tried_whatever_the_stack_role() -> None:
    user = User(
        uid="bltana",
        roles=(StackRole(name="Content Manager", api_key="bltkey"),),
        organizations=(OrganizationRole(uid="bltorg", is_admin=True),),
    )
    assert not permissions_of(user, STACK).refuse("management")


def test_with_a_role_that_is_not_understood_nothing_is_surely_not_allowed() -> None:
    roles = (StackRole("Content Manager", STACK.api_key),)
    user = User(uid="bltana", roles=roles)
    assert permissions_of(user, STACK).refuse("delivery")
    odd: Rows[Role] = Rows(odd=(Odd("$.roles[0]", "expected `str`"),))
    assert not permissions_of(user, STACK, odd).refuse("delivery")
    unsure = msgspec.structs.replace(user, all_understood=False)
    assert not permissions_of(unsure, STACK).refuse("delivery")
