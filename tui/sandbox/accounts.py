"""The management API's accounts: two-factor login, logout, the current user."""

from __future__ import annotations

from base64 import b32encode
from datetime import datetime, timedelta

from tui.sandbox.organization import OrganizationRecord, PersonRecord, World, timestamp
from tui.sandbox.requests import Request, Routes
from tui.sandbox.responses import ApiError, Json, Response, not_logged_in

MAX_SESSIONS = 20
MAX_FAILED_ATTEMPTS = 5
LOCK_TIME = timedelta(minutes=5)
_WRONG = (
    "Looks like your email or password is invalid."
    " Please try again or reset your password."
)
_LOCKED = (
    "Your account is temporarily locked after too many failed attempts."
    " Try again in 5 minutes."
)
_USED = "The current Totp has already been Used. Please try again."
_SHORTEST_KEY_BYTES = 20


def _log_in(request: Request) -> Response:
    person, login = _check_password(request)
    if person.tfa_secret:
        _check_second_factor(person, login.get("tfa_token"), request.world.now())
    person.failed_attempts = 0
    authtoken = None
    if not _is_bound_to_sso(person, request.world):
        authtoken = request.world.uid()
        person.sessions = [*person.sessions, authtoken][-MAX_SESSIONS:]
    user = _user_shown(request, person, authtoken)
    return Response({"notice": "Login Successful.", "user": user})


def _log_out(request: Request) -> Response:
    person, authtoken, _ = request.requester()
    if authtoken is None:
        raise not_logged_in()
    if authtoken == person.authtoken:
        person.authtoken = ""
    person.sessions = [session for session in person.sessions if session != authtoken]
    return Response({"notice": "You've logged out successfully!"})


def _request_sms(request: Request) -> Response:
    person, _ = _check_password(request)
    person.sms_pending = True
    return Response({"notice": "Verification code sent successfully."})


def _current_user(request: Request) -> Response:
    person, authtoken, _ = request.requester()
    return Response({"user": _user_shown(request, person, authtoken)})


def _check_password(request: Request) -> tuple[PersonRecord, Json]:
    """Return the person who logs in, and the fields of the login.

    A wrong password or a locked account is refused with 422/104.
    """
    user = request.json().get("user")
    login: Json = user if isinstance(user, dict) else {}
    email = login.get("email")
    person = request.world.person_by_email(email) if isinstance(email, str) else None
    if person is None:
        raise ApiError(422, _WRONG, 104)
    now = request.world.now()
    if person.locked_until is not None and now < person.locked_until:
        # Further attempts extend the lock, as the API has been seen to do.
        person.locked_until = max(person.locked_until, now + LOCK_TIME)
        raise ApiError(422, _LOCKED, 104)
    if login.get("password") != person.password:
        raise _count_failure(person, now)
    return person, login


def _count_failure(person: PersonRecord, now: datetime) -> ApiError:
    """Count a wrong password, and lock the account after too many."""
    person.failed_attempts += 1
    if person.failed_attempts < MAX_FAILED_ATTEMPTS:
        return ApiError(422, _WRONG, 104)
    person.failed_attempts = 0
    person.locked_until = now + LOCK_TIME
    return ApiError(422, _LOCKED, 104)


def _check_second_factor(person: PersonRecord, code: object, now: datetime) -> None:
    if code is None or code == "":
        message = "Please login using the Two-Factor verification Token"
        extra = {"statusCode": 401, "tfa_type": "totp_authenticator"}
        raise ApiError(401, message, 294, [], extra=extra)
    if person.sms_pending and str(code) == person.sms_code:
        person.sms_pending = False
        return
    step = _step_of(str(code), person.authenticator_key(), now)
    if step is None:
        raise ApiError(401, "Invalid verification code", 295, [])
    if step in person.used_steps:
        raise ApiError(422, _USED, 104)
    person.used_steps.add(step)


def _step_of(code: str, key: bytes, now: datetime) -> int | None:
    """Return the time step that a code belongs to: the current one or a neighbour."""
    # Only a login with a second factor needs it, which most demos never see.
    import pyotp  # noqa: PLC0415

    # pyotp refuses short keys. HMAC pads them with zeros, too: the codes are the same.
    secret = b32encode(key.ljust(_SHORTEST_KEY_BYTES, b"\0")).decode()
    authenticator = pyotp.TOTP(secret)
    present = authenticator.timecode(now)
    for step in (present, present - 1, present + 1):
        if authenticator.generate_otp(step) == code:
            return step
    return None


def _is_bound_to_sso(person: PersonRecord, world: World) -> bool:
    """Whether a person gets sessions only from an identity provider.

    That's so if all their organizations have single sign-on, unless the person owns
    one of them or is exempt.
    """
    own = world.organizations_of(person)
    if person.sso_exempt or not own:
        return False
    return all(each.sso and each.owner_uid != person.uid for each in own)


def _user_shown(request: Request, person: PersonRecord, authtoken: str | None) -> Json:
    """Return a user as a login and `GET /user` show them.

    Without a session there is no `authtoken` field.
    """
    founded = timestamp(request.world.founded)
    organizations = request.world.organizations_of(person)
    owned = [each.uid for each in organizations if each.owner_uid == person.uid]
    shared = [each.uid for each in organizations if each.owner_uid != person.uid]
    shown: Json = {
        "uid": person.uid,
        "created_at": founded,
        "updated_at": founded,
        "email": person.email,
        "username": f"{person.email.partition('@')[0]}_{person.uid}",
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company": "",
        "org_uid": owned,
        "shared_org_uid": shared,
        "tfa_status": "verified" if person.tfa_secret else "not_initiated",
        "active": True,
        "failed_attempts": person.failed_attempts,
        "roles": _roles_shown(person, request.world),
    }
    if authtoken is not None:
        shown["authtoken"] = authtoken
    with_roles = request.flag("include_orgs_roles")
    if with_roles or request.flag("include_orgs"):
        shown["organizations"] = [
            _membership(person, each, with_roles=with_roles) for each in organizations
        ]
    return shown


def _roles_shown(person: PersonRecord, world: World) -> list[Json]:
    """Return the roles of a person in all stacks."""
    return [
        {
            "uid": role["uid"],
            "name": role["name"],
            "api_key": api_key,
            "users": [person.uid],
            "rules": [],
        }
        for api_key, stack in world.stacks.items()
        for role in stack.roles_of(person.uid)
    ]


def _membership(
    person: PersonRecord, organization: OrganizationRecord, *, with_roles: bool
) -> Json:
    shown: Json = {"uid": organization.uid, "name": organization.name}
    if organization.owner_uid == person.uid:
        shown["is_owner"] = True
    if not with_roles:
        return shown
    admin = person.uid in organization.admin_uids
    name = "admin" if admin else "member"
    role = {
        "uid": f"{organization.uid}{name}",
        "name": name,
        "admin": admin,
        "org_uid": organization.uid,
    }
    return shown | {"org_roles": [role]}


ROUTES: Routes = {
    "POST /v3/user-session": _log_in,
    "DELETE /v3/user-session": _log_out,
    "POST /v3/user/request_token_sms": _request_sms,
    "GET /v3/user": _current_user,
}
