"""Sessions: logging in with a password and a second factor, locking, and logging out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tui.sandbox.answers import ApiError
from tui.sandbox.organization import Person, World
from tui.sandbox.totp import matching_step

MAX_SESSIONS = 20
MAX_FAILED_ATTEMPTS = 5
LOCK_TIME = timedelta(minutes=5)


def log_in(world: World, body: dict[str, Any]) -> tuple[Person, str | None]:
    """Open a session.

    Returns:
        The person, and the new authtoken: None where single sign-on keeps it back.

    Raises:
        ApiError: 104: wrong login or locked account, 294: second factor missing, 295: second factor wrong.
    """
    person, fields = _check_password(world, body)
    if person.tfa_secret:
        _check_second_factor(world, person, fields.get("tfa_token"))
    person.failed_attempts = 0
    if _kept_back_by_sso(world, person):
        return person, None
    authtoken = world.identifiers.uid()
    person.sessions = [*person.sessions, authtoken][-MAX_SESSIONS:]
    return person, authtoken


def request_sms(world: World, body: dict[str, Any]) -> None:
    """Make the person's SMS code valid for one login."""
    person, _ = _check_password(world, body)
    person.sms_pending = True


def log_out(person: Person, authtoken: str) -> None:
    """End one session."""
    if authtoken == person.standing_session:
        person.standing_session = None
    person.sessions = [session for session in person.sessions if session != authtoken]


def person_of_session(world: World, authtoken: str) -> Person | None:
    """The person whose session that is, if it is open."""
    if not authtoken:
        return None
    return next(
        (
            person
            for person in world.people.values()
            if authtoken == person.standing_session or authtoken in person.sessions
        ),
        None,
    )


def _check_password(world: World, body: dict[str, Any]) -> tuple[Person, dict[str, Any]]:
    user = body.get("user")
    fields: dict[str, Any] = user if isinstance(user, dict) else {}
    email, password = fields.get("email"), fields.get("password")
    person = world.person_by_email(email) if isinstance(email, str) else None
    if person is None:
        raise _wrong_login()
    now = world.now()
    if person.locked_until is not None and now < person.locked_until:
        # Trying on prolongs the lock, as the API has been seen to do.
        person.locked_until = max(person.locked_until, now + LOCK_TIME)
        raise _locked()
    if password != person.password:
        person.failed_attempts += 1
        if person.failed_attempts >= MAX_FAILED_ATTEMPTS:
            person.failed_attempts = 0
            person.locked_until = now + LOCK_TIME
            raise _locked()
        raise _wrong_login()
    return person, fields


def _check_second_factor(world: World, person: Person, code: object) -> None:
    if code is None or code == "":
        raise ApiError(
            401,
            "Please login using the Two-Factor verification Token",
            294,
            [],
            extra={"statusCode": 401, "tfa_type": "totp_authenticator"},
        )
    text = str(code)
    if person.sms_pending and text == person.sms_code:
        person.sms_pending = False
        return
    step = matching_step(person.tfa_secret or "", text, world.now())
    if step is None:
        raise ApiError(401, "Invalid verification code", 295, [])
    if step in person.used_steps:
        raise ApiError(422, "The current Totp has already been Used. Please try again.", 104)
    person.used_steps.add(step)


def _kept_back_by_sso(world: World, person: Person) -> bool:
    """Whether every organization of the person takes its sessions from an identity provider alone."""
    own = [each for each in world.organizations.values() if person.uid in each.member_uids]
    return bool(own) and all(
        each.sso and each.owner_uid != person.uid and not person.sso_exempt for each in own
    )


def _wrong_login() -> ApiError:
    message = "Looks like your email or password is invalid. Please try again or reset your password."
    return ApiError(422, message, 104)


def _locked() -> ApiError:
    message = "Your account is temporarily locked after too many failed attempts. Try again in 5 minutes."
    return ApiError(422, message, 104)
