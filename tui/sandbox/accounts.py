"""The part of the management API that knows people.

Logging in with a second factor, out, and who one is.
"""

from __future__ import annotations

from datetime import timedelta

from tui.sandbox.answers import ApiError, Json, Response, not_logged_in
from tui.sandbox.calls import Request, Routes
from tui.sandbox.organization import OrganizationRecord, PersonRecord, World, timestamp
from tui.sandbox.totp import matching_step

MAX_SESSIONS = 20
MAX_FAILED_ATTEMPTS = 5
LOCK_TIME = timedelta(minutes=5)
_WRONG = "Looks like your email or password is invalid. Please try again or reset your password."
_LOCKED = "Your account is temporarily locked after too many failed attempts. Try again in 5 minutes."


def _log_in(call: Request) -> Response:
    person, fields = _check_password(call)
    if person.tfa_secret:
        _check_second_factor(
            person, person.tfa_secret, fields.get("tfa_token"), call.world
        )
    person.failed_attempts = 0
    authtoken = None
    if not _kept_back_by_sso(person, call.world):
        authtoken = call.world.uid()
        person.sessions = [*person.sessions, authtoken][-MAX_SESSIONS:]
    return Response(
        {"notice": "Login Successful.", "user": _user(call, person, authtoken)}
    )


def _log_out(call: Request) -> Response:
    person, authtoken, _ = call.caller()
    if authtoken is None:
        raise not_logged_in()
    if authtoken == person.authtoken:
        person.authtoken = ""
    person.sessions = [session for session in person.sessions if session != authtoken]
    return Response({"notice": "You've logged out successfully!"})


def _request_sms(call: Request) -> Response:
    person, _ = _check_password(call)
    person.sms_pending = True
    return Response({"notice": "Verification code sent successfully."})


def _current_user(call: Request) -> Response:
    person, authtoken, _ = call.caller()
    return Response({"user": _user(call, person, authtoken)})


def _check_password(call: Request) -> tuple[PersonRecord, Json]:
    """The person and the fields of the login.

    422/104 if it is wrong or the account locked.
    """
    user = call.json().get("user")
    fields: Json = user if isinstance(user, dict) else {}
    email = fields.get("email")
    person = call.world.person_by_email(email) if isinstance(email, str) else None
    if person is None:
        raise ApiError(422, _WRONG, 104)
    now = call.world.now()
    if person.locked_until is not None and now < person.locked_until:
        # Trying on prolongs the lock, as the API has been seen to do.
        person.locked_until = max(person.locked_until, now + LOCK_TIME)
        raise ApiError(422, _LOCKED, 104)
    if fields.get("password") != person.password:
        person.failed_attempts += 1
        if person.failed_attempts < MAX_FAILED_ATTEMPTS:
            raise ApiError(422, _WRONG, 104)
        person.failed_attempts = 0
        person.locked_until = now + LOCK_TIME
        raise ApiError(422, _LOCKED, 104)
    return person, fields


def _check_second_factor(
    person: PersonRecord, secret: str, code: object, world: World
) -> None:
    if code is None or code == "":
        extra = {"statusCode": 401, "tfa_type": "totp_authenticator"}
        raise ApiError(
            401,
            "Please login using the Two-Factor verification Token",
            294,
            [],
            extra=extra,
        )
    if person.sms_pending and str(code) == person.sms_code:
        person.sms_pending = False
        return
    step = matching_step(secret, str(code), world.now())
    if step is None:
        raise ApiError(401, "Invalid verification code", 295, [])
    if step in person.used_steps:
        raise ApiError(
            422, "The current Totp has already been Used. Please try again.", 104
        )
    person.used_steps.add(step)


def _kept_back_by_sso(person: PersonRecord, world: World) -> bool:
    """Whether every organization of the person takes its sessions from an identity provider alone."""
    own = world.organizations_of(person)
    exempt = person.sso_exempt or not own
    return not exempt and all(each.sso and each.owner_uid != person.uid for each in own)


def _user(call: Request, person: PersonRecord, authtoken: str | None) -> Json:
    """A user as logging in and `GET /user` show them.

    Without a session there is no `authtoken` field.
    """
    founded = timestamp(call.world.founded)
    organizations = call.world.organizations_of(person)
    shown: Json = {
        "uid": person.uid,
        "created_at": founded,
        "updated_at": founded,
        "email": person.email,
        "username": f"{person.email.partition('@')[0]}_{person.uid}",
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company": "",
        "org_uid": [each.uid for each in organizations if each.owner_uid == person.uid],
        "shared_org_uid": [
            each.uid for each in organizations if each.owner_uid != person.uid
        ],
        "tfa_status": "verified" if person.tfa_secret else "not_initiated",
        "active": True,
        "failed_attempts": person.failed_attempts,
        "roles": [
            {
                "uid": role["uid"],
                "name": role["name"],
                "api_key": key,
                "users": [person.uid],
                "rules": [],
            }
            for key, stack in call.world.stacks.items()
            for role in stack.roles_of(person.uid)
        ],
    }
    if authtoken is not None:
        shown["authtoken"] = authtoken
    with_roles = call.flag("include_orgs_roles")
    if with_roles or call.flag("include_orgs"):
        shown["organizations"] = [
            _membership(person, each, with_roles=with_roles) for each in organizations
        ]
    return shown


def _membership(
    person: PersonRecord, organization: OrganizationRecord, *, with_roles: bool
) -> Json:
    shown: Json = {"uid": organization.uid, "name": organization.name}
    if organization.owner_uid == person.uid:
        shown["is_owner"] = True
    if with_roles:
        admin = person.uid in organization.admin_uids
        name = "admin" if admin else "member"
        role = {
            "uid": f"{organization.uid}{name}",
            "name": name,
            "admin": admin,
            "org_uid": organization.uid,
        }
        shown["org_roles"] = [role]
    return shown


ROUTES: Routes = {
    "POST /v3/user-session": _log_in,
    "DELETE /v3/user-session": _log_out,
    "POST /v3/user/request_token_sms": _request_sms,
    "GET /v3/user": _current_user,
}
